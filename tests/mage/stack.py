"""What the tests start, each in a folder of its own, and stop again: Mage, the
simulator, a private PostgreSQL."""
import http.client
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, 'build', 'mage-venv')
BIN = os.path.join(ROOT, 'build', 'bin')
QUIET = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}


def script(name):
    """scripts/mage/NAME as a module."""
    path = os.path.join(ROOT, 'scripts', 'mage', name)
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


Mage = script('run-once').Mage


def wait_for(what, done, seconds=120):
    """done() once it is true; the tests stop where it never is."""
    end = time.monotonic() + seconds
    while True:
        try:
            got = done()
        except (OSError, http.client.HTTPException):
            got = None
        if got:
            return got
        if time.monotonic() > end:
            raise TimeoutError(f'{what}: not within {seconds} s')
        time.sleep(0.3)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def read_env(path):
    with open(path, encoding='utf-8') as file:
        return dict(line.rstrip('\n').split('=', 1) for line in file if '=' in line)


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        told = subprocess.run(
            [os.path.join(ROOT, 'scripts', 'private-postgres'), 'start', folder],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        self.env = dict(pair.split('=', 1) for pair in told.split())

    def ask(self, query):
        """The rows of a query as lines, columns separated by |."""
        return subprocess.run(
            ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', query],
            env={**os.environ, **self.env}, check=True,
            stdout=subprocess.PIPE, text=True).stdout.strip()

    def stop(self):
        subprocess.run([os.path.join(ROOT, 'scripts', 'private-postgres'),
                        'stop', self.folder], check=False)


class Simulator:
    """One company of 2025; its tokens are its own."""

    def __init__(self, folder, name, *options, rules=''):
        self.log = os.path.join(folder, f'{name}.log')
        env = os.path.join(folder, f'{name}.env')
        rules_file = os.path.join(folder, f'{name}.script')
        with open(rules_file, 'w', encoding='utf-8') as file:
            file.write(rules)
        self.process = subprocess.Popen(
            [os.path.join(ROOT, 'build', 'tests', 'sim', 'qb-sim'),
             f'--env={env}', f'--log={self.log}', f'--script={rules_file}',
             '--seed=7', '--rows=all=0,Customer=400,Invoice=1500,Item=150',
             '--from=2025-01-01', '--to=2026-01-01', *options])
        wait_for('the simulator', lambda: os.path.exists(env), 20)
        self.env = read_env(env)
        self.env.pop('QB_SIM_PID')

    def requests(self, word='method=GET'):
        if not os.path.exists(self.log):
            return 0
        with open(self.log, encoding='utf-8') as file:
            return sum(word in line for line in file)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Server:
    """A Mage with its scheduler, on a copy of the project."""

    def __init__(self, folder):
        self.folder = folder
        self.project = os.path.join(folder, 'qb_mage')
        self.data = os.path.join(folder, 'data')
        self.state = os.path.join(folder, 'state')
        self.output = os.path.join(folder, 'mage.out')
        shutil.copytree(os.path.join(ROOT, 'scripts', 'mage', 'qb_mage'), self.project,
                        ignore=shutil.ignore_patterns('__pycache__', '.*'))
        os.makedirs(os.path.join(folder, 'home'))
        self.process = None
        self.api = None

    def env(self):
        return {
            'PATH': f'{BIN}:{VENV}/bin:/usr/bin:/bin', 'LANG': 'C.UTF-8',
            'HOME': os.path.join(self.folder, 'home'), 'ENV': 'prod',
            'MAGE_DATA_DIR': self.data, 'XDG_STATE_HOME': self.state,
            'USER_CODE_PATH': self.project, 'REQUIRE_USER_AUTHENTICATION': '0',
            'SCHEDULER_TRIGGER_INTERVAL': '2', 'DISABLE_AUTO_BROWSER_OPEN': '1',
            'PYTHONDONTWRITEBYTECODE': '1',
        }

    def start(self):
        port = free_port()
        with open(self.output, 'ab') as out:
            self.process = subprocess.Popen(
                [f'{VENV}/bin/mage', 'start', self.project, '--host', '127.0.0.1',
                 '--port', str(port)], env=self.env(), stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True)
        self.api = Mage(f'http://127.0.0.1:{port}')
        wait_for('Mage', self._runs)

    def _runs(self):
        if self.process.poll() is not None:
            raise RuntimeError(f'Mage ended, see {self.output}')
        return self.api.ask('GET', 'status')['statuses'][0]['scheduler_status'] == 'running'

    def stop(self):
        """Its server, scheduler and workers are one session, ours."""
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                continue
            time.sleep(1)
        self.process = None

    def seed(self, values, *options):
        """scripts/mage/seed-secrets from a file; what it printed."""
        path = os.path.join(self.folder, 'secrets.txt')
        with open(path, 'w', encoding='utf-8') as file:
            file.writelines(f'{name}={value}\n' for name, value in values.items())
        os.chmod(path, 0o600)
        try:
            return subprocess.run(
                [f'{VENV}/bin/python', os.path.join(ROOT, 'scripts', 'mage', 'seed-secrets'),
                 *options, path], env=self.env(), check=True, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        finally:
            os.remove(path)

    def log_in(self, simulator):
        """What a person does with with-secrets qb-auth login --paste: open the
        page, agree, and paste the address at which the browser ends up."""
        pages = {name: simulator.env[name] for name in ('QBO_AUTHORIZE_URL', 'QBO_DISCOVERY_URL')}
        with subprocess.Popen(
                [f'{VENV}/bin/python', os.path.join(ROOT, 'scripts', 'mage', 'with-secrets'),
                 'qb-auth', 'login', '--paste'], env={**self.env(), **pages}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT) as program:
            told = ''
            for line in program.stdout:
                told += line
                if line.strip().startswith('http'):
                    page = line.strip()
                if 'paste the address' in line:
                    program.stdin.write(_where_it_ends(page) + '\n')
                    program.stdin.close()
            return told, program.wait()

    def replace_secret(self, name, value):
        """As the page "Secrets" does it: delete, then create."""
        self.api.ask('DELETE', f'secrets/{name}')
        self.api.ask('POST', 'secrets', {'secret': {'name': name, 'value': value}})

    def point_to(self, simulator):
        for name in ('QBO_API_URL', 'QBO_TOKEN_URL', 'QBO_REFRESH_TOKEN'):
            self.replace_secret(name, simulator.env[name])

    def trigger(self, pipeline, name):
        found = self.api.ask('GET', f'pipelines/{pipeline}/pipeline_schedules')
        return next(s for s in found['pipeline_schedules'] if s['name'] == name)

    def activate(self, pipeline, name, variables):
        """What a person does on the trigger's page."""
        old = self.trigger(pipeline, name)
        self.api.ask('PUT', f'pipeline_schedules/{old["id"]}', {'pipeline_schedule': {
            **{key: old[key] for key in ('id', 'name', 'schedule_type',
                                         'schedule_interval', 'start_time', 'settings',
                                         'description')},
            'status': 'active', 'variables': variables}})
        return old['id']

    def run_of(self, schedule):
        runs = self.api.runs(schedule)
        return runs[0] if runs else None

    def ended(self, schedule, seconds=240):
        def done():
            run = self.run_of(schedule)
            return run if run and run['status'] in ('completed', 'failed', 'cancelled') else None
        return wait_for(f'the run of trigger {schedule}', done, seconds)

    def once(self, pipeline, name, variables):
        return self.api.once(pipeline, name, variables)

    def set_run(self, run, **what):
        self.api.ask('PUT', f'pipeline_runs/{run}', {'pipeline_run': what})

    def logs(self, pipeline, run):
        return self.api.log(pipeline, run)

    def file_of(self, pipeline):
        with open(os.path.join(self.project, 'pipelines', pipeline, 'triggers.yaml'),
                  encoding='utf-8') as file:
            return file.read()

    def filters(self):
        """Processes of ours that work for this Mage: {pid: argv}."""
        mark = f'XDG_STATE_HOME={self.state}'.encode()
        found = {}
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/environ', 'rb') as file:
                    if mark not in file.read().split(b'\0'):
                        continue
                with open(f'/proc/{pid}/cmdline', 'rb') as file:
                    argv = file.read().split(b'\0')
            except OSError:
                continue
            if os.path.basename(argv[0]).startswith(b'qb-') or argv[0] in (b'grep', b'cat'):
                found[int(pid)] = argv
        return found


def _where_it_ends(page):
    """The address to which a page sends the browser."""
    parts = urllib.parse.urlsplit(page)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request('GET', f'{parts.path}?{parts.query}')
    return connection.getresponse().getheader('Location')


def parent_of(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
        return int(file.read().rsplit(')', 1)[1].split()[1])


def texts_below(*folders):
    """(path, bytes) of every file."""
    for folder in folders:
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(where, name)
                with open(path, 'rb') as file:
                    yield path, file.read()


def newest_refresh_token(state):
    """As qb-fetch keeps it, or None."""
    folder = os.path.join(state, 'qb')
    for name in os.listdir(folder):
        if name.endswith('.json'):
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                return json.load(file).get('refresh_token')
    return None
