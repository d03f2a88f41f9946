/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_lookup.c - asks the validating resolver: what daned would know of the host.
 *
 * The questions, and what their answers mean, are those of the core (policy.h, chase.h); here they
 * are only carried to the resolver and back. Its AD bit is believed, as the connection is over TCP
 * and, unless it was allowed otherwise, on loopback.
 */
#include "client-shims/danectl/rollover.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/core/alloc.h"

void rollover_answer_init(struct rollover_answer *answer, const struct dname *name, uint16_t type)
{
    *answer = (struct rollover_answer){.fact = NULL};
    chase_init(&answer->chase, name, type);
}

void rollover_answer_fini(struct rollover_answer *answer)
{
    chase_fini(&answer->chase);
    free(answer->fact);
    dns_message_free(answer->reply);
}

static enum dns_cause cause_of(enum dns_exchange_end end)
{
    switch (end) {
    case DNS_EXCHANGE_LATE:
        return CAUSE_TIMEOUT;
    case DNS_EXCHANGE_UNROUTABLE:
    case DNS_EXCHANGE_UNREACHED:
        return CAUSE_UNREACHABLE;
    case DNS_EXCHANGE_DONE:
    case DNS_EXCHANGE_BROKEN:
        break;
    }
    return CAUSE_MALFORMED;
}

/* Asks once for each answer that has no fact yet. Returns how many there were. */
static size_t ask_once(struct rollover *rollover, struct rollover_answer *answers, size_t count,
    struct dns_exchange_question *questions, struct rollover_answer **asked)
{
    struct dns_exchange exchange = {
        .server = rollover->resolver, .recurse = true, .questions = questions};

    for (size_t i = 0; i < count; i++) {
        const struct chase *chase = &answers[i].chase;
        if (answers[i].fact)
            continue;
        questions[exchange.question_count] =
            (struct dns_exchange_question){.name = chase->at, .type = chase->qtype};
        asked[exchange.question_count++] = &answers[i];
    }
    if (exchange.question_count == 0)
        return 0;
    dns_exchange_run(&exchange, 1, rollover->deadline_ms);
    for (size_t i = 0; i < exchange.question_count; i++) {
        struct rollover_answer *answer = asked[i];
        dns_message_free(answer->reply);
        answer->reply = questions[i].reply;
        answer->fact = answer->reply ? chase_step(&answer->chase, &answer->reply->reply, time(NULL))
                                     : fact_new_error(cause_of(exchange.end));
    }
    return exchange.question_count;
}

void rollover_ask_resolver(struct rollover *rollover, struct rollover_answer *answers, size_t count)
{
    struct dns_exchange_question *questions = alloc_array_zeroed(count + 1, sizeof *questions);
    struct rollover_answer **asked = alloc_array_zeroed(count + 1, sizeof *asked);

    /* A chase ends after FACT_LINKS_MAX steps. */
    while (ask_once(rollover, answers, count, questions, asked) > 0)
        ;
    free(questions);
    free(asked);
}

/* Lets the policy ask until it has its verdict. */
static void decide_policy(struct rollover *rollover)
{
    /* One host: its addresses, or a CNAME, or TLSA records at a base. */
    enum { NEEDS_AT_ONCE = 4 };
    static const struct policy_options options = {.promote = true};
    struct evidence *evidence = &rollover->evidence;

    while (!policy_decide(&rollover->host, &options, evidence, rollover->verdict)) {
        struct rollover_answer answers[NEEDS_AT_ONCE];
        struct question needs[NEEDS_AT_ONCE];
        const struct question *need;
        size_t count = 0;
        while (count < NEEDS_AT_ONCE && (need = evidence_take_need(evidence)) != NULL) {
            needs[count] = *need;
            rollover_answer_init(&answers[count++], &need->name, need->type);
        }
        rollover_ask_resolver(rollover, answers, count);
        for (size_t i = 0; i < count; i++) {
            evidence_add(evidence, &needs[i], answers[i].fact);
            answers[i].fact = NULL;
            rollover_answer_fini(&answers[i]);
        }
    }
}

/* Whether the resolver validates at all, as far as can be seen: the root is signed. */
static bool is_validating(struct rollover *rollover)
{
    struct rollover_answer answer;
    struct dname root;

    dname_from_text(".", 1, &root);
    rollover_answer_init(&answer, &root, DNS_SOA);
    rollover_ask_resolver(rollover, &answer, 1);
    bool validates = answer.fact->status == DNS_SECURE;
    rollover_answer_fini(&answer);
    return validates;
}

static void explain_failure(struct rollover *rollover, const struct host_verdict *host)
{
    char name[DNAME_TEXT_MAX];

    snprintf(rollover->lookup_why, sizeof rollover->lookup_why, "%s of %s: %s",
        dns_type_text(host->failure.question.type),
        dname_to_text(&host->failure.question.name, name), dns_cause_text(host->failure.cause));
}

static enum rollover_lookup classify(struct rollover *rollover, const struct host_verdict *host)
{
    switch (host->state) {
    case HOST_DANE:
    case HOST_ENCRYPT:
        return ROLLOVER_LOOKUP_SECURE;
    case HOST_TEMPFAIL:
    case HOST_UNDECIDED:
        explain_failure(rollover, host);
        return ROLLOVER_LOOKUP_FAILED;
    case HOST_NONE:
    case HOST_NO_ADDRESS:
        break;
    }
    snprintf(rollover->lookup_why, sizeof rollover->lookup_why, "%s", host_reason_text(host->why));
    if (host->why == HOST_REASON_TLSA_NONE || host->why == HOST_REASON_ALIAS_TLSA_NONE)
        return ROLLOVER_LOOKUP_DENIED;
    /* "Not secure" says nothing if it says so of everything. */
    if (host->state == HOST_NONE && !is_validating(rollover))
        return ROLLOVER_LOOKUP_NOT_VALIDATING;
    return ROLLOVER_LOOKUP_INSECURE;
}

/* What the resolver has at the TLSA name: of the verdict, or the denial that it rests on. */
static void take_tlsa(struct rollover *rollover)
{
    const uint8_t *rdata;
    struct dname owner;
    size_t cursor = 0;
    uint16_t len;

    rollover->tlsa = dname_tlsa_owner(&rollover->base, rollover->host.port, &owner)
                         ? evidence_need(&rollover->evidence, &owner, DNS_TLSA, 0)
                         : NULL;
    if (rollover->tlsa && rollover->tlsa->outcome == FACT_ERROR)
        rollover->tlsa = NULL;
    if (!rollover->tlsa || rollover->tlsa->outcome != FACT_RECORDS)
        return;
    rollover->resolver_set = rollover_set_new();
    while (fact_next_record(rollover->tlsa, &cursor, &rdata, &len))
        rollover_set_add(rollover->resolver_set, rdata, len);
}

void rollover_look_up(struct rollover *rollover)
{
    dname_to_text(&rollover->host.name, rollover->host_text);
    decide_policy(rollover);
    struct host_verdict *host = &rollover->verdict->hosts[0];
    rollover->lookup = classify(rollover, host);
    /* RFC 7672 2.2.3. Where no records are seen yet, they are expected at the first candidate. */
    if (host->tlsa_base.len == 0)
        host->tlsa_base =
            host->address == DNS_SECURE && host->canonical.len > 0 ? host->canonical : host->name;
    rollover->base = host->tlsa_base;
    rollover->name_count =
        verdict_reference_names(rollover->verdict, host, &rollover->host.name, rollover->names);
    take_tlsa(rollover);
}
