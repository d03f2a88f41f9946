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
 */
const struct host_verdict *policy_find_host(
    const struct verdict *verdict, const struct dname *host);

/* The level that a host's state means for that host alone. */
enum level host_state_level(enum host_state state);

/* The level for one host of a verdict alone, for options that an MTA expands per host. */
enum level policy_host_level(const struct verdict *verdict, const struct host_verdict *host);

#endif
