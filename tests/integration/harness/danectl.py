# SPDX-License-Identifier: GPL-3.0-or-later
"""danectl.py - runs the danectl under test: as a script does, and on a terminal."""
import os
import pty
import subprocess
import sys

SECONDS = 60


def program():
    """Gives the path of danectl: $DANECTL, or where make has put it."""
    found = [path for path in (os.environ.get('DANECTL'), './danectl') if path and os.access(path, os.X_OK)]
    if not found:
        sys.exit('no danectl to test: set DANECTL to its path')
    return os.path.abspath(found[0])


def run(*arguments, data=b'', stdout=subprocess.PIPE, **environment):
    """Runs danectl, data on its standard input; gives status, standard output, standard error."""
    done = subprocess.run([program(), *arguments], input=data, timeout=SECONDS, stdout=stdout,
                          stderr=subprocess.PIPE, check=False, env={**os.environ, **environment})
    return (done.returncode, (done.stdout or b'').decode('utf-8', 'replace'),
            done.stderr.decode('utf-8', 'replace'))


def on_terminal(*arguments, **environment):
    """Runs danectl on a terminal; gives what that shows."""
    leader, follower = pty.openpty()
    with subprocess.Popen([program(), *arguments], stdin=subprocess.DEVNULL, stdout=follower,
                          stderr=follower, env={**os.environ, 'TERM': 'xterm', **environment}):
        os.close(follower)
        shown = b''
        try:
            while part := os.read(leader, 65536):
                shown += part
        except OSError:  # the other side is closed: the end of a terminal
            pass
    os.close(leader)
    return shown.decode('utf-8')
