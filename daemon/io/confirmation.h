/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirmation.h - holds replies without AD until their upstream has proven that it still
 * validates.
 *
 * A missing AD bit means "insecure" only if the resolver that left it out validates, and the
 * self-test (io/self_test.h) is minutes old. So such a reply waits here for a probe: the SOA of a
 * self-test name, asked after the reply had come, answered with AD over the same TCP connection.
 */
#ifndef DANED_IO_CONFIRMATION_H
#define DANED_IO_CONFIRMATION_H

#include <stdint.h>
#include <sys/queue.h>

#include <uv.h>

#include "daemon/core/dns.h"
#include "daemon/io/self_test.h"
#include "daemon/io/upstream.h"

/* After a probe that showed nothing, the next one waits for so long. */
#define CONFIRMATION_AGAIN_MS 100

/*
 * What became of a reply that was held. CAUSE_NONE: it may be believed. CAUSE_NOT_VALIDATING, or
 * CAUSE_UNPROVEN (its deadline is over, or its connection is lost or another one than the probe's):
 * it must not. Runs once, from the loop, never inside confirmation_hold().
 */
typedef void confirmation_cb(void *arg, enum dns_cause cause);

/* The place of one held reply, in the owner's own block; all of it is confirmation.c's. */
struct confirmation_waiter {
    uint64_t connection;
    uint64_t deadline_ms;
    uint64_t probes_begun; /* when it came: none of these is a proof */
    enum dns_cause cause;
    confirmation_cb *callback;
    void *arg;
    TAILQ_ENTRY(confirmation_waiter) link;
};

/*
 * How a probe ended, before any held reply is told: SELF_TEST_PASSED, SELF_TEST_FAILED or
 * SELF_TEST_INCONCLUSIVE. why completes "resolver X: ...", borrowed. May close the confirmation.
 */
typedef void confirmation_probe_cb(void *arg, enum self_test_result result, const char *why);

typedef void confirmation_closed_cb(void *arg);

struct confirmation;

/*
 * Gives the confirmation of upstream's replies; upstream and name, whose SOA the probes ask, are
 * borrowed for life. timeout_ms is that of one probe. Nothing is asked before a reply is held.
 */
struct confirmation *confirmation_new(uv_loop_t *loop, struct upstream *upstream,
    const struct dname *name, uint64_t timeout_ms, confirmation_probe_cb *on_probe, void *arg);

/*
 * Holds a reply that has just come over connection (io/upstream.h), until deadline_ms of
 * uv_now() at the latest. *waiter stays with the caller, and in place until the callback runs or
 * the confirmation is closed.
 */
void confirmation_hold(struct confirmation *confirmation, struct confirmation_waiter *waiter,
    uint64_t connection, uint64_t deadline_ms, confirmation_cb *callback, void *arg);

/* How many probes have been asked. */
uint64_t confirmation_probes(const struct confirmation *confirmation);

/*
 * Forgets every held reply and ends the confirmation. No callback runs any more but closed(arg),
 * from the loop, when its handle is closed. The upstream is to be closed in the same turn.
 */
void confirmation_close(
    struct confirmation *confirmation, confirmation_closed_cb *closed, void *arg);

#endif
