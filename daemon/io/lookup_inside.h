/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup_inside.h - what all lookups have in common; for lookup.c and lookup_level.c alone.
 */
#ifndef DANED_IO_LOOKUP_INSIDE_H
#define DANED_IO_LOOKUP_INSIDE_H

#include "daemon/core/table.h"
#include "daemon/io/lookup.h"

enum lookup_mode {
    LOOKS_UP,    /* what the cache has is good enough */
    LOOKS_FULLY, /* so it is, but each link of a chain of CNAMEs that is not secure is wanted, too
                  */
    LOOKS_ANEW,  /* the MX records are asked for though the cache may have them */
    REFRESHES,   /* nobody waits: what will soon expire is asked for before it does */
};

struct lookups {
    struct cache *cache;
    struct questions *questions;
    struct lookup_options options;
    struct table in_flight;
    struct verdict *verdict;        /* where the policy writes */
    struct verdict *spare;          /* that was shown and is no longer needed, or NULL */
    struct verdict *ready;          /* what the last lookups_decide() lent out, */
    struct evidence ready_evidence; /* and what it borrows from */
};

/*
 * Keeps in the cache the level that a lookup of this mode has decided, and tells on_downgraded if
 * it is weaker than the one before it. A failure does not take the place of what is known.
 */
void lookups_keep_level(struct lookups *lookups, const struct destination *destination,
    const struct answer *answer, enum lookup_mode mode, uint64_t now_ms);

#endif
