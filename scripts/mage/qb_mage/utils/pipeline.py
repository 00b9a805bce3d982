"""Run filters as a pipeline, as a shell would, but started from Python: every
exit status is known, and no filter outlives this process.

Mage ends a block with SIGKILL, after which no Python code can clean up.  So
each filter asks the kernel to send it SIGTERM when the thread that started it
dies.  A shell in between would get that signal instead, and leave the filters
running.
"""
import ctypes
import os
import selectors
import signal
import subprocess

PR_SET_PDEATHSIG = 1
LIBC = ctypes.PyDLL(None, use_errno=True)

# What to do for each exit status; if several filters fail, the first one in
# this order is reported.  qb(7) describes them all.
NEXT = {
    64: 'correct the variable of the trigger, or the secret, that the line '
        'above names, then run the pipeline again',
    70: 'this is a bug in qb: please report the lines above',
    77: 'the QuickBooks login is lost: log in again (RUNBOOK.md, "Logging '
        'in"), then use "Retry incomplete blocks" of this run',
    69: 'the request was refused, and a retry will be refused too: fix what '
        'the line above names, then use "Retry incomplete blocks" of this run',
    74: 'this machine: free disk space or fix the folder that the line above '
        'names, then use "Retry incomplete blocks" of this run',
    65: 'the data is damaged, or PostgreSQL cannot store it: see the line '
        'above and RUNBOOK.md, "Exit statuses"',
    75: 'incomplete: what is done stays done; use "Retry incomplete blocks" '
        'of this run to continue',
}
LINES_IN_ERROR = 4      # last stderr lines of a filter in the error's text


class Filter:
    """One process of a pipeline.  `helper`: a program such as cat or grep,
    whose exit status is not reported."""

    def __init__(self, *argv, env=None, helper=False):
        self.argv = [str(word) for word in argv]
        self.name = self.argv[0]
        self.env = {**base_environment(), **(env or {})}
        self.helper = helper
        self.process = None
        self.last_lines = []


class Failed(RuntimeError):
    """A pipeline failed; `tool` and `status` are those of the filter that is
    reported.  `then`: what to do, if the status alone does not tell."""

    def __init__(self, failed, status, then=None):
        self.status = status
        self.tool = failed.name
        self.filter = failed
        lines = [f'{failed.name} ended with status {status}'
                 if status >= 0 else f'{failed.name} was killed by signal {-status}']
        lines += failed.last_lines
        lines.append('next: ' + (then or NEXT.get(status, NEXT[75])))
        super().__init__('\n'.join(lines))


def base_environment():
    """The environment of every filter, without secrets."""
    names = ('PATH', 'HOME', 'LANG', 'TMPDIR', 'TZDIR', 'XDG_STATE_HOME')
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    found.setdefault('PATH', '/usr/local/bin:/usr/bin:/bin')
    found['LC_ALL'] = 'C.UTF-8'
    return found


def run(filters, each_line, log=print, first_input=None):
    """Run `filters` from left to right.  `each_line` gets every line of the
    last one's stdout as bytes, `log` every line of stderr of all of them.
    `first_input`: a file for stdin of the first one; the default is empty.
    """
    try:
        _start(filters, first_input)
        _read_output(filters, each_line, log)
        statuses = [one.process.wait() for one in filters]
    finally:
        _stop(filters)
    failed = _failure(filters, statuses)
    if failed is not None:
        raise Failed(*failed)


def _start(filters, first_input):
    upstream = first_input if first_input is not None else subprocess.DEVNULL
    parent = os.getpid()
    for one in filters:
        try:
            one.process = subprocess.Popen(
                one.argv, env=one.env, stdin=upstream,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                preexec_fn=lambda: die_with(parent))
        except OSError as why:
            raise RuntimeError(
                f'{one.name} cannot be started: {why.strerror}\n'
                'next: check that it is installed where Mage runs, on the PATH') from None
        if upstream not in (first_input, subprocess.DEVNULL):
            upstream.close()    # else its writer would not get SIGPIPE
        upstream = one.process.stdout


def die_with(parent):
    """Called in the child before exec, which keeps the setting."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # the parent died before prctl
        os._exit(75)


def _read_output(filters, each_line, log):
    with selectors.DefaultSelector() as pipes:
        last = filters[-1].process.stdout
        pipes.register(last, selectors.EVENT_READ, _Lines(each_line))
        for one in filters:
            pipes.register(one.process.stderr, selectors.EVENT_READ,
                           _Lines(_logger_of(one, log)))
        while pipes.get_map():
            for key, _ in pipes.select():
                block = os.read(key.fd, 65536)
                key.data.take(block)
                if not block:
                    pipes.unregister(key.fileobj)
                    key.fileobj.close()


def _logger_of(one, log):
    def log_line(line):
        text = line.decode('utf-8', 'replace')
        one.last_lines = (one.last_lines + [text])[-LINES_IN_ERROR:]
        log(text)
    return log_line


class _Lines:
    """Splits blocks of bytes into lines; the last line may lack its newline."""

    def __init__(self, each):
        self.each = each
        self.rest = b''

    def take(self, block):
        lines = (self.rest + block).split(b'\n')
        self.rest = lines.pop() if block else b''
        for line in lines:
            if line or block:
                self.each(line)


def _stop(filters):
    """After an exception here, no filter keeps running."""
    for one in filters:
        if one.process is not None and one.process.poll() is None:
            one.process.terminate()
    for one in filters:
        if one.process is not None:
            one.process.wait()


def _failure(filters, statuses):
    """The filter that failed first, and its status.  A filter whose reader
    failed ends with 74 or SIGPIPE, and a helper with any status: these are
    consequences."""
    failures = []
    failed_downstream = False
    for one, status in reversed(list(zip(filters, statuses))):
        consequence = one.helper or status == -signal.SIGPIPE or (
            status == 74 and failed_downstream)
        if status != 0 and not consequence:
            failures.append((one, status))
            failed_downstream = True
    if not failures:
        odd = [pair for pair in zip(filters, statuses) if pair[1] != 0]
        return odd[0] if odd else None
    order = list(NEXT)
    # Of two with the same status, the later one only had its input cut off.
    return min(reversed(failures), key=lambda pair: order.index(pair[1])
               if pair[1] in order else order.index(65))
