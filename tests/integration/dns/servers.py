# SPDX-License-Identifier: GPL-3.0-or-later
"""servers.py - nsds with the world's zones, and in front of one two unbounds, all on loopback.

validating: what daned is meant to be given. plain: an unbound that resolves and never validates.
Each runs from its own configuration file in the given directory, at a port that was free, and is
stopped by its pid file. A port that another program took in the meantime is simply tried anew.
"""
import os
import random
import signal
import socket
import subprocess
import time

from harness.waiting import wait_for

ATTEMPTS = 5
STOP_SECONDS = 10
START_SECONDS = 20

NSD = """\
server:
  ip-address: {address}@{port}
  username: ""
  chroot: ""
  zonesdir: "{directory}/zones"
  database: ""
  pidfile: "{directory}/{name}.pid"
  xfrdfile: "{directory}/{name}.xfrd.state"
  zonelistfile: "{directory}/{name}.zone.list"
  xfrdir: "{directory}"
  logfile: "{directory}/{name}.log"
  server-count: 1
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  do-ip6: no
  tcp-count: 200
remote-control:
  control-enable: no
"""

# qname-minimisation off: behind one nsd with every zone, it sees delegations that are not there.
# prefetch off and no serve-expired, so that a TTL is what the zone says.
UNBOUND = """\
server:
  interface: 127.0.0.1
  port: {port}
  username: ""
  chroot: ""
  directory: "{directory}"
  pidfile: "{directory}/{name}.pid"
  logfile: "{directory}/{name}.log"
  use-syslog: no
  verbosity: 1
  do-ip6: no
  do-not-query-localhost: no
  module-config: "{modules}"
  num-threads: 1
  so-reuseport: no
  outgoing-range: 1024
  num-queries-per-thread: 1024
  incoming-num-tcp: 200
  qname-minimisation: no
  rrset-roundrobin: no
  aggressive-nsec: no
  ede: yes
{more}
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
"""


# What this process has started: it can be stopped even if its directory has gone.
_started = {}


def free_port():
    """Gives a port of 127.0.0.1 that is free for both TCP and UDP at this moment.

    Below those that the kernel gives to whoever asks for any: a server that is started again later
    must find it free.
    """
    with open('/proc/sys/net/ipv4/ip_local_port_range', encoding='ascii') as file:
        first_given = int(file.read().split()[0])
    while True:
        port = random.randrange(*((10000, first_given) if first_given > 20000 else (61000, 65536)))
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as sock:
                    sock.bind(('127.0.0.1', port))
            return port
        except OSError:
            continue


def _write(path, text):
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)


def _start_daemon(directory, name, program, make_configuration, port=None, address='127.0.0.1'):
    """Starts program, which goes into the background by itself; gives its port."""
    configuration = os.path.join(directory, name + '.conf')
    for _ in range(ATTEMPTS if port is None else 1):
        chosen = port or free_port()
        _write(configuration, make_configuration(chosen))
        done = subprocess.run([program, '-c', configuration], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              timeout=START_SECONDS, check=False)
        if done.returncode == 0 and _answers(address, chosen):
            _started[directory, name] = wait_for(lambda: _read_pid(directory, name))
            return chosen
    raise SystemExit('%s did not start: %s (see %s.log)'
                     % (program, done.stderr.strip(), os.path.join(directory, name)))


def _answers(address, port):
    """Waits until something accepts TCP connections at the port; gives whether it ever did."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection((address, port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def read_zones(directory):
    """Gives the zones of zones.list: name to the name of its file."""
    with open(os.path.join(directory, 'zones.list'), encoding='ascii') as file:
        return dict(line.split() for line in file)


def start_nsd(directory, name='nsd', address='127.0.0.1', port=None, zones=None):
    """Starts an nsd with some zones, all unless given, at a given port if one is; gives its port."""
    text = ''.join('zone:\n  name: "%s"\n  zonefile: "%s"\n' % zone
                   for zone in (zones or read_zones(directory)).items())
    return _start_daemon(directory, name, '/usr/sbin/nsd', lambda chosen: NSD.format(
        address=address, port=chosen, directory=directory, name=name) + text, port, address)


def start_unbound(directory, name, upstream, validating, port=None):
    """Starts an unbound, at a given port if one is given; gives its port."""
    modules = 'validator iterator' if validating else 'iterator'
    more = '  trust-anchor-file: "%s/root.key"' % directory if validating else ''
    return _start_daemon(directory, name, '/usr/sbin/unbound', lambda chosen: UNBOUND.format(
        port=chosen, directory=directory, name=name, modules=modules, more=more,
        upstream=upstream), port)


def start(directory):
    """Starts the three; gives their ports by name."""
    nsd = start_nsd(directory)
    try:
        return {'nsd': nsd,
                'validating': start_unbound(directory, 'validating', nsd, True),
                'plain': start_unbound(directory, 'plain', nsd, False)}
    except BaseException:
        stop(directory)
        raise


def _read_pid(directory, name):
    try:
        with open(os.path.join(directory, name + '.pid'), encoding='ascii') as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def stop_one(directory, name):
    """Stops the server of that name if it runs, and waits for its end."""
    path = os.path.join(directory, name + '.pid')
    pid = _started.pop((directory, name), None) or _read_pid(directory, name)
    if pid is None:
        return
    end = time.monotonic() + STOP_SECONDS
    wanted = signal.SIGTERM
    # The number may belong to another process by now: only one started on this directory is ours.
    while _belongs(pid, directory):
        try:
            os.kill(pid, wanted)
        except ProcessLookupError:
            break
        wanted = 0 if time.monotonic() < end else signal.SIGKILL
        time.sleep(0.02)
    if os.path.exists(path):
        os.unlink(path)


def _belongs(pid, directory):
    try:
        with open('/proc/%d/cmdline' % pid, 'rb') as file:
            return directory.encode() in file.read()
    except OSError:
        return False


def stop(directory):
    """Stops every server of the directory."""
    names = {name for where, name in _started if where == directory}
    if os.path.isdir(directory):
        names |= {name[:-len('.pid')] for name in os.listdir(directory) if name.endswith('.pid')}
    for name in sorted(names):
        stop_one(directory, name)
