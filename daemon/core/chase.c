/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chase.c - what a DNS reply means.
 *
 * The resolver validates; here its reply is only read, and read strictly: what is not a whole and
 * consistent answer to the question is an error, because an error delays mail and a false denial
 * would strip it of its protection. Therefore a denial counts only with the SOA record that every
 * real one carries (RFC 2308 2.1, 2.2): an empty reply alone proves nothing.
 */
#include "daemon/core/chase.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

void chase_init(struct chase *chase, const struct dname *qname, uint16_t qtype)
{
    *chase = (struct chase){
        .at = *qname,
        .qtype = qtype,
        .status = DNS_SECURE,
        .ttl = UINT32_MAX,
    };
}

void chase_fini(struct chase *chase)
{
    free(chase->path);
    chase->path = NULL;
}

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* RFC 2181 8: a TTL with the most significant bit set is taken as zero. */
static uint32_t sane_ttl(uint32_t ttl)
{
    return ttl > INT32_MAX ? 0 : ttl;
}

/*
 * Seconds that the signatures over (owner, type) allow, UINT32_MAX if none is seen. RFC 4035 5.3.3:
 * at most the original TTL, and the time to the expiration. Which of several signatures the
 * validator relied on cannot be seen: the least counts, but not one that has run out already, on
 * which it cannot have relied.
 */
static uint32_t signature_ttl(
    const struct dns_reply *reply, const struct dname *owner, uint16_t type, int64_t wall_s)
{
    enum { COVERED = 0, ORIGINAL_TTL = 4, EXPIRATION = 8, FIXED = 18 };
    uint32_t live = UINT32_MAX;
    bool seen = false;
    bool any_live = false;

    for (size_t i = 0; i < reply->answer_count; i++) {
        const struct dns_rr *rr = &reply->answer[i];
        if (rr->type != DNS_RRSIG || rr->rdata_len < FIXED || !dname_equal(&rr->owner, owner) ||
            (rr->rdata[COVERED] << 8 | rr->rdata[COVERED + 1]) != type)
            continue;
        seen = true;
        /* RFC 4034 3.1.5: 32 bits of seconds, compared by serial number arithmetic. */
        int32_t left = (int32_t)(read_u32(rr->rdata + EXPIRATION) - (uint32_t)wall_s);
        if (left <= 0)
            continue;
        any_live = true;
        live = lesser(live, lesser((uint32_t)left, sane_ttl(read_u32(rr->rdata + ORIGINAL_TTL))));
    }
    return seen && !any_live ? 0 : live;
}

/* Lowers the chain's TTL to what the RRset (owner, type) of this reply allows. */
static void cap_ttl(struct chase *chase, const struct dns_reply *reply, const struct dname *owner,
    uint16_t type, int64_t wall_s)
{
    for (size_t i = 0; i < reply->answer_count; i++) {
        const struct dns_rr *rr = &reply->answer[i];
        if (rr->type == type && dname_equal(&rr->owner, owner))
            chase->ttl = lesser(chase->ttl, sane_ttl(rr->ttl));
    }
    chase->ttl = lesser(chase->ttl, signature_ttl(reply, owner, type, wall_s));
}

static size_t count_records(const struct dns_reply *reply, const struct dname *owner, uint16_t type)
{
    size_t count = 0;

    for (size_t i = 0; i < reply->answer_count; i++)
        if (reply->answer[i].type == type &&
            (!owner || dname_equal(&reply->answer[i].owner, owner)))
            count++;
    return count;
}

static bool rdata_is_well_formed(const struct dns_rr *rr)
{
    return fact_rdata_is_well_formed(rr->type, rr->rdata, rr->rdata_len);
}

/*
 * RFC 6672 3.1: the CNAME of a name below a DNAME is made by the resolver, so that the DNAME and
 * its signature say how long it may live.
 */
static void cap_ttl_by_dname(struct chase *chase, const struct dns_reply *reply, int64_t wall_s)
{
    for (size_t i = 0; i < reply->answer_count; i++) {
        const struct dname *owner = &reply->answer[i].owner;
        if (reply->answer[i].type == DNS_DNAME && dname_is_below(&chase->at, owner) &&
            !dname_equal(&chase->at, owner))
            cap_ttl(chase, reply, owner, DNS_DNAME, wall_s);
    }
}

/* Goes to the target of a CNAME. Most names have none, so that there is a path only then. */
static bool follow(struct chase *chase, const struct dns_rr *link)
{
    if (!dname_from_wire(link->rdata, link->rdata_len, &chase->at))
        return false;
    size_t path_len = (size_t)chase->path_len + chase->at.len;
    chase->path = alloc_array(chase->path, path_len, 1);
    memcpy(chase->path + chase->path_len, chase->at.wire, chase->at.len);
    chase->path_len = (uint16_t)path_len;
    chase->links++;
    return true;
}

/*
 * Follows the CNAMEs of this reply from chase->at on. Returns CAUSE_NONE with *followed_out links
 * followed, or why the chain is none.
 */
static enum dns_cause follow_cnames(
    struct chase *chase, const struct dns_reply *reply, int64_t wall_s, unsigned *followed_out)
{
    *followed_out = 0;
    if (chase->qtype == DNS_CNAME)
        return CAUSE_NONE;
    for (;;) {
        const struct dns_rr *link = NULL;
        for (size_t i = 0; i < reply->answer_count; i++) {
            const struct dns_rr *rr = &reply->answer[i];
            if (rr->type != DNS_CNAME || !dname_equal(&rr->owner, &chase->at))
                continue;
            /* RFC 2181 10.1: there may be only one CNAME record at a name. */
            if (link && (link->rdata_len != rr->rdata_len ||
                            memcmp(link->rdata, rr->rdata, rr->rdata_len) != 0))
                return CAUSE_CONTRADICTORY;
            link = rr;
        }
        if (!link)
            return CAUSE_NONE;
        /* RFC 1034 3.6.2: where a CNAME is, there is no other data. */
        if (count_records(reply, &chase->at, chase->qtype) > 0)
            return CAUSE_CONTRADICTORY;
        if (!rdata_is_well_formed(link))
            return CAUSE_MALFORMED;
        if (chase->links == FACT_LINKS_MAX)
            return CAUSE_CNAME_CHAIN;
        cap_ttl(chase, reply, &chase->at, DNS_CNAME, wall_s);
        cap_ttl_by_dname(chase, reply, wall_s);
        if (!follow(chase, link))
            return CAUSE_MALFORMED;
        ++*followed_out;
    }
}

static struct fact_path path_of(const struct chase *chase)
{
    return (struct fact_path){chase->path, chase->path_len, chase->links};
}

static bool same_rdata(const struct dns_rr *a, const struct dns_rr *b)
{
    return a->rdata_len == b->rdata_len && memcmp(a->rdata, b->rdata, a->rdata_len) == 0;
}

static int compare_mx(const void *a, const void *b)
{
    const struct dns_rr *left = *(const struct dns_rr *const *)a;
    const struct dns_rr *right = *(const struct dns_rr *const *)b;
    /* Preference stands first in the rdata, in network order: octets compare as it does. */
    size_t common = left->rdata_len < right->rdata_len ? left->rdata_len : right->rdata_len;
    int order = memcmp(left->rdata, right->rdata, common);

    return order ? order : (int)left->rdata_len - (int)right->rdata_len;
}

/*
 * Sorts MX records by preference and keeps the first of each host. Returns how many are left in
 * records. Quadratic, but in at most FACT_MX_MAX + 1 hosts that are kept.
 */
static size_t fold_mx(const struct dns_rr **records, size_t count, size_t *omitted_out)
{
    size_t kept = 0;

    *omitted_out = 0;
    qsort(records, count, sizeof *records, compare_mx);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < kept && !known; k++)
            known = records[k]->rdata_len == records[i]->rdata_len &&
                    memcmp(records[k]->rdata + 2, records[i]->rdata + 2,
                        records[i]->rdata_len - 2u) == 0;
        if (known)
            continue;
        /* RFC 7505 3: a null MX among others is still seen, wherever it sorts. */
        bool is_null = records[i]->rdata_len == 3;
        if (kept == FACT_MX_MAX && !is_null)
            ++*omitted_out;
        else if (kept == FACT_MX_MAX)
            records[kept - 1] = records[i];
        else
            records[kept++] = records[i];
    }
    return kept;
}

/*
 * Whether a reply about a CNAME record says one thing. RFC 2181 10.1: there may be only one CNAME
 * record at a name; RFC 1034 3.6.2: and no other data but what signs it.
 */
static bool alias_is_single(const struct chase *chase, const struct dns_reply *reply)
{
    const struct dns_rr *alias = NULL;

    for (size_t i = 0; i < reply->answer_count; i++) {
        const struct dns_rr *rr = &reply->answer[i];
        if (rr->type == DNS_RRSIG || !dname_equal(&rr->owner, &chase->at))
            continue;
        if (rr->type != DNS_CNAME || (alias && !same_rdata(alias, rr)))
            return false;
        alias = rr;
    }
    return true;
}

/* The RRset (chase->at, qtype) is in the reply: makes the fact of it. */
static struct fact *take_records(
    struct chase *chase, const struct dns_reply *reply, int64_t wall_s, size_t count)
{
    const struct dns_rr **records = alloc_array(NULL, count, sizeof *records);
    size_t kept = 0;
    size_t omitted = 0;
    struct fact *fact = NULL;

    cap_ttl(chase, reply, &chase->at, chase->qtype, wall_s);
    if (chase->qtype == DNS_CNAME && !alias_is_single(chase, reply))
        fact = fact_new_error(CAUSE_CONTRADICTORY);
    for (size_t i = 0; i < reply->answer_count && !fact; i++) {
        const struct dns_rr *rr = &reply->answer[i];
        if (rr->type != chase->qtype || !dname_equal(&rr->owner, &chase->at))
            continue;
        if (!rdata_is_well_formed(rr))
            fact = fact_new_error(CAUSE_MALFORMED);
        /* RFC 2181 5: an RRset has no duplicates; neighbours are the ones that resolvers make. */
        if (kept == 0 || !same_rdata(records[kept - 1], rr))
            records[kept++] = rr;
    }
    if (!fact) {
        if (chase->qtype == DNS_MX)
            kept = fold_mx(records, kept, &omitted);
        /* Of addresses and of a CNAME only the presence matters; the others are kept. */
        bool keep_data = chase->qtype == DNS_MX || chase->qtype == DNS_TLSA;
        struct fact_path path = path_of(chase);
        fact =
            fact_new(FACT_RECORDS, chase->status, chase->ttl, &path, records, keep_data ? kept : 0);
        fact->omitted = (uint16_t)omitted;
    }
    free(records);
    return fact;
}

/*
 * The TTL of a denial of chase->at (RFC 2308 5: the lesser of the SOA's TTL and its minimum field).
 * Returns false if the authority section has no SOA that can speak for the name.
 */
static bool denial_ttl(const struct chase *chase, const struct dns_reply *reply, uint32_t *ttl_out)
{
    for (size_t i = 0; i < reply->soa_count; i++) {
        const struct dns_rr *soa = &reply->soa[i];
        if (soa->rdata_len < 22 || !dname_is_below(&chase->at, &soa->owner))
            continue;
        uint32_t minimum = read_u32(soa->rdata + soa->rdata_len - 4);
        *ttl_out = lesser(sane_ttl(soa->ttl), sane_ttl(minimum));
        return true;
    }
    return false;
}

/* Whether the reply's header allows to look into it at all. */
static enum dns_cause check_header(const struct chase *chase, const struct dns_reply *reply)
{
    if (!reply->qr)
        return CAUSE_MALFORMED;
    if (reply->qname.len == 0 || reply->qtype != chase->qtype ||
        !dname_equal(&reply->qname, &chase->at))
        return CAUSE_UNRELATED;
    if (reply->tc)
        return CAUSE_TRUNCATED;
    switch (reply->rcode) {
    case DNS_NOERROR:
        return CAUSE_NONE;
    case DNS_NXDOMAIN:
        return count_records(reply, NULL, chase->qtype) > 0 ? CAUSE_CONTRADICTORY : CAUSE_NONE;
    case DNS_SERVFAIL:
        /* RFC 8914 4.2, 4.3, 4.6 to 4.13, 4.28: the INFO-CODEs that speak of DNSSEC. */
        return reply->ede == 1 || reply->ede == 2 || (reply->ede >= 5 && reply->ede <= 12) ||
                       reply->ede == 27
                   ? CAUSE_BOGUS
                   : CAUSE_SERVFAIL;
    case DNS_REFUSED:
        return CAUSE_REFUSED;
    default:
        return CAUSE_RCODE;
    }
}

struct fact *chase_step(struct chase *chase, const struct dns_reply *reply, int64_t wall_s)
{
    unsigned followed;
    uint32_t ttl;
    enum dns_cause cause = check_header(chase, reply);

    if (cause == CAUSE_NONE)
        cause = follow_cnames(chase, reply, wall_s, &followed);
    if (cause != CAUSE_NONE)
        return fact_new_error(cause);
    /* RFC 4035 3.2.3: AD speaks for all of the answer; the chain is secure if every part of it is.
     */
    enum dns_status status = reply->ad ? DNS_SECURE : DNS_INSECURE;
    if (status < chase->status)
        chase->status = status;

    size_t count = count_records(reply, &chase->at, chase->qtype);
    if (count > 0)
        return take_records(chase, reply, wall_s, count);
    if (reply->answer_count > 0 && followed == 0)
        return fact_new_error(CAUSE_UNRELATED);
    if (!denial_ttl(chase, reply, &ttl)) {
        if (followed > 0 && reply->rcode == DNS_NOERROR)
            return NULL;
        return fact_new_error(CAUSE_NO_SOA);
    }
    chase->ttl = lesser(chase->ttl, ttl);
    struct fact_path path = path_of(chase);
    return fact_new(reply->rcode == DNS_NXDOMAIN ? FACT_NXDOMAIN : FACT_NODATA, chase->status,
        chase->ttl, &path, NULL, 0);
}
