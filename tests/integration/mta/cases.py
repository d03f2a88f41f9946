#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
cases.py DIR - the deliveries, by real Postfix and real Exim; runs inside the world only.

A case is a recipient and a fate: delivered at one address with TLS or without, or deferred, for a
reason that the MTA's log states, and then nothing has arrived anywhere.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from dns import servers  # noqa: E402
from harness import daned as under_test  # noqa: E402
from harness.clients import ask_policy  # noqa: E402
from harness.report import Report  # noqa: E402
from harness.waiting import wait_for  # noqa: E402
from mta import exim_cases, world_zones  # noqa: E402
from mta.exim import Exim  # noqa: E402
from mta.exim_cases import ANCHOR, CLEAR, DEFERRED, GOOD, PLAIN, TLS, UNUSABLE  # noqa: E402
from mta.postfix import Postfix  # noqa: E402
from mta.stand_in import StandIn  # noqa: E402

NOT_VERIFIED = 'not verified'           # Postfix: TLS was there, the key was not
NO_POLICY = 'TLS configuration problem'  # Postfix: daned said TEMP, or nothing
NO_STARTTLS = 'TLS is required'

# Words of the name, recipient, fate, where or why.
POSTFIX = (
    ('right key, map dane', 'dane@good.example', TLS, GOOD),
    ('right key, map policy', 'policy@good.example', TLS, GOOD),
    ('right key, map pin, Postfix without DNSSEC', 'pin@good.example', TLS, GOOD),
    ('right key, smtp not chrooted', 'outside@good.example', TLS, GOOD),
    ('wrong key, map dane', 'dane@wrong.example', DEFERRED, NOT_VERIFIED),
    ('wrong key, map pin', 'pin@wrong.example', DEFERRED, NOT_VERIFIED),
    ('first MX has the wrong key, map dane', 'dane@second.example', TLS, GOOD),
    ('first MX has the wrong key, map pin', 'pin@second.example', TLS, GOOD),
    ('trust anchor, map dane', 'dane@anchor.example', TLS, ANCHOR),
    ('wrong key, and the sender asks for no TLS', 'wish@wrong.example', DEFERRED, NOT_VERIFIED),
    ('STARTTLS stripped, and the sender asks for no TLS', 'wish@stripped.example', DEFERRED, NO_STARTTLS),
    ('bogus TLSA, map dane', 'dane@bogus.example', DEFERRED, NO_POLICY),
    ('bogus TLSA, map pin', 'pin@bogus.example', DEFERRED, NO_POLICY),
    ('bogus MX, map dane', 'dane@badmx.example', DEFERRED, ''),
    ('STARTTLS stripped, map dane', 'dane@stripped.example', DEFERRED, NO_STARTTLS),
    ('STARTTLS stripped, map pin', 'pin@stripped.example', DEFERRED, NO_STARTTLS),
    ('unusable TLSA, map dane', 'dane@unusable.example', TLS, UNUSABLE),
    ('unusable TLSA and no STARTTLS, map dane', 'dane@unusableclear.example', DEFERRED, NO_STARTTLS),
    ('no DANE, map dane', 'dane@plain.example', CLEAR, PLAIN),
    ('no DANE, map policy', 'policy@plain.example', CLEAR, PLAIN),
    ('no DANE, map pin', 'pin@plain.example', CLEAR, PLAIN),
    ('unsigned domain, map dane', 'dane@unsigned', CLEAR, PLAIN),
    ('unsigned domain, signed host, right key', 'dane@good.unsigned', TLS, GOOD),
    ('unsigned domain, signed host, wrong key', 'dane@wrong.unsigned', DEFERRED, NOT_VERIFIED))
POSTFIX_DEAD = (
    ('daned dead, right key, map dane', 'dane-dead@good.example', DEFERRED, NO_POLICY),
    ('daned dead, right key, map pin', 'pin-dead@good.example', DEFERRED, NO_POLICY),
    ('daned dead, no DANE', 'dane-dead@plain.example', DEFERRED, NO_POLICY),
    ('daned dead, unsigned domain', 'dane-dead@unsigned', DEFERRED, NO_POLICY))
POSTFIX_AGAIN = (('daned back', 'dane-back@good.example', TLS, GOOD),)


class Receivers:
    """The servers that stand for the internet's MX hosts, and what has arrived there."""

    def __init__(self, directory, certificates):
        self.log = os.path.join(directory, 'received')
        arguments = ['%s=%s' % (address, name if name == '-' else '%s/%s.pem,%s/%s.key' % (
            directory, name, directory, name)) for address, name in certificates.items()]
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, 'receiver.py'), self.log] + arguments)
        if not wait_for(lambda: 'ready' in self.text()):
            raise RuntimeError('the receivers are not ready')

    def text(self):
        """Gives the log so far."""
        if not os.path.exists(self.log):
            return ''
        with open(self.log, encoding='utf-8') as file:
            return file.read()

    def arrived(self, recipient):
        """Gives (address, "yes" or "no" for TLS) of every message for a recipient."""
        return re.findall(r'received (\S+) tls=(\S+) sni=\S+ to=%s$' % re.escape(recipient),
                          self.text(), re.MULTILINE)

    def mail_in_the_plain(self):
        """Gives the addresses at which a MAIL command came without TLS."""
        return set(re.findall(r'mail (\S+) tls=no$', self.text(), re.MULTILINE))

    def names_asked(self, recipient):
        """Gives the names that were asked for by SNI with those messages."""
        return re.findall(r'sni=(\S+) to=%s$' % re.escape(recipient), self.text(), re.MULTILINE)


def wrong_fate(receivers, outcome, recipient, fate, detail):
    """Compares the fate of a message with the one wanted; says what differs, or gives None."""
    arrived = receivers.arrived(recipient)
    if outcome is None:
        return 'no fate in the log; arrived: %s' % arrived
    status, relay, text = outcome
    if fate == DEFERRED:
        if arrived:
            return 'ARRIVED at %s; log: %s' % (arrived, outcome)
        good = status == 'deferred' and re.search(detail, text)
        return None if good else 'not %r: %s' % (detail, outcome)
    wanted = [(detail, 'yes' if fate == TLS else 'no')]
    if status != 'sent' or detail not in relay or arrived != wanted:
        return 'arrived %s, not %s; log: %s' % (arrived, wanted, outcome)
    return None


def run_table(report, receivers, mta, name, table):
    """Sends a message for every row, then reports each."""
    for _, recipient, _, _ in table:
        mta.send(recipient)
    report_table(report, receivers, mta, name, table)


def report_table(report, receivers, mta, name, table):
    """Reports the fate of what was sent."""
    for words, recipient, fate, detail in table:
        verb = 'defers' if fate == DEFERRED else 'delivers ' + fate
        report.run('%s %s: %s' % (name, verb, words),
                   lambda: wrong_fate(receivers, mta.outcome(recipient), recipient, fate, detail))


def wrong_verification(postfix, receivers):
    """With DANE or a pin, Postfix must call the connection verified, and ask for the MX name."""
    log = ''.join(postfix.log_lines())
    if 'Verified TLS connection established to mx.good.example[%s]' % GOOD not in log:
        return 'no verified connection in the log'
    for recipient in ('dane@good.example', 'pin@good.example'):
        if receivers.names_asked(recipient) != ['mx.good.example']:
            return '%s: SNI %s' % (recipient, receivers.names_asked(recipient))
    return None


def wrong_exim_names(receivers):
    """Exim must ask for the name of the host; that of an alias is its target's."""
    for recipient, name in (('exim@good.example', 'mx.good.example'),
                            ('exim@alias.example', 'mx.good.example'),
                            ('exim@old.example', 'mx.bare.example'),
                            ('exim@[127.0.2.18]', 'None'),
                            ('exim@[ipv6:%s]' % exim_cases.BARE6, 'None')):
        if receivers.names_asked(recipient) != [name]:
            return '%s: SNI %s' % (recipient, receivers.names_asked(recipient))
    return None


def mail_in_the_plain(receivers, addresses):
    """No MTA may ever have spoken in the plain with a host that has TLS: no try is made again so."""
    found = receivers.mail_in_the_plain() & addresses
    return 'MAIL without TLS at %s' % sorted(found) if found else None


def run_same_host(report, receivers, directory, daned):
    """Two domains of one host, in one message, and in messages that wait for that host together."""
    exim = Exim(directory, 'exim-same-host', daned.exim)
    for words, send in (('one message', exim.send), ('a queue', exim.send_by_queue)):
        user = words.replace(' ', '-')
        table = [(row[0] + ', ' + words, row[1] % user) + row[2:] for row in exim_cases.SAME_HOST]
        send(*[row[1] for row in table])
        wait_for(lambda: all(exim.outcome(row[1]) for row in table))
        report_table(report, receivers, exim, 'Exim', table)


def run_smarthosts(report, receivers, directory, daned):
    """Everything goes to port 587 of one host: daned is asked about that, not about the domain."""
    for number, (relay, found, fate, detail) in enumerate(exim_cases.SMARTHOSTS):
        exim = Exim(directory, 'exim-relay-%d' % number, daned.exim,
                    'TEST_RELAY = %s::587\nDANED_DESTINATION = [%s]:587\n' % (found, relay))
        run_table(report, receivers, exim, 'Exim', [
            ('smarthost %s, connected to %s' % (relay, found), 'relay-%d@plain.example' % number,
             fate, detail)])


def wrong_callout(directory, daned):
    """A callout is refused, and another try in the plain is not made, where a delivery would be."""
    exim = Exim(directory, 'exim-callout', daned.exim, 'TEST_CALLOUT = yes\n')
    codes = exim.ask_for('callout@good.example', 'callout@wrong.example', 'callout@anchor.example')
    return None if codes == ['250', '451', '250'] else '%s: %s' % (codes, exim.log_lines())


def run_stand_in(report, receivers, directory):
    """Something that is not daned, or no longer, answers VERIFY."""
    stand_in = StandIn(exim_cases.STAND_IN_POLICY)
    exim = Exim(directory, 'exim-stand-in', stand_in.address)
    for number, (words, verify, fate, detail) in enumerate(exim_cases.STAND_IN):
        stand_in.play(verify)
        run_table(report, receivers, exim, 'Exim', [
            ('what answers VERIFY ' + words, 'stand-in-%d@good.example' % number, fate, detail)])
    exim = Exim(directory, 'exim-without-acl', stand_in.address, 'TEST_WITHOUT_ACL = yes')
    stand_in.play(b'OK usage=3\n')
    run_table(report, receivers, exim, 'Exim', [
        ('event_action does not expand', 'no-acl@good.example', DEFERRED, 'authentication required')])


def set_trust_ad(wanted):
    """Writes the world's resolv.conf, with or without the option that lets glibc hand on AD."""
    with open('/etc/resolv.conf', 'w', encoding='ascii') as file:
        file.write('nameserver 127.0.0.1\n' + ('options trust-ad\n' if wanted else ''))


def run_all(report, directory):
    """Builds the world up, and runs every table, with daned alive, dead, and back."""
    certificates = world_zones.make_zones(directory, world_zones.make_certificates(directory))
    certificates[exim_cases.BARE6] = 'right'
    receivers = Receivers(directory, certificates)
    servers.start_unbound(directory, 'validating', servers.start_nsd(directory), True, 53)
    postfix = Postfix(directory)
    daned = under_test.Daned(directory, 'daned', [53], socket_path=postfix.socket_path,
                             overrides=exim_cases.OVERRIDES)
    exim = Exim(directory, 'exim', daned.exim)
    postfix.start()
    with daned:
        wait_for(lambda: ask_policy(daned.exim, 'good.example')[0] != 'defer')
        run_table(report, receivers, postfix, 'Postfix', POSTFIX)
        run_table(report, receivers, exim, 'Exim', exim_cases.TABLE)
        run_same_host(report, receivers, directory, daned)
        run_smarthosts(report, receivers, directory, daned)
        report.run('Exim verifies in a callout', wrong_callout, directory, daned)
        set_trust_ad(False)
        run_table(report, receivers, exim, 'Exim', exim_cases.BLIND)
        set_trust_ad(True)
        report.run('Postfix verifies the key of the MX name', wrong_verification, postfix, receivers)
        report.run('Exim asks for the name of the host', wrong_exim_names, receivers)
    run_table(report, receivers, postfix, 'Postfix', POSTFIX_DEAD)
    run_table(report, receivers, exim, 'Exim', exim_cases.DEAD)
    run_stand_in(report, receivers, directory)
    with daned:
        wait_for(lambda: ask_policy(daned.exim, 'good.example')[0] != 'defer')
        run_table(report, receivers, postfix, 'Postfix', POSTFIX_AGAIN)
        run_table(report, receivers, exim, 'Exim', exim_cases.AGAIN)
    report.run('nothing is tried again in the plain', mail_in_the_plain, receivers,
               {address for address, name in certificates.items() if name != world_zones.NO_TLS})


def main():
    """Gives the exit status."""
    report = Report()
    report.run_whole(run_all, sys.argv[1])
    return report.finish()


if __name__ == '__main__':
    sys.exit(main())
