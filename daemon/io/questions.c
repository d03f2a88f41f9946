/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * questions.c - DNS questions on their way.
 *
 * The path of one: questions_ask() finds nobody asking, takes a place and asks the resolver;
 * on_reply() gives the reply to the chase; the chase gives the fact, or the next name, which is
 * asked in the same place. The fact goes into the cache and to all who wait, the question is gone,
 * and go_on() sends those that its place is free for.
 *
 * What can fail: too many wait for a place, or the resolver refuses at once (the caller is told the
 * cause); the place comes too late; the resolver calls back without a reply, or with one that is no
 * answer: each is a FACT_ERROR.
 */
#include "daemon/io/questions.h"

#include <stdlib.h>

#include "daemon/core/alloc.h"
#include "daemon/core/chase.h"
#include "daemon/core/fact_cache.h"
#include "daemon/core/table.h"

struct waiter {
    struct waiter *next;
    question_done_cb *callback;
    void *arg;
};

struct pending {
    struct table_node node; /* first: a node is its question */
    struct questions *owner;
    struct question question;
    struct chase chase;
    struct turn turn;
    uint64_t asked_ms;  /* when it was sent first; 0: not yet */
    uint64_t forgotten; /* by the cache, at that time */
    struct waiter *waiters;
};

struct questions {
    struct cache *cache;
    struct resolver *resolver;
    struct questions_options options;
    struct table in_flight;
    struct turns turns;
    bool going_on; /* inside go_on() */
};

struct questions *questions_new(
    struct cache *cache, struct resolver *resolver, const struct questions_options *options)
{
    struct questions *questions = alloc_zeroed(sizeof *questions);

    questions->cache = cache;
    questions->resolver = resolver;
    questions->options = *options;
    table_init(&questions->in_flight);
    turns_init(&questions->turns);
    return questions;
}

static void free_pending(struct pending *pending)
{
    while (pending->waiters) {
        struct waiter *waiter = pending->waiters;
        pending->waiters = waiter->next;
        free(waiter);
    }
    chase_fini(&pending->chase);
    free(pending);
}

void questions_free(struct questions *questions)
{
    if (!questions)
        return;
    for (struct table_node *node; (node = table_any(&questions->in_flight)) != NULL;) {
        table_remove(&questions->in_flight, node);
        free_pending((struct pending *)(void *)node);
    }
    table_fini(&questions->in_flight);
    free(questions);
}

void questions_set_options(struct questions *questions, const struct questions_options *options)
{
    questions->options = *options;
}

size_t questions_in_flight(const struct questions *questions)
{
    return questions->in_flight.member_count;
}

size_t questions_waiting(const struct questions *questions)
{
    return questions->turns.waiting_count;
}

struct fact *questions_cached(
    struct questions *questions, const struct question *question, uint64_t now_ms)
{
    return fact_cache_get(questions->cache, question->type, &question->name, now_ms);
}

/* Seconds that a fact is kept. There is no floor (RFC 2181 8); only caps. */
static uint32_t time_to_keep(const struct questions_options *options, const struct fact *fact)
{
    uint32_t cap = fact_ttl_cap(fact, options->max_ttl_s, options->negative_max_ttl_s);

    if (fact->outcome == FACT_ERROR) {
        /* The state of the resolver itself is not a fact of DNS: it is asked anew each time. */
        if (fact->cause == CAUSE_NOT_VALIDATING || fact->cause == CAUSE_UNREACHABLE ||
            fact->cause == CAUSE_UNPROVEN || fact->cause == CAUSE_OVERLOADED ||
            fact->cause == CAUSE_SHUTDOWN)
            return 0;
        return options->error_ttl_s;
    }
    return fact->ttl < cap ? fact->ttl : cap;
}

/*
 * Whether the cache was made to forget something since the question was sent. Its answer may be of
 * before that, and only those who have asked for it before get it.
 */
static bool is_obsolete(const struct pending *pending)
{
    return pending->asked_ms != 0 && pending->forgotten != cache_forgotten(pending->owner->cache);
}

/*
 * The TTL of an answer has run since the resolver gave it. That was not before it was asked, and
 * may be long ago: a CNAME is known before what it leads to, and a reply may wait to be proven.
 */
static void keep(struct questions *questions, const struct pending *pending, struct fact *fact)
{
    const struct question *question = &pending->question;
    uint64_t now_ms = questions->options.now_ms();
    uint64_t since_ms = fact->outcome == FACT_ERROR ? now_ms : pending->asked_ms;
    struct cache_value kept;

    fact->ttl = time_to_keep(&questions->options, fact);
    fact->expires_ms = since_ms + (uint64_t)fact->ttl * 1000;
    if (is_obsolete(pending))
        return;
    /* RFC 2308 7.1, and rightly: a lookup that fails says nothing against what is known. */
    if (fact->outcome == FACT_ERROR &&
        cache_get(questions->cache, CACHE_FACT, question->type, &question->name, now_ms, &kept))
        return;
    fact_cache_put(questions->cache, question->type, &question->name, fact, now_ms);
}

static void go_on(struct questions *questions);

/* The question has its fact: keeps it, tells those who wait, and frees both. Takes fact. */
static void finish(struct pending *pending, struct fact *fact)
{
    struct questions *questions = pending->owner;

    keep(questions, pending, fact);
    /* Out of the table first: a callback may ask the same question again. */
    table_remove(&questions->in_flight, &pending->node);
    for (struct waiter *waiter = pending->waiters; waiter; waiter = waiter->next)
        waiter->callback(waiter->arg, &pending->question, fact);
    free_pending(pending);
    free(fact);
}

static void on_reply(void *arg, const struct dns_reply *reply, enum dns_cause cause);

/* Asks the resolver for where the chase stands. */
static enum dns_cause send(struct pending *pending)
{
    struct questions *questions = pending->owner;

    if (pending->asked_ms == 0) {
        pending->asked_ms = questions->options.now_ms();
        pending->forgotten = cache_forgotten(questions->cache);
    }
    return resolver_ask(
        questions->resolver, &pending->chase.at, pending->chase.qtype, on_reply, pending);
}

/* As finish(), for a question that has a place: the resolver has given a reply, or has not. */
static void end_sent(struct pending *pending, struct fact *fact, bool answered)
{
    struct questions *questions = pending->owner;

    turns_give_back(&questions->turns, &pending->turn, answered);
    finish(pending, fact);
    go_on(questions);
}

/* Sends what there is a place for now. Not from inside a call of the asker's. */
static void go_on(struct questions *questions)
{
    struct turn *turn;
    bool too_late;

    /* A refusal below comes back here; it leaves the rest to the loop that met it. */
    if (questions->going_on)
        return;
    questions->going_on = true;
    while ((turn = turns_next(&questions->turns, questions->options.now_ms(), &too_late)) != NULL) {
        struct pending *pending =
            (struct pending *)(void *)((char *)turn - offsetof(struct pending, turn));
        enum dns_cause cause = too_late ? CAUSE_OVERLOADED : send(pending);
        if (too_late)
            finish(pending, fact_new_error(cause));
        else if (cause != CAUSE_NONE)
            end_sent(pending, fact_new_error(cause), false);
    }
    questions->going_on = false;
}

static void on_reply(void *arg, const struct dns_reply *reply, enum dns_cause cause)
{
    struct pending *pending = arg;
    struct fact *fact;

    if (reply)
        fact = chase_step(&pending->chase, reply, pending->owner->options.wall_s());
    else
        fact = fact_new_error(cause);
    if (!fact) {
        cause = send(pending);
        if (cause == CAUSE_NONE)
            return;
        fact = fact_new_error(cause);
    }
    end_sent(pending, fact, reply != NULL);
}

/* One that is obsolete is not joined: who asks now is to have an answer of now. */
static bool is_question(const struct table_node *node, const void *key)
{
    const struct pending *pending = (const struct pending *)(const void *)node;

    return !is_obsolete(pending) && question_equal(&pending->question, key);
}

static uint32_t hash_of(const struct questions *questions, const struct question *question)
{
    return siphash_name(
        cache_hash_key(questions->cache), CACHE_FACT, question->type, &question->name);
}

static struct pending *begin(struct questions *questions, const struct question *question)
{
    struct pending *pending = alloc_zeroed(sizeof *pending);

    pending->owner = questions;
    pending->question = *question;
    chase_init(&pending->chase, &question->name, question->type);
    return pending;
}

/* Takes a place for a question, and sends it if there is one. Returns why not, if it is refused. */
static enum dns_cause take_turn(struct pending *pending, struct turn_asker *asker)
{
    struct questions *questions = pending->owner;
    enum dns_cause cause;

    switch (turns_take(&questions->turns, &pending->turn, asker, questions->options.now_ms())) {
    case TURN_REFUSED:
        return CAUSE_OVERLOADED;
    case TURN_WAITS:
        return CAUSE_NONE;
    case TURN_TAKEN:
        break;
    }
    cause = send(pending);
    if (cause != CAUSE_NONE)
        turns_give_back(&questions->turns, &pending->turn, true);
    return cause;
}

enum dns_cause questions_ask(struct questions *questions, const struct question *question,
    struct turn_asker *asker, question_done_cb *callback, void *arg)
{
    uint32_t hash = hash_of(questions, question);
    struct pending *pending =
        (struct pending *)(void *)table_find(&questions->in_flight, hash, is_question, question);

    if (!pending) {
        pending = begin(questions, question);
        enum dns_cause cause = take_turn(pending, asker);
        if (cause != CAUSE_NONE) {
            free(pending);
            return cause;
        }
        table_insert(&questions->in_flight, &pending->node, hash);
    } else {
        turns_join(&questions->turns, &pending->turn, asker);
    }
    struct waiter *waiter = alloc_zeroed(sizeof *waiter);
    waiter->callback = callback;
    waiter->arg = arg;
    waiter->next = pending->waiters;
    pending->waiters = waiter;
    return CAUSE_NONE;
}
