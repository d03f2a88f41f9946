# SPDX-License-Identifier: GPL-3.0-or-later
"""exim.py - a private Exim in a directory of its own; each message is delivered in the foreground."""
import os
import re
import shutil
import subprocess

DELIVERED = re.compile(r' => (\S+) .*H=(\S+) \[([0-9.]+)\](.*)')
DEFERRED = re.compile(r' == (\S+) (.*)')
BOUNCED = re.compile(r' \*\* (\S+) (.*)')

SHIM = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../client-shims/exim')
FRAGMENTS = ('daned-main.conf', 'daned-acl.conf', 'daned-router.conf', 'daned-transport.conf')


class Exim:
    """The instance, asking daned at the address given."""

    def __init__(self, directory, daned, template):
        self.directory = os.path.join(directory, 'exim')
        self.configuration = os.path.join(self.directory, 'exim.conf')
        os.makedirs(os.path.join(self.directory, 'spool'))
        for path in (self.directory, os.path.join(self.directory, 'spool')):
            shutil.chown(path, 'Debian-exim', 'Debian-exim')
        for name in FRAGMENTS:
            shutil.copy(os.path.join(SHIM, name), self.directory)
        with open(template, encoding='utf-8') as file:
            text = file.read().replace('@DIRECTORY@', self.directory).replace('@DANED@', daned)
        with open(self.configuration, 'w', encoding='utf-8') as file:
            file.write(text)
        # Exim gives up its privileges for a configuration that is not on this list.
        os.makedirs('/etc/exim4', exist_ok=True)
        with open('/etc/exim4/trusted_configs', 'w', encoding='ascii') as file:
            file.write(self.configuration + '\n')

    def send(self, recipient):
        """Delivers one message, as far as that goes at once."""
        # What an earlier failure taught Exim about a host must not decide this case.
        shutil.rmtree(os.path.join(self.directory, 'spool', 'db'), ignore_errors=True)
        subprocess.run(['/usr/sbin/exim4', '-C', self.configuration, '-odi', '-f', 'me@mta.invalid',
                        recipient], input=b'Subject: test\n\ntest\n', check=True, timeout=60)

    def outcome(self, recipient):
        """Gives (status, address, text) of a message: sent, deferred or bounced; None if unknown."""
        found = None
        for line in self.log_lines():
            for status, pattern in (('sent', DELIVERED), ('deferred', DEFERRED), ('bounced', BOUNCED)):
                parts = pattern.search(line)
                if parts and parts.group(1) == recipient:
                    address = parts.group(3) if status == 'sent' else 'none'
                    found = (status, address, parts.group(parts.lastindex))
        return found

    def log_lines(self):
        """Gives the lines of the log so far."""
        path = os.path.join(self.directory, 'mainlog')
        if not os.path.exists(path):
            return []
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.readlines()
