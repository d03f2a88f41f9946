/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upstream.h - one validating resolver: questions over TCP, each with its own deadline.
 *
 * An upstream knows nothing of trust, retries or other upstreams; resolver_getdns.c does.
 */
#ifndef DANED_IO_UPSTREAM_H
#define DANED_IO_UPSTREAM_H

#include <stdint.h>
#include <sys/socket.h>

#include <uv.h>

#include "daemon/core/dns_message.h"

#define UPSTREAM_TEXT_MAX 64 /* octets of "ADDRESS@PORT" with its NUL */

/*
 * Gives a message (the callee frees it), with the number of the TCP connection that it came over
 * (getdns_loop_connection()) and CAUSE_NONE; or NULL and the reason why there is none. A message
 * given is a whole reply to the question that was asked: TC is not set, the question section is the
 * same. Its rcode may be any. Runs from the loop, with no getdns call under it.
 */
typedef void upstream_reply_cb(
    void *arg, struct dns_message *message, uint64_t connection, enum dns_cause cause);

typedef void upstream_closed_cb(void *arg);

struct upstream;

/* Gives an upstream for address (AF_INET or AF_INET6, port included); nothing is sent yet. */
struct upstream *upstream_new(uv_loop_t *loop, const struct sockaddr_storage *address);

/* "127.0.0.1@53"; owned by the upstream. */
const char *upstream_text(const struct upstream *upstream);

/* How many questions in a row, the last one included, have come to nothing. */
unsigned upstream_failures(const struct upstream *upstream);

/*
 * Asks (name, type, IN) with RD and DO. callback runs once, later: never from inside this call, and
 * not after upstream_close(). It has CAUSE_TIMEOUT after timeout_ms.
 */
void upstream_ask(struct upstream *upstream, const struct dname *name, uint16_t type,
    uint64_t timeout_ms, upstream_reply_cb *callback, void *arg);

/*
 * Drops every question and frees the upstream; no callback of a question runs any more. closed(arg)
 * runs from the loop when the last handle is closed. May be called from a callback of a question.
 */
void upstream_close(struct upstream *upstream, upstream_closed_cb *closed, void *arg);

#endif
