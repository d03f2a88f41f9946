# Files of tests/unit: one program for each module, mirrored by path.
#
# Another test is one line: its name in UNIT_TESTS. Its source is NAME.c, and it is linked with
# every library of the project. One that shares files with others lists them.

EXTRA_DIST += tests/unit/no-cmocka.sh tests/unit/proto/proto_test.h

EXTRA_DIST += tests/unit/io/make_verify_fixtures.sh tests/unit/io/verify_fixtures.h
EXTRA_DIST += tests/unit/core/build_chain.h tests/unit/core/build_der.h tests/unit/core/certificate_fixtures.h \
    tests/unit/core/make_certificates.sh tests/unit/core/numbered.h

if HAVE_CMOCKA
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = libdaemon.a libio.a libcore.a libproto.a $(DANED_LIBS) $(CMOCKA_LIBS)

# What some tests are put together from, for more than one of them.
SNAPSHOT_SAMPLE = tests/unit/core/snapshot_sample.h tests/unit/core/snapshot_sample.c
CHAIN_QUESTION = tests/unit/core/chain_question.h tests/unit/core/chain_question.c
CONFIG_TEXT = tests/unit/daemon/config_text.h tests/unit/daemon/config_text.c
CLIENT_CALLS = \
    tests/unit/client-shims/scripted_server.h tests/unit/client-shims/scripted_server.c \
    tests/unit/client-shims/client_calls.h tests/unit/client-shims/client_calls.c

UNIT_TESTS =
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

UNIT_TESTS += tests/unit/core/test_alloc
UNIT_TESTS += tests/unit/core/test_answer
UNIT_TESTS += tests/unit/core/test_blocks
UNIT_TESTS += tests/unit/core/test_cache
UNIT_TESTS += tests/unit/core/test_cache_memory
UNIT_TESTS += tests/unit/core/test_cache_room
UNIT_TESTS += tests/unit/core/test_cache_walk
UNIT_TESTS += tests/unit/core/test_fact
UNIT_TESTS += tests/unit/core/test_policy
UNIT_TESTS += tests/unit/core/test_siphash
UNIT_TESTS += tests/unit/core/test_snapshot
tests_unit_core_test_snapshot_SOURCES = tests/unit/core/test_snapshot.c $(SNAPSHOT_SAMPLE)
UNIT_TESTS += tests/unit/core/test_snapshot_octets
tests_unit_core_test_snapshot_octets_SOURCES = tests/unit/core/test_snapshot_octets.c $(SNAPSHOT_SAMPLE)
UNIT_TESTS += tests/unit/core/test_table
UNIT_TESTS += tests/unit/core/test_cert_names
UNIT_TESTS += tests/unit/core/test_certificate
UNIT_TESTS += tests/unit/core/test_chase
UNIT_TESTS += tests/unit/core/test_cert_algorithm
UNIT_TESTS += tests/unit/core/test_cert_dn
UNIT_TESTS += tests/unit/core/test_chain
tests_unit_core_test_chain_SOURCES = tests/unit/core/test_chain.c $(CHAIN_QUESTION)
UNIT_TESTS += tests/unit/core/test_chain_check
tests_unit_core_test_chain_check_SOURCES = tests/unit/core/test_chain_check.c $(CHAIN_QUESTION)
UNIT_TESTS += tests/unit/core/test_chain_bounds
UNIT_TESTS += tests/unit/core/test_der
UNIT_TESTS += tests/unit/core/test_destination
UNIT_TESTS += tests/unit/core/test_dname
UNIT_TESTS += tests/unit/core/test_dns_message
UNIT_TESTS += tests/unit/core/test_name_constraints
UNIT_TESTS += tests/unit/core/test_judge
UNIT_TESTS += tests/unit/core/test_overrides
UNIT_TESTS += tests/unit/core/test_pem
UNIT_TESTS += tests/unit/core/test_tlsa
UNIT_TESTS += tests/unit/core/test_utf8
UNIT_TESTS += tests/unit/daemon/test_config
tests_unit_daemon_test_config_SOURCES = tests/unit/daemon/test_config.c $(CONFIG_TEXT)
UNIT_TESTS += tests/unit/daemon/test_config_options
tests_unit_daemon_test_config_options_SOURCES = tests/unit/daemon/test_config_options.c $(CONFIG_TEXT)
UNIT_TESTS += tests/unit/daemon/test_config_scan
tests_unit_daemon_test_config_scan_SOURCES = tests/unit/daemon/test_config_scan.c $(CONFIG_TEXT)
UNIT_TESTS += tests/unit/io/test_cache_file
UNIT_TESTS += tests/unit/daemon/test_confinement
UNIT_TESTS += tests/unit/io/test_control_dump
UNIT_TESTS += tests/unit/io/test_explain
UNIT_TESTS += tests/unit/io/test_log
UNIT_TESTS += tests/unit/io/test_metrics_text
UNIT_TESTS += tests/unit/io/test_session
tests_unit_io_test_session_SOURCES = tests/unit/io/scene.h tests/unit/io/scene.c tests/unit/io/test_session.c
UNIT_TESTS += tests/unit/io/test_turns
UNIT_TESTS += tests/unit/io/test_signature_memo
UNIT_TESTS += tests/unit/io/test_verify_wolfssl
UNIT_TESTS += tests/unit/proto/test_base64
UNIT_TESTS += tests/unit/proto/test_control_line
UNIT_TESTS += tests/unit/proto/test_exim_client
UNIT_TESTS += tests/unit/proto/test_exim_line
UNIT_TESTS += tests/unit/proto/test_line
UNIT_TESTS += tests/unit/proto/test_netstring
UNIT_TESTS += tests/unit/proto/test_printable
UNIT_TESTS += tests/unit/proto/test_socketmap
UNIT_TESTS += tests/unit/io/test_getdns_loop
# Every allocation of the project's own code is counted in this one.
UNIT_TESTS += tests/unit/io/test_hit
tests_unit_io_test_hit_SOURCES = tests/unit/io/scene.h tests/unit/io/scene.c tests/unit/io/test_hit.c
tests_unit_io_test_hit_LDFLAGS = $(AM_LDFLAGS) \
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=mmap
# These stand on the fake resolver and the time of the scenarios.
UNIT_TESTS += tests/unit/io/test_upkeep
tests_unit_io_test_upkeep_SOURCES = tests/unit/io/test_upkeep.c $(SCENARIO_COMMON)
UNIT_TESTS += tests/unit/io/test_alias
tests_unit_io_test_alias_SOURCES = tests/unit/io/test_alias.c $(SCENARIO_COMMON)
UNIT_TESTS += tests/unit/io/test_control_flush
tests_unit_io_test_control_flush_SOURCES = tests/unit/io/test_control_flush.c $(SCENARIO_COMMON)
UNIT_TESTS += tests/unit/io/test_lookup
tests_unit_io_test_lookup_SOURCES = tests/unit/io/test_lookup.c $(SCENARIO_COMMON)
UNIT_TESTS += tests/unit/io/test_questions
tests_unit_io_test_questions_SOURCES = tests/unit/io/test_questions.c $(SCENARIO_COMMON)

UNIT_TESTS += tests/unit/client-shims/test_daned_client
tests_unit_client_shims_test_daned_client_SOURCES = \
    tests/unit/client-shims/test_daned_client.c $(CLIENT_CALLS)
tests_unit_client_shims_test_daned_client_LDADD = libdanedclient.a $(LDADD)
UNIT_TESTS += tests/unit/client-shims/test_daned_client_waiting
tests_unit_client_shims_test_daned_client_waiting_SOURCES = \
    tests/unit/client-shims/test_daned_client_waiting.c $(CLIENT_CALLS)
tests_unit_client_shims_test_daned_client_waiting_LDADD = libdanedclient.a $(LDADD)

UNIT_TESTS += tests/unit/client-shims/test_check_smtp
tests_unit_client_shims_test_check_smtp_SOURCES = \
    client-shims/danectl/check_smtp.c tests/unit/client-shims/test_check_smtp.c

UNIT_TESTS += tests/unit/client-shims/test_rollover_decide
tests_unit_client_shims_test_rollover_decide_SOURCES = \
    client-shims/danectl/rollover_decide.c tests/unit/client-shims/test_rollover_decide.c
UNIT_TESTS += tests/unit/client-shims/test_rollover_state
tests_unit_client_shims_test_rollover_state_SOURCES = \
    client-shims/danectl/input_file.c client-shims/danectl/output.c \
    client-shims/danectl/rollover_state.c tests/unit/client-shims/test_rollover_state.c
else
TESTS += tests/unit/no-cmocka.sh
endif
