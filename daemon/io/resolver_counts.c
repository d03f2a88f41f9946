/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver_counts.c - how the questions to the resolvers ended, counted for the metrics.
 */
#include "daemon/io/resolver_counts.h"

const char *resolver_result_label(enum resolver_result result)
{
    static const char *const labels[] = {
#define X(name, label) [RESOLVER_RESULT_##name] = label,
        RESOLVER_RESULTS(X)
#undef X
    };
    return result < RESOLVER_RESULT_COUNT ? labels[result] : "?";
}

const char *resolver_counted_label(enum resolver_counted counted)
{
    static const char *const labels[] = {[RESOLVER_COUNTED_A] = "A",
        [RESOLVER_COUNTED_AAAA] = "AAAA",
        [RESOLVER_COUNTED_MX] = "MX",
        [RESOLVER_COUNTED_TLSA] = "TLSA",
        [RESOLVER_COUNTED_CNAME] = "CNAME",
        [RESOLVER_COUNTED_OTHER] = "other"};
    return counted < RESOLVER_COUNTED_COUNT ? labels[counted] : "?";
}

static enum resolver_counted counted_of(uint16_t type)
{
    switch (type) {
    case DNS_A:
        return RESOLVER_COUNTED_A;
    case DNS_AAAA:
        return RESOLVER_COUNTED_AAAA;
    case DNS_MX:
        return RESOLVER_COUNTED_MX;
    case DNS_TLSA:
        return RESOLVER_COUNTED_TLSA;
    case DNS_CNAME:
        return RESOLVER_COUNTED_CNAME;
    default:
        return RESOLVER_COUNTED_OTHER;
    }
}

static enum resolver_result result_of(const struct dns_reply *reply, enum dns_cause cause)
{
    if (reply != NULL)
        return reply->rcode == DNS_NOERROR    ? RESOLVER_RESULT_NOERROR
               : reply->rcode == DNS_NXDOMAIN ? RESOLVER_RESULT_NXDOMAIN
               : reply->rcode == DNS_SERVFAIL ? RESOLVER_RESULT_SERVFAIL
                                              : RESOLVER_RESULT_OTHER_RCODE;
    if (cause == CAUSE_TIMEOUT)
        return RESOLVER_RESULT_TIMEOUT;
    if (cause == CAUSE_UNREACHABLE)
        return RESOLVER_RESULT_UNREACHABLE;
    if (cause == CAUSE_UNPROVEN)
        return RESOLVER_RESULT_UNPROVEN;
    if (cause == CAUSE_NOT_VALIDATING || cause == CAUSE_OVERLOADED || cause == CAUSE_SHUTDOWN)
        return RESOLVER_RESULT_REFUSED;
    return RESOLVER_RESULT_MALFORMED;
}

void resolver_count(struct resolver_counts *counts, uint16_t type, const struct dns_reply *reply,
    enum dns_cause cause)
{
    counts->queries[counted_of(type)][result_of(reply, cause)]++;
}
