# SPDX-License-Identifier: GPL-3.0-or-later
"""relay.py - stands between daned and its resolver, and fails in a chosen way.

mode is one of: pass (octets go both ways), silent (takes connections, says nothing), close (closes
every connection at once), garbage (answers with octets that are no DNS message), slow (keeps what
comes back for SLOW_SECONDS).
"""
import socket
import threading
import time

SLOW_SECONDS = 1
GARBAGE = b'\x00\x20' + b'\xff' * 32


class Relay:
    """A TCP relay on a free port of 127.0.0.1, in threads of its own."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.mode = 'pass'
        self.lock = threading.Lock()
        self.open = set()
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.listener.close()
        self.cut()

    def cut(self):
        """Ends every connection that is open."""
        with self.lock:
            sockets = list(self.open)
        for sock in sockets:
            self._end(sock)

    def _end(self, sock):
        with self.lock:
            self.open.discard(sock)
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sock.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        mode = self.mode
        try:
            if mode in ('pass', 'slow'):
                self._pass(client)
            elif mode != 'close':
                while client.recv(4096):
                    if mode == 'garbage':
                        client.sendall(GARBAGE)
        except OSError:
            pass
        self._end(client)

    def _pass(self, client):
        with socket.create_connection(('127.0.0.1', self.target_port)) as server:
            back = threading.Thread(target=self._copy, args=(server, client, True), daemon=True)
            back.start()
            self._copy(client, server)
            back.join()

    def _copy(self, source, sink, slows=False):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if slows and self.mode == 'slow':
                    time.sleep(SLOW_SECONDS)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for sock in (source, sink):
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
