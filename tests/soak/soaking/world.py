# SPDX-License-Identifier: GPL-3.0-or-later
"""
world.py - the signed world of the integration tests, and in it what a soak needs beside.

Short lives, names without number (so that the cache runs over), a zone that changes, and hosts
whose certificates we have.
"""
import base64
import os
import random
import re
import signal
import time

from dns import servers, zones
from dns.signing import World
from harness.truth import read_table
from mta.world_zones import CA, Authority

CHANGE_TTL = 1
STATES = {'dane-required': zones.GOOD, 'encrypt': zones.UNUSABLE}
OVERRIDES = """\
forced.soak.example dane-required
turned.soak.example %s
skipped.soak.example skip
old.soak.example may expires=2001-01-01
"""


class Row:
    """A destination and what is to be said of it."""

    def __init__(self, key, level, reason='-', ttl='-', pin='-'):
        self.key, self.level, self.reason, self.pin = key, level, reason, pin
        self.ttl = None if ttl == '-' else int(ttl)


class SoakWorld:
    """The world, its servers, and the truth about it."""

    def __init__(self, directory, seed):
        self.directory = directory
        self.random = random.Random(seed)
        self.count = 0
        self.rows = []
        self.chains = []  # (line of VERIFY without its verb, the first word of its reply)
        self.state = 'dane-required'  # of the zone that changes
        self.previous = 'dane-required'
        self.changed = 0
        self.ports = {}

    def make(self):
        """Makes the zones and starts the servers; gives the port of the resolver."""
        world = World(self.directory)
        expected = zones.build(world)
        zone = world.zone('soak.example.')
        zone.add('mx A 127.0.0.1\n_25._tcp.mx TLSA %s\nplain A 127.0.0.1' % zones.GOOD)
        zone.add('*.fresh MX 10 mx\n*.weak MX 10 plain')
        for ttl in (1, 2, 3, 5):
            zones.host(zone, 'mx.brief%d' % ttl, zones.GOOD, ttl=ttl)
            zone.add('brief%d %d MX 10 mx.brief%d' % (ttl, ttl, ttl))
            expected.add('brief%d.soak.example' % ttl, zones.REQUIRED, ttl=ttl)
        self.add_certificates(zone)
        self.changing = world.zone('changing.example.')
        self.write_state()
        world.make()
        self.world = world
        expected.write(os.path.join(self.directory, 'expected'))
        self.rows = [Row(*row) for row in read_table(os.path.join(self.directory, 'expected'))]
        self.ports['nsd'] = servers.start_nsd(self.directory)
        self.ports['resolver'] = servers.start_unbound(self.directory, 'resolver', self.ports['nsd'], True)
        return self.ports['resolver']

    def add_certificates(self, zone):
        """Hosts with certificates that we have, good chains for them and bad ones."""
        authority = Authority(self.directory)
        authority.self_signed('right', 'mx.ee.soak.example')
        authority.self_signed('wrong', 'mx.ee.soak.example')
        authority.self_signed('root', 'the root')
        authority.self_signed('stranger', 'another root')
        authority.issue('middle', 'root', CA)
        authority.issue_leaf('leaf', 'middle', 'mx.ta.soak.example')
        authority.issue_leaf('elsewhere', 'middle', 'mx.elsewhere.example')
        authority.issue_leaf('late', 'middle', 'mx.ta.soak.example', days=-1)
        for label, record in (('ee', authority.record('3 1 1', 'right')), ('ta', authority.record('2 0 1', 'root'))):
            zone.add('%s 5 MX 10 mx.%s' % (label, label))
            zones.host(zone, 'mx.' + label, record, ttl=5)
        cases = (('ee', ('right',), 'OK'), ('ee', ('right', 'root'), 'OK'), ('ee', ('wrong',), 'DENY'),
                 ('ta', ('leaf', 'middle', 'root'), 'OK'), ('ta', ('leaf', 'root', 'middle'), 'OK'),
                 ('ta', ('leaf', 'root'), 'DENY'), ('ta', ('leaf', 'middle', 'stranger'), 'DENY'),
                 ('ta', ('elsewhere', 'middle', 'root'), 'DENY'), ('ta', ('late', 'middle', 'root'), 'DENY'))
        for label, names, word in cases:
            host = 'mx.%s.soak.example' % label
            for domain in ('%s.soak.example' % label, '[%s]' % host):
                self.chains.append((self.verify_line(authority, domain, host, names), word))
        self.chains.append((self.verify_line(authority, 'ee.soak.example', 'mx.soak.example', ('right',)), 'DENY'))
        self.chains.append((self.verify_line(authority, 'x.weak.soak.example', 'plain.soak.example', ('wrong',)), 'OK'))

    @staticmethod
    def verify_line(authority, domain, host, names):
        """Gives a request line for a chain."""
        words = []
        for name in names:
            with open(authority.path(name + '.pem'), encoding='ascii') as file:
                text = re.sub(r'-----[A-Z ]*-----|\s', '', file.read())
            words.append(base64.b64encode(base64.b64decode(text)).decode())
        return 'VERIFY domain=%s host=%s port=25 chain=%s\n' % (domain, host, ' '.join(words))

    def fresh(self):
        """Gives a destination that nobody has asked for."""
        self.count += 1
        if self.random.random() < 0.7:
            return Row('n%d.fresh.soak.example' % self.count, 'dane-required')
        return Row('n%d.weak.soak.example' % self.count, 'may')

    # ---- the zone that changes ----

    def write_state(self):
        """Puts the records of the state into the zone."""
        self.changing.lines = []
        self.changing.add('@ %d MX 10 mx\nmx %d A 127.0.0.1\n_25._tcp.mx %d TLSA %s'
                          % (CHANGE_TTL, CHANGE_TTL, CHANGE_TTL, STATES[self.state]))

    def change(self):
        """Puts the zone into its other state; takes until nsd has it."""
        self.changed = time.monotonic()  # from now on either may be answered
        self.previous = self.state
        self.state = 'encrypt' if self.state == 'dane-required' else 'dane-required'
        self.write_state()
        self.world.sign_again(self.changing)
        os.kill(self.pid('nsd'), signal.SIGHUP)
        self.changed = time.monotonic()

    def changing_levels(self, since, grace):
        """What may be answered for the zone that changes: for a while, what it was before, too."""
        if since - self.changed < grace + CHANGE_TTL:
            return {self.state, self.previous}
        return {self.state}

    # ---- servers ----

    def pid(self, name):
        """Gives the process of a server."""
        with open(os.path.join(self.directory, name + '.pid'), encoding='ascii') as file:
            return int(file.read())

    def start_resolver(self, validating=True):
        """Starts the resolver at its port, validating or not."""
        servers.start_unbound(self.directory, 'resolver', self.ports['nsd'], validating, self.ports['resolver'])
