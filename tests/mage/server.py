"""Mage with its scheduler, on a copy of the project: started, asked, stopped."""
import http.client
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import urllib.parse

import stack


def script(name):
    """scripts/mage/NAME as a module."""
    path = os.path.join(stack.ROOT, 'scripts', 'mage', name)
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


Mage = script('run-once').Mage
SECRETS = script('qb_mage/utils/mage_secrets.py').NAMES


class Patient(Mage):
    """Asks again where a busy machine does not answer, if that changes nothing."""

    seconds = stack.LONG_S

    def ask(self, method, path, body=None):
        if method != 'GET':
            return super().ask(method, path, body)
        return stack.wait_for(f'Mage\'s answer to {path}',
                              lambda: Mage.ask(self, method, path), self.seconds)


BLOCK = """
import datetime, json, os, sys
project, name, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
sys.path.insert(0, os.path.dirname(project))
from qb_mage.utils.mage_secrets import open_secrets
open_secrets(project)
from qb_mage.utils import stages
given[-1]['execution_date'] = datetime.datetime.fromisoformat(given[-1]['execution_date'])
print('returned ' + json.dumps(getattr(stages, name)(*given)))
"""


class Server:
    """A Mage with its scheduler, on a copy of the project."""

    def __init__(self, folder, database):
        self.folder = folder
        self.database = database
        self.project = os.path.join(folder, 'qb_mage')
        self.data = os.path.join(folder, 'data')
        self.state = os.path.join(folder, 'state')
        self.output = os.path.join(folder, 'mage.out')
        shutil.copytree(os.path.join(stack.ROOT, 'scripts', 'mage', 'qb_mage'), self.project,
                        ignore=shutil.ignore_patterns('__pycache__', '.*'))
        os.makedirs(os.path.join(folder, 'home'))
        self.process = None
        self.api = None

    def env(self):
        return {
            'PATH': f'{stack.BIN}:{stack.VENV}/bin:/usr/bin:/bin', 'LANG': 'C.UTF-8',
            'HOME': os.path.join(self.folder, 'home'), 'ENV': 'prod',
            'MAGE_DATA_DIR': self.data, 'XDG_STATE_HOME': self.state,
            'USER_CODE_PATH': self.project, 'REQUIRE_USER_AUTHENTICATION': '0',
            'SCHEDULER_TRIGGER_INTERVAL': '2', 'DISABLE_AUTO_BROWSER_OPEN': '1',
            'PYTHONDONTWRITEBYTECODE': '1', 'MAGE_DATABASE_CONNECTION_URL': self.database,
            **stack.MARKS,
        }

    def start(self):
        began = os.path.getsize(self.output) if os.path.exists(self.output) else 0
        with open(self.output, 'ab') as out:
            self.process = subprocess.Popen(
                [f'{stack.VENV}/bin/mage', 'start', self.project, '--host', '127.0.0.1',
                 '--port', str(stack.free_port())], env=self.env(), stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True)
        self.api = Patient(stack.wait_for('the address of Mage', lambda: self._address(began)))
        stack.wait_for('Mage', self._runs)

    def _address(self, began):
        """As it says itself: where a port is taken Mage goes to another."""
        self._lives()
        with open(self.output, encoding='utf-8', errors='replace') as file:
            file.seek(began)
            found = re.search(r'Mage is running at (http://[0-9.]+:[0-9]+)', file.read())
        return found and found[1]

    def _lives(self):
        if self.process.poll() is not None:
            raise RuntimeError(f'Mage ended with status {self.process.returncode}')

    def _runs(self):
        self._lives()
        return Mage.ask(self.api, 'GET', 'status')['statuses'][0]['scheduler_status'] == 'running'

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
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def block(self, name, *given):
        """Start what a block does, as a worker of Mage does: in a process."""
        return subprocess.Popen(
            [f'{stack.VENV}/bin/python', '-u', '-c', BLOCK, self.project, name, json.dumps(given)],
            env=self.env(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def seed(self, values, *options):
        """scripts/mage/seed-secrets from a file of those of `values` that it
        accepts; what it printed."""
        path = os.path.join(self.folder, 'secrets.txt')
        with open(path, 'w', encoding='utf-8') as file:
            file.writelines(f'{name}={values[name]}\n' for name in SECRETS if name in values)
        os.chmod(path, 0o600)
        try:
            return subprocess.run(
                [f'{stack.VENV}/bin/python', os.path.join(stack.ROOT, 'scripts', 'mage', 'seed-secrets'),
                 *options, path], env=self.env(), check=True, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        finally:
            os.remove(path)

    def log_in(self, simulator):
        """What a person does with with-secrets qb-auth login --paste: open the
        page, agree, and paste the address at which the browser ends up."""
        pages = {name: simulator.env[name] for name in ('QBO_AUTHORIZE_URL', 'QBO_DISCOVERY_URL')}
        with subprocess.Popen(
                [f'{stack.VENV}/bin/python', os.path.join(stack.ROOT, 'scripts', 'mage', 'with-secrets'),
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

    def activate(self, pipeline, name, variables, **settings):
        """What a person does on the trigger's page."""
        old = self.trigger(pipeline, name)
        self.api.ask('PUT', f'pipeline_schedules/{old["id"]}', {'pipeline_schedule': {
            **{key: old[key] for key in ('id', 'name', 'schedule_type',
                                         'schedule_interval', 'start_time', 'description')},
            'settings': {**(old['settings'] or {}), **settings},
            'status': 'active', 'variables': variables}})
        return old['id']

    def run_of(self, schedule):
        runs = self.api.runs(schedule)
        return runs[0] if runs else None

    def ended(self, schedule, seconds=stack.LONG_S):
        def done():
            run = self.run_of(schedule)
            return run if run and run['status'] in ('completed', 'failed', 'cancelled') else None
        return stack.wait_for(f'the run of trigger {schedule}', done, seconds)

    def once(self, pipeline, name, variables):
        return self.api.once(pipeline, name, variables)

    def set_run(self, run, **what):
        self.api.ask('PUT', f'pipeline_runs/{run}', {'pipeline_run': what})

    def logs(self, pipeline, run):
        return self.api.log(pipeline, run)

    def told_last(self):
        """The logs of the newest run; asked once."""
        self.api.seconds = 0
        try:
            return self._told_last()
        finally:
            self.api.seconds = stack.LONG_S

    def _told_last(self):
        run = self.api.ask('GET', 'pipeline_runs?_limit=1')['pipeline_runs'][0]
        text = f'{run["pipeline_uuid"]}, run {run["id"]}: {run["status"]}\n'
        for block, lines in self.logs(run['pipeline_uuid'], run['id']).items():
            text += ''.join(f'{block}: {line}\n' for line in lines[-8:])
        return text

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
            if argv[0] in (b'grep', b'cat') or any(     # the second: a script of bash
                    os.path.basename(word).startswith(b'qb-') for word in argv[:2]):
                found[int(pid)] = argv
        return found


def _where_it_ends(page):
    """The address to which a page sends the browser."""
    parts = urllib.parse.urlsplit(page)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request('GET', f'{parts.path}?{parts.query}')
    return connection.getresponse().getheader('Location')
