# SPDX-License-Identifier: GPL-3.0-or-later
"""resting.py - the rows of a daned with nothing to do: its memory, and that of connections."""
from kit.rows import Row
from kit.servers import Daned, StandIn

EMPTY = Row('memory-empty', 'anonymous memory of an empty daemon', 'at most', 4, 'MiB')
IDLE = Row('idle-connection', 'anonymous memory of an idle connection, of 10000', 'at most', 4, 'KiB')


def resting(world):
    """An empty daemon, then thousands of connections that have asked once and are silent."""
    load = world.load()
    daned = Daned(world, 'daned', StandIn(world, 1), size='64M', control=False)
    empty = daned.anonymous_bytes()
    EMPTY.put(empty / 2 ** 20)
    load.target(daned, world.scale.idle)
    load.closed(daned, requests=world.scale.idle)
    IDLE.put((daned.anonymous_bytes() - empty) / world.scale.idle / 1024)


GROUPS = (((EMPTY, IDLE), resting),)
