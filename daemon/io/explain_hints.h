/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_hints.h - what can be done about an answer: one sentence for each reason.
 */
#ifndef DANED_IO_EXPLAIN_HINTS_H
#define DANED_IO_EXPLAIN_HINTS_H

#include "daemon/core/answer.h"

#define EXPLAIN_HINT_MAX (2 * DNAME_TEXT_MAX + 400) /* octets, with the NUL */

/* Writes what to do about a verdict's level; "" if nothing is to be done, or a host's hint says it.
 */
void explain_level_hint(const struct verdict *verdict, char out[EXPLAIN_HINT_MAX]);

/* Writes what to do about one host's state, with its TLSA records on port; "" if nothing. */
void explain_host_hint(const struct host_verdict *host, uint16_t port, char out[EXPLAIN_HINT_MAX]);

/* What Postfix (map dane) and Exim do with an answer: sentences of static storage. */
const char *explain_postfix(const struct answer *answer);
const char *explain_exim(const struct answer *answer);

/* What of the mail comes to a host in a state, under an answer; completes "mail ...". */
const char *explain_host_effect(const struct answer *answer, enum host_state state);

#endif
