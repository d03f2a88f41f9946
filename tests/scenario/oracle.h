/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle.h - the level of a destination by the rules alone, straight from a world.
 *
 * Written from the rules and without the code that it judges: no replies, no facts, no steps. It
 * recurses where daned waits. What happens to a question counts by its class (enum fault_class)
 * and nothing else.
 */
#ifndef DANED_TESTS_SCENARIO_ORACLE_H
#define DANED_TESTS_SCENARIO_ORACLE_H

#include "daemon/io/lookup.h"
#include "tests/scenario/world.h"

#define ORACLE_HOSTS_MAX 65

struct oracle_host {
    struct dname name;
    enum host_state state;
    struct dname base;   /* "no name" if none */
    bool not_validating; /* of a HOST_TEMPFAIL: because the resolver does not validate */
};

struct oracle_verdict {
    enum level level;
    enum reason reason;
    uint32_t ttl; /* seconds */
    size_t host_count;
    struct oracle_host hosts[ORACLE_HOSTS_MAX];
};

/* Decides a domain or a host at the time wall_s. */
void oracle_decide(const struct world *world, const struct destination *destination,
    const struct lookup_options *options, int64_t wall_s, struct oracle_verdict *verdict_out);

/* Whether a name has secure addresses of one family and insecure ones of the other. */
bool oracle_families_differ(const struct world *world, const struct dname *name,
    const struct lookup_options *options, int64_t wall_s);

#endif
