# SPDX-License-Identifier: GPL-3.0-or-later
"""clients.py - asks daned as Postfix and as Exim do. Addresses: unix:PATH or inet:HOST:PORT."""
import re
import socket
import struct

SECONDS = 30  # longer than the 20 s in which an answer must be on the wire
EXIM_REPLY = re.compile(r'level=([a-z-]+) ttl=([0-9]+) reason=([a-z0-9-]+)\n?\Z')


def connect(address, seconds=SECONDS):
    """Connects to a listener; gives the socket."""
    if address.startswith('unix:'):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # A unix socket whose backlog is full must be waited for by the kernel: connect() of a
            # socket that does not block, as Python's time-outs make it, fails at once.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                            struct.pack('@ll', int(seconds), 0))
            sock.connect(address[len('unix:'):])
        except OSError:
            sock.close()
            raise
        sock.settimeout(seconds)
        return sock
    _, host, port = address.split(':')
    return socket.create_connection((host, int(port)), seconds)


def netstring(payload):
    """Wraps octets as a netstring."""
    return b'%d:%s,' % (len(payload), payload)


def receive_netstring(sock):
    """Reads one netstring; gives its octets. EOFError: closed before; ValueError: not a netstring."""
    head = b''
    while not head.endswith(b':'):
        octet = sock.recv(1)
        if not octet:
            raise EOFError('closed after %r' % head)
        head += octet
        if not re.match(rb'[0-9]{1,6}:?\Z', head):
            raise ValueError('not a netstring: %r' % head)
    body = receive_exactly(sock, int(head[:-1]) + 1)
    if not body.endswith(b','):
        raise ValueError('no comma at the end: %r' % body[-20:])
    return body[:-1]


def receive_exactly(sock, length):
    """Reads that many octets."""
    data = b''
    while len(data) < length:
        part = sock.recv(length - len(data))
        if not part:
            raise EOFError('closed after %d of %d octets' % (len(data), length))
        data += part
    return data


def receive_all(sock):
    """Reads until the other side closes."""
    data = b''
    while True:
        part = sock.recv(65536)
        if not part:
            return data
        data += part


def octets(text):
    """Gives a key as octets: text as UTF-8, octets as they are."""
    return text if isinstance(text, bytes) else text.encode('utf-8')


class SocketmapClient:
    """One connection, sequential requests, as one smtp(8) process makes them."""

    def __init__(self, address, seconds=SECONDS):
        self.sock = connect(address, seconds)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def ask(self, map_name, key):
        """Gives the reply to one request, as text."""
        self.sock.sendall(netstring(octets(map_name) + b' ' + octets(key)))
        return receive_netstring(self.sock).decode('utf-8', 'backslashreplace')

    def close(self):
        """Closes the connection."""
        self.sock.close()


def ask_socketmap(address, map_name, key):
    """Asks once, on a connection of its own."""
    with SocketmapClient(address) as client:
        return client.ask(map_name, key)


def ask_exim(address, line, half_close=True):
    """Sends one line as Exim's readsocket does; gives all of the reply, as text."""
    with connect(address) as sock:
        sock.sendall(octets(line))
        if half_close:
            sock.shutdown(socket.SHUT_WR)
        return receive_all(sock).decode('utf-8', 'backslashreplace')


def ask_policy(address, key):
    """Asks POLICY; gives (level, ttl, reason). EOFError: no reply; ValueError: one of another form."""
    reply = ask_exim(address, b'POLICY ' + octets(key) + b'\n')
    if not reply:
        raise EOFError('closed without a reply')
    parts = EXIM_REPLY.match(reply)
    if not parts:
        raise ValueError('not a POLICY reply: %r' % reply)
    return parts.group(1), int(parts.group(2)), parts.group(3)
