#!/usr/bin/env python3
"""pgproxy.py FOLDER REAL MODE - a proxy of PostgreSQL that breaks once.

Listens in FOLDER/.s.PGSQL.5432, prints "ready", and forwards bytes to the socket
REAL.  MODE says when the connection is cut, the first time only:
    commit-lost    before a COMMIT reaches the server
    commit-done    after the server has answered it, before the answer arrives
    copy           when COPY data of a landing table has been sent
Ends when its standard input does.
"""
import os
import select
import socket
import sys


def cut_now(mode, data, state):
    if mode == "copy":
        state["stage"] = state.get("stage") or b'copy "raw"' in data
        return state["stage"] and data[:1] == b"d"
    return b"commit\0" in data


def serve(client, real, mode):
    """Forward bytes until an end; True when the connection was cut on purpose."""
    server = socket.socket(socket.AF_UNIX)
    server.connect(real)
    state = {}
    try:
        while True:
            for ready in select.select([client, server], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return False
                if ready is server:
                    client.sendall(data)
                    continue
                if mode and cut_now(mode, data, state):
                    if mode == "commit-done":
                        server.sendall(data)
                        server.recv(65536)
                    return True
                server.sendall(data)
    finally:
        client.close()
        server.close()


def main():
    folder, real, mode = sys.argv[1:]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(folder, ".s.PGSQL.5432"))
    listener.listen(8)
    print("ready", flush=True)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        client = listener.accept()[0]
        if serve(client, real, mode):
            mode = ""


main()
