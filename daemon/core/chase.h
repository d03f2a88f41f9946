/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chase.h - what replies to one question mean: walks qname, CNAME*, qtype and makes the fact.
 *
 * A step function: a reply goes in; either the fact comes out, or the name that must be asked next
 * (a reply that ends in a CNAME with neither data nor denial). Every step but the last follows at
 * least one CNAME, and at most FACT_LINKS_MAX are followed, so that it ends.
 */
#ifndef DANED_CORE_CHASE_H
#define DANED_CORE_CHASE_H

#include "daemon/core/fact.h"

struct chase {
    struct dname at;        /* where the chain stands: what to ask now */
    uint8_t *path;          /* the names that were come to, as in a fact; owned */
    uint16_t path_len;      /* octets of path */
    uint16_t qtype;         /* enum dns_type */
    uint8_t links;          /* CNAMEs followed */
    enum dns_status status; /* the least over the replies so far */
    uint32_t ttl;           /* seconds; the least over the chain so far */
};

/* Starts a chase for (qname, qtype); chase->at is the first name to ask. */
void chase_init(struct chase *chase, const struct dname *qname, uint16_t qtype);

/* Ends a chase, whether it has come to its fact or not. */
void chase_fini(struct chase *chase);

/*
 * Takes in the reply to (chase->at, chase->qtype). Returns the fact, to be freed by the caller with
 * free(), or NULL if chase->at has moved and is to be asked next. wall_s is the time of day in
 * seconds since 1970, against which RRSIG expirations are held (RFC 4035 5.3.3).
 */
struct fact *chase_step(struct chase *chase, const struct dns_reply *reply, int64_t wall_s);

#endif
