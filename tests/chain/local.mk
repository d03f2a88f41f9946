# SPDX-License-Identifier: GPL-3.0-or-later
# Files of tests/chain: generated chains, judged by our verifier and by OpenSSL, verdicts compared.
#
# OpenSSL is the second opinion here, and here only: nothing that is installed links it.

EXTRA_DIST += tests/chain/no-openssl.sh

if HAVE_OPENSSL
check_PROGRAMS += tests/chain/chain_matrix
TESTS += tests/chain/chain_matrix
tests_chain_chain_matrix_SOURCES = \
    tests/chain/cases.h \
    tests/chain/cases_authority.c \
    tests/chain/cases_constraints.c \
    tests/chain/cases_keys.c \
    tests/chain/cases_malformed.c \
    tests/chain/cases_names.c \
    tests/chain/cases_path.c \
    tests/chain/cases_random.c \
    tests/chain/cases_records.c \
    tests/chain/chain_matrix.c \
    tests/chain/differences.h tests/chain/differences.c \
    tests/chain/judge.h tests/chain/judge_daned.c tests/chain/judge_openssl.c \
    tests/chain/keys.h tests/chain/keys.c \
    tests/chain/plan.h tests/chain/plan.c \
    tests/chain/recipe.h tests/chain/recipe.c \
    tests/chain/suite.h tests/chain/suite.c
tests_chain_chain_matrix_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_chain_chain_matrix_LDADD = \
    libio.a libcore.a libproto.a $(WOLFSSL_LIBS) $(JANSSON_LIBS) $(OPENSSL_LIBS)
else
TESTS += tests/chain/no-openssl.sh
endif
