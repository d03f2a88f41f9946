# Files of tests/fuzz: one program for each parser.
#
# Built as usual, a program replays its corpus (replay.c) and is a test of "make check". Built after
# "configure --enable-fuzzers CC=clang", it is a libFuzzer program, and everything is instrumented.
#
# Another target: its name in FUZZ_TARGETS, a folder tests/fuzz/corpus/NAME, and three lines:
#   tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz_NAME.c $(FUZZ_MAIN)
#   tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINK)
#   tests_fuzz_fuzz_NAME_LDADD = libRING.a

EXTRA_DIST += tests/fuzz/README.md tests/fuzz/corpus

FUZZ_TARGETS =
check_PROGRAMS += $(FUZZ_TARGETS)

if FUZZERS
AM_CFLAGS += -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -U_FORTIFY_SOURCE
AM_LDFLAGS += -fsanitize=address,undefined
FUZZ_MAIN = tests/fuzz/fuzz.h
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/fuzz.h tests/fuzz/replay.c
FUZZ_LINK = $(AM_LDFLAGS)
TESTS += $(FUZZ_TARGETS)
endif

# proto
FUZZ_TARGETS += \
    tests/fuzz/fuzz_base64 \
    tests/fuzz/fuzz_control_line \
    tests/fuzz/fuzz_exim_line \
    tests/fuzz/fuzz_netstring \
    tests/fuzz/fuzz_printable \
    tests/fuzz/fuzz_socketmap

tests_fuzz_fuzz_base64_SOURCES = tests/fuzz/fuzz_base64.c $(FUZZ_MAIN)
tests_fuzz_fuzz_base64_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_base64_LDADD = libproto.a
tests_fuzz_fuzz_control_line_SOURCES = tests/fuzz/fuzz_control_line.c $(FUZZ_MAIN)
tests_fuzz_fuzz_control_line_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_control_line_LDADD = libproto.a
tests_fuzz_fuzz_exim_line_SOURCES = tests/fuzz/fuzz_exim_line.c $(FUZZ_MAIN)
tests_fuzz_fuzz_exim_line_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_exim_line_LDADD = libproto.a
tests_fuzz_fuzz_netstring_SOURCES = tests/fuzz/fuzz_netstring.c $(FUZZ_MAIN)
tests_fuzz_fuzz_netstring_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_netstring_LDADD = libproto.a
tests_fuzz_fuzz_printable_SOURCES = tests/fuzz/fuzz_printable.c $(FUZZ_MAIN)
tests_fuzz_fuzz_printable_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_printable_LDADD = libproto.a
tests_fuzz_fuzz_socketmap_SOURCES = tests/fuzz/fuzz_socketmap.c $(FUZZ_MAIN)
tests_fuzz_fuzz_socketmap_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_socketmap_LDADD = libproto.a

# core: names and overrides
FUZZ_TARGETS += tests/fuzz/fuzz_destination tests/fuzz/fuzz_overrides
tests_fuzz_fuzz_destination_SOURCES = tests/fuzz/fuzz_destination.c $(FUZZ_MAIN)
tests_fuzz_fuzz_destination_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_destination_LDADD = libcore.a $(IDN2_LIBS)
tests_fuzz_fuzz_overrides_SOURCES = tests/fuzz/fuzz_overrides.c $(FUZZ_MAIN)
tests_fuzz_fuzz_overrides_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_overrides_LDADD = libcore.a $(IDN2_LIBS)

# core: the file of the cache
FUZZ_TARGETS += tests/fuzz/fuzz_snapshot
tests_fuzz_fuzz_snapshot_SOURCES = tests/fuzz/fuzz_snapshot.c $(FUZZ_MAIN)
tests_fuzz_fuzz_snapshot_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_snapshot_LDADD = libcore.a $(IDN2_LIBS)

# daemon
FUZZ_TARGETS += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(FUZZ_MAIN)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = libdaemon.a libio.a libcore.a $(CONFUSE_LIBS)

# core: DER, certificates, TLSA
FUZZ_TARGETS += tests/fuzz/fuzz_certificate tests/fuzz/fuzz_der tests/fuzz/fuzz_tlsa
tests_fuzz_fuzz_certificate_SOURCES = tests/fuzz/fuzz_certificate.c $(FUZZ_MAIN)
tests_fuzz_fuzz_certificate_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_certificate_LDADD = libcore.a
tests_fuzz_fuzz_der_SOURCES = tests/fuzz/fuzz_der.c $(FUZZ_MAIN)
tests_fuzz_fuzz_der_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_der_LDADD = libcore.a
tests_fuzz_fuzz_tlsa_SOURCES = tests/fuzz/fuzz_tlsa.c $(FUZZ_MAIN)
tests_fuzz_fuzz_tlsa_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_tlsa_LDADD = libcore.a

# core: chains
FUZZ_TARGETS += tests/fuzz/fuzz_chain tests/fuzz/fuzz_name_constraints tests/fuzz/fuzz_pem
tests_fuzz_fuzz_chain_SOURCES = tests/fuzz/fuzz_chain.c $(FUZZ_MAIN)
tests_fuzz_fuzz_chain_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_chain_LDADD = libcore.a
tests_fuzz_fuzz_name_constraints_SOURCES = tests/fuzz/fuzz_name_constraints.c $(FUZZ_MAIN)
tests_fuzz_fuzz_name_constraints_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_name_constraints_LDADD = libcore.a
tests_fuzz_fuzz_pem_SOURCES = tests/fuzz/fuzz_pem.c $(FUZZ_MAIN)
tests_fuzz_fuzz_pem_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_pem_LDADD = libcore.a libproto.a

# danectl: replies of name servers
FUZZ_TARGETS += tests/fuzz/fuzz_dns_message
tests_fuzz_fuzz_dns_message_SOURCES = \
    tests/fuzz/fuzz_dns_message.c $(FUZZ_MAIN)
tests_fuzz_fuzz_dns_message_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_dns_message_LDADD = libcore.a
# core and io: DNS replies
FUZZ_TARGETS += tests/fuzz/fuzz_chase tests/fuzz/fuzz_dname
tests_fuzz_fuzz_chase_SOURCES = tests/fuzz/fuzz_chase.c $(FUZZ_MAIN)
tests_fuzz_fuzz_chase_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_chase_LDADD = libcore.a
tests_fuzz_fuzz_dname_SOURCES = tests/fuzz/fuzz_dname.c $(FUZZ_MAIN)
tests_fuzz_fuzz_dname_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_dname_LDADD = libcore.a

# client-shims
FUZZ_TARGETS += tests/fuzz/fuzz_check_smtp tests/fuzz/fuzz_client_reply tests/fuzz/fuzz_key_file
tests_fuzz_fuzz_check_smtp_SOURCES = tests/fuzz/fuzz_check_smtp.c client-shims/danectl/check_smtp.c $(FUZZ_MAIN)
tests_fuzz_fuzz_check_smtp_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_client_reply_SOURCES = tests/fuzz/fuzz_client_reply.c $(FUZZ_MAIN)
tests_fuzz_fuzz_client_reply_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_client_reply_LDADD = libproto.a
tests_fuzz_fuzz_key_file_SOURCES = tests/fuzz/fuzz_key_file.c \
    client-shims/danectl/input_file.c client-shims/danectl/output.c $(FUZZ_MAIN)
tests_fuzz_fuzz_key_file_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_key_file_LDADD = libcore.a libproto.a $(JANSSON_LIBS)
