# SPDX-License-Identifier: GPL-3.0-or-later
"""signing.py - makes signed zones: keys, delegations, signatures, and then the damage wanted.

A World collects zones, then makes all of them in four steps, so that a parent can list the DS
records of its children before anything is signed: keys, delegations, signatures, tampering.
Uses dnssec-keygen and dnssec-signzone (bind9-dnsutils/bind9-utils), and ldns-signzone (ldnsutils)
for NSEC3 with more iterations than BIND still agrees to.
"""
import base64
import hashlib
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

HOUR = 3600
DAY = 86400
BIND_MAX_ITERATIONS = 50
WORKERS = 3
TOOL_SECONDS = 120  # a signing tool that takes longer is stuck


def run_tool(*command):
    """Runs a tool, gives its standard output; a failure ends the program with what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL, timeout=TOOL_SECONDS, check=False)
    if done.returncode != 0:
        raise SystemExit('%s failed:\n%s%s' % (' '.join(command), done.stdout, done.stderr))
    return done.stdout


def wire_name(name):
    """Gives the lower-cased wire form of an absolute ASCII name."""
    labels = [label for label in name.lower().rstrip('.').split('.') if label]
    return b''.join(bytes([len(label)]) + label.encode('ascii') for label in labels) + b'\0'


def key_tag(rdata):
    """RFC 4034 appendix B: the key tag of a DNSKEY's RDATA."""
    total = sum(octet << 8 if index % 2 == 0 else octet for index, octet in enumerate(rdata))
    return (total + (total >> 16)) & 0xffff


class Key:
    """A DNSKEY of a zone, its private half in the key directory."""

    def __init__(self, directory, base):
        self.path = os.path.join(directory, base)
        with open(self.path + '.key', encoding='ascii') as file:
            self.record = [line for line in file if not line.startswith(';')][0]
        fields = self.record.split()
        at = fields.index('DNSKEY')
        self.flags, protocol, self.algorithm = (int(field) for field in fields[at + 1:at + 4])
        self.rdata = (self.flags.to_bytes(2, 'big') + bytes([protocol, self.algorithm])
                      + base64.b64decode(''.join(fields[at + 4:])))
        self.tag = key_tag(self.rdata)


def ds_record(zone_name, key, digest_type=2):
    """Gives the DS record of a key (RFC 4034 5.1.4)."""
    digest = {1: hashlib.sha1, 2: hashlib.sha256, 4: hashlib.sha384}[digest_type]
    data = digest(wire_name(zone_name) + key.rdata).hexdigest()
    return '%s 3600 DS %d %d %d %s' % (zone_name, key.tag, key.algorithm, digest_type, data)


class Zone:
    """One zone: its records as text, how it is signed, how its parent points to it, its damage."""

    def __init__(self, name, algorithm='ECDSAP256SHA256', split_keys=False, nsec3=False,
                 iterations=0, salt='-', opt_out=False, begin=-HOUR, end=90 * DAY,
                 signed=True, delegation='secure', digest_type=2, servers=None, delegated=None):
        self.name = name
        self.algorithm = algorithm
        self.split_keys = split_keys  # a KSK and a ZSK instead of one key for both
        self.nsec3, self.iterations, self.salt, self.opt_out = nsec3, iterations, salt, opt_out
        self.begin, self.end = begin, end  # validity of the signatures, seconds from now
        self.signed = signed
        self.delegation = delegation  # 'secure', 'insecure', or a function: zone -> DS lines
        self.digest_type = digest_type
        # Labels of its name servers, below the zone, with their addresses (None: it has none); what
        # the parent says of them, if that is something else.
        self.servers = servers or {'ns': '127.0.0.1'}
        self.delegated = delegated or self.servers
        self.lines = []
        self.damage = []
        self.keys = []

    def add(self, text):
        """Adds records in zone file form, names relative to the zone."""
        self.lines += [line.strip() for line in text.strip().splitlines()]

    def absolute(self, label):
        """Gives the absolute name of a name relative to this zone ('@' is the zone itself)."""
        if label == '@':
            return self.name
        return label + '.' + ('' if self.name == '.' else self.name)

    def flip(self, rrtype, label=None):
        """Afterwards, breaks the signatures over the records of a type (at one name, or all)."""
        self.damage.append((_flip_signature, 'RRSIG', rrtype, label and self.absolute(label)))

    def drop(self, rrtype, label=None):
        """Afterwards, removes the signatures over the records of a type."""
        self.damage.append((lambda line: None, 'RRSIG', rrtype, label and self.absolute(label)))

    def alter(self, rrtype, label, rdata):
        """Afterwards, puts other data into the records of a type, signatures left as they are."""
        def change(line):
            return ' '.join(line.split()[:4]) + ' ' + rdata + '\n'
        self.damage.append((change, rrtype, rrtype, self.absolute(label)))

    def append(self, make_lines):
        """Afterwards, adds the lines that make_lines() gives, unsigned."""
        self.damage.append(make_lines)

    def file_name(self):
        """Gives the name of the zone's file."""
        return 'root' if self.name == '.' else self.name.rstrip('.')


def _server_lines(owner, below, labels):
    lines = ['%s 3600 NS %s.%s' % (owner, label, below) for label in labels]
    lines += ['%s.%s 3600 %s %s' % (label, below, 'AAAA' if ':' in address else 'A', address)
              for label, address in labels.items() if address]
    return '\n'.join(lines)


def _flip_signature(line):
    fields = line.split()
    signature = bytearray(base64.b64decode(''.join(fields[12:])))
    signature[len(signature) // 2] ^= 0x55
    return ' '.join(fields[:12]) + ' ' + base64.b64encode(bytes(signature)).decode() + '\n'


def _apply_damage(path, damage):
    with open(path, encoding='ascii') as file:
        lines = file.readlines()
    for item in damage:
        if callable(item):
            lines += item()
            continue
        change, rrtype, covered, owner = item
        kept, hits = [], 0
        for line in lines:
            fields = line.split()
            fits = (len(fields) > 4 and fields[3] == rrtype
                    and (rrtype != 'RRSIG' or fields[4] == covered)
                    and owner in (None, fields[0].lower()))
            hits += fits
            line = change(line) if fits else line
            if line is not None:
                kept.append(line)
        # Damage that hits nothing would leave a test that cannot fail.
        if hits == 0:
            raise SystemExit('%s: nothing to damage: %s %s %s' % (path, rrtype, covered, owner))
        lines = kept
    with open(path, 'w', encoding='ascii') as file:
        file.writelines(lines)


class World:
    """All zones under one private root; the root itself is among them."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        self.key_directory = os.path.join(self.directory, 'keys')
        self.zone_directory = os.path.join(self.directory, 'zones')
        self.source_directory = os.path.join(self.directory, 'unsigned')
        self.now = int(time.time())
        self.zones = []

    def zone(self, name, **options):
        """Adds a zone (options as for Zone) and gives it."""
        zone = Zone(name, **options)
        self.zones.append(zone)
        return zone

    def make(self):
        """Makes keys, delegations, signatures and damage; writes the zone files and trust anchor."""
        for path in (self.directory, self.key_directory, self.zone_directory,
                     self.source_directory):
            os.makedirs(path, exist_ok=True)
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._make_keys, self.zones))
            for zone in self.zones:
                self._delegate(zone)
            list(pool.map(self._sign, self.zones))
        root = [zone for zone in self.zones if zone.name == '.'][0]
        with open(os.path.join(self.directory, 'root.key'), 'w', encoding='ascii') as file:
            file.write(root.keys[0].record)
        with open(os.path.join(self.directory, 'zones.list'), 'w', encoding='ascii') as file:
            file.writelines('%s %s\n' % (zone.name, zone.file_name()) for zone in self.zones)

    def sign_again(self, zone):
        """Writes one zone anew, with what it has now, and the keys that it had."""
        self.now = int(time.time())
        self._sign(zone)

    def _make_keys(self, zone):
        if not zone.signed:
            return
        command = ['dnssec-keygen', '-q', '-K', self.key_directory, '-a', zone.algorithm]
        if 'RSA' in zone.algorithm:
            command += ['-b', '2048']
        wanted = [['-f', 'KSK']] + ([[]] if zone.split_keys else [])
        for flags in wanted:
            base = run_tool(*command, *flags, zone.name).strip()
            zone.keys.append(Key(self.key_directory, base))

    def _delegate(self, zone):
        if zone.name == '.':
            return
        parents = [other for other in self.zones
                   if other is not zone and ('.' + zone.name).endswith('.' + other.name.lstrip('.'))]
        parent = max(parents, key=lambda other: len(other.name))
        parent.add(_server_lines(zone.name, zone.name, zone.delegated))
        if callable(zone.delegation):
            parent.add('\n'.join(zone.delegation(zone)))
        elif zone.delegation == 'secure':
            parent.add(ds_record(zone.name, zone.keys[0], zone.digest_type))

    def _time(self, offset):
        return time.strftime('%Y%m%d%H%M%S', time.gmtime(self.now + offset))

    def _sign(self, zone):
        below = '' if zone.name == '.' else zone.name
        head = ['$ORIGIN ' + zone.name, '$TTL 3600',
                '@ 3600 SOA %s.%s hostmaster.%s 1 7200 3600 1209600 300'
                % (list(zone.servers)[0], below, below),
                _server_lines('@', below, zone.servers)]
        text = '\n'.join(head + zone.lines) + '\n' + ''.join(key.record for key in zone.keys)
        target = os.path.join(self.zone_directory, zone.file_name())
        source = os.path.join(self.source_directory, zone.file_name()) if zone.signed else target
        with open(source, 'w', encoding='ascii') as file:
            file.write(text)
        if zone.signed:
            key_paths = [key.path for key in zone.keys]
            if zone.iterations > BIND_MAX_ITERATIONS:
                run_tool(*self._ldns_command(zone, target), source, *key_paths)
            else:
                run_tool(*self._bind_command(zone, target), source, *key_paths)
        if zone.damage:
            _apply_damage(target, zone.damage)

    def _bind_command(self, zone, target):
        command = ['dnssec-signzone', '-P', '-q', '-K', self.key_directory,
                   '-d', self.source_directory, '-O', 'full', '-o', zone.name, '-f', target,
                   '-s', self._time(zone.begin), '-e', self._time(zone.end),
                   '-x' if zone.split_keys else '-z']
        if zone.nsec3:
            command += ['-3', zone.salt, '-H', str(zone.iterations)]
            command += ['-A'] if zone.opt_out else []
        return command

    def _ldns_command(self, zone, target):
        return ['ldns-signzone', '-n', '-t', str(zone.iterations), '-o', zone.name, '-f', target,
                '-i', self._time(zone.begin), '-e', self._time(zone.end)]


def junk_key(tag):
    """Gives an RSA DNSKEY without meaning that has the wanted key tag, in base 64."""
    modulus = bytearray(os.urandom(256))
    modulus[0] |= 0x80
    modulus[-1] |= 1
    rdata = bytearray(b'\x01\x00\x03\x08' + b'\x03\x01\x00\x01' + modulus)
    at = 100  # an even offset: these two octets count as one 16-bit number in the tag
    rdata[at:at + 2] = b'\0\0'
    missing = (tag - key_tag(rdata)) % 0x10000
    for guess in (missing, missing - 1, missing + 1):  # the carry may cost one
        rdata[at:at + 2] = (guess % 0x10000).to_bytes(2, 'big')
        if key_tag(rdata) == tag:
            return base64.b64encode(bytes(rdata[4:])).decode()
    return junk_key(tag)


def make_key_trap(world, zone, label, count, tag=12345):
    """
    Turns zone into a KeyTrap (CVE-2023-50387): count keys with one tag, and count signatures by
    that tag over the TLSA records at label, so that a naive validator tries count * count times.
    """
    owner = zone.absolute(label)
    zone.add('\n'.join('@ 3600 DNSKEY 256 3 8 ' + junk_key(tag) for _ in range(count)))
    zone.drop('TLSA', label)

    def signatures():
        labels = owner.rstrip('.').count('.') + 1
        head = '%s 3600 IN RRSIG TLSA 8 %d 3600 %s %s %d %s ' % (
            owner, labels, world._time(30 * DAY), world._time(-HOUR), tag, zone.name)
        return [head + base64.b64encode(b'\0' + os.urandom(255)).decode() + '\n'
                for _ in range(count)]
    zone.append(signatures)
