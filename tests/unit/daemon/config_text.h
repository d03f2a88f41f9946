/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_text.h - texts of configurations, that are accepted or refused: for the tests of them.
 *
 * The names are short because a table of mistakes is made of them.
 */
#ifndef DANED_TESTS_UNIT_DAEMON_CONFIG_TEXT_H
#define DANED_TESTS_UNIT_DAEMON_CONFIG_TEXT_H

#include <stddef.h>

#include "daemon/config.h"

/* Gives the configuration of a text, to be freed by config_free(); the test fails if the text is
 * refused. */
struct config *good_n(const char *text, size_t len);
struct config *good(const char *text);

/* The test fails unless the text is refused at this line (0: none), for a reason that contains
 * part. */
void bad_n(const char *text, size_t len, int line, const char *part);
void bad(const char *text, int line, const char *part);

/* The test fails unless the text is accepted. */
void accepted(const char *text);

/* The test fails unless the two are equal in everything. */
void assert_same(const struct config *a, const struct config *b);

#endif
