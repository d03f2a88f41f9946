/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_resolver.c - replies made from a world, true ones and spoilt ones.
 *
 * A reply is made as an honest resolver makes it: the CNAME chain, the RRset or the SOA record of
 * the zone that denies it, AD if all of that is secure. What the world says goes wrong is done to
 * that reply last.
 */
#include "tests/scenario/fake_resolver.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

/* More than any lookup follows, so that a loop in a world is seen as one. */
enum { LINKS_SHOWN = 14, SIGNATURE_LEN = 19, SOA_LEN = 22, TYPE_SOMETHING = 16 };

struct draft {
    struct dns_reply reply;
    struct dns_rr *answer;
    struct dns_rr soa;
    const struct world *world;
    bool failed; /* a name on the chain cannot be looked up */
};

static uint8_t *copy_octets(const uint8_t *octets, size_t len)
{
    uint8_t *copy = alloc_zeroed(len > 0 ? len : 1);

    if (len > 0)
        memcpy(copy, octets, len);
    return copy;
}

static void add_rr(struct draft *draft, const struct dname *owner, uint16_t type, uint32_t ttl,
    const uint8_t *rdata, size_t len)
{
    draft->answer =
        alloc_array(draft->answer, draft->reply.answer_count + 1, sizeof *draft->answer);
    draft->answer[draft->reply.answer_count++] = (struct dns_rr){.owner = *owner,
        .type = type,
        .ttl = ttl,
        .rdata_len = (uint16_t)len,
        .rdata = copy_octets(rdata, len)};
}

static void put_u32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void add_record(struct draft *draft, const struct world_record *record)
{
    uint8_t signature[SIGNATURE_LEN] = {(uint8_t)(record->type >> 8), (uint8_t)record->type};

    add_rr(draft, &record->owner, record->type, record->ttl, record->rdata, record->rdata_len);
    if (!record->has_signature)
        return;
    put_u32(signature + 4, record->original_ttl);
    put_u32(signature + 8, (uint32_t)record->signature_end);
    add_rr(draft, &record->owner, DNS_RRSIG, record->ttl, signature, sizeof signature);
}

static void add_rrset(struct draft *draft, const struct dname *name, uint16_t type)
{
    const struct world_record *record = NULL;

    while ((record = world_find(draft->world, name, type, record)) != NULL) {
        add_record(draft, record);
        draft->reply.ad = draft->reply.ad && record->secure;
    }
}

static void deny(struct draft *draft, const struct dname *name, bool nxdomain)
{
    const struct world_zone *zone = world_zone_of(draft->world, name);
    uint8_t rdata[SOA_LEN] = {0};

    put_u32(rdata + SOA_LEN - 4, zone->minimum);
    free((void *)(uintptr_t)draft->soa.rdata);
    draft->soa = (struct dns_rr){.owner = zone->apex,
        .type = DNS_SOA,
        .ttl = zone->ttl,
        .rdata_len = SOA_LEN,
        .rdata = copy_octets(rdata, SOA_LEN)};
    draft->reply.soa_count = 1;
    draft->reply.ad = draft->reply.ad && zone->secure;
    draft->reply.rcode = nxdomain ? DNS_NXDOMAIN : DNS_NOERROR;
}

static bool cannot_be_known(const struct world *world, const struct dname *name, uint16_t type)
{
    const struct world_fault *fault = world_fault_of(world, name, type);

    return fault && fault_class_of(fault->fault) == FAULT_ERROR;
}

/* Makes the reply of an honest resolver. */
static void answer_honestly(struct draft *draft, const struct question *question)
{
    struct dname at = question->name;

    draft->reply = (struct dns_reply){.qr = true,
        .ad = true,
        .ede = DNS_NO_EDE,
        .qname = question->name,
        .qtype = question->type};
    for (int links = 0; question->type != DNS_CNAME && links < LINKS_SHOWN; links++) {
        const struct world_record *link = world_find(draft->world, &at, DNS_CNAME, NULL);
        if (!link)
            break;
        add_rrset(draft, &at, DNS_CNAME);
        dname_from_wire(link->rdata, link->rdata_len, &at);
        if (link->partial)
            return;
        draft->failed = draft->failed || cannot_be_known(draft->world, &at, question->type);
    }
    if (world_find(draft->world, &at, question->type, NULL))
        add_rrset(draft, &at, question->type);
    else
        deny(draft, &at, !world_exists(draft->world, &at));
}

static void forget_answer(struct draft *draft)
{
    for (size_t i = 0; i < draft->reply.answer_count; i++)
        free((void *)(uintptr_t)draft->answer[i].rdata);
    draft->reply.answer_count = 0;
}

static void add_lie(struct draft *draft, const struct dname *owner, uint16_t type)
{
    struct world_record lie = world_any_record(owner, type);

    add_rr(draft, owner, type, lie.ttl, lie.rdata, lie.rdata_len);
}

static bool has_type(const struct draft *draft, uint16_t type)
{
    for (size_t i = 0; i < draft->reply.answer_count; i++)
        if (draft->answer[i].type == type)
            return true;
    return false;
}

static void rename_all(struct draft *draft, const struct dname *other)
{
    for (size_t i = 0; i < draft->reply.answer_count; i++)
        if (draft->answer[i].type != DNS_CNAME)
            draft->answer[i].owner = *other;
}

/* Contradictions: two aliases, an alias beside data, an alias that leads back. */
static void contradict(struct draft *draft, const struct question *question, enum fault fault)
{
    struct dname other;

    forget_answer(draft);
    draft->reply.rcode = DNS_NOERROR;
    dname_from_text("other.example", 13, &other);
    add_lie(draft, &question->name, DNS_CNAME);
    if (fault == FAULT_IS_TWO_CNAMES)
        add_rr(draft, &question->name, DNS_CNAME, 60, other.wire, other.len);
    else if (fault == FAULT_IS_CNAME_AND_DATA)
        add_lie(draft, &question->name, question->type == DNS_CNAME ? DNS_A : question->type);
    else
        draft->answer[0].rdata_len = question->name.len,
        free((void *)(uintptr_t)draft->answer[0].rdata),
        draft->answer[0].rdata = copy_octets(question->name.wire, question->name.len);
}

static void add_noise(struct draft *draft)
{
    struct dname other;

    dname_from_text("noise.example", 13, &other);
    add_lie(draft, &other, DNS_A);
    add_lie(draft, &other, DNS_CNAME);
    add_lie(draft, &other, DNS_TLSA);
}

/* Does to the reply what is said to go wrong. Returns the cause if there is no reply at all. */
static enum dns_cause spoil(struct draft *draft, const struct question *question, enum fault fault)
{
    struct dns_reply *reply = &draft->reply;
    struct dname other;

    dname_from_text("other.example", 13, &other);
    switch (fault) {
    case FAULT_IS_TIMEOUT:
        return CAUSE_TIMEOUT;
    case FAULT_IS_DROPPED:
        return CAUSE_UNREACHABLE;
    case FAULT_IS_BOGUS:
    case FAULT_IS_SERVFAIL:
    case FAULT_IS_REFUSED:
    case FAULT_IS_FORMERR:
        forget_answer(draft);
        reply->soa_count = 0;
        reply->ede = fault == FAULT_IS_BOGUS ? 6 : DNS_NO_EDE;
        reply->rcode = fault == FAULT_IS_REFUSED   ? DNS_REFUSED
                       : fault == FAULT_IS_FORMERR ? DNS_FORMERR
                                                   : DNS_SERVFAIL;
        break;
    case FAULT_IS_EMPTY:
    case FAULT_IS_EMPTY_NXDOMAIN:
        forget_answer(draft);
        reply->soa_count = 0;
        reply->rcode = fault == FAULT_IS_EMPTY ? DNS_NOERROR : DNS_NXDOMAIN;
        break;
    case FAULT_IS_FOREIGN_SOA:
        forget_answer(draft);
        deny(draft, &question->name, true);
        draft->soa.owner = other;
        break;
    case FAULT_IS_WRONG_NAME:
        reply->qname = other;
        rename_all(draft, &other);
        break;
    case FAULT_IS_WRONG_TYPE:
        reply->qtype = TYPE_SOMETHING;
        break;
    case FAULT_IS_NO_QUESTION:
        reply->qname.len = 0;
        break;
    case FAULT_IS_UNRELATED:
    case FAULT_IS_UNRELATED_WITH_SOA:
        forget_answer(draft);
        add_lie(draft, &other, question->type);
        reply->rcode = DNS_NOERROR;
        reply->soa_count = 0;
        if (fault == FAULT_IS_UNRELATED_WITH_SOA)
            deny(draft, &question->name, false);
        break;
    case FAULT_IS_NXDOMAIN_WITH_DATA:
        /* A record of the chain's end, or of another name, if the answer has none. */
        if (!has_type(draft, question->type))
            add_lie(draft, &question->name, question->type);
        deny(draft, &question->name, true);
        break;
    case FAULT_IS_TRUNCATED_DENIAL:
        forget_answer(draft);
        deny(draft, &question->name, true);
        reply->tc = true;
        break;
    case FAULT_IS_TRUNCATED:
        reply->tc = true;
        break;
    case FAULT_IS_ECHO:
        forget_answer(draft);
        deny(draft, &question->name, false);
        reply->qr = false;
        break;
    case FAULT_IS_MALFORMED:
        forget_answer(draft);
        reply->rcode = DNS_NOERROR;
        add_rr(draft, &question->name, question->type, 60, (const uint8_t *)"\377", 1);
        break;
    case FAULT_IS_TWO_CNAMES:
    case FAULT_IS_CNAME_AND_DATA:
    case FAULT_IS_CNAME_LOOP:
        contradict(draft, question, fault);
        break;
    case FAULT_IS_AD_STRIPPED:
        reply->ad = false;
        break;
    case FAULT_IS_NODATA:
    case FAULT_IS_NXDOMAIN:
        forget_answer(draft);
        reply->ad = true; /* as secure as the zone is */
        deny(draft, &question->name, fault == FAULT_IS_NXDOMAIN);
        break;
    case FAULT_IS_NOISE:
        if (has_type(draft, question->type))
            add_noise(draft);
        break;
    case FAULT_IS_ASK_OVERLOADED:
    case FAULT_IS_ASK_UNREACHABLE:
    case FAULT_IS_ASK_NOT_VALIDATING:
    case FAULT_COUNT:
        break; /* done where the question is asked */
    }
    return CAUSE_NONE;
}

void fake_resolver_answer(struct fake_resolver *fake, size_t index)
{
    struct fake_waiting waiting = fake->waiting[index];
    struct draft draft = {.world = fake->world};
    enum dns_cause cause = CAUSE_NONE;
    const struct world_fault *fault =
        world_fault_of(fake->world, &waiting.question.name, waiting.question.type);

    fake->waiting_count--;
    memmove(fake->waiting + index, fake->waiting + index + 1,
        (fake->waiting_count - index) * sizeof *fake->waiting);
    answer_honestly(&draft, &waiting.question);
    if (fault)
        cause = spoil(&draft, &waiting.question, fault->fault);
    /* What the resolver cannot find out it cannot tell, only deny or get wrong in another way. */
    enum fault_class class = fault ? fault_class_of(fault->fault) : FAULT_HARMLESS;
    if (draft.failed && (class == FAULT_HARMLESS || class == FAULT_INSECURE))
        cause = spoil(&draft, &waiting.question, FAULT_IS_SERVFAIL);
    draft.reply.answer = draft.answer;
    draft.reply.soa = &draft.soa;
    waiting.callback(waiting.arg, cause == CAUSE_NONE ? &draft.reply : NULL, cause);
    forget_answer(&draft);
    free(draft.answer);
    free((void *)(uintptr_t)draft.soa.rdata);
}

static enum dns_cause ask(struct resolver *resolver, const struct dname *name, uint16_t type,
    resolver_reply_cb *callback, void *arg)
{
    struct fake_resolver *fake = (struct fake_resolver *)(void *)resolver;
    const struct world_fault *fault = world_fault_of(fake->world, name, type);
    struct question question = {.name = *name, .type = type};

    fake->asked = alloc_array(fake->asked, fake->asked_count + 1, sizeof *fake->asked);
    fake->asked[fake->asked_count++] = question;
    if (fault && fault->fault == FAULT_IS_ASK_OVERLOADED)
        return CAUSE_OVERLOADED;
    if (fault && fault->fault == FAULT_IS_ASK_UNREACHABLE)
        return CAUSE_UNREACHABLE;
    if (fault && fault->fault == FAULT_IS_ASK_NOT_VALIDATING)
        return CAUSE_NOT_VALIDATING;
    fake->waiting = alloc_array(fake->waiting, fake->waiting_count + 1, sizeof *fake->waiting);
    fake->waiting[fake->waiting_count++] = (struct fake_waiting){question, callback, arg};
    return CAUSE_NONE;
}

void fake_resolver_init(struct fake_resolver *fake, const struct world *world, int64_t wall_s)
{
    static const struct resolver_ops ops = {.ask = ask};

    *fake = (struct fake_resolver){.resolver = {.ops = &ops}, .world = world, .wall_s = wall_s};
}

void fake_resolver_fini(struct fake_resolver *fake)
{
    free(fake->waiting);
    free(fake->asked);
}

void fake_resolver_forget_asked(struct fake_resolver *fake)
{
    fake->asked_count = 0;
}
