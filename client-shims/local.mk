# SPDX-License-Identifier: GPL-3.0-or-later
# Files of client-shims: what goes into the configuration of the MTAs, danectl, and the C client.
postfixshimdir = $(docdir)/postfix
dist_postfixshim_DATA = \
    client-shims/postfix/README.md \
    client-shims/postfix/main.cf.fragment \
    client-shims/postfix/main.cf.pin.fragment

eximshimdir = $(docdir)/exim
dist_eximshim_DATA = \
    client-shims/exim/README.md \
    client-shims/exim/daned-acl.conf \
    client-shims/exim/daned-main.conf \
    client-shims/exim/daned-router.conf \
    client-shims/exim/daned-transport.conf

# danectl: one file for each subcommand.
bin_PROGRAMS += danectl
danectl_SOURCES = \
    client-shims/danectl/chain_file.h client-shims/danectl/chain_file.c \
    client-shims/danectl/check.h client-shims/danectl/check.c \
    client-shims/danectl/check_address.c \
    client-shims/danectl/check_explain.c \
    client-shims/danectl/check_judge.c \
    client-shims/danectl/check_print.c \
    client-shims/danectl/check_probe.c \
    client-shims/danectl/check_smtp.h client-shims/danectl/check_smtp.c \
    client-shims/danectl/check_tls_wolfssl.h client-shims/danectl/check_tls_wolfssl.c \
    client-shims/danectl/command.h \
    client-shims/danectl/control.c \
    client-shims/danectl/control_client.h client-shims/danectl/control_client.c \
    client-shims/danectl/control_print.h client-shims/danectl/control_print.c \
    client-shims/danectl/dns_exchange.h client-shims/danectl/dns_exchange.c \
    client-shims/danectl/endpoint.h client-shims/danectl/endpoint.c \
    client-shims/danectl/input_file.h client-shims/danectl/input_file.c \
    client-shims/danectl/key_file.h client-shims/danectl/key_file.c \
    client-shims/danectl/main.c \
    client-shims/danectl/option.h client-shims/danectl/option.c \
    client-shims/danectl/output.h client-shims/danectl/output.c \
    client-shims/danectl/policy.c \
    client-shims/danectl/rollover.h client-shims/danectl/rollover.c \
    client-shims/danectl/rollover_decide.h client-shims/danectl/rollover_decide.c \
    client-shims/danectl/rollover_lookup.c \
    client-shims/danectl/rollover_match.c \
    client-shims/danectl/rollover_print.c \
    client-shims/danectl/rollover_servers.c \
    client-shims/danectl/rollover_state.h client-shims/danectl/rollover_state.c \
    client-shims/danectl/rollover_zone.c \
    client-shims/danectl/tlsa.c \
    client-shims/danectl/verify.c \
    client-shims/danectl/verify_daemon.c
danectl_LDADD = libdanedclient.a libio.a libcore.a libproto.a $(WOLFSSL_LIBS) $(IDN2_LIBS) $(JANSSON_LIBS)

noinst_LIBRARIES += libdanedclient.a
libdanedclient_a_SOURCES = \
    client-shims/libdaned-client/daned_client.h client-shims/libdaned-client/daned_client.c

# To be copied into other programs.
clientdir = $(docdir)/libdaned-client
dist_client_DATA = \
    client-shims/libdaned-client/README.md \
    client-shims/libdaned-client/daned_client.h \
    client-shims/libdaned-client/daned_client.c
