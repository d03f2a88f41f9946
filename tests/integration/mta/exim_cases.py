# SPDX-License-Identifier: GPL-3.0-or-later
"""
exim_cases.py - what Exim must do with each destination, driven by client-shims/exim.

Words of the name, recipient, fate, where or why: what Exim's log must say of a deferred message.
"""
from mta.stand_in import GONE, RESET, SILENT

GOOD, PLAIN, ANCHOR, UNUSABLE = '127.0.2.1', '127.0.2.4', '127.0.2.6', '127.0.2.7'
BARE, RELAY, SHARED = '127.0.2.18', '127.0.2.20', '127.0.2.17'
BARE6 = 'fd00:25::18'
TLS, CLEAR, DEFERRED = 'with TLS', 'in the plain', 'deferred'
DENIED = 'SSL verify denied by event-action: depth=0: daned: '
WRONG_KEY = 'the record does not match the leaf'

OVERRIDES = 'forced.unsigned dane-required\n'

TABLE = (
    ('3 1 1', 'exim@good.example', TLS, GOOD),
    ('3 0 1', 'exim@ee301.example', TLS, '127.0.2.9'),
    ('3 1 2', 'exim@ee312.example', TLS, '127.0.2.10'),
    ('2 1 1', 'exim@anchor.example', TLS, ANCHOR),
    ('2 1 1 above an intermediate', 'exim@deep.example', TLS, '127.0.2.13'),
    ('2 0 1', 'exim@ta201.example', TLS, '127.0.2.11'),
    ('2 0 0, the anchor is not sent', 'exim@ta200.example', TLS, '127.0.2.12'),
    ('wrong key', 'exim@wrong.example', DEFERRED, DENIED + 'DENY .*' + WRONG_KEY),
    ('wrong name under usage 2', 'exim@misnamed.example', DEFERRED, DENIED + 'DENY .*name'),
    ('expired leaf under usage 2', 'exim@expired.example', DEFERRED, DENIED + 'DENY .*expired'),
    ('a chain cut short', 'exim@cut.example', DEFERRED, DENIED + 'DENY .*2 1 1'),
    ('first MX has the wrong key', 'exim@second.example', TLS, GOOD),
    ('first MX has the wrong key, the second no DANE', 'exim@halfplain.example', CLEAR, PLAIN),
    ('bogus TLSA', 'exim@bogus.example', DEFERRED, 'daned gives no policy: level=defer'),
    ('bogus MX', 'exim@badmx.example', DEFERRED, 'daned gives no policy: level=defer'),
    ('STARTTLS stripped', 'exim@stripped.example', DEFERRED, 'did not offer TLS'),
    ('unusable TLSA', 'exim@unusable.example', TLS, UNUSABLE),
    ('unusable TLSA and no STARTTLS', 'exim@unusableclear.example', DEFERRED, 'did not offer TLS'),
    ('no DANE', 'exim@plain.example', CLEAR, PLAIN),
    ('no DANE, TLS is offered', 'exim@bare.example', TLS, BARE),
    ('unsigned domain', 'exim@unsigned', CLEAR, PLAIN),
    ('unsigned domain, signed host, right key', 'exim@good.unsigned', TLS, GOOD),
    ('unsigned domain, signed host, wrong key', 'exim@wrong.unsigned', DEFERRED,
     DENIED + 'DENY .*' + WRONG_KEY),
    ('unsigned domain, dane-required by an override', 'exim@forced.unsigned', DEFERRED,
     DENIED + 'DENY dane-required'),
    ('an address literal', 'exim@[127.0.2.18]', TLS, BARE),
    ('an IPv6 address literal', 'exim@[ipv6:%s]' % BARE6, TLS, BARE6),
    ('MX alias', 'exim@alias.example', TLS, GOOD),
    ('MX alias, wrong key', 'exim@aliaswrong.example', DEFERRED, DENIED + 'DENY .*' + WRONG_KEY),
    ('MX alias with the records', 'exim@old.example', TLS, BARE),
    ('MX alias with the records, wrong key', 'exim@oldwrong.example', DEFERRED,
     DENIED + 'DENY .*' + WRONG_KEY),
    ('MX alias into an unsigned zone', 'exim@away.example', TLS, GOOD),
    ('MX alias into an unsigned zone, wrong key', 'exim@awaywrong.example', DEFERRED,
     DENIED + 'DENY .*' + WRONG_KEY),
    ('a host that is not an MX host', 'exim@stolen.example', DEFERRED,
     DENIED + 'DENY not-an-mx-host'))

BLIND = (  # without "options trust-ad", Exim takes all of DNS for insecure
    ('Exim sees no AD, right key', 'exim-blind@good.example', TLS, GOOD),
    ('Exim sees no AD, trust anchor', 'exim-blind@anchor.example', TLS, ANCHOR),
    ('Exim sees no AD, MX alias', 'exim-blind@alias.example', TLS, GOOD),
    ('Exim sees no AD, wrong key', 'exim-blind@wrong.example', DEFERRED, DENIED + 'DENY'),
    ('Exim sees no AD, unsigned domain, signed host, wrong key', 'exim-blind@wrong.unsigned', DEFERRED,
     DENIED + 'DENY'),
    ('Exim sees no AD, a host that is not an MX host', 'exim-blind@stolen.example', DEFERRED,
     DENIED + 'DENY not-an-mx-host'),
    ('Exim sees no AD, no DANE', 'exim-blind@plain.example', CLEAR, PLAIN))
DEAD = (
    ('daned dead, right key', 'exim-dead@good.example', DEFERRED, 'expansion'),
    ('daned dead, no DANE', 'exim-dead@plain.example', DEFERRED, 'expansion'))
AGAIN = (('daned back', 'exim-back@good.example', TLS, GOOD),)

# The leaf bears the name of one domain, not that of the host, and not that of the other domain.
SAME_HOST = (
    ('two domains of a host, the certificate is for this one', '%s@shared.example', TLS, SHARED),
    ('two domains of a host, the certificate is for the other one', '%s@other.example', DEFERRED,
     DENIED + 'DENY .*name'))

# The relay that daned is asked about, the one that Exim finds, the fate of what goes through it.
SMARTHOSTS = (
    ('mx.relay.example', 'mx.relay.example', TLS, RELAY),
    ('mx.relayalias.example', 'mx.relayalias.example', TLS, RELAY),
    ('mx.badrelay.example', 'mx.badrelay.example', DEFERRED, DENIED + 'DENY .*' + WRONG_KEY),
    ('mx.relayalias.example', 'mx.ee301.example', DEFERRED, DENIED + 'DENY not-an-mx-host'))

# The stand-in asks for TLS, and then does this on VERIFY; GOOD has the right key.
STAND_IN_POLICY = b'level=dane-required ttl=60 reason=all-dane\n'
STAND_IN = (
    ('says OK', b'OK usage=3\n', TLS, GOOD),
    ('says a bare OK', b'OK\n', TLS, GOOD),
    ('is gone', GONE, DEFERRED, DENIED + 'TEMP cannot be reached'),
    ('cuts the connection', RESET, DEFERRED, DENIED),
    ('says nothing', SILENT, DEFERRED, DENIED + 'TEMP cannot be reached'),
    ('gives an empty reply', b'', DEFERRED, DENIED),
    ('gives an empty line', b'\n', DEFERRED, DENIED),
    ('says OKAY', b'OKAY fine\n', DEFERRED, DENIED + 'OKAY fine'),
    ('says ok', b'ok\n', DEFERRED, DENIED + 'ok'),
    ('says OK on the second line', b'DENY no\nOK yes\n', DEFERRED, DENIED + 'DENY noOK yes'),
    ('says DENY', b'DENY because\n', DEFERRED, DENIED + 'DENY because'),
    ('says TEMP', b'TEMP later OK\n', DEFERRED, DENIED + 'TEMP later OK'),
    ('sends garbage', b'\xff\x00\x1b[31mOK \n', DEFERRED, DENIED),
    ('sends OK among garbage', b'\x01O\x02K\n', DEFERRED, DENIED + 'OK'),
    ('says OK in two lines', b'O\nK fine\n', DEFERRED, DENIED + 'OK fine'),
    ('says OK and an empty line', b'OK fine\n\n', DEFERRED, DENIED + 'OK fine'),
    ('says OK and more lines', b'OK fine\nDENY no\n', DEFERRED, DENIED + 'OK fineDENY no'))
