"""The compose file: parsed by docker compose; and if a Docker engine can be
started here, built and started, with stand-ins for the images from registries
(tests/mage/images), and every command of RUNBOOK.md run on it."""
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

import engine
import stack
from hooks import Hooks
from runbook import Runbook

SERVICES = {'passwords', 'postgres', 'mage', 'pgadmin'}
DEMO = {'quickbooks', 'demo'}

SHIM = """#!/bin/sh
[ "$1" = compose ] || exec {docker} "$@"
shift
[ "$1" = cp ] || exec docker-compose "$@"
place() {{	# of a container in place of a service
	case $1 in
	*:*) echo "$(docker-compose ps -q "${{1%%:*}}"):${{1#*:}}" ;;
	*) echo "$1" ;;
	esac
}}
exec {docker} cp "$(place "$2")" "$(place "$3")"
"""


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
        tap.skip('compose.yaml', 'neither docker compose nor docker-compose is installed')
        return
    read(tap, words)
    why = engine.why_not()
    if why:
        not_started(tap, words, why)
        return
    with tempfile.TemporaryDirectory(prefix='qb-dock.') as folder:
        started(tap, words, folder)


def not_started(tap, words, why):
    print(f'# compose.yaml was read by {" ".join(words)}, NOT started: {why}')
    tap.skip('the stack on a Docker engine, and the commands of RUNBOOK.md', why)


def started(tap, words, folder):
    its_engine = None
    try:
        its_engine = engine.Engine(folder)
        print(f'# compose.yaml is read by {" ".join(words)} and started '
              'on a Docker engine of our own')
        Started(tap, words, folder, its_engine).all()
    except engine.NotHere as why:
        not_started(tap, words, why)
    except (OSError, TimeoutError, subprocess.SubprocessError, RuntimeError) as error:
        tap.ok('the stack was tried to its end', False, error)
    finally:
        tap.logs.clear()
        if its_engine:
            its_engine.stop()
            tap.equal('no network, mount or rule of the engine is left', its_engine.left, set())


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


class Started:
    def __init__(self, tap, words, folder, its_engine):
        self.tap = tap
        self.engine = its_engine
        self.tree = os.path.join(folder, 'qb')
        self.compose = words
        self.ports = {name: str(stack.free_port())
                      for name in ('MAGE_PORT', 'PGADMIN_PORT', 'POSTGRES_PORT')}
        self.engine.env.update(self.ports, COMPOSE_PROJECT_NAME='qbtest')
        self.shim(os.path.join(folder, 'bin'))
        tap.logs.update({
            'docker ps -a': lambda: self.engine.run('docker', 'ps', '-a'),
            'docker compose logs': lambda: self.up('--profile', 'demo', 'logs', '--no-color',
                                                   '--tail', '25'),
            'dockerd': lambda: open(self.engine.log, encoding='utf-8').read()})

    def shim(self, folder):
        """`docker compose` where docker-compose is what there is, which has no cp."""
        if self.compose[0] == 'docker':
            return
        os.makedirs(folder)
        path = os.path.join(folder, 'docker')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(SHIM.format(docker=shutil.which('docker')))
        os.chmod(path, 0o755)
        self.engine.env['PATH'] = f'{folder}:{self.engine.env["PATH"]}'

    def all(self):
        self.copy_tree()
        try:
            self.images()
            # Once beforehand, because here transient errors are retried.
            self.up('--profile', 'demo', 'build')
        except RuntimeError as why:
            if stack.reachable('http://deb.debian.org/debian/dists/bookworm/Release'):
                raise
            raise engine.NotHere('the images cannot be made, deb.debian.org does not answer: '
                                 + str(why).splitlines()[-1]) from None
        try:
            Runbook(self.tap, self.tree, self.engine.env, Hooks(self)).all()
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([*self.compose, '--profile', 'demo', 'down', '-v', '-t', '5'],
                               cwd=self.tree, env=self.engine.env, check=False, timeout=60,
                               **stack.QUIET)

    def up(self, *words):
        return self.engine.run(*self.compose, *words, cwd=self.tree)

    def volumes(self):
        return self.engine.run('docker', 'volume', 'ls', '-q', '--filter', 'name=qbtest').split()

    # -- the images of others -------------------------------------------------

    def images(self):
        if not self.engine.has('debian:bookworm'):
            with tempfile.TemporaryDirectory(prefix='qb-root.') as root:
                self.engine.run('debootstrap', '--variant=minbase',
                                '--include=ca-certificates', 'bookworm', root)
                with tempfile.NamedTemporaryFile(prefix='qb-root.', suffix='.tar') as tar:
                    self.engine.run('tar', '-C', root, '-cf', tar.name, '.')
                    self.engine.run('docker', 'import', tar.name, 'debian:bookworm')
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
        with tempfile.TemporaryDirectory(prefix='qb-image.', dir=engine.KEPT) as context:
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

    def get(self, path):
        with urllib.request.urlopen(
                f'http://127.0.0.1:{self.ports["PGADMIN_PORT"]}{path}', timeout=30) as answer:
            return answer.read().decode().strip()

    def builds(self):
        self.tap.ok('the Dockerfile builds', self.engine.has('qb-mage'))

    def healthy(self, *names):
        """Waits until they are; the engine's own word for it."""
        def state(name):
            found = json.loads(self.engine.run(
                'docker', 'inspect', *self.up('ps', '-q', name).split()))[0]['State']
            if found['Status'] == 'exited':
                raise RuntimeError(f'{name} has ended')
            return found['Health']['Status'] == 'healthy'
        for name in names:
            stack.wait_for(f'{name} to be healthy', lambda: state(name))

    def demo_shows_rows(self, log):
        name = self.up('--profile', 'demo', 'ps', '-q', 'demo').strip()

        def ended():
            state = json.loads(self.engine.run('docker', 'inspect', name))[0]['State']
            return state if state['Status'] == 'exited' else None
        state = stack.wait_for('the demo', ended)
        self.tap.ok('docker compose --profile demo up runs the three pipelines',
                    state['ExitCode'] == 0, log)
        for table, rows in (('customers', 400), ('invoices', 4000), ('items', 150)):
            self.tap.equal(f'the server that pgAdmin has registered shows {table}',
                           self.get(f'/count/{table}'), str(rows))
        self.roles_are_narrow()
        self.nothing_leaks(log)

    def sql(self, user, query):
        """As a role, over the network, with the password of the stack."""
        files = {'qb_loader': 'loader', 'qb_reader': 'reader'}
        return subprocess.run(
            [*self.compose, 'exec', '-T', '-u', 'postgres', 'postgres', 'sh', '-c',
             f'PGPASSWORD=$(cat /run/qb/{files[user]}) psql -X -A -t -h 127.0.0.1 '
             f'-U {user} -d qbo -c "{query}"'], cwd=self.tree, env=self.engine.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False).stdout

    def roles_are_narrow(self):
        self.tap.ok('pgAdmin\'s role cannot write', 'permission denied' in self.get('/write'))
        for what, query in (('delete rows', 'delete from raw.items'),
                            ('change the ledger', 'update raw.qb_windows set rows = 0'),
                            ('make tables', 'create table raw.x (i int)')):
            told = self.sql('qb_loader', query)
            self.tap.ok(f'the loader\'s role cannot {what}', 'permission denied' in told, told)

    def nothing_leaks(self, log):
        shown = self.up('run', '--rm', 'passwords', 'show')
        words = [line.split()[-1] for line in shown.splitlines() if '@' in line]
        self.tap.equal('passwords show gives the two to sign in with', len(words), 2)
        loader = self.up('exec', '-T', 'mage', 'cat', '/run/qb/loader').split()
        logs = self.up('--profile', 'demo', 'logs', '--no-color') + log
        inspected = self.engine.run('docker', 'inspect', *self.engine.run(
            'docker', 'ps', '-aq').split())
        for word in words + loader:
            self.tap.ok('a password stands neither in a log nor in docker inspect',
                        len(word) == 36 and word not in logs + inspected)
