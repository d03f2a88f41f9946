/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_decide.c - whether a new certificate may be deployed: the decision alone, from facts.
 */
#include "client-shims/danectl/rollover_decide.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

static void find(struct rollover_decision *decision, enum rollover_verdict verdict,
    enum rollover_issue issue, size_t index)
{
    decision->findings =
        alloc_array(decision->findings, decision->finding_count + 1, sizeof *decision->findings);
    decision->findings[decision->finding_count++] =
        (struct rollover_finding){verdict, issue, index};
    if (verdict > decision->verdict)
        decision->verdict = verdict;
}

static size_t count_servers(const struct rollover_facts *facts, enum rollover_server_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < facts->server_count; i++)
        count += facts->servers[i].state == state ? 1 : 0;
    return count;
}

/* Whether server i, to which there is no way from here, was seen at another of its addresses. */
static bool is_seen_elsewhere(const struct rollover_facts *facts, size_t i)
{
    for (size_t j = 0; j < facts->server_count; j++)
        if (facts->servers[j].group == facts->servers[i].group &&
            (facts->servers[j].state == ROLLOVER_PUBLISHES ||
                facts->servers[j].state == ROLLOVER_LEADS_ON))
            return true;
    return false;
}

/* What one server says to the question whether all of them publish. */
static enum rollover_published published_by(const struct rollover_facts *facts, size_t i)
{
    switch (facts->servers[i].state) {
    case ROLLOVER_PUBLISHES:
    case ROLLOVER_LEADS_ON:
        return ROLLOVER_PUBLISHED_YES;
    case ROLLOVER_UNROUTABLE:
        return is_seen_elsewhere(facts, i) ? ROLLOVER_PUBLISHED_YES : ROLLOVER_PUBLISHED_UNKNOWN;
    case ROLLOVER_LACKS:
    case ROLLOVER_UNSIGNED:
    case ROLLOVER_EXPIRED:
        return ROLLOVER_PUBLISHED_NO;
    case ROLLOVER_REFUSES:
    case ROLLOVER_NOT_AUTHORITATIVE:
    case ROLLOVER_NO_ADDRESS:
    case ROLLOVER_FAILS:
    case ROLLOVER_UNREACHED:
        break;
    }
    return ROLLOVER_PUBLISHED_UNKNOWN;
}

enum rollover_published rollover_published(const struct rollover_facts *facts)
{
    /* Aliases alone publish nothing. */
    enum rollover_published all =
        facts->survey == ROLLOVER_SURVEY_WHOLE && count_servers(facts, ROLLOVER_PUBLISHES) > 0
            ? ROLLOVER_PUBLISHED_YES
            : ROLLOVER_PUBLISHED_UNKNOWN;

    for (size_t i = 0; i < facts->server_count; i++) {
        enum rollover_published one = published_by(facts, i);
        if (one == ROLLOVER_PUBLISHED_NO)
            return one;
        if (one == ROLLOVER_PUBLISHED_UNKNOWN)
            all = one;
    }
    return all;
}

/* A server that cannot be asked now may have an old set; one that says by itself that it does not
 * serve the zone will not begin to without a hand. */
static enum rollover_verdict verdict_on(const struct rollover_facts *facts, size_t i)
{
    switch (facts->servers[i].state) {
    case ROLLOVER_PUBLISHES:
    case ROLLOVER_LEADS_ON:
        return ROLLOVER_READY;
    case ROLLOVER_UNROUTABLE:
        return is_seen_elsewhere(facts, i) ? ROLLOVER_READY : ROLLOVER_WAIT;
    case ROLLOVER_UNSIGNED:
    case ROLLOVER_EXPIRED:
    case ROLLOVER_REFUSES:
    case ROLLOVER_NOT_AUTHORITATIVE:
    case ROLLOVER_NO_ADDRESS:
        return ROLLOVER_NO;
    case ROLLOVER_LACKS:
    case ROLLOVER_FAILS:
    case ROLLOVER_UNREACHED:
        break;
    }
    return ROLLOVER_WAIT;
}

/* Whether the records are nowhere, as far as can be seen: then to wait does not help. */
static bool is_nowhere(const struct rollover_facts *facts)
{
    return count_servers(facts, ROLLOVER_PUBLISHES) == 0 &&
           count_servers(facts, ROLLOVER_LACKS) > 0;
}

static void decide_servers(const struct rollover_facts *facts, struct rollover_decision *decision)
{
    bool nowhere = is_nowhere(facts);

    if (facts->survey != ROLLOVER_SURVEY_WHOLE)
        find(decision, facts->survey == ROLLOVER_SURVEY_ENDLESS ? ROLLOVER_NO : ROLLOVER_WAIT,
            ROLLOVER_ISSUE_SURVEY_FAILED, 0);
    if (nowhere)
        find(decision, ROLLOVER_NO, ROLLOVER_ISSUE_NOWHERE, 0);
    for (size_t i = 0; i < facts->server_count; i++) {
        enum rollover_server_state state = facts->servers[i].state;
        if (state != ROLLOVER_PUBLISHES && state != ROLLOVER_LEADS_ON &&
            !(nowhere && state == ROLLOVER_LACKS))
            find(decision, verdict_on(facts, i), ROLLOVER_ISSUE_SERVER, i);
    }
    if (facts->sets_differ)
        find(decision, ROLLOVER_READY, ROLLOVER_ISSUE_SETS_DIFFER, 0);
}

static void decide_addresses(const struct rollover_facts *facts, struct rollover_decision *decision)
{
    bool any_seen = false;
    bool any_unseen = facts->address_count == 0;

    for (size_t i = 0; i < facts->address_count; i++) {
        any_seen = any_seen || facts->addresses[i] != ROLLOVER_SERVED_UNSEEN;
        switch (facts->addresses[i]) {
        case ROLLOVER_SERVED_DIFFERS:
            find(decision, ROLLOVER_NO, ROLLOVER_ISSUE_SERVED_DIFFERS, i);
            break;
        case ROLLOVER_SERVED_NOTHING:
            find(decision, ROLLOVER_NO, ROLLOVER_ISSUE_SERVED_NOTHING, i);
            break;
        case ROLLOVER_SERVED_PARTLY:
            find(decision, ROLLOVER_READY, ROLLOVER_ISSUE_SERVED_PARTLY, i);
            break;
        case ROLLOVER_SERVED_UNSEEN:
            any_unseen = true;
            find(decision, ROLLOVER_READY, ROLLOVER_ISSUE_SERVED_UNSEEN, i);
            break;
        case ROLLOVER_SERVED_MATCHES:
        case ROLLOVER_SERVED_UNJUDGED:
            break;
        }
    }
    if (any_unseen && !any_seen)
        find(decision, ROLLOVER_WAIT, ROLLOVER_ISSUE_NONE_SEEN, 0);
}

/* What only takes time. Returns until when, 0 if there is nothing of the kind. */
static int64_t decide_time(const struct rollover_facts *facts, struct rollover_decision *decision)
{
    int64_t until_s = 0;

    if (rollover_published(facts) == ROLLOVER_PUBLISHED_YES) {
        until_s = facts->since_s + facts->ttl_s + ROLLOVER_MARGIN_S;
        if (until_s > facts->now_s)
            find(decision, ROLLOVER_WAIT, ROLLOVER_ISSUE_TOO_SOON, 0);
        else
            until_s = 0;
    }
    bool has_it = facts->lookup == ROLLOVER_LOOKUP_SECURE && facts->resolver_accepts;
    if (!has_it && facts->lookup != ROLLOVER_LOOKUP_FAILED && !is_nowhere(facts)) {
        int64_t fresh_s = facts->now_s + facts->resolver_ttl_s + 1;
        find(decision, ROLLOVER_WAIT, ROLLOVER_ISSUE_RESOLVER_LACKS, 0);
        until_s = fresh_s > until_s ? fresh_s : until_s;
    }
    return until_s;
}

/* Whether nothing but time is awaited. */
static bool waits_for_time(const struct rollover_decision *decision)
{
    for (size_t i = 0; i < decision->finding_count; i++) {
        const struct rollover_finding *finding = &decision->findings[i];
        if (finding->verdict == ROLLOVER_WAIT && finding->issue != ROLLOVER_ISSUE_TOO_SOON &&
            finding->issue != ROLLOVER_ISSUE_RESOLVER_LACKS)
            return false;
    }
    return decision->verdict == ROLLOVER_WAIT;
}

void rollover_decide(const struct rollover_facts *facts, struct rollover_decision *decision_out)
{
    memset(decision_out, 0, sizeof *decision_out);
    if (facts->lookup == ROLLOVER_LOOKUP_INSECURE) {
        find(decision_out, ROLLOVER_NO, ROLLOVER_ISSUE_INSECURE, 0);
        return;
    }
    if (facts->lookup == ROLLOVER_LOOKUP_NOT_VALIDATING) {
        find(decision_out, ROLLOVER_WAIT, ROLLOVER_ISSUE_NOT_VALIDATING, 0);
        return;
    }
    if (facts->lookup == ROLLOVER_LOOKUP_FAILED)
        find(decision_out, ROLLOVER_WAIT, ROLLOVER_ISSUE_LOOKUP_FAILED, 0);
    decide_servers(facts, decision_out);
    int64_t until_s = decide_time(facts, decision_out);
    decide_addresses(facts, decision_out);
    if (facts->new_is_out_of_date)
        find(decision_out, ROLLOVER_READY, ROLLOVER_ISSUE_OUT_OF_DATE, 0);
    /* Whatever is not listed above: without a record at every server there is no READY. */
    if (decision_out->verdict == ROLLOVER_READY &&
        rollover_published(facts) != ROLLOVER_PUBLISHED_YES)
        find(decision_out, ROLLOVER_WAIT, ROLLOVER_ISSUE_SURVEY_FAILED, 0);
    if (waits_for_time(decision_out))
        decision_out->until_s = until_s;
}

void rollover_decision_fini(struct rollover_decision *decision)
{
    free(decision->findings);
}

/* ---- words ---- */

const char *rollover_verdict_text(enum rollover_verdict verdict)
{
    static const char *const texts[] = {
        [ROLLOVER_READY] = "READY", [ROLLOVER_WAIT] = "WAIT", [ROLLOVER_NO] = "NO"};

    return texts[verdict];
}

const char *rollover_server_token(enum rollover_server_state state)
{
    static const char *const tokens[] = {
#define X(name, token, text) [ROLLOVER_##name] = token,
        ROLLOVER_SERVER_STATES(X)
#undef X
    };
    return tokens[state];
}

const char *rollover_server_text(enum rollover_server_state state)
{
    static const char *const texts[] = {
#define X(name, token, text) [ROLLOVER_##name] = text,
        ROLLOVER_SERVER_STATES(X)
#undef X
    };
    return texts[state];
}

static const struct {
    enum rollover_about about;
    const char *token;
    const char *text;
} issues[] = {
#define X(name, about, token, text) [ROLLOVER_ISSUE_##name] = {ROLLOVER_ABOUT_##about, token, text},
    ROLLOVER_ISSUES(X)
#undef X
};

const char *rollover_issue_token(enum rollover_issue issue)
{
    return issues[issue].token;
}

const char *rollover_issue_text(enum rollover_issue issue)
{
    return issues[issue].text;
}

enum rollover_about rollover_issue_about(enum rollover_issue issue)
{
    return issues[issue].about;
}
