#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# no-openssl.sh - stands for the chain matrix where configure found no OpenSSL: it is not passed over.
echo "the chain matrix needs OpenSSL: install the package libssl-dev and run configure again"
exit 1
