# SPDX-License-Identifier: GPL-3.0-or-later
"""zones.py - the signed world itself, and beside each destination the answer that it must get.

One function per subject. mailbox() makes the ordinary destination (a domain, its MX host, the
host's TLSA records); what is out of the ordinary is written as zone file lines. Names below are
relative to their zone. Every expectation follows from rules.md by hand, none from a run.
"""
import hashlib
import os
import re
import subprocess

from dns.signing import DAY, ds_record, make_key_trap, run_tool

D1, D2, D3 = 'a1' * 32, 'b2' * 32, 'c3' * 32  # digests of SHA-256 length
D512 = 'd4' * 64
GOOD = '3 1 1 ' + D1
UNUSABLE = '1 1 1 ' + D1  # usage 1: not for SMTP (RFC 7672 3.1.3)

REQUIRED = ('dane-required', 'all-hosts-dane')
MIXED = ('dane', 'mixed-hosts')
INSECURE_MX = ('dane', 'insecure-mx')
NO_DOMAIN = ('dane', 'no-such-domain')
NULL_MX = ('dane', 'null-mx')
NO_ADDRESS = ('dane', 'no-address')
ENCRYPT = ('encrypt', 'tlsa-unusable')
PLAIN = ('may', 'no-tlsa')
LITERAL = ('may', 'address-literal')
MX_FAILED = ('defer', 'mx-lookup-failed')
HOSTS_FAILED = ('defer', 'hosts-failed')
BAD_KEY = ('defer', 'bad-request')

AS_DANE = 'as-dane'  # the map "pin" answers as the map "dane" does


class Expectations:
    """The table: key, level, reason, the greatest TTL, the digests of the map pin ('-': any)."""

    def __init__(self):
        self.rows = []

    def add(self, key, answer, ttl='-', pin='-'):
        """Adds a row. answer is (level, reason)."""
        if answer[0] != 'dane-required':
            pin = AS_DANE
        self.rows.append((key, answer[0], answer[1], str(ttl), pin))

    def write(self, path):
        """Writes the table, one row a line, separated by tabs."""
        keys = [row[0] for row in self.rows]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise SystemExit('expected twice: %s' % sorted(twice))
        with open(path, 'w', encoding='utf-8') as file:
            file.write('# key\tlevel\treason\tgreatest ttl\tpin\n')
            file.writelines('\t'.join(row) + '\n' for row in self.rows)


def doubts_made_cnames():
    """Whether unbound takes a CNAME that a DNAME makes for bogus when asked for CNAME: 1.17 does,
    1.26 does not."""
    said = subprocess.run(['/usr/sbin/unbound', '-V'], stdout=subprocess.PIPE, check=True, text=True).stdout
    major, minor = re.match(r'Version (\d+)\.(\d+)', said).groups()
    return (int(major), int(minor)) < (1, 18)


def host(zone, label, *tlsa, ttl=3600):
    """Adds an MX host with both addresses and its TLSA records for port 25."""
    zone.add('%s %d A 127.0.0.1\n%s %d AAAA ::1' % (label, ttl, label, ttl))
    for record in tlsa:
        zone.add('_25._tcp.%s %d TLSA %s' % (label, ttl, record))


def key_of(zone, label):
    """Gives the destination key of a name."""
    return zone.absolute(label).rstrip('.')


def mailbox(expected, zone, label, answer, *tlsa, pin='-', ttl='-'):
    """Adds the domain `label` with the MX host mx.label, and expects `answer`."""
    mx = 'mx' if label == '@' else 'mx.' + label
    zone.add('%s MX 10 %s' % (label, mx))
    host(zone, mx, *tlsa)
    expected.add(key_of(zone, label), answer, pin=pin, ttl=ttl)


def exchange(expected, zone, label, answer, *hosts, pin='-', ttl='-'):
    """Adds the domain `label` with the given MX hosts in order of preference."""
    for index, name in enumerate(hosts):
        zone.add('%s MX %d %s' % (label, 10 * (index + 1), name))
    expected.add(key_of(zone, label), answer, pin=pin, ttl=ttl)


def add_ordinary_zone(expected, zone):
    """The five ordinary destinations: every zone that should validate has them."""
    mailbox(expected, zone, '@', REQUIRED, GOOD, pin=D1)
    mailbox(expected, zone, 'plain', PLAIN)
    zone.add('nomail TXT "neither MX nor address"')
    expected.add(key_of(zone, 'nomail'), NO_ADDRESS)
    expected.add(key_of(zone, 'gone'), NO_DOMAIN)
    host(zone, 'implicit', GOOD)
    expected.add(key_of(zone, 'implicit'), REQUIRED, pin=D1)


def add_algorithms(world, expected):
    """Algorithms, forms of denial, digests of the DS record."""
    for label, options in (
            ('alg5', {'algorithm': 'RSASHA1'}),
            ('alg7', {'algorithm': 'NSEC3RSASHA1', 'nsec3': True}),
            ('alg8', {'algorithm': 'RSASHA256', 'split_keys': True}),
            ('alg8n3', {'algorithm': 'RSASHA256', 'nsec3': True}),
            ('alg10', {'algorithm': 'RSASHA512'}),
            ('alg13', {}),
            ('alg13n3', {'nsec3': True}),
            ('alg14', {'algorithm': 'ECDSAP384SHA384'}),
            ('alg14n3', {'algorithm': 'ECDSAP384SHA384', 'nsec3': True, 'split_keys': True}),
            ('alg15', {'algorithm': 'ED25519'}),
            ('alg15n3', {'algorithm': 'ED25519', 'nsec3': True}),
            ('alg16', {'algorithm': 'ED448'}),
            ('salted', {'nsec3': True, 'iterations': 5, 'salt': 'aabbccdd'}),
            ('iter150', {'nsec3': True, 'iterations': 150}),
            ('dssha1', {'digest_type': 1}),
            ('dssha384', {'digest_type': 4})):
        add_ordinary_zone(expected, world.zone(label + '.example.', **options))
    # More iterations than a validator agrees to: denials are insecure (RFC 9276 3.2), data is not.
    for iterations in (151, 2500):
        zone = world.zone('iter%d.example.' % iterations, nsec3=True, iterations=iterations)
        mailbox(expected, zone, '@', REQUIRED, GOOD, pin=D1)
        mailbox(expected, zone, 'plain', PLAIN)
        expected.add(key_of(zone, 'gone'), NO_DOMAIN)
        host(zone, 'implicit', GOOD)
        expected.add(key_of(zone, 'implicit'), INSECURE_MX)


def add_unknown_algorithms(world, expected):
    """A DS that no validator knows makes the zone insecure (RFC 4035 5.2); a known one beside it counts."""
    def ds_unknown_algorithm(zone):
        return ['%s DS 12345 200 2 %s' % (zone.name, 'ab' * 32)]

    def ds_unknown_digest(zone):
        return ['%s DS %d 13 200 %s' % (zone.name, zone.keys[0].tag, 'cd' * 32)]

    def with_good(make):
        return lambda zone: make(zone) + [ds_record(zone.name, zone.keys[0])]
    for label, delegation, answer in (
            ('unknownalg', ds_unknown_algorithm, PLAIN),
            ('unknowndigest', ds_unknown_digest, PLAIN),
            ('mixedalg', with_good(ds_unknown_algorithm), REQUIRED),
            ('mixeddigest', with_good(ds_unknown_digest), REQUIRED)):
        zone = world.zone(label + '.example.', delegation=delegation)
        mailbox(expected, zone, '@', answer, GOOD)


def add_wildcards(world, expected):
    """Records that exist only by a wildcard, and denials beside wildcards."""
    for label, nsec3 in (('wild', False), ('wild3', True)):
        zone = world.zone(label + '.example.', nsec3=nsec3)
        zone.add('* A 127.0.0.1\n* AAAA ::1')
        exchange(expected, zone, 'address', PLAIN, 'any')  # the host is a wildcard, no TLSA
        zone.add('any2 A 127.0.0.1\n*._tcp.any2 TLSA ' + GOOD)
        exchange(expected, zone, 'tlsa', REQUIRED, 'any2', pin=D1)
        zone.add('*.hosts A 127.0.0.1\n*.hosts TLSA ' + GOOD)
        # _25._tcp.x.hosts fits *.hosts too: the wildcard stands for any number of labels.
        exchange(expected, zone, 'both', REQUIRED, 'x.hosts', pin=D1)
        zone.add('*.mx MX 10 any2')
        expected.add(key_of(zone, 'user.mx'), REQUIRED)
        zone.add('*.alias CNAME mx.alg13.example.')
        exchange(expected, zone, 'cname', REQUIRED, 'x.alias', pin=AS_DANE)
        # No MX, but an address by the wildcard: the implicit MX, and no TLSA for it.
        expected.add(key_of(zone, 'nobody'), PLAIN)


def add_host_aliases(world, expected):
    """MX hosts that are aliases, in a signed zone: where the TLSA records may be found."""
    zone = world.zone('cname.example.')
    for label, target, answer in (
            ('secure', 'mx.alg13.example.', REQUIRED),
            ('plain', 'mx.plain.alg13.example.', PLAIN),
            ('implicit', 'implicit.alg8.example.', REQUIRED),
            ('unsigned', 'mx.unsigned.example.', PLAIN),
            ('bogus', 'mx.bada.bogus.example.', HOSTS_FAILED),
            ('badtlsa', 'mx.badtlsa.bogus.example.', HOSTS_FAILED),
            ('expired', 'mx.expired.example.', HOSTS_FAILED),
            ('nodomain', 'gone.alg13.example.', NO_ADDRESS),
            ('nodomain3', 'gone.alg13n3.example.', NO_ADDRESS),
            ('nodata', 'nomail.alg13.example.', NO_ADDRESS),
            ('wild', 'x.hosts.wild.example.', REQUIRED),
            ('dname', 'mx.old.dname.example.', REQUIRED),
            ('self', 'h.self', HOSTS_FAILED)):
        zone.add('h.%s CNAME %s' % (label, target))
        exchange(expected, zone, label, answer, 'h.' + label, pin=AS_DANE)
    zone.add('h.loop CNAME i.loop\ni.loop CNAME h.loop')
    exchange(expected, zone, 'loop', HOSTS_FAILED, 'h.loop')
    # A Postfix sends the MX name as SNI, so an alias is never pinned.
    for links, answer in ((2, REQUIRED), (3, REQUIRED), (10, REQUIRED), (11, HOSTS_FAILED),
                          (14, HOSTS_FAILED)):
        for index in range(1, links):
            zone.add('h%d.chain%d CNAME h%d.chain%d' % (index, links, index + 1, links))
        zone.add('h%d.chain%d CNAME mx.alg13.example.' % (links, links))
        exchange(expected, zone, 'chain%d' % links, answer, 'h1.chain%d' % links, pin=AS_DANE)
    # Which base domain: the end of the chain first, then the alias itself, nothing in between.
    host(zone, 'bare')
    host(zone, 'unusable', UNUSABLE)
    for label, target, tlsa, answer in (
            ('atalias', 'bare', GOOD, REQUIRED),
            ('atboth', 'mx.alg13.example.', '3 1 1 ' + D2, REQUIRED),
            ('targetunusable', 'unusable', GOOD, ENCRYPT),
            ('aliasunusable', 'mx.alg13.example.', UNUSABLE, REQUIRED),
            ('aliasbad', 'bare', UNUSABLE, ENCRYPT),
            # The end is insecure, the alias record is secure: only the alias' own TLSA counts.
            ('unsignedown', 'mx.unsigned.example.', GOOD, REQUIRED),
            ('unsignedbad', 'mx.unsigned.example.', UNUSABLE, ENCRYPT),
            # An error at the end of the chain does not fall through to the alias.
            ('noescape', 'mx.badtlsa.bogus.example.', GOOD, HOSTS_FAILED)):
        zone.add('h.%s CNAME %s\n_25._tcp.h.%s TLSA %s' % (label, target, label, tlsa))
        # RFC 7671 5.2.3: found at the alias, the base domain is the MX host's own name.
        pin = D1 if label in ('atalias', 'unsignedown') else AS_DANE
        exchange(expected, zone, label, answer, 'h.' + label, pin=pin)
    # One insecure link makes the chain insecure, wherever it is (RFC 7672 2.1.3).
    zone.add('h.middle CNAME i.middle.unsigned.example.\nj.middle CNAME mx.alg13.example.')
    exchange(expected, zone, 'middle', PLAIN, 'h.middle')
    zone.add('h.island CNAME h.island.example.')  # signed, but nobody vouches for its key
    exchange(expected, zone, 'island', PLAIN, 'h.island')
    zone.add('h.between CNAME i.between\ni.between CNAME bare\n_25._tcp.i.between TLSA ' + GOOD)
    exchange(expected, zone, 'between', PLAIN, 'h.between')
    bad = world.zone('badcname.example.')
    bad.add('h CNAME mx.alg13.example.')
    bad.flip('CNAME', 'h')
    exchange(expected, bad, '@', HOSTS_FAILED, 'h')


def add_tlsa_aliases(world, expected):
    """A CNAME at _25._tcp of a host is followed, and does not change the base domain."""
    zone = world.zone('tlsacname.example.')
    for label, target, answer, pin in (
            ('secure', '_25._tcp.mx.alg13.example.', REQUIRED, D1),
            ('shared', '_dane.shared', REQUIRED, D2),
            ('unsigned', '_25._tcp.mx.unsigned.example.', PLAIN, '-'),
            ('nodomain', '_25._tcp.gone.alg13.example.', PLAIN, '-'),
            ('nodata', 'mx.alg13.example.', PLAIN, '-'),
            ('middle', '_dane.middle.unsigned.example.', PLAIN, '-'),
            ('bogus', '_25._tcp.mx.badtlsa.bogus.example.', HOSTS_FAILED, '-'),
            ('loop', '_25._tcp.mx.loop', HOSTS_FAILED, '-')):
        mailbox(expected, zone, label, answer, pin=pin)
        zone.add('_25._tcp.mx.%s CNAME %s' % (label, target))
    zone.add('_dane.shared TLSA 3 1 1 ' + D2)


def add_domain_aliases(world, expected):
    """Destinations that are aliases themselves, DNAME, and an alias in an unsigned zone."""
    zone = world.zone('alias.example.')
    for label, target, answer in (
            ('secure', 'alg13.example.', REQUIRED),
            ('chain', 'secure', REQUIRED),
            ('middle', 'middle.unsigned.example.', INSECURE_MX),
            ('unsigned', 'tosigned.unsigned.example.', INSECURE_MX),
            ('bogus', 'badmx.bogus.example.', MX_FAILED),
            ('implicit', 'implicit.alg13.example.', REQUIRED),
            ('nodomain', 'gone.alg13.example.', NO_DOMAIN),
            ('loop', 'loop', MX_FAILED)):
        zone.add('%s CNAME %s' % (label, target))
        expected.add(key_of(zone, label), answer)
    dname = world.zone('dname.example.')
    dname.add('old DNAME alg13.example.\nplain DNAME unsigned.example.')
    expected.add('plain.old.dname.example', PLAIN)
    exchange(expected, dname, 'host', REQUIRED, 'mx.old', pin=AS_DANE)
    # The host's own CNAME record is asked for here: an error, hence a deferral, never less.
    exchange(expected, dname, 'unsignedhost', ('defer', 'hosts-failed') if doubts_made_cnames() else PLAIN,
             'mx.plain')
    expected.add('tosigned.plain.dname.example', INSECURE_MX)


def add_insecure(world, expected):
    """Domains without DNSSEC, alone, and with MX hosts that are signed."""
    zone = world.zone('unsigned.example.', signed=False, delegation='insecure')
    mailbox(expected, zone, '@', PLAIN, GOOD)
    for label, mx, answer in (
            ('tosigned', 'mx.alg13.example.', INSECURE_MX),
            ('toplain', 'mx.plain.alg13.example.', PLAIN),
            ('tounusable', 'mx.usage1.records.example.', ENCRYPT),
            ('tobogus', 'mx.bada.bogus.example.', HOSTS_FAILED),
            ('null', '.', NULL_MX),
            ('toalias', 'h.secure.cname.example.', INSECURE_MX),
            ('aliased', 'h.aliased', PLAIN)):
        exchange(expected, zone, label, answer, mx)
    exchange(expected, zone, 'two', MIXED, 'mx.alg13.example.', 'mx')
    exchange(expected, zone, 'onebad', INSECURE_MX, 'mx.alg13.example.', 'mx.bada.bogus.example.')
    zone.add('h.aliased CNAME mx.alg13.example.')
    # In the middle of chains that begin and end in signed zones.
    zone.add('i.middle CNAME j.middle.cname.example.\nmiddle CNAME secure.alias.example.\n'
             '_dane.middle CNAME _dane.shared.tlsacname.example.')
    expected.add('gone.unsigned.example', NO_DOMAIN)
    zone.add('nomail TXT "nothing"')
    expected.add('nomail.unsigned.example', NO_ADDRESS)
    host(zone, 'implicit', GOOD)
    expected.add('implicit.unsigned.example', PLAIN)
    signed = world.zone('tounsigned.example.')
    exchange(expected, signed, '@', PLAIN, 'mx.unsigned.example.')
    exchange(expected, signed, 'aliased', PLAIN, 'h.aliased.unsigned.example.')
    island = world.zone('island.example.', delegation='insecure')
    island.add('h CNAME mx.alg13.example.')
    mailbox(expected, island, '@', PLAIN, GOOD)
    optout = world.zone('optout.example.', nsec3=True, opt_out=True)
    mailbox(expected, optout, '@', REQUIRED, GOOD, pin=D1)
    expected.add('gone.optout.example', NO_DOMAIN)
    for index in range(4):
        below = world.zone('unsigned%d.optout.example.' % index, signed=False, delegation='insecure')
        mailbox(expected, below, '@', PLAIN, GOOD)
    mailbox(expected, world.zone('signed.optout.example.'), '@', REQUIRED, GOOD, pin=D1)


def add_bogus_records(world, expected):
    """One zone whose signatures fail here and there; the rest of it stays good."""
    zone = world.zone('bogus.example.')
    mailbox(expected, zone, 'good', REQUIRED, GOOD, pin=D1)
    for label, rrtype, at, answer in (
            ('badmx', 'MX', 'badmx', MX_FAILED),
            ('badtlsa', 'TLSA', '_25._tcp.mx.badtlsa', HOSTS_FAILED),
            ('badonlya', 'A', 'mx.badonlya', REQUIRED),  # the other address family will do
            ('badonlyaaaa', 'AAAA', 'mx.badonlyaaaa', REQUIRED)):
        mailbox(expected, zone, label, answer, GOOD)
        zone.flip(rrtype, at)
    mailbox(expected, zone, 'bada', HOSTS_FAILED, GOOD)
    zone.flip('A', 'mx.bada')
    zone.flip('AAAA', 'mx.bada')
    for label, rrtype, at, answer in (
            ('nosigmx', 'MX', 'nosigmx', MX_FAILED),
            ('nosigtlsa', 'TLSA', '_25._tcp.mx.nosigtlsa', HOSTS_FAILED)):
        mailbox(expected, zone, label, answer, GOOD)
        zone.drop(rrtype, at)
    mailbox(expected, zone, 'nosiga', HOSTS_FAILED, GOOD)
    zone.drop('A', 'mx.nosiga')
    zone.drop('AAAA', 'mx.nosiga')
    mailbox(expected, zone, 'forgedtlsa', HOSTS_FAILED, GOOD)
    zone.alter('TLSA', '_25._tcp.mx.forgedtlsa', '3 1 1 ' + D2)
    mailbox(expected, zone, 'forgedmx', MX_FAILED, GOOD)
    zone.alter('MX', 'forgedmx', '10 mx.plain.alg13.example.')
    mailbox(expected, zone, 'addedtlsa', HOSTS_FAILED, GOOD)
    zone.append(lambda: ['_25._tcp.mx.addedtlsa.bogus.example. 3600 IN TLSA 3 1 1 %s\n' % D2])


def add_bogus_zones(world, expected):
    """Zones that fail as a whole, and zones in which nothing can be denied."""
    for label, nsec3, rrtypes in (('baddenial', False, ('NSEC',)), ('baddenial3', True, ('NSEC3',)),
                                  ('badsoa', False, ('SOA',))):
        zone = world.zone(label + '.example.', nsec3=nsec3)
        mailbox(expected, zone, '@', REQUIRED, GOOD, pin=D1)
        mailbox(expected, zone, 'plain', HOSTS_FAILED)
        expected.add(key_of(zone, 'gone'), MX_FAILED)
        host(zone, 'implicit', GOOD)
        expected.add(key_of(zone, 'implicit'), MX_FAILED)
        for rrtype in rrtypes:
            zone.flip(rrtype)
    dropped = world.zone('nosigdenial.example.')
    mailbox(expected, dropped, '@', REQUIRED, GOOD, pin=D1)
    mailbox(expected, dropped, 'plain', HOSTS_FAILED)
    dropped.drop('NSEC')

    def wrong_ds(zone):
        return ['%s DS %d 13 2 %s' % (zone.name, zone.keys[0].tag, 'ef' * 32)]

    def ds_of_nothing(zone):
        return ['%s DS 12345 13 2 %s' % (zone.name, 'ab' * 32)]
    whole = (('badkey', {}), ('badds', {'delegation': wrong_ds}),
             ('nosig', {'signed': False, 'delegation': ds_of_nothing}),
             ('expired', {'begin': -40 * DAY, 'end': -DAY}),
             ('future', {'begin': 5 * DAY, 'end': 40 * DAY}))
    for label, options in whole:
        zone = world.zone(label + '.example.', **options)
        mailbox(expected, zone, '@', MX_FAILED, GOOD)
        expected.add(key_of(zone, 'gone'), MX_FAILED)
        if label == 'badkey':
            zone.flip('DNSKEY')
    mailbox(expected, world.zone('y2038.example.', end=13 * 365 * DAY), '@', REQUIRED, GOOD, pin=D1)
    trap = world.zone('keytrap.example.', algorithm='RSASHA256')
    mailbox(expected, trap, '@', ('defer', '-'), GOOD)
    make_key_trap(world, trap, '_25._tcp.mx', 150)
    small = world.zone('keytrap10.example.', algorithm='RSASHA256')
    mailbox(expected, small, '@', HOSTS_FAILED, GOOD)
    make_key_trap(world, small, '_25._tcp.mx', 10)


def add_records(world, expected):
    """TLSA RRsets: what is usable, what is pinned, how large they get."""
    certificate, public_key = make_certificate(world.directory)
    zone = world.zone('records.example.')
    usable = (
        ('u3s1m1', (GOOD,), D1), ('u3s0m1', ('3 0 1 ' + D1,), D1),
        ('u3s1m2', ('3 1 2 ' + D512,), AS_DANE), ('u3s0m2', ('3 0 2 ' + D512,), AS_DANE),
        ('u3s0m0', ('3 0 0 ' + certificate.hex(),), hashlib.sha256(certificate).hexdigest()),
        ('u3s1m0', ('3 1 0 ' + public_key.hex(),), hashlib.sha256(public_key).hexdigest()),
        ('u2s0m1', ('2 0 1 ' + D1,), AS_DANE), ('u2s1m1', ('2 1 1 ' + D1,), AS_DANE),
        ('u2s1m2', ('2 1 2 ' + D512,), AS_DANE), ('u2s0m0', ('2 0 0 ' + certificate.hex(),), AS_DANE),
        ('u2s1m0', ('2 1 0 ' + public_key.hex(),), AS_DANE),
        ('rollover', (GOOD, '3 1 1 ' + D2), D1 + '|' + D2),
        ('bothusages', (GOOD, '2 1 1 ' + D2), AS_DANE),
        ('oneusable', (UNUSABLE, '0 0 1 ' + D3, GOOD), D1),
        # RFC 7671 9: SHA-512 is there, so SHA-256 of the same usage and selector is not looked at.
        ('agility', ('3 1 1 ' + D1, '3 1 2 ' + D512), AS_DANE),
        ('agilityother', ('3 0 1 ' + D1, '3 1 2 ' + D512), AS_DANE),
        # An unusable SHA-512 record does not push out a good SHA-256 one.
        ('agilitybroken', (GOOD, '3 1 2 ' + 'd4' * 63), D1))
    for label, tlsa, pin in usable:
        mailbox(expected, zone, label, REQUIRED, *tlsa, pin=pin)
    unusable = (
        ('usage0', ('0 0 1 ' + D1,)), ('usage1', (UNUSABLE,)), ('usage4', ('4 1 1 ' + D1,)),
        ('usage255', ('255 1 1 ' + D1,)), ('selector2', ('3 2 1 ' + D1,)),
        ('selector255', ('3 255 1 ' + D1,)), ('matching3', ('3 1 3 ' + D1,)),
        ('matching255', ('3 1 255 ' + D1,)), ('short256', ('3 1 1 ' + 'a1' * 31,)),
        ('long256', ('3 1 1 ' + 'a1' * 33,)), ('short512', ('3 1 2 ' + 'd4' * 63,)),
        ('junkcert3', ('3 0 0 ' + 'ab' * 100,)), ('junkkey3', ('3 1 0 ' + 'ab' * 100,)),
        ('junkcert2', ('2 0 0 ' + 'ab' * 100,)), ('junkkey2', ('2 1 0 ' + 'ab' * 100,)),
        ('cutcert2', ('2 0 0 ' + certificate[:-1].hex(),)),
        ('several', ('0 0 1 ' + D1, UNUSABLE, '3 1 255 ' + D1)))
    for label, tlsa in unusable:
        mailbox(expected, zone, label, ENCRYPT, *tlsa)
    sixty = ['%064x' % index for index in range(60)]
    mailbox(expected, zone, 'sixty', REQUIRED, *('3 1 1 ' + digest for digest in sixty),
            pin='|'.join(sixty))
    mailbox(expected, zone, 'huge', ENCRYPT, *('3 0 0 ' + '%04x' % index * 300 for index in range(60)))


def make_certificate(directory):
    """Makes a real certificate; gives it and its SubjectPublicKeyInfo in DER."""
    key, cert = os.path.join(directory, 'leaf.key'), os.path.join(directory, 'leaf.der')
    os.makedirs(directory, exist_ok=True)
    run_tool('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
             '-nodes', '-keyout', key, '-outform', 'DER', '-out', cert, '-days', '30',
             '-subj', '/CN=mx.records.example')
    public = os.path.join(directory, 'leaf.pub')
    run_tool('openssl', 'pkey', '-in', key, '-pubout', '-outform', 'DER', '-out', public)
    with open(cert, 'rb') as file, open(public, 'rb') as other:
        return file.read(), other.read()


def add_exchanges(world, expected):
    """MX RRsets: null, none, literal, without address, two hosts of two kinds, and many."""
    zone = world.zone('mx.example.')
    exchange(expected, zone, 'null', NULL_MX, '.')
    exchange(expected, zone, 'nullandmore', NULL_MX, '.', 'mx.alg13.example.')
    exchange(expected, zone, 'digits', PLAIN, '127.0.0.5.')
    exchange(expected, zone, 'digitsanddane', MIXED, '127.0.0.5.', 'mx.alg13.example.')
    zone.add('bare TXT "no address"')
    exchange(expected, zone, 'noaddress', NO_ADDRESS, 'bare')
    exchange(expected, zone, 'nohost', NO_ADDRESS, 'nothere')
    exchange(expected, zone, 'noaddressanddane', REQUIRED, 'bare', 'mx.alg13.example.', pin=D1)
    exchange(expected, zone, 'noaddressandnone', PLAIN, 'nothere', 'mx.plain.alg13.example.')
    good, none = 'mx.alg13.example.', 'mx.plain.alg13.example.'
    unusable, failing = 'mx.usage1.records.example.', 'mx.bada.bogus.example.'
    for label, answer, *hosts in (
            ('twogood', REQUIRED, good, 'mx.alg8.example.'),
            ('goodbogus', REQUIRED, good, failing), ('bogusgood', REQUIRED, failing, good),
            ('goodnone', MIXED, good, none), ('nonegood', MIXED, none, good),
            ('goodunusable', MIXED, good, unusable), ('unusablenone', MIXED, unusable, none),
            ('unusablebogus', MIXED, unusable, failing), ('nonebogus', MIXED, none, failing),
            ('twounusable', ENCRYPT, unusable, 'mx.usage0.records.example.'),
            ('allfour', MIXED, good, none, unusable, failing),
            ('twobogus', HOSTS_FAILED, failing, 'mx.badtlsa.bogus.example.')):
        # One host that fails is never pinned away: its keys are unknown.
        pins = {'twogood': D1, 'goodbogus': AS_DANE, 'bogusgood': AS_DANE}
        exchange(expected, zone, label, answer, *hosts, pin=pins.get(label, '-'))
    exchange(expected, zone, 'twice', REQUIRED, good, good, pin=D1)
    zone.add('equal MX 10 %s\nequal MX 10 mx.records.example.' % good)
    host(world_zone(world, 'records.example.'), 'mx', '3 1 1 ' + D2)
    expected.add('equal.mx.example', REQUIRED, pin=D1 + '|' + D2)
    for index in range(70):
        host(zone, 'dane%d' % index, GOOD)
        host(zone, 'none%d' % index)
    names = ['dane%d' % index for index in range(70)]
    exchange(expected, zone, 'many64', REQUIRED, *names[:64], pin=D1)
    exchange(expected, zone, 'many70', REQUIRED, *names, pin=AS_DANE)  # six are never looked at
    names = ['none%d' % index for index in range(70)]
    exchange(expected, zone, 'plain64', PLAIN, *names[:64])
    exchange(expected, zone, 'plain70', MIXED, *names)


def world_zone(world, name):
    """Gives the zone of that name."""
    return [zone for zone in world.zones if zone.name == name][0]


def add_lives(world, expected):
    """TTLs: the least of all that decided, and never past the end of a signature."""
    zone = world.zone('ttl.example.')
    for label, mx, address, tlsa, least in (
            ('mx', 111, 900, 900, 111), ('mxzero', 0, 900, 900, 0), ('address', 900, 222, 900, 222),
            ('tlsa', 900, 900, 133, 133), ('zero', 900, 900, 0, 0),
            ('long', 604800, 604800, 604800, 86400)):
        zone.add('%s %d MX 10 mx.%s' % (label, mx, label))
        zone.add('mx.%s %d A 127.0.0.1\nmx.%s %d AAAA ::1' % (label, address, label, address))
        zone.add('_25._tcp.mx.%s %d TLSA %s' % (label, tlsa, GOOD))
        expected.add(key_of(zone, label), REQUIRED, ttl=least, pin=D1)
    zone.add('alias MX 10 h.alias\nh.alias 144 CNAME mx.alg13.example.')
    expected.add('alias.ttl.example', REQUIRED, ttl=144)
    # A denial lives as long as the SOA says: its minimum, 300, is below its TTL here.
    mailbox(expected, zone, 'denial', PLAIN, ttl=300)
    expected.add('gone.ttl.example', NO_DOMAIN, ttl=300)
    soon = world.zone('soon.example.', end=1800)
    soon.add('@ 86400 MX 10 mx\nmx 86400 A 127.0.0.1\nmx 86400 AAAA ::1')
    soon.add('_25._tcp.mx 86400 TLSA ' + GOOD)
    expected.add('soon.example', REQUIRED, ttl=1800)


def add_keys(world, expected):
    """The forms of a destination key: ports, brackets, literals, case, IDNA, and malformed ones."""
    zone = world.zone('keys.example.')
    mailbox(expected, zone, '@', REQUIRED, GOOD, pin=D1)
    zone.add('_2525._tcp.mx TLSA 3 1 1 %s\n_587._tcp.mx TLSA %s' % (D2, UNUSABLE))
    zone.add('_465._tcp.mx TLSA 3 1 1 ' + D3)
    for key, answer, pin in (
            ('KEYS.Example', REQUIRED, D1), ('keys.example.', REQUIRED, D1),
            ('keys.example:25', REQUIRED, D1), ('keys.example:smtp', REQUIRED, D1),
            ('keys.example:2525', REQUIRED, D2), ('keys.example:submission', ENCRYPT, '-'),
            ('keys.example:submissions', REQUIRED, D3), ('keys.example:smtps', REQUIRED, D3),
            ('keys.example:26', PLAIN, '-'),
            ('[mx.keys.example]', REQUIRED, D1), ('[MX.Keys.Example]', REQUIRED, D1),
            ('[mx.keys.example]:2525', REQUIRED, D2), ('[mx.keys.example]:587', ENCRYPT, '-'),
            ('[mx.keys.example]:26', PLAIN, '-'),
            ('[nothere.keys.example]', NO_ADDRESS, '-'),
            ('[mx.bada.bogus.example]', HOSTS_FAILED, '-'),
            ('[h.secure.cname.example]', REQUIRED, AS_DANE),
            ('[127.0.0.1]', LITERAL, '-'), ('[127.0.0.1]:2525', LITERAL, '-'),
            ('[IPv6:::1]', LITERAL, '-'), ('[ipv6:FD00:25::2]:2526', LITERAL, '-'),
            ('[fd00:25::2]:submission', LITERAL, '-')):
        expected.add(key, answer, pin=pin)
    mailbox(expected, zone, 'xn--bcher-kva', REQUIRED, GOOD, pin=D1)
    expected.add('b\u00fccher.keys.example', REQUIRED, pin=D1)
    expected.add('BU\u0308CHER.keys.example', REQUIRED, pin=D1)  # decomposed: NFC first
    mailbox(expected, zone, 'ab--c', REQUIRED, GOOD, pin=D1)  # what IDNA 2008 would refuse
    mailbox(expected, zone, 'under_score', REQUIRED, GOOD, pin=D1)
    for key in ('a..keys.example', '[mx.keys.example', 'mx.keys.example]', '[]', '[mx.keys.example]x',
                'keys.example:0', 'keys.example:65536', 'keys.example:nosuch', 'keys.example:',
                'a' * 64 + '.example', '.'.join(['a' * 60] * 5), '\u2488.example'):
        expected.add(key, BAD_KEY)


def build(world):
    """Puts every zone into the world; gives the Expectations. Call world.make() afterwards."""
    expected = Expectations()
    for name in ('.', 'example.'):
        world.zone(name, algorithm='RSASHA256' if name == '.' else 'ECDSAP256SHA256',
                   split_keys=name == '.')
    for add in (add_algorithms, add_unknown_algorithms, add_wildcards, add_host_aliases,
                add_tlsa_aliases, add_domain_aliases, add_insecure, add_bogus_records,
                add_bogus_zones, add_records, add_exchanges, add_lives, add_keys):
        add(world, expected)
    return expected
