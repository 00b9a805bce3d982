"""What the tests start, each in a folder of its own, and stop again: the
simulator, a private PostgreSQL; Mage is in server.py."""
import http.client
import json
import os
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, 'build', 'mage-venv')
BIN = os.path.join(ROOT, 'build', 'bin')
QUIET = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
# Each wait is for an event; this only ends a test that would wait for ever.
LONG_S = 900
# In the environment of all that is started: what bears the first is ended by
# tests/mage/run, what bears the second must have been ended by this part.
os.environ.setdefault('QB_TEST_MAGE', str(os.getpid()))
os.environ['QB_TEST_PART'] = str(os.getpid())
MARKS = {name: os.environ[name] for name in ('QB_TEST_MAGE', 'QB_TEST_PART')}


class TooLong(BaseException):
    """All of it together; nothing that waits or tries again holds it up."""


def wait_for(what, done, seconds=LONG_S):
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
    """Below the kernel's range of ephemeral ports, so that no other program gets
    it between here and the bind."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
                return port
            except OSError:
                continue


def reachable(url):
    try:
        with urllib.request.urlopen(url, timeout=30):
            return True
    except urllib.error.HTTPError:
        return True     # there is a server
    except OSError:
        return False


def left_running():
    """{pid: argv} of what was started here and has not ended."""
    mark = f'QB_TEST_PART={os.getpid()}'.encode()
    found = {}
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as file:
                ours = mark in file.read().split(b'\0')
            with open(f'/proc/{pid}/cmdline', 'rb') as file:
                argv = file.read().split(b'\0')
        except OSError:
            continue
        if ours:
            found[int(pid)] = argv
    return found


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
        self.log = os.path.join(folder, 'log')

    def ask(self, query):
        """The rows of a query as lines, columns separated by |."""
        return subprocess.run(
            ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', query],
            env={**os.environ, **self.env}, check=True,
            stdout=subprocess.PIPE, text=True).stdout.strip()

    def database(self, name):
        """A second one, and its address for SQLAlchemy."""
        self.ask(f'create database {name}')
        return (f'postgresql+psycopg2://{self.env["PGUSER"]}:unasked@/{name}'
                f'?host={self.env["PGHOST"]}')

    def dump(self, name):
        return subprocess.run(['pg_dump', name], env={**os.environ, **self.env}, check=True,
                              stdout=subprocess.PIPE).stdout

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
        wait_for('the simulator', lambda: self._answers(env))
        self.env = read_env(env)
        self.env.pop('QB_SIM_PID')

    def _answers(self, env):
        if self.process.poll() is not None:
            raise RuntimeError(f'the simulator ended with status {self.process.returncode}')
        return os.path.exists(env)

    def requests(self, word='method=GET'):
        if not os.path.exists(self.log):
            return 0
        with open(self.log, encoding='utf-8') as file:
            return sum(word in line for line in file)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:   # it delays a response
            self.process.kill()
            self.process.wait()


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
