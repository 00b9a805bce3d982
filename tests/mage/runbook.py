"""RUNBOOK.md, command by command as it is printed there, in its order, on the
stack that is started for it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import stack

SQL = ('select', 'set')
SCREEN = struct.pack('HHHH', 50, 160, 0, 0)     # lines and columns of a terminal


def blocks(path):
    """Of its indented blocks, each a list of lines."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    return [[line[4:] for line in block.strip('\n').split('\n')]
            for block in re.findall(r'(?:(?<=\n)    .*\n)+', text)]


def kind(block):
    """Of a block: what to do with it."""
    if any('──' in line for line in block):
        return 'picture'
    first = block[0].split()[0].lower()
    if first in SQL:
        return 'sql'
    if first in ('docker', 'cp', 'cat', 'git'):
        return 'commands'
    if re.match(r'[A-Z][a-z]+ \d+/\d+ ', block[0]):
        return 'output'
    return 'unknown'


def commands(block):
    """Its lines, without what is said about them behind a #."""
    return [re.sub(r'\s+# .*', '', line).rstrip() for line in block]


def shape(line):
    """A line of output, its times and numbers left out."""
    return re.escape(re.sub(r'\d[\dTZ:-]*', '0', line)).replace('0', r'\d[\dTZ:-]*')


def type_in(command, env, folder, answer=lambda said: None, seconds=stack.LONG_S):
    """Run it in a shell, at a terminal; (what it says, exit status).  `answer`
    is asked after each piece, and what it returns is typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, SCREEN)
            os.chdir(folder)
            os.execvpe('bash', ['bash', '-c', command], env)
        finally:
            os._exit(127)
    said, end = b'', time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                piece = os.read(terminal, 65536)
            except OSError:     # the other side is closed
                break
            if not piece:
                break
            said += piece
            words = answer(said.decode('utf-8', 'replace'))
            if words is not None:
                os.write(terminal, words.encode() + b'\n')
        else:
            said += f'\n(not within {seconds} s)'.encode()
            os.killpg(pid, signal.SIGKILL)
        # Before the terminal goes: it takes with it who is just ending.
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(terminal)      # who is left there gets a SIGHUP
    return said.decode('utf-8', 'replace').replace('\r\n', '\n'), status


class Prompts:
    """Answers for the prompts `NAME: ` and `NAME (hint): `, each once."""

    def __init__(self, values):
        self.values = values
        self.answered = set()

    def __call__(self, said):
        asked = re.search(r'(\w+)(?: \([^)]*\))?: $', said)
        if not asked or asked[1] in self.answered:
            return None
        self.answered.add(asked[1])
        return self.values.get(asked[1], '')


class Paste:
    """What a person does with `qb-auth login --paste`: open the page, agree, and
    paste the address at which the browser ends up."""

    def __init__(self, open_page):
        self.open_page = open_page
        self.done = False

    def __call__(self, said):
        page = re.search(r'^\s*(http\S+)\s*$', said.replace('\r', ''), re.M)
        if self.done or 'paste the address' not in said or not page:
            return None
        self.done = True
        return self.open_page(page[1])


class Runbook:
    """`before` and `after`: {command: what to do then}; `answers`: {command: a
    function for type_in}."""

    def __init__(self, tap, tree, env, hooks):
        self.tap = tap
        self.tree = tree
        self.env = env
        self.hooks = hooks
        self.outputs = []       # sample lines, and what the commands after them have said
        self.said = ''
        self.ran = 0

    def all(self):
        samples = []
        for block in blocks(os.path.join(stack.ROOT, 'RUNBOOK.md')):
            what = kind(block)
            if what == 'commands':
                for command in commands(block):
                    self._command(command)
            elif what == 'sql':
                self._sql('\n'.join(block))
            elif what == 'output':
                samples += block
            elif what == 'unknown':
                self.tap.ok('a block of RUNBOOK.md is known to its test', False, '\n'.join(block))
        for line in samples:
            self.tap.ok('a line that RUNBOOK.md shows is as the stack prints it: ' + line,
                        re.search(shape(line), self.said), self.said[-3000:])
        self.tap.equal('what is prepared for a command of RUNBOOK.md is used',
                       set(self.hooks.known()) - self.hooks.used, set())
        print(f'# {self.ran} commands of RUNBOOK.md were run as they are printed there')

    def _command(self, command):
        if command.startswith('git '):  # the copy of the tree is no repository
            print(f'# not run: {command}')
            return
        self.hooks.before(command)
        told, status = type_in(command, self.env, self.tree, self.hooks.answer(command))
        self.said += told
        self.ran += 1
        self.tap.ok(f'RUNBOOK.md: {command}', status == 0, f'status {status}\n{told}')
        self.hooks.after(command, told)

    def _sql(self, text):
        self.ran += 1
        told, good = self.hooks.sql(text)
        self.tap.ok(f'RUNBOOK.md: {text.split(chr(10))[0]} ...', good, told)
