/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.c - the level of a destination: MX, then each host, then the table.
 */
#include "daemon/core/policy.h"

#include "daemon/core/host.h"

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Takes the facts of the MX RRset over into the list of hosts. */
static void take_mx_hosts(const struct fact *mx, struct verdict *verdict)
{
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;

    while (verdict->host_count < FACT_MX_MAX && fact_next_record(mx, &cursor, &rdata, &len)) {
        struct host_verdict *host = &verdict->hosts[verdict->host_count++];
        *host = (struct host_verdict){0};
        fact_read_mx(rdata, len, &host->preference, &host->name);
        /* RFC 7505 3; Postfix takes any target "." as a null MX, whatever stands beside it. */
        if (dname_is_root(&host->name))
            verdict->mx = MX_NULL;
    }
    if (mx->omitted > 0) {
        struct host_verdict *rest = &verdict->hosts[verdict->host_count++];
        *rest = (struct host_verdict){
            .preference = UINT16_MAX, .state = HOST_TEMPFAIL, .why = HOST_REASON_BEYOND_LIMIT};
    }
}

static void add_single_host(struct verdict *verdict, const struct dname *name)
{
    verdict->hosts[0] = (struct host_verdict){.name = *name};
    verdict->host_count = 1;
}

static void settle(struct verdict *verdict, enum level level, enum reason reason)
{
    verdict->level = level;
    verdict->reason = reason;
}

/* A deferral names the lookup to blame, and its token says if the resolver itself is the cause. */
static void settle_failed(struct verdict *verdict, const struct policy_options *options,
    enum reason reason, const struct failure *failure)
{
    verdict->failure = *failure;
    switch ((int)failure->cause) {
    case CAUSE_NOT_VALIDATING:
        settle(
            verdict, options->not_validating_may ? LEVEL_MAY : LEVEL_DEFER, REASON_NOT_VALIDATING);
        return;
    case CAUSE_UNREACHABLE:
        reason = REASON_RESOLVER_UNREACHABLE;
        break;
    case CAUSE_OVERLOADED:
        reason = REASON_OVERLOADED;
        break;
    case CAUSE_SHUTDOWN:
        reason = REASON_STOPPING;
        break;
    default:
        break;
    }
    settle(verdict, LEVEL_DEFER, reason);
}

enum mx_step { MX_GO_ON, MX_DECIDED, MX_WAIT };

/* The MX lookup (RFC 7672 2.2.1): fills the hosts, or settles the verdict, or waits. */
static enum mx_step step_mx(const struct destination *destination,
    const struct policy_options *options, const struct evidence *evidence, struct host_needs *needs,
    struct verdict *verdict)
{
    const struct fact *mx = host_need(needs, evidence, &destination->name, DNS_MX);

    if (!mx)
        return MX_WAIT;
    verdict->expires_ms = verdict->mx_expires_ms = mx->expires_ms;
    verdict->mx_status = (enum dns_status)mx->status;
    if (!fact_canonical(mx, &verdict->mx_canonical))
        verdict->mx_canonical.len = 0;
    switch ((enum fact_outcome)mx->outcome) {
    case FACT_ERROR:
        /* RFC 7672 2.1.1: an error is never "no such record"; delivery is delayed. */
        verdict->mx = MX_FAILED;
        settle_failed(verdict, options, REASON_MX_LOOKUP_FAILED,
            &(struct failure){
                (enum dns_cause)mx->cause, {.name = destination->name, .type = DNS_MX}});
        return MX_DECIDED;
    case FACT_NXDOMAIN:
        verdict->mx = MX_NO_DOMAIN;
        settle(verdict, LEVEL_DANE, REASON_NO_SUCH_DOMAIN);
        return MX_DECIDED;
    case FACT_NODATA:
        verdict->mx = MX_IMPLICIT;
        add_single_host(verdict, &destination->name);
        break;
    case FACT_RECORDS:
        verdict->mx = MX_RECORDS;
        take_mx_hosts(mx, verdict);
        break;
    }
    if (verdict->mx == MX_NULL) {
        verdict->host_count = 0;
        settle(verdict, LEVEL_DANE, REASON_NULL_MX);
        return MX_DECIDED;
    }
    if (verdict->mx_status == DNS_INSECURE && options->insecure_mx_may) {
        settle(verdict, LEVEL_MAY, REASON_INSECURE_MX_MAY);
        return MX_DECIDED;
    }
    return MX_GO_ON;
}

/* The table of levels: the first line that fits decides. */
static void decide_level(struct verdict *verdict, const struct policy_options *options)
{
    size_t count[HOST_NO_ADDRESS + 1] = {0};
    const struct host_verdict *failed = NULL;

    for (size_t i = 0; i < verdict->host_count; i++) {
        count[verdict->hosts[i].state]++;
        if (verdict->hosts[i].state == HOST_TEMPFAIL && !failed)
            failed = &verdict->hosts[i];
    }
    size_t left = verdict->host_count - count[HOST_NO_ADDRESS];
    bool mx_secure = verdict->mx_status == DNS_SECURE;

    if (left == 0) {
        settle(verdict, LEVEL_DANE, REASON_NO_ADDRESS);
    } else if (count[HOST_TEMPFAIL] == left) {
        settle_failed(verdict, options, REASON_HOSTS_FAILED, &failed->failure);
    } else if (count[HOST_DANE] > 0 && count[HOST_DANE] + count[HOST_TEMPFAIL] == left) {
        if (!mx_secure)
            settle(verdict, LEVEL_DANE, REASON_INSECURE_MX);
        else if (!options->promote)
            settle(verdict, LEVEL_DANE, REASON_PROMOTE_OFF);
        else
            settle(verdict, LEVEL_DANE_REQUIRED, REASON_ALL_HOSTS_DANE);
    } else if (count[HOST_ENCRYPT] == left) {
        settle(verdict, LEVEL_ENCRYPT, REASON_TLSA_UNUSABLE);
    } else if (count[HOST_NONE] == left) {
        settle(verdict, LEVEL_MAY, REASON_NO_TLSA);
    } else {
        settle(verdict, LEVEL_DANE, REASON_MIXED_HOSTS);
    }
}

bool policy_decide(const struct destination *destination, const struct policy_options *options,
    const struct evidence *evidence, struct question needs_out[POLICY_NEEDS_MAX],
    size_t *need_count_out, struct verdict *verdict_out)
{
    struct host_needs needs = {.questions = needs_out, .max = POLICY_NEEDS_MAX};
    bool final = true;

    *need_count_out = 0;
    verdict_out->level = LEVEL_DEFER;
    verdict_out->reason = REASON_BAD_REQUEST;
    verdict_out->failure.cause = CAUSE_NONE;
    verdict_out->expires_ms = verdict_out->mx_expires_ms = UINT64_MAX;
    verdict_out->mx = MX_NOT_ASKED;
    verdict_out->mx_status = DNS_SECURE;
    verdict_out->mx_canonical.len = 0;
    verdict_out->host_count = 0;

    switch (destination->kind) {
    case DESTINATION_ADDRESS:
        settle(verdict_out, LEVEL_MAY, REASON_ADDRESS_LITERAL);
        return true;
    case DESTINATION_PARENT:
        return true;
    case DESTINATION_HOST:
        /* RFC 7672 2.2.1: a host that the operator names is trusted a priori. */
        add_single_host(verdict_out, &destination->name);
        break;
    case DESTINATION_DOMAIN:
        switch (step_mx(destination, options, evidence, &needs, verdict_out)) {
        case MX_DECIDED:
            return true;
        case MX_WAIT:
            *need_count_out = needs.count;
            return false;
        case MX_GO_ON:
            break;
        }
        break;
    }
    for (size_t i = 0; i < verdict_out->host_count; i++) {
        uint64_t expires_ms = UINT64_MAX;
        struct host_verdict *host = &verdict_out->hosts[i];
        if (host->why == HOST_REASON_BEYOND_LIMIT)
            continue;
        if (!host_decide(destination->port, evidence, &needs, host, &expires_ms))
            final = false;
        verdict_out->expires_ms = lesser(verdict_out->expires_ms, expires_ms);
    }
    *need_count_out = needs.count;
    if (final)
        decide_level(verdict_out, options);
    return final;
}

const struct host_verdict *policy_find_host(const struct verdict *verdict, const struct dname *host)
{
    for (size_t i = 0; i < verdict->host_count; i++)
        if (dname_equal(&verdict->hosts[i].name, host))
            return &verdict->hosts[i];
    for (size_t i = 0; i < verdict->host_count; i++)
        if (verdict->hosts[i].canonical.len > 0 && dname_equal(&verdict->hosts[i].canonical, host))
            return &verdict->hosts[i];
    return NULL;
}

enum level host_state_level(enum host_state state)
{
    switch (state) {
    case HOST_DANE:
        return LEVEL_DANE;
    case HOST_ENCRYPT:
        return LEVEL_ENCRYPT;
    case HOST_NONE:
        return LEVEL_MAY;
    case HOST_UNDECIDED:
    case HOST_TEMPFAIL:
        return LEVEL_DEFER;
    case HOST_NO_ADDRESS:
        /* The MTA has found an address that was not seen here: it must look for itself. */
        return LEVEL_DANE;
    }
    return LEVEL_DEFER;
}

enum level policy_host_level(const struct verdict *verdict, const struct host_verdict *host)
{
    if (verdict->level == LEVEL_DANE_REQUIRED)
        return LEVEL_DANE_REQUIRED;
    return host_state_level(host->state);
}
