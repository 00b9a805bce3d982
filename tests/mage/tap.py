"""Results as TAP, and where one is bad, the ends of the logs that may say why."""
import os
import re

TAIL = 25       # lines of a log
TELL = 6        # failures after which the logs are told


class Tap:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []
        self.logs = {}      # {what: function that gives its text}

    def ok(self, what, good, detail=''):
        self.passed += bool(good)
        self.failed += not good
        print(f'{"" if good else "not "}ok {self._number()} - {what}')
        if not good:
            say(detail, 40)
            self.tell_logs()

    def equal(self, what, got, want):
        self.ok(what, got == want, f'got:  {got}\nwant: {want}')

    def skip(self, what, why):
        self.skipped.append(f'{what}: {why}')
        print(f'ok {self._number()} - {what} # SKIP {why}')

    def absorb(self, text, part):
        """What another process has printed in this way."""
        whole = False
        for line in text.splitlines():
            found = re.match(r'(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$', line)
            if not found:
                whole = whole or line.startswith('1..')
                if line.startswith('#'):
                    print(line)
            elif found[3]:
                self.skip(found[2], found[3])
            else:
                self.passed += not found[1]
                self.failed += bool(found[1])
                print(f'{found[1] or ""}ok {self._number()} - {found[2]}')
        if not whole:
            self.ok(f'the part {part} ran to its end', False)

    def _number(self):
        return self.passed + self.failed + len(self.skipped)

    def tell_logs(self):
        if self.failed > TELL:
            return
        for what, text in self.logs.items():
            try:
                told = text()
            except Exception as why:    # pylint: disable=broad-except
                told = f'cannot be read: {why}'
            print(f'# --- {what}')
            say(told, TAIL)

    def done(self):
        print(f'1..{self._number()}')
        for line in self.skipped:
            print(f'skipped: {line}')
        print(f'{self.passed} passed, {self.failed} failed'
              + (f', {len(self.skipped)} skipped' if self.skipped else ''), flush=True)
        return self.failed == 0 and self.passed > 0


def say(text, most):
    for line in str(text).splitlines()[-most:]:
        print(f'# {line}')


def tail_of(path):
    """A function that gives the end of a file."""
    def read():
        if not os.path.exists(path):
            return '(not there)'
        with open(path, 'rb') as file:
            file.seek(max(0, os.path.getsize(path) - 20000))
            return file.read().decode('utf-8', 'replace')
    return read
