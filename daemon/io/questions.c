/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * questions.c - DNS questions on their way.
 *
 * The path of one: questions_ask() finds nobody asking and asks the resolver; on_reply() gives the
 * reply to the chase; the chase gives the fact, or the next name, which is asked in the same way.
 * The fact goes into the cache and to all who wait, and the question is gone.
 *
 * What can fail: the resolver refuses at once (the caller is told the cause), or calls back without
 * a reply, or with one that is no answer: each is a FACT_ERROR.
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
    struct waiter *waiters;
};

struct questions {
    struct cache *cache;
    struct resolver *resolver;
    struct questions_options options;
    struct table in_flight;
};

struct questions *questions_new(
    struct cache *cache, struct resolver *resolver, const struct questions_options *options)
{
    struct questions *questions = alloc_zeroed(sizeof *questions);

    questions->cache = cache;
    questions->resolver = resolver;
    questions->options = *options;
    table_init(&questions->in_flight);
    return questions;
}

static void free_pending(struct pending *pending)
{
    while (pending->waiters) {
        struct waiter *waiter = pending->waiters;
        pending->waiters = waiter->next;
        free(waiter);
    }
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

struct fact *questions_cached(
    struct questions *questions, const struct question *question, uint64_t now_ms)
{
    return fact_cache_get(questions->cache, question->type, &question->name, now_ms);
}

/* Seconds that a fact is kept. There is no floor (RFC 2181 8); only caps. */
static uint32_t time_to_keep(const struct questions_options *options, const struct fact *fact)
{
    uint32_t cap = options->max_ttl_s;

    switch ((enum fact_outcome)fact->outcome) {
    case FACT_RECORDS:
        break;
    case FACT_NODATA:
    case FACT_NXDOMAIN:
        cap = options->negative_max_ttl_s < cap ? options->negative_max_ttl_s : cap;
        break;
    case FACT_ERROR:
        /* The state of the resolver itself is not a fact of DNS: it is asked anew each time. */
        if (fact->cause == CAUSE_NOT_VALIDATING || fact->cause == CAUSE_UNREACHABLE ||
            fact->cause == CAUSE_OVERLOADED || fact->cause == CAUSE_SHUTDOWN)
            return 0;
        return options->error_ttl_s;
    }
    return fact->ttl < cap ? fact->ttl : cap;
}

static void keep(struct questions *questions, const struct question *question, struct fact *fact)
{
    uint64_t now_ms = questions->options.now_ms();
    struct cache_value kept;

    fact->ttl = time_to_keep(&questions->options, fact);
    fact->expires_ms = now_ms + (uint64_t)fact->ttl * 1000;
    /* RFC 2308 7.1, and rightly: a lookup that fails says nothing against what is known. */
    if (fact->outcome == FACT_ERROR &&
        cache_get(questions->cache, CACHE_FACT, question->type, &question->name, now_ms, &kept))
        return;
    fact_cache_put(questions->cache, question->type, &question->name, fact, now_ms);
}

/* The question has its fact: keeps it, tells those who wait, and frees both. Takes fact. */
static void finish(struct pending *pending, struct fact *fact)
{
    keep(pending->owner, &pending->question, fact);
    /* Out of the table first: a callback may ask the same question again. */
    table_remove(&pending->owner->in_flight, &pending->node);
    for (struct waiter *waiter = pending->waiters; waiter; waiter = waiter->next)
        waiter->callback(waiter->arg, &pending->question, fact);
    free_pending(pending);
    free(fact);
}

static void on_reply(void *arg, const struct dns_reply *reply, enum dns_cause cause)
{
    struct pending *pending = arg;
    struct questions *questions = pending->owner;
    struct fact *fact;

    if (reply)
        fact = chase_step(&pending->chase, reply, questions->options.wall_s());
    else
        fact = fact_new_error(cause);
    if (!fact) {
        cause = resolver_ask(
            questions->resolver, &pending->chase.at, pending->chase.qtype, on_reply, pending);
        if (cause == CAUSE_NONE)
            return;
        fact = fact_new_error(cause);
    }
    finish(pending, fact);
}

static bool is_question(const struct table_node *node, const void *key)
{
    return question_equal(&((const struct pending *)(const void *)node)->question, key);
}

static uint32_t hash_of(const struct questions *questions, const struct question *question)
{
    return siphash_name(
        cache_hash_key(questions->cache), CACHE_FACT, question->type, &question->name);
}

enum dns_cause questions_ask(struct questions *questions, const struct question *question,
    question_done_cb *callback, void *arg)
{
    uint32_t hash = hash_of(questions, question);
    struct pending *pending =
        (struct pending *)(void *)table_find(&questions->in_flight, hash, is_question, question);

    if (!pending) {
        pending = alloc_zeroed(sizeof *pending);
        pending->owner = questions;
        pending->question = *question;
        chase_init(&pending->chase, &question->name, question->type);
        enum dns_cause cause =
            resolver_ask(questions->resolver, &question->name, question->type, on_reply, pending);
        if (cause != CAUSE_NONE) {
            free(pending);
            return cause;
        }
        table_insert(&questions->in_flight, &pending->node, hash);
    }
    struct waiter *waiter = alloc_zeroed(sizeof *waiter);
    waiter->callback = callback;
    waiter->arg = arg;
    waiter->next = pending->waiters;
    pending->waiters = waiter;
    return CAUSE_NONE;
}
