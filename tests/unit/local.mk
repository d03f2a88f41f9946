# Files of tests/unit.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/core/test_dname
TESTS += tests/unit/core/test_dname
tests_unit_core_test_dname_SOURCES = tests/unit/core/test_dname.c
tests_unit_core_test_dname_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_core_test_dname_LDADD = libcore.a $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/core/test_destination
TESTS += tests/unit/core/test_destination
tests_unit_core_test_destination_SOURCES = tests/unit/core/test_destination.c
tests_unit_core_test_destination_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_core_test_destination_LDADD = libcore.a $(IDN2_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/core/test_overrides
TESTS += tests/unit/core/test_overrides
tests_unit_core_test_overrides_SOURCES = tests/unit/core/test_overrides.c
tests_unit_core_test_overrides_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_core_test_overrides_LDADD = libcore.a $(IDN2_LIBS) $(CMOCKA_LIBS)
endif
