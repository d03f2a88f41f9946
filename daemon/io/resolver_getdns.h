/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver_getdns.h - the real resolver: a pool of validating resolvers behind io/resolver.h.
 *
 * Only upstreams that passed their self-test are asked (io/self_test.h). While none has passed or
 * failed yet, questions are held, until the self-tests that are under way have shown nothing or for
 * timeout_ms; when none has passed and one has failed, they are refused with CAUSE_NOT_VALIDATING.
 *
 * A reply that denies DNSSEC, i.e. NOERROR or NXDOMAIN without AD, is handed on only after its
 * upstream has proven, since the reply came, that it still validates (io/confirmation.h).
 *
 * Limits: whoever asks bounds the number of questions (io/turns.h).
 */
#ifndef DANED_IO_RESOLVER_GETDNS_H
#define DANED_IO_RESOLVER_GETDNS_H

#include <stdint.h>
#include <sys/socket.h>

#include <uv.h>

#include "daemon/core/dns.h"
#include "daemon/io/resolver.h"
#include "daemon/io/resolver_counts.h"

#define RESOLVER_UPSTREAMS_MAX 8
#define RESOLVER_TIMEOUT_MS 4000 /* the default of timeout_ms */

enum upstream_state { UPSTREAM_UNTESTED, UPSTREAM_PASSED, UPSTREAM_FAILED };

enum resolver_state {
    RESOLVER_UNTESTED,      /* none passed, none failed: no verdict yet */
    RESOLVER_VALIDATING,    /* at least one passed */
    RESOLVER_NOT_VALIDATING /* none passed, at least one failed */
};

/*
 * The state of upstream index was old_state and is new_state. Runs too, with both the same, when an
 * upstream that has not passed has a new reason for it (it cannot be reached, ...): so that each
 * call is worth one line of log. why completes "resolver ADDRESS@PORT: ...", borrowed.
 */
typedef void resolver_upstream_cb(void *arg, size_t index, enum upstream_state old_state,
    enum upstream_state new_state, const char *why);

/* The state of the whole has changed. Runs before the questions held are sent or refused. */
typedef void resolver_state_cb(void *arg, enum resolver_state state);

/*
 * An upstream answers for a name that should be bogus, or cannot prove that it still validates;
 * once per spell of each. why as above.
 */
typedef void resolver_warning_cb(void *arg, size_t index, const char *why);

struct resolver_getdns_options {
    struct sockaddr_storage addresses[RESOLVER_UPSTREAMS_MAX]; /* preferred first */
    size_t address_count;                                      /* 1 to RESOLVER_UPSTREAMS_MAX */
    uint64_t timeout_ms;               /* one question, its retry included; at least 2 */
    uint64_t interval_ms;              /* from one passed self-test to the next */
    const struct dname *self_test;     /* their SOA must come with AD; copied */
    size_t self_test_count;            /* at least 1 */
    const struct dname *bogus;         /* should not be answered; copied */
    size_t bogus_count;                /* may be 0 */
    resolver_upstream_cb *on_upstream; /* each of the three may be NULL */
    resolver_state_cb *on_state;
    resolver_warning_cb *on_warning;
    void *arg;
};

typedef void resolver_closed_cb(void *arg);

/*
 * Gives the resolver; its self-tests begin in the next turn of the loop. Callbacks run from the
 * loop only. The process must ignore SIGPIPE.
 */
struct resolver *resolver_getdns_new(
    uv_loop_t *loop, const struct resolver_getdns_options *options);

enum resolver_state resolver_getdns_state(const struct resolver *resolver);

/* "127.0.0.1@53" of upstream index; owned by the resolver. */
const char *resolver_getdns_upstream_text(const struct resolver *resolver, size_t index);

/* How many probes have been asked for the sake of replies without AD, of all upstreams. */
uint64_t resolver_getdns_probes(const struct resolver *resolver);

/* Owned by the resolver, always current. */
const struct resolver_counts *resolver_getdns_counts(const struct resolver *resolver);

/*
 * Drops every question; no callback of a question or of a state runs any more. Frees the resolver
 * and runs closed(arg), from the loop, when all handles are closed. May be called from the callback
 * of a question. resolver_ask() says CAUSE_SHUTDOWN until then.
 */
void resolver_getdns_close(struct resolver *resolver, resolver_closed_cb *closed, void *arg);

#endif
