/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirmation.c - holds replies without AD until their upstream has proven that it still
 * validates.
 *
 * The path of one reply: confirmation_hold() puts it among the waiting and begins a probe, unless
 * one is under way. A probe proves nothing of a reply that came after its beginning: the resolver
 * may have answered the probe, then been replaced, then answered the question. Such replies wait
 * for the next probe, which begins as soon as this one ends; so there is never more than one a
 * round trip, however many replies there are. A probe with AD settles all that waited for it.
 *
 * The proof must come over the connection of the reply (io/upstream.h gives its number): behind
 * one address there may be two resolvers, one on its way out and one on its way in, or a balancer
 * before a good and a bad one, and the probe of one says nothing of the other. While a reply waits
 * and no pause is on, a probe is under way, so that a connection does not end unnoticed.
 *
 * States: idle (nothing waits), probing, pausing (a probe showed nothing; the next is due at
 * again_ms).
 *
 * Failure modes: a probe answered without AD ends all that waits with CAUSE_NOT_VALIDATING. A
 * probe whose connection is lost ends all with CAUSE_UNPROVEN: whoever comes back on that address
 * is somebody else. A probe that times out, or has another rcode, is repeated. A reply whose
 * deadline comes first ends with CAUSE_UNPROVEN too. None of these lets the reply through.
 *
 * What it cannot find out: a resolver that lies for some names, or some queries of one connection,
 * and not for the probe. It is trusted in that.
 */

#include "daemon/io/confirmation.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/core/alloc.h"

TAILQ_HEAD(waiter_list, confirmation_waiter);

struct confirmation {
    uv_loop_t *loop;
    struct upstream *upstream;
    const struct dname *name;
    uint64_t timeout_ms;
    confirmation_probe_cb *on_probe;
    void *arg;
    uv_timer_t timer;           /* the first deadline, or the end of a pause */
    struct waiter_list waiting; /* ordered by deadline */
    struct waiter_list settled; /* to be told */
    uint64_t probes_begun;
    bool probing;
    uint64_t again_ms; /* no probe begins before */
    bool closing;
    confirmation_closed_cb *closed;
    void *closed_arg;
};

static void on_reply(
    void *arg, struct dns_message *message, uint64_t connection, enum dns_cause cause);
static void on_timer(uv_timer_t *timer);

/* Begins a probe if there is something to prove and nothing against it. */
static void probe_if_due(struct confirmation *confirmation)
{
    if (confirmation->probing || TAILQ_EMPTY(&confirmation->waiting) ||
        uv_now(confirmation->loop) < confirmation->again_ms)
        return;
    confirmation->probing = true;
    confirmation->probes_begun++;
    upstream_ask(confirmation->upstream, confirmation->name, DNS_SOA, confirmation->timeout_ms,
        on_reply, confirmation);
}

static void set_timer(struct confirmation *confirmation)
{
    const struct confirmation_waiter *first = TAILQ_FIRST(&confirmation->waiting);
    uint64_t now_ms = uv_now(confirmation->loop);
    uint64_t due_ms;

    if (first == NULL) {
        uv_timer_stop(&confirmation->timer);
        return;
    }
    due_ms = first->deadline_ms;
    if (!confirmation->probing && confirmation->again_ms < due_ms)
        due_ms = confirmation->again_ms;
    uv_timer_start(&confirmation->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

static void settle(
    struct confirmation *confirmation, struct confirmation_waiter *waiter, enum dns_cause cause)
{
    TAILQ_REMOVE(&confirmation->waiting, waiter, link);
    waiter->cause = cause;
    TAILQ_INSERT_TAIL(&confirmation->settled, waiter, link);
}

static void settle_all(struct confirmation *confirmation, enum dns_cause cause)
{
    while (!TAILQ_EMPTY(&confirmation->waiting))
        settle(confirmation, TAILQ_FIRST(&confirmation->waiting), cause);
}

/*
 * The probe that has ended came back with AD, over this connection. Returns whether it proved
 * everything that waited for it.
 */
static bool settle_proven(struct confirmation *confirmation, uint64_t connection)
{
    bool all = true;
    struct confirmation_waiter *waiter = TAILQ_FIRST(&confirmation->waiting);

    while (waiter != NULL) {
        struct confirmation_waiter *next = TAILQ_NEXT(waiter, link);
        if (waiter->probes_begun < confirmation->probes_begun) {
            bool same = connection != 0 && waiter->connection == connection;
            settle(confirmation, waiter, same ? CAUSE_NONE : CAUSE_UNPROVEN);
            all = all && same;
        }
        waiter = next;
    }
    return all;
}

/* What comes next, and the callbacks last: one of them may close the confirmation. */
static void go_on(struct confirmation *confirmation)
{
    struct confirmation_waiter *waiter;

    if (confirmation->closing)
        return;
    probe_if_due(confirmation);
    set_timer(confirmation);
    while (!confirmation->closing && (waiter = TAILQ_FIRST(&confirmation->settled)) != NULL) {
        TAILQ_REMOVE(&confirmation->settled, waiter, link);
        waiter->callback(waiter->arg, waiter->cause);
    }
}

static void on_reply(
    void *arg, struct dns_message *message, uint64_t connection, enum dns_cause cause)
{
    struct confirmation *confirmation = arg;
    char why[SELF_TEST_WHY_MAX];
    enum self_test_result result = self_test_judge(
        confirmation->name, message != NULL ? &message->reply : NULL, cause, why, sizeof why);

    confirmation->probing = false;
    if (message != NULL && result == SELF_TEST_PASSED) {
        if (!settle_proven(confirmation, connection)) {
            result = SELF_TEST_INCONCLUSIVE;
            snprintf(why, sizeof why, "the connection of its answer had ended before");
        }
    } else if (result == SELF_TEST_FAILED) {
        settle_all(confirmation, CAUSE_NOT_VALIDATING);
    } else {
        confirmation->again_ms = uv_now(confirmation->loop) + CONFIRMATION_AGAIN_MS;
        if (cause == CAUSE_UNREACHABLE)
            settle_all(confirmation, CAUSE_UNPROVEN);
    }
    dns_message_free(message);
    confirmation->on_probe(confirmation->arg, result, why);
    go_on(confirmation);
}

static void on_timer(uv_timer_t *timer)
{
    struct confirmation *confirmation = timer->data;
    uint64_t now_ms = uv_now(confirmation->loop);
    struct confirmation_waiter *first;

    while ((first = TAILQ_FIRST(&confirmation->waiting)) != NULL && first->deadline_ms <= now_ms)
        settle(confirmation, first, CAUSE_UNPROVEN);
    go_on(confirmation);
}

static void insert_by_deadline(
    struct confirmation *confirmation, struct confirmation_waiter *waiter)
{
    struct confirmation_waiter *before = TAILQ_LAST(&confirmation->waiting, waiter_list);

    /* From the end: nearly every one is the last to end, or the last but a few. */
    while (before != NULL && before->deadline_ms > waiter->deadline_ms)
        before = TAILQ_PREV(before, waiter_list, link);
    if (before != NULL)
        TAILQ_INSERT_AFTER(&confirmation->waiting, before, waiter, link);
    else
        TAILQ_INSERT_HEAD(&confirmation->waiting, waiter, link);
}

void confirmation_hold(struct confirmation *confirmation, struct confirmation_waiter *waiter,
    uint64_t connection, uint64_t deadline_ms, confirmation_cb *callback, void *arg)
{
    waiter->connection = connection;
    waiter->deadline_ms = deadline_ms;
    waiter->probes_begun = confirmation->probes_begun;
    waiter->cause = CAUSE_NONE;
    waiter->callback = callback;
    waiter->arg = arg;
    insert_by_deadline(confirmation, waiter);
    probe_if_due(confirmation);
    set_timer(confirmation);
}

/* ---- life ---- */

struct confirmation *confirmation_new(uv_loop_t *loop, struct upstream *upstream,
    const struct dname *name, uint64_t timeout_ms, confirmation_probe_cb *on_probe, void *arg)
{
    struct confirmation *confirmation = alloc_zeroed(sizeof *confirmation);

    confirmation->loop = loop;
    confirmation->upstream = upstream;
    confirmation->name = name;
    confirmation->timeout_ms = timeout_ms;
    confirmation->on_probe = on_probe;
    confirmation->arg = arg;
    TAILQ_INIT(&confirmation->waiting);
    TAILQ_INIT(&confirmation->settled);
    uv_timer_init(loop, &confirmation->timer);
    confirmation->timer.data = confirmation;
    return confirmation;
}

uint64_t confirmation_probes(const struct confirmation *confirmation)
{
    return confirmation->probes_begun;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct confirmation *confirmation = handle->data;
    confirmation_closed_cb *closed = confirmation->closed;
    void *arg = confirmation->closed_arg;

    free(confirmation);
    closed(arg);
}

void confirmation_close(
    struct confirmation *confirmation, confirmation_closed_cb *closed, void *arg)
{
    confirmation->closing = true;
    confirmation->closed = closed;
    confirmation->closed_arg = arg;
    uv_close((uv_handle_t *)&confirmation->timer, on_timer_closed);
}
