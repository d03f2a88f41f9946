/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon_inside.h - all that makes up the running daemon; for daemon.c and daemon_engine.c alone.
 */
#ifndef DANED_DAEMON_INSIDE_H
#define DANED_DAEMON_INSIDE_H

#include <uv.h>

#include "daemon/daemon.h"
#include "daemon/io/cache_file.h"
#include "daemon/io/control.h"
#include "daemon/io/lookup.h"
#include "daemon/io/server.h"
#include "daemon/io/upkeep.h"
#include "daemon/listeners.h"
#include "daemon/service.h"
#include "daemon/status.h"

struct daemon {
    struct daemon_options options;
    struct config *config;
    struct overrides *overrides;
    uv_loop_t loop;
    uv_signal_t signals[3]; /* HUP, TERM, INT */
    uv_timer_t drain_timer;
    struct listeners listeners;
    struct server server;
    struct cache *cache;
    struct cache_file *cache_file;
    struct resolver *resolver;
    struct lookups *lookups;
    struct upkeep upkeep;
    struct status status;
    struct service service;
    struct control_hooks control;
    bool stopping;
};

/*
 * Gives the options of the lookups by the configuration and the overrides in effect; they borrow
 * the overrides, and daemon. What the lookups tell goes to the log, the status and the metrics.
 */
struct lookup_options daemon_lookup_options(struct daemon *daemon);

/* Stands for the options under which levels are decided: levels of others must not be compared. */
uint32_t daemon_policy_number(const struct policy_options *policy);

/* Makes the cache and loads its file. The process ends if the kernel gives no random octets. */
void daemon_start_cache(struct daemon *daemon);

/* Makes the resolver, on the loop. What its self-tests tell goes to the log and the status. */
void daemon_start_resolver(struct daemon *daemon);

#endif
