# SPDX-License-Identifier: GPL-3.0-or-later
"""
resolver.py - a resolver over TCP whose answers the test makes up, and can change at any time.

What a name is follows from its last label but one: "a.strong.example" has an address and a TLSA
record, all with AD; see ANSWERS. "a.many.example" has CROWD_HOSTS MX hosts that are strong, and
"a.crowd.example" as many that are "silent": no question about these is ever answered.
"""
import socket
import struct
import threading

A, SOA, MX, AAAA, TLSA = 1, 6, 15, 28, 52
QUERY_FLAGS, AD, SERVFAIL = 0x8180, 0x0020, 2
ADDRESS = bytes([192, 0, 2, 1])
GOOD = bytes([3, 1, 1]) + bytes(32)
UNUSABLE = bytes([0, 0, 1]) + bytes(32)
NULL_MX = b'\0\0\0'
SOA_DATA = b'\1a\0\1b\0' + struct.pack('!5I', 1, 2, 3, 4, 300)
CROWD_HOSTS = 64
ANSWERS = {
    'strong': {A: ADDRESS, TLSA: GOOD},
    'unusable': {A: ADDRESS, TLSA: UNUSABLE},
    'null': {MX: NULL_MX},
    'weak': {A: ADDRESS},
}


def record(owner, rtype, ttl, rdata):
    """Wire form of a record."""
    return owner + struct.pack('!HHIH', rtype, 1, ttl, len(rdata)) + rdata


def crowd(owner, zone):
    """Wire form of CROWD_HOSTS MX records, to hosts of a zone of their own."""
    return b''.join(
        record(b'\xc0\x0c', MX, 300, struct.pack('!H', i) + b''.join(
            bytes([len(label)]) + label.encode() for label in ('h%d-%s' % (i, owner), zone, 'example', '')))
        for i in range(CROWD_HOSTS))


def read_exactly(sock, size):
    """Reads size octets; fewer at the end."""
    data = b''
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            break
        data += part
    return data


class Resolver:
    """Listens on loopback, at self.port, as long as the process lives."""

    def __init__(self):
        self.fading = 'strong'  # what names below "fading" are; they live for a second
        self.silenced = 0       # questions that were not answered
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        """Takes connections for ever."""
        while True:
            sock = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        """Answers the questions of one connection."""
        with sock:
            try:
                while True:
                    length = read_exactly(sock, 2)
                    if len(length) < 2:
                        return
                    reply = self.reply(read_exactly(sock, struct.unpack('!H', length)[0]))
                    if reply:
                        sock.sendall(struct.pack('!H', len(reply)) + reply)
            except OSError:
                return

    def reply(self, query):
        """Makes up the reply to one question; b'' if there is to be none."""
        end, labels = 12, []
        while query[end]:
            labels.append(query[end + 1:end + 1 + query[end]].decode('ascii').lower())
            end += query[end] + 1
        question = query[12:end + 5]
        rtype = struct.unpack('!H', query[end + 1:end + 3])[0]
        kind = labels[-2] if len(labels) > 1 else ''
        ttl = 300
        if kind == 'fading':
            kind, ttl = self.fading, 1
        flags = QUERY_FLAGS | (0 if kind == 'weak' else AD)
        if kind == 'broken':
            return struct.pack('!2s5H', query[:2], QUERY_FLAGS | SERVFAIL, 1, 0, 0, 0) + question
        if kind == 'silent':
            self.silenced += 1
            return b''
        if kind in ('crowd', 'many') and rtype == MX:
            return struct.pack('!2s5H', query[:2], flags, 1, CROWD_HOSTS, 0, 0) + question + \
                crowd(labels[0], {'crowd': 'silent', 'many': 'strong'}[kind])
        data = SOA_DATA if not labels and rtype == SOA else ANSWERS.get(kind, {}).get(rtype)
        if data is None:
            return struct.pack('!2s5H', query[:2], flags, 1, 0, 1, 0) + question + \
                record(b'\0', SOA, ttl, SOA_DATA)
        return struct.pack('!2s5H', query[:2], flags, 1, 1, 0, 0) + question + \
            record(b'\xc0\x0c', rtype, ttl, data)
