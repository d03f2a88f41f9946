/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host.c - the state of one MX host: its addresses, the TLSA base domain, the TLSA records.
 *
 * The steps are those of RFC 7672 2.2.2 (addresses and CNAMEs) and 2.2.3 (TLSA records). Whatever
 * cannot be looked up makes this host tempfail and no other.
 */
#include "daemon/core/host.h"

#include "daemon/core/tlsa.h"

/* Where the facts of one host come from. */
struct source {
    struct evidence *evidence;
    evidence_hosts host;
    uint16_t port;
};

static const struct fact *need(const struct source *source, const struct dname *name, uint16_t type)
{
    return evidence_need(source->evidence, name, type, source->host);
}

/* Whether a name is four numbers: Postfix connects to such an MX target as to an address. */
static bool is_address_in_digits(const struct dname *name)
{
    size_t pos = 0;
    unsigned labels = 0;

    while (pos < name->len && name->wire[pos] != 0) {
        unsigned value = 0;
        size_t len = name->wire[pos];
        if (len > 3)
            return false;
        for (size_t i = pos + 1; i <= pos + len; i++) {
            if (name->wire[i] < '0' || name->wire[i] > '9')
                return false;
            value = value * 10 + (unsigned)(name->wire[i] - '0');
        }
        if (value > 255)
            return false;
        pos += len + 1;
        labels++;
    }
    return labels == 4;
}

static void lower(uint64_t *expires_ms, const struct fact *fact)
{
    if (fact->expires_ms < *expires_ms)
        *expires_ms = fact->expires_ms;
}

/* An address fact that decides. */
static void lower_address(struct host_verdict *host, uint64_t *expires_ms, const struct fact *fact)
{
    lower(&host->address_expires_ms, fact);
    lower(expires_ms, fact);
}

static bool settle(struct host_verdict *host, enum host_state state, enum host_reason why)
{
    host->state = state;
    host->why = why;
    return true;
}

static bool settle_failed(struct host_verdict *host, enum host_reason why, unsigned cause,
    const struct dname *name, uint16_t type)
{
    host->failure.cause = (enum dns_cause)cause;
    host->failure.question.name = *name;
    host->failure.question.type = type;
    return settle(host, HOST_TEMPFAIL, why);
}

/* What the two address lookups come to. */
struct addresses {
    const struct fact *family[2]; /* A, AAAA */
    bool aliased;                 /* a CNAME was met on the way to an insecure answer */
};

static const uint16_t family_type[2] = {DNS_A, DNS_AAAA};

/* No family has an address: is that known, or did a lookup fail? */
static bool settle_without_address(
    struct host_verdict *host, const struct addresses *addresses, uint64_t *expires_ms)
{
    for (size_t i = 0; i < 2; i++)
        lower_address(host, expires_ms, addresses->family[i]);
    for (size_t i = 0; i < 2; i++)
        if (addresses->family[i]->outcome == FACT_ERROR)
            return settle_failed(host, HOST_REASON_ADDRESS_FAILED, addresses->family[i]->cause,
                &host->name, family_type[i]);
    host->address = addresses->family[0]->status < addresses->family[1]->status
                        ? (enum dns_status)addresses->family[0]->status
                        : (enum dns_status)addresses->family[1]->status;
    return settle(host, HOST_NO_ADDRESS, HOST_REASON_NOWHERE);
}

/* Adds a candidate for the TLSA base domain unless it is there already. */
static size_t add_candidate(struct dname *candidates, size_t count, const struct dname *name)
{
    for (size_t i = 0; i < count; i++)
        if (dname_equal(&candidates[i], name))
            return count;
    candidates[count] = *name;
    return count + 1;
}

/* TLSA records are there and secure: are any of them usable? */
static bool settle_with_tlsa(
    struct host_verdict *host, const struct fact *tlsa, const struct dname *base)
{
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;

    host->tlsa = tlsa;
    host->tlsa_base = *base;
    while (fact_next_record(tlsa, &cursor, &rdata, &len)) {
        struct tlsa_record record;
        if (tlsa_from_rdata(rdata, len, &record) && tlsa_usability(&record) == TLSA_USABLE)
            return settle(host, HOST_DANE, HOST_REASON_USABLE_TLSA);
    }
    /* RFC 7672 2.2: secure but unusable records still mandate TLS, without authentication. */
    return settle(host, HOST_ENCRYPT, HOST_REASON_UNUSABLE_TLSA);
}

/*
 * RFC 7672 2.2.3: the TLSA base domain is the first candidate that yields secure TLSA records. A
 * failed lookup ends the search: the records might have been there.
 */
static bool decide_tlsa(const struct source *source, const struct dname *candidates, size_t count,
    struct host_verdict *host, uint64_t *expires_ms)
{
    enum host_reason why = HOST_REASON_TLSA_NONE;

    for (size_t i = 0; i < count; i++) {
        struct dname owner;
        /* A name too long for the prefix cannot have TLSA records. */
        if (!dname_tlsa_owner(&candidates[i], source->port, &owner))
            continue;
        const struct fact *tlsa = need(source, &owner, DNS_TLSA);
        if (!tlsa)
            return false;
        lower(expires_ms, tlsa);
        if (tlsa->outcome == FACT_ERROR)
            return settle_failed(host, HOST_REASON_TLSA_FAILED, tlsa->cause, &owner, DNS_TLSA);
        if (tlsa->outcome != FACT_RECORDS)
            continue;
        if (tlsa->status == DNS_SECURE)
            return settle_with_tlsa(host, tlsa, &candidates[i]);
        why = HOST_REASON_TLSA_INSECURE;
        host->insecure_tlsa = tlsa;
        host->insecure_base = candidates[i];
    }
    return settle(host, HOST_NONE, why);
}

/*
 * Insecure addresses. RFC 7672 2.2.2: without a CNAME there is nothing to look for, and a TLSA
 * query must not be sent, as some name servers of such zones break on it. With one, the CNAME
 * record of the host's own name may be secure while what it leads to is not: then TLSA records may
 * stand at the host's own name.
 */
static bool decide_insecure(
    const struct source *source, bool aliased, struct host_verdict *host, uint64_t *expires_ms)
{
    if (!aliased)
        return settle(host, HOST_NONE, HOST_REASON_ADDRESS_INSECURE);
    const struct fact *own = need(source, &host->name, DNS_CNAME);
    if (!own)
        return false;
    lower(expires_ms, own);
    if (own->outcome == FACT_ERROR)
        return settle_failed(host, HOST_REASON_CNAME_FAILED, own->cause, &host->name, DNS_CNAME);
    /* The address lookup met a CNAME that is not there any more: nothing is known for sure. */
    if (own->outcome != FACT_RECORDS)
        return settle_failed(
            host, HOST_REASON_CNAME_FAILED, CAUSE_CONTRADICTORY, &host->name, DNS_CNAME);
    if (own->status != DNS_SECURE)
        return settle(host, HOST_NONE, HOST_REASON_ALIAS_INSECURE);
    if (!decide_tlsa(source, &host->name, 1, host, expires_ms))
        return false;
    if (host->why == HOST_REASON_TLSA_NONE)
        host->why = HOST_REASON_ALIAS_TLSA_NONE;
    return true;
}

bool host_decide(uint16_t port, struct evidence *evidence, size_t number, struct host_verdict *host,
    uint64_t *expires_ms)
{
    struct source source = {evidence, EVIDENCE_HOST(number), port};
    struct addresses addresses = {{NULL, NULL}, false};
    struct dname candidates[3];
    size_t count = 0;

    host->address_expires_ms = UINT64_MAX;
    /* RFC 7672 2.2: DANE needs a name; an MX target in digits is used as an address. */
    if (is_address_in_digits(&host->name)) {
        host->address = DNS_INSECURE;
        host->has_address = true;
        return settle(host, HOST_NONE, HOST_REASON_LITERAL);
    }
    for (size_t i = 0; i < 2; i++)
        addresses.family[i] = need(&source, &host->name, family_type[i]);
    if (!addresses.family[0] || !addresses.family[1])
        return false;

    for (size_t i = 0; i < 2; i++) {
        const struct fact *fact = addresses.family[i];
        struct dname canonical;
        if (fact->outcome != FACT_RECORDS)
            continue;
        host->has_address = true;
        lower_address(host, expires_ms, fact);
        bool aliased = fact_canonical(fact, &canonical);
        if (aliased && host->canonical.len == 0)
            host->canonical = canonical;
        if (fact->status > host->address)
            host->address = (enum dns_status)fact->status;
        if (fact->status == DNS_SECURE && aliased)
            count = add_candidate(candidates, count, &canonical);
        else if (aliased)
            addresses.aliased = true;
    }
    if (!host->has_address)
        return settle_without_address(host, &addresses, expires_ms);
    if (host->address != DNS_SECURE)
        return decide_insecure(&source, addresses.aliased, host, expires_ms);
    /* RFC 7672 2.2.3: the fully expanded name first, the host's own name last, none in between. */
    count = add_candidate(candidates, count, &host->name);
    return decide_tlsa(&source, candidates, count, host, expires_ms);
}
