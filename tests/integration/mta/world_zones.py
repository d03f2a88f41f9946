# SPDX-License-Identifier: GPL-3.0-or-later
"""world_zones.py - the certificates, the receivers and the small signed root of the MTA world."""
import hashlib
import os

from dns.signing import World, run_tool

NO_TLS = '-'


def make_certificates(directory):
    """Makes the keys "right" and "wrong", and a leaf below a root; gives their key digests by name."""
    def path(name):
        return os.path.join(directory, name)

    def key_options(name):
        return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                '-keyout', path(name + '.key')]
    for name, subject in (('right', 'mx.good.example'), ('wrong', 'mx.wrong.example'),
                          ('root', 'the root')):
        run_tool('openssl', 'req', '-x509', *key_options(name), '-out', path(name + '.pem'),
                 '-days', '30', '-subj', '/CN=' + subject)
    with open(path('leaf.ext'), 'w', encoding='ascii') as file:
        file.write('subjectAltName=DNS:mx.anchor.example\nbasicConstraints=CA:FALSE\n')
    run_tool('openssl', 'req', '-new', *key_options('leaf'), '-out', path('leaf.csr'),
             '-subj', '/CN=mx.anchor.example')
    run_tool('openssl', 'x509', '-req', '-in', path('leaf.csr'), '-CA', path('root.pem'),
             '-CAkey', path('root.key'), '-CAcreateserial', '-days', '30',
             '-extfile', path('leaf.ext'), '-out', path('leaf.pem'))
    with open(path('anchor.pem'), 'w', encoding='ascii') as chain:
        for name in ('leaf.pem', 'root.pem'):
            with open(path(name), encoding='ascii') as file:
                chain.write(file.read())
    os.rename(path('leaf.key'), path('anchor.key'))
    digests = {}
    for name in ('right', 'wrong', 'root'):
        public = path(name + '.pub')
        run_tool('openssl', 'pkey', '-in', path(name + '.key'), '-pubout', '-outform', 'DER',
                 '-out', public)
        with open(public, 'rb') as file:
            digests[name] = hashlib.sha256(file.read()).hexdigest()
    return digests


def make_zones(directory, digests):
    """Makes the signed zones; gives the receivers: address to the name of its certificate."""
    world = World(directory)
    world.zone('.')
    zone = world.zone('example.')
    unsigned = world.zone('unsigned.', signed=False, delegation='insecure')
    right = '3 1 1 ' + digests['right']
    receivers = {}
    for number, (label, certificate, tlsa) in enumerate((
            ('good', 'right', right), ('wrong', 'wrong', right), ('bogus', 'right', right),
            ('plain', NO_TLS, None), ('stripped', NO_TLS, right),
            ('anchor', 'anchor', '2 1 1 ' + digests['root']),
            ('unusable', 'wrong', '1 1 1 ' + digests['right']),
            ('unusableclear', NO_TLS, '1 1 1 ' + digests['right'])), 1):
        # Not 127.0.0.1: mail for what an MTA takes for itself is never sent.
        address = '127.0.2.%d' % number
        receivers[address] = certificate
        zone.add('%s MX 10 mx.%s\nmx.%s A %s' % (label, label, label, address))
        if tlsa:
            zone.add('_25._tcp.mx.%s TLSA %s' % (label, tlsa))
    zone.flip('TLSA', '_25._tcp.mx.bogus')
    zone.add('second MX 10 mx.wrong\nsecond MX 20 mx.good')
    zone.add('badmx MX 10 mx.good')
    zone.flip('MX', 'badmx')
    unsigned.add('@ MX 10 mx.plain.example.\ngood MX 10 mx.good.example.')
    unsigned.add('wrong MX 10 mx.wrong.example.')
    world.make()
    return receivers
