#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
cases.py - the life of the package, from its installation to its purge; runs inside the world only.

What is installed is used as it is: units, configuration, resolver. Only the root of DNS is another.
"""
import os
import re
import signal
import stat
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness.clients import ask_exim, ask_policy, ask_socketmap  # noqa: E402
from harness.report import Report  # noqa: E402
from harness.waiting import wait_for  # noqa: E402
from mta.cases import DEFERRED, NOT_VERIFIED, Receivers, TLS, wrong_fate  # noqa: E402
from systemd import machine  # noqa: E402
from systemd.machine import (EXIM, POSTFIX, POSTFIX_SOCKET, RECEIVERS, WORLD, active,  # noqa: E402
                             log_of, must, pid_of, process_status, prop, read, run, write)

EXPOSURE_MAX = 15  # tenths
SERVICES = ('daned.service', 'daned-resolver.service')
SOCKETS = ('daned-exim.socket', 'daned-control.socket', 'daned-metrics.socket',
           'daned-resolver.socket')
OWN_TEST = '/run/tree/packaging/debian/tests/ask'
DROP_IN = '/etc/systemd/system/daned.service.d/test.conf'
DESTINATIONS = '/etc/daned/destinations'


def differs(seen, wanted):
    """Says what was seen if it is not what was wanted."""
    return None if seen == wanted else repr(seen)


def installs(directory):
    """The package installs without a word of failure, beside a resolver that runs already."""
    said = must('dpkg', '-i', directory + '/daned.deb')
    if 'ailed' in said or 'rror' in said:
        return said
    return active('unbound.service', *SERVICES, *SOCKETS)


def says_ready():
    """The unit is up once a resolver has passed, and says so."""
    return differs(prop('daned.service', 'StatusText'), '1 of 1 resolvers validate')


def is_confined():
    """Of the rights of root nothing is left, nor can it be had back."""
    status = process_status(pid_of('daned.service'))
    uid = must('id', '-u', 'daned').strip()
    wanted = {'Uid': '\t'.join([uid] * 4), 'NoNewPrivs': '1', 'Seccomp': '2'}
    wanted.update({name: '0' * 16 for name in ('CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'CapInh')})
    return differs({name: status[name] for name in wanted}, wanted)


def exposure(unit):
    """systemd's own judgement of the unit."""
    status, said = run('systemd-analyze', 'security', '--no-pager',
                       '--threshold=%d' % EXPOSURE_MAX, unit)
    return None if status == 0 else said[-200:]


def verifies():
    """systemd has nothing to remark about the units."""
    status, said = run('systemd-analyze', 'verify', '--man=no', *SERVICES, *SOCKETS,
                       'daned-postfix.socket')
    return None if status == 0 and said == '' else said


def answers_exim():
    """Exim itself asks."""
    said = machine.exim_expands(r'${readsocket{inet:127.0.0.1:846}{POLICY good.example\n}{5s}{}{}}')
    return None if said.startswith('level=dane-required ') else said


def answers_prometheus():
    """The metrics are served."""
    return None if '\ndaned_resolver_validating 1\n' in machine.metrics() else machine.metrics()


def answers_danectl():
    """danectl finds the control socket, and daned the overrides."""
    write(DESTINATIONS, 'kept.example encrypt # of the operator\n', 'a')
    must('systemctl', 'reload', 'daned.service')
    said = must('danectl', 'explain', 'kept.example')
    return None if 'encrypt' in said and 'of the operator' in said else said


def reload_refused():
    """A configuration with a mistake fails the reload, and the old one stays."""
    write(DESTINATIONS + '.saved', read(DESTINATIONS))
    write(DESTINATIONS, 'nonsense\n', 'a')
    status, _ = run('systemctl', 'reload', 'daned.service')
    os.replace(DESTINATIONS + '.saved', DESTINATIONS)
    if status == 0:
        return 'the reload has not failed'
    if 'destinations:' not in log_of('daned.service'):
        return 'the reason is not in the journal: ' + log_of('daned.service')
    return differs(ask_policy(EXIM, 'kept.example')[0], 'encrypt')


def postfix_socket():
    """Directory and socket are Postfix's group's, and nobody else's."""
    directory = os.stat(os.path.dirname(POSTFIX_SOCKET))
    sock = os.stat(POSTFIX_SOCKET)
    group = int(must('getent', 'group', 'postfix').split(':')[2])
    return differs((oct(stat.S_IMODE(directory.st_mode)), directory.st_gid,
                    oct(stat.S_IMODE(sock.st_mode)), sock.st_gid),
                   ('0o2750', group, '0o660', group))


def own_socket():
    """With the socket unit disabled, daned opens the socket itself, in the rights that it has."""
    must('systemctl', 'disable', '--now', 'daned-postfix.socket')
    try:
        must('systemctl', 'restart', 'daned.service')
        wrong = postfix_socket() or differs(ask_socketmap(POSTFIX, 'dane', 'good.example'),
                                            'OK dane-only')
        owner = os.stat(POSTFIX_SOCKET).st_uid
    finally:
        must('systemctl', 'enable', 'daned-postfix.socket')
        must('systemctl', 'restart', 'daned.service')
    return wrong or differs(owner, int(must('id', '-u', 'daned'))) or \
        active('daned-postfix.socket') or postfix_socket()


def refuses_nobody(times, what):
    """While daned is replaced, every client gets its answer."""
    before = pid_of('daned.service')
    with machine.Crowd() as crowd:
        for _ in range(times):
            asked = crowd.asked
            wait_for(lambda: crowd.asked >= asked + 20)
            what()
        asked = crowd.asked
        wait_for(lambda: crowd.asked >= asked + 20)
    if pid_of('daned.service') == before:
        return 'it is the same process'
    return '%d of %d: %r' % (len(crowd.wrong), crowd.asked, crowd.wrong[:3]) if crowd.wrong else None


def is_replaced(number):
    """Behind a signal to the process, there is another one, and it answers."""
    before = pid_of('daned.service')
    if before == 0:
        return 'it does not run'
    os.kill(before, number)
    wait_for(lambda: pid_of('daned.service') not in (0, before)
             and active('daned.service') is None)
    return active('daned.service') or differs(ask_policy(EXIM, 'good.example')[0], 'dane-required')


def replaces_the_stuck():
    """Without a sign of life, it is ended and started anew."""
    write(DROP_IN, '[Service]\nWatchdogSec=1\nTimeoutAbortSec=1\n')
    must('systemctl', 'daemon-reload')
    must('systemctl', 'restart', 'daned.service')
    wrong = is_replaced(signal.SIGSTOP)
    os.unlink(DROP_IN)
    must('systemctl', 'daemon-reload')
    return wrong


def new_root_keys():
    """When the root keys change, the resolver is started anew."""
    before = pid_of('daned-resolver.service')
    must('dpkg-trigger', '--by-package=dns-root-data', '/usr/share/dns/root.key')
    must('dpkg', '--configure', '--pending')
    if pid_of('daned-resolver.service') in (0, before):
        return 'it is the same process'
    wait_for(lambda: prop('daned.service', 'StatusText').startswith('1 of'))
    return says_ready()


def kept_over_upgrade(inode):
    """The next version runs, on the same sockets, and what the operator has written is there."""
    if not read(DESTINATIONS).endswith('kept.example encrypt # of the operator\n'):
        return 'the overrides: ' + read(DESTINATIONS)
    if 'Version: 1:' not in must('dpkg', '-s', 'daned'):
        return 'it is not the new version'
    return differs(os.stat(POSTFIX_SOCKET).st_ino, inode)


def knows_the_boot():
    """Within one start of the machine, facts lose only the time that has passed, and no minute of doubt."""
    found = re.findall(r' facts loaded from the cache file \S+, saved ([0-9]+) s ago',
                       log_of('daned.service'))
    return None if found and int(found[-1]) < 60 else repr(log_of('daned.service'))


def passes_own_test():
    """What autopkgtest would run, with a systemd that runs daned or without."""
    status, said = run(OWN_TEST)
    return None if status == 0 else '%d: %s' % (status, said)


def runs_by_hand():
    """Without systemd: started by root, it gives up root, and confines itself."""
    must('systemctl', 'stop', *SERVICES[:1], *SOCKETS[:3], 'daned-postfix.socket')
    return passes_own_test()


def removed():
    """Nothing runs or listens, and what the operator may want again is kept."""
    must('dpkg', '-r', 'daned')
    if machine.processes_of('/usr/sbin/daned'):
        return 'daned runs'
    for unit in SERVICES + SOCKETS:
        if prop(unit, 'ActiveState') == 'active':
            return unit + ' is active'
    kept = (DESTINATIONS, '/etc/daned/daned.conf', '/var/lib/daned/cache')
    return differs([path for path in kept if not os.path.exists(path)], [])


def installed_again():
    """What was kept is used."""
    must('dpkg', '-i', WORLD + '/daned.deb')
    return active(*SERVICES, *SOCKETS, 'daned-postfix.socket') or \
        differs(ask_policy(EXIM, 'kept.example')[0], 'encrypt')


def purged():
    """All that is daned's is gone, and nothing that is somebody else's."""
    others = [os.path.join(top, name) for top in ('/var/spool/postfix', '/etc', '/var/lib')
              for name in os.listdir(top) if name != 'daned']
    must('dpkg', '--purge', 'daned')
    left = [path for path in ('/etc/daned', '/var/lib/daned', '/run/daned',
                              os.path.dirname(POSTFIX_SOCKET), '/usr/share/daned',
                              '/usr/share/doc/daned') if os.path.exists(path)]
    status, said = run('find', '/etc/systemd', '/var/lib/systemd', '-name', 'daned*')
    return differs((left, [path for path in others if not os.path.lexists(path)], status, said),
                   ([], [], 0, ''))


def answers_postfix(report, receivers):
    """Postfix comes later; chrooted as Debian runs it, it delivers where the key is right."""
    postfix = machine.InstalledPostfix()
    report.run('Postfix, installed later, finds a socket in its queue directory',
               lambda: active('daned-postfix.socket', *SERVICES) or postfix_socket())
    for recipient in ('a@good.example', 'a@wrong.example'):
        postfix.send(recipient)
    report.run('Postfix, chrooted, delivers to the right key', lambda: wrong_fate(
        receivers, postfix.outcome('a@good.example'), 'a@good.example', TLS, '127.0.2.1'))
    report.run('Postfix, chrooted, defers at the wrong key', lambda: wrong_fate(
        receivers, postfix.outcome('a@wrong.example'), 'a@wrong.example', DEFERRED, NOT_VERIFIED))


def run_all(report):
    """The cases in the order of a life."""
    machine.make_internet()
    machine.start_host_resolver()
    machine.install_exim()
    receivers = Receivers(WORLD, RECEIVERS)
    report.run('it installs, beside an unbound of the host', installs, WORLD)
    report.run('it is ready, with its own resolver, which recurses and validates', says_ready)
    report.run('units without a remark', verifies)
    for unit in SERVICES:
        report.run('%s is exposed by at most %s' % (unit, EXPOSURE_MAX / 10), exposure, unit)
    report.run('it runs without any privilege', is_confined)
    report.run('it answers Exim', answers_exim)
    report.run('it answers Prometheus', answers_prometheus)
    report.run('it answers danectl', answers_danectl)
    report.run('its own test passes', passes_own_test)
    report.run('a reload with a mistake fails', reload_refused)
    answers_postfix(report, receivers)
    report.run('without the socket unit, it opens the socket itself', own_socket)
    report.run('a restart refuses nobody',
               refuses_nobody, 5, lambda: must('systemctl', 'restart', 'daned.service'))
    report.run('killed, it comes back', is_replaced, signal.SIGKILL)
    report.run('stuck, it is replaced', replaces_the_stuck)
    report.run('new root keys are taken', new_root_keys)
    inode = os.stat(POSTFIX_SOCKET).st_ino
    upgrade = machine.make_upgrade()
    # From here on, nobody can know the answers but by the cache that was kept.
    machine.stop_name_server()
    report.run('an upgrade refuses nobody, and keeps the cache',
               refuses_nobody, 1, lambda: must('dpkg', '-i', upgrade))
    machine.start_name_server()
    report.run('an upgrade keeps what was written', kept_over_upgrade, inode)
    report.run('a restart costs no TTL a minute', knows_the_boot)
    report.run('it runs by hand', runs_by_hand)
    report.run('removed, it is gone', removed)
    report.run('installed again, it goes on', installed_again)
    report.run('purged, nothing of it is left', purged)
    if report.failed:
        print(run('journalctl', '--no-pager', '-n', '100', '-u', 'daned*')[1])


def main():
    """Gives the exit status."""
    report = Report()
    report.run_whole(run_all)
    return report.finish()


if __name__ == '__main__':
    sys.exit(main())
