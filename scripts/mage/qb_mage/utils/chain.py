"""A chain of filters as a shell would string it, but started straight from
Python, so that every exit status is known and none outlives this process.

Mage ends a block with SIGKILL, which no Python code survives to clean up
after.  So each filter asks the kernel for a SIGTERM when the thread that
started it dies.  A shell between them would get that signal alone and leave
the filters behind.
"""
import ctypes
import os
import selectors
import signal
import subprocess

PR_SET_PDEATHSIG = 1
LIBC = ctypes.PyDLL(None, use_errno=True)

# What each status asks for, the most telling first; qb(7) has them all.
NEXT = {
    64: 'mend the variables of the trigger, or the secret that the line above '
        'names, then run once more',
    70: 'this is a bug of qb: please report the lines above',
    77: 'the login at QuickBooks is lost: authorise the app again (RUNBOOK.md, '
        '"Logging in"), then use "Retry incomplete blocks" of this run',
    69: 'refused, and it will be refused again: mend what the line above '
        'names, then use "Retry incomplete blocks" of this run',
    74: 'this machine: make room or mend the folder that the line above '
        'names, then use "Retry incomplete blocks" of this run',
    65: 'the data is not what was sealed, or PostgreSQL cannot hold it: look '
        'at the line above; RUNBOOK.md, "What each exit status asks for"',
    75: 'incomplete: what is done stays done; use "Retry incomplete blocks" '
        'of this run, it goes on from there',
}
MOST_TOLD = 4   # last lines of a filter in the text of the error


class Stage:
    """One process: its argv, the environment it needs, and whether it is a
    plain helper (cat, grep) whose own status tells nothing."""

    def __init__(self, *argv, env=None, helper=False):
        self.argv = [str(word) for word in argv]
        self.name = self.argv[0]
        self.env = {**base_environment(), **(env or {})}
        self.helper = helper
        self.process = None
        self.last_lines = []


class Failed(RuntimeError):
    """A chain that did not do its work; `status` is the most telling one."""

    def __init__(self, stage, status):
        self.status = status
        self.tool = stage.name
        lines = [f'{stage.name} ended with status {status}'
                 if status >= 0 else f'{stage.name} was ended by a signal, {-status}']
        lines += stage.last_lines
        lines.append('next: ' + NEXT.get(status, NEXT[75]))
        super().__init__('\n'.join(lines))


def base_environment():
    """What every filter may know.  No secret comes by this way."""
    names = ('PATH', 'HOME', 'LANG', 'TMPDIR', 'TZDIR', 'XDG_STATE_HOME')
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    found.setdefault('PATH', '/usr/local/bin:/usr/bin:/bin')
    found['LC_ALL'] = 'C.UTF-8'
    return found


def run(stages, each_line, say=print, first_input=None):
    """Run `stages` from left to right.  `each_line` gets every line of the
    last one's output as bytes, `say` every line that any of them says.
    `first_input`: a file for the first stage; nothing otherwise.
    """
    try:
        _start(stages, first_input)
        _listen(stages, each_line, say)
        statuses = [stage.process.wait() for stage in stages]
    finally:
        _end(stages)
    teller = _most_telling(stages, statuses)
    if teller is not None:
        raise Failed(*teller)


def _start(stages, first_input):
    upstream = first_input if first_input is not None else subprocess.DEVNULL
    parent = os.getpid()
    for stage in stages:
        try:
            stage.process = subprocess.Popen(
                stage.argv, env=stage.env, stdin=upstream,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                preexec_fn=lambda: die_with(parent))
        except OSError as why:
            raise RuntimeError(
                f'{stage.name} cannot be started: {why.strerror}\n'
                'next: see that it is installed where Mage runs, on the PATH') from None
        if upstream not in (first_input, subprocess.DEVNULL):
            upstream.close()    # else its writer never learns of a dead reader
        upstream = stage.process.stdout


def die_with(parent):
    """In the child, before exec: the signal stays set through it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(75)


def _listen(stages, each_line, say):
    with selectors.DefaultSelector() as waiting:
        last = stages[-1].process.stdout
        waiting.register(last, selectors.EVENT_READ, _Lines(each_line))
        for stage in stages:
            waiting.register(stage.process.stderr, selectors.EVENT_READ,
                             _Lines(_teller_of(stage, say)))
        while waiting.get_map():
            for key, _ in waiting.select():
                block = os.read(key.fd, 65536)
                key.data.take(block)
                if not block:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()


def _teller_of(stage, say):
    def tell(line):
        text = line.decode('utf-8', 'replace')
        stage.last_lines = (stage.last_lines + [text])[-MOST_TOLD:]
        say(text)
    return tell


class _Lines:
    """Blocks of bytes in, whole lines out; the last one may lack its end."""

    def __init__(self, each):
        self.each = each
        self.rest = b''

    def take(self, block):
        lines = (self.rest + block).split(b'\n')
        self.rest = lines.pop() if block else b''
        for line in lines:
            if line or block:
                self.each(line)


def _end(stages):
    """Whatever happened here, no filter goes on behind our back."""
    for stage in stages:
        if stage.process is not None and stage.process.poll() is None:
            stage.process.terminate()
    for stage in stages:
        if stage.process is not None:
            stage.process.wait()


def _most_telling(stages, statuses):
    """The stage that began it.  A filter whose reader failed ends with 74 or
    SIGPIPE, and a helper with what it likes: they only echo."""
    told = []
    failed_behind = False
    for stage, status in reversed(list(zip(stages, statuses))):
        echo = stage.helper or status == -signal.SIGPIPE or (
            status == 74 and failed_behind)
        if status != 0 and not echo:
            told.append((stage, status))
            failed_behind = True
    if not told:
        odd = [pair for pair in zip(stages, statuses) if pair[1] != 0]
        return odd[0] if odd else None
    order = list(NEXT)
    # Of two that say the same, the one behind had only its input cut off.
    return min(reversed(told), key=lambda pair: order.index(pair[1])
               if pair[1] in order else order.index(65))
