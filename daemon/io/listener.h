/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listener.h - one listening socket and its sessions.
 *
 * Owns the socket, its file and its sessions. A limit on connections keeps descriptors for the rest
 * of the daemon: past it, the connection that has waited longest for its client is closed for the
 * new one (Postfix silently connects anew), and the new one is refused only where all are at work.
 */
#ifndef DANED_IO_LISTENER_H
#define DANED_IO_LISTENER_H

#include <sys/socket.h>
#include <sys/types.h>

#include "daemon/io/session.h"

struct listener_options {
    const char *name;                /* borrowed for the listener's life */
    const struct protocol *protocol; /* NULL for listener_take_fd() */
    struct sockaddr_storage address; /* AF_UNIX, AF_INET, AF_INET6 */
    socklen_t address_len;
    uid_t owner; /* of a unix socket; (uid_t)-1 leaves it */
    gid_t group; /* likewise */
    mode_t mode; /* of a unix socket */
    uint64_t idle_ms;
    size_t connections_max;
};

struct listener;

#define LISTENER_ERROR_MAX 640 /* octets of the text of an error, with its NUL */

/*
 * Opens the socket, under these permissions from its first moment on, without accepting yet. A
 * socket file that nobody listens on any more is replaced; anything else that stands there is left
 * alone and is an error. Returns NULL, with a sentence in error_out, if it cannot be opened.
 */
struct listener *listener_open(
    const struct listener_options *options, char error_out[LISTENER_ERROR_MAX]);

/*
 * Makes a listener of a socket that listens already; its file stays its maker's, in every respect.
 * Takes fd, also if it fails: then it returns NULL, with a sentence in error_out.
 */
struct listener *listener_adopt(
    const struct listener_options *options, int fd, char error_out[LISTENER_ERROR_MAX]);

/* Starts to accept. server must outlive the listener. Returns 0 or libuv's error. */
int listener_start(struct listener *listener, struct server *server);

/*
 * Gives the listening descriptor of a listener that was not started, for one who serves it by other
 * means: the descriptor is the caller's, the socket's file stays the listener's until
 * listener_discard().
 */
int listener_take_fd(struct listener *listener);

/* How many connections are open. */
size_t listener_connections(const struct listener *listener);

/*
 * Stops accepting, removes the socket file, and closes each session as soon as it has no reply
 * under way, nor a request on its way (session_group_drain()). on_gone is called once, never inside
 * this call, when all are gone; the listener is freed behind it.
 */
void listener_drain(
    struct listener *listener, void (*on_gone)(void *arg, struct listener *listener), void *arg);

/* Behind listener_drain(): closes the sessions that are left. */
void listener_hurry(struct listener *listener);

/* Frees a listener that was never started, and removes its socket file. */
void listener_discard(struct listener *listener);

#endif
