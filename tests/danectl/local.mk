# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/danectl: each script runs one subcommand as its users do.
dist_check_SCRIPTS += tests/danectl/verify tests/danectl/tlsa
TESTS += tests/danectl/verify tests/danectl/tlsa
