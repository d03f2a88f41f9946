/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * protocol.h - what a session needs to know of a protocol: two functions and its limits.
 *
 * A protocol turns octets into requests and answers into octets. It does no I/O: the session
 * (session.h) reads, writes, waits and watches the time.
 */
#ifndef DANED_IO_PROTOCOL_H
#define DANED_IO_PROTOCOL_H

#include "daemon/core/map.h"
#include "daemon/io/lookup.h"

struct server;
struct session;
struct stats;
struct verification;

/* Replies on their way out. Room for PROTOCOL_REPLY_MAX is there whenever a protocol is called. */
struct replies {
    char *data;
    size_t len;
    size_t cap;
    struct stats *stats; /* counts them; borrowed */
};

#define PROTOCOL_REPLY_MAX 100008 /* octets of the longest reply of any protocol */

/* A request that waits for a lookup. Made by a protocol, freed by the session. */
struct request {
    struct lookup_waiter waiter; /* first: a waiter is its request */
    struct session *session;
    struct destination destination;
    enum map map;         /* socketmap */
    struct dname host;    /* exim: "host=", or "no name" */
    bool host_alone;      /* exim: the host is looked up by itself now */
    bool overridden;      /* the level is the operator's; only the facts are awaited */
    struct answer answer; /* that level */
    bool verify;          /* exim: VERIFY */
    bool looked_again;    /* exim: the host was not in the cached answer, and DNS was asked anew */
    struct verification *verification; /* exim: of the chain; owned */
    void (*resume)(void *request);     /* the verification is over; set by the session */
};

enum protocol_step {
    PROTOCOL_MORE,    /* the request is not all there */
    PROTOCOL_REPLIED, /* the reply is written; the next request may follow */
    PROTOCOL_LAST,    /* the reply is written, and the connection is closed behind it */
    PROTOCOL_PENDING, /* *request_out waits for a lookup, or for its verification */
    PROTOCOL_PART,    /* some of the reply to *request_out is written, or none; more() goes on */
};

/* Why a request that waited is called. */
enum protocol_wake {
    PROTOCOL_VERDICT, /* the lookup has come to a verdict */
    PROTOCOL_RESUMED, /* the verification is over */
    PROTOCOL_LATE,    /* it takes too long */
};

/* What came from the client and is not used yet. */
struct input {
    const char *data;
    size_t len;
    size_t fresh; /* octets at the end that the protocol has not seen before */
    bool eof;     /* nothing more will come */
};

struct protocol {
    const char *name;
    uint64_t answer_ms; /* a reply is on the wire by then, whatever the lookup does */
    uint64_t
        request_ms; /* a request that was begun is whole by then, or the connection is closed */

    /* Takes one request from the front of input; *used_out octets of it are done with. */
    enum protocol_step (*take)(struct server *server, const struct input *input, uint64_t now_ms,
        struct replies *replies, size_t *used_out, struct request **request_out);

    /*
     * What a request waited for is there, or takes too long; verdict is NULL but for
     * PROTOCOL_VERDICT. May say PROTOCOL_PENDING again: then the request goes on waiting.
     */
    enum protocol_step (*answer)(struct server *server, struct request *request,
        enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
        struct replies *replies);

    /*
     * The client has taken the last part: writes the next one. Called in a turn of the loop of its
     * own, so that a long reply holds nobody up. Returns PROTOCOL_PART or PROTOCOL_LAST. NULL if
     * the protocol never says PROTOCOL_PART.
     */
    enum protocol_step (*more)(
        struct server *server, struct request *request, uint64_t now_ms, struct replies *replies);

    /* Frees what a request owns beside what struct request says; the session frees the request
     * itself, of which a struct request is the first member. NULL if that is nothing. */
    void (*drop)(struct request *request);
};

extern const struct protocol protocol_socketmap;
extern const struct protocol protocol_exim;
extern const struct protocol protocol_control;

#endif
