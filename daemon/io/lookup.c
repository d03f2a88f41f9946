/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup.c - from a destination to its verdict.
 *
 * The path of one: lookups_decide() starts a lookup; advance() asks the policy what it needs, takes
 * it from the cache or asks for it, and asks the policy again, until only awaited facts are
 * missing; on_fact() brings one and advances. When the policy is final, settle() keeps the level
 * (lookup_level.c), tells all who wait, and the lookup is gone as soon as no question of it is
 * under way any more.
 *
 * What can fail is a fact as well: a question that cannot be asked is known at once as a
 * FACT_ERROR.
 */
#include "daemon/io/lookup_inside.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alias.h"
#include "daemon/core/alloc.h"

struct lookup {
    struct table_node node; /* first: a node is its lookup */
    struct lookups *owner;
    struct destination destination;
    struct evidence evidence;
    struct turn_asker asker; /* its share of the resolver */
    struct lookup_waiter *waiters;
    uint64_t started_ms;
    unsigned awaited; /* questions that will still call on_fact() */
    enum lookup_mode mode;
    uint64_t forgotten; /* by the cache, when it began */
    uint64_t until_ms;  /* REFRESHES: facts that expire by then are asked for again */
    bool asked_dns;
    bool settled;
};

struct lookups *lookups_new(
    struct cache *cache, struct resolver *resolver, const struct lookup_options *options)
{
    struct lookups *lookups = alloc_zeroed(sizeof *lookups);

    lookups->cache = cache;
    lookups->options = *options;
    lookups->questions = questions_new(cache, resolver, &options->questions);
    table_init(&lookups->in_flight);
    lookups->verdict = alloc_zeroed(sizeof *lookups->verdict);
    evidence_init(&lookups->ready_evidence);
    return lookups;
}

/*
 * Takes out what the policy has written. It is large, so that it is not copied; and whoever it is
 * shown to may start another lookup, which writes again.
 */
static struct verdict *take_verdict(struct lookups *lookups)
{
    struct verdict *verdict = lookups->verdict;

    lookups->verdict = lookups->spare ? lookups->spare : alloc_zeroed(sizeof *verdict);
    lookups->spare = NULL;
    return verdict;
}

static void give_back_verdict(struct lookups *lookups, struct verdict *verdict)
{
    free(lookups->spare);
    lookups->spare = verdict;
}

static void forget_ready(struct lookups *lookups)
{
    if (lookups->ready)
        give_back_verdict(lookups, lookups->ready);
    lookups->ready = NULL;
    evidence_fini(&lookups->ready_evidence);
}

static void free_lookup(struct lookup *lookup)
{
    while (lookup->waiters)
        lookups_forget(lookup->waiters);
    evidence_fini(&lookup->evidence);
    free(lookup);
}

void lookups_free(struct lookups *lookups)
{
    if (!lookups)
        return;
    for (struct table_node *node; (node = table_any(&lookups->in_flight)) != NULL;) {
        table_remove(&lookups->in_flight, node);
        free_lookup((struct lookup *)(void *)node);
    }
    table_fini(&lookups->in_flight);
    questions_free(lookups->questions);
    forget_ready(lookups);
    free(lookups->verdict);
    free(lookups->spare);
    free(lookups);
}

size_t lookups_in_flight(const struct lookups *lookups)
{
    return lookups->in_flight.member_count;
}

size_t lookups_questions_in_flight(const struct lookups *lookups)
{
    return questions_in_flight(lookups->questions);
}

size_t lookups_questions_waiting(const struct lookups *lookups)
{
    return questions_waiting(lookups->questions);
}

/* Whether the cache was made to forget something since the lookup began. */
static bool is_obsolete(const struct lookup *lookup)
{
    return lookup->forgotten != cache_forgotten(lookup->owner->cache);
}

static void on_fact(void *arg, const struct question *question, const struct fact *fact);

/* Takes a fact that is needed from the cache, or asks for it; it is known then, or awaited. */
static void look_for(struct lookup *lookup, const struct question *question, uint64_t now_ms)
{
    struct lookups *lookups = lookup->owner;
    struct fact *cached = lookup->mode == LOOKS_ANEW && question->type == DNS_MX
                              ? NULL
                              : questions_cached(lookups->questions, question, now_ms);

    if (cached && (lookup->mode != REFRESHES || cached->expires_ms > lookup->until_ms)) {
        evidence_add(&lookup->evidence, question, cached);
        return;
    }
    enum dns_cause cause =
        questions_ask(lookups->questions, question, &lookup->asker, on_fact, lookup);
    if (cause == CAUSE_NONE) {
        lookup->awaited++;
        lookup->asked_dns = true;
        free(cached);
        return;
    }
    /* What is known is good until it expires, whether it can be refreshed or not. */
    if (!cached) {
        cached = fact_new_error(cause);
        cached->expires_ms = now_ms;
    }
    evidence_add(&lookup->evidence, question, cached);
}

/* Whether all is known that is wanted; then lookups->verdict is final. */
static bool is_known(struct lookup *lookup)
{
    struct lookups *lookups = lookup->owner;
    struct evidence *evidence = &lookup->evidence;

    if (!policy_decide(&lookup->destination, &lookups->options.policy, evidence, lookups->verdict))
        return false;
    if (lookup->mode != LOOKS_FULLY)
        return true;
    /* All hosts are decided, so that none is due but for a link. */
    evidence->due = 0;
    return alias_links_known(&lookup->destination, lookups->verdict, evidence);
}

/*
 * Goes as far as what is known allows. Returns true if lookups->verdict is final. A fact that is
 * awaited comes by on_fact().
 */
static bool advance(struct lookup *lookup, uint64_t now_ms)
{
    const struct question *question;

    for (;;) {
        if (is_known(lookup))
            return true;
        while ((question = evidence_take_need(&lookup->evidence)) != NULL)
            look_for(lookup, question, now_ms);
        if (lookup->evidence.due == 0)
            return false;
    }
}

static void report(struct lookup *lookup, const struct answer *answer, uint64_t now_ms)
{
    const struct lookup_options *options = &lookup->owner->options;

    if (!options->on_decided)
        return;
    options->on_decided(options->arg, &lookup->destination, answer, answer_ttl(answer, now_ms),
        now_ms - lookup->started_ms, lookup->asked_dns && lookup->mode != REFRESHES);
}

/* lookups->verdict is final for a lookup: takes it out, and keeps what it says. */
static struct verdict *conclude(struct lookup *lookup, uint64_t now_ms)
{
    struct verdict *verdict = take_verdict(lookup->owner);
    struct answer answer = answer_of(verdict);

    /* What was made of facts that were to be forgotten meanwhile would bring them back. */
    if (!is_obsolete(lookup))
        lookups_keep_level(lookup->owner, &lookup->destination, &answer, lookup->mode, now_ms);
    report(lookup, &answer, now_ms);
    lookup->settled = true;
    return verdict;
}

/* As conclude(), and tells all who wait. */
static void settle(struct lookup *lookup, uint64_t now_ms)
{
    struct lookups *lookups = lookup->owner;
    struct verdict *verdict = conclude(lookup, now_ms);

    while (lookup->waiters) {
        struct lookup_waiter *waiter = lookup->waiters;
        lookups_forget(waiter);
        waiter->callback(waiter, verdict);
    }
    give_back_verdict(lookups, verdict);
}

static void on_fact(void *arg, const struct question *question, const struct fact *fact)
{
    struct lookup *lookup = arg;
    uint64_t now_ms = lookup->owner->options.questions.now_ms();

    lookup->awaited--;
    if (!lookup->settled) {
        struct fact *known = NULL;
        /* RFC 2308 7.1: a refresh that fails says nothing against what is still within its TTL. */
        if (lookup->mode == REFRESHES && fact->outcome == FACT_ERROR)
            known = questions_cached(lookup->owner->questions, question, now_ms);
        evidence_add(&lookup->evidence, question, known ? known : fact_copy(fact));
        if (advance(lookup, now_ms))
            settle(lookup, now_ms);
    }
    if (lookup->settled && lookup->awaited == 0) {
        table_remove(&lookup->owner->in_flight, &lookup->node);
        free_lookup(lookup);
    }
}

struct lookup_key {
    const struct destination *destination;
    enum lookup_mode mode;
};

/*
 * A settled lookup only waits for questions that nobody needs any more: it is not joined. Nor is
 * one with facts that were to be forgotten since: who asks now must not get them.
 */
static bool is_destination(const struct table_node *node, const void *key)
{
    const struct lookup *lookup = (const struct lookup *)(const void *)node;
    const struct lookup_key *wanted = key;

    return !lookup->settled && lookup->mode == wanted->mode && !is_obsolete(lookup) &&
           destination_equal(&lookup->destination, wanted->destination);
}

static uint32_t hash_of(const struct lookups *lookups, const struct destination *destination)
{
    return siphash_name(cache_hash_key(lookups->cache), (uint8_t)destination->kind,
        destination->port, &destination->name);
}

static void wait_for(struct lookup *lookup, struct lookup_waiter *waiter)
{
    waiter->lookup = lookup;
    waiter->previous = NULL;
    waiter->next = lookup->waiters;
    if (waiter->next)
        waiter->next->previous = waiter;
    lookup->waiters = waiter;
}

void lookups_forget(struct lookup_waiter *waiter)
{
    if (!waiter->lookup)
        return;
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        waiter->lookup->waiters = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    waiter->lookup = NULL;
    waiter->next = waiter->previous = NULL;
}

static struct lookup *start(struct lookups *lookups, const struct lookup_key *key, uint64_t now_ms)
{
    struct lookup *lookup = alloc_zeroed(sizeof *lookup);

    lookup->owner = lookups;
    lookup->destination = *key->destination;
    lookup->mode = key->mode;
    lookup->started_ms = now_ms;
    lookup->forgotten = cache_forgotten(lookups->cache);
    evidence_init(&lookup->evidence);
    turn_asker_init(&lookup->asker);
    return lookup;
}

/* Lends a verdict to the caller of lookups_decide(), with the evidence that it borrows from. */
static const struct verdict *lend(
    struct lookups *lookups, struct verdict *verdict, struct evidence *evidence)
{
    lookups->ready = verdict;
    lookups->ready_evidence = *evidence;
    verdict->evidence = &lookups->ready_evidence;
    evidence_init(evidence);
    return verdict;
}

static const struct verdict *refuse(struct lookups *lookups, uint64_t now_ms)
{
    struct evidence none;
    struct verdict *verdict = take_verdict(lookups);

    evidence_init(&none);
    memset(verdict, 0, offsetof(struct verdict, hosts));
    verdict->level = LEVEL_DEFER;
    verdict->reason = REASON_OVERLOADED;
    verdict->expires_ms = now_ms;
    return lend(lookups, verdict, &none);
}

static enum lookup_status decide(struct lookups *lookups, const struct lookup_key *key,
    uint64_t now_ms, struct lookup_waiter *waiter, const struct verdict **verdict_out)
{
    uint32_t hash = hash_of(lookups, key->destination);
    struct lookup *lookup =
        (struct lookup *)(void *)table_find(&lookups->in_flight, hash, is_destination, key);

    forget_ready(lookups);
    if (!lookup && lookups->in_flight.member_count >= LOOKUPS_MAX) {
        *verdict_out = refuse(lookups, now_ms);
        return LOOKUP_READY;
    }
    if (!lookup) {
        lookup = start(lookups, key, now_ms);
        bool final = advance(lookup, now_ms);
        if (final)
            *verdict_out = lend(lookups, conclude(lookup, now_ms), &lookup->evidence);
        /* A question may be under way though the verdict is final; on_fact() ends it then. */
        if (final && lookup->awaited == 0)
            free_lookup(lookup);
        else
            table_insert(&lookups->in_flight, &lookup->node, hash);
        if (final)
            return LOOKUP_READY;
    }
    wait_for(lookup, waiter);
    return LOOKUP_PENDING;
}

enum lookup_status lookups_decide(struct lookups *lookups, const struct destination *destination,
    uint64_t now_ms, struct lookup_waiter *waiter, const struct verdict **verdict_out)
{
    return decide(
        lookups, &(struct lookup_key){destination, LOOKS_UP}, now_ms, waiter, verdict_out);
}

enum lookup_status lookups_decide_fully(struct lookups *lookups,
    const struct destination *destination, uint64_t now_ms, struct lookup_waiter *waiter,
    const struct verdict **verdict_out)
{
    return decide(
        lookups, &(struct lookup_key){destination, LOOKS_FULLY}, now_ms, waiter, verdict_out);
}

enum lookup_status lookups_decide_anew(struct lookups *lookups,
    const struct destination *destination, uint64_t now_ms, struct lookup_waiter *waiter,
    const struct verdict **verdict_out)
{
    return decide(
        lookups, &(struct lookup_key){destination, LOOKS_ANEW}, now_ms, waiter, verdict_out);
}

bool lookups_refresh(struct lookups *lookups, const struct destination *destination,
    uint64_t until_ms, uint64_t now_ms)
{
    const struct lookup_key key = {destination, REFRESHES};
    uint32_t hash = hash_of(lookups, destination);
    struct override_match match;

    if (lookups->in_flight.member_count >= LOOKUPS_MAX ||
        table_find(&lookups->in_flight, hash, is_destination, &key) ||
        (lookups_find_override(lookups, destination, &match) &&
            match.override->level != OVERRIDE_AUTO))
        return false;
    struct lookup *lookup = start(lookups, &key, now_ms);
    lookup->until_ms = until_ms;
    if (advance(lookup, now_ms))
        settle(lookup, now_ms);
    bool asked_dns = lookup->asked_dns;
    if (lookup->settled && lookup->awaited == 0)
        free_lookup(lookup);
    else
        table_insert(&lookups->in_flight, &lookup->node, hash);
    return asked_dns;
}

void lookups_set_options(struct lookups *lookups, const struct lookup_options *options)
{
    lookups->options = *options;
    questions_set_options(lookups->questions, &options->questions);
    cache_drop_levels(lookups->cache);
}
