# SPDX-License-Identifier: GPL-3.0-or-later
# Files of client-shims: what goes into the configuration of the MTAs.
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
    client-shims/danectl/command.h \
    client-shims/danectl/main.c \
    client-shims/danectl/verify.c
danectl_LDADD = libio.a libcore.a libproto.a $(WOLFSSL_LIBS) $(JANSSON_LIBS)
