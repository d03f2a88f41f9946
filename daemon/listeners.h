/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listeners.h - all listeners of the configuration, opened, started and drained together.
 */
#ifndef DANED_LISTENERS_H
#define DANED_LISTENERS_H

#include "daemon/config.h"
#include "daemon/io/listener.h"
#include "daemon/io/metrics.h"

struct listeners {
    size_t count;
    /* One of the two for each; both NULL: gone. */
    struct listener *items[CONFIG_LISTENERS_MAX];
    struct metrics *metrics[CONFIG_LISTENERS_MAX];
    char names[CONFIG_LISTENERS_MAX][CONFIG_TITLE_MAX + 1];
    size_t gone;
    void (*on_gone)(void *arg);
    void *arg;
};

/*
 * Opens the listeners of config, with at most connections_max connections in all: those that the
 * service manager hands over (inherited.h) are taken, the others are bound. One of the built-in
 * list that cannot be opened is logged and skipped; any other is logged, and nothing is left open.
 * Returns 0, or the sysexits status to end with. To be called once.
 */
int listeners_open(
    struct listeners *listeners, const struct config *config, size_t connections_max);

/* Closes listeners that were not started. */
void listeners_discard(struct listeners *listeners);

/* Starts to accept on all of them. The process ends if libuv refuses. */
void listeners_start(struct listeners *listeners, struct server *server);

/*
 * Gives the name of a listener and how many connections it has; false behind the last. Not once
 * they drain.
 */
bool listeners_count_connections(
    const struct listeners *listeners, size_t index, const char **name_out, size_t *count_out);

/* Drains all; on_gone is called once when they are gone, never inside this call. */
void listeners_drain(struct listeners *listeners, void (*on_gone)(void *arg), void *arg);

/* Behind listeners_drain(): closes what is still open. */
void listeners_hurry(struct listeners *listeners);

#endif
