/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_chase.c - hostile replies, one behind the other, and what is made of them.
 *
 * An input is read octet by octet into replies: names come from a pool of eight, so that chains,
 * loops and contradictions are common; most of a reply is well-formed, and each thing that may be
 * wrong has an octet of its own. The order is: the type that is asked; then for each reply a header
 * octet (bits: AD off, TC, QR off, another question, NXDOMAIN, SERVFAIL), the counts of answer and
 * SOA records, and each record.
 */
#include <string.h>

#include "daemon/core/chase.h"
#include "tests/fuzz/fuzz.h"

enum { RRS_MAX = 12, SOAS_MAX = 2, RDATA_MAX = 300 };

#define WALL_S INT64_C(1800000000)

static const char *const pool[] = {"example", "a.example", "b.example", "c.example", "d.b.example",
    "e.b.example", "other", "_25._tcp.a.example"};
static const uint16_t types[] = {
    DNS_A, DNS_AAAA, DNS_MX, DNS_TLSA, DNS_CNAME, DNS_RRSIG, DNS_DNAME, 99};
static const uint32_t ttls[] = {0, 1, 60, 3600, 86400, INT32_MAX, UINT32_C(0x80000000), UINT32_MAX};

struct input {
    const uint8_t *data;
    size_t len;
};

struct reply {
    struct dns_reply dns;
    struct dns_rr answer[RRS_MAX];
    struct dns_rr soa[SOAS_MAX];
    uint8_t rdata[RRS_MAX + SOAS_MAX][RDATA_MAX];
};

static uint8_t take(struct input *input)
{
    if (input->len == 0)
        return 0;
    input->len--;
    return *input->data++;
}

static struct dname take_name(struct input *input)
{
    const char *text = pool[take(input) % 8];
    struct dname name;

    FUZZ_CHECK(dname_from_text(text, strlen(text), &name));
    return name;
}

static void put(struct dns_rr *rr, uint8_t *rdata, const void *octets, size_t len)
{
    FUZZ_CHECK(rr->rdata_len + len <= RDATA_MAX);
    memcpy(rdata + rr->rdata_len, octets, len);
    rr->rdata_len = (uint16_t)(rr->rdata_len + len);
}

static void put_u32(struct dns_rr *rr, uint8_t *rdata, uint32_t value)
{
    uint8_t octets[4] = {
        (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};

    put(rr, rdata, octets, 4);
}

static void put_name(struct input *input, struct dns_rr *rr, uint8_t *rdata)
{
    /* Every ninth or so is the root: a null MX. */
    struct dname name = take(input) % 9 == 8 ? (struct dname){1, {0}} : take_name(input);

    put(rr, rdata, name.wire, name.len);
}

static void put_signature(struct input *input, struct dns_rr *rr, uint8_t *rdata)
{
    uint16_t covered = types[take(input) % 8];
    uint8_t head[4] = {(uint8_t)(covered >> 8), (uint8_t)covered, 13, 2};
    /* Some have run out, some are about to, one is of the year 2106. */
    static const int32_t left[] = {-86400, -1, 0, 1, 60, 3600, 86400, INT32_MAX};

    put(rr, rdata, head, sizeof head);
    put_u32(rr, rdata, ttls[take(input) % 8]);
    put_u32(rr, rdata, (uint32_t)WALL_S + (uint32_t)left[take(input) % 8]);
    put_u32(rr, rdata, (uint32_t)WALL_S - 86400);
    put(rr, rdata, "\0\1\7example", 11);
}

static void take_rr(struct input *input, struct dns_rr *rr, uint8_t *rdata)
{
    static const uint8_t data[RDATA_MAX] = {3, 1, 1};
    uint8_t number;

    rr->owner = take_name(input);
    rr->type = types[take(input) % 8];
    rr->ttl = ttls[take(input) % 8];
    rr->rdata_len = 0;
    rr->rdata = rdata;
    switch (rr->type) {
    case DNS_MX:
        number = take(input);
        put(rr, rdata, &number, 1);
        put(rr, rdata, &number, 1);
        put_name(input, rr, rdata);
        break;
    case DNS_CNAME:
    case DNS_DNAME:
        put_name(input, rr, rdata);
        break;
    case DNS_RRSIG:
        put_signature(input, rr, rdata);
        break;
    default:
        put(rr, rdata, data,
            rr->type == DNS_A      ? 4
            : rr->type == DNS_AAAA ? 16
                                   : 3 + take(input) % 40u);
        break;
    }
    /* A record that is cut, or has something behind it. */
    number = take(input);
    if (number >= 250)
        put(rr, rdata, &number, 1);
    else if (number >= 240 && rr->rdata_len > 0)
        rr->rdata_len--;
}

static void take_soa(struct input *input, struct dns_rr *rr, uint8_t *rdata)
{
    rr->owner = take_name(input);
    rr->type = DNS_SOA;
    rr->ttl = ttls[take(input) % 8];
    rr->rdata_len = 0;
    rr->rdata = rdata;
    put(rr, rdata, "\0\0", 2);
    for (int i = 0; i < 4; i++)
        put_u32(rr, rdata, 1);
    put_u32(rr, rdata, ttls[take(input) % 8]);
    if (take(input) >= 240)
        rr->rdata_len = 21;
}

static void take_reply(struct input *input, const struct chase *chase, struct reply *reply)
{
    uint8_t flags = take(input);

    reply->dns = (struct dns_reply){.qr = !(flags & 4),
        .tc = flags & 2,
        .ad = !(flags & 1),
        .rcode = flags & 32   ? DNS_SERVFAIL
                 : flags & 16 ? DNS_NXDOMAIN
                              : DNS_NOERROR,
        .ede = flags & 64 ? 6 : DNS_NO_EDE,
        .qname = chase->at,
        .qtype = chase->qtype,
        .answer = reply->answer,
        .soa = reply->soa};
    if (flags & 8)
        reply->dns.qname = take_name(input);
    reply->dns.answer_count = take(input) % (RRS_MAX + 1u);
    reply->dns.soa_count = take(input) % (SOAS_MAX + 1u);
    for (size_t i = 0; i < reply->dns.answer_count; i++)
        take_rr(input, &reply->answer[i], reply->rdata[i]);
    for (size_t i = 0; i < reply->dns.soa_count; i++)
        take_soa(input, &reply->soa[i], reply->rdata[RRS_MAX + i]);
}

/* Whether the reply has a record of the type at the name whose rdata, or part of it, is this. */
static const struct dns_rr *find(
    const struct dns_reply *reply, const struct dname *owner, uint16_t type)
{
    for (size_t i = 0; i < reply->answer_count; i++)
        if (reply->answer[i].type == type && dname_equal(&reply->answer[i].owner, owner))
            return &reply->answer[i];
    return NULL;
}

/* What must hold of every fact, before: the chase as it was before the last reply. */
static void check_fact(
    const struct chase *chase, const struct dns_reply *last, const struct fact *fact, bool all_ad)
{
    struct dname canonical;
    struct dname target;
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t rdata_len;
    size_t count = 0;

    FUZZ_CHECK((fact->outcome == FACT_ERROR) == (fact->status == DNS_ERROR));
    FUZZ_CHECK((fact->outcome == FACT_ERROR) == (fact->cause != CAUSE_NONE));
    if (fact->outcome == FACT_ERROR)
        return;
    /* Secure is what every reply on the way has proven, and nothing else. */
    FUZZ_CHECK((fact->status == DNS_SECURE) == all_ad);
    FUZZ_CHECK(
        last->qr && !last->tc && (last->rcode == DNS_NOERROR || last->rcode == DNS_NXDOMAIN));
    FUZZ_CHECK(fact->ttl <= INT32_MAX);
    FUZZ_CHECK(fact_canonical(fact, &canonical) == (chase->links > 0));
    FUZZ_CHECK(chase->links == 0 || dname_equal(&canonical, &chase->at));
    while (fact_next_link(fact, &cursor, &target))
        count++;
    FUZZ_CHECK(count == chase->links && cursor == fact->path_len);
    cursor = count = 0;
    const struct dns_rr *found = find(last, &chase->at, chase->qtype);
    /* A denial is never read out of a reply that has the record, nor one without a fitting SOA. */
    FUZZ_CHECK((fact->outcome == FACT_RECORDS) == (found != NULL));
    FUZZ_CHECK(found || last->soa_count > 0);
    if (found)
        FUZZ_CHECK(found->ttl > INT32_MAX ? fact->ttl == 0 : fact->ttl <= found->ttl);
    while (fact_next_record(fact, &cursor, &rdata, &rdata_len)) {
        bool known = false;
        for (size_t i = 0; i < last->answer_count && !known; i++)
            known = last->answer[i].type == chase->qtype &&
                    dname_equal(&last->answer[i].owner, &chase->at) &&
                    last->answer[i].rdata_len == rdata_len &&
                    memcmp(last->answer[i].rdata, rdata, rdata_len) == 0;
        FUZZ_CHECK(known);
        count++;
    }
    FUZZ_CHECK(count == fact->record_count);
}

static struct chase copy_of(const struct chase *chase)
{
    struct chase copy = *chase;

    copy.path = malloc((size_t)chase->path_len + 1);
    FUZZ_CHECK(copy.path != NULL);
    if (chase->path_len > 0)
        memcpy(copy.path, chase->path, chase->path_len);
    return copy;
}

/* The order of the records in a reply says nothing (RFC 2181 5). */
static void check_order(
    const struct chase *before, const struct dns_reply *reply, const struct fact *fact)
{
    struct chase chase = copy_of(before);
    struct dns_reply turned = *reply;
    struct dns_rr answer[RRS_MAX];

    for (size_t i = 0; i < reply->answer_count; i++)
        answer[i] = reply->answer[reply->answer_count - 1 - i];
    turned.answer = answer;
    struct fact *other = chase_step(&chase, &turned, WALL_S);
    FUZZ_CHECK((fact == NULL) == (other == NULL));
    if (fact && other) {
        FUZZ_CHECK(fact->outcome == other->outcome && fact->status == other->status);
        FUZZ_CHECK(fact->outcome == FACT_ERROR || fact->ttl == other->ttl);
    }
    free(other);
    chase_fini(&chase);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t asked[] = {DNS_A, DNS_AAAA, DNS_MX, DNS_TLSA, DNS_CNAME};
    struct input input = {data, size};
    struct dname name;
    struct chase chase;
    struct fact *fact = NULL;
    static struct reply reply;
    bool all_ad = true;
    unsigned steps = 0;

    FUZZ_CHECK(dname_from_text("a.example", 9, &name));
    chase_init(&chase, &name, asked[take(&input) % 5]);
    while (!fact) {
        struct chase before = copy_of(&chase);
        /* Each step but the last follows a link or more. */
        FUZZ_CHECK(steps++ <= FACT_LINKS_MAX);
        take_reply(&input, &chase, &reply);
        all_ad = all_ad && reply.dns.ad;
        fact = chase_step(&chase, &reply.dns, WALL_S);
        FUZZ_CHECK(chase.links <= FACT_LINKS_MAX);
        FUZZ_CHECK(fact || chase.links > before.links);
        check_order(&before, &reply.dns, fact);
        chase_fini(&before);
    }
    check_fact(&chase, &reply.dns, fact, all_ad);
    free(fact);
    chase_fini(&chase);
    return 0;
}
