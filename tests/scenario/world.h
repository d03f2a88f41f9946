/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - a DNS world as plain data: RRsets with their DNSSEC status, zones that deny the rest,
 * and what goes wrong with which question.
 *
 * Nothing here answers a question: fake_resolver.h makes replies from a world, oracle.h decides
 * from the world itself, and neither uses the other.
 */
#ifndef DANED_TESTS_SCENARIO_WORLD_H
#define DANED_TESTS_SCENARIO_WORLD_H

#include <stdio.h>

#include "daemon/core/dns.h"
#include "tests/scenario/words.h"

#define WORLD_RDATA_MAX 512 /* octets */

/* What a fault amounts to: what somebody who reads the reply may conclude. */
enum fault_class {
    FAULT_ERROR,    /* nothing is known */
    FAULT_INSECURE, /* the answer is as it is, but insecure */
    FAULT_NODATA,   /* a well-formed denial, as secure as the answer would be */
    FAULT_NXDOMAIN,
    FAULT_HARMLESS, /* the answer is as it is */
};

/* What can happen to a question: X(name, word in a scenario, class). */
#define FAULTS(X)                                      \
    X(TIMEOUT, "timeout", ERROR)                       \
    X(SERVFAIL, "servfail", ERROR)                     \
    X(BOGUS, "bogus", ERROR)                           \
    X(REFUSED, "refused", ERROR)                       \
    X(FORMERR, "formerr", ERROR)                       \
    X(DROPPED, "dropped", ERROR)                       \
    X(EMPTY, "empty", ERROR)                           \
    X(EMPTY_NXDOMAIN, "nxdomain-without-soa", ERROR)   \
    X(FOREIGN_SOA, "denial-of-another-zone", ERROR)    \
    X(WRONG_NAME, "wrong-name", ERROR)                 \
    X(WRONG_TYPE, "wrong-type", ERROR)                 \
    X(NO_QUESTION, "no-question", ERROR)               \
    X(UNRELATED, "unrelated", ERROR)                   \
    X(UNRELATED_WITH_SOA, "unrelated-with-soa", ERROR) \
    X(NXDOMAIN_WITH_DATA, "nxdomain-with-data", ERROR) \
    X(TRUNCATED, "truncated", ERROR)                   \
    X(TRUNCATED_DENIAL, "truncated-denial", ERROR)     \
    X(ECHO, "echo", ERROR)                             \
    X(MALFORMED, "malformed", ERROR)                   \
    X(TWO_CNAMES, "two-cnames", ERROR)                 \
    X(CNAME_AND_DATA, "cname-and-data", ERROR)         \
    X(CNAME_LOOP, "cname-loop", ERROR)                 \
    X(ASK_OVERLOADED, "ask-overloaded", ERROR)         \
    X(ASK_UNREACHABLE, "ask-unreachable", ERROR)       \
    X(ASK_NOT_VALIDATING, "ask-not-validating", ERROR) \
    X(AD_STRIPPED, "ad-stripped", INSECURE)            \
    X(NODATA, "nodata", NODATA)                        \
    X(NXDOMAIN, "nxdomain", NXDOMAIN)                  \
    X(NOISE, "noise", HARMLESS)

enum fault {
#define X(name, word, class) FAULT_IS_##name,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

struct world_record {
    struct dname owner;
    uint16_t type;
    bool secure;
    bool partial; /* a CNAME behind which the resolver's reply ends */
    bool has_signature;
    uint32_t ttl;
    uint32_t original_ttl; /* of the signature */
    int64_t signature_end; /* seconds since 1970 */
    uint16_t rdata_len;
    uint8_t rdata[WORLD_RDATA_MAX];
};

struct world_zone {
    struct dname apex;
    bool secure;
    uint32_t ttl;
    uint32_t minimum;
};

struct world_fault {
    struct dname name;
    uint16_t type;
    enum fault fault;
};

struct world {
    struct world_record *records;
    size_t record_count;
    struct world_zone *zones;
    size_t zone_count;
    struct world_fault *faults;
    size_t fault_count;
};

/* A world with the root zone alone: secure, its SOA with a TTL and a minimum of a day. */
void world_init(struct world *world);
void world_fini(struct world *world);

/*
 * Reads a line of a world, its first word taken already:
 *   zone NAME TYPE RDATA [secure|insecure] [ttl N] [expires N] [original N] [partial]
 *   zone NAME TYPE error FAULT
 *   soa NAME [secure|insecure] [ttl N] [minimum N]
 *   drop NAME TYPE              the RRset, and what goes wrong with it
 * A record is secure and has a TTL of 3600 unless it says otherwise; "expires" is the end of its
 * signature in seconds from wall_s, "original" the original TTL in it.
 */
void world_read_zone(struct world *world, struct words *words, int64_t wall_s);
void world_read_soa(struct world *world, struct words *words);
void world_read_drop(struct world *world, struct words *words);

/* Adds a record, a zone (in place of one with the same apex). */
void world_add(struct world *world, const struct world_record *record);
void world_add_zone(struct world *world, const struct world_zone *zone);

/* Lets something happen to a question from now on; world_heal() undoes the last one. */
void world_hurt(struct world *world, const struct dname *name, uint16_t type, enum fault fault);
void world_heal(struct world *world);

/* Finds the record behind *after (or the first, if NULL) of an RRset; NULL behind the last. */
const struct world_record *world_find(const struct world *world, const struct dname *name,
    uint16_t type, const struct world_record *after);

/* Whether there is a record at or below the name. */
bool world_exists(const struct world *world, const struct dname *name);

/* Gives the zone that a name is in. */
const struct world_zone *world_zone_of(const struct world *world, const struct dname *name);

/* Gives what happens to a question, or NULL. The last word counts. */
const struct world_fault *world_fault_of(
    const struct world *world, const struct dname *name, uint16_t type);

enum fault_class fault_class_of(enum fault fault);
const char *fault_word(enum fault fault);

/* Makes a record of a type with some sound rdata, for replies that lie. */
struct world_record world_any_record(const struct dname *owner, uint16_t type);

/* Prints the world as lines of a scenario. */
void world_print(const struct world *world, FILE *out);

#endif
