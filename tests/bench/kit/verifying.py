# SPDX-License-Identifier: GPL-3.0-or-later
"""verifying.py - the rows of VERIFY: the core's chain_verify() against OpenSSL."""
import json
import subprocess

from kit import machine
from kit.rows import Row, median_of, ratios
from kit.servers import Failed

CASES = {
    '3-1-1': Row('verify-3-1-1', '3 1 1 on the leaf of three RSA-2048, against OpenSSL: CPU',
                 'at most', 0.02),
    'rsa': Row('verify-rsa', '2 1 1 of three RSA-2048, new certificates: CPU', 'at most', 0.25),
    'p256-seen': Row('verify-p256-seen', '2 1 1 of three P-256, the same chain again: CPU',
                     'at most', 0.5),
    'p256-renewed': Row('verify-p256-renewed', '2 1 1 of three P-256, new certificates of keys seen '
                        'before: CPU'),
    'p256-new': Row('verify-p256-new', '2 1 1 of three P-256, all keys different: CPU',
                    'at most', 1.5),
}


def cpu_us(side):
    """Microseconds of CPU for a chain."""
    return side['cpu_ns'] / side['count'] / 1000


def verify(world, case):
    """One case, both sides by turns in one process."""
    done = subprocess.run(
        [world.program('bench_verify'), case, str(world.scale.pairs),
         str(round(world.scale.verify_seconds * 1000)), str(world.scale.chains)],
        capture_output=True, text=True, check=False, preexec_fn=machine.pin(machine.SERVER_CPUS))
    if done.returncode != 0:
        raise Failed('bench_verify: ' + done.stderr)
    results = [(pair['ours'], pair['openssl']) for pair in map(json.loads, done.stdout.splitlines())]
    CASES[case].put(ratios(results, cpu_us), microseconds='%.2f : %.2f' % median_of(results, cpu_us))


GROUPS = tuple(((CASES[case],), lambda world, case=case: verify(world, case)) for case in CASES)
