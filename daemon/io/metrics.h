/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.h - the listener of protocol metrics: GET /metrics over HTTP, for Prometheus.
 *
 * Owns its listener, the HTTP daemon on it and its connections. A connection carries one request
 * and lasts METRICS_CONNECTION_MS at most, whatever the client does; beyond METRICS_CONNECTIONS_MAX
 * of them clients wait in the socket's backlog.
 */
#ifndef DANED_IO_METRICS_H
#define DANED_IO_METRICS_H

#include "daemon/io/listener.h"

#define METRICS_CONNECTIONS_MAX 32
#define METRICS_CONNECTION_MS 10000

struct metrics;

/*
 * Makes one of an opened listener that was not started, and takes it. A connection is closed after
 * idle_ms, if that is less than METRICS_CONNECTION_MS. Freed with metrics_discard(), or behind
 * metrics_drain().
 */
struct metrics *metrics_new(struct listener *listener, uint64_t idle_ms);

/* Frees what was never started, and closes its socket. */
void metrics_discard(struct metrics *metrics);

/*
 * Starts to serve the numbers of server->control on the server's loop; server must outlive it.
 * Returns 0 or libuv's error; then the process should end, as for listener_start().
 */
int metrics_start(struct metrics *metrics, struct server *server);

/* How many connections are open. */
size_t metrics_connections(const struct metrics *metrics);

/*
 * Closes the socket and every connection. on_gone is called once, never inside this call; metrics
 * is freed behind it.
 */
void metrics_drain(
    struct metrics *metrics, void (*on_gone)(void *arg, struct metrics *metrics), void *arg);

#endif
