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

/* RFC 7505 3; Postfix takes any target "." as a null MX, whatever stands beside it. */
static bool has_null_mx(const struct fact *mx)
{
    enum { NULL_MX_LEN = 3 };
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;

    while (fact_next_record(mx, &cursor, &rdata, &len))
        if (len == NULL_MX_LEN)
            return true;
    return false;
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

/*
 * The MX lookup (RFC 7672 2.2.1): settles the verdict, or waits. *mx_out is the records of which
 * the hosts are to be taken, or NULL if the destination is its own host.
 */
static enum mx_step step_mx(const struct destination *destination,
    const struct policy_options *options, struct evidence *evidence, struct verdict *verdict,
    const struct fact **mx_out)
{
    const struct fact *mx = evidence_need(evidence, &destination->name, DNS_MX, ~(evidence_hosts)0);

    if (!mx) {
        evidence->due = 0;
        return MX_WAIT;
    }
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
        break;
    case FACT_RECORDS:
        verdict->mx = has_null_mx(mx) ? MX_NULL : MX_RECORDS;
        *mx_out = mx;
        break;
    }
    if (verdict->mx == MX_NULL) {
        settle(verdict, LEVEL_DANE, REASON_NULL_MX);
        return MX_DECIDED;
    }
    return MX_GO_ON;
}

/* Gives host number of the destination but for its state; false behind the last. */
static bool next_host(const struct destination *destination, const struct fact *mx, size_t number,
    size_t *cursor, bool wanted, struct host_verdict *host_out)
{
    const uint8_t *rdata;
    uint16_t len;

    if (number >= FACT_MX_MAX || (mx ? !fact_next_record(mx, cursor, &rdata, &len) : number > 0))
        return false;
    if (!wanted)
        return true;
    *host_out = (struct host_verdict){0};
    if (mx)
        fact_read_mx(rdata, len, &host_out->preference, &host_out->name);
    else
        host_out->name = destination->name;
    return true;
}

/* Looks at the hosts that got a fact since the last time. Returns whether all is known of all. */
static bool are_hosts_known(
    const struct destination *destination, const struct fact *mx, struct evidence *evidence)
{
    struct host_verdict host;
    uint64_t expires_ms = UINT64_MAX; /* of no use before all is known */
    evidence_hosts all = 0;
    size_t cursor = 0;

    for (size_t i = 0;; i++) {
        bool due = i < FACT_MX_MAX && (evidence->due & EVIDENCE_HOST(i)) != 0;
        if (!next_host(destination, mx, i, &cursor, due, &host))
            break;
        all |= EVIDENCE_HOST(i);
        if (due && host_decide(destination->port, evidence, i, &host, &expires_ms))
            evidence->lacking &= ~EVIDENCE_HOST(i);
    }
    evidence->due = 0;
    return (evidence->lacking & all) == 0;
}

/* Writes every host into the verdict, undecided. */
static void write_hosts(
    const struct destination *destination, const struct fact *mx, struct verdict *verdict)
{
    size_t cursor = 0;
    size_t count = 0;

    while (next_host(destination, mx, count, &cursor, true, &verdict->hosts[count]))
        count++;
    if (mx && mx->omitted > 0)
        verdict->hosts[count++] = (struct host_verdict){
            .preference = UINT16_MAX, .state = HOST_TEMPFAIL, .why = HOST_REASON_BEYOND_LIMIT};
    verdict->host_count = count;
}

/* Decides the hosts that write_hosts() has written; all is known of them. */
static void decide_hosts(
    const struct destination *destination, struct evidence *evidence, struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->host_count; i++) {
        uint64_t expires_ms = UINT64_MAX;
        if (verdict->hosts[i].why == HOST_REASON_BEYOND_LIMIT)
            continue;
        host_decide(destination->port, evidence, i, &verdict->hosts[i], &expires_ms);
        verdict->expires_ms = lesser(verdict->expires_ms, expires_ms);
    }
}

/* The table of levels: the first line that fits decides. */
static void decide_level(struct verdict *verdict, const struct policy_options *options)
{
    size_t count[HOST_NO_ADDRESS + 1] = {0};
    const struct host_verdict *failed = NULL;

    for (size_t i = 0; i < verdict->host_count; i++) {
        count[verdict->hosts[i].state]++;
        /* on-self-test-failure speaks for a host only if nothing worse is known of any. */
        if (verdict->hosts[i].state == HOST_TEMPFAIL &&
            (!failed || failed->failure.cause == CAUSE_NOT_VALIDATING))
            failed = &verdict->hosts[i];
    }
    size_t left = verdict->host_count - count[HOST_NO_ADDRESS];
    bool mx_secure = verdict->mx_status == DNS_SECURE;

    if (left == 0) {
        settle(verdict, LEVEL_DANE, REASON_NO_ADDRESS);
    } else if (failed && count[HOST_TEMPFAIL] == left) {
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

static void begin(struct verdict *verdict, const struct evidence *evidence)
{
    settle(verdict, LEVEL_DEFER, REASON_BAD_REQUEST);
    verdict->failure.cause = CAUSE_NONE;
    verdict->expires_ms = verdict->mx_expires_ms = UINT64_MAX;
    verdict->mx = MX_NOT_ASKED;
    verdict->mx_status = DNS_SECURE;
    verdict->mx_canonical.len = 0;
    verdict->evidence = evidence;
    verdict->host_count = 0;
}

bool policy_decide(const struct destination *destination, const struct policy_options *options,
    struct evidence *evidence, struct verdict *verdict_out)
{
    const struct fact *mx = NULL;

    begin(verdict_out, evidence);
    switch (destination->kind) {
    case DESTINATION_ADDRESS:
        settle(verdict_out, LEVEL_MAY, REASON_ADDRESS_LITERAL);
        return true;
    case DESTINATION_PARENT:
        return true;
    case DESTINATION_HOST:
        /* RFC 7672 2.2.1: a host that the operator names is trusted a priori. */
        break;
    case DESTINATION_DOMAIN:
        switch (step_mx(destination, options, evidence, verdict_out, &mx)) {
        case MX_DECIDED:
            return true;
        case MX_WAIT:
            return false;
        case MX_GO_ON:
            break;
        }
        break;
    }
    if (verdict_out->mx_status == DNS_INSECURE && options->insecure_mx_may) {
        write_hosts(destination, mx, verdict_out);
        settle(verdict_out, LEVEL_MAY, REASON_INSECURE_MX_MAY);
        return true;
    }
    if (!are_hosts_known(destination, mx, evidence))
        return false;
    write_hosts(destination, mx, verdict_out);
    decide_hosts(destination, evidence, verdict_out);
    decide_level(verdict_out, options);
    return true;
}

static bool is_alias_of(const struct host_verdict *host, const struct dname *target)
{
    return host->canonical.len > 0 && dname_equal(&host->canonical, target);
}

/* The more a state asks of the peer, the greater; what is not known may be anything. */
static unsigned strictness(enum host_state state)
{
    switch (state) {
    case HOST_NONE:
        return 1;
    case HOST_ENCRYPT:
        return 2;
    case HOST_UNDECIDED:
    case HOST_TEMPFAIL:
    case HOST_NO_ADDRESS:
        return 3;
    case HOST_DANE:
        return 4;
    }
    return 3;
}

const struct host_verdict *policy_find_host(const struct verdict *verdict, const struct dname *host)
{
    const struct host_verdict *found = NULL;

    for (size_t i = 0; i < verdict->host_count; i++)
        if (dname_equal(&verdict->hosts[i].name, host))
            return &verdict->hosts[i];
    for (size_t i = 0; i < verdict->host_count; i++) {
        const struct host_verdict *one = &verdict->hosts[i];
        if (is_alias_of(one, host) && (!found || strictness(one->state) > strictness(found->state)))
            found = one;
    }
    return found;
}

const struct host_verdict *policy_next_host(
    const struct verdict *verdict, const struct dname *host, const struct host_verdict *previous)
{
    if (dname_equal(&previous->name, host))
        return NULL;
    for (const struct host_verdict *one = previous + 1; one < verdict->hosts + verdict->host_count;
         one++) {
        bool is_known = one->state != HOST_DANE || !is_alias_of(one, host);
        for (const struct host_verdict *before = verdict->hosts; before < one && !is_known;
             before++)
            is_known = before->state == HOST_DANE && is_alias_of(before, host) &&
                       dname_equal(&before->tlsa_base, &one->tlsa_base);
        if (!is_known)
            return one;
    }
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
