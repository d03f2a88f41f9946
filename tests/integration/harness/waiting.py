# SPDX-License-Identifier: GPL-3.0-or-later
"""waiting.py - polls for a condition, with a limit; no test waits in any other way."""
import time

STEP = 0.02


def wait_for(condition, seconds=20):
    """Polls condition() until it is true or the limit passes; gives its last value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(STEP)
