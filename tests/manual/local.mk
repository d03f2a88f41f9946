# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/manual: what the manual pages and the shells say of options, against the programs.
dist_check_SCRIPTS += tests/manual/options tests/manual/completion
TESTS += tests/manual/options tests/manual/completion
