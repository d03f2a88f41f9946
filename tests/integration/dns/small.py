# SPDX-License-Identifier: GPL-3.0-or-later
"""small.py - one small signed zone in which every name has a known level: quick to make, never done.

good.example and what is below fresh.example: dane-required. plain.example and what is below
weak.example: may. Below the wildcards each name is a new destination, which no cache knows.
"""
from dns import servers
from dns.signing import World

GOOD, PLAIN = 'good.example', 'plain.example'


def start(directory):
    """Makes and starts the world; gives the ports of nsd and of its validating resolver."""
    world = World(directory)
    world.zone('.')
    zone = world.zone('example.')
    zone.add('good MX 10 mx.good\nmx.good A 127.0.0.1\n_25._tcp.mx.good TLSA 3 1 1 ' + 'a1' * 32)
    zone.add('plain MX 10 mx.plain\nmx.plain A 127.0.0.1')
    zone.add('*.fresh MX 10 mx.good\n*.weak MX 10 mx.plain')
    # A reply of four kilobytes in the map pin.
    zone.add('many MX 10 mx.many\nmx.many A 127.0.0.1')
    zone.add('\n'.join('_25._tcp.mx.many TLSA 3 1 1 %064x' % index for index in range(60)))
    world.make()
    nsd = servers.start_nsd(directory)
    return nsd, servers.start_unbound(directory, 'validating', nsd, True)
