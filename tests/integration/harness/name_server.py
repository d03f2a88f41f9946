# SPDX-License-Identifier: GPL-3.0-or-later
"""
name_server.py - a name server over TCP in front of a real one, that spoils what that one says.

kind is one of: plain (nothing is spoiled), no-aa, refused, bare-refused (without the question), bare
(no error, and no question), servfail, notauth, truncated, silent, garbage, other-question, closing
(the connection is closed after each reply), endless (the length of a reply that never comes whole).
"""
import socket
import struct
import threading

from harness.resolver import read_exactly

AA, TC, RCODE = 0x0400, 0x0200, 0x000f
REFUSED, SERVFAIL, NOTAUTH = 5, 2, 9


def with_flags(reply, clear=0, put=0):
    """Gives a message with other flags."""
    flags = struct.unpack('!H', reply[2:4])[0]
    return reply[:2] + struct.pack('!H', (flags & ~clear) | put) + reply[4:]


CHANGES = {
    'plain': lambda reply: reply,
    'closing': lambda reply: reply,
    'no-aa': lambda reply: with_flags(reply, clear=AA),
    'refused': lambda reply: with_flags(reply, clear=RCODE | AA, put=REFUSED),
    'bare-refused': lambda reply: reply[:2] + b'\x80\x05' + bytes(8),
    'bare': lambda reply: reply[:2] + b'\x84\0' + bytes(8),
    'servfail': lambda reply: with_flags(reply, clear=RCODE | AA, put=SERVFAIL),
    'notauth': lambda reply: with_flags(reply, clear=RCODE | AA, put=NOTAUTH),
    'truncated': lambda reply: with_flags(reply, put=TC),
    'garbage': lambda reply: b'\xff' * 32,
    'other-question': lambda reply: reply[:12] + b'\3foo' + reply[12:],
}


class NameServer:
    """Listens on an address and port until the process ends; asks target, an address, at that port."""

    def __init__(self, address, port, kind, target):
        self.kind = kind
        self.target = (target, port)
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.listener = socket.create_server((address, port), family=family, backlog=100)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client = self.listener.accept()[0]
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            try:
                while self._answer(client):
                    pass
            except (OSError, struct.error):
                pass

    def _answer(self, client):
        """Answers one question. Gives whether the connection stays open."""
        query = read_exactly(client, 2)
        if len(query) < 2:
            return False
        query += read_exactly(client, struct.unpack('!H', query)[0])
        if self.kind == 'silent':
            return True
        if self.kind == 'endless':
            client.sendall(b'\xff\xff' + query[2:])
            return True
        with socket.create_connection(self.target) as server:
            server.sendall(query)
            reply = read_exactly(server, struct.unpack('!H', read_exactly(server, 2))[0])
        reply = CHANGES[self.kind](reply)
        client.sendall(struct.pack('!H', len(reply)) + reply)
        return self.kind != 'closing'
