# SPDX-License-Identifier: GPL-3.0-or-later
"""machine.py - what the benchmark runs on, and which processor each process gets."""
import datetime
import os
import platform
import re
import subprocess

PACKAGES = ('libuv1', 'libgetdns10', 'libwolfssl35', 'libssl3', 'redis-server', 'libc6')


def _processors():
    """Gives (the load's, the server's): sets of processors, or None twice if there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        return None, None
    return {usable[0]}, {usable[-1]}


LOAD_CPUS, SERVER_CPUS = _processors()


def pin(cpus):
    """Gives a function for a child process that keeps it on those processors; None is any."""
    def apply():
        if cpus:
            os.sched_setaffinity(0, cpus)
    return apply


def _first_match(path, pattern, otherwise):
    try:
        with open(path, encoding='utf-8') as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
            return found.group(1).strip() if found else otherwise
    except OSError:
        return otherwise


def _package(name):
    done = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', name], capture_output=True,
                          text=True, check=False)
    return done.stdout if done.returncode == 0 and done.stdout else None


def describe(daned):
    """Gives what the results depend on, as an ordered dictionary of texts."""
    version = subprocess.run([daned, '-V'], capture_output=True, text=True, check=False).stdout
    memory_kib = int(_first_match('/proc/meminfo', r'^MemTotal: *(\d+)', '0'))
    versions = [name + ' ' + text for name in PACKAGES for text in [_package(name)] if text]
    return {
        'date': datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M UTC'),
        'processor': '%d x %s' % (len(os.sched_getaffinity(0)),
                                  _first_match('/proc/cpuinfo', r'^model name\s*: (.*)$', 'unknown')),
        'memory': '%.1f GiB' % (memory_kib / 1048576),
        'system': '%s, Linux %s' % (_first_match('/etc/os-release', r'^PRETTY_NAME="(.*)"', 'unknown'),
                                    platform.release()),
        'daned': ' '.join(version.split()[:2]),
        'compiler': os.environ.get('BENCH_COMPILER', 'unknown'),
        'versions': ', '.join(versions),
        'other load at the start': '%.2f (one minute)' % os.getloadavg()[0],
    }
