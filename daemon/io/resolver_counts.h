/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver_counts.h - how the questions to the resolvers ended, counted for the metrics.
 */
#ifndef DANED_IO_RESOLVER_COUNTS_H
#define DANED_IO_RESOLVER_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dns.h"

/* How questions ended: X(name, label of the metric). */
#define RESOLVER_RESULTS(X)       \
    X(NOERROR, "noerror")         \
    X(NXDOMAIN, "nxdomain")       \
    X(SERVFAIL, "servfail")       \
    X(OTHER_RCODE, "other_rcode") \
    X(TIMEOUT, "timeout")         \
    X(UNREACHABLE, "unreachable") \
    X(UNPROVEN, "unproven")       \
    X(MALFORMED, "malformed")     \
    X(REFUSED, "not_asked")

enum resolver_result {
#define X(name, label) RESOLVER_RESULT_##name,
    RESOLVER_RESULTS(X)
#undef X
        RESOLVER_RESULT_COUNT
};

/* The types that are counted one by one, and all others. */
enum resolver_counted {
    RESOLVER_COUNTED_A,
    RESOLVER_COUNTED_AAAA,
    RESOLVER_COUNTED_MX,
    RESOLVER_COUNTED_TLSA,
    RESOLVER_COUNTED_CNAME,
    RESOLVER_COUNTED_OTHER,
    RESOLVER_COUNTED_COUNT
};

/* Questions of self-tests and probes are not counted. */
struct resolver_counts {
    uint64_t queries[RESOLVER_COUNTED_COUNT][RESOLVER_RESULT_COUNT];
    uint64_t retries; /* second attempts */
    size_t in_flight; /* now: with an upstream */
    size_t held;      /* now: not sent, as nothing is known of the upstreams yet */
};

/* Counts a question of type that ended with reply, or with none and the cause why. */
void resolver_count(struct resolver_counts *counts, uint16_t type, const struct dns_reply *reply,
    enum dns_cause cause);

/* Label of a result and of a counted type, for the metrics; static storage. */
const char *resolver_result_label(enum resolver_result result);
const char *resolver_counted_label(enum resolver_counted counted);

#endif
