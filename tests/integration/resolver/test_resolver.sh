#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_resolver.sh - runs test_resolver in a signed world of its own; arguments name cases.
#
# RESOLVER_TEST_WRAPPER, if set, goes in front of the program ("valgrind --error-exitcode=9 ...").
# Skips (status 77) where nsd, unbound or the signing tools are missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
for tool in nsd unbound dnssec-keygen dnssec-signzone dnssec-dsfromkey /usr/bin/python3; do
    command -v $tool >/dev/null || {
        echo "SKIP: $tool is missing"
        exit 77
    }
done

TEST_DIR=$(mktemp -d)
# A loopback address of this run alone, so that fixed ports on it meet nobody's.
TEST_ADDRESS=127.$((100 + $$ / 62500 % 100)).$((1 + $$ / 250 % 250)).$((1 + $$ % 250))
TEST_WORLD=$here/world.sh
export TEST_DIR TEST_ADDRESS TEST_WORLD

tear_down() {
    for server in liar spare blind validating nsd; do
        "$TEST_WORLD" "$TEST_DIR" "$TEST_ADDRESS" stop $server || true
    done
    rm -rf "$TEST_DIR"
}
trap tear_down EXIT
trap 'exit 1' HUP INT TERM

"$TEST_WORLD" "$TEST_DIR" "$TEST_ADDRESS" make
for server in nsd validating liar; do
    "$TEST_WORLD" "$TEST_DIR" "$TEST_ADDRESS" start $server
done
${RESOLVER_TEST_WRAPPER-} ./test_resolver "$@"
