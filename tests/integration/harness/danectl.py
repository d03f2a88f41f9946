# SPDX-License-Identifier: GPL-3.0-or-later
"""danectl.py - runs the danectl under test."""
import os
import subprocess
import sys

SECONDS = 60


def run(*arguments, stdout=subprocess.PIPE):
    """Runs danectl; gives status, standard output, standard error."""
    path = next((path for path in (os.environ.get('DANECTL'), './danectl')
                 if path and os.access(path, os.X_OK)), None)
    if not path:
        sys.exit('no danectl to test: set DANECTL to its path')
    done = subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, timeout=SECONDS,
                          stdout=stdout, stderr=subprocess.PIPE, check=False)
    return done.returncode, (done.stdout or b'').decode(), done.stderr.decode()
