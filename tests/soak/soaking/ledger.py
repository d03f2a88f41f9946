# SPDX-License-Identifier: GPL-3.0-or-later
"""
ledger.py - what was asked, what was answered wrongly, which faults there were, and how long it took.

An answer is right if it is the one that the world's table has. While a fault is under way, and for
GRACE seconds behind it, a stricter one is right, too: a lookup that failed defers, and a host that
failed does not weaken the others. A weaker one is never right.
"""
import threading
import time
from collections import Counter

STRICTNESS = {'may': 0, 'encrypt': 1, 'dane': 2, 'dane-required': 3, 'defer': 4}
GRACE = 30  # generous: how long it really takes is measured, and printed
SHOWN = 20


class Ledger:
    """Counts for all threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = Counter()
        self.faults = Counter()
        self.wrong = Counter()
        self.examples = []
        self.stricter = 0  # answers that were stricter than the truth, for a reason
        self.late = 0      # "ask again" of Exim's protocol, without any fault
        self.longest = Counter()  # by kind of fault: seconds from its end to the last request so answered
        self.under_way = []  # kinds of faults
        self.last_kind = None
        self.last_end = -GRACE

    def fault_begins(self, kind):
        """A fault of that kind is under way."""
        with self.lock:
            self.faults[kind] += 1
            self.under_way.append(kind)

    def fault_ends(self, kind):
        """It is over: everything has to be as before, soon."""
        with self.lock:
            self.under_way.remove(kind)
            self.last_kind = kind
            self.last_end = time.monotonic()

    def is_disturbed(self, since):
        """Whether a fault was under way since that time, or not long before."""
        with self.lock:
            return bool(self.under_way) or self.last_end + GRACE > since

    def is_calm(self):
        """Whether no fault is under way, and none was lately."""
        return not self.is_disturbed(time.monotonic())

    def count(self, protocol):
        """Counts one request."""
        with self.lock:
            self.requests[protocol] += 1

    def note(self, protocol, what):
        """Notes something wrong."""
        with self.lock:
            self.wrong[protocol] += 1
            if len(self.examples) < SHOWN:
                self.examples.append('%s: %s' % (protocol, ' '.join(str(what).split())[:300]))

    def excuse(self, protocol, what, since):
        """Something failed that may fail while there is a fault, and must not otherwise."""
        with self.lock:
            excused = bool(self.under_way) or self.last_end + GRACE > since
            if excused:
                self.stricter += 1
                # Who asked during the fault may get its answer long behind it.
                if not self.under_way and since - self.last_end > self.longest[self.last_kind]:
                    self.longest[self.last_kind] = since - self.last_end
        if not excused:
            self.note(protocol, what)

    def judge(self, protocol, key, wanted, got, since, why=''):
        """Judges the level of a destination that was asked for at that time."""
        if got == wanted:
            return
        what = '%s: %s, not %s %s' % (key, got, wanted, why)
        if STRICTNESS.get(got, -1) < STRICTNESS[wanted]:
            self.note(protocol, 'WEAKER ' + what)
        else:
            self.excuse(protocol, what, since)
