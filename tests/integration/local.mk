# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/integration: each script makes its own world, and prints one line a case.

dist_check_SCRIPTS = \
    tests/integration/answers \
    tests/integration/check \
    tests/integration/control \
    tests/integration/client \
    tests/integration/confinement \
    tests/integration/danectl \
    tests/integration/flood \
    tests/integration/faults \
    tests/integration/hit \
    tests/integration/hostile \
    tests/integration/metrics \
    tests/integration/rollover \
    tests/integration/persistence \
    tests/integration/service \
    tests/integration/deliver
TESTS += $(dist_check_SCRIPTS)

# Apart from the others: it is about the Debian package, which is not built by this make.
PACKAGE_TESTS = tests/integration/package
TESTS += $(PACKAGE_TESTS)

EXTRA_DIST += \
    tests/integration/dns/servers.py \
    tests/integration/dns/signing.py \
    tests/integration/dns/small.py \
    tests/integration/dns/world \
    tests/integration/dns/zones.py \
    tests/integration/expected-explain \
    tests/integration/harness/clients.py \
    tests/integration/harness/daned.py \
    tests/integration/harness/danectl.py \
    tests/integration/harness/manager.py \
    tests/integration/harness/namespaces.py \
    tests/integration/harness/preload.py \
    tests/integration/harness/name_server.py \
    tests/integration/harness/relay.py \
    tests/integration/harness/report.py \
    tests/integration/harness/resolver.py \
    tests/integration/harness/schema.py \
    tests/integration/harness/smtp_server.py \
    tests/integration/harness/truth.py \
    tests/integration/harness/waiting.py \
    tests/integration/mta/cases.py \
    tests/integration/mta/compare.py \
    tests/integration/mta/exim.conf.in \
    tests/integration/mta/exim.py \
    tests/integration/mta/exim_cases.py \
    tests/integration/mta/fetch \
    tests/integration/mta/postfix.py \
    tests/integration/mta/receiver.py \
    tests/integration/mta/stand_in.py \
    tests/integration/mta/world \
    tests/integration/mta/world_zones.py \
    tests/integration/package \
    tests/integration/systemd/cases.py \
    tests/integration/systemd/machine.py \
    tests/integration/systemd/world

include tests/integration/resolver/local.mk
