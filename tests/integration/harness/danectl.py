# SPDX-License-Identifier: GPL-3.0-or-later
"""
danectl.py - runs the danectl under test: as a script does, and on a terminal.

All JSON that it prints is held against the schema of its command.
"""
import json
import os
import pty
import subprocess
import sys

from harness.schema import wrong

SECONDS = 60
# The commands that print JSON, and the names of their schemas.
SCHEMAS = {name: name for name in ('status', 'stats', 'explain', 'dump', 'policy', 'verify', 'tlsa', 'check',
                                   'rollover')}
SCHEMAS.update({name: 'result' for name in ('flush', 'reload', 'log')})


def program():
    """Gives the path of danectl: $DANECTL, or where make has put it."""
    found = [path for path in (os.environ.get('DANECTL'), './danectl') if path and os.access(path, os.X_OK)]
    if not found:
        sys.exit('no danectl to test: set DANECTL to its path')
    return os.path.abspath(found[0])


def check_json(arguments, output):
    """Raises an error if JSON is no object, or does not fit the schema of the command."""
    command = next((word for word in arguments if word in SCHEMAS), None)
    for line in output.splitlines():
        value = json.loads(line)
        fault = wrong(value, 'result' if 'error' in value and command != 'policy' else SCHEMAS[command])
        if fault:
            raise ValueError('%s: %s' % (' '.join(arguments), fault))


def run(*arguments, data=b'', stdout=subprocess.PIPE, **environment):
    """Runs danectl, data on its standard input; gives status, standard output, standard error."""
    done = subprocess.run([program(), *arguments], input=data, timeout=SECONDS, stdout=stdout,
                          stderr=subprocess.PIPE, check=False, env={**os.environ, **environment})
    output = (done.stdout or b'').decode('utf-8', 'replace')
    if '--json' in arguments:
        check_json(arguments, output)
    return done.returncode, output, done.stderr.decode('utf-8', 'replace')


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
