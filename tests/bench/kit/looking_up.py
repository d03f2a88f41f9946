# SPDX-License-Identifier: GPL-3.0-or-later
"""looking_up.py - the rows of cold destinations: daned against getdns alone."""
import json
import subprocess

from kit import machine
from kit.rows import Row, cpu_us, interleave, median_of, per_second, ratios
from kit.servers import Daned, Failed, StandIn

IN_FLIGHT = 50
HOSTS = 100
KINDS = {
    'known': (Row('cold-known', 'cold destinations a second against bare getdns, the MX host known: '
                  '1 question each', 'at least', 0.9), 'd%.bench.example', 1),
    'new': (Row('cold-new', 'cold destinations a second against bare getdns, the MX host new: '
                '4 questions each', 'at least', 0.9), 'u%.bench.example', 4),
}


def bare(world, stand_in, kind):
    """One slice of getdns alone."""
    done = subprocess.run(
        [world.program('bench_bare_getdns'), str(stand_in.port),
         str(round(world.scale.seconds * 1000)), str(IN_FLIGHT), kind, '0'],
        capture_output=True, text=True, check=False, preexec_fn=machine.pin(machine.SERVER_CPUS))
    if done.returncode != 0:
        raise Failed('bare getdns: ' + done.stderr)
    return json.loads(done.stdout)


def cold(world, kind):
    """Destinations that nobody has asked for before."""
    row, pattern, questions = KINDS[kind]
    stand_in = StandIn(world, HOSTS)
    daned = Daned(world, 'daned', stand_in)
    load = world.load()
    load.target(daned, IN_FLIGHT)
    load.names(daned, 'd%.bench.example', 0, HOSTS)
    load.closed(daned, requests=HOSTS)  # every shared host is known now
    load.names(daned, pattern, HOSTS, 1 << 40)
    asked = daned.questions_asked()
    results = interleave(world.scale.pairs, lambda: load.closed(daned, world.scale.seconds),
                         lambda: bare(world, stand_in, kind))
    each = (daned.questions_asked() - asked) / sum(one['requests'] for one, _ in results)
    if abs(each - questions) > 0.01 * questions:
        raise Failed('daned asks %.3f questions for a destination, not %d' % (each, questions))
    row.put(ratios(results, per_second), a_second='%.0f : %.0f' % median_of(results, per_second),
            CPU_microseconds='%.1f : %.1f' % median_of(results, cpu_us))


GROUPS = tuple(((KINDS[kind][0],), lambda world, kind=kind: cold(world, kind)) for kind in KINDS)
