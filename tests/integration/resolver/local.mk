# The real resolver against real and lying servers.
check_PROGRAMS += test_resolver
test_resolver_SOURCES = \
    tests/integration/resolver/bench.h tests/integration/resolver/bench.c \
    tests/integration/resolver/cases.h \
    tests/integration/resolver/cases_answers.c \
    tests/integration/resolver/cases_closing.c \
    tests/integration/resolver/cases_failures.c \
    tests/integration/resolver/cases_lies.c \
    tests/integration/resolver/cases_proofs.c \
    tests/integration/resolver/test_resolver.c
test_resolver_LDADD = libio.a libcore.a $(UV_LIBS) $(GETDNS_LIBS)
TESTS += tests/integration/resolver/test_resolver.sh
EXTRA_DIST += tests/integration/resolver/test_resolver.sh tests/integration/resolver/world.sh \
    tests/integration/resolver/liar.py
