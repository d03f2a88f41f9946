/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_client.h - a connection to daned's control socket, as far as subcommands share it.
 *
 * One command a connection; daned replies, and closes. Limits: CONTROL_CLIENT_WAIT_MS for the next
 * octets of a reply.
 */
#ifndef DANED_DANECTL_CONTROL_CLIENT_H
#define DANED_DANECTL_CONTROL_CLIENT_H

#include <stddef.h>
#include <sys/types.h>

#define CONTROL_CLIENT_WAIT_MS 30000 /* daned replies within 20 s */

/* The path of the socket; it is that of the option -s, borrowed, once set. */
void control_client_set_path(const char *path);
const char *control_client_path(void);

/*
 * Connects, within wait_ms: a daemon that hangs takes no connections once enough of them wait.
 * Returns a descriptor, to be closed by the caller, or -1 with errno.
 */
int control_client_connect(int wait_ms);

/* Says, of static storage, what the errno of a connection that failed means to the operator. */
const char *control_client_failure(int error);

/* Sends all octets. Returns 0, or -1 with errno. */
int control_client_send(int fd, const char *data, size_t len);

/* Reads what comes next, within wait_ms. Returns its octets, 0 at the end, or -1 with errno. */
ssize_t control_client_receive(int fd, char *data, size_t cap, int wait_ms);

#endif
