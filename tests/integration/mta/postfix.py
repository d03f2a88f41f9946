# SPDX-License-Identifier: GPL-3.0-or-later
"""postfix.py - a private Postfix in a directory of its own, its smtp(8) chrooted as on Debian.

The recipient's local part, up to a dash, chooses how the message is sent:
dane     map "dane", Postfix looks up TLSA itself     pin      map "pin", Postfix does no DNSSEC
outside  as dane, but smtp(8) is not chrooted         policy   map "policy"
"""
import os
import re
import shutil
import smtplib
import subprocess

from harness.waiting import wait_for

PROGRAMS = '/usr/lib/postfix/sbin'
LISTENER = '127.0.0.1:2500'
STATUS = re.compile(r'to=<([^>]+)>, .*relay=([^,]+), .*status=([a-z]+) \((.*)\)')

MAIN = """\
compatibility_level = 3.6
queue_directory = {0}/spool
data_directory = {0}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = mta.invalid
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
alias_database =
transport_maps = regexp:{0}/etc/transport
smtp_dns_support_level = dnssec
smtp_tls_security_level = may
smtp_tls_dane_insecure_mx_policy = dane
tls_required_enable = no
smtp_tls_fingerprint_digest = sha256
smtp_tls_loglevel = 1
smtp_tls_policy_maps = socketmap:unix:daned/postfix.sock:dane
maillog_file = {0}/maillog
maillog_file_prefixes = /
"""

MASTER = """\
{listener} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - y - - smtp
outside unix - - n - - smtp
policy unix - - y - - smtp
  -o smtp_tls_policy_maps=socketmap:unix:daned/postfix.sock:policy
pin unix - - y - - smtp
  -o smtp_dns_support_level=enabled
  -o smtp_tls_policy_maps=socketmap:unix:daned/postfix.sock:pin
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

TRANSPORT = """\
/^outside(-[a-z]+)?@/ outside:
/^policy(-[a-z]+)?@/ policy:
/^pin(-[a-z]+)?@/ pin:
"""


class Postfix:
    """The instance; its socketmap socket belongs at self.socket_path."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, 'postfix')
        self.spool = os.path.join(self.directory, 'spool')
        self.maillog = os.path.join(self.directory, 'maillog')
        self.socket_path = os.path.join(self.spool, 'daned', 'postfix.sock')
        self._make_configuration()
        self._make_spool()

    def _write(self, name, text):
        with open(os.path.join(self.directory, 'etc', name), 'w', encoding='ascii') as file:
            file.write(text)

    def _make_configuration(self):
        os.makedirs(os.path.join(self.directory, 'etc'))
        self._write('main.cf', MAIN.format(self.directory))
        self._write('master.cf', MASTER.format(listener=LISTENER))
        self._write('transport', TRANSPORT)

    def _make_spool(self):
        """What "postfix check" would create, in a tenth of the time, and what the chroot needs."""
        os.makedirs(os.path.join(self.directory, 'data'))
        shutil.chown(os.path.join(self.directory, 'data'), 'postfix')
        private = ('active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming',
                   'private', 'saved', 'trace')
        for name in private + ('maildrop', 'public', 'pid', 'daned', 'etc'):
            os.makedirs(os.path.join(self.spool, name))
        for name in private:
            shutil.chown(os.path.join(self.spool, name), 'postfix')
            os.chmod(os.path.join(self.spool, name), 0o700)
        for name, mode in (('maildrop', 0o730), ('public', 0o710)):
            shutil.chown(os.path.join(self.spool, name), 'postfix', 'postdrop')
            os.chmod(os.path.join(self.spool, name), mode)
        for name in ('resolv.conf', 'hosts', 'services', 'nsswitch.conf', 'host.conf', 'localtime'):
            if os.path.exists('/etc/' + name):
                shutil.copy('/etc/' + name, os.path.join(self.spool, 'etc', name))

    def start(self):
        """Starts the master; it returns when it is up."""
        subprocess.run([PROGRAMS + '/master', '-w', '-c', os.path.join(self.directory, 'etc')],
                       check=True, timeout=60)

    def send(self, recipient):
        """Hands one message over; one for wish@ asks to do without TLS (RFC 8689)."""
        wish = 'TLS-Required: no\n' if recipient.startswith('wish@') else ''
        with smtplib.SMTP(*LISTENER.split(':'), timeout=60) as client:
            client.sendmail('me@mta.invalid', [recipient], wish + 'Subject: test\n\ntest\n')

    def outcome(self, recipient, seconds=60):
        """Waits for the fate of a message; gives (status, relay, text), or None if there is none."""
        return wait_for(lambda: self.outcomes().get(recipient), seconds)

    def outcomes(self):
        """Gives the fate of every message so far."""
        found = {}
        for line in self.log_lines():
            parts = STATUS.search(line)
            if parts:
                found[parts.group(1)] = (parts.group(3), parts.group(2), parts.group(4))
        return found

    def log_lines(self):
        """Gives the lines of the log so far."""
        if not os.path.exists(self.maillog):
            return []
        with open(self.maillog, encoding='utf-8', errors='replace') as file:
            return file.readlines()
