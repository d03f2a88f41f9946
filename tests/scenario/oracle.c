/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle.c - the level of a destination by the rules alone.
 */
#include "tests/scenario/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/tlsa.h"

enum { LINKS_MAX = 10, HOSTS_MAX = 64 };

enum outcome { FAILED, DENIED_NAME, DENIED_TYPE, FOUND };

/* What can be known of an RRset. */
struct known {
    enum outcome outcome;
    bool secure;
    bool aliased;
    bool not_validating; /* FAILED, because the resolver does not validate */
    struct dname last;   /* where the CNAME chain ends */
    uint32_t ttl;
};

struct oracle {
    const struct world *world;
    const struct lookup_options *options;
    int64_t wall_s;
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* RFC 2181 8: TTLs of 2^31 and more are 0. */
static uint32_t ttl_of(uint32_t ttl)
{
    return ttl >= UINT32_C(0x80000000) ? 0 : ttl;
}

static void take_rrset(
    const struct oracle *oracle, struct known *known, const struct dname *name, uint16_t type)
{
    const struct world_record *record = NULL;
    uint32_t of_signatures = UINT32_MAX;
    bool any_signature = false;
    bool any_live = false;

    while ((record = world_find(oracle->world, name, type, record)) != NULL) {
        known->secure = known->secure && record->secure;
        known->ttl = least(known->ttl, ttl_of(record->ttl));
        if (!record->has_signature)
            continue;
        any_signature = true;
        if (record->signature_end <= oracle->wall_s)
            continue;
        any_live = true;
        of_signatures = least(of_signatures, ttl_of(record->original_ttl));
        of_signatures = least(of_signatures, (uint32_t)(record->signature_end - oracle->wall_s));
    }
    known->ttl = least(known->ttl, any_signature && !any_live ? 0 : of_signatures);
}

static void take_denial(const struct oracle *oracle, struct known *known, enum outcome outcome)
{
    const struct world_zone *zone = world_zone_of(oracle->world, &known->last);

    known->outcome = outcome;
    known->secure = known->secure && zone->secure;
    known->ttl = least(known->ttl, least(ttl_of(zone->ttl), ttl_of(zone->minimum)));
}

static struct known failed(uint32_t error_ttl)
{
    return (struct known){.outcome = FAILED, .ttl = error_ttl};
}

static uint32_t error_ttl_of(const struct oracle *oracle, enum fault fault)
{
    switch ((int)fault) {
    case FAULT_IS_DROPPED:
    case FAULT_IS_ASK_OVERLOADED:
    case FAULT_IS_ASK_UNREACHABLE:
    case FAULT_IS_ASK_NOT_VALIDATING:
        return 0;
    default:
        return oracle->options->questions.error_ttl_s;
    }
}

static struct known capped(const struct oracle *oracle, struct known known)
{
    known.ttl = least(known.ttl, oracle->options->questions.max_ttl_s);
    if (known.outcome != FOUND)
        known.ttl = least(known.ttl, oracle->options->questions.negative_max_ttl_s);
    return known;
}

/* Everything that can be known of (name, type). */
static struct known look_up(const struct oracle *oracle, const struct dname *name, uint16_t type)
{
    struct known known = {.secure = true, .last = *name, .ttl = UINT32_MAX};
    bool asked_here = true; /* a question of its own is asked at this name */
    bool error_came_along = false;

    for (int links = 0;; links++) {
        const struct world_fault *fault = world_fault_of(oracle->world, &known.last, type);
        enum fault_class class = fault ? fault_class_of(fault->fault) : FAULT_HARMLESS;
        if (class == FAULT_ERROR && asked_here) {
            known = failed(error_ttl_of(oracle, fault->fault));
            known.not_validating = fault->fault == FAULT_IS_ASK_NOT_VALIDATING;
            return known;
        }
        /* In the middle of a chain the resolver meets the failure, and says SERVFAIL. */
        error_came_along = error_came_along || class == FAULT_ERROR;
        if (asked_here && class == FAULT_INSECURE)
            known.secure = false;
        if (asked_here && (class == FAULT_NODATA || class == FAULT_NXDOMAIN)) {
            take_denial(oracle, &known, class == FAULT_NODATA ? DENIED_TYPE : DENIED_NAME);
            return capped(oracle, known);
        }
        const struct world_record *link =
            type == DNS_CNAME ? NULL : world_find(oracle->world, &known.last, DNS_CNAME, NULL);
        if (!link)
            break;
        if (links == LINKS_MAX)
            return failed(oracle->options->questions.error_ttl_s);
        take_rrset(oracle, &known, &known.last, DNS_CNAME);
        known.aliased = true;
        dname_from_wire(link->rdata, link->rdata_len, &known.last);
        asked_here = link->partial;
        if (asked_here && error_came_along)
            break;
    }
    if (error_came_along)
        return failed(oracle->options->questions.error_ttl_s);
    if (world_find(oracle->world, &known.last, type, NULL)) {
        known.outcome = FOUND;
        take_rrset(oracle, &known, &known.last, type);
    } else {
        take_denial(
            oracle, &known, world_exists(oracle->world, &known.last) ? DENIED_TYPE : DENIED_NAME);
    }
    return capped(oracle, known);
}

static bool is_usable(const struct world_record *record)
{
    const uint8_t *rdata = record->rdata;
    struct tlsa_record full;

    if (record->rdata_len <= 3 || (rdata[0] != 2 && rdata[0] != 3) || rdata[1] > 1)
        return false;
    if (rdata[2] == 1)
        return record->rdata_len == 3 + 32;
    if (rdata[2] == 2)
        return record->rdata_len == 3 + 64;
    /* What full data must look like has tests of its own. */
    return rdata[2] == 0 && tlsa_from_rdata(rdata, record->rdata_len, &full) &&
           tlsa_usability(&full) == TLSA_USABLE;
}

/*
 * The TLSA records at one base domain: HOST_DANE, HOST_ENCRYPT, HOST_TEMPFAIL; or HOST_NONE, which
 * means that the next base is to be tried.
 */
static enum host_state judge_base(
    const struct oracle *oracle, struct oracle_host *host, uint16_t port, uint32_t *ttl)
{
    const struct world_record *record = NULL;
    struct dname owner;

    if (!dname_tlsa_owner(&host->base, port, &owner))
        return HOST_NONE;
    struct known tlsa = look_up(oracle, &owner, DNS_TLSA);
    *ttl = least(*ttl, tlsa.ttl);
    host->not_validating = tlsa.not_validating;
    if (tlsa.outcome == FAILED)
        return HOST_TEMPFAIL;
    if (tlsa.outcome != FOUND || !tlsa.secure)
        return HOST_NONE;
    while ((record = world_find(oracle->world, &tlsa.last, DNS_TLSA, record)) != NULL)
        if (is_usable(record))
            return HOST_DANE;
    return HOST_ENCRYPT;
}

static bool is_in_digits(const struct dname *name)
{
    char text[DNAME_TEXT_MAX];
    int numbers = 0;
    char *at = text;

    dname_to_text(name, text);
    while (*at >= '0' && *at <= '9') {
        char *start = at;
        if (strtol(start, &at, 10) > 255 || at - start > 3)
            return false;
        numbers++;
        if (*at == '.')
            at++;
    }
    return *at == '\0' && numbers == 4;
}

static enum host_state judge_host(
    const struct oracle *oracle, struct oracle_host *host, uint16_t port, uint32_t *ttl)
{
    if (is_in_digits(&host->name))
        return HOST_NONE;
    struct known family[2] = {
        look_up(oracle, &host->name, DNS_A), look_up(oracle, &host->name, DNS_AAAA)};
    bool secure = false;
    bool found = false;
    bool aliased = false;
    for (int i = 0; i < 2; i++) {
        if (family[i].outcome != FOUND)
            continue;
        found = true;
        secure = secure || family[i].secure;
        aliased = aliased || (family[i].aliased && !family[i].secure);
        *ttl = least(*ttl, family[i].ttl);
    }
    if (!found) {
        *ttl = least(*ttl, least(family[0].ttl, family[1].ttl));
        host->not_validating = family[family[0].outcome == FAILED ? 0 : 1].not_validating;
        return family[0].outcome == FAILED || family[1].outcome == FAILED ? HOST_TEMPFAIL
                                                                          : HOST_NO_ADDRESS;
    }
    if (!secure) {
        if (!aliased)
            return HOST_NONE;
        struct known own = look_up(oracle, &host->name, DNS_CNAME);
        *ttl = least(*ttl, own.ttl);
        host->not_validating = own.not_validating;
        if (own.outcome != FOUND)
            return HOST_TEMPFAIL;
        if (!own.secure)
            return HOST_NONE;
    }
    for (int i = 0; secure && i < 2; i++) {
        if (family[i].outcome != FOUND || !family[i].secure || !family[i].aliased)
            continue;
        host->base = family[i].last;
        enum host_state state = judge_base(oracle, host, port, ttl);
        if (state != HOST_NONE)
            return state;
    }
    host->base = host->name;
    return judge_base(oracle, host, port, ttl);
}

static int by_preference(const void *a, const void *b)
{
    const struct world_record *left = *(const struct world_record *const *)a;
    const struct world_record *right = *(const struct world_record *const *)b;
    int order = left->rdata[0] * 256 + left->rdata[1] - right->rdata[0] * 256 - right->rdata[1];

    /* Among equals any order will do, so long as it is the one that daned has. */
    if (order == 0) {
        size_t len = left->rdata_len < right->rdata_len ? left->rdata_len : right->rdata_len;
        order = memcmp(left->rdata, right->rdata, len);
    }
    return order ? order : left->rdata_len - right->rdata_len;
}

/* Lists the MX hosts. Returns false for a null MX. */
static bool list_hosts(
    const struct oracle *oracle, const struct dname *owner, struct oracle_verdict *verdict)
{
    const struct world_record *sorted[512];
    const struct world_record *record = NULL;
    size_t count = 0;

    while ((record = world_find(oracle->world, owner, DNS_MX, record)) != NULL && count < 512)
        sorted[count++] = record;
    qsort(sorted, count, sizeof sorted[0], by_preference);
    for (size_t i = 0; i < count; i++) {
        struct oracle_host host = {.state = HOST_TEMPFAIL};
        bool known = false;
        dname_from_wire(sorted[i]->rdata + 2, sorted[i]->rdata_len - 2u, &host.name);
        if (dname_is_root(&host.name))
            return false;
        for (size_t k = 0; k < verdict->host_count; k++)
            known = known || dname_equal(&verdict->hosts[k].name, &host.name);
        if (known || verdict->host_count > HOSTS_MAX)
            continue;
        if (verdict->host_count == HOSTS_MAX)
            host.name.len = 0; /* stands for all beyond the limit */
        verdict->hosts[verdict->host_count++] = host;
    }
    return true;
}

static void say(struct oracle_verdict *verdict, enum level level, enum reason reason)
{
    verdict->level = level;
    verdict->reason = reason;
}

/* on-self-test-failure = may: the operator prefers mail without DANE to none. */
static void say_failed(struct oracle_verdict *verdict, const struct lookup_options *options,
    bool not_validating, enum reason reason)
{
    if (not_validating && options->policy.not_validating_may)
        say(verdict, LEVEL_MAY, REASON_NOT_VALIDATING);
    else
        say(verdict, LEVEL_DEFER, reason);
}

/* The table of levels, read from the top. */
static void read_table(
    struct oracle_verdict *verdict, const struct lookup_options *options, bool mx_secure)
{
    bool has[HOST_NO_ADDRESS + 1] = {false};
    const struct oracle_host *failed_first = NULL;

    for (size_t i = 0; i < verdict->host_count; i++) {
        has[verdict->hosts[i].state] = true;
        if (verdict->hosts[i].state == HOST_TEMPFAIL && !failed_first)
            failed_first = &verdict->hosts[i];
    }
    bool dane = has[HOST_DANE];
    bool encrypt = has[HOST_ENCRYPT];
    bool none = has[HOST_NONE];
    bool tempfail = has[HOST_TEMPFAIL];
    if (!dane && !encrypt && !none && !tempfail)
        say(verdict, LEVEL_DANE, REASON_NO_ADDRESS);
    else if (!dane && !encrypt && !none)
        say_failed(verdict, options, failed_first->not_validating, REASON_HOSTS_FAILED);
    else if (!encrypt && !none && mx_secure && options->policy.promote)
        say(verdict, LEVEL_DANE_REQUIRED, REASON_ALL_HOSTS_DANE);
    else if (!encrypt && !none)
        say(verdict, LEVEL_DANE, mx_secure ? REASON_PROMOTE_OFF : REASON_INSECURE_MX);
    else if (!dane && !none && !tempfail)
        say(verdict, LEVEL_ENCRYPT, REASON_TLSA_UNUSABLE);
    else if (!dane && !encrypt && !tempfail)
        say(verdict, LEVEL_MAY, REASON_NO_TLSA);
    else
        say(verdict, LEVEL_DANE, REASON_MIXED_HOSTS);
}

void oracle_decide(const struct world *world, const struct destination *destination,
    const struct lookup_options *options, int64_t wall_s, struct oracle_verdict *verdict_out)
{
    const struct oracle oracle = {world, options, wall_s};
    struct known mx = {.outcome = DENIED_TYPE, .secure = true, .ttl = UINT32_MAX};

    verdict_out->host_count = 0;
    if (destination->kind == DESTINATION_DOMAIN)
        mx = look_up(&oracle, &destination->name, DNS_MX);
    verdict_out->ttl = mx.ttl;
    if (mx.outcome == FAILED) {
        say_failed(verdict_out, options, mx.not_validating, REASON_MX_LOOKUP_FAILED);
        return;
    }
    if (mx.outcome == DENIED_NAME) {
        say(verdict_out, LEVEL_DANE, REASON_NO_SUCH_DOMAIN);
        return;
    }
    if (mx.outcome == FOUND && !list_hosts(&oracle, &mx.last, verdict_out)) {
        say(verdict_out, LEVEL_DANE, REASON_NULL_MX);
        verdict_out->host_count = 0;
        return;
    }
    if (mx.outcome == DENIED_TYPE) {
        verdict_out->hosts[0] = (struct oracle_host){.name = destination->name};
        verdict_out->host_count = 1;
    }
    if (!mx.secure && options->policy.insecure_mx_may) {
        say(verdict_out, LEVEL_MAY, REASON_INSECURE_MX_MAY);
        return;
    }
    for (size_t i = 0; i < verdict_out->host_count; i++) {
        struct oracle_host *host = &verdict_out->hosts[i];
        if (host->name.len == 0)
            continue;
        host->state = judge_host(&oracle, host, destination->port, &verdict_out->ttl);
        if (host->state != HOST_DANE && host->state != HOST_ENCRYPT)
            host->base.len = 0;
    }
    read_table(verdict_out, options, mx.secure);
}

bool oracle_families_differ(const struct world *world, const struct dname *name,
    const struct lookup_options *options, int64_t wall_s)
{
    const struct oracle oracle = {world, options, wall_s};
    struct known a = look_up(&oracle, name, DNS_A);
    struct known aaaa = look_up(&oracle, name, DNS_AAAA);

    return a.outcome == FOUND && aaaa.outcome == FOUND && a.secure != aaaa.secure;
}
