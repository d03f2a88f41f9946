/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - what all sessions share: the lookups, the buffers, the trial requests.
 */
#ifndef DANED_IO_SERVER_H
#define DANED_IO_SERVER_H

#include <uv.h>

#include "daemon/io/protocol.h"
#include "daemon/io/stats.h"

#define SERVER_READ_MAX 65536 /* octets that one read takes at most */

/* Lookups of "dry-run" requests under way, for which no client waits: beyond it none is started. */
#define SERVER_TRIALS_MAX 5000

/* Octets of chains whose verification is under way: beyond it none is begun. */
#define SERVER_CHAINS_MAX ((size_t)64 << 20)

struct control_hooks;
struct trial;

struct server {
    uv_loop_t *loop;
    struct lookups *lookups; /* borrowed */
    struct trial *trials;    /* lookups that a "dry-run" request has started */
    size_t trial_count;
    size_t chain_bytes;     /* that are being verified, or wait for a lookup before that */
    char *read_buffer;      /* SERVER_READ_MAX octets; used within one callback only */
    struct replies replies; /* likewise */
    struct stats stats;
    const struct control_hooks *control; /* borrowed; set by who starts the listeners */
};

/* Starts a server over lookups. */
void server_init(struct server *server, uv_loop_t *loop, struct lookups *lookups);

/* Frees what the server owns. All sessions must be closed. */
void server_fini(struct server *server);

/*
 * Logs at info what map "dane" answers for a destination: now, or when the lookup that this starts
 * has ended. Nobody waits for it, so that a client is not slowed by it: beyond SERVER_TRIALS_MAX it
 * is logged as overloaded.
 */
void server_try(struct server *server, const struct destination *destination, uint64_t now_ms);

/* Logs an answer that was given without a lookup, at debug. */
void server_log_answer(
    const struct destination *destination, const struct answer *answer, const char *from);

#endif
