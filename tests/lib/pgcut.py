#!/usr/bin/env python3
"""pgcut.py FOLDER REAL N PID - a proxy of PostgreSQL that breaks at the N-th
piece of data, counted in both directions and over all connections.

Listens in FOLDER/.s.PGSQL.5432, prints "ready", and forwards bytes to the socket
REAL.  Before the N-th piece is forwarded, the connection is cut; where PID is not
0, the server with that postmaster is stopped, as by pg_ctl -m immediate.  When
its standard input ends it prints what the N-th piece was:
    nothing    it never came
    commit     a COMMIT on its way to the server
    committed  the server's answer to a COMMIT
    other
"""
import os
import select
import signal
import socket
import sys
import threading


class Link:
    def __init__(self, real, n, pid):
        self.real, self.n, self.pid = real, n, pid
        self.passed, self.was = 0, "nothing"
        self.lock = threading.Lock()

    def is_fatal(self, data, to_server, state):
        """Count a piece; with the N-th, stop the server too."""
        with self.lock:
            self.passed += 1
            commit = to_server and b"commit\0" in data
            answer = not to_server and state["commit"]
            state["commit"] = commit
            if self.passed != self.n:
                return False
            self.was = "commit" if commit else \
                "committed" if answer else "other"
            if self.pid:
                os.kill(self.pid, signal.SIGQUIT)
            return True

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        state = {"commit": False}
        try:
            server.connect(self.real)
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if not data or self.is_fatal(data, ready is client,
                                                   state):
                        return
                    (server if ready is client else client).sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            server.close()


def main():
    folder, real, n, pid = sys.argv[1:]
    link = Link(real, int(n), int(pid))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(folder, ".s.PGSQL.5432"))
    listener.listen(8)
    print("ready", flush=True)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        threading.Thread(target=link.serve, args=(listener.accept()[0],),
                         daemon=True).start()
    print(link.was)


main()
