/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * differences.h - the cases in which daned decides otherwise than OpenSSL on purpose, and why.
 */
#ifndef DANED_TESTS_CHAIN_DIFFERENCES_H
#define DANED_TESTS_CHAIN_DIFFERENCES_H

#include "tests/chain/judge.h"

/*
 * Looks for the row of a case by its description (plan_describe) and both verdicts, and marks it as
 * needed. Returns its reason, or NULL: the difference is not intended.
 */
const char *differences_reason(const char *description, enum verdict daned, enum verdict openssl);

/* Prints each row that no case has needed. Returns how many there are. */
int differences_print_unneeded(void);

#endif
