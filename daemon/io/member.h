/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * member.h - one upstream of the resolver, and what is thought of it.
 *
 * Its state comes from its self-test (io/self_test.h) and from the probes for its replies without
 * AD (io/confirmation.h); both tell the operator through the options of the resolver.
 */
#ifndef DANED_IO_MEMBER_H
#define DANED_IO_MEMBER_H

#include "daemon/io/confirmation.h"
#include "daemon/io/resolver_getdns.h"
#include "daemon/io/self_test.h"
#include "daemon/io/upstream.h"

/* What has to close: closed() of member_close() runs so often. */
enum { MEMBER_PARTS = 3 };

/* The state may have changed, or a run of the self-test has shown nothing. From the loop. */
typedef void member_changed_cb(void *arg);

/* To be read; only member.c writes. */
struct member {
    struct upstream *upstream;
    struct self_test *self_test;
    struct confirmation *confirmation;
    enum upstream_state state;
    enum dns_cause unknown_why; /* why it has no verdict; CAUSE_NONE if it has, or was not asked */
    const struct resolver_getdns_options *options;
    size_t index;
    bool warned;         /* of bogus names, since the last time that it had none */
    bool answered_bogus; /* in this run of the self-test */
    bool unproven;       /* its last probe showed nothing, which has been said */
    member_changed_cb *changed;
    void *arg;
};

/*
 * Begins with upstream index of the options, which are borrowed for life with their names. Nothing
 * is sent before the next turn of the loop.
 */
void member_init(struct member *member, uv_loop_t *loop,
    const struct resolver_getdns_options *options, size_t index, member_changed_cb *changed,
    void *arg);

/* Whether its last questions did not all come to nothing. */
bool member_is_healthy(const struct member *member);

/* A question to it has come to nothing, for this cause: it is tested soon if that speaks of it. */
void member_suspect(struct member *member, enum dns_cause cause);

/* Ends it. closed(arg) runs MEMBER_PARTS times, from the loop; changed() no more. */
void member_close(struct member *member, void (*closed)(void *arg), void *arg);

#endif
