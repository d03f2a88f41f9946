# SPDX-License-Identifier: GPL-3.0-or-later
"""busy.py - the rows of a daned that does something else beside: how long its clients wait.

Load at a fixed rate, in slices that are quiet and slices in which daned writes a snapshot, takes in
new destinations, streams a dump, or loses entries to their age; by turns.
"""
import os
import threading
import time

from kit.rows import Row, median_of, ratios
from kit.servers import HOT, REPLY, Failed, ask, connect

RATE = 20_000
CONNECTIONS = 50
NEW_A_SECOND = 1000
NEW_FROM = 10_000_000  # numbers of destinations that nobody has asked for before


class Activity:
    """Something that daned does; used as a context, for as long as a slice lasts."""

    name = what = ''

    def __init__(self):
        self.p999 = Row('p999-' + self.name, 'p99.9 at %d requests a second while %s, against quiet'
                        % (RATE, self.what), 'at most', 2)
        self.longest = Row('loop-' + self.name, 'longest loop iteration while %s (thread CPU)'
                           % self.what, 'at most', 2, 'ms')
        self.rows = (self.p999, self.longest)

    def set_up(self, world, load, big, shim, snapshots):
        """What has to be there before the first slice. Gives False if it cannot be measured."""
        self.world, self.load, self.big = world, load, big
        self.shim, self.snapshots = shim, snapshots
        return True

    def pairs(self):
        """How many pairs of slices, of how many seconds each, and how many of a kind in a row."""
        return self.world.scale.pairs, self.world.scale.seconds, 1

    def prepare(self):
        """Before the quiet slices."""

    def begin(self):
        """Before the busy slices."""

    def goes_on(self):
        """Whether it is still under way, so that one more busy slice would be one."""
        return True

    def end(self):
        """After the busy slices."""


class Snapshot(Activity):
    """A snapshot is written."""

    name, what = 'snapshot', 'a snapshot of 1000000 destinations is written'

    def set_up(self, *things):
        super().set_up(*things)
        self.new = 0
        self.begin()
        if self.snapshots.wait_for_another(self.was):
            self.big.unpin_helpers()
            return True
        for row in self.rows:
            row.lacks('daned has written no snapshot while it ran')
        return False

    def pairs(self):
        # A snapshot of a million is longer than many slices.
        return self.world.scale.pairs, self.world.scale.seconds, self.world.scale.in_a_snapshot

    def begin(self):
        # One without a change since the last would be left out.
        self.new += 1
        if ask(self.big.socket, 'd%d.bench.example' % (NEW_FROM + self.new)) != REPLY:
            raise Failed('a new destination is not answered')
        self.was = self.snapshots.identity()
        self.shim.fire()

    def goes_on(self):
        return self.snapshots.identity() == self.was

    def end(self):
        if not self.snapshots.wait_for_another(self.was):
            raise Failed('there was no snapshot')


class Growth(Activity):
    """New destinations come in."""

    name, what = 'new', '%d new destinations a second come in' % NEW_A_SECOND

    def set_up(self, *things):
        super().set_up(*things)
        self.other = self.world.load()
        self.other.target(self.big, CONNECTIONS)
        self.other.names(self.big, 'd%.bench.example', 2 * NEW_FROM, 1 << 40)
        return True

    def begin(self):
        self.thread = threading.Thread(target=self.other.paced, args=(
            self.big, NEW_A_SECOND, self.world.scale.seconds))
        self.thread.start()

    def end(self):
        self.thread.join()


class Dump(Activity):
    """A dump streams, over and over."""

    name, what = 'dump', 'a dump streams'

    def begin(self):
        self.over = False
        self.octets = 0
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        while not self.over:
            with connect(self.big.control) as sock:
                sock.sendall(b'dump\n')
                while not self.over and (part := sock.recv(1 << 18)):
                    self.octets += len(part)

    def end(self):
        self.over = True
        self.thread.join()
        if self.octets == 0:
            raise Failed('the dump has not begun')


class Expiry(Activity):
    """Thousands of entries expire within one second."""

    name, what = 'expiry', '100000 entries expire within a second'

    def set_up(self, *things):
        super().set_up(*things)
        self.next = 0
        self.a_second = 2000.0
        self.moment = 0
        return True

    def pairs(self):
        return self.world.scale.expiries, 1.0, 1

    def prepare(self):
        """Asks for entries that expire together, if the last ones have."""
        count = self.world.scale.expiring
        # Anew, if they came so slowly that the first expired before the last was there.
        while self.moment < time.time() + 2:
            began = time.time()
            self.moment = int(began + count / self.a_second * 1.3) + 4
            self.load.names(self.big, 'x%%-%d.bench.example' % self.moment, self.next, count)
            self.load.closed(self.big, requests=count)
            self.next += count
            self.a_second = count / (time.time() - began)
        self.load.names(self.big, HOT)

    def begin(self):
        time.sleep(max(0.0, self.moment - time.time()))


ACTIVITIES = (Snapshot(), Growth(), Dump(), Expiry())


def _measure(activity, world, load, big, shim, snapshots):
    """Measures one activity, and fills its two rows."""
    load.target(big, CONNECTIONS)
    if not activity.set_up(world, load, big, shim, snapshots):
        return
    pairs, seconds, in_a_row = activity.pairs()
    quiet, busy = [], []
    longest = {'quiet': 0.0, 'busy': 0.0}

    # The quiet slices go first in each pair, so that what a busy one leaves behind is over.
    while len(busy) < pairs:
        activity.prepare()
        shim.start()
        calm = [load.paced(big, RATE, seconds) for _ in range(in_a_row)]
        longest['quiet'] = max(longest['quiet'], shim.stop()[0])
        shim.start()
        activity.begin()
        try:
            wild = [load.paced(big, RATE, seconds) for _ in calm if activity.goes_on()]
        finally:
            activity.end()
        longest['busy'] = max(longest['busy'], shim.stop()[0])
        quiet += calm[:len(wild)]
        busy += wild
    results = list(zip(busy, quiet))
    activity.p999.put(ratios(results, lambda slice_: slice_['p999_ns']), microseconds=(
        '%.0f : %.0f' % tuple(value / 1000 for value in median_of(
            results, lambda slice_: slice_['p999_ns']))))
    activity.longest.put(longest['busy'], quiet='%.3f ms' % longest['quiet'])


def run_activities(world, big, shim, snapshots):
    """Measures all activities; one that cannot be measured does not take the others with it."""
    load = world.load()
    try:
        # It runs when it wants to, so that it measures daned and not the scheduler.
        os.sched_setscheduler(load.pid, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    for activity in ACTIVITIES:
        try:
            _measure(activity, world, load, big, shim, snapshots)
        except Failed as error:
            big.must_live()
            for row in activity.rows:
                if not row.is_done:
                    row.lacks(str(error))
    load.drop(big)
