#!/usr/bin/env python3
"""terminal.py COLUMNS[,SECONDS:COLUMNS...] COMMAND... - run it on a terminal of so
many columns, which becomes another after so many seconds.

Prints each line that was drawn or written, with the seconds at which it came and
what was the width then: "SECONDS COLUMNS TEXT".  Ends with the command's status.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time


def main():
    first, *later = sys.argv[1].split(",")
    sizes = [(0.0, int(first))] + [
        (float(at), int(size)) for at, size in (s.split(":") for s in later)]
    child, terminal = pty.fork()
    if not child:
        time.sleep(0.1)  # until it has its first size
        os.execvp(sys.argv[2], sys.argv[2:])
    began, width, text = time.monotonic(), 0, ""
    while True:
        passed = time.monotonic() - began
        if sizes and passed >= sizes[0][0]:
            width = sizes.pop(0)[1]
            fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                        struct.pack("HHHH", 24, width, 0, 0))
        if not select.select([terminal], [], [], 0.01)[0]:
            continue
        try:
            some = os.read(terminal, 65536)
        except OSError:
            break
        text += some.decode(errors="replace")
        *whole, text = re.split(r"\r\n|(?=\r\033\[K)", text)
        whole.append(text)  # a line is drawn by one write
        text = ""
        for line in whole:
            line = line.replace("\r\033[K", "")
            if line:
                print("%.2f %d %s" % (passed, width, line))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255)


main()
