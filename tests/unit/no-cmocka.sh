#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# no-cmocka.sh - stands for the unit tests where configure found no cmocka: they are not passed over.
echo "the unit tests need cmocka: install the package libcmocka-dev and run configure again"
exit 1
