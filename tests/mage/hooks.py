"""What the test prepares before, types into and checks after commands of RUNBOOK.md."""
import os
import re
import subprocess

import stack
from runbook import Paste, Prompts

PORT = 8765     # of the simulator, in compose.yaml
OVERRIDE = f"""services:
  mage:
    environment:
      QBO_AUTHORIZE_URL: http://127.0.0.1:{PORT}/connect/oauth2
      QBO_DISCOVERY_URL: http://127.0.0.1:{PORT}/.well-known/openid_sandbox_configuration
"""
EXEC = 'docker compose exec mage '
FILE = 'cat qb.env | docker compose exec -T mage seed-secrets -'
DEMO_LOGS = 'docker compose logs -f demo'
SEED = EXEC + 'seed-secrets'
LOGIN = EXEC + 'quickbooks-login'
RESTART = 'docker compose restart mage'
CSV = 'docker compose cp postgres:/tmp/invoices.csv invoices.csv'
DROP = ('docker compose exec postgres psql -U postgres -d qbo '
        '-c "drop schema if exists raw cascade"')
RESTORE = 'docker compose exec postgres pg_restore -U postgres -1 -d qbo /tmp/qbo.dump'


class Hooks:
    def __init__(self, started):
        self.s = started
        self.used = set()
        self.company = {}
        self.rows = None
        self._before = {
            'docker compose down': self.something_to_keep,
            SEED: self.a_company, FILE: self.the_file, DROP: self.note_rows,
        }
        self._after = {
            'docker compose up -d --build': self.up_is_healthy,
            'docker compose ps': self.ps_says_healthy,
            'docker compose run --rm passwords show': self.two_passwords,
            DEMO_LOGS: lambda told: self.s.demo_shows_rows(told),
            'docker compose --profile demo down -v': self.nothing_is_left,
            'docker compose up -d': self.what_was_kept,
            'docker compose down -v': self.nothing_is_left,
            SEED: self.seeded, FILE: self.file_is_seeded,
            RESTART: self.restarted, LOGIN: self.logged_in, CSV: self.exported,
            RESTORE: self.restored,
        }
        self._answer = {SEED: self.prompts, LOGIN: lambda: Paste(self.open_page)}

    def known(self):
        return {*self._before, *self._after, *self._answer}

    def before(self, command):
        self.used.add(command)
        self._before.get(command, lambda: None)()

    def after(self, command, told):
        self._after.get(command, lambda told: None)(told)

    def answer(self, command):
        return self._answer.get(command, lambda: lambda said: None)()

    def sql(self, text):
        """As pgAdmin's role; what it says, and whether it was an answer."""
        done = subprocess.run(
            [*self.s.compose, 'exec', '-T', '-u', 'postgres', 'postgres', 'sh', '-c',
             'PGPASSWORD=$(cat /run/qb/reader) psql -X -v ON_ERROR_STOP=1 -h 127.0.0.1 '
             '-U qb_reader -d qbo'], cwd=self.s.tree, env=self.s.engine.env, input=text, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        rows = re.search(r'^\(([1-9]\d*) rows?\)', done.stdout, re.M)
        return done.stdout, done.returncode == 0 and rows is not None

    # -- starting ----------------------------------------------------------

    def up_is_healthy(self, _):
        self.s.builds()
        self.s.healthy('postgres', 'mage')

    def ps_says_healthy(self, told):
        lines = [line for line in told.splitlines() if 'mage' in line or 'postgres' in line]
        self.s.tap.ok('ps shows mage and postgres as healthy',
                      sum('(healthy' in line for line in lines) >= 2 or told.count('healthy') >= 2,
                      told)

    def two_passwords(self, told):
        self.s.tap.equal('passwords show gives two to sign in with',
                         len(re.findall(r'@\S+ +[0-9a-f]{36}$', told, re.M)), 2)

    def nothing_is_left(self, _):
        self.s.tap.equal('down -v leaves no volume', self.s.volumes(), [])

    def something_to_keep(self):
        self.s.up('up', '-d')
        self.s.healthy('mage')
        self.sql_as_owner('create table raw.kept as select 150 as n')

    def sql_as_owner(self, query):
        return self.s.up('exec', '-T', '-u', 'postgres', 'postgres', 'psql', '-X', '-A', '-t',
                         '-d', 'qbo', '-c', query).strip()

    def what_was_kept(self, _):
        self.s.healthy('mage', 'pgadmin')
        self.s.tap.equal('after down and up the rows are there, for pgAdmin too',
                         self.s.get('/count/kept'), '1')

    # -- a company: the simulator in place of QuickBooks ----------------------

    def a_company(self):
        """The stack anew, and the simulator in place of QuickBooks."""
        with open(os.path.join(self.s.tree, 'compose.override.yaml'), 'w',
                  encoding='utf-8') as file:
            file.write(OVERRIDE)
        self.s.up('up', '-d')
        self.s.healthy('mage')
        self.simulate()

    def simulate(self):
        self.s.up('--profile', 'demo', 'up', '-d', '--no-deps', '--force-recreate', 'quickbooks')
        text = stack.wait_for('the simulator', self.its_env)
        self.company = dict(line.split('=', 1) for line in text.splitlines() if '=' in line)

    def its_env(self):
        try:
            name = self.s.up('--profile', 'demo', 'ps', '-q', 'quickbooks').strip()
            return self.s.engine.run('docker', 'exec', name, 'sh', '-c',
                                     'p=$(cat /demo/sim.env) && kill -0 $(printf "%s\\n" "$p" | '
                                     'sed -n s/^QB_SIM_PID=//p) && printf "%s\\n" "$p"')
        except RuntimeError:
            return None

    def prompts(self):
        return Prompts({name: self.company[name] for name in (
            'QBO_CLIENT_ID', 'QBO_CLIENT_SECRET', 'QBO_ENV')})

    def seeded(self, told):
        secret = self.company['QBO_CLIENT_SECRET']
        self.s.tap.ok('seed-secrets sets what was typed, and shows none of it',
                      told.count(': set') == 3 and secret not in told, told)

    def the_file(self):
        """A person's, and where the simulator is."""
        names = ('QBO_CLIENT_ID', 'QBO_CLIENT_SECRET', 'QBO_ENV', 'QBO_API_URL', 'QBO_TOKEN_URL')
        with open(os.path.join(self.s.tree, 'qb.env'), 'w', encoding='utf-8') as file:
            file.writelines(f'{name}={self.company[name]}\n' for name in names)

    def file_is_seeded(self, told):
        self.s.tap.ok('a file is seeded', 'QBO_API_URL: ' in told
                      and self.company['QBO_CLIENT_SECRET'] not in told, told)

    def seed(self, values):
        """What a person enters by one of the ways that were run above."""
        subprocess.run([*self.s.compose, 'exec', '-T', 'mage', 'seed-secrets', '-'],
                       cwd=self.s.tree, env=self.s.engine.env, check=True, text=True,
                       input=''.join(f'{name}={value}\n' for name, value in values.items()),
                       stdout=subprocess.DEVNULL)

    def restarted(self, _):
        self.s.healthy('mage')
        self.simulate()     # it lived in the network of the old container
        self.seed({name: self.company[name] for name in (
            'QBO_CLIENT_ID', 'QBO_CLIENT_SECRET', 'QBO_API_URL', 'QBO_TOKEN_URL')})

    def open_page(self, page):
        return self.s.up('exec', '-T', 'mage', 'curl', '-sS', '-o', '/dev/null', '-w',
                         '%{redirect_url}', page).strip()

    def logged_in(self, told):
        found = re.search(r'^QBO_REALM_ID=(\d+)', told, re.M)
        self.s.tap.ok('the login prints the company and stores it',
                      found and 'QBO_REALM_ID: set' in told, told)

    # -- export and backup ---------------------------------------------------

    def exported(self, _):
        with open(os.path.join(self.s.tree, 'invoices.csv'), encoding='utf-8') as file:
            lines = file.read().splitlines()
        self.s.tap.equal('the CSV file has a line of names and one line per invoice',
                         (lines[0], len(lines) - 1),
                         ('number,date,customer,total,balance', int(self.count('invoices'))))

    def note_rows(self):
        """What the backup holds; and a table that was made after it."""
        self.rows = self.count('items'), self.count('qb_windows')
        self.sql_as_owner('create table raw.made_since as select 1 as n')

    def restored(self, _):
        self.s.tap.equal('after a restore pgAdmin\'s role can read the rows of the backup',
                         (self.count('items'), self.count('qb_windows')), self.rows)

    def count(self, table):
        return self.s.sql('qb_reader', f'select count(*) from raw.{table}').strip()
