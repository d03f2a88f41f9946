/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upkeep.c - looks after the cache.
 *
 * What can fail is the refreshing of a destination: then what is known stays until it expires, and
 * the next one who asks after that waits for DNS.
 */
#include "daemon/io/upkeep.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/io/clock.h"
#include "daemon/io/log.h"

/* All of the cache in about ten seconds, but no more often than is good for those who ask, and no
 * more seldom than lets a TTL of a few seconds be refreshed. */
enum { ROUND_MS = 10000, STEP_MS_MIN = 50, STEP_MS_MAX = 1000 };

void upkeep_init(struct upkeep *upkeep, struct cache *cache, struct lookups *lookups,
    struct stats *stats, int64_t ahead_ms)
{
    upkeep->cache = cache;
    upkeep->lookups = lookups;
    upkeep->stats = stats;
    upkeep->forgotten = NULL;
    upkeep->arg = NULL;
    upkeep->prefetch = false;
    upkeep->ahead_ms = ahead_ms;
    upkeep->due_count = 0;
    memset(&upkeep->huge, 0, sizeof upkeep->huge);
}

/* Notes a destination whose level will soon expire; the cache must not be called from here. */
static bool note_due(void *arg, const struct cache_item *item)
{
    struct upkeep *upkeep = arg;
    struct upkeep_due *due = &upkeep->due[upkeep->due_count];

    /* A fact is refreshed with the destinations that need it, and a failure is not worth it. */
    if (item->kind == CACHE_FACT || lookups_read_level(item).level == LEVEL_DEFER)
        return true;
    /* The next step goes on from here. */
    if (upkeep->due_count == UPKEEP_REFRESHES_MAX)
        return false;
    due->destination.kind = item->kind == CACHE_HOST ? DESTINATION_HOST : DESTINATION_DOMAIN;
    due->destination.port = item->sub;
    due->destination.name = item->name;
    due->destination.address[0] = '\0';
    due->expires_ms = item->expires_ms;
    upkeep->due_count++;
    return true;
}

static bool may_refresh(const struct upkeep *upkeep)
{
    return upkeep->prefetch && lookups_questions_in_flight(upkeep->lookups) < UPKEEP_QUESTIONS_MAX;
}

/* Many small jumps are as bad as a large one, so that each is measured from the least. */
static void watch_clocks(struct upkeep *upkeep, int64_t ahead_ms)
{
    int64_t jump_ms = ahead_ms - upkeep->ahead_ms;

    if (jump_ms >= 0 && jump_ms <= UPKEEP_JUMP_MS)
        return;
    upkeep->ahead_ms = ahead_ms;
    if (jump_ms < 0)
        return;
    log_write(LOG_LEVEL_WARNING,
        "the time of day has jumped %" PRId64
        " s ahead: what is known may be past its time, and is forgotten",
        jump_ms / 1000);
    cache_clear(upkeep->cache);
    if (upkeep->forgotten)
        upkeep->forgotten(upkeep->arg);
}

void upkeep_step(struct upkeep *upkeep, uint64_t now_ms, int64_t ahead_ms)
{
    const struct cache_sweep sweep = {
        .now_ms = now_ms,
        .budget = UPKEEP_BUDGET,
        .soon_ms = UPKEEP_SOON_MS,
        .due = may_refresh(upkeep) ? note_due : NULL,
        .arg = upkeep,
    };

    watch_clocks(upkeep, ahead_ms);
    upkeep->due_count = 0;
    cache_sweep(upkeep->cache, &sweep);
    for (size_t i = 0; i < upkeep->due_count && may_refresh(upkeep); i++) {
        const struct upkeep_due *due = &upkeep->due[i];
        /* Together with what expires a little later, or it would be asked for again at once. */
        if (lookups_refresh(
                upkeep->lookups, &due->destination, due->expires_ms + UPKEEP_SOON_MS, now_ms))
            upkeep->stats->prefetches++;
    }
}

static void on_timer(uv_timer_t *timer);

static void set_timer(struct upkeep *upkeep)
{
    struct cache_counts counts;
    uint64_t step_ms = STEP_MS_MAX;

    cache_count(upkeep->cache, &counts);
    if (counts.entries > 0)
        step_ms = (uint64_t)ROUND_MS * UPKEEP_BUDGET / counts.entries;
    if (step_ms < STEP_MS_MIN || counts.is_behind)
        step_ms = STEP_MS_MIN;
    if (step_ms > STEP_MS_MAX)
        step_ms = STEP_MS_MAX;
    uv_timer_start(&upkeep->timer, on_timer, step_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct upkeep *upkeep = timer->data;

    upkeep_step(upkeep, clock_now_ms(), clock_ahead_ms());
    huge_pages_make(&upkeep->huge, timer->loop);
    set_timer(upkeep);
}

void upkeep_start(struct upkeep *upkeep, uv_loop_t *loop)
{
    uv_timer_init(loop, &upkeep->timer);
    upkeep->timer.data = upkeep;
    set_timer(upkeep);
}

void upkeep_close(struct upkeep *upkeep)
{
    uv_close((uv_handle_t *)&upkeep->timer, NULL);
}
