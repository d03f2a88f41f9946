# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/bench: "make bench" measures daned against references in the same run.
#
# The programs are built by "make check", whose smoke test keeps them working, and by "make bench";
# an ordinary build does not pay for them.

BENCH_BINARIES = \
    tests/bench/bench_load \
    tests/bench/bench_echo
check_PROGRAMS += $(BENCH_BINARIES)

tests_bench_bench_load_SOURCES = \
    tests/bench/fail.h \
    tests/bench/load.c \
    tests/bench/names.h tests/bench/names.c \
    tests/bench/slice.h tests/bench/slice.c \
    tests/bench/target.h tests/bench/target.c \
    tests/bench/times.h tests/bench/times.c
tests_bench_bench_load_LDADD =

tests_bench_bench_echo_SOURCES = tests/bench/fail.h tests/bench/echo.c
tests_bench_bench_echo_LDADD = libproto.a $(UV_LIBS)

BENCH_BINARIES += tests/bench/bench_stand_in
tests_bench_bench_stand_in_SOURCES = \
    tests/bench/fail.h \
    tests/bench/stand_in.c \
    tests/bench/stand_in_dns.h tests/bench/stand_in_dns.c
tests_bench_bench_stand_in_LDADD =

BENCH_FILES = \
    tests/bench/run \
    tests/bench/kit/machine.py \
    tests/bench/kit/report.py \
    tests/bench/kit/rows.py \
    tests/bench/kit/servers.py \
    tests/bench/kit/serving.py \
    tests/bench/kit/world.py
EXTRA_DIST += $(BENCH_FILES)
CLEANFILES += results.json

# BENCH=quick for a look in a minute; ROWS="hot verify" for the rows whose names begin so.
.PHONY: bench
bench: daned $(BENCH_BINARIES)
	DANED=./daned BENCH_PROGRAMS=tests/bench BENCH_COMPILER='$(CC) $(CFLAGS)' \
	    $(srcdir)/tests/bench/run $(BENCH:quick=--quick) $(ROWS)
