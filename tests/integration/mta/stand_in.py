# SPDX-License-Identifier: GPL-3.0-or-later
"""stand_in.py - answers Exim in daned's place, wrongly on purpose."""
import socket
import struct
import threading

# What it does on VERIFY, other than to send octets and to close.
GONE = 'gone'      # it stops listening before the answer to POLICY is out
RESET = 'reset'    # it cuts the connection
SILENT = 'silent'  # it says nothing, and keeps the connection until the next play

REQUEST_MAX = 256 * 1024


class StandIn:
    """A listener on a port of its own; its answer to POLICY is the same every time."""

    def __init__(self, policy):
        self.policy = policy
        self.verify = b''
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.address = 'inet:127.0.0.1:%d' % self.port
        self.over = threading.Event()  # this play is
        self._serve()

    def play(self, verify):
        """From here on, VERIFY gets these octets, or one of the three treatments."""
        self.over.set()
        self.over = threading.Event()
        self.verify = verify
        if self.listener.fileno() < 0:
            self.listener = socket.create_server(('127.0.0.1', self.port))
            self._serve()

    def _serve(self):
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while listener.fileno() >= 0:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client, listener), daemon=True).start()

    def _talk(self, client, listener):
        with client:
            self._answer(client, listener)

    def _answer(self, client, listener):
        question = b''
        while b'\n' not in question and len(question) < REQUEST_MAX:
            octets = client.recv(65536)
            if not octets:
                return
            question += octets
        if question.startswith(b'POLICY'):
            if self.verify == GONE:
                # close() alone would leave it listening until accept() returns.
                listener.shutdown(socket.SHUT_RDWR)
                listener.close()
            client.sendall(self.policy)
        elif self.verify == RESET:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        elif self.verify == SILENT:
            self.over.wait()
        else:
            client.sendall(self.verify)
