# SPDX-License-Identifier: GPL-3.0-or-later
"""serving.py - the rows of a hot destination: daned against the echo and against redis."""
from kit.rows import Row, cpu_us, interleave, median_of, per_second, ratios
from kit.servers import Daned, Echo, Redis, StandIn

NOISE_CPU = Row('noise-cpu', 'echo against another echo, 50 connections: CPU a request')
NOISE_RATE = Row('noise-throughput', 'echo against another echo, 50 connections: throughput')
HOT = {
    connections: (
        Row('hot-%d-cpu' % connections,
            'hot destination against echo, %d connections: CPU a request' % connections,
            'at most', 1.10),
        Row('hot-%d-throughput' % connections,
            'hot destination against echo, %d connections: throughput' % connections,
            'at least', 0.9))
    for connections in (50, 500)}
CONFINED_CPU = Row('confined-cpu',
                   'hot destination against an echo with threads and filter as daned has: CPU a request')
CONFINED_RATE = Row('confined-throughput', 'the same: throughput')
REDIS_RATE = Row('redis-throughput', 'hot destination against redis GET, 50 connections: throughput',
                 'at least', 1.1)
REDIS_CPU = Row('redis-cpu', 'hot destination against redis GET, 50 connections: CPU a request')


def compare(world, load, one, two, cpu_row, rate_row=None):
    """Loads two servers in turns, and fills their rows. Both are targets already."""
    def slice_of(server):
        return lambda: load.closed(server, world.scale.seconds)
    interleave(1, slice_of(one), slice_of(two))
    results = interleave(world.scale.pairs, slice_of(one), slice_of(two))
    cpu = median_of(results, cpu_us)
    rate = median_of(results, per_second)
    own = median_of(results, lambda slice_: slice_['own_cpu_ns'] / slice_['requests'] / 1000)
    cpu_row.put(ratios(results, cpu_us), microseconds='%.2f : %.2f' % cpu,
                load_generator='%.2f : %.2f' % own)
    if rate_row:
        rate_row.put(ratios(results, per_second), a_second='%.0f : %.0f' % rate)


def against_itself(world):
    """The noise of the machine: what a ratio of two equal servers looks like."""
    load = world.load()
    first, second = Echo(world, 'echo'), Echo(world, 'echo-again')
    for server in (first, second):
        load.target(server, 50)
    compare(world, load, first, second, NOISE_CPU, NOISE_RATE)


def hot(world, connections):
    """A hot destination against the echo."""
    load = world.load()
    daned = Daned(world, 'daned', StandIn(world, 1))
    echo = Echo(world, 'echo')
    for server in (daned, echo):
        load.target(server, connections)
    compare(world, load, daned, echo, *HOT[connections])


def confined(world):
    """A hot destination against an echo that pays for the same confinement."""
    load = world.load()
    daned = Daned(world, 'daned', StandIn(world, 1))
    echo = Echo(world, 'echo', confined=True)
    for server in (daned, echo):
        load.target(server, 50)
    compare(world, load, daned, echo, CONFINED_CPU, CONFINED_RATE)


def against_redis(world):
    """A hot destination against redis."""
    load = world.load()
    daned = Daned(world, 'daned', StandIn(world, 1))
    redis = Redis(world)
    load.target(daned, 50)
    load.target(redis, 50, 'redis')
    compare(world, load, daned, redis, REDIS_CPU, REDIS_RATE)


GROUPS = (
    ((NOISE_CPU, NOISE_RATE), against_itself),
    (HOT[50], lambda world: hot(world, 50)),
    (HOT[500], lambda world: hot(world, 500)),
    ((CONFINED_CPU, CONFINED_RATE), confined),
    ((REDIS_RATE, REDIS_CPU), against_redis),
)
