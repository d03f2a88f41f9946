# SPDX-License-Identifier: GPL-3.0-or-later
"""world_zones.py - the certificates, the receivers and the small signed root of the MTA world."""
import hashlib
import os
import shutil
import subprocess
import time

from dns.signing import World, run_tool

NO_TLS = '-'
CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n'


def _validity(days):
    """Gives openssl's options for a certificate that is valid for so many days, from now on."""
    if days >= 0:
        return ['-days', str(days)]
    # Before OpenSSL 3.4 there is no option for the dates, and from then on -days counts forward only.
    if '-not_after' not in subprocess.run(['openssl', 'x509', '-help'], stdout=subprocess.PIPE, check=False,
                                          stderr=subprocess.STDOUT, text=True).stdout:
        return ['-days', str(days)]
    end = time.time() + days * 86400
    begin, end = (time.strftime('%Y%m%d%H%M%SZ', time.gmtime(at)) for at in (end - 86400, end))
    return ['-not_before', begin, '-not_after', end]


class Authority:
    """Makes keys, certificates, chains and the TLSA records that fit them, in one directory."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        """Gives the path of a file."""
        return os.path.join(self.directory, name)

    def _key_options(self, name, key=('ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1')):
        return ['-newkey', *key, '-nodes', '-keyout', self.path(name + '.key')]

    def self_signed(self, name, subject, *more, **key):
        """Makes NAME.pem and NAME.key; key=('rsa:2048',) is for another kind of key."""
        run_tool('openssl', 'req', '-x509', *self._key_options(name, **key), '-days', '30',
                 '-subj', '/CN=' + subject, '-out', self.path(name + '.pem'), *more)

    def issue(self, name, issuer, extensions, days=30):
        """Makes NAME.pem and NAME.key below an issuer; with negative days it is out of date."""
        with open(self.path(name + '.ext'), 'w', encoding='ascii') as file:
            file.write(extensions)
        run_tool('openssl', 'req', '-new', *self._key_options(name), '-subj', '/CN=' + name,
                 '-out', self.path(name + '.csr'))
        run_tool('openssl', 'x509', '-req', '-in', self.path(name + '.csr'),
                 '-CA', self.path(issuer + '.pem'), '-CAkey', self.path(issuer + '.key'),
                 '-CAcreateserial', *_validity(days), '-extfile', self.path(name + '.ext'),
                 '-out', self.path(name + '.pem'))

    def issue_leaf(self, name, issuer, *names, days=30):
        """Makes a server's certificate that bears the names."""
        self.issue(name, issuer, 'basicConstraints=CA:FALSE\nsubjectAltName=%s\n'
                   % ','.join('DNS:' + host for host in names), days)

    def chain(self, name, *parts):
        """Makes NAME.pem of several certificates, and NAME.key, that of the first."""
        text = ''
        for part in parts:
            with open(self.path(part + '.pem'), encoding='ascii') as file:
                text += file.read()
        with open(self.path(name + '.pem'), 'w', encoding='ascii') as file:
            file.write(text)
        shutil.copy(self.path(parts[0] + '.key'), self.path(name + '.key'))

    def record(self, parameters, name):
        """Gives the TLSA record, its usage, selector and matching type given, that fits NAME.pem."""
        _, selector, matching_type = parameters.split()
        source = self.path(name + ('.pem' if selector == '0' else '.key'))
        target = self.path(name + '.der')
        run_tool('openssl', *(['x509'] if selector == '0' else ['pkey', '-pubout']),
                 '-in', source, '-outform', 'DER', '-out', target)
        with open(target, 'rb') as file:
            data = file.read()
        digest = {'0': None, '1': hashlib.sha256, '2': hashlib.sha512}[matching_type]
        return '%s %s' % (parameters, (digest(data).digest() if digest else data).hex())


def make_certificates(directory):
    """Makes what the receivers show; gives the authority that made it."""
    authority = Authority(directory)
    for name, subject in (('right', 'mx.good.example'), ('wrong', 'mx.wrong.example'),
                          ('root', 'the root')):
        authority.self_signed(name, subject)
    authority.issue('middle', 'root', CA)
    authority.issue_leaf('leaf', 'root', 'mx.anchor.example', 'mx.ta201.example', 'mx.ta200.example',
                         'anchortwins.example')
    authority.issue_leaf('below', 'middle', 'mx.deep.example', 'mx.cut.example')
    authority.issue_leaf('elsewhere', 'root', 'mx.elsewhere.example')
    authority.issue_leaf('late', 'root', 'mx.expired.example', days=-1)
    authority.issue_leaf('domain', 'root', 'shared.example')
    authority.chain('anchor', 'leaf', 'root')
    authority.chain('deep', 'below', 'middle', 'root')
    authority.chain('cut', 'below')
    authority.chain('misnamed', 'elsewhere', 'root')
    authority.chain('expired', 'late', 'root')
    authority.chain('shared', 'domain', 'root')
    return authority


def make_zones(directory, authority):
    """Makes the signed zones; gives the receivers: address to the name of its certificate."""
    world = World(directory)
    world.zone('.')
    zone = world.zone('example.')
    unsigned = world.zone('unsigned.', signed=False, delegation='insecure')
    right = authority.record('3 1 1', 'right')
    root = authority.record('2 1 1', 'root')
    receivers = {}
    for number, (label, certificate, tlsa) in enumerate((
            ('good', 'right', right), ('wrong', 'wrong', right), ('bogus', 'right', right),
            ('plain', NO_TLS, None), ('stripped', NO_TLS, right),
            ('anchor', 'anchor', root),
            ('unusable', 'wrong', authority.record('1 1 1', 'right')),
            ('unusableclear', NO_TLS, authority.record('1 1 1', 'right')),
            ('ee301', 'right', authority.record('3 0 1', 'right')),
            ('ee312', 'right', authority.record('3 1 2', 'right')),
            ('ta201', 'anchor', authority.record('2 0 1', 'root')),
            # The record is the anchor: the peer does not send it.
            ('ta200', 'leaf', authority.record('2 0 0', 'root')),
            ('deep', 'deep', root), ('cut', 'cut', root), ('misnamed', 'misnamed', root),
            ('expired', 'expired', root), ('shared', 'shared', root),
            ('bare', 'right', None), ('barewrong', 'wrong', None), ('relay', 'right', None),
            ('badrelay', 'wrong', None)), 1):
        # Not 127.0.0.1: mail for what an MTA takes for itself is never sent.
        address = '127.0.2.%d' % number
        receivers[address] = certificate
        zone.add('%s MX 10 mx.%s\nmx.%s A %s' % (label, label, label, address))
        if tlsa:
            zone.add('_25._tcp.mx.%s TLSA %s' % (label, tlsa))
    zone.flip('TLSA', '_25._tcp.mx.bogus')
    zone.add('second MX 10 mx.wrong\nsecond MX 20 mx.good')
    zone.add('halfplain MX 10 mx.wrong\nhalfplain MX 20 mx.plain')
    zone.add('badmx MX 10 mx.good')
    zone.flip('MX', 'badmx')
    zone.add('other MX 10 mx.shared\nstolen MX 10 mx.anchor')
    zone.add('_587._tcp.mx.relay TLSA %s\n_587._tcp.mx.badrelay TLSA %s' % (right, right))
    zone.add('mx.relayalias CNAME mx.relay')
    # MX hosts that are aliases: the records are with the target; with the alias; the target's zone
    # is unsigned.
    zone.add('alias MX 10 mx.alias\nmx.alias CNAME mx.good')
    zone.add('aliaswrong MX 10 mx.aliaswrong\nmx.aliaswrong CNAME mx.wrong')
    for label, target in (('old', 'mx.bare'), ('oldwrong', 'mx.barewrong'),
                          ('away', 'right.unsigned.'), ('awaywrong', 'wrong.unsigned.')):
        zone.add('%s MX 10 mx.%s\nmx.%s CNAME %s' % (label, label, label, target))
        zone.add('_25._tcp.mx.%s TLSA %s' % (label, right))
    # Two MX hosts that are aliases of one target, which has no records: which is meant cannot be seen.
    wrong = authority.record('3 1 1', 'wrong')
    for label, records in (('twins', (right, wrong)), ('halftwins', (None, right)),
                           ('anchortwins', (root, wrong))):
        for number, record in enumerate(records, 1):
            zone.add('%s MX %d mx%d.%s\nmx%d.%s CNAME mx.bare' % (label, number, number, label, number, label))
            if record:
                zone.add('_25._tcp.mx%d.%s TLSA %s' % (number, label, record))
    for label in ('right', 'wrong'):
        addresses = [address for address in receivers if receivers[address] == label]
        unsigned.add('%s A %s' % (label, addresses[0]))
    unsigned.add('@ MX 10 mx.plain.example.\ngood MX 10 mx.good.example.')
    unsigned.add('wrong MX 10 mx.wrong.example.\nforced MX 10 mx.good.example.')
    world.make()
    return receivers
