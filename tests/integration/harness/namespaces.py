# SPDX-License-Identifier: GPL-3.0-or-later
"""namespaces.py - what the worlds need: namespaces, and the packages of the MTAs."""
import os
import subprocess

from harness.report import skip


def need_namespaces(*more):
    """Skips the script where namespaces may not be made; more: further options of unshare."""
    if os.geteuid() != 0:
        skip('making namespaces needs root')
    try_out = subprocess.run(
        ['unshare', '--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--mount-proc', *more,
         'true'],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if try_out.returncode != 0:
        skip('namespaces are not permitted: ' + try_out.stdout.strip())


def fetch_mtas(program):
    """Sees to it that Postfix and Exim are unpacked in MTA_PACKAGES; gives that directory."""
    packages = os.environ.get('MTA_PACKAGES')
    if not packages:
        skip('MTA_PACKAGES does not name a directory for the packages of Postfix and Exim')
    fetched = subprocess.run([program, packages], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, check=False)
    if fetched.returncode != 0:
        skip('the packages of Postfix and Exim cannot be had: ' + fetched.stdout.strip()[-300:])
    return os.path.abspath(packages)
