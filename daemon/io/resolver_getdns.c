/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver_getdns.c - the real resolver: a pool of validating resolvers behind io/resolver.h.
 *
 * A question is held until an upstream has passed its self-test. Then it has timeout_ms: the first
 * attempt, with half of that, goes to the best upstream; if it fails, a second one, with what is
 * left, to the next best, or to the same if it is the only one. A reply without AD belongs to its
 * attempt until the upstream has proven that it still validates (io/confirmation.h); without that
 * proof the attempt has failed. An answer of an upstream that has lost its "passed" meanwhile is
 * thrown away.
 *
 * Failure modes: SERVFAIL and the like are worth a second opinion if there is another upstream; if
 * that has none, the first reply is handed on. An upstream that is not healthy (io/member.h) is
 * asked only if there is no better one, and its self-test, which comes every second then, finds out
 * when it is back: any reply ends the spell.
 */

#include "daemon/io/resolver_getdns.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "daemon/core/alloc.h"
#include "daemon/io/member.h"

#define ATTEMPTS_MAX 2

struct pool;

struct question {
    struct pool *pool;
    struct dname name;
    uint16_t type;
    resolver_reply_cb *callback;
    void *arg;
    uint64_t deadline_ms;      /* while held: of the holding; once sent: of all attempts */
    unsigned attempts;         /* made so far */
    struct member *asked;      /* by the attempt under way */
    uint64_t attempt_until_ms; /* the deadline of that attempt */
    struct dns_message *held;  /* its reply, while unproven */
    struct confirmation_waiter waiter;
    struct dns_message *kept; /* of the first attempt, if it had no better one than SERVFAIL */
    TAILQ_ENTRY(question) link;
};

TAILQ_HEAD(question_list, question);

struct pool {
    struct resolver base; /* first: struct resolver is a pool */
    uv_loop_t *loop;
    struct resolver_getdns_options options;
    struct dname *names; /* the self-test names, then the bogus ones */
    struct member members[RESOLVER_UPSTREAMS_MAX];
    enum resolver_state state;
    struct question_list held; /* not sent, in the order of their deadlines */
    struct question_list flying;
    uv_timer_t timer; /* of the first held question, while nothing is known of the upstreams */
    struct resolver_counts counts;
    size_t open; /* of what has to close before the pool is freed */
    bool closing;
    resolver_closed_cb *closed;
    void *closed_arg;
};

static const struct pool *const_pool_of(const struct resolver *resolver)
{
    return (const struct pool *)(const void *)resolver;
}

static struct pool *pool_of(struct resolver *resolver)
{
    return (struct pool *)(void *)resolver;
}

/* ---- attempts ---- */

static void attempt(struct question *question);

/* The best upstream that passed, other than not_this (which may be NULL). NULL: there is none. */
static struct member *choose_member(struct pool *pool, const struct member *not_this)
{
    struct member *second_best = NULL;

    for (size_t i = 0; i < pool->options.address_count; i++) {
        struct member *member = &pool->members[i];
        if (member->state != UPSTREAM_PASSED || member == not_this)
            continue;
        if (member_is_healthy(member))
            return member;
        if (second_best == NULL)
            second_best = member;
    }
    return second_best;
}

/* Ends a question in flight: its callback runs. */
static void finish(struct question *question, struct dns_message *message, enum dns_cause cause)
{
    struct pool *pool = question->pool;
    const struct dns_reply *dns = message != NULL ? &message->reply : NULL;

    TAILQ_REMOVE(&pool->flying, question, link);
    pool->counts.in_flight--;
    resolver_count(&pool->counts, question->type, dns, cause);
    question->callback(question->arg, dns, cause);
    dns_message_free(message);
    free(question);
}

/* Whether a reply settles the question, whatever another upstream might say. */
static bool is_settled(const struct dns_message *message)
{
    return message->reply.rcode == DNS_NOERROR || message->reply.rcode == DNS_NXDOMAIN;
}

/* The attempt under way is over: takes the message, or the cause why there is none to believe. */
static void end_attempt(
    struct question *question, struct dns_message *message, enum dns_cause cause)
{
    struct pool *pool = question->pool;
    struct member *member = question->asked;
    struct member *other = choose_member(pool, member);
    bool may_retry =
        question->attempts < ATTEMPTS_MAX && uv_now(pool->loop) < question->deadline_ms;

    member_suspect(member, cause);
    if (message != NULL) {
        dns_message_free(question->kept);
        question->kept = message;
        may_retry = may_retry && !is_settled(message) && other != NULL;
    } else {
        may_retry = may_retry && (other != NULL || member->state == UPSTREAM_PASSED);
    }
    if (may_retry)
        attempt(question);
    else if (question->kept != NULL)
        finish(question, question->kept, CAUSE_NONE);
    else
        finish(question, NULL, cause);
}

/* The upstream's proof for the reply that is held, or the cause why there is none. */
static void on_confirmation(void *arg, enum dns_cause cause)
{
    struct question *question = arg;
    struct dns_message *message = question->held;

    question->held = NULL;
    if (cause != CAUSE_NONE) {
        dns_message_free(message);
        message = NULL;
    }
    end_attempt(question, message, cause);
}

static void on_attempt(
    void *arg, struct dns_message *message, uint64_t connection, enum dns_cause cause)
{
    struct question *question = arg;
    struct member *member = question->asked;

    if (message != NULL && member->state != UPSTREAM_PASSED) {
        /* Its self-test has failed while the question was under way: nothing is taken from it. */
        dns_message_free(message);
        message = NULL;
        cause = CAUSE_NOT_VALIDATING;
    }
    if (message != NULL && is_settled(message) && !message->reply.ad) {
        question->held = message;
        confirmation_hold(member->confirmation, &question->waiter, connection,
            question->attempt_until_ms, on_confirmation, question);
    } else {
        end_attempt(question, message, cause);
    }
}

/* Makes the next attempt; there is an upstream for it. */
static void attempt(struct question *question)
{
    struct pool *pool = question->pool;
    struct member *member = choose_member(pool, question->asked);
    uint64_t now_ms = uv_now(pool->loop);
    uint64_t timeout_ms = pool->options.timeout_ms / 2;

    if (member == NULL)
        member = question->asked;
    if (question->attempts > 0) {
        timeout_ms = question->deadline_ms - now_ms;
        pool->counts.retries++;
    }
    question->asked = member;
    question->attempts++;
    question->attempt_until_ms = now_ms + timeout_ms;
    upstream_ask(
        member->upstream, &question->name, question->type, timeout_ms, on_attempt, question);
}

/* ---- before it is sent ---- */

static void on_held_too_long(uv_timer_t *timer);

/* While nothing is known of the upstreams, the first question held must not wait for ever. */
static void set_timer(struct pool *pool)
{
    struct question *first = TAILQ_FIRST(&pool->held);
    uint64_t now_ms = uv_now(pool->loop);

    if (pool->closing || first == NULL)
        uv_timer_stop(&pool->timer);
    else
        uv_timer_start(&pool->timer, on_held_too_long,
            first->deadline_ms > now_ms ? first->deadline_ms - now_ms : 0, 0);
}

static void release(struct question *question)
{
    TAILQ_REMOVE(&question->pool->held, question, link);
    question->pool->counts.held--;
}

/* Ends a question that was never sent. */
static void refuse(struct question *question, enum dns_cause cause)
{
    release(question);
    resolver_count(&question->pool->counts, question->type, NULL, cause);
    question->callback(question->arg, NULL, cause);
    free(question);
}

/*
 * No upstream has a verdict. That is the state of the resolvers and no fact about the question,
 * which was never sent: no CAUSE_TIMEOUT, which would be kept for error-ttl when they are long
 * back.
 */
static void refuse_held_until(struct pool *pool, uint64_t deadline_ms)
{
    struct question *first;

    while (!pool->closing && (first = TAILQ_FIRST(&pool->held)) != NULL &&
           first->deadline_ms <= deadline_ms)
        refuse(first, CAUSE_UNREACHABLE);
    set_timer(pool);
}

static void on_held_too_long(uv_timer_t *timer)
{
    struct pool *pool = timer->data;

    refuse_held_until(pool, uv_now(pool->loop));
}

static void dispatch(struct question *question)
{
    struct pool *pool = question->pool;

    TAILQ_INSERT_TAIL(&pool->flying, question, link);
    pool->counts.in_flight++;
    question->deadline_ms = uv_now(pool->loop) + pool->options.timeout_ms;
    attempt(question);
}

/* Something is known of the upstreams: sends everything, or refuses it if none validates. */
static void end_holding(struct pool *pool)
{
    struct question *first;

    while (!pool->closing && (first = TAILQ_FIRST(&pool->held)) != NULL) {
        if (pool->state == RESOLVER_NOT_VALIDATING) {
            refuse(first, CAUSE_NOT_VALIDATING);
            continue;
        }
        release(first);
        dispatch(first);
    }
    set_timer(pool);
}

static enum dns_cause ask(struct resolver *resolver, const struct dname *name, uint16_t type,
    resolver_reply_cb *callback, void *arg)
{
    struct pool *pool = pool_of(resolver);
    enum dns_cause refusal = pool->closing                            ? CAUSE_SHUTDOWN
                             : pool->state == RESOLVER_NOT_VALIDATING ? CAUSE_NOT_VALIDATING
                                                                      : CAUSE_NONE;
    struct question *question;

    if (refusal != CAUSE_NONE) {
        resolver_count(&pool->counts, type, NULL, refusal);
        return refusal;
    }
    question = alloc_zeroed(sizeof *question);
    question->pool = pool;
    question->name = *name;
    question->type = type;
    question->callback = callback;
    question->arg = arg;
    if (pool->state == RESOLVER_VALIDATING) {
        dispatch(question);
        return CAUSE_NONE;
    }
    question->deadline_ms = uv_now(pool->loop) + pool->options.timeout_ms;
    TAILQ_INSERT_TAIL(&pool->held, question, link);
    pool->counts.held++;
    if (pool->counts.held == 1)
        set_timer(pool);
    return CAUSE_NONE;
}

/* ---- states ---- */

static void update_state(struct pool *pool)
{
    enum resolver_state state = RESOLVER_UNTESTED;

    for (size_t i = 0; i < pool->options.address_count; i++) {
        if (pool->members[i].state == UPSTREAM_PASSED)
            state = RESOLVER_VALIDATING;
        else if (pool->members[i].state == UPSTREAM_FAILED && state == RESOLVER_UNTESTED)
            state = RESOLVER_NOT_VALIDATING;
    }
    if (state == pool->state)
        return;
    pool->state = state;
    if (pool->options.on_state != NULL)
        pool->options.on_state(pool->options.arg, state);
    end_holding(pool);
}

/* Whether the self-test of every upstream has been run, and the last run has shown nothing. */
static bool is_in_the_dark(const struct pool *pool)
{
    bool result = pool->state == RESOLVER_UNTESTED;

    for (size_t i = 0; i < pool->options.address_count; i++)
        result = result && pool->members[i].unknown_why != CAUSE_NONE;
    return result;
}

static void on_changed(void *arg)
{
    struct pool *pool = arg;

    if (!pool->closing)
        update_state(pool);
    /* Holding is for the moments of a start, not for as long as the resolvers are down. */
    if (!pool->closing && is_in_the_dark(pool))
        refuse_held_until(pool, UINT64_MAX);
}

/* ---- life ---- */

static void copy_names(struct pool *pool, const struct resolver_getdns_options *options)
{
    pool->names =
        alloc_array_zeroed(options->self_test_count + options->bogus_count, sizeof *pool->names);
    memcpy(pool->names, options->self_test, options->self_test_count * sizeof *pool->names);
    if (options->bogus_count > 0)
        memcpy(pool->names + options->self_test_count, options->bogus,
            options->bogus_count * sizeof *pool->names);
    pool->options.self_test = pool->names;
    pool->options.bogus = pool->names + options->self_test_count;
}

struct resolver *resolver_getdns_new(uv_loop_t *loop, const struct resolver_getdns_options *options)
{
    static const struct resolver_ops ops = {.ask = ask};
    struct pool *pool = alloc_zeroed(sizeof *pool);

    assert(options->address_count > 0 && options->address_count <= RESOLVER_UPSTREAMS_MAX);
    assert(options->self_test_count > 0 && options->timeout_ms >= 2);
    pool->base.ops = &ops;
    pool->loop = loop;
    pool->options = *options;
    copy_names(pool, options);
    TAILQ_INIT(&pool->held);
    TAILQ_INIT(&pool->flying);
    uv_timer_init(loop, &pool->timer);
    pool->timer.data = pool;
    pool->open = 1;
    for (size_t i = 0; i < options->address_count; i++) {
        member_init(&pool->members[i], loop, &pool->options, i, on_changed, pool);
        pool->open += MEMBER_PARTS;
    }
    return &pool->base;
}

enum resolver_state resolver_getdns_state(const struct resolver *resolver)
{
    return const_pool_of(resolver)->state;
}

const char *resolver_getdns_upstream_text(const struct resolver *resolver, size_t index)
{
    return upstream_text(const_pool_of(resolver)->members[index].upstream);
}

uint64_t resolver_getdns_probes(const struct resolver *resolver)
{
    const struct pool *pool = const_pool_of(resolver);
    uint64_t probes = 0;

    for (size_t i = 0; i < pool->options.address_count; i++)
        probes += confirmation_probes(pool->members[i].confirmation);
    return probes;
}

const struct resolver_counts *resolver_getdns_counts(const struct resolver *resolver)
{
    return &const_pool_of(resolver)->counts;
}

static void on_part_closed(void *arg)
{
    struct pool *pool = arg;

    if (--pool->open > 0)
        return;
    resolver_closed_cb *closed = pool->closed;
    void *closed_arg = pool->closed_arg;
    free(pool->names);
    free(pool);
    closed(closed_arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_part_closed(handle->data);
}

static void drop_questions(struct question_list *list)
{
    struct question *question;

    while ((question = TAILQ_FIRST(list)) != NULL) {
        TAILQ_REMOVE(list, question, link);
        dns_message_free(question->kept);
        dns_message_free(question->held);
        free(question);
    }
}

void resolver_getdns_close(struct resolver *resolver, resolver_closed_cb *closed, void *arg)
{
    struct pool *pool = pool_of(resolver);

    pool->closing = true;
    pool->closed = closed;
    pool->closed_arg = arg;
    for (size_t i = 0; i < pool->options.address_count; i++)
        member_close(&pool->members[i], on_part_closed, pool);
    drop_questions(&pool->held);
    drop_questions(&pool->flying);
    uv_close((uv_handle_t *)&pool->timer, on_timer_closed);
}
