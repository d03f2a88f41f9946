/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - one connection of a client: reads requests, waits for lookups, writes replies.
 *
 * Sessions belong to a listener (listener.h), which watches their time-outs. A session is in one of
 * the listener's lists, by what it waits for; each list has one time-out, so that it is ordered by
 * who is due first.
 */
#ifndef DANED_IO_SESSION_H
#define DANED_IO_SESSION_H

#include <uv.h>

#include "daemon/io/server.h"

enum session_state {
    SESSION_IDLE,    /* between two requests */
    SESSION_PARTIAL, /* some of a request has come */
    SESSION_WAITING, /* for a lookup; nothing is read */
    SESSION_WRITING, /* the client reads slowly; nothing is read */
    SESSION_STATES,
    SESSION_CLOSING = SESSION_STATES, /* in no list; freed when its handle is closed */
};

/* How long the client may take to read what could not be written at once. */
#define SESSION_WRITE_MS 30000

/*
 * Octets of requests that are not answered yet and of replies that are not read yet, of all
 * sessions of a listener together: beyond it those that have waited longest for their client are
 * closed.
 */
#define SESSION_KEPT_MAX ((size_t)64 << 20)

struct session_list {
    struct session *first; /* the one that is due first */
    struct session *last;
};

/* What sessions of one listener share. */
struct session_group {
    struct server *server;           /* borrowed */
    const struct protocol *protocol; /* borrowed */
    uint64_t time_out_ms[SESSION_STATES];
    struct session_list lists[SESSION_STATES];
    size_t count;      /* sessions whose handle is not closed yet */
    size_t kept_bytes; /* of all of them */
    bool draining;     /* a session that has nothing under way is closed */
    void *owner;
    void (*on_due)(void *owner, uint64_t due_ms); /* a session is due at that time, watch it */
    void (*on_empty)(void *owner);                /* the last session is gone */
};

/*
 * Accepts the connection that waits on a listening stream and starts to read it. is_pipe tells unix
 * sockets from TCP. With keep false it is accepted only to be closed. Returns 0 or libuv's error;
 * then nothing is left of it.
 */
int session_accept(struct session_group *group, uv_stream_t *listening, bool is_pipe, bool keep);

/*
 * Acts on the sessions that are due at now_ms. Returns when the next one is due; UINT64_MAX if
 * there is none.
 */
uint64_t session_group_expire(struct session_group *group, uint64_t now_ms);

/* Closes the session that has waited longest for its client. Returns false if there is none. */
bool session_group_evict(struct session_group *group);

/*
 * Closes every session behind the replies that are under way at now_ms, and one without any when it
 * has been idle, or half a request has been there, for SESSION_DRAIN_MS: who has just connected, or
 * just had a reply, may have a request on its way, and would get no answer to it.
 */
#define SESSION_DRAIN_MS 1000
void session_group_drain(struct session_group *group, uint64_t now_ms);

/* Closes every session at once. */
void session_group_close(struct session_group *group);

#endif
