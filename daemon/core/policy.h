/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h - decides the TLS policy of a destination from DNS facts (RFC 7672 2.2).
 *
 * A step function that is asked again whenever a fact has come in: it says what it needs to know
 * next, or the verdict. All that it remembers between two calls is in the evidence: which hosts
 * lack which facts, so that a fact of one host does not make it look at the others.
 */
#ifndef DANED_CORE_POLICY_H
#define DANED_CORE_POLICY_H

#include "daemon/core/destination.h"
#include "daemon/core/evidence.h"
#include "daemon/core/verdict.h"

struct policy_options {
    bool promote;            /* dane-required where every MX host has usable TLSA */
    bool insecure_mx_may;    /* insecure-mx = may */
    bool not_validating_may; /* on-self-test-failure = may */
};

/*
 * Decides destination from evidence. Returns true if *verdict_out is final; it borrows from the
 * evidence. Returns false if not: then the questions to be asked now, side by side, can be taken
 * from the evidence; none if those under way have to be awaited. *verdict_out is of no use then.
 */
bool policy_decide(const struct destination *destination, const struct policy_options *options,
    struct evidence *evidence, struct verdict *verdict_out);

/*
 * Finds a host that an MTA names among the hosts of a final verdict: by its name, or by its CNAME
 * expansion (Exim names an alias by its target). Returns NULL if it is none of them.
 *
 * Of several aliases of one target it cannot be known which the MTA meant. The one whose state asks
 * the most of the peer counts: one with TLSA records before one of which nothing is known, and that
 * before one that authenticates nothing. So none of them is taken for a weaker one.
 */
const struct host_verdict *policy_find_host(
    const struct verdict *verdict, const struct dname *host);

/*
 * Gives the next alias of the host that an MTA names, behind the one that policy_find_host() or
 * this gave, that has TLSA records of its own, with another base domain than those before; NULL:
 * none. A peer whose chain fits any of them is one that the domain, over a secure MX lookup, has
 * named: who could pass by the records of one alias is reached by it anyhow, if the others fail.
 */
const struct host_verdict *policy_next_host(
    const struct verdict *verdict, const struct dname *host, const struct host_verdict *previous);

/* The level that a host's state means for that host alone. */
enum level host_state_level(enum host_state state);

/* The level for one host of a verdict alone, for options that an MTA expands per host. */
enum level policy_host_level(const struct verdict *verdict, const struct host_verdict *host);

#endif
