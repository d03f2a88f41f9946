# SPDX-License-Identifier: GPL-3.0-or-later
"""exim.py - a private Exim in a directory of its own; each message is delivered in the foreground."""
import os
import re
import shutil
import subprocess

DELIVERED = re.compile(r' => (\S+) .*H=(\S+) \[([0-9a-f.:]+)\](.*)')
DEFERRED = re.compile(r' == (\S+) (.*)')
BOUNCED = re.compile(r' \*\* (\S+) (.*)')

SHIM = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../client-shims/exim')
TEMPLATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'exim.conf.in')
FRAGMENTS = ('daned-main.conf', 'daned-acl.conf', 'daned-router.conf', 'daned-transport.conf')
MESSAGE = b'Subject: test\n\ntest\n'


class Exim:
    """An instance of its own, asking daned at the address given; macros stand at its file's top."""

    def __init__(self, directory, name, daned, macros=''):
        self.directory = os.path.join(directory, name)
        self.configuration = os.path.join(self.directory, 'exim.conf')
        os.makedirs(os.path.join(self.directory, 'spool'))
        for path in (self.directory, os.path.join(self.directory, 'spool')):
            shutil.chown(path, 'Debian-exim', 'Debian-exim')
        for fragment in FRAGMENTS:
            shutil.copy(os.path.join(SHIM, fragment), self.directory)
        with open(TEMPLATE, encoding='utf-8') as file:
            text = file.read()
        for word, value in (('@MACROS@', macros), ('@DIRECTORY@', self.directory),
                            ('@DANED@', daned)):
            text = text.replace(word, value)
        with open(self.configuration, 'w', encoding='utf-8') as file:
            file.write(text)
        # Exim gives up its privileges for a configuration that is not on this list.
        os.makedirs('/etc/exim4', exist_ok=True)
        with open('/etc/exim4/trusted_configs', 'a', encoding='ascii') as file:
            file.write(self.configuration + '\n')

    def run(self, *arguments, text=b''):
        """Runs Exim to its end; gives what it said."""
        done = subprocess.run(['/usr/sbin/exim4', '-C', self.configuration, *arguments], input=text,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=60)
        if done.returncode != 0:
            raise RuntimeError('Exim: %s' % done.stdout.decode('utf-8', 'replace'))
        return done.stdout.decode('utf-8', 'replace')

    def send(self, *recipients):
        """Delivers one message, as far as that goes at once."""
        # What an earlier failure taught Exim about a host must not decide this case.
        shutil.rmtree(os.path.join(self.directory, 'spool', 'db'), ignore_errors=True)
        self.run('-odi', '-f', 'me@mta.invalid', *recipients, text=MESSAGE)

    def send_by_queue(self, *recipients):
        """Queues a message for each, then lets Exim deliver what it can over each connection."""
        shutil.rmtree(os.path.join(self.directory, 'spool', 'db'), ignore_errors=True)
        for recipient in recipients:
            self.run('-odq', '-f', 'me@mta.invalid', recipient, text=MESSAGE)
        self.run('-qqf')

    def ask_for(self, *recipients):
        """Gives the codes with which Exim, spoken to by SMTP, answers RCPT for each."""
        talk = ['EHLO client', 'MAIL FROM:<me@mta.invalid>']
        talk += ['RCPT TO:<%s>' % recipient for recipient in recipients] + ['QUIT', '']
        said = self.run('-bs', text='\r\n'.join(talk).encode('ascii'))
        # What comes before is the greeting, and the answers to EHLO and MAIL; then, to QUIT.
        return re.findall(r'^([0-9]{3}) ', said, re.MULTILINE)[3:-1]

    def outcome(self, recipient):
        """
        Gives (status, address, text) of a message: sent, deferred or bounced; None if unknown.
        If it was not sent, the text is all that the log says of the message.
        """
        found = None
        for line in self.log_lines():
            for status, pattern in (('sent', DELIVERED), ('deferred', DEFERRED), ('bounced', BOUNCED)):
                parts = pattern.search(line)
                if parts and parts.group(1) == recipient:
                    found = (status, parts.group(3), parts.group(4)) if status == 'sent' else (
                        status, 'none', self.history(line))
        return found

    def history(self, line):
        """Gives all that the log says of the message of a line."""
        identity = line.split()[2]
        return ''.join(other for other in self.log_lines() if identity in other)

    def log_lines(self):
        """Gives the lines of the log so far."""
        path = os.path.join(self.directory, 'mainlog')
        if not os.path.exists(path):
            return []
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.readlines()
