# Files of tests/unit: one program for each module, mirrored by path.
#
# Another test: its name in UNIT_TESTS, and two lines:
#   tests_unit_RING_test_MODULE_SOURCES = tests/unit/RING/test_MODULE.c
#   tests_unit_RING_test_MODULE_LDADD = libRING.a $(CMOCKA_LIBS)

EXTRA_DIST += tests/unit/no-cmocka.sh

if HAVE_CMOCKA
AM_CPPFLAGS += $(CMOCKA_CFLAGS)

UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

# proto
UNIT_TESTS += \
    tests/unit/proto/test_base64 \
    tests/unit/proto/test_control_line \
    tests/unit/proto/test_exim_client \
    tests/unit/proto/test_exim_line \
    tests/unit/proto/test_line \
    tests/unit/proto/test_netstring \
    tests/unit/proto/test_printable \
    tests/unit/proto/test_socketmap
PROTO_TEST_LDADD = libproto.a $(CMOCKA_LIBS)

tests_unit_proto_test_base64_SOURCES = tests/unit/proto/test_base64.c tests/unit/proto/proto_test.h
tests_unit_proto_test_base64_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_control_line_SOURCES = tests/unit/proto/test_control_line.c tests/unit/proto/proto_test.h
tests_unit_proto_test_control_line_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_exim_client_SOURCES = tests/unit/proto/test_exim_client.c tests/unit/proto/proto_test.h
tests_unit_proto_test_exim_client_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_exim_line_SOURCES = tests/unit/proto/test_exim_line.c tests/unit/proto/proto_test.h
tests_unit_proto_test_exim_line_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_line_SOURCES = tests/unit/proto/test_line.c tests/unit/proto/proto_test.h
tests_unit_proto_test_line_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_netstring_SOURCES = tests/unit/proto/test_netstring.c tests/unit/proto/proto_test.h
tests_unit_proto_test_netstring_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_printable_SOURCES = tests/unit/proto/test_printable.c tests/unit/proto/proto_test.h
tests_unit_proto_test_printable_LDADD = $(PROTO_TEST_LDADD)
tests_unit_proto_test_socketmap_SOURCES = tests/unit/proto/test_socketmap.c tests/unit/proto/proto_test.h
tests_unit_proto_test_socketmap_LDADD = $(PROTO_TEST_LDADD)

# core: names and overrides
UNIT_TESTS += \
    tests/unit/core/test_destination \
    tests/unit/core/test_dname \
    tests/unit/core/test_overrides \
    tests/unit/core/test_utf8
tests_unit_core_test_destination_SOURCES = tests/unit/core/test_destination.c
tests_unit_core_test_destination_LDADD = libcore.a $(IDN2_LIBS) $(CMOCKA_LIBS)
tests_unit_core_test_dname_SOURCES = tests/unit/core/test_dname.c
tests_unit_core_test_dname_LDADD = libcore.a $(CMOCKA_LIBS)
tests_unit_core_test_overrides_SOURCES = tests/unit/core/test_overrides.c
tests_unit_core_test_overrides_LDADD = libcore.a $(IDN2_LIBS) $(CMOCKA_LIBS)
tests_unit_core_test_utf8_SOURCES = tests/unit/core/test_utf8.c
tests_unit_core_test_utf8_LDADD = libcore.a $(CMOCKA_LIBS)
else
TESTS += tests/unit/no-cmocka.sh
endif
