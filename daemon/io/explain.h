/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain.h - everything about one answer, as one tree: what the control socket's "explain" shows.
 *
 * The members are described by packaging/man/explain.schema.json; those that interface.md names
 * keep their names and types.
 */
#ifndef DANED_IO_EXPLAIN_H
#define DANED_IO_EXPLAIN_H

#include <jansson.h>

#include "daemon/core/destination.h"
#include "daemon/core/overrides.h"
#include "daemon/core/verdict.h"

#define EXPLAIN_RECORDS_MAX 100 /* TLSA records shown of one host; all are looked at */

struct explain_subject {
    const struct destination *destination;
    const struct verdict *verdict;   /* final, of lookups_decide_fully() */
    const struct override *override; /* that fits the destination, or NULL */
    bool cached;                     /* the level was in the cache before it was asked for */
};

/* Makes the tree at now_ms; the caller frees it. It borrows nothing. */
json_t *explain_tree(const struct explain_subject *subject, uint64_t now_ms);

#endif
