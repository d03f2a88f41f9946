# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/lint: the project checks its own rules; "make lint" runs these alone.
LINTS = \
    tests/lint/rings \
    tests/lint/banned \
    tests/lint/headers \
    tests/lint/length \
    tests/lint/format \
    tests/lint/words \
    tests/lint/manuals \
    tests/lint/docs \
    tests/lint/scripts \
    tests/lint/packages \
    tests/lint/self-test
TESTS += $(LINTS)
EXTRA_DIST += $(LINTS) tests/lint/analyze tests/lint/analyze.known tests/lint/cppcheck.cfg \
    tests/lint/cppcheck.suppressions .clang-tidy \
    tests/lint/common.sh .clang-format .ci/run \
    packaging/check packaging/demo packaging/demo-world packaging/packages.sh packaging/valgrind.supp

# A lint that cannot run says why and counts as neither good nor bad.
.PHONY: lint
lint:
	@bad=0; for lint in $(LINTS); do \
	    status=0; srcdir='$(srcdir)' '$(srcdir)'/$$lint || status=$$?; \
	    test $$status -eq 0 || test $$status -eq 77 || bad=1; \
	done; exit $$bad

# What the analyzers say: by hand, for it takes minutes. The flags are one a line.
.PHONY: analyze analyze-flags
analyze:
	$(srcdir)/tests/lint/analyze
analyze-flags:
	@printf '%s\n' $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS)
