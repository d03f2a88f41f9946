# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/soak: "make check" runs it for some seconds; CONTRIBUTING.md says how for long.

dist_check_SCRIPTS += tests/soak/soak
TESTS += tests/soak/soak

EXTRA_DIST += \
    tests/soak/soaking/breaker.py \
    tests/soak/soaking/clients.py \
    tests/soak/soaking/ledger.py \
    tests/soak/soaking/world.py
