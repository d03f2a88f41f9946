# SPDX-License-Identifier: GPL-3.0-or-later
"""world.py - the directory and the processes of one run, and how much it measures."""
import os
import shutil
import tempfile

from kit.servers import Failed, Load


class Scale:
    """How much is measured."""

    def __init__(self, quick):
        self.pairs = 4 if quick else 24
        self.seconds = 0.2 if quick else 0.5      # of a slice; a pair is two
        self.verify_seconds = 0.05 if quick else 0.25
        self.chains = 24 if quick else 256        # that are new, in a slice
        self.entries = 20_000 if quick else 1_000_000
        self.hosts = self.entries // 100          # MX hosts that they share
        self.expiring = 5_000 if quick else 100_000
        self.expiries = 1 if quick else 4
        self.snapshot_seconds = 10 if quick else 60  # in which one is there
        self.in_a_snapshot = 1 if quick else 4    # slices of load while one is written
        self.idle = 1_000 if quick else 10_000


class World:
    """Owns a directory and every process; used as a context, it leaves neither behind."""

    def __init__(self, daned, programs, scale):
        self.daned = daned
        self.programs = programs
        self.scale = scale
        self.servers = []
        self.directory = None

    def program(self, name):
        """Gives the path of a program of the benchmark."""
        path = os.path.join(self.programs, name)
        if not os.access(path, os.X_OK):
            raise Failed('%s is not built' % path)
        return path

    def load(self):
        """Gives a load generator."""
        return Load(self)

    def stop_all(self):
        """Ends every process, the last one first."""
        for server in list(reversed(self.servers)):
            server.stop()

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix='daned-bench.')
        return self

    def __exit__(self, *ignored):
        self.stop_all()
        shutil.rmtree(self.directory, ignore_errors=True)
