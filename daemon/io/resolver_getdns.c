/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver_getdns.c - the real resolver: a pool of validating resolvers behind io/resolver.h.
 *
 * A question waits in one queue until an upstream has passed its self-test and fewer than
 * RESOLVER_IN_FLIGHT_MAX are in flight. Then it has timeout_ms: the first attempt, with half of
 * that, goes to the best upstream; if it fails, a second one, with what is left, to the next best,
 * or to the same if it is the only one. A reply without AD belongs to its attempt until the
 * upstream has proven that it still validates (io/confirmation.h); without that proof the attempt
 * has failed. An answer of an upstream that has lost its "passed" meanwhile is thrown away.
 *
 * Failure modes: SERVFAIL and the like are worth a second opinion if there is another upstream; if
 * that has none, the first reply is handed on. An upstream with FAILURES_MAX failures in a row is
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
#include "daemon/io/confirmation.h"
#include "daemon/io/self_test.h"
#include "daemon/io/upstream.h"

#define FAILURES_MAX 3
#define ATTEMPTS_MAX 2

struct pool;

/* One upstream and what the pool thinks of it. */
struct member {
    struct pool *pool;
    size_t index;
    struct upstream *upstream;
    struct self_test *self_test;
    struct confirmation *confirmation;
    enum upstream_state state;
    enum dns_cause reported; /* why it has no verdict, as last said to on_upstream */
    bool warned;             /* of bogus names, since the last time that it had none */
    bool answered_bogus;     /* in this run of the self-test */
    bool unproven;           /* its last probe showed nothing, which has been said */
};

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
    struct getdns_reply *held; /* its reply, while unproven */
    struct confirmation_waiter waiter;
    struct getdns_reply *kept; /* of the first attempt, if it had no better one than SERVFAIL */
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
    struct question_list waiting; /* not sent; held ones are in the order of their deadlines */
    struct question_list flying;
    uv_timer_t timer; /* of the first held question, while nothing is known of the upstreams */
    struct resolver_getdns_counters counters;
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

/* ---- counting ---- */

const char *resolver_result_label(enum resolver_result result)
{
    static const char *const labels[] = {
#define X(name, label) [RESOLVER_RESULT_##name] = label,
        RESOLVER_RESULTS(X)
#undef X
    };
    return result < RESOLVER_RESULT_COUNT ? labels[result] : "?";
}

const char *resolver_counted_label(enum resolver_counted counted)
{
    static const char *const labels[] = {[RESOLVER_COUNTED_A] = "A",
        [RESOLVER_COUNTED_AAAA] = "AAAA",
        [RESOLVER_COUNTED_MX] = "MX",
        [RESOLVER_COUNTED_TLSA] = "TLSA",
        [RESOLVER_COUNTED_CNAME] = "CNAME",
        [RESOLVER_COUNTED_OTHER] = "other"};
    return counted < RESOLVER_COUNTED_COUNT ? labels[counted] : "?";
}

static enum resolver_counted counted_of(uint16_t type)
{
    switch (type) {
    case DNS_A:
        return RESOLVER_COUNTED_A;
    case DNS_AAAA:
        return RESOLVER_COUNTED_AAAA;
    case DNS_MX:
        return RESOLVER_COUNTED_MX;
    case DNS_TLSA:
        return RESOLVER_COUNTED_TLSA;
    case DNS_CNAME:
        return RESOLVER_COUNTED_CNAME;
    default:
        return RESOLVER_COUNTED_OTHER;
    }
}

static enum resolver_result result_of(const struct dns_reply *reply, enum dns_cause cause)
{
    if (reply != NULL)
        return reply->rcode == DNS_NOERROR    ? RESOLVER_RESULT_NOERROR
               : reply->rcode == DNS_NXDOMAIN ? RESOLVER_RESULT_NXDOMAIN
               : reply->rcode == DNS_SERVFAIL ? RESOLVER_RESULT_SERVFAIL
                                              : RESOLVER_RESULT_OTHER_RCODE;
    if (cause == CAUSE_TIMEOUT)
        return RESOLVER_RESULT_TIMEOUT;
    if (cause == CAUSE_UNREACHABLE)
        return RESOLVER_RESULT_UNREACHABLE;
    if (cause == CAUSE_NOT_VALIDATING || cause == CAUSE_OVERLOADED || cause == CAUSE_SHUTDOWN)
        return RESOLVER_RESULT_REFUSED;
    return RESOLVER_RESULT_MALFORMED;
}

static void count_result(
    struct pool *pool, uint16_t type, const struct dns_reply *reply, enum dns_cause cause)
{
    pool->counters.queries[counted_of(type)][result_of(reply, cause)]++;
}

/* ---- attempts ---- */

static void send_waiting(struct pool *pool);
static void attempt(struct question *question);

static bool is_healthy(const struct member *member)
{
    return upstream_failures(member->upstream) < FAILURES_MAX;
}

/* The best upstream that passed, other than not_this (which may be NULL). NULL: there is none. */
static struct member *choose_member(struct pool *pool, const struct member *not_this)
{
    struct member *second_best = NULL;

    for (size_t i = 0; i < pool->options.address_count; i++) {
        struct member *member = &pool->members[i];
        if (member->state != UPSTREAM_PASSED || member == not_this)
            continue;
        if (is_healthy(member))
            return member;
        if (second_best == NULL)
            second_best = member;
    }
    return second_best;
}

/* Ends a question in flight: its callback runs, and the next question takes its place. */
static void finish(struct question *question, struct getdns_reply *reply, enum dns_cause cause)
{
    struct pool *pool = question->pool;
    const struct dns_reply *dns = reply != NULL ? &reply->dns : NULL;

    TAILQ_REMOVE(&pool->flying, question, link);
    pool->counters.in_flight--;
    count_result(pool, question->type, dns, cause);
    question->callback(question->arg, dns, cause);
    getdns_reply_free(reply);
    free(question);
    send_waiting(pool);
}

/* Whether a reply settles the question, whatever another upstream might say. */
static bool is_settled(const struct getdns_reply *reply)
{
    return reply->dns.rcode == DNS_NOERROR || reply->dns.rcode == DNS_NXDOMAIN;
}

/* The attempt under way is over: takes the reply, or the cause why there is none to believe. */
static void end_attempt(struct question *question, struct getdns_reply *reply, enum dns_cause cause)
{
    struct pool *pool = question->pool;
    struct member *member = question->asked;
    struct member *other = choose_member(pool, member);
    bool may_retry =
        question->attempts < ATTEMPTS_MAX && uv_now(pool->loop) < question->deadline_ms;

    if (!is_healthy(member) || cause == CAUSE_UNREACHABLE)
        self_test_hurry(member->self_test);
    if (reply != NULL) {
        getdns_reply_free(question->kept);
        question->kept = reply;
        may_retry = may_retry && !is_settled(reply) && other != NULL;
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
    struct getdns_reply *reply = question->held;

    question->held = NULL;
    if (cause != CAUSE_NONE) {
        getdns_reply_free(reply);
        reply = NULL;
    }
    end_attempt(question, reply, cause);
}

static void on_attempt(void *arg, struct getdns_reply *reply, enum dns_cause cause)
{
    struct question *question = arg;
    struct member *member = question->asked;

    if (reply != NULL && member->state != UPSTREAM_PASSED) {
        /* Its self-test has failed while the question was under way: nothing is taken from it. */
        getdns_reply_free(reply);
        reply = NULL;
        cause = CAUSE_NOT_VALIDATING;
    }
    if (reply != NULL && is_settled(reply) && !reply->dns.ad) {
        question->held = reply;
        confirmation_hold(member->confirmation, &question->waiter, reply->connection,
            question->attempt_until_ms, on_confirmation, question);
    } else {
        end_attempt(question, reply, cause);
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
        pool->counters.retries++;
    }
    question->asked = member;
    question->attempts++;
    question->attempt_until_ms = now_ms + timeout_ms;
    upstream_ask(
        member->upstream, &question->name, question->type, timeout_ms, on_attempt, question);
}

/* ---- the queue ---- */

static void on_held_too_long(uv_timer_t *timer);

/* While nothing is known of the upstreams, the first question held must not wait for ever. */
static void set_timer(struct pool *pool)
{
    struct question *first = TAILQ_FIRST(&pool->waiting);
    uint64_t now_ms = uv_now(pool->loop);

    if (pool->closing || pool->state != RESOLVER_UNTESTED || first == NULL)
        uv_timer_stop(&pool->timer);
    else
        uv_timer_start(&pool->timer, on_held_too_long,
            first->deadline_ms > now_ms ? first->deadline_ms - now_ms : 0, 0);
}

/* Ends a question that was never sent. */
static void refuse(struct question *question, enum dns_cause cause)
{
    struct pool *pool = question->pool;

    TAILQ_REMOVE(&pool->waiting, question, link);
    pool->counters.waiting--;
    count_result(pool, question->type, NULL, cause);
    question->callback(question->arg, NULL, cause);
    free(question);
}

/*
 * No upstream has a verdict. That is the state of the resolvers and no fact about the question,
 * which was never sent: no CAUSE_TIMEOUT, which would be kept for error-ttl when they are long
 * back.
 */
static void on_held_too_long(uv_timer_t *timer)
{
    struct pool *pool = timer->data;
    uint64_t now_ms = uv_now(pool->loop);
    struct question *first;

    while (!pool->closing && (first = TAILQ_FIRST(&pool->waiting)) != NULL &&
           first->deadline_ms <= now_ms)
        refuse(first, CAUSE_UNREACHABLE);
    set_timer(pool);
}

/* Sends what may be sent, or refuses everything if no upstream validates. */
static void send_waiting(struct pool *pool)
{
    struct question *first;

    while (!pool->closing && (first = TAILQ_FIRST(&pool->waiting)) != NULL) {
        if (pool->state == RESOLVER_NOT_VALIDATING) {
            refuse(first, CAUSE_NOT_VALIDATING);
            continue;
        }
        if (pool->state == RESOLVER_UNTESTED || pool->counters.in_flight >= RESOLVER_IN_FLIGHT_MAX)
            break;
        TAILQ_REMOVE(&pool->waiting, first, link);
        pool->counters.waiting--;
        TAILQ_INSERT_TAIL(&pool->flying, first, link);
        pool->counters.in_flight++;
        first->deadline_ms = uv_now(pool->loop) + pool->options.timeout_ms;
        attempt(first);
    }
    set_timer(pool);
}

static enum dns_cause ask(struct resolver *resolver, const struct dname *name, uint16_t type,
    resolver_reply_cb *callback, void *arg)
{
    struct pool *pool = pool_of(resolver);
    enum dns_cause refusal = pool->closing                                    ? CAUSE_SHUTDOWN
                             : pool->state == RESOLVER_NOT_VALIDATING         ? CAUSE_NOT_VALIDATING
                             : pool->counters.waiting >= RESOLVER_WAITING_MAX ? CAUSE_OVERLOADED
                                                                              : CAUSE_NONE;
    struct question *question;

    if (refusal != CAUSE_NONE) {
        count_result(pool, type, NULL, refusal);
        return refusal;
    }
    question = alloc_zeroed(sizeof *question);
    question->pool = pool;
    question->name = *name;
    question->type = type;
    question->callback = callback;
    question->arg = arg;
    question->deadline_ms = uv_now(pool->loop) + pool->options.timeout_ms;
    TAILQ_INSERT_TAIL(&pool->waiting, question, link);
    pool->counters.waiting++;
    /* None of the waiting is refused here, so that no callback runs: the state is not that one. */
    send_waiting(pool);
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
    send_waiting(pool);
}

static void on_self_test(
    void *arg, enum self_test_result result, enum dns_cause cause, const char *why)
{
    struct member *member = arg;
    struct pool *pool = member->pool;
    const struct resolver_getdns_options *options = &pool->options;
    enum upstream_state old_state = member->state;
    bool is_news;

    if (result == SELF_TEST_BOGUS_ANSWERED) {
        if (!member->warned && options->on_warning != NULL)
            options->on_warning(options->arg, member->index, why);
        member->warned = true;
        member->answered_bogus = true;
        return;
    }
    if (result == SELF_TEST_PASSED) {
        /* The bogus names of the run before this one are all through now. */
        member->warned = member->answered_bogus;
        member->answered_bogus = false;
        member->state = UPSTREAM_PASSED;
    } else if (result == SELF_TEST_FAILED) {
        member->state = UPSTREAM_FAILED;
    }
    is_news = member->state != old_state ||
              (member->state != UPSTREAM_PASSED && cause != member->reported);
    member->reported = cause;
    if (is_news && options->on_upstream != NULL)
        options->on_upstream(options->arg, member->index, old_state, member->state, why);
    if (!pool->closing)
        update_state(pool);
}

static void on_probe(void *arg, enum self_test_result result, const char *why)
{
    struct member *member = arg;
    struct pool *pool = member->pool;
    const struct resolver_getdns_options *options = &pool->options;
    enum upstream_state old_state = member->state;
    char text[SELF_TEST_WHY_MAX + 64];

    if (result == SELF_TEST_INCONCLUSIVE) {
        snprintf(text, sizeof text, "it cannot prove that it still validates: %s", why);
        if (!member->unproven && options->on_warning != NULL)
            options->on_warning(options->arg, member->index, text);
        member->unproven = true;
        return;
    }
    member->unproven = false;
    if (result != SELF_TEST_FAILED || old_state == UPSTREAM_FAILED)
        return;
    member->state = UPSTREAM_FAILED;
    member->reported = CAUSE_NONE;
    self_test_hurry(member->self_test);
    snprintf(text, sizeof text, "it has stopped validating: %s", why);
    if (options->on_upstream != NULL)
        options->on_upstream(options->arg, member->index, old_state, member->state, text);
    if (!pool->closing)
        update_state(pool);
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
    TAILQ_INIT(&pool->waiting);
    TAILQ_INIT(&pool->flying);
    uv_timer_init(loop, &pool->timer);
    pool->timer.data = pool;
    pool->open = 1;
    struct self_test_options tests = {.names = pool->options.self_test,
        .name_count = options->self_test_count,
        .bogus_names = pool->options.bogus,
        .bogus_count = options->bogus_count,
        .interval_ms = options->interval_ms,
        .timeout_ms = options->timeout_ms};
    /* Half an attempt, so that an attempt outlives a probe that is lost. */
    uint64_t probe_timeout_ms = options->timeout_ms / 4 > 0 ? options->timeout_ms / 4 : 1;
    for (size_t i = 0; i < options->address_count; i++) {
        struct member *member = &pool->members[i];
        member->pool = pool;
        member->index = i;
        member->upstream = upstream_new(loop, &options->addresses[i]);
        member->self_test = self_test_new(loop, member->upstream, &tests, on_self_test, member);
        member->confirmation = confirmation_new(
            loop, member->upstream, pool->options.self_test, probe_timeout_ms, on_probe, member);
        pool->open += 3;
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

const struct resolver_getdns_counters *resolver_getdns_counters(const struct resolver *resolver)
{
    return &const_pool_of(resolver)->counters;
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
        getdns_reply_free(question->kept);
        getdns_reply_free(question->held);
        free(question);
    }
}

void resolver_getdns_close(struct resolver *resolver, resolver_closed_cb *closed, void *arg)
{
    struct pool *pool = pool_of(resolver);

    pool->closing = true;
    pool->closed = closed;
    pool->closed_arg = arg;
    for (size_t i = 0; i < pool->options.address_count; i++) {
        self_test_close(pool->members[i].self_test, on_part_closed, pool);
        confirmation_close(pool->members[i].confirmation, on_part_closed, pool);
        upstream_close(pool->members[i].upstream, on_part_closed, pool);
    }
    drop_questions(&pool->waiting);
    drop_questions(&pool->flying);
    uv_close((uv_handle_t *)&pool->timer, on_timer_closed);
}
