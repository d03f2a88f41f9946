/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_zone.c - finds every server that answers for a name: its zone, the name servers of that,
 * all their addresses.
 *
 * Name servers are those that the zone itself names and those that its parent delegates to, with
 * the addresses of the glue too: resolvers use any of them, and one that only the delegation still
 * knows is the one with the old records. The resolver gives names and addresses; the delegation
 * stands nowhere but at the parent's servers, which are therefore asked directly. What fails is
 * noted: a server that is not known is no server that publishes.
 */
#include "client-shims/danectl/rollover.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

struct server_names {
    struct dname items[ROLLOVER_NAMES_MAX];
    size_t count;
};

/* Notes why not all servers are known; the first reason is kept, unless a later one is worse. */
static void note(struct rollover *rollover, enum rollover_survey survey, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void note(struct rollover *rollover, enum rollover_survey survey, const char *format, ...)
{
    va_list arguments;

    if (survey <= rollover->survey)
        return;
    rollover->survey = survey;
    va_start(arguments, format);
    vsnprintf(rollover->survey_why, sizeof rollover->survey_why, format, arguments);
    va_end(arguments);
}

static void note_failure(
    struct rollover *rollover, const char *what, const struct dname *name, enum dns_cause cause)
{
    char text[DNAME_TEXT_MAX];

    note(rollover, ROLLOVER_SURVEY_FAILED, "%s of %s: %s", what, dname_to_text(name, text),
        dns_cause_text(cause));
}

static void add_name(
    struct rollover *rollover, struct server_names *names, const struct dname *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (dname_equal(&names->items[i], name))
            return;
    if (names->count == ROLLOVER_NAMES_MAX)
        note(rollover, ROLLOVER_SURVEY_ENDLESS, "a zone has more than %d name servers",
            ROLLOVER_NAMES_MAX);
    else
        names->items[names->count++] = *name;
}

/* Adds a server at an address, unless it is there; gives it, or NULL. endpoint may be NULL. */
static struct rollover_server *add_server(struct rollover *rollover, struct rollover_link *link,
    const struct dname *name, const struct endpoint *endpoint)
{
    for (size_t i = 0; endpoint && i < link->server_count; i++)
        if (dname_equal(&link->servers[i].name, name) &&
            endpoint_equal(&link->servers[i].endpoint, endpoint))
            return NULL;
    if (link->server_count == ROLLOVER_SERVERS_MAX) {
        note(rollover, ROLLOVER_SURVEY_ENDLESS,
            "the name servers of a zone have more than %d addresses", ROLLOVER_SERVERS_MAX);
        return NULL;
    }
    link->servers = alloc_array(link->servers, link->server_count + 1, sizeof *link->servers);
    struct rollover_server *server = &link->servers[link->server_count++];
    memset(server, 0, sizeof *server);
    server->name = *name;
    server->state = ROLLOVER_UNREACHED;
    if (endpoint)
        server->endpoint = *endpoint;
    return server;
}

static void add_address(struct rollover *rollover, struct rollover_link *link,
    const struct dname *name, const struct dns_rr *rr)
{
    struct endpoint endpoint;

    if (endpoint_from_octets(rr->rdata, rr->rdata_len, rollover->ns_port, &endpoint))
        add_server(rollover, link, name, &endpoint);
}

/* ---- zones ---- */

/* The owner of the SOA record that a denial of name came with: the zone that name is in. */
static bool denying_zone(
    const struct dns_message *message, const struct dname *name, struct dname *zone_out)
{
    zone_out->len = 0;
    for (size_t i = 0; message && i < message->reply.soa_count; i++) {
        const struct dname *owner = &message->reply.soa[i].owner;
        if (dname_is_below(name, owner) && owner->len > zone_out->len)
            *zone_out = *owner;
    }
    return zone_out->len > 0;
}

/*
 * Finds the zone that name is in. A name that is an alias is no apex (RFC 1034 3.6.2), so it is in
 * the zone of the name above it; what the alias leads to is of no interest here.
 */
static enum dns_cause find_zone(
    struct rollover *rollover, const struct dname *name, struct dname *zone_out)
{
    struct dname at = *name;
    enum dns_cause cause;
    bool is_alias;

    do {
        struct rollover_answer answer;
        struct dname canonical;
        rollover_answer_init(&answer, &at, DNS_SOA);
        rollover_ask_resolver(rollover, &answer, 1);
        cause = (enum dns_cause)answer.fact->cause;
        is_alias = fact_canonical(answer.fact, &canonical);
        if (cause == CAUSE_NONE && !is_alias && answer.fact->outcome == FACT_RECORDS)
            *zone_out = at;
        else if (cause == CAUSE_NONE && !is_alias && !denying_zone(answer.reply, &at, zone_out))
            cause = CAUSE_NO_SOA;
        rollover_answer_fini(&answer);
    } while (cause == CAUSE_NONE && is_alias && dname_strip_label(&at));
    return cause == CAUSE_NONE && is_alias ? CAUSE_CNAME_CHAIN : cause;
}

/* Adds the targets of the NS records of zone among rrs. Returns whether there are any. */
static bool add_targets(struct rollover *rollover, const struct dname *zone,
    const struct dns_rr *rrs, size_t count, struct server_names *names)
{
    struct dname target;
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (rrs[i].type != DNS_NS || !dname_equal(&rrs[i].owner, zone) ||
            !dname_from_wire(rrs[i].rdata, rrs[i].rdata_len, &target))
            continue;
        any = true;
        add_name(rollover, names, &target);
    }
    return any;
}

/* Adds the name servers that a zone itself names. */
static void add_own(struct rollover *rollover, const struct dname *zone, struct server_names *names)
{
    struct rollover_answer answer;

    rollover_answer_init(&answer, zone, DNS_NS);
    rollover_ask_resolver(rollover, &answer, 1);
    const struct dns_message *reply = answer.reply;
    enum dns_cause cause = (enum dns_cause)answer.fact->cause;
    if (cause == CAUSE_NONE &&
        !add_targets(rollover, zone, reply->reply.answer, reply->reply.answer_count, names))
        cause = CAUSE_CONTRADICTORY; /* a zone has name servers */
    rollover_answer_fini(&answer);
    if (cause != CAUSE_NONE)
        note_failure(rollover, "NS", zone, cause);
}

/* ---- addresses ---- */

static bool has_address(const struct rollover_link *link, const struct dname *name)
{
    for (size_t i = 0; i < link->server_count; i++)
        if (link->servers[i].endpoint.len > 0 && dname_equal(&link->servers[i].name, name))
            return true;
    return false;
}

/* Adds what the lookups of one name, A and AAAA, came to. */
static void add_answers(struct rollover *rollover, struct rollover_link *link,
    const struct dname *name, const struct rollover_answer answers[2])
{
    bool failed = false;

    for (size_t i = 0; i < 2; i++) {
        const struct rollover_answer *answer = &answers[i];
        if (answer->fact->outcome == FACT_ERROR && !failed) {
            struct rollover_server *server = add_server(rollover, link, name, NULL);
            if (server)
                snprintf(server->why, sizeof server->why, "%s: %s",
                    dns_type_text(answer->chase.qtype),
                    dns_cause_text((enum dns_cause)answer->fact->cause));
            failed = true;
        }
        for (size_t j = 0;
             answer->fact->outcome == FACT_RECORDS && j < answer->reply->reply.answer_count; j++) {
            const struct dns_rr *rr = &answer->reply->reply.answer[j];
            if (rr->type == answer->chase.qtype && dname_equal(&rr->owner, &answer->chase.at))
                add_address(rollover, link, name, rr);
        }
    }
    if (failed || has_address(link, name))
        return;
    struct rollover_server *server = add_server(rollover, link, name, NULL);
    if (server)
        server->state = ROLLOVER_NO_ADDRESS;
}

/* Adds every address that the resolver gives for the names. */
static void add_addresses(
    struct rollover *rollover, struct rollover_link *link, const struct server_names *names)
{
    static const uint16_t types[2] = {DNS_A, DNS_AAAA};
    struct rollover_answer *answers = alloc_array_zeroed(2 * names->count + 1, sizeof *answers);

    for (size_t i = 0; i < 2 * names->count; i++)
        rollover_answer_init(&answers[i], &names->items[i / 2], types[i % 2]);
    rollover_ask_resolver(rollover, answers, 2 * names->count);
    for (size_t i = 0; i < names->count; i++)
        add_answers(rollover, link, &names->items[i], &answers[2 * i]);
    for (size_t i = 0; i < 2 * names->count; i++)
        rollover_answer_fini(&answers[i]);
    free(answers);
}

/* ---- the delegation ---- */

/* Adds the addresses that a referral itself gives for its name servers. */
static void add_glue(struct rollover *rollover, struct rollover_link *link,
    const struct dns_message *referral, const struct server_names *names)
{
    for (size_t i = 0; i < referral->additional_count; i++) {
        const struct dns_rr *rr = &referral->additional[i];
        for (size_t j = 0; j < names->count; j++)
            if (dname_equal(&rr->owner, &names->items[j]))
                add_address(rollover, link, &names->items[j], rr);
    }
}

/*
 * Takes the reply of a parent's server to the question for the zone's NS records: a referral; or,
 * where that server has the zone too, the zone's own answer. Returns whether it is one.
 */
static bool take_referral(struct rollover *rollover, struct rollover_link *link,
    const struct dns_message *message, struct server_names *names)
{
    if (!message || message->reply.rcode != DNS_NOERROR || message->reply.tc)
        return false;
    bool any = add_targets(rollover, &link->zone, message->ns, message->ns_count, names) ||
               (message->aa && add_targets(rollover, &link->zone, message->reply.answer,
                                   message->reply.answer_count, names));
    if (any)
        add_glue(rollover, link, message, names);
    return any;
}

/* Asks all servers of the parent for the delegation of the link's zone. Returns whether one of them
 * has it. */
static bool ask_parent(struct rollover *rollover, struct rollover_link *link,
    const struct rollover_link *parent, struct server_names *names)
{
    struct dns_exchange *exchanges =
        alloc_array_zeroed(parent->server_count + 1, sizeof *exchanges);
    struct dns_exchange_question *questions =
        alloc_array_zeroed(parent->server_count + 1, sizeof *questions);
    size_t count = 0;
    bool any = false;

    for (size_t i = 0; i < parent->server_count; i++) {
        if (parent->servers[i].endpoint.len == 0)
            continue;
        questions[count] = (struct dns_exchange_question){.name = link->zone, .type = DNS_NS};
        exchanges[count].server = parent->servers[i].endpoint;
        exchanges[count].questions = &questions[count];
        exchanges[count].question_count = 1;
        count++;
    }
    dns_exchange_run(exchanges, count, rollover_step_deadline(rollover));
    for (size_t i = 0; i < count; i++) {
        any = take_referral(rollover, link, questions[i].reply, names) || any;
        dns_message_free(questions[i].reply);
    }
    free(exchanges);
    free(questions);
    return any;
}

/* Adds the name servers that the parent of the link's zone delegates to, and their glue. */
static void add_delegated(
    struct rollover *rollover, struct rollover_link *link, struct server_names *names)
{
    struct rollover_link parent = {.owner = link->zone};
    struct server_names parent_names = {.count = 0};
    char text[DNAME_TEXT_MAX];

    if (!dname_strip_label(&parent.owner))
        return; /* nobody delegates the root */
    enum dns_cause cause = find_zone(rollover, &parent.owner, &parent.zone);
    if (cause != CAUSE_NONE) {
        note_failure(rollover, "SOA", &parent.owner, cause);
        return;
    }
    add_own(rollover, &parent.zone, &parent_names);
    add_addresses(rollover, &parent, &parent_names);
    if (!ask_parent(rollover, link, &parent, names))
        note(rollover, ROLLOVER_SURVEY_FAILED, "no server of its parent gives the delegation of %s",
            dname_to_text(&link->zone, text));
    free(parent.servers);
}

void rollover_find_servers(struct rollover *rollover, struct rollover_link *link)
{
    struct server_names names = {.count = 0};
    enum dns_cause cause = find_zone(rollover, &link->owner, &link->zone);

    if (cause != CAUSE_NONE) {
        link->zone.len = 0;
        note_failure(rollover, "SOA", &link->owner, cause);
        return;
    }
    add_own(rollover, &link->zone, &names);
    add_delegated(rollover, link, &names);
    add_addresses(rollover, link, &names);
}
