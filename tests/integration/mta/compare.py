#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
compare.py DIR - what becomes of a message by the MTAs' own DANE, and by daned's; see "deliver compare".

It judges nothing. It prints, as Markdown, what packaging/doc/comparison.md describes: to whom a message
was sent, "clear" if without TLS, or that it was deferred or bounced. Runs inside the world only.
"""
import os
import smtplib
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from dns import servers  # noqa: E402
from dns.signing import World  # noqa: E402
from harness import daned as under_test  # noqa: E402
from harness.clients import ask_policy  # noqa: E402
from harness.waiting import wait_for  # noqa: E402
from mta import exim, postfix, world_zones  # noqa: E402
from mta.cases import Receivers, set_trust_ad  # noqa: E402
from mta.world_zones import NO_TLS  # noqa: E402

# own: Postfix's DANE alone. only: the same, mandatory. site: a table says "dane", the global level is
# another, and smtp_tls_dane_insecure_mx_policy what it then is by default. daned: the map "dane".
RELAYS = ('relay.example', 'relaywrong.example', 'relayalias.example')  # port 587 of mx.RELAY
SERVICES = """\
own unix - - y - - smtp
  -o smtp_tls_security_level=dane
  -o smtp_tls_policy_maps=
only unix - - y - - smtp
  -o smtp_tls_security_level=dane-only
  -o smtp_tls_policy_maps=
site unix - - y - - smtp
  -o smtp_tls_policy_maps=static:dane
  -o smtp_tls_dane_insecure_mx_policy=may
"""
TRANSPORT = ''.join('/^%s(-[a-z]+)?@(%s)$/ %s:[mx.%s]:587\n' % (user, relay, service, relay)
                    for user, service in (('own', 'own'), ('only', 'only'), ('site', 'site'),
                                          ('daned', 'smtp'))
                    for relay in RELAYS) + """\
/^own(-[a-z]+)?@/ own:
/^only(-[a-z]+)?@/ only:
/^site(-[a-z]+)?@/ site:
"""
OWN_EXIM = """\
primary_hostname = mta.invalid
spool_directory = {0}/spool
log_file_path = {0}/%slog
exim_user = Debian-exim
exim_group = Debian-exim
keep_environment =
allow_utf8_domains = true
tls_advertise_hosts =
begin routers
smarthost:
  driver = manualroute
  route_list = ^relay mx.$domain::587 bydns
  transport = remote_smtp
remote:
  driver = dnslookup
  dnssec_request_domains = *
  transport = remote_smtp
  no_more
begin transports
remote_smtp:
  driver = smtp
  dnssec_request_domains = *
  {1}
begin retry
* * F,1h,10m
"""
COLUMNS = ('own', 'only', 'site', 'daned', 'exim', 'exim-require', 'exim-daned')

# MX host of LABEL.example, what its certificate is, and its TLSA records: "U S M NAME".
HOSTS = (
    ('good', 'right', '3 1 1 right'), ('wrong', 'wrong', '3 1 1 right'),
    ('bogus', 'right', '3 1 1 right'), ('noaddr', 'right', '3 1 1 right'), ('plain', NO_TLS),
    ('stripped', NO_TLS, '3 1 1 right'), ('unsignedtarget', 'wrong'), ('bare', 'wrong'),
    ('unusable', 'wrong', '1 1 1 right'), ('unusableclear', NO_TLS, '1 1 1 right'),
    ('ee310', 'right', '3 1 0 right'), ('ee301', 'right', '3 0 1 right'),
    ('ee300', 'right', '3 0 0 right'), ('anchor', 'anchor', '2 1 1 root'),
    ('ta200', 'leaf', '2 0 0 root'), ('cut', 'cut', '2 1 1 root'),
    ('misnamed', 'misnamed', '2 1 1 root'), ('expired', 'expired', '2 1 1 root'),
    ('shared', 'shared', '2 1 1 root'), ('lateleaf', 'lateleaf', '3 1 1 lateleaf'),
    ('critical', 'critical', '3 1 1 critical'),
    ('weaker', 'right', '3 1 1 right', '3 1 2 wrong'),
    ('stronger', 'right', '3 1 1 wrong', '3 1 2 right'), ('xn--bcher-kva', 'right', '3 1 1 right'))
# A domain and its MX hosts by label, or what there is else.
DOMAINS = (
    ('second', 'wrong', 'good'), ('halfplain', 'wrong', 'plain'), ('halfbogus', 'bogus', 'good'),
    ('halfaddress', 'noaddr', 'good'), ('badmx', 'good'), ('alias', 'aliasgood'),
    ('aliaswrong', 'aliaswrong'), ('ownrecords', 'ownrecords'), ('away', 'away'))
KEYS = [host[0] + '.example' for host in HOSTS] + [domain[0] + '.example' for domain in DOMAINS] + [
    'good.unsigned', 'wrong.unsigned', 'null.example', 'gone.example', 'nowhere.example',
    'b\u00fccher.example', *RELAYS]
BLIND = ('good.example', 'wrong.example', 'wrong.unsigned', 'halfplain.example', 'plain.example')


def make_zones(directory):
    """Makes the signed zones; gives the receivers: address to the name of its certificate."""
    authority = world_zones.make_certificates(directory)
    authority.issue_leaf('lateleaf', 'root', 'mx.lateleaf.example', days=-1)
    authority.issue('critical', 'root', 'basicConstraints=CA:FALSE\n'
                    '1.2.3.4.5=critical,ASN1:UTF8String:unknown\n')

    def record(text):
        return authority.record(*text.rsplit(' ', 1))
    world = World(directory)
    world.zone('.')
    zone = world.zone('example.')
    unsigned = world.zone('unsigned.', signed=False, delegation='insecure')
    receivers = {}
    for number, (label, certificate, *records) in enumerate(HOSTS, 1):
        address = '127.0.2.%d' % number
        receivers[address] = certificate
        zone.add('%s MX 10 mx.%s\nmx.%s A %s' % (label, label, label, address))
        for text in records:
            zone.add('_25._tcp.mx.%s TLSA %s' % (label, record(text)))
        if label == 'unsignedtarget':
            unsigned.add('target A ' + address)
    for label, *hosts in DOMAINS:
        for preference, host in enumerate(hosts, 1):
            zone.add('%s MX %d mx.%s' % (label, preference, host))
    for rrtype, name in (('TLSA', '_25._tcp.mx.bogus'), ('A', 'mx.noaddr'), ('MX', 'badmx')):
        zone.flip(rrtype, name)
    zone.add('null MX 0 .\nnowhere MX 10 mx.nothing')
    zone.add('mx.aliasgood CNAME mx.good\nmx.aliaswrong CNAME mx.wrong')
    for label, target in (('ownrecords', 'mx.bare'), ('away', 'target.unsigned.')):
        zone.add('mx.%s CNAME %s' % (label, target))
        zone.add('_25._tcp.mx.%s TLSA %s' % (label, record('3 1 1 right')))
    for label, address in (('relay', '127.0.2.1'), ('relaywrong', '127.0.2.2')):
        zone.add('mx.%s A %s\n_587._tcp.mx.%s TLSA %s' % (label, address, label, record('3 1 1 right')))
    zone.add('mx.relayalias CNAME mx.relaywrong')
    for label in ('good', 'wrong'):
        unsigned.add('%s MX 10 mx.%s.example.' % (label, label))
    world.make()
    return receivers


class OwnExim(exim.Exim):
    """An Exim that does DANE by itself."""

    def __init__(self, directory, name, option=''):
        super().__init__(directory, name, '')
        with open(self.configuration, 'w', encoding='ascii') as file:
            file.write(OWN_EXIM.format(self.directory, option))


def send_to_postfix(recipient):
    """Hands one message to Postfix, in UTF-8 if it must be."""
    with smtplib.SMTP(*postfix.LISTENER.split(':')) as client:
        client.ehlo('client')
        client.docmd('MAIL', 'FROM:<me@mta.invalid>' + ('' if recipient.isascii() else ' SMTPUTF8'))
        client.send(('RCPT TO:<%s>\r\n' % recipient).encode('utf-8'))
        code, words = client.getreply()
        if code != 250:
            raise RuntimeError('Postfix does not take %s: %s' % (recipient, words))
        client.data(b'Subject: test\n\ntest\n')


def fate(receivers, outcome, recipient):
    """Words what became of a message."""
    arrived = receivers.arrived(recipient)
    if arrived:
        return 'sent ' + ', '.join(address.rsplit('.', 1)[1] + ('' if tls == 'yes' else ' clear')
                                   for address, tls in arrived)
    return outcome[0] if outcome else 'unknown'


def run_table(receivers, mail, exims, title, suffix, keys):
    """Sends a message for every cell, then prints the row."""
    print('\n%s\n\n| destination | %s |\n|%s' % (title, ' | '.join(COLUMNS),
                                                '---|' * (len(COLUMNS) + 1)), flush=True)
    for key in keys:
        cells = []
        for column in COLUMNS:
            recipient = '%s%s@%s' % (column, suffix, key)
            if column == 'exim-daned' and key in RELAYS:
                cells.append('see "deliver"')  # it wants a configuration of its own
                continue
            if column in exims:
                exims[column].send(recipient)
                outcome = exims[column].outcome(recipient) or (
                    'bounced' if ' ** %s:' % recipient in ''.join(exims[column].log_lines()) else '?',)
            else:
                send_to_postfix(recipient)
                outcome = mail.outcome(recipient)
            cells.append(fate(receivers, outcome, recipient))
        print('| %s | %s |' % (key, ' | '.join(cells)), flush=True)


def make_exims(directory, name, daned):
    """Gives the Exims by column."""
    return {'exim': OwnExim(directory, name), 'exim-daned': exim.Exim(directory, name + '-d', daned.exim),
            'exim-require': OwnExim(directory, name + '-r', 'hosts_require_dane = *')}


def main():
    """Gives the exit status."""
    directory = sys.argv[1]
    certificates = make_zones(directory)
    receivers = Receivers(directory, certificates)
    for number, host in enumerate(HOSTS, 1):
        print('%d is mx.%s.example, its certificate: %s' % (number, host[0], host[1]))
    name_server = servers.start_nsd(directory)
    servers.start_unbound(directory, 'good', name_server, True, 53)
    postfix.MASTER += SERVICES
    postfix.TRANSPORT = TRANSPORT
    mail = postfix.Postfix(directory)
    daned = under_test.Daned(directory, 'daned', [53], socket_path=mail.socket_path)
    mail.start()
    with daned:
        wait_for(lambda: ask_policy(daned.exim, 'good.example')[0] != 'defer')
        exims = make_exims(directory, 'exim', daned)
        run_table(receivers, mail, exims, 'The resolver validates.', '', KEYS)
        set_trust_ad(False)
        run_table(receivers, mail, exims, 'No "options trust-ad" in resolv.conf.', '-noad', BLIND)
        set_trust_ad(True)
    servers.stop_one(directory, 'good')
    servers.start_unbound(directory, 'blind', name_server, False, 53)
    with daned:
        run_table(receivers, mail, exims, 'The resolver does not validate.', '-blind', BLIND)
    port = servers.start_unbound(directory, 'second', name_server, True)
    sighted = under_test.Daned(directory, 'sighted', [port], socket_path=mail.socket_path)
    with sighted:
        wait_for(lambda: ask_policy(sighted.exim, 'good.example')[0] != 'defer')
        run_table(receivers, mail, make_exims(directory, 'late', sighted),
                  "daned's resolver validates, that of the MTAs does not.", '-half', BLIND)
    return 0


if __name__ == '__main__':
    sys.exit(main())
