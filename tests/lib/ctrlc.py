#!/usr/bin/env python3
"""ctrlc.py SECONDS COMMAND... - run it on a terminal, and type Ctrl-C.

Prints how many seconds passed from Ctrl-C to its end, then the signal that
ended it, or "status N"; then what stood on the terminal.
"""
import os
import pty
import select
import sys
import time


def main():
    delay, command = float(sys.argv[1]), sys.argv[2:]
    began = time.monotonic()
    child, terminal = pty.fork()
    if not child:
        os.execvp(command[0], command)
    typed = None
    text = b""
    while True:
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                some = os.read(terminal, 65536)
            except OSError:
                break
            if not some:
                break
            text += some
        if typed is None and time.monotonic() - began >= delay:
            os.write(terminal, b"\x03")
            typed = time.monotonic()
    status = os.waitpid(child, 0)[1]
    took = time.monotonic() - typed if typed else 0
    end = ("signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status)
           else "status %d" % os.WEXITSTATUS(status))
    print("%.2f %s" % (took, end))
    sys.stdout.write(text.decode(errors="replace").replace("\r", "\n")
                     .replace("\033[K", ""))


main()
