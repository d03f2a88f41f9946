# SPDX-License-Identifier: GPL-3.0-or-later
"""million.py - the rows of a cache with a million destinations: filled once, then asked."""
import os
import shutil
import signal
import statistics
import time

from kit import serving
from kit.busy import ACTIVITIES, run_activities
from kit.rows import Row
from kit.servers import REPLY, Daned, Echo, Failed, StandIn, ask, wait_for
from kit.shim import Shim

CPU = Row('million-cpu', '1000000 destinations cached, random keys, against echo, 50 connections: CPU '
          'a request', 'at most', 1.3)
AGAINST_FEW = Row('million-thousand-cpu', '1000000 entries against 1000, random keys: CPU a request',
                  'at most', 1.15)
GROWTH = Row('loop-growth', 'longest loop iteration while the table grows to 1000000 destinations '
             '(thread CPU)', 'at most', 2, 'ms')
NOISE = Row('noise-loop', 'longest loop iteration of an echo for as long (thread CPU): what the machine adds', unit='ms')
MEMORY = Row('memory-entry', 'anonymous memory for a cached destination, 1000000 over 10000 MX hosts',
             'at most', 256, 'octets')
START = Row('start', 'start with a snapshot of 1000000 destinations until the first answer',
            'at most', 2, 's')
LINEAR = Row('start-linear', 'start with 1000000 destinations against 4 starts with 250000: CPU',
             'at most', 1.25)

PATTERN = 'd%.bench.example'
FEW = 1000
FILLERS = 16  # connections that fill the cache: as many as may pile up in one iteration


class Snapshots:
    """The file of a daned's cache, and copies of it."""

    def __init__(self, path, seconds):
        self.path = path
        self.seconds = seconds
        self.come = True  # until one is waited for in vain

    def identity(self):
        """Changes whenever the file is replaced; None while there is none."""
        try:
            found = os.stat(self.path)
            return found.st_ino, found.st_mtime_ns, found.st_size
        except FileNotFoundError:
            return None

    def wait_for_another(self, before):
        """Waits until the file is another one than before; gives whether it became one."""
        try:
            return self.come and wait_for(lambda: self.identity() not in (None, before),
                                          'a snapshot', self.seconds)
        except Failed:
            self.come = False
            return False

    def copy_to(self, name):
        """Keeps a copy; gives its path."""
        kept = os.path.join(os.path.dirname(self.path), name)
        shutil.copy2(self.path, kept)
        return kept


def fill(world, load, big, shim, snapshots):
    """Fills the cache; fills the rows about that. Gives the path of a snapshot of a quarter."""
    quarter = None
    entries = world.scale.entries
    load.target(big, FILLERS)
    before = big.anonymous_bytes()
    longest = []
    began = time.monotonic()
    for first, last in ((0, entries // 4), (entries // 4, entries)):
        load.names(big, PATTERN, first, last - first)
        shim.start()
        load.closed(big, requests=last - first)
        longest.append(shim.stop()[0])
        if first == 0:
            was = snapshots.identity()
            shim.fire()
            if snapshots.wait_for_another(was):
                quarter = snapshots.copy_to('quarter')
    took = time.monotonic() - began
    GROWTH.put(max(longest), entries=entries)
    MEMORY.put((big.anonymous_bytes() - before) / entries,
               in_all='%.0f MiB' % (big.anonymous_bytes() / 2 ** 20))
    load.drop(big)
    noise_of_the_machine(world, load, took)
    return quarter


def noise_of_the_machine(world, load, seconds):
    """What a loop that does next to nothing takes at its longest: the machine's own doing."""
    shim = Shim(world, 'noise')
    echo = Echo(world, 'noise', environment=shim.environment)
    load.target(echo, FILLERS)
    shim.start()
    load.closed(echo, seconds=seconds)
    NOISE.put(shim.stop()[0], seconds='%.0f' % seconds)
    load.drop(echo)
    echo.stop()


def ask_at_random(world, load, big, small):
    """Random keys of a million, against the echo and against a thousand."""
    echo = Echo(world, 'echo')
    for server, count in ((big, world.scale.entries), (small, FEW)):
        load.target(server, 50)
        load.names(server, PATTERN, 0, count, 'random')
    load.target(echo, 50)
    load.names(echo, PATTERN, 0, world.scale.entries, 'random')
    asked = big.questions_asked()
    serving.compare(world, load, big, echo, CPU)
    serving.compare(world, load, big, small, AGAINST_FEW)
    # The self-test may have run, but no entry may have been missing.
    if big.questions_asked() - asked > 10:
        raise Failed('not all destinations were in the cache')


def time_start(world, stand_in, name, path):
    """Starts a daned on a copy of a snapshot; gives the seconds, and those of CPU time, to its first
    right answer.

    The resolver is silent meanwhile, so that the answer can only come from the snapshot.
    """
    file = os.path.join(world.directory, name + '.cache')
    shutil.copy2(path, file)
    os.kill(stand_in.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        daned = Daned(world, name, stand_in, level='warning', file=file, ready=False)

        def answers():
            daned.must_live()
            return ask(daned.socket, 'd%d.bench.example' % (world.scale.entries // 5)) == REPLY
        wait_for(answers, 'an answer from the snapshot', step=0.001)
        took = time.monotonic() - began, daned.cpu_seconds()
        daned.stop()
    finally:
        os.kill(stand_in.pid, signal.SIGCONT)
    os.unlink(file)
    return took


def start_again(world, stand_in, whole, quarter):
    """The rows about a start with a snapshot."""
    times = [(time_start(world, stand_in, 'start-whole-%d' % number, whole),
              time_start(world, stand_in, 'start-quarter-%d' % number, quarter) if quarter else None)
             for number in range(3)]
    START.put([one[0] for one, _ in times], file='%.0f MiB' % (os.path.getsize(whole) / 2 ** 20),
              CPU_seconds='%.2f' % statistics.median(one[1] for one, _ in times))
    if quarter:
        LINEAR.put([one[1] / (4 * other[1]) for one, other in times])


def million(world):
    """Everything that needs a full cache."""
    stand_in = StandIn(world, world.scale.hosts)
    load = world.load()
    shim = Shim(world, 'big')
    snapshots = Snapshots(os.path.join(world.directory, 'cache'), world.scale.snapshot_seconds)
    big = Daned(world, 'big', stand_in, level='warning', file=snapshots.path,
                environment=shim.environment)
    quarter = fill(world, load, big, shim, snapshots)

    small = Daned(world, 'small', stand_in, level='warning',
                  environment=Shim(world, 'small').environment)
    load.target(small, FILLERS)
    load.names(small, PATTERN, 0, FEW)
    load.closed(small, requests=FEW)
    ask_at_random(world, load, big, small)
    load.drop(big)
    load.drop(small)
    small.stop()

    run_activities(world, big, shim, snapshots)
    was = snapshots.identity()
    big.stop(signal.SIGTERM)
    if snapshots.identity() in (None, was):
        START.lacks('daned has written no snapshot at TERM')
    else:
        start_again(world, stand_in, snapshots.path, quarter)
    if not LINEAR.is_done:
        LINEAR.lacks('daned has written no snapshot while it ran')


GROUPS = (((CPU, AGAINST_FEW, GROWTH, NOISE, MEMORY, START, LINEAR)
           + tuple(row for activity in ACTIVITIES for row in activity.rows), million),)
