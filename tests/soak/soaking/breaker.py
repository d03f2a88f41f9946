# SPDX-License-Identifier: GPL-3.0-or-later
"""breaker.py - breaks what daned stands on, one thing after the other, and mends it."""
import os
import random
import signal
import time

from dns import servers
from harness import danectl
from harness.clients import connect, receive_all
from harness.waiting import wait_for
from soaking.world import OVERRIDES


class Breaker:
    """The faults of a soak, by their names; each method returns when its fault is over."""

    def __init__(self, soak):
        self.soak = soak
        self.ledger = soak.ledger
        self.random = random.Random('%s breaker' % soak.seed)
        self.good = None
        self.ends = 0
        self.kinds = (self.reload_by_hup, self.reload_by_danectl, self.reload_of_bad_files, self.change_of_a_zone,
                      self.flush_of_everything, self.resolver_stopped, self.resolver_killed,
                      self.resolver_not_validating, self.name_server_stopped)

    def once(self):
        """Makes one fault, of a random kind; daned itself ends only now and then."""
        if self.soak.may_end_daned():
            self.ends += 1
            kind = self.daned_killed if self.ends % 2 == 0 else self.daned_restarted
        else:
            kind = self.random.choice(self.kinds)
        name = kind.__name__.replace('_', ' ')
        # What is no fault of anything that an answer rests on excuses none.
        if kind in (self.reload_by_hup, self.reload_by_danectl, self.reload_of_bad_files, self.change_of_a_zone,
                    self.flush_of_everything):
            with self.ledger.lock:
                self.ledger.faults[name] += 1
            kind()
            return
        self.ledger.fault_begins(name)
        try:
            kind()
        finally:
            self.ledger.fault_ends(name)

    def pause(self, least, most):
        """Lets a fault last for a while."""
        self.soak.ending.wait(self.random.uniform(least, most))

    # ---- files ----

    def write_files(self, bad):
        """Writes configuration and overrides: the good ones, in one of their forms, or bad ones."""
        daned = self.soak.daned
        if self.good is None:
            with open(daned.file, encoding='utf-8') as file:
                self.good = file.read()
        text = self.good.replace('level = debug', 'level = ' + self.random.choice(('debug', 'info')))
        overrides = OVERRIDES % self.random.choice(('encrypt', 'dane'))
        if bad:
            broken = self.random.randrange(3)
            text = (text + 'nonsense\n', text[:-30], text)[broken]
            overrides += 'a.example nonsense\n' if broken == 2 else ''
        with open(daned.file + '.new', 'w', encoding='utf-8') as file:
            file.write(text)
        os.rename(daned.file + '.new', daned.file)
        daned.set_overrides(overrides)

    def reload_by_hup(self):
        """Good files."""
        self.write_files(False)
        self.soak.daned.signal(signal.SIGHUP)

    def reload_by_danectl(self):
        """Good files; the command says that they were taken."""
        self.write_files(False)
        status, said, error = danectl.run('-s', self.soak.daned.control[len('unix:'):], 'reload')
        if status != 0:
            self.ledger.note('control', 'a good reload ends with %d: %s %s' % (status, said, error))

    def reload_of_bad_files(self):
        """Bad files; the command says that they were not taken. The good ones come back."""
        self.write_files(True)
        if danectl.run('-s', self.soak.daned.control[len('unix:'):], 'reload')[0] == 0:
            self.ledger.note('control', 'bad files were taken')
        self.soak.daned.signal(signal.SIGHUP)
        self.write_files(False)

    # ---- DNS ----

    def change_of_a_zone(self):
        """A zone changes its records."""
        self.soak.world.change()

    def flush_of_everything(self):
        """The operator throws the cache away."""
        with connect(self.soak.daned.control) as sock:
            sock.sendall(b'flush --all\n')
            receive_all(sock)

    def stop_and_go(self, name):
        """A process does nothing for some seconds."""
        pid = self.soak.world.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            self.pause(0.5, 6)
        finally:
            os.kill(pid, signal.SIGCONT)

    def resolver_stopped(self):
        """The resolver takes connections, and says nothing."""
        self.stop_and_go('resolver')

    def name_server_stopped(self):
        """The resolver is there, and gets no answers."""
        self.stop_and_go('nsd')

    def kill_resolver(self):
        """The resolver is gone, without a word."""
        os.kill(self.soak.world.pid('resolver'), signal.SIGKILL)
        servers.stop_one(self.soak.world.directory, 'resolver')

    def resolver_killed(self):
        """The resolver is killed, and started anew, with nothing in its cache."""
        self.kill_resolver()
        self.pause(0, 3)
        self.soak.world.start_resolver()

    def resolver_not_validating(self):
        """Another resolver takes its place, which says of everything that it is insecure."""
        self.kill_resolver()
        self.soak.world.start_resolver(validating=False)
        self.pause(1, 6)
        self.kill_resolver()
        self.soak.world.start_resolver()

    # ---- daned ----

    def daned_restarted(self):
        """daned ends, saves its cache, is started anew, and has loaded it."""
        self.soak.end_life()
        status = self.soak.daned.stop()
        if status != 0:
            self.ledger.note('daned', 'it ended with %s: %s' % (status, self.soak.daned.log_text()[-1500:]))
        self.soak.start_daned()
        if self.soak.loaded_facts() == 0:
            self.ledger.note('daned', 'nothing was loaded from the cache file')

    def daned_killed(self):
        """daned is killed, wherever it stands, and is started anew."""
        self.soak.end_life()
        self.soak.daned.process.kill()
        self.soak.daned.process.wait()
        self.soak.start_daned()


def settle(soak):
    """Waits until nothing is excused any more, so that what is still wrong is seen as such."""
    end = time.monotonic() + 90
    wait_for(lambda: soak.ledger.is_calm() or time.monotonic() > end, 100)
