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
    client-shims/exim/daned-main.conf \
    client-shims/exim/daned-router.conf \
    client-shims/exim/daned-transport.conf
