# Files of tests/scenario.
SCENARIO_COMMON = \
    tests/scenario/engine.h tests/scenario/engine.c \
    tests/scenario/fake_resolver.h tests/scenario/fake_resolver.c \
    tests/scenario/script.h tests/scenario/script.c \
    tests/scenario/words.h tests/scenario/words.c \
    tests/scenario/world.h tests/scenario/world.c
SCENARIO_CPPFLAGS = $(AM_CPPFLAGS) -DSCENARIO_DIR='"$(top_srcdir)/tests/scenario/rules"'
SCENARIO_LDADD = libio.a libcore.a $(UV_LIBS) $(JANSSON_LIBS) $(IDN2_LIBS)

check_PROGRAMS += tests/scenario/scenario
TESTS += tests/scenario/scenario
tests_scenario_scenario_SOURCES = tests/scenario/scenario.c \
    tests/scenario/seen.h tests/scenario/seen.c $(SCENARIO_COMMON)
tests_scenario_scenario_CPPFLAGS = $(SCENARIO_CPPFLAGS)
tests_scenario_scenario_LDADD = $(SCENARIO_LDADD)

EXTRA_DIST += tests/scenario/rules

SCENARIO_JUDGE = \
    tests/scenario/judge.h tests/scenario/judge.c \
    tests/scenario/oracle.h tests/scenario/oracle.c

check_PROGRAMS += tests/scenario/faults
TESTS += tests/scenario/faults
tests_scenario_faults_SOURCES = tests/scenario/faults.c $(SCENARIO_JUDGE) $(SCENARIO_COMMON)
tests_scenario_faults_CPPFLAGS = $(SCENARIO_CPPFLAGS)
tests_scenario_faults_LDADD = $(SCENARIO_LDADD)

check_PROGRAMS += tests/scenario/random_worlds
TESTS += tests/scenario/random_worlds
tests_scenario_random_worlds_SOURCES = \
    tests/scenario/random_worlds.c $(SCENARIO_JUDGE) $(SCENARIO_COMMON)
tests_scenario_random_worlds_CPPFLAGS = $(SCENARIO_CPPFLAGS)
tests_scenario_random_worlds_LDADD = $(SCENARIO_LDADD)
