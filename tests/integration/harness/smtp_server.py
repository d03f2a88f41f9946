# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_server.py - SMTP servers of every kind, for a client that goes as far as STARTTLS."""
import contextlib
import os
import socket
import ssl
import threading

SECONDS = 60

# How a server behaves that is not just an SMTP server with a certificate.
NO_STARTTLS, REFUSING, HANGING, REJECTING, TALKING, GARBAGE, ENDLESS, NO_HANDSHAKE, DENYING = (
    '-nostarttls', '-refusing', '-hanging', '-rejecting', '-talking', '-garbage', '-endless',
    '-nohandshake', '-denying')
# Presents "right" on one of so many connections, as many as a run makes; rejects the others, or hangs.
ONCE, ONCE_THEN_HANGS = '-once', '-once-then-hangs'
CONNECTIONS = {ONCE: 4, ONCE_THEN_HANGS: 2}
VERSIONS = {'1.2': ssl.TLSVersion.TLSv1_2, '1.3': ssl.TLSVersion.TLSv1_3}


def make_context(directory, certificates, name_callback):
    """Makes what a server presents: "a+b" are two certificates, "a@1.2" is for that version alone."""
    names, _, version = certificates.partition('@')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for name in names.split('+'):
        context.load_cert_chain(os.path.join(directory, name + '.pem'), os.path.join(directory, name + '.key'))
    if version:
        context.minimum_version = context.maximum_version = VERSIONS[version]
    context.sni_callback = name_callback
    return context


class Server:
    """One SMTP server on an address: with certificates, or with a behaviour."""

    def __init__(self, directory, listener, kind):
        self.listener = listener
        self.kind = kind
        self.names = []  # the names that clients have asked for
        self.connections = 0
        self.contexts = []  # the first for those who offer TLS 1.3, the last for the others
        presented = 'right' if kind in CONNECTIONS else kind
        if not presented.startswith('-'):
            self.contexts = [make_context(directory, certificates,
                                          lambda tls, name, context: self.names.append(name))
                             for certificates in presented.split('/')]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError, ssl.SSLError, ValueError):
            client.settimeout(SECONDS)
            self._talk(client)

    def _talk(self, client):
        again = self.connections % CONNECTIONS.get(self.kind, 1) > 0
        self.connections += 1
        if self.kind == HANGING or (self.kind == ONCE_THEN_HANGS and again):
            client.recv(1)  # until the client leaves
            return
        if self.kind == ONCE and again:
            client.sendall(b'421 too many connections\r\n')
            return
        if self.kind == GARBAGE:
            client.sendall(b'HTTP/1.0 200 \033[31m|OK\r\n')
        if self.kind == ENDLESS:
            while True:
                client.sendall(b'220-more\r\n' * 1000)
        if self.kind == REJECTING:
            client.sendall(b'554-go away\r\n554 now\r\n')
            return
        client.sendall(b'220-receiver\r\n220 ESMTP\r\n')
        lines = client.makefile('rb')
        if not lines.readline().startswith(b'EHLO '):
            return
        if self.kind == NO_STARTTLS:
            client.sendall(b'250-receiver STARTTLS\r\n250 SIZE 1000\r\n')
            lines.readline()
            return
        client.sendall(b'250-receiver\r\n250-starttls\r\n250 SIZE 1000\r\n')
        if lines.readline() != b'STARTTLS\r\n':
            return
        if self.kind == DENYING:
            client.sendall(b'454 not now\r\n')
        elif self.kind == TALKING:
            client.sendall(b'220 go ahead\r\n250 said by somebody else\r\n')
        else:
            client.sendall(b'220 go ahead\r\n')
        if self.kind == NO_HANDSHAKE:
            lines.read(1)  # the handshake has begun
            client.sendall(b'what is that\r\n' * 10)
        if self.contexts:
            # A client that takes TLS 1.3 says so in the extension supported_versions alone.
            offers_13 = b'\0\x2b' in client.recv(4096, socket.MSG_PEEK) and \
                b'\x03\x04' in client.recv(4096, socket.MSG_PEEK)
            with self.contexts[0 if offers_13 else -1].wrap_socket(client, server_side=True) as tls:
                tls.recv(100)


def listen_all(addresses):
    """Listens on all addresses at one port that was free on each; gives it and the sockets."""
    for _ in range(20):
        listeners = {}
        port = 0
        try:
            for address in addresses:
                family = socket.AF_INET6 if ':' in address else socket.AF_INET
                listeners[address] = socket.create_server((address, port), family=family)
                port = port or listeners[address].getsockname()[1]
            return port, listeners
        except OSError:
            for listener in listeners.values():
                listener.close()
    raise RuntimeError('no port that is free on all addresses')
