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

check_PROGRAMS += tests/unit/daemon/test_config
tests_unit_daemon_test_config_SOURCES = tests/unit/daemon/test_config.c
tests_unit_daemon_test_config_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_daemon_test_config_LDADD = libdaemon.a libio.a libcore.a $(CONFUSE_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/daemon/test_config

check_PROGRAMS += tests/unit/io/test_log
tests_unit_io_test_log_SOURCES = tests/unit/io/test_log.c
tests_unit_io_test_log_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_io_test_log_LDADD = libio.a libcore.a $(JANSSON_LIBS) $(CMOCKA_LIBS)
TESTS += tests/unit/io/test_log
endif
