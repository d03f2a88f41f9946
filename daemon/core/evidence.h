/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.h - the facts that one lookup of a destination has gathered so far.
 *
 * Keyed by question. A question that was asked and is not yet answered stands there without a fact.
 * The evidence owns its facts. At most a few hundred: one MX lookup and a handful for each host.
 */
#ifndef DANED_CORE_EVIDENCE_H
#define DANED_CORE_EVIDENCE_H

#include "daemon/core/fact.h"

struct question {
    struct dname name;
    uint16_t type; /* enum dns_type */
};

#define EVIDENCE_BUCKETS 64

struct evidence {
    struct evidence_item *buckets[EVIDENCE_BUCKETS];
};

enum evidence_state { EVIDENCE_UNASKED, EVIDENCE_PENDING, EVIDENCE_KNOWN };

/* Starts without any fact. */
void evidence_init(struct evidence *evidence);

/* Frees every fact. */
void evidence_fini(struct evidence *evidence);

/* Notes that a question is under way. Does nothing if it is there already. */
void evidence_mark_pending(struct evidence *evidence, const struct question *question);

/* Takes a fact (free() will free it) as the answer to a question; a later one replaces it. */
void evidence_add(struct evidence *evidence, const struct question *question, struct fact *fact);

/* Whether the question was asked and answered; if it was, *fact_out is borrowed from the evidence.
 */
enum evidence_state evidence_get(const struct evidence *evidence, const struct dname *name,
    uint16_t type, const struct fact **fact_out);

/* Whether two questions are the same. */
bool question_equal(const struct question *a, const struct question *b);

#endif
