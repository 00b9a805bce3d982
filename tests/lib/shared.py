"""shared.py - what dying.c counts over many processes."""
import mmap
import os
import struct


class Shared:
    """`struct shared` of dying.c, in a file of its own."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(bytes(4096))
        os.chmod(path, 0o666)  # the server has another account
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4096)

    def arm(self, n, postmaster=0, whose=""):
        """From now on calls are counted, and the N-th is not made."""
        self.map[:64] = struct.pack("qqq40s", 0, 0, postmaster,
                                    whose.encode())
        self.map[:8] = struct.pack("q", n)

    def passed(self):
        return struct.unpack("q", self.map[8:16])[0]

    def disarm(self):
        """How many calls were counted."""
        self.map[:8] = bytes(8)
        return self.passed()
