/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.h - the state of the running daemon as one tree, for the control socket; and what it keeps
 * for that: the last word of each resolver, and how often each override was used.
 */
#ifndef DANED_STATUS_H
#define DANED_STATUS_H

#include <jansson.h>

#include "daemon/config.h"
#include "daemon/core/cache.h"
#include "daemon/core/overrides.h"
#include "daemon/io/cache_file.h"
#include "daemon/io/resolver_getdns.h"
#include "daemon/io/self_test.h"
#include "daemon/listeners.h"

#define STATUS_OVERRIDES_MAX 100 /* overrides of each list: expired, expiring, unused */
#define STATUS_SOON_DAYS 7       /* an override is listed as expiring in its last days, this many */

struct status_upstream {
    enum upstream_state state;
    char why[SELF_TEST_WHY_MAX]; /* "" before the first test is over */
};

struct status {
    uint64_t started_ms;
    struct status_upstream upstreams[RESOLVER_UPSTREAMS_MAX];
    uint64_t *override_uses; /* by index, as overrides_at(); NULL if there are none */
    int64_t next_expiry;     /* as overrides_next_expiry() on the day next_expiry_of */
    int64_t next_expiry_of;
};

/* Starts counting; now_ms is the start of the daemon. Ended with status_fini(). */
void status_init(struct status *status, const struct overrides *overrides, uint64_t now_ms);
void status_fini(struct status *status);

/* Notes what a resolver's self-test has come to. */
void status_set_upstream(
    struct status *status, size_t index, enum upstream_state state, const char *why);

/* Starts the counters of uses anew, for other overrides; NULL: none. */
void status_set_overrides(struct status *status, const struct overrides *overrides);

/*
 * Gives the time, in seconds since 1970, at which the next override expires: the end of its last
 * day. Returns false if none does. All overrides are looked at once a day only.
 */
bool status_next_expiry(
    struct status *status, const struct overrides *overrides, int64_t today, uint64_t *time_s_out);

/* Logs, as warnings, which overrides are past their last day on the day today. */
void status_log_expired(const struct overrides *overrides, int64_t today);

/* What the tree is made of; all borrowed. */
struct status_sources {
    const struct config *config;
    const struct overrides *overrides; /* NULL: none */
    const struct listeners *listeners;
    const struct cache *cache;
    const struct cache_file *cache_file;
    const struct resolver *resolver;
    int64_t today; /* days since 1970-01-01 UTC */
};

/* Makes the tree that control_show_status() reads; the caller frees it. */
json_t *status_tree(
    const struct status *status, const struct status_sources *sources, uint64_t now_ms);

#endif
