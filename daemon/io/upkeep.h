/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upkeep.h - looks after the cache: drops what has run out, and refreshes what is in use before it
 * does.
 *
 * One timer walks the whole cache again and again, a little each time. A destination that was asked
 * for since it was decided is decided again shortly before its level expires, so that nobody waits
 * for DNS who asks for it often. Real questions come first: while many are under way, nothing is
 * refreshed, and gets its chance at the next round.
 *
 * It also notices if more time has passed than TTLs were counted by: their clock counts the time
 * that a machine slept, but not that for which its host has kept it paused; and a machine that
 * starts without a clock of its own goes on from when it ended, until somebody tells it the time.
 * In both the time of day jumps ahead, and everything is forgotten.
 */
#ifndef DANED_IO_UPKEEP_H
#define DANED_IO_UPKEEP_H

#include <stdbool.h>

#include <uv.h>

#include "daemon/core/cache.h"
#include "daemon/io/huge_pages.h"
#include "daemon/io/lookup.h"
#include "daemon/io/stats.h"

#define UPKEEP_BUDGET 5000       /* entries of the cache that are looked at at once */
#define UPKEEP_REFRESHES_MAX 64  /* destinations that are refreshed at once */
#define UPKEEP_QUESTIONS_MAX 200 /* with more of them under way, nothing is refreshed */
#define UPKEEP_JUMP_MS 10000     /* a clock that is set ahead by less, in all, is a little wrong */
#define UPKEEP_SOON_MS 60000     /* before a level expires; half of its life if that is shorter */

/* A destination whose level will soon expire. */
struct upkeep_due {
    struct destination destination;
    uint64_t expires_ms;
};

/* Everything has just been forgotten, because of the time of day. */
typedef void upkeep_forgotten_cb(void *arg);

/* Embedded. cache, lookups and stats are borrowed. */
struct upkeep {
    uv_timer_t timer;
    struct cache *cache;
    struct lookups *lookups;
    struct stats *stats;
    upkeep_forgotten_cb *forgotten; /* set by the owner, as arg, if he wants to know; else NULL */
    void *arg;
    bool prefetch;    /* may be changed at any time */
    int64_t ahead_ms; /* the least that clock_ahead_ms() was, since it was emptied */
    struct huge_pages huge;
    size_t due_count;
    struct upkeep_due due[UPKEEP_REFRESHES_MAX];
};

/*
 * Prepares it; nothing runs yet. ahead_ms is clock_ahead_ms() of before anything was put into the
 * cache, so that a jump during the start is noticed, too.
 */
void upkeep_init(struct upkeep *upkeep, struct cache *cache, struct lookups *lookups,
    struct stats *stats, int64_t ahead_ms);

/* Begins. Ended with upkeep_close(). */
void upkeep_start(struct upkeep *upkeep, uv_loop_t *loop);

/* Ends it; the struct must live until the loop has closed the handle. */
void upkeep_close(struct upkeep *upkeep);

/* One step, as the timer makes it, at now_ms; ahead_ms is clock_ahead_ms(). */
void upkeep_step(struct upkeep *upkeep, uint64_t now_ms, int64_t ahead_ms);

#endif
