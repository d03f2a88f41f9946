/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upstream_channel.h - one getdns context that asks one resolver over TCP, hence one connection to
 * it.
 */
#ifndef DANED_IO_UPSTREAM_CHANNEL_H
#define DANED_IO_UPSTREAM_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <getdns/getdns.h>
#include <uv.h>

#include "daemon/io/getdns_loop.h"
#include "daemon/io/getdns_memory.h"

struct upstream;

/* Made and freed here; all else is upstream.c's. */
struct channel {
    struct upstream *upstream;
    getdns_context *context;
    struct getdns_loop *adapter;
    size_t asked;      /* questions that getdns has not called back yet */
    uint64_t heard_ms; /* when the last reply came */
    bool retired;      /* no further question goes over it */
    bool broken;       /* the connection failed: nothing more will come over it */
    LIST_ENTRY(channel) link;
};

/* Runs with the channel as argument: see getdns_loop.h. */
typedef void channel_cb(void *channel);

/*
 * Gives a channel to address on loop, or NULL if getdns cannot. memory must outlive it. No time-out
 * of getdns' is ever reached: each question must be cancelled by its deadline.
 */
struct channel *channel_new(uv_loop_t *loop, struct upstream *upstream,
    struct getdns_memory *memory, const struct sockaddr_storage *address, channel_cb *returned,
    channel_cb *closed);

/*
 * Ends the context, and closes the connection; closed() runs, from the loop, when nothing refers to
 * the channel any more, and has to free() it. Never from inside a getdns callback: getdns aborts
 * then.
 */
void channel_end(struct channel *channel);

#endif
