/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_room.c - how room comes back: cleaning and clearing.
 *
 * A queue is cleaned from its oldest block on, one entry after another: an entry is dropped, or
 * moved to a newest block; behind the last one, the block is given back. That is done for want of
 * room (what is not in use goes), and where more than a quarter of a queue is dead (what is alive
 * moves). Each put frees twice the octets that it takes, but passes a few dozen entries at most: a
 * reserve is there for when it meets only such as are in use. So the room of the oldest block is
 * there before it is needed, and no call takes long.
 */
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/cache_inside.h"

enum {
    PACE = 2,           /* octets freed for each that is put, */
    PUT_EFFORT = 64,    /* by passing so many entries at most; */
    LAST_EFFORT = 1024, /* so many when there is no room left */
    RESERVE_SHARE = 64, /* 1 in 64 of the whole is kept free */
    BLOCK_UNIT = 4096,
    BLOCK_MAX = ALLOC_HUGE,
    BLOCKS_WANTED = 128, /* of a cache that is full, unless they would be larger than BLOCK_MAX */
    YOUNG_SHARE = 8,     /* the young queue is cleaned first while it is over 1 in 8 of the whole */
    DEAD_SHARE = 4,      /* a queue is cleaned while more than 1 in 4 of it is dead */
};

/* Octets of a block that is to hold an entry of size octets, among others. */
static size_t block_size(const struct cache *cache, size_t size)
{
    size_t wanted = cache->size / BLOCKS_WANTED;
    size_t least = blocks_size_for(size);

    wanted = wanted < BLOCK_MAX ? wanted / BLOCK_UNIT * BLOCK_UNIT : BLOCK_MAX;
    return wanted > least ? wanted : least;
}

/*
 * Whether octets more would be too much. The rest is what the table may grow by until the newest
 * blocks are full: less than half a block for each, a segment that is begun, and the array of
 * segments.
 */
static bool is_too_much(const struct cache *cache, size_t octets)
{
    size_t rest = block_size(cache, 0) + table_growth(&cache->table);

    return cache_bytes(cache) + octets + rest > cache->size;
}

/* There is no more room than a reserve, and a newest block of each queue. */
bool cache_is_low(const struct cache *cache)
{
    return is_too_much(cache, cache->size / RESERVE_SHARE + CACHE_QUEUES * block_size(cache, 0));
}

/* Takes room in a queue, if there is any without more ado. */
static struct cache_entry *take(struct cache *cache, unsigned queue, size_t size)
{
    struct blocks *blocks = &cache->queues[queue].blocks;
    struct cache_entry *entry = blocks_take(blocks, size);

    if (entry || is_too_much(cache, block_size(cache, size)))
        return entry;
    blocks_add(blocks, block_size(cache, size));
    return blocks_take(blocks, size);
}

/* Moves an entry to the newest block of a queue. Returns false if there is no room. */
static bool move(struct cache *cache, struct cache_entry *entry, unsigned queue)
{
    size_t size = cache_size_of(entry);
    unsigned from = entry->kept ? CACHE_KEPT : CACHE_YOUNG;
    struct cache_entry *copy = take(cache, queue, size);

    if (!copy && cache_bytes(cache) > cache->size) {
        /* After a resize: what is moved out gives more back by and by than this takes. */
        blocks_add(&cache->queues[queue].blocks, block_size(cache, size));
        copy = take(cache, queue, size);
    }
    if (!copy)
        return false;
    memcpy(copy, entry, size);
    copy->kept = queue == CACHE_KEPT;
    table_replace(&cache->table, &entry->node, &copy->node);
    entry->kind = CACHE_DEAD;
    cache->queues[from].dead += size;
    return true;
}

bool cache_is_spent(
    const struct cache *cache, const struct cache_entry *entry, bool is_tight, uint64_t now_ms)
{
    uint64_t remembered_ms = entry->kind == CACHE_FACT || is_tight ? 0 : CACHE_REMEMBER_MS;

    return cache_is_outdated(cache, entry) ||
           (now_ms >= remembered_ms && entry->expires_ms <= now_ms - remembered_ms);
}

static void drop_oldest_block(struct cache *cache, struct cache_queue *queue)
{
    struct block *block = queue->blocks.oldest;

    queue->dead -= block->used - BLOCK_FIRST;
    cache_walks_leave(cache, block);
    blocks_drop_oldest(&queue->blocks);
}

/*
 * Cleans one entry out of a queue, or gives back its oldest block if none is left in it. With
 * dropping, what was not asked for goes; else only what is spent. Returns the octets that will come
 * back with the block: none, if the entry was moved.
 */
static size_t clean(struct cache *cache, unsigned number, bool dropping, uint64_t now_ms)
{
    struct cache_queue *queue = &cache->queues[number];
    struct block *block = queue->blocks.oldest;
    struct cache_entry *entry = blocks_next(block);

    if (!entry) {
        drop_oldest_block(cache, queue);
        return 0;
    }
    size_t size = cache_size_of(entry);
    blocks_pass(block, size);
    if (entry->kind == CACHE_DEAD)
        return size;
    if (cache_is_spent(cache, entry, dropping, now_ms)) {
        cache_drop(cache, entry);
        return size;
    }
    bool stays = !dropping || entry->hot;
    if (dropping)
        entry->hot = 0;
    if (stays && move(cache, entry, dropping ? CACHE_KEPT : number))
        return 0;
    cache->evictions++;
    cache_drop(cache, entry);
    return size;
}

/* The queue that gives up what is not in use. */
static unsigned queue_to_drop_from(const struct cache *cache)
{
    const struct cache_queue *queues = cache->queues;

    return queues[CACHE_YOUNG].blocks.oldest &&
                   (queues[CACHE_YOUNG].blocks.bytes > cache->size / YOUNG_SHARE ||
                       !queues[CACHE_KEPT].blocks.oldest)
               ? CACHE_YOUNG
               : CACHE_KEPT;
}

static bool is_empty(const struct cache *cache)
{
    return !cache->queues[CACHE_YOUNG].blocks.oldest && !cache->queues[CACHE_KEPT].blocks.oldest;
}

static void free_doomed(struct cache *cache)
{
    if (cache->doomed.oldest)
        blocks_drop_oldest(&cache->doomed);
    else if (cache->doomed_table.segment_count > 0)
        table_fini_some(&cache->doomed_table);
}

static bool has_doomed(const struct cache *cache)
{
    return cache->doomed.oldest || cache->doomed_table.segment_count > 0;
}

/* The first queue of which too much is dead, or CACHE_QUEUES. */
static unsigned queue_to_tighten(const struct cache *cache)
{
    unsigned number = 0;

    while (number < CACHE_QUEUES &&
           cache->queues[number].dead * DEAD_SHARE <= cache->queues[number].blocks.bytes)
        number++;
    return number;
}

/* Where there is need, frees so many octets, or passes so many entries. */
static void tidy(struct cache *cache, size_t octets, size_t effort, uint64_t now_ms)
{
    size_t freed = 0;

    if (has_doomed(cache)) {
        free_doomed(cache);
        return;
    }
    for (size_t i = 0; i < effort && freed < octets && !is_empty(cache); i++) {
        bool dropping = cache_is_low(cache);
        unsigned number = dropping ? queue_to_drop_from(cache) : queue_to_tighten(cache);
        if (number == CACHE_QUEUES)
            return;
        freed += clean(cache, number, dropping, now_ms);
    }
}

void cache_tidy(struct cache *cache, size_t effort, uint64_t now_ms)
{
    /* The first of two blocks that tidy() gives back when there are some. */
    free_doomed(cache);
    tidy(cache, SIZE_MAX, effort, now_ms);
}

bool cache_is_behind(const struct cache *cache)
{
    return has_doomed(cache) || cache_bytes(cache) > cache->size ||
           queue_to_tighten(cache) < CACHE_QUEUES;
}

struct cache_entry *cache_make_room(
    struct cache *cache, unsigned queue, size_t size, uint64_t now_ms)
{
    struct cache_entry *entry;

    tidy(cache, PACE * size, PUT_EFFORT, now_ms);
    for (int i = 0; !(entry = take(cache, queue, size)); i++) {
        if (i == LAST_EFFORT || is_empty(cache))
            return NULL;
        if (has_doomed(cache))
            free_doomed(cache);
        else
            clean(cache, queue_to_drop_from(cache), true, now_ms);
    }
    return entry;
}

void cache_clear(struct cache *cache)
{
    for (unsigned i = 0; i < CACHE_QUEUES; i++) {
        blocks_append(&cache->doomed, &cache->queues[i].blocks);
        cache->queues[i].dead = 0;
    }
    cache_walks_end(cache);
    cache->changes++;
    cache->forgotten++;
    /* A second time before all of the first is given back: the table is small then. */
    if (cache->doomed_table.segment_count > 0)
        table_fini(&cache->table);
    else
        cache->doomed_table = cache->table;
    table_init(&cache->table);
}
