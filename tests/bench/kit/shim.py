# SPDX-License-Identifier: GPL-3.0-or-later
"""shim.py - the runner's side of loop_shim.c: the longest iteration of a daned's loop."""
import mmap
import os
import struct

SIZE = 4096
MEASURING, RESET, FIRE, LONGEST_NS, ITERATIONS, FIRED = 0, 1, 2, 5, 6, 7  # places, of 8 octets


class Shim:
    """One file that a daned with the shim and the runner both map."""

    def __init__(self, world, name):
        path = os.path.join(world.directory, name + '.shim')
        with open(path, 'w+b') as file:
            file.truncate(SIZE)
            self._shared = mmap.mmap(file.fileno(), SIZE)
        self.environment = {'LD_PRELOAD': world.program('loop_shim.so'), 'BENCH_SHIM_FILE': path}

    def _get(self, place):
        return struct.unpack_from('=Q', self._shared, place * 8)[0]

    def _set(self, place, value):
        struct.pack_into('=Q', self._shared, place * 8, value)

    def start(self):
        """Begins to measure anew."""
        self._set(RESET, self._get(RESET) + 1)
        self._set(MEASURING, 1)

    def stop(self):
        """Stops to measure; gives (the longest iteration in milliseconds, their number)."""
        self._set(MEASURING, 0)
        return self._get(LONGEST_NS) / 1e6, self._get(ITERATIONS)

    def fire(self):
        """Lets the timers fire that were started for minutes: what daned does now and then."""
        self._set(FIRE, self._get(FIRE) + 1)

    def fired(self):
        """Gives how many timers have been made to fire."""
        return self._get(FIRED)
