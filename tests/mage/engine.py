"""A separate Docker engine in its own process and mount namespaces: when they
end, everything that it started ends.  Its changes to the machine's network are
undone."""
import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import time

import stack

KEPT = os.path.join(stack.ROOT, 'build', 'mage-stack')   # what is slow to make
FORWARD = '/proc/sys/net/ipv4/ip_forward'
# Ends dockerd when the other end of its stdin is closed.
KEEPER = 'exec 3<&0; "$@" </dev/null & p=$!; { cat <&3 >/dev/null; kill $p; } & wait $p'
TRANSIENT = re.compile('Temporary failure|Could not (connect|resolve)|Failed to fetch|timed? ?out|'
                     'Hash Sum|Connection (reset|refused)|Unable to connect|Read-?Timeout|'
                     'Couldn.t download|unreachable', re.I)


class NotHere(RuntimeError):
    """No Docker engine can be had, or not what the images are made of."""


def why_not():
    """What is missing, or None."""
    if os.environ.get('QB_TEST_DOCKER') == 'no':
        return 'QB_TEST_DOCKER=no'
    if os.environ.get('QB_NO_MAGE'):    # the image of Mage is made of it
        return os.environ['QB_NO_MAGE']
    if os.geteuid() != 0:
        return 'that needs root'
    for name in ('dockerd', 'docker', 'debootstrap', 'unshare', 'iptables'):
        if not shutil.which(name):
            return f'{name} is not installed'
    env = {k: v for k, v in os.environ.items() if k != 'DOCKER_HOST'}
    if subprocess.run(['docker', 'info'], env=env, check=False, **stack.QUIET).returncode == 0:
        return 'an engine runs on this machine, and a second one would change its rules'
    return None


class Engine:
    """dockerd with its data in build/mage-stack, its socket in `folder`."""

    def __init__(self, folder):
        os.makedirs(KEPT, exist_ok=True)
        # One on a machine at a time: they would share a bridge.
        self.lock = open('/run/lock/qb-test-docker', 'w', encoding='utf-8')
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.before = traces()
        self.left = set()
        self.network = Network()
        self.log = os.path.join(KEPT, 'dockerd.log')
        socket = f'unix://{folder}/docker.sock'
        with open(self.log, 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                ['unshare', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc',
                 'sh', '-c', KEEPER, 'keeper', 'dockerd', '--host', socket,
                 '--data-root', f'{KEPT}/docker', '--exec-root', f'{folder}/exec',
                 '--pidfile', f'{folder}/pid', '--shutdown-timeout', '20'],
                stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.env = {**os.environ, 'DOCKER_HOST': socket, 'DOCKER_BUILDKIT': '0',
                    'COMPOSE_DOCKER_CLI_BUILD': '1'}
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise

    def _begin(self):
        try:
            stack.wait_for('dockerd', self._answers, 120)
        except (TimeoutError, RuntimeError) as why:
            raise NotHere(f'dockerd does not start here: {why}: {self._last_word()}') from None
        self._clean_up()

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f'status {self.process.returncode}')
        return subprocess.run(['docker', 'info'], env=self.env, check=False,
                              **stack.QUIET).returncode == 0

    def _last_word(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            lines = file.read().splitlines()
        return lines[-1] if lines else 'no message'

    def _clean_up(self):
        """What an earlier test that was killed has left; its images stay."""
        left = self.run('docker', 'ps', '-aq').split()
        if left:
            self.run('docker', 'rm', '-f', '-v', *left)
        self.run('docker', 'network', 'prune', '-f')
        volumes = self.run('docker', 'volume', 'ls', '-q').split()
        if volumes:
            self.run('docker', 'volume', 'rm', '-f', *volumes)

    def run(self, *words, **more):
        """Its output; transient errors are retried."""
        for wait in (10, 30, None):
            done = subprocess.run(words, env=self.env, check=False, text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, **more)
            if done.returncode == 0:
                return done.stdout
            if wait is None or not TRANSIENT.search(done.stdout):
                break
            print(f'# {words[0]} {words[1]}: {done.stdout.splitlines()[-1]}; again in {wait} s')
            time.sleep(wait)
        raise RuntimeError(f'{" ".join(words)}: status {done.returncode}\n{done.stdout}')

    def has(self, image):
        return subprocess.run(['docker', 'image', 'inspect', image], env=self.env, check=False,
                              **stack.QUIET).returncode == 0

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()     # and with it all that is in its namespace
            self.process.wait()
        self.network.restore()
        self.left = traces() - self.before
        self.lock.close()


class Network:
    """The machine's, as it was before."""

    def __init__(self):
        self.links = links()
        with open(FORWARD, encoding='utf-8') as file:
            self.forward = file.read()
        self.rules = {f'{which}-{table}': text for which in ('iptables', 'ip6tables')
                      for table in ('filter', 'nat', 'raw', 'mangle')
                      if (text := self._save(which, table)) is not None}

    @staticmethod
    def _save(which, table):
        done = subprocess.run([f'{which}-save', '-t', table], check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout if done.returncode == 0 else None

    def restore(self):
        for name in sorted(links() - self.links):
            if re.match('docker|br-|veth', name):
                subprocess.run(['ip', 'link', 'del', name], check=False, **stack.QUIET)
        for name, text in self.rules.items():
            which, table = name.split('-')
            if not text.strip():    # the table was not there
                text = f'*{table}\nCOMMIT\n'
            subprocess.run([f'{which}-restore', '-T', table], input=text, text=True, check=False,
                           **stack.QUIET)
        with contextlib.suppress(OSError), open(FORWARD, 'w', encoding='utf-8') as file:
            file.write(self.forward)


def links():
    return set(os.listdir('/sys/class/net'))


def traces():
    """What an engine would leave on the machine."""
    with open('/proc/self/mountinfo', encoding='utf-8') as file:
        mounts = {line.split()[4] for line in file}
    rules = subprocess.run(['iptables', '-S'], check=False, text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL) if shutil.which('iptables') else None
    return {f'link {name}' for name in links()} | {f'mount {path}' for path in mounts} | {
        f'rule {line}' for line in (rules.stdout if rules else '').splitlines()}
