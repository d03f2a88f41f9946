# SPDX-License-Identifier: GPL-3.0-or-later
"""clients.py - the clients of a soak, a thread each, and how each holds its answers against the truth."""
import json
import random
import re
import socket
import threading
import time

from harness.clients import SocketmapClient, ask_exim, ask_policy, connect, netstring, receive_all
from harness.truth import MAPS, WORDS, wrong_reply

CHANGING = 'changing.example'
CHANGE_GRACE = 10  # seconds until a change is seen: nsd's reload, what unbound and daned remember
LEVELS = {words: level for level, words in WORDS.items()}
METRIC = re.compile(r'(daned_[a-z_]+)(\{[^}]*\})? [0-9.]+\Z')


class Client(threading.Thread):
    """Asks until it is told to end; turn() is one request, or a few."""

    protocol = '?'

    def __init__(self, soak, number):
        super().__init__(daemon=True)
        self.soak = soak
        self.ledger = soak.ledger
        self.random = random.Random('%s %s %d' % (soak.seed, self.protocol, number))

    def run(self):
        while not self.soak.ending.is_set():
            since = time.monotonic()
            try:
                self.turn(since)
            except (OSError, EOFError) as error:
                # A daned that is started anew breaks connections; nothing else does.
                self.broken()
                self.ledger.excuse(self.protocol, repr(error), since)
                self.soak.ending.wait(0.1)
            except Exception as error:  # what a reply was that could not be read
                self.broken()
                self.ledger.note(self.protocol, repr(error))
            self.soak.ending.wait(self.soak.pause)

    def turn(self, since):
        """One request."""
        raise NotImplementedError

    def broken(self):
        """A connection that is kept is to be thrown away."""

    def choose(self):
        """Gives a destination to ask for."""
        kind = self.random.random()
        if kind < 0.35:
            return self.soak.world.fresh()
        return self.random.choice(self.soak.world.rows)


class Socketmap(Client):
    """smtp(8): a connection that is kept, all maps."""

    protocol = 'socketmap'
    kept = None

    def broken(self):
        if self.kept:
            self.kept.close()
        self.kept = None

    def ask(self, map_name, key):
        """Asks once."""
        if self.kept is None or self.random.random() < 0.02:
            self.broken()
            self.kept = SocketmapClient(self.soak.daned.socketmap)
        reply = self.kept.ask(map_name, key)
        self.ledger.count(self.protocol)
        return reply

    def turn(self, since):
        if self.random.random() < 0.05:
            self.ask_changing(since)
            return
        row = self.choose()
        map_name = self.random.choice(MAPS)
        reply = self.ask(map_name, row.key)
        wrong = wrong_reply(map_name, reply, row.level, row.reason, row.pin)
        if not wrong:
            return
        level = self.level_of(map_name, reply)
        if map_name == 'pin' and reply == WORDS.get(row.level):
            # A host whose records failed is not pinned away: the reply is as that of the map dane.
            self.ledger.excuse(self.protocol, '%s: %s' % (row.key, wrong), since)
        elif level == row.level:
            self.ledger.note(self.protocol, '%s: %s' % (row.key, wrong))
        else:
            self.ledger.judge('socketmap', '%s %s' % (map_name, row.key), row.level, level, since, reply)

    @staticmethod
    def level_of(map_name, reply):
        """The level that a reply stands for; None if for none."""
        if reply.startswith('TEMP '):
            return 'defer'
        if reply.startswith('OK fingerprint '):
            return 'dane-required'
        if reply == 'NOTFOUND ' and map_name in ('dane', 'pin'):
            return 'may'
        return LEVELS.get(reply)

    def ask_changing(self, since):
        """The zone that changes: what it is, or was not long ago."""
        level = self.level_of('policy', self.ask('policy', CHANGING))
        if level not in self.soak.world.changing_levels(since, CHANGE_GRACE):
            self.ledger.judge(self.protocol, CHANGING, self.soak.world.state, level, since)


class Exim(Client):
    """POLICY, on a connection of its own each time."""

    protocol = 'exim'

    def turn(self, since):
        if self.random.random() < 0.05:
            level = ask_policy(self.soak.daned.exim, 'forced.soak.example')[0]
            if level != 'dane-required':
                self.ledger.note(self.protocol, 'an override is %s' % level)
            level = ask_policy(self.soak.daned.exim, 'turned.soak.example')[0]
            if level not in ('encrypt', 'dane'):
                self.ledger.note(self.protocol, 'an override that is turned is %s' % level)
            self.ledger.count(self.protocol)
        row = self.choose()
        level, ttl, reason = ask_policy(self.soak.daned.exim, row.key)
        self.ledger.count(self.protocol)
        if reason == 'no-answer-in-time' and level == 'defer':
            with self.ledger.lock:
                self.ledger.late += 1
            return
        self.ledger.judge(self.protocol, row.key, row.level, level, since, reason)
        if level == row.level and row.reason not in ('-', reason):
            self.ledger.excuse(self.protocol, '%s: %s, not %s' % (row.key, reason, row.reason), since)
        if level != 'defer' and row.ttl is not None and ttl > row.ttl:
            self.ledger.note(self.protocol, '%s lives for %d s' % (row.key, ttl))


class Verify(Client):
    """VERIFY, good chains and bad ones: a bad one is never OK."""

    protocol = 'verify'

    def turn(self, since):
        line, wanted = self.random.choice(self.soak.world.chains)
        reply = ask_exim(self.soak.daned.exim, line)
        self.ledger.count(self.protocol)
        if not reply:
            raise EOFError('closed without a reply')
        word = reply.split(' ')[0].strip()
        if word == wanted:
            return
        what = '%s gets %s' % (line[:60], reply[:150])
        if word == 'TEMP' and 'no-answer-in-time' in reply:
            with self.ledger.lock:
                self.ledger.late += 1
        elif word == 'TEMP':
            self.ledger.excuse(self.protocol, what, since)
        else:
            self.ledger.note(self.protocol, ('WEAKER ' if word == 'OK' else '') + what)


class Control(Client):
    """The control socket: every command, and what explain says is what the MTAs are told."""

    protocol = 'control'

    def ask(self, line):
        """Gives the reply to one command."""
        with connect(self.soak.daned.control) as sock:
            sock.sendall(line.encode() + b'\n')
            self.ledger.count(self.protocol)
            return receive_all(sock).decode('ascii')

    def turn(self, since):
        row = self.choose()
        command = self.random.choice(('explain', 'explain', 'status', 'stats', 'dump', 'flush', 'log', 'text'))
        if command == 'explain':
            reply = json.loads(self.ask('explain %s json' % row.key))
            if row.reason == 'bad-request':
                if 'error' not in reply:
                    self.ledger.note(self.protocol, '%s is explained' % row.key)
            else:
                self.ledger.judge(self.protocol, row.key, row.level, reply['level'], since, reply['reason'])
        elif command == 'flush':
            self.ask('flush ' + row.key)
        elif command == 'log':
            self.ask('log ' + self.random.choice(('debug', 'info')))
        elif command == 'text':
            self.ask(self.random.choice(('status', 'stats', 'explain ' + row.key)))
        elif command == 'dump':
            for number, text in enumerate(self.ask('dump json').splitlines()):
                if number % 50 == 0:
                    json.loads(text)
        else:
            json.loads(self.ask(command + ' json'))
        self.soak.ending.wait(0.3)


class Metrics(Client):
    """A scrape, whose lines are all well-formed."""

    protocol = 'metrics'

    def turn(self, since):
        with connect(self.soak.metrics) as sock:
            sock.sendall(b'GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
            head, _, body = receive_all(sock).partition(b'\r\n\r\n')
        self.ledger.count(self.protocol)
        if not head.startswith(b'HTTP/1.1 200 '):
            raise EOFError('no scrape: %r' % head[:100])
        bad = [line for line in body.decode().splitlines() if line[:1] != '#' and not METRIC.match(line)]
        if bad:
            self.ledger.note(self.protocol, bad[0])
        self.soak.ending.wait(0.5)


class Vandal(Client):
    """Requests that are none, halves of requests, and clients that leave or never read."""

    protocol = 'vandal'
    BAD = (b'1000000000:', b'-1:a,', b'GET / HTTP/1.0\r\n\r\n', b'\0' * 64, b'0:,', b'17:dane good.example;')

    def turn(self, since):
        kind = self.random.randrange(4)
        self.ledger.count(self.protocol)
        if kind == 0:
            with connect(self.soak.daned.socketmap) as sock:
                sock.sendall(self.random.choice(self.BAD))
                reply = receive_all(sock)
            if b'PERM ' not in reply:
                self.ledger.excuse(self.protocol, 'malformed, and gets %r' % reply, since)
        elif kind == 1:
            with connect(self.soak.daned.exim) as sock:
                sock.sendall(b'VERIFY domain=x chain=' + b'A' * self.random.randrange(100000))
        elif kind == 2:
            with connect(self.soak.daned.socketmap) as sock:
                sock.setblocking(False)
                try:
                    for _ in range(20):
                        sock.send(netstring(b'pin sixty.records.example') * 500)
                except BlockingIOError:
                    pass
        else:
            with connect(self.soak.daned.socketmap) as sock:
                sock.sendall(b''.join(netstring(b'policy ' + self.soak.world.fresh().key.encode())
                                      for _ in range(10)))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        self.soak.ending.wait(0.2)


CLIENTS = (Socketmap, Socketmap, Socketmap, Exim, Verify, Control, Metrics, Vandal)
