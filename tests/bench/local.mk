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
tests_bench_bench_echo_LDADD = libdaemon.a libio.a libcore.a libproto.a $(DANED_LIBS)

BENCH_BINARIES += tests/bench/bench_stand_in
tests_bench_bench_stand_in_SOURCES = \
    tests/bench/fail.h \
    tests/bench/stand_in.c \
    tests/bench/stand_in_dns.h tests/bench/stand_in_dns.c
tests_bench_bench_stand_in_LDADD =

BENCH_BINARIES += tests/bench/bench_bare_getdns
tests_bench_bench_bare_getdns_SOURCES = \
    tests/bench/bare_getdns.c \
    tests/bench/fail.h \
    tests/bench/times.h tests/bench/times.c
tests_bench_bench_bare_getdns_LDADD = libio.a libcore.a $(GETDNS_LIBS) $(UV_LIBS)

# A shared object, to be preloaded: not for the sanitizers, which want to be loaded first.
BENCH_BINARIES += tests/bench/loop_shim.so
tests_bench_loop_shim_so_SOURCES = tests/bench/fail.h tests/bench/loop_shim.c
tests_bench_loop_shim_so_CFLAGS = $(AM_CFLAGS) -fPIC -fno-sanitize=all
tests_bench_loop_shim_so_LDFLAGS = -shared
tests_bench_loop_shim_so_LDADD = $(UV_LIBS)

if HAVE_OPENSSL
BENCH_BINARIES += tests/bench/bench_verify
tests_bench_bench_verify_SOURCES = \
    tests/bench/chains.h tests/bench/chains.c \
    tests/bench/fail.h \
    tests/bench/times.h tests/bench/times.c \
    tests/bench/verify.c
tests_bench_bench_verify_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_bench_bench_verify_LDADD = \
    libio.a libcore.a libproto.a $(WOLFSSL_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS)
endif

dist_check_SCRIPTS += tests/bench/smoke
TESTS += tests/bench/smoke

BENCH_FILES = \
    tests/bench/LIMITS.md tests/bench/RESULTS.md \
    tests/bench/run \
    tests/bench/kit/busy.py \
    tests/bench/kit/looking_up.py \
    tests/bench/kit/machine.py \
    tests/bench/kit/million.py \
    tests/bench/kit/report.py \
    tests/bench/kit/resting.py \
    tests/bench/kit/rows.py \
    tests/bench/kit/servers.py \
    tests/bench/kit/serving.py \
    tests/bench/kit/shim.py \
    tests/bench/kit/verifying.py \
    tests/bench/kit/world.py
EXTRA_DIST += $(BENCH_FILES)
CLEANFILES += results.json

# BENCH=quick for a look in a minute; ROWS="hot verify" for the rows whose names begin so.
.PHONY: bench
bench: daned $(BENCH_BINARIES)
	DANED=./daned BENCH_PROGRAMS=tests/bench BENCH_COMPILER='$(CC) $(CFLAGS)' \
	    $(srcdir)/tests/bench/run $(BENCH:quick=--quick) $(ROWS)
