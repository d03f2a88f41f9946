# SPDX-License-Identifier: GPL-3.0-or-later
"""daned.py - starts the daemon under test on sockets of the test's own, and stops it."""
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

from dns.servers import free_port
from harness import clients
from harness.report import skip
from harness.waiting import wait_for

READY_SECONDS = 20
STOP_SECONDS = 30

CONFIGURATION = """\
user = "{user}"
resolver {{
    address = {{{resolvers}}}
    self-test = {{"."}}
    self-test-bogus = {{}}
    {resolver}
}}
cache {{ {cache} }}
policy {{
    destinations = "{destinations}"
    {policy}
}}
listen "pf" {{ protocol = socketmap  address = "{socketmap}"  mode = {mode} }}
listen "ex" {{ protocol = exim  address = "{exim}" }}
listen "ctl" {{ protocol = control  address = "{control}"  mode = 0600 }}
log {{ level = debug }}
"""


def program():
    """Gives the path of daned: $DANED, or where make has put it."""
    found = [path for path in (os.environ.get('DANED'), './daned', './daemon/daned')
             if path and os.access(path, os.X_OK)]
    if not found:
        sys.exit('no daned to test: set DANED to its path')
    return os.path.abspath(found[0])


class Daned:
    """A running daned, its configuration and its log, in a directory of the test's own."""

    def __init__(self, directory, name, resolver_ports, resolver='', policy='', overrides=None,
                 socket_path=None, mode='0666', descriptors=None, environment=None, cache='file = ""',
                 user=''):
        self.directory = directory
        self.socket_path = socket_path or os.path.join(directory, name + '.sock')
        self.socketmap = 'unix:' + self.socket_path
        self.exim = 'inet:127.0.0.1:%d' % free_port()
        self.control = 'unix:' + os.path.join(directory, name + '.ctl')
        self.file = os.path.join(directory, name + '.conf')
        self.log = os.path.join(directory, name + '.log')
        self.destinations = ''
        if overrides is not None:
            self.destinations = os.path.join(directory, name + '.destinations')
            self.set_overrides(overrides)
        with open(self.file, 'w', encoding='utf-8') as file:
            file.write(CONFIGURATION.format(
                resolvers=', '.join('"127.0.0.1@%d"' % port for port in resolver_ports),
                resolver=resolver, policy=policy, destinations=self.destinations, cache=cache, user=user,
                socketmap=self.socketmap, exim=self.exim, control=self.control, mode=mode))
        self.descriptors = descriptors  # its RLIMIT_NOFILE, if it is to have its own
        self.environment = environment or {}  # what is added to that of the test
        self.wrapper = []  # a command that runs another one in its own process
        self.process = None

    def set_overrides(self, text):
        """Writes the file of overrides; a reload that is under way reads the old one or this."""
        with open(self.destinations + '.new', 'w', encoding='utf-8') as file:
            file.write(text)
        os.rename(self.destinations + '.new', self.destinations)

    def launch(self, output=None, more_limits=None):
        """Starts the process, without waiting for it to be ready; it logs to output, or the file."""
        def limit():
            if self.descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))
            if more_limits:
                more_limits()
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen([*self.wrapper, program(), '-c', self.file],
                                            stdin=subprocess.DEVNULL, stdout=output or log,
                                            stderr=output or log, preexec_fn=limit,
                                            env={**os.environ, **self.environment})
        return self

    def start(self, output=None):
        """Starts the process and waits until its sockets take connections."""
        self.launch(output)
        wait_for(lambda: self.process.poll() is not None or self.answers(), READY_SECONDS)
        if self.process.poll() is not None:
            raise RuntimeError('daned ended with %d: %s'
                               % (self.process.returncode, self.log_text()[-500:]))
        if not self.answers():
            self.stop()
            raise RuntimeError('daned does not listen: ' + self.log_text()[-500:])
        return self

    def answers(self):
        """Whether each of its sockets takes connections."""
        try:
            for address in (self.socketmap, self.exim, self.control):
                clients.connect(address, 5).close()
            return True
        except OSError:
            return False

    def signal(self, number):
        """Sends a signal."""
        self.process.send_signal(number)

    def stop(self):
        """Ends the process by TERM; gives its exit status, or None if it had to be killed."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def log_text(self):
        """Gives what daned has logged so far."""
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()

    def __enter__(self):
        return self.start()

    def __exit__(self, failure, *ignored):
        # Another status than 0 is a crash, or what a sanitizer has found at the end.
        status = self.stop()
        if status != 0 and failure is None:
            raise RuntimeError('daned ended with %s: %s' % (status, self.log_text()[-500:]))


def make_directory():
    """Makes a directory of the test's own; its path is short, for the sake of unix sockets."""
    path = tempfile.mkdtemp(prefix='daned-test.', dir='/tmp')
    os.chmod(path, 0o755)
    return path


def remove_directory(path, failed):
    """Removes the directory, or keeps it for a look if something failed and it is wanted."""
    if failed and os.environ.get('KEEP'):
        print('# kept: ' + path)
    else:
        shutil.rmtree(path, ignore_errors=True)


def end_on_signals():
    """Turns TERM, INT and HUP into an ordinary exit, so that every clean-up runs."""
    def leave(number, _frame):
        sys.exit(128 + number)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)


def need_programs(*paths):
    """Skips the script unless every program is there."""
    missing = [path for path in paths if shutil.which(path) is None]
    if missing:
        skip('missing: ' + ' '.join(missing))
