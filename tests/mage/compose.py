"""The compose file: read by docker compose; and where a Docker engine can be
started here, built and started for real, with stand-ins for the images of
others (tests/mage/images)."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

import stack

KEPT = os.path.join(stack.ROOT, 'build', 'mage-stack')   # what is slow to make
SERVICES = {'passwords', 'postgres', 'mage', 'pgadmin'}
DEMO = {'quickbooks', 'demo'}


def compose_command():
    for words in (['docker', 'compose'], ['docker-compose']):
        try:
            subprocess.run([*words, 'version'], check=True, **stack.QUIET)
            return words
        except (OSError, subprocess.CalledProcessError):
            continue
    return None


def check(tap):
    words = compose_command()
    if not words:
        tap.ok('there is a docker compose, to read compose.yaml', False,
               'next: apt-get install docker-compose')
        return
    read(tap, words)
    why = why_not_started()
    if why:
        print(f'# compose.yaml was read by {" ".join(words)}, NOT started: {why}')
        return
    print(f'# compose.yaml is read by {" ".join(words)} and started on a Docker engine of our own')
    with tempfile.TemporaryDirectory(prefix='qb-dock.') as folder:
        engine = None
        try:
            engine = Engine(folder)
            Started(tap, words, folder, engine).all()
        except (OSError, TimeoutError, subprocess.SubprocessError, RuntimeError) as error:
            tap.ok('the stack was tried to its end', False, error)
        finally:
            if engine:
                engine.stop()


def why_not_started():
    if os.environ.get('QB_TEST_DOCKER') == 'no':
        return 'QB_TEST_DOCKER=no'
    if os.geteuid() != 0:
        return 'that needs root'
    for name in ('dockerd', 'debootstrap'):
        if not shutil.which(name, path='/usr/local/sbin:/usr/sbin:/sbin:' + os.environ['PATH']):
            return f'{name} is not installed'
    return None


def read(tap, words):
    def config(*options):
        return subprocess.run([*words, '-f', 'compose.yaml', *options], cwd=stack.ROOT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    told = config('config')
    tap.ok(f'{" ".join(words)} config accepts compose.yaml', told.returncode == 0, told.stderr)
    names = set(config('config', '--services').stdout.split())
    tap.equal('it has the stack', names - DEMO, SERVICES)
    demo = set(config('--profile', 'demo', 'config', '--services').stdout.split())
    tap.equal('and the profile demo adds the simulator', demo, SERVICES | DEMO)
    with open(os.path.join(stack.ROOT, 'compose.yaml'), encoding='utf-8') as file:
        text = file.read()
    ports = [line for line in text.splitlines() if '}:' in line and 'PORT' in line]
    tap.ok('every port is bound to 127.0.0.1',
           len(ports) == 3 and all("'127.0.0.1:" in line for line in ports), ports)


class Engine:
    """dockerd with its data in build/mage-stack, its socket in `folder`."""

    def __init__(self, folder):
        os.makedirs(KEPT, exist_ok=True)
        self.socket = f'unix://{folder}/docker.sock'
        self.log = os.path.join(KEPT, 'dockerd.log')
        with open(self.log, 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                ['dockerd', '--host', self.socket, '--data-root', f'{KEPT}/docker',
                 '--exec-root', f'{folder}/exec', '--pidfile', f'{folder}/pid'],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.env = {**os.environ, 'DOCKER_HOST': self.socket, 'DOCKER_BUILDKIT': '0',
                    'COMPOSE_DOCKER_CLI_BUILD': '1'}
        try:
            stack.wait_for('dockerd', self._answers, 60)
        except TimeoutError:
            self.stop()
            raise

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f'dockerd does not start here, see {self.log}')
        return subprocess.run(['docker', 'info'], env=self.env, check=False,
                              **stack.QUIET).returncode == 0

    def run(self, *words, **more):
        done = subprocess.run(words, env=self.env, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        if done.returncode != 0:
            raise RuntimeError(f'{" ".join(words)}: status {done.returncode}\n{done.stdout}')
        return done.stdout

    def has(self, image):
        return subprocess.run(['docker', 'image', 'inspect', image], env=self.env, check=False,
                              **stack.QUIET).returncode == 0

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Started:
    def __init__(self, tap, words, folder, engine):
        self.tap = tap
        self.engine = engine
        self.tree = os.path.join(folder, 'qb')
        self.compose = [*words, '--project-name', 'qbtest']
        self.ports = {name: str(stack.free_port())
                      for name in ('MAGE_PORT', 'PGADMIN_PORT', 'POSTGRES_PORT')}
        self.engine.env.update(self.ports)

    def all(self):
        self.images()
        self.copy_tree()
        try:
            self.builds()
            self.demo_shows_rows()
            self.roles_are_narrow()
            self.nothing_leaks()
            self.survives_down()
        finally:
            subprocess.run([*self.compose, '--profile', 'demo', 'down', '-v'], cwd=self.tree,
                           env=self.engine.env, check=False, **stack.QUIET)
        left = self.engine.run('docker', 'volume', 'ls', '-q', '--filter', 'name=qbtest').split()
        self.tap.equal('down -v leaves no volume', left, [])

    def up(self, *words):
        return self.engine.run(*self.compose, *words, cwd=self.tree)

    # -- the images of others -------------------------------------------------

    def images(self):
        if not self.engine.has('debian:bookworm'):
            with tempfile.TemporaryDirectory(prefix='qb-root.') as root:
                self.engine.run('debootstrap', '--variant=minbase',
                                '--include=ca-certificates', 'bookworm', root)
                tar = subprocess.Popen(['tar', '-C', root, '-c', '.'], stdout=subprocess.PIPE)
                self.engine.run('docker', 'import', '-', 'debian:bookworm', stdin=tar.stdout)
                tar.wait()
        self.image('postgres', 'postgres:15')
        self.image('pgadmin', self.named('dpage/pgadmin4'))
        self.image('mage', self.named('mageai/mageai'), site_packages=True)

    def named(self, name):
        """With the tag that the compose file or the Dockerfile asks for."""
        for file in ('compose.yaml', 'scripts/mage/Dockerfile'):
            with open(os.path.join(stack.ROOT, file), encoding='utf-8') as text:
                for word in text.read().split():
                    if word.startswith(name + ':'):
                        return word
        raise RuntimeError(f'no image {name} is asked for')

    def image(self, folder, name, site_packages=False):
        """Unless it is there already, of the same files."""
        source = os.path.join(stack.ROOT, 'tests', 'mage', 'images', folder)
        mark = hashlib.sha256(b''.join(text for _, text in sorted(stack.texts_below(source))))
        with open(os.path.join(stack.VENV, 'requirements.txt'), 'rb') as file:
            mark.update(file.read())
        label = f'qb={mark.hexdigest()}'
        if name in self.engine.run('docker', 'image', 'ls', '--filter', f'label={label}',
                                   '--format', '{{.Repository}}:{{.Tag}}').split():
            return
        with tempfile.TemporaryDirectory(prefix='qb-image.', dir=KEPT) as context:
            shutil.copytree(source, context, dirs_exist_ok=True)
            if site_packages:
                shutil.copytree(os.path.join(stack.VENV, 'lib', 'python3.11', 'site-packages'),
                                os.path.join(context, 'site-packages'),
                                ignore=shutil.ignore_patterns('__pycache__', 'tests'))
            self.engine.run('docker', 'build', '-q', '--label', label, '-t', name, context)

    def copy_tree(self):
        """The project as git has it: the stack writes into its own copy."""
        files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=stack.ROOT,
                               check=True, stdout=subprocess.PIPE, text=True).stdout.split('\n')
        for name in filter(None, files):
            target = os.path.join(self.tree, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(os.path.join(stack.ROOT, name), target)

    # -- the cases --------------------------------------------------------------

    def builds(self):
        self.up('--profile', 'demo', 'build')
        self.tap.ok('the Dockerfile builds', self.engine.has('qb-mage')
                    and self.engine.has('qb-simulator'))

    def get(self, path):
        with urllib.request.urlopen(
                f'http://127.0.0.1:{self.ports["PGADMIN_PORT"]}{path}', timeout=30) as answer:
            return answer.read().decode().strip()

    def demo_shows_rows(self):
        self.up('--profile', 'demo', 'up', '-d')
        name = self.up('--profile', 'demo', 'ps', '-q', 'demo').strip()

        def ended():
            state = json.loads(self.engine.run('docker', 'inspect', name))[0]['State']
            return state if state['Status'] == 'exited' else None
        state = stack.wait_for('the demo', ended, 600)
        log = self.engine.run('docker', 'logs', name)
        self.tap.ok('docker compose --profile demo up runs the three pipelines',
                    state['ExitCode'] == 0, log)
        for table, rows in (('customers', 400), ('invoices', 4000), ('items', 150)):
            self.tap.equal(f'the server that pgAdmin has registered shows {table}',
                           self.get(f'/count/{table}'), str(rows))
        self.logs = log

    def sql(self, user, query):
        """As a role, over the network, with the password of the stack."""
        files = {'qb_loader': 'loader', 'qb_reader': 'reader'}
        return subprocess.run(
            [*self.compose, 'exec', '-T', '-u', 'postgres', 'postgres', 'sh', '-c',
             f'PGPASSWORD=$(cat /run/qb/{files[user]}) psql -X -A -t -h 127.0.0.1 '
             f'-U {user} -d qbo -c "{query}"'], cwd=self.tree, env=self.engine.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout

    def roles_are_narrow(self):
        self.tap.ok('pgAdmin\'s role cannot write', 'permission denied' in self.get('/write'))
        for what, query in (('delete rows', 'delete from raw.items'),
                            ('change the ledger', 'update raw.qb_windows set rows = 0'),
                            ('make tables', 'create table raw.x (i int)')):
            told = self.sql('qb_loader', query)
            self.tap.ok(f'the loader\'s role cannot {what}', 'permission denied' in told, told)

    def nothing_leaks(self):
        shown = self.up('run', '--rm', 'passwords', 'show')
        words = [line.split()[-1] for line in shown.splitlines() if '@' in line]
        self.tap.equal('passwords show gives the two to sign in with', len(words), 2)
        loader = self.up('exec', '-T', 'mage', 'cat', '/run/qb/loader').split()
        logs = self.up('--profile', 'demo', 'logs', '--no-color') + self.logs
        inspected = self.engine.run('docker', 'inspect', *self.engine.run(
            'docker', 'ps', '-aq').split())
        for word in words + loader:
            self.tap.ok('a password stands neither in a log nor in docker inspect',
                        len(word) == 36 and word not in logs + inspected)

    def survives_down(self):
        self.up('--profile', 'demo', 'down')
        self.up('up', '-d')
        stack.wait_for('pgAdmin', lambda: self.get('/misc/ping'), 120)
        self.tap.equal('after down and up the rows are there', self.get('/count/items'), '150')
        told = self.up('ps')
        self.tap.ok('and Mage runs', 'mage' in told, told)
