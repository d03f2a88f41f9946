# SPDX-License-Identifier: GPL-3.0-or-later
"""manager.py - a service manager in miniature: hands over sockets, and hears what it is told."""
import os
import select
import socket
import subprocess

from harness import daned as under_test
from harness.waiting import wait_for

FIRST_DESCRIPTOR = 3
# The numbers of the process itself are part of the protocol, and known to itself only.
STARTER = 'export LISTEN_PID=$$ WATCHDOG_PID=$$; exec "$@"'


def listening(family, address):
    """Gives a listening socket; the file of a unix one is made."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    sock.listen(100)
    return sock


def sockets_of(daned):
    """Opens the sockets of the test's configuration; gives (name, socket) of each."""
    _, host, port = daned.exim.split(':')
    return [('pf', listening(socket.AF_UNIX, daned.socket_path)),
            ('ex', listening(socket.AF_INET, (host, int(port)))),
            ('ctl', listening(socket.AF_UNIX, daned.control[len('unix:'):]))]


class Manager:
    """Keeps the sockets and the notification socket while a daned comes and goes."""

    def __init__(self, directory, name):
        self.path = os.path.join(directory, name + '.notify')
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ear.bind(self.path)
        self.sockets = []
        self.heard = []  # every assignment so far, in order

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.ear.close()
        for _, sock in self.sockets:
            sock.close()

    def launch(self, daned, **environment):
        """Starts a daned (harness.daned.Daned), without waiting for it."""
        environment.update(os.environ, NOTIFY_SOCKET=self.path)
        if self.sockets:
            environment.update(LISTEN_FDS=str(len(self.sockets)),
                               LISTEN_FDNAMES=':'.join(name for name, _ in self.sockets))
        numbers = [sock.fileno() for _, sock in self.sockets]

        def place():
            # First out of the way, so that none is overwritten before it is copied.
            high = [os.dup2(number, 500 + at) for at, number in enumerate(numbers)]
            for at, number in enumerate(high):
                os.dup2(number, FIRST_DESCRIPTOR + at)
                os.close(number)
        with open(daned.log, 'ab') as log:
            daned.process = subprocess.Popen(
                ['/bin/sh', '-c', STARTER, 'sh', under_test.program(), '-c', daned.file],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                preexec_fn=place, close_fds=False)
        return daned

    def listen(self):
        """Takes in what has been said; gives all of it."""
        while select.select([self.ear], [], [], 0)[0]:
            self.heard += self.ear.recv(4096).decode('ascii').split('\n')
        return self.heard

    def wait_for(self, assignment, count=1):
        """Waits until an assignment has been heard that often; gives whether it was."""
        return wait_for(lambda: self.listen().count(assignment) >= count)

    def status(self):
        """Gives the last status that was told."""
        return [text for text in self.listen() if text.startswith('STATUS=')][-1][len('STATUS='):]
