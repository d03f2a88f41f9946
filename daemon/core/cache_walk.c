/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_walk.c - walks over the entries, block by block, and the sweep, which is one of them.
 *
 * The young queue comes first, each queue from its oldest block on: as an entry is only ever moved
 * to the end of its queue, or to the end of the kept one, a walk cannot miss it. The cache knows
 * the walks that are under way, and leads them on when it gives a block back.
 */
#include "daemon/core/cache_inside.h"

/* To drop or move an entry costs as much as looking at so many: the table is all over the memory.
 */
enum { DROP_COST = 16 };

static void begin(struct cache_walk *walk)
{
    walk->block = NULL;
    walk->queue = CACHE_YOUNG;
}

void cache_walk_start(struct cache_walk *walk, struct cache *cache)
{
    walk->cache = cache;
    walk->next = cache->walks;
    cache->walks = walk;
    begin(walk);
}

void cache_walk_stop(struct cache_walk *walk)
{
    if (!walk->cache)
        return;
    struct cache_walk **at = &walk->cache->walks;
    while (*at != walk)
        at = &(*at)->next;
    *at = walk->next;
    walk->cache = NULL;
}

/* Goes to the block that follows one, or to the next queue. */
static void leave(struct cache_walk *walk, const struct block *block)
{
    walk->block = block->next;
    walk->at = BLOCK_FIRST;
    if (!walk->block)
        walk->queue++;
}

void cache_walks_leave(struct cache *cache, const struct block *block)
{
    for (struct cache_walk *walk = cache->walks; walk; walk = walk->next)
        if (walk->block == block)
            leave(walk, block);
}

void cache_walks_end(struct cache *cache)
{
    for (struct cache_walk *walk = cache->walks; walk; walk = walk->next) {
        walk->block = NULL;
        walk->queue = CACHE_QUEUES;
    }
}

/* The entry that a walk has come to, alive or dead; NULL at its end. */
static struct cache_entry *entry_at(struct cache_walk *walk)
{
    while (walk->queue < CACHE_QUEUES) {
        if (!walk->block) {
            walk->block = walk->cache->queues[walk->queue].blocks.oldest;
            walk->at = BLOCK_FIRST;
        }
        if (!walk->block)
            walk->queue++;
        else if (walk->at < walk->block->used)
            return (struct cache_entry *)(void *)((uint8_t *)walk->block + walk->at);
        else
            leave(walk, walk->block);
    }
    return NULL;
}

static void pass(struct cache_walk *walk, const struct cache_entry *entry)
{
    walk->at += cache_size_of(entry);
}

bool cache_walk_step(struct cache_walk *walk, uint64_t now_ms, bool with_past, size_t budget,
    cache_visit *visit, void *arg)
{
    struct cache_entry *entry = NULL;
    struct cache_item item;

    if (!walk->cache)
        return false;
    for (size_t i = 0; i < budget && (entry = entry_at(walk)) != NULL; i++) {
        bool is_past = entry->expires_ms <= now_ms;
        if (entry->kind != CACHE_DEAD && !cache_is_outdated(walk->cache, entry) &&
            (!is_past || (with_past && entry->kind != CACHE_FACT))) {
            cache_show(entry, &item);
            visit(arg, &item);
        }
        pass(walk, entry);
    }
    if (!entry)
        cache_walk_stop(walk);
    return entry != NULL;
}

static bool is_due(
    const struct cache_sweep *sweep, const struct cache_entry *entry, uint64_t lifetime_ms)
{
    uint64_t left_ms = entry->expires_ms - sweep->now_ms;

    return entry->asked && entry->expires_ms > sweep->now_ms && left_ms <= lifetime_ms / 2 &&
           (left_ms <= sweep->soon_ms || left_ms <= lifetime_ms / 10);
}

bool cache_sweep(struct cache *cache, const struct cache_sweep *sweep)
{
    struct cache_item item;
    bool is_tight = cache_is_low(cache);
    size_t drops = sweep->budget / DROP_COST + 1;

    if (!cache->sweep.cache)
        cache_walk_start(&cache->sweep, cache);
    cache_tidy(cache, sweep->budget / DROP_COST, sweep->now_ms);
    for (size_t i = 0; i < sweep->budget; i++) {
        struct cache_entry *entry = entry_at(&cache->sweep);
        if (!entry) {
            begin(&cache->sweep);
            return true;
        }
        if (entry->kind != CACHE_DEAD && cache_is_spent(cache, entry, is_tight, sweep->now_ms)) {
            if (drops-- == 0)
                return false;
            cache_drop(cache, entry);
        } else if (entry->kind != CACHE_DEAD && sweep->due &&
                   is_due(sweep, entry, (uint64_t)entry->lifetime_s * 1000)) {
            cache_show(entry, &item);
            if (!sweep->due(sweep->arg, &item))
                return false;
        }
        pass(&cache->sweep, entry);
    }
    return false;
}
