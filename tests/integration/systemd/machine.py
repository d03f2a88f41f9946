# SPDX-License-Identifier: GPL-3.0-or-later
"""machine.py - the machine of the world: its name server, packages, services, and mail."""
import glob
import http.client
import os
import shutil
import socket
import subprocess
import threading

from dns import servers
from dns.signing import World
from harness.clients import ask_exim, ask_socketmap
from mta.postfix import Postfix
from mta.world_zones import Authority

WORLD = '/run/world'
SERVER = '192.0.2.53'  # of every zone; a resolver does not ask name servers on loopback
EXIM = 'inet:127.0.0.1:846'
POSTFIX_SOCKET = '/var/spool/postfix/daned/postfix.sock'
POSTFIX = 'unix:' + POSTFIX_SOCKET
RECEIVERS = {'127.0.2.1': 'right', '127.0.2.2': 'wrong'}
POSTFIX_OPTIONS = (
    'inet_interfaces=loopback-only', 'mydestination=', 'smtp_dns_support_level=dnssec',
    'smtp_tls_security_level=may', 'smtp_tls_dane_insecure_mx_policy=dane', 'smtp_tls_loglevel=1',
    'smtp_tls_policy_maps=socketmap:unix:daned/postfix.sock:dane', 'maillog_file=/var/log/mail.log')


def run(*command, **environment):
    """Runs a command; gives its status and all that it says."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace', check=False,
                          env=dict(os.environ, DEBIAN_FRONTEND='noninteractive', **environment))
    return done.returncode, done.stdout


def must(*command):
    """Runs a command that has to work; gives what it says."""
    status, said = run(*command)
    if status != 0:
        raise RuntimeError('%s: %d: %s' % (' '.join(command), status, said))
    return said


def write(path, text, mode='w'):
    """Writes a file, and the directories above it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode, encoding='utf-8') as file:
        file.write(text)


def read(path):
    """Gives the text of a file."""
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def prop(unit, name):
    """Gives a property of a unit."""
    return must('systemctl', 'show', '--property', name, '--value', unit).strip()


def pid_of(unit):
    """Gives the number of a service's main process; 0 if there is none."""
    return int(prop(unit, 'MainPID'))


def active(*units):
    """Says which of the units are not active, or gives None."""
    states = {unit: prop(unit, 'ActiveState') for unit in units}
    return None if set(states.values()) == {'active'} else repr(states)


def log_of(unit):
    """Gives the end of a unit's log."""
    return run('journalctl', '--no-pager', '-o', 'cat', '-n', '30', '-u', unit)[1]


def process_status(pid):
    """Gives /proc/PID/status as a dictionary."""
    return dict(line.split(':\t', 1) for line in read('/proc/%d/status' % pid).splitlines()
                if ':\t' in line)


def make_internet():
    """A signed root with two domains, the server of them, their MX hosts' keys and addresses."""
    authority = Authority(WORLD)
    authority.self_signed('right', 'mx.good.example')
    authority.self_signed('wrong', 'mx.wrong.example')
    world = World(WORLD)
    world.zone('.', servers={'ns': SERVER})
    zone = world.zone('example.', servers={'ns': SERVER})
    right = authority.record('3 1 1', 'right')
    for label, address in (('good', '127.0.2.1'), ('wrong', '127.0.2.2')):
        zone.add('%s MX 10 mx.%s\nmx.%s A %s\n_25._tcp.mx.%s TLSA %s'
                 % (label, label, label, address, label, right))
    world.make()
    must('ip', 'address', 'add', SERVER + '/32', 'dev', 'lo')
    start_name_server()
    # In the places of Debian's own, so that what is installed is used as it is.
    shutil.copy(WORLD + '/root.key', '/usr/share/dns/root.key')
    write('/usr/share/dns/root.hints', '. 3600000 NS ns.\nns. 3600000 A %s\n' % SERVER)


def start_name_server():
    """Starts the server of all zones."""
    servers.start_nsd(WORLD, address=SERVER, port=53)


def stop_name_server():
    """Ends it, and waits for its end."""
    servers.stop_one(WORLD, 'nsd')


def start_host_resolver():
    """The host's own unbound, as Debian installs it but for the root of this world."""
    if os.path.exists('/var/lib/unbound/root.key'):
        os.unlink('/var/lib/unbound/root.key')
    write('/etc/unbound/unbound.conf.d/world.conf',
          'server:\n  root-hints: "/usr/share/dns/root.hints"\n')
    write('/etc/resolv.conf', 'nameserver 127.0.0.1\n')
    must('systemctl', 'start', 'unbound.service')


def install_exim():
    """Its program and its user; as a package it and Postfix exclude each other."""
    must('cp', '-a', '--no-clobber', '-T', WORLD + '/exim/usr/lib', '/usr/lib')
    must('ldconfig')
    must('useradd', '--system', 'Debian-exim')
    write('/etc/exim4/test.conf', 'keep_environment =\n')


def exim_expands(text):
    """Gives what Exim makes of a string."""
    return run(WORLD + '/exim/usr/sbin/exim4', '-C', '/etc/exim4/test.conf', '-be', text)[1].strip()


class InstalledPostfix(Postfix):
    """Debian's package, running as its service; smtp(8) is chrooted as it comes."""

    def __init__(self):
        self.maillog = '/var/log/mail.log'
        must('dpkg', '--force-depends', '-i', *glob.glob(WORLD + '/postfix/*.deb'))
        for option in POSTFIX_OPTIONS:
            must('postconf', '-e', option)
        must('systemctl', 'restart', 'postfix.service')

    def send(self, recipient):
        subprocess.run(['/usr/sbin/sendmail', '-f', 'me@mta.invalid', recipient],
                       input=b'Subject: test\n\ntest\n', check=True, timeout=60)


def make_upgrade():
    """Gives the path of a package of the next version, the same but for that."""
    root = WORLD + '/next'
    must('dpkg-deb', '-R', WORLD + '/daned.deb', root)
    control = read(root + '/DEBIAN/control')
    write(root + '/DEBIAN/control', control.replace('Version: ', 'Version: 1:'))
    must('dpkg-deb', '-Znone', '-b', root, root + '.deb')
    return root + '.deb'


def metrics():
    """Gives what Prometheus would read."""
    connection = http.client.HTTPConnection('127.0.0.1', 9461, timeout=20)
    connection.request('GET', '/metrics')
    return connection.getresponse().read().decode('ascii')


def processes_of(program):
    """Gives the numbers of the processes that run a program."""
    found = []
    for path in glob.glob('/proc/[0-9]*/exe'):
        try:
            if os.readlink(path).split(' ')[0] == program:
                found.append(int(path.split('/')[2]))
        except OSError:
            pass
    return found


class Crowd:
    """Clients that ask all the time, each time on a new connection, as MTAs do."""

    def __init__(self):
        self.over = threading.Event()
        self.asked = 0
        self.wrong = []
        self.threads = [threading.Thread(target=self._ask, args=question, daemon=True)
                        for question in (
                            (lambda: ask_exim(EXIM, 'POLICY good.example\n').split(' ')[0],
                             'level=dane-required'),
                            (lambda: ask_socketmap(POSTFIX, 'dane', 'good.example'),
                             'OK dane-only'))]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *ignored):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, ask, wanted):
        while not self.over.is_set():
            try:
                reply = ask()
            except (OSError, EOFError, ValueError, socket.timeout) as error:
                reply = repr(error)
            self.asked += 1
            self.over.wait(0.002)  # the machine has other things to do as well
            if reply != wanted:
                self.wrong.append(reply)
