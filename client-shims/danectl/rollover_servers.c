/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_servers.c - asks every server of a name what stands there.
 *
 * One question for the TLSA records and one for the zone's SOA, without RD. Where a server has an
 * alias, what it leads to is surveyed in the same way: a client that follows any of them must find
 * the record. Signatures are not verified, that is the resolver's part; but a server without any,
 * or with old ones alone, has nothing that a validating client can use.
 */
#include "client-shims/danectl/rollover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

uint64_t rollover_step_deadline(const struct rollover *rollover)
{
    uint64_t step_ms = check_now_ms() + ROLLOVER_STEP_MS;

    return step_ms < rollover->deadline_ms ? step_ms : rollover->deadline_ms;
}

struct rollover_set *rollover_set_new(void)
{
    return alloc_zeroed(sizeof(struct rollover_set));
}

void rollover_set_add(struct rollover_set *set, const uint8_t *rdata, size_t len)
{
    if (set->count == ROLLOVER_SET_MAX)
        set->is_too_large = true;
    else if (tlsa_from_rdata(rdata, len, &set->records[set->count]))
        set->count++;
}

/* ---- one reply ---- */

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void set_state(
    struct rollover_server *server, enum rollover_server_state state, const char *why)
{
    server->state = state;
    snprintf(server->why, sizeof server->why, "%s", why);
}

static void take_ttl(struct rollover_server *server, uint32_t ttl)
{
    /* RFC 2181 8: a TTL with the most significant bit set is taken as zero. */
    if (ttl <= INT32_MAX && ttl > server->ttl_s)
        server->ttl_s = ttl;
}

/* Notes a signature over the records of a type at owner, if it ends later than those before. */
static void take_signature(struct rollover_server *server, const struct dns_rr *rr,
    const struct dname *owner, uint16_t type, int64_t now_s)
{
    enum { EXPIRATION = 8, INCEPTION = 12 };

    if (rr->type != DNS_RRSIG || !dname_equal(&rr->owner, owner) ||
        (rr->rdata[0] << 8 | rr->rdata[1]) != type)
        return;
    /* RFC 4034 3.1.5: 32 bits of seconds, compared by serial number arithmetic. */
    int64_t until_s = now_s + (int32_t)(read_u32(rr->rdata + EXPIRATION) - (uint32_t)now_s);
    int64_t from_s = now_s + (int32_t)(read_u32(rr->rdata + INCEPTION) - (uint32_t)now_s);
    bool begins_later = from_s > now_s;
    if (server->has_signature && (begins_later || until_s <= server->signed_until_s))
        return;
    server->has_signature = true;
    server->signed_from_s = from_s;
    server->signed_until_s = begins_later ? now_s - 1 : until_s;
}

/* Takes the TLSA records, or the alias, at owner, and what signs it. */
static void take_answer(struct rollover_server *server, const struct dname *owner, int64_t now_s)
{
    const struct dns_reply *reply = &server->reply->reply;

    for (size_t i = 0; i < reply->answer_count; i++) {
        const struct dns_rr *rr = &reply->answer[i];
        /* RFC 6672 3.1: the CNAME that a DNAME makes is not signed, the DNAME is. */
        if (rr->type == DNS_DNAME && dname_is_below(owner, &rr->owner)) {
            take_ttl(server, rr->ttl);
            for (size_t j = 0; j < reply->answer_count; j++)
                take_signature(server, &reply->answer[j], &rr->owner, DNS_DNAME, now_s);
        }
        if (!dname_equal(&rr->owner, owner))
            continue;
        take_signature(server, rr, owner, DNS_TLSA, now_s);
        take_signature(server, rr, owner, DNS_CNAME, now_s);
        if (rr->type == DNS_CNAME && server->alias.len == 0 &&
            dname_from_wire(rr->rdata, rr->rdata_len, &server->alias))
            take_ttl(server, rr->ttl);
        if (rr->type == DNS_TLSA) {
            if (!server->set)
                server->set = rollover_set_new();
            rollover_set_add(server->set, rr->rdata, rr->rdata_len);
            take_ttl(server, rr->ttl);
        }
    }
}

/* Judges what the answer has: not whether the new certificate is among it. */
static void judge_answer(struct rollover_server *server, int64_t now_s)
{
    bool denies = server->reply->reply.soa_count > 0;

    if (server->set && server->alias.len > 0)
        set_state(server, ROLLOVER_FAILS, "it has both an alias and records there");
    else if (!server->set && server->alias.len == 0 && !denies)
        set_state(server, ROLLOVER_FAILS, "its answer is empty");
    else if (!server->set && server->alias.len == 0)
        set_state(server, ROLLOVER_LACKS, "it has no TLSA records there");
    else if (!server->has_signature)
        set_state(server, ROLLOVER_UNSIGNED, "");
    else if (server->signed_until_s < now_s)
        set_state(server, ROLLOVER_EXPIRED, "");
    else
        set_state(server, server->set ? ROLLOVER_LACKS : ROLLOVER_LEADS_ON, "");
}

/* Reads the reply to the question for the records at owner, which the server then owns. */
static void read_reply(struct rollover_server *server, const struct dname *owner, int64_t now_s)
{
    char why[CHECK_TEXT_MAX];
    uint8_t rcode = server->reply->reply.rcode;

    switch (rcode) {
    case DNS_REFUSED:
        set_state(server, ROLLOVER_REFUSES, "REFUSED");
        return;
    case DNS_NOERROR:
    case DNS_NXDOMAIN:
        break;
    case DNS_SERVFAIL:
        set_state(server, ROLLOVER_FAILS, "SERVFAIL");
        return;
    case DNS_NOTAUTH:
        set_state(server, ROLLOVER_NOT_AUTHORITATIVE, "NOTAUTH");
        return;
    default:
        snprintf(why, sizeof why, "response code %u", (unsigned)rcode);
        set_state(server, ROLLOVER_FAILS, why);
        return;
    }
    if (!server->reply->aa) {
        set_state(server, ROLLOVER_NOT_AUTHORITATIVE, "");
        return;
    }
    if (server->reply->reply.tc) {
        set_state(server, ROLLOVER_FAILS, "its answer is truncated");
        return;
    }
    take_answer(server, owner, now_s);
    judge_answer(server, now_s);
}

static void read_serial(
    struct rollover_server *server, const struct dns_message *message, const struct dname *zone)
{
    enum { NUMBERS_LEN = 20 }; /* of the end of the rdata, with the serial first */

    for (size_t i = 0; message && message->aa && i < message->reply.answer_count; i++) {
        const struct dns_rr *rr = &message->reply.answer[i];
        if (rr->type != DNS_SOA || !dname_equal(&rr->owner, zone))
            continue;
        server->has_serial = true;
        server->serial = read_u32(rr->rdata + rr->rdata_len - NUMBERS_LEN);
    }
}

/* ---- all servers of a name ---- */

/* Takes what came of the exchange with one server. */
static void take_exchange(const struct rollover *rollover, const struct rollover_link *link,
    struct rollover_server *server, const struct dns_exchange *exchange)
{
    struct dns_exchange_question *questions = exchange->questions;

    server->reply = questions[0].reply;
    if (server->reply)
        read_reply(server, &link->owner, rollover->now_s);
    else if (exchange->end == DNS_EXCHANGE_UNROUTABLE)
        set_state(server, ROLLOVER_UNROUTABLE, exchange->why);
    else if (exchange->end == DNS_EXCHANGE_UNREACHED)
        set_state(server, ROLLOVER_UNREACHED, exchange->why);
    else
        set_state(server, ROLLOVER_FAILS, exchange->why);
    read_serial(server, questions[1].reply, &link->zone);
    dns_message_free(questions[1].reply);
}

static void ask_servers(struct rollover *rollover, struct rollover_link *link)
{
    enum { TLSA, SOA, QUESTIONS };
    struct dns_exchange *exchanges = alloc_array_zeroed(link->server_count + 1, sizeof *exchanges);
    struct dns_exchange_question(*questions)[QUESTIONS] =
        alloc_array_zeroed(link->server_count + 1, sizeof *questions);
    struct rollover_server **asked = alloc_array_zeroed(link->server_count + 1, sizeof *asked);
    size_t count = 0;

    for (size_t i = 0; i < link->server_count; i++) {
        if (link->servers[i].endpoint.len == 0)
            continue;
        questions[count][TLSA] =
            (struct dns_exchange_question){.name = link->owner, .type = DNS_TLSA};
        questions[count][SOA] = (struct dns_exchange_question){.name = link->zone, .type = DNS_SOA};
        exchanges[count].server = link->servers[i].endpoint;
        exchanges[count].questions = questions[count];
        exchanges[count].question_count = QUESTIONS;
        asked[count++] = &link->servers[i];
    }
    dns_exchange_run(exchanges, count, rollover_step_deadline(rollover));
    for (size_t i = 0; i < count; i++)
        take_exchange(rollover, link, asked[i], &exchanges[i]);
    free(exchanges);
    free(questions);
    free(asked);
}

/*
 * Adds the names that the aliases of a link lead to. An alias to a name that was surveyed before
 * this one may close a circle, which no client gets out of.
 */
static void add_targets(struct rollover *rollover, size_t index)
{
    const struct rollover_link *link = &rollover->links[index];

    for (size_t i = 0; i < link->server_count; i++) {
        const struct dname *target = &link->servers[i].alias;
        size_t known = 0;
        if (link->servers[i].state != ROLLOVER_LEADS_ON)
            continue;
        while (known < rollover->link_count && !dname_equal(&rollover->links[known].owner, target))
            known++;
        if (known > index && known < rollover->link_count)
            continue;
        if (known <= index || known == ROLLOVER_LINKS_MAX) {
            rollover->survey = ROLLOVER_SURVEY_ENDLESS;
            snprintf(rollover->survey_why, sizeof rollover->survey_why,
                "the aliases at its TLSA name lead in a circle, or there are more than %d",
                FACT_LINKS_MAX);
            return;
        }
        rollover->links[rollover->link_count++].owner = *target;
    }
}

void rollover_survey_servers(struct rollover *rollover)
{
    if (!dname_tlsa_owner(&rollover->base, rollover->host.port, &rollover->links[0].owner)) {
        rollover->survey = ROLLOVER_SURVEY_ENDLESS;
        snprintf(rollover->survey_why, sizeof rollover->survey_why,
            "the host's name is too long to have TLSA records");
        return;
    }
    rollover->link_count = 1;
    for (size_t i = 0; i < rollover->link_count; i++) {
        rollover_find_servers(rollover, &rollover->links[i]);
        ask_servers(rollover, &rollover->links[i]);
        add_targets(rollover, i);
    }
}
