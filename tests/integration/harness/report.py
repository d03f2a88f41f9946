# SPDX-License-Identifier: GPL-3.0-or-later
"""report.py - one line a case: "ok NAME" or "not ok NAME: why"; the exit status sums them up."""
import sys
import traceback

SKIPPED = 77  # automake's word for "not run here"


class Report:
    """Counts and prints the cases of one script."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, good, why=''):
        """Reports one case; why says what was seen instead."""
        if good:
            self.passed += 1
            print('ok ' + name, flush=True)
        else:
            self.failed += 1
            print('not ok %s: %s' % (name, ' '.join(str(why).split())), flush=True)

    def run(self, name, case, *arguments):
        """Runs a case, which gives None if all is well, or else what is wrong."""
        try:
            why = case(*arguments)
        except Exception as error:  # a case that breaks has failed; the others still run
            traceback.print_exc(file=sys.stdout)
            why = '%s: %s' % (type(error).__name__, error)
        self.check(name, why is None, why)

    def run_whole(self, body, *arguments):
        """Runs a whole script's body; if it breaks outside of its cases, that is a failed case."""
        try:
            body(self, *arguments)
        except Exception as error:
            traceback.print_exc(file=sys.stdout)
            self.check('the run reaches its end', False, '%s: %s' % (type(error).__name__, error))

    def finish(self):
        """Prints the sum; gives the exit status. A run without any case has failed."""
        print('# %d passed, %d failed' % (self.passed, self.failed), flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1


def skip(reason):
    """Ends the script: its cases cannot run here."""
    print('SKIP: ' + reason, flush=True)
    sys.exit(SKIPPED)
