/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver.h - the seam to DNS: one question, one reply, nothing decided.
 *
 * resolver_getdns.c is the one real resolver behind it; tests put a scripted one there. A resolver
 * bounds its queries in time, and whoever asks bounds their number (io/turns.h); it does not cache,
 * and it does not join questions.
 *
 * The contract: resolver_ask() returns CAUSE_NONE if the question is under way, and then calls back
 * exactly once, never from inside resolver_ask(). Any other return is the reason why it could not
 * start, and the callback never runs. After resolver_free() no callback runs any more.
 */
#ifndef DANED_IO_RESOLVER_H
#define DANED_IO_RESOLVER_H

#include "daemon/core/dns.h"

/*
 * reply is NULL if there is none to look at; cause then says why. Otherwise cause is CAUSE_NONE and
 * *reply is borrowed until the callback returns. The callback may ask further questions.
 */
typedef void resolver_reply_cb(void *arg, const struct dns_reply *reply, enum dns_cause cause);

struct resolver;

/* What an implementation provides; it embeds struct resolver as its first member. */
struct resolver_ops {
    enum dns_cause (*ask)(struct resolver *resolver, const struct dname *name, uint16_t type,
        resolver_reply_cb *callback, void *arg);
};

struct resolver {
    const struct resolver_ops *ops;
};

/* Asks (name, type, IN). See the contract above. */
static inline enum dns_cause resolver_ask(struct resolver *resolver, const struct dname *name,
    uint16_t type, resolver_reply_cb *callback, void *arg)
{
    return resolver->ops->ask(resolver, name, type, callback, arg);
}

#endif
