/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scripted_server.h - a server for one connection, in a thread of its own, that behaves as told.
 *
 * It listens on a port of 127.0.0.1 or ::1 that the system gives, or on a unix socket in a
 * directory of its own. It never sleeps: it waits, with a limit, for the client to close.
 */
#ifndef DANED_TESTS_UNIT_CLIENT_SHIMS_SCRIPTED_SERVER_H
#define DANED_TESTS_UNIT_CLIENT_SHIMS_SCRIPTED_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum server_kind { SERVER_INET, SERVER_INET6, SERVER_UNIX };

enum server_mode {
    SERVER_REPLIES, /* reads to the end, replies, closes */
    SERVER_PIECES,  /* the same, but replies octet by octet */
    SERVER_DRIPS,   /* the same, but an octet a second */
    SERVER_HOLDS,   /* reads to the end, replies, and closes only after the client */
    SERVER_DEAF,    /* reads nothing, and closes only after the client */
    SERVER_CLOSES   /* reads nothing, and closes at once */
};

enum { SERVER_REQUEST_MAX = 300000, SERVER_QUEUE_MAX = 64 };

struct server {
    enum server_mode mode;
    const char *reply; /* borrowed */
    size_t reply_len;
    int listener;
    char address[128]; /* as the client wants it */
    char directory[32];
    pthread_t thread;
    int queue[SERVER_QUEUE_MAX]; /* of server_fill_queue */
    size_t queue_len;
    char request[SERVER_REQUEST_MAX]; /* what came; to be looked at after server_stop */
    size_t request_len;
    bool saw_end; /* the client has half-closed */
};

/* Listens, without taking connections. Returns false if this kind cannot be had here. */
bool server_listen(struct server *server, enum server_kind kind);

/* Whether somebody has connected since server_listen. */
bool server_was_called(struct server *server);

/* Makes connections until the system lets no more wait to be taken. */
void server_fill_queue(struct server *server);

/* Ends what server_listen has begun. */
void server_close(struct server *server);

/* server_listen, and a thread that serves one connection. */
bool server_start(struct server *server, enum server_kind kind, enum server_mode mode,
    const char *reply, size_t reply_len);

/* Waits for the thread, which ends with its connection, and closes. */
void server_stop(struct server *server);

#endif
