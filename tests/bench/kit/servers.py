# SPDX-License-Identifier: GPL-3.0-or-later
"""servers.py - the processes of the benchmark: daned, its references, the stand-in, the load."""
import json
import os
import re
import resource
import signal
import socket
import subprocess
import time

from kit import machine

READY_SECONDS = 30
REPLY = 'OK dane-only'
HOT = 'd7.bench.example'

CONFIGURATION = """\
user = ""
resolver {{
    address = {{"127.0.0.1@{port}"}}
    self-test = {{"bench.example"}}
    self-test-bogus = {{"bogus.bench.example"}}
}}
cache {{ size = {size}  file = "{file}"  save-interval = 1d }}
policy {{ destinations = "" }}
listen "postfix" {{ protocol = socketmap  address = "unix:{socket}"  mode = 0600 }}
log {{ level = {level} }}
"""
CONTROL = 'listen "control" {{ protocol = control  address = "unix:{control}"  mode = 0600 }}\n'


class Failed(Exception):
    """Something was not as it has to be for a measurement to mean anything."""


def wait_for(condition, what, seconds=READY_SECONDS, step=0.005):
    """Polls until condition() is true; gives its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed('%s: not within %d s' % (what, seconds))
        time.sleep(step)


def _prepare(cpus):
    """What a child process does first: room for its connections, and its place."""
    def apply():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        machine.pin(cpus)()
    return apply


class Server:
    """A child process that belongs to the world and ends with it."""

    def __init__(self, world, name, command, cpus, environment=None, pipes=False):
        self.world = world
        self.name = name
        self.log = os.path.join(world.directory, name + '.log')
        pipe = subprocess.PIPE if pipes else None
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                command, stdin=pipe or subprocess.DEVNULL, stdout=pipe or log, stderr=log,
                text=pipes or None, preexec_fn=_prepare(cpus),
                env={**os.environ, **(environment or {})})
        world.servers.append(self)

    @property
    def pid(self):
        """The process's number."""
        return self.process.pid

    def anonymous_bytes(self):
        """Gives the anonymous memory that is resident: RssAnon."""
        with open('/proc/%d/status' % self.pid, encoding='ascii') as file:
            return int(re.search(r'^RssAnon:\s*(\d+) kB', file.read(), re.MULTILINE).group(1)) * 1024

    def cpu_seconds(self):
        """Gives the CPU time that it has used, all of its threads."""
        return time.clock_gettime(~self.pid << 3 | 2)  # as clock_getcpuclockid(3) makes it

    def unpin_helpers(self):
        """Lets its threads run anywhere but the first, as they would where there are more cores."""
        for thread in map(int, os.listdir('/proc/%d/task' % self.pid)):
            if thread != self.pid and machine.SERVER_CPUS:
                os.sched_setaffinity(thread, machine.SERVER_CPUS | machine.LOAD_CPUS)

    def stop(self, number=signal.SIGKILL, seconds=60):
        """Ends it; gives its exit status."""
        if self.process.poll() is None:
            if number == signal.SIGKILL:
                self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
        status = self.process.wait(seconds)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        if self in self.world.servers:
            self.world.servers.remove(self)
        return status

    def must_live(self):
        """Raises if the process has ended."""
        if self.process.poll() is not None:
            with open(self.log, encoding='utf-8', errors='replace') as log:
                raise Failed('%s ended with %s: %s' % (self.name, self.process.returncode,
                                                       log.read()[-300:]))


class StandIn(Server):
    """The stand-in for the resolver; knows as many names as there are numbers."""

    def __init__(self, world, hosts, ttl_s=86400):
        super().__init__(world, 'stand-in', [world.program('bench_stand_in'), str(hosts), str(ttl_s)],
                         machine.LOAD_CPUS, pipes=True)
        line = self.process.stdout.readline()
        if not line:
            self.must_live()
        self.port = int(line)


def connect(path):
    """Connects to a unix socket; gives the socket, or None if nobody listens yet."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(path)
        return sock
    except OSError:
        sock.close()
        return None


def ask(path, key):
    """Asks a socketmap server once; gives the reply's payload, or None if it does not listen."""
    sock = connect(path)
    if sock is None:
        return None
    with sock:
        payload = 'dane ' + key
        sock.sendall(('%d:%s,' % (len(payload), payload)).encode())
        return sock.recv(4096).decode().partition(':')[2].rstrip(',')


class Daned(Server):
    """daned, ready to be asked: it listens, and its resolver has passed the self-test."""

    def __init__(self, world, name, stand_in, size='1G', file='', level='info', environment=None,
                 ready=True, control=True):
        self.socket = os.path.join(world.directory, name + '.sock')
        self.control = os.path.join(world.directory, name + '.ctl')
        self.file = file
        configuration = os.path.join(world.directory, name + '.conf')
        with open(configuration, 'w', encoding='utf-8') as out:
            # Without its share for control, one listener may have all the connections.
            out.write((CONFIGURATION + (CONTROL if control else '')).format(
                port=stand_in.port, size=size, file=file, level=level, socket=self.socket,
                control=self.control))
        super().__init__(world, name, [world.daned, '-c', configuration], machine.SERVER_CPUS,
                         environment)
        if ready:
            self.wait_ready()

    def wait_ready(self):
        """Waits for the first right answer to a question that it has to look up."""
        def answers():
            self.must_live()
            return ask(self.socket, HOT) == REPLY
        wait_for(answers, self.name + ' answers')

    def control_json(self, command):
        """Gives what a command of the control socket replies."""
        sock = connect(self.control)
        if sock is None:
            raise Failed(self.name + ' has no control socket')
        with sock:
            sock.sendall((command + ' json\n').encode())
            data = b''
            while part := sock.recv(1 << 20):
                data += part
        return json.loads(data)

    def questions_asked(self):
        """Gives how many questions it has asked its resolver so far."""
        def total(tree):
            return sum(map(total, tree.values())) if isinstance(tree, dict) else tree
        return total(self.control_json('stats')['dns_queries_total'])


class Echo(Server):
    """The floor: a libuv program that answers a constant; confined: behind daned's own filter."""

    def __init__(self, world, name, confined=False, environment=None):
        self.socket = os.path.join(world.directory, name + '.sock')
        super().__init__(world, name, [world.program('bench_echo'), self.socket, REPLY]
                         + ['confined'] * confined, machine.SERVER_CPUS, environment)
        wait_for(lambda: ask(self.socket, HOT) == REPLY, name + ' answers')


class Redis(Server):
    """Debian's redis-server on a unix socket, keeping nothing, with one key."""

    def __init__(self, world):
        self.socket = os.path.join(world.directory, 'redis.sock')
        super().__init__(world, 'redis', [
            'redis-server', '--port', '0', '--unixsocket', self.socket, '--save', '',
            '--appendonly', 'no', '--daemonize', 'no', '--dir', world.directory],
            machine.SERVER_CPUS)
        wait_for(self._set, 'redis answers')

    def _set(self):
        self.must_live()
        sock = connect(self.socket)
        if sock is None:
            return False
        with sock:
            sock.sendall(b'SET %s "%s"\r\n' % (HOT.encode(), REPLY.encode()))
            return sock.recv(64) == b'+OK\r\n'


class Load(Server):
    """The load generator."""

    def __init__(self, world):
        super().__init__(world, 'load', [world.program('bench_load')], machine.LOAD_CPUS, pipes=True)
        self.targets = set()

    def command(self, *words):
        """Gives a command; gives what it replies."""
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.must_live()
        return json.loads(line)

    def target(self, server, connections, protocol='socketmap'):
        """Connects to a server."""
        if server.name in self.targets:
            self.command('drop', server.name)
        self.targets.add(server.name)
        self.command('target', server.name, protocol, server.socket, connections, server.pid, REPLY)
        self.names(server, HOT)

    def drop(self, server):
        """Disconnects from it."""
        self.targets.discard(server.name)
        self.command('drop', server.name)

    def names(self, server, pattern, first=0, count=1, mode='order', seed=1):
        """Says which names a server is asked for."""
        self.command('names', server.name, mode, pattern, first, count, seed)

    def _checked(self, server, *words):
        slice_ = self.command(*words)
        if slice_['wrong']:
            raise Failed('%s gave %d wrong replies of %d; see the first in the log'
                         % (server.name, slice_['wrong'], slice_['requests']))
        return slice_

    def closed(self, server, seconds=0.0, requests=0):
        """A closed loop, for a time or a number of requests; gives the slice."""
        return self._checked(server, 'closed', server.name, round(seconds * 1000), requests)

    def paced(self, server, rate, seconds):
        """A fixed rate of arrivals; gives the slice."""
        return self._checked(server, 'paced', server.name, rate, round(seconds * 1000))
