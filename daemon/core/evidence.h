/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.h - the facts that one lookup of a destination has gathered so far, and what it lacks.
 *
 * Keyed by question. The evidence also remembers which host of the destination lacks which fact, so
 * that a fact that comes in makes only those hosts be looked at again. It owns its facts. At most a
 * few hundred: one MX lookup and a handful for each host.
 */
#ifndef DANED_CORE_EVIDENCE_H
#define DANED_CORE_EVIDENCE_H

#include "daemon/core/fact.h"

struct question {
    struct dname name;
    uint16_t type; /* enum dns_type */
};

/* Hosts are numbered from 0; each is a bit here. */
typedef uint64_t evidence_hosts;

#define EVIDENCE_HOST(number) ((evidence_hosts)1 << (number))

#define EVIDENCE_BUCKETS 64

struct evidence_item;

struct evidence {
    struct evidence_item *buckets[EVIDENCE_BUCKETS];
    struct evidence_item *first_needed; /* in the order in which they were needed */
    struct evidence_item *last_needed;
    evidence_hosts due;     /* those that got a fact; whoever looks at one takes it out */
    evidence_hosts lacking; /* those of which not all is known; all at first */
};

/* Starts without any fact, and with every host due. */
void evidence_init(struct evidence *evidence);

/* Frees every fact. */
void evidence_fini(struct evidence *evidence);

/*
 * Gives the fact for (name, type), borrowed from the evidence; or NULL if it is not known. Then the
 * question is noted as needed, unless it is already, and all of these hosts are due again when the
 * fact has come.
 */
const struct fact *evidence_need(
    struct evidence *evidence, const struct dname *name, uint16_t type, evidence_hosts hosts);

/* Gives the fact for (name, type), borrowed from the evidence; or NULL if it is not known. */
const struct fact *evidence_find(
    const struct evidence *evidence, const struct dname *name, uint16_t type);

/* Shows each fact with its question, in no order. */
void evidence_each(const struct evidence *evidence,
    void (*visit)(void *arg, const struct question *question, const struct fact *fact), void *arg);

/*
 * Takes the next question that is needed and was not taken yet, to be asked; NULL if there is none.
 * Borrowed from the evidence.
 */
const struct question *evidence_take_need(struct evidence *evidence);

/* Takes a fact (free() will free it) as the answer to a question; a later one replaces it. */
void evidence_add(struct evidence *evidence, const struct question *question, struct fact *fact);

/* Whether two questions are the same. */
bool question_equal(const struct question *a, const struct question *b);

#endif
