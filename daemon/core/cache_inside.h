/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_inside.h - how the cache is laid out; for cache*.c alone.
 *
 * Entries lie one behind another in two queues of blocks, and are found by the table. What is new
 * enters the young queue; what was asked for by the time its block is the oldest, and room is
 * needed, moves to the kept queue, and everything else is dropped. In the kept queue, what was
 * asked for since its last move moves on to the newest block. So a flood of entries that are asked
 * for once passes through the young queue, an eighth of the whole, and drops nothing that is in
 * use. (The two queues are those of S3-FIFO, Yang and others, SOSP 2023; the second chance is
 * CLOCK.) A hit writes two bits, and does not move anything.
 */
#ifndef DANED_CORE_CACHE_INSIDE_H
#define DANED_CORE_CACHE_INSIDE_H

#include "daemon/core/blocks.h"
#include "daemon/core/cache.h"
#include "daemon/core/table.h"

/* A kind of entry that is not in the table any more; its room is not yet taken back. */
#define CACHE_DEAD 0

/* 34 octets, then the name and the value; each entry begins at a multiple of 8. */
struct cache_entry {
    struct table_node node; /* first: a node is its entry. Its owner word: octets of the value */
    uint64_t expires_ms;
    uint32_t lifetime_s; /* from when it was put to its expiry, rounded down */
    uint16_t sub;
    uint16_t generation; /* of a level; see cache_drop_levels() */
    uint8_t kind : 2;    /* enum cache_kind, or CACHE_DEAD */
    uint8_t kept : 1;    /* lies in the kept queue */
    uint8_t hot : 1;     /* asked for since it was put or moved */
    uint8_t asked : 1;   /* asked for since it was put */
    uint8_t name_len;
    uint8_t octets[]; /* the name, then the value */
};

enum { CACHE_YOUNG, CACHE_KEPT, CACHE_QUEUES };

struct cache_queue {
    struct blocks blocks;
    size_t dead; /* octets of entries in it that are dead */
};

struct cache {
    struct table table;
    struct siphash_key hash_key;
    size_t size;
    struct cache_queue queues[CACHE_QUEUES];
    /* What cache_clear() took out of use, given back little by little. */
    struct blocks doomed;
    struct table doomed_table; /* without segments: none */
    struct cache_walk *walks;  /* under way */
    struct cache_walk sweep;
    uint16_t generation;
    uint64_t hits;
    uint64_t misses;
    uint64_t evictions;
    uint64_t changes;
    uint64_t forgotten; /* see cache_forgotten() */
};

/* Octets that an entry takes, of which the name and the value have this many. */
size_t cache_entry_size(size_t octets);

/* Octets that an entry takes. */
size_t cache_size_of(const struct cache_entry *entry);

/* Whether an entry is a level that cache_drop_levels() made forgotten. */
bool cache_is_outdated(const struct cache *cache, const struct cache_entry *entry);

/* Takes an entry out of the table. */
void cache_drop(struct cache *cache, struct cache_entry *entry);

/* Shows what an entry is. */
void cache_show(const struct cache_entry *entry, struct cache_item *item_out);

/* Whether an entry is of no use any more, not even to look back at if there is room for that. */
bool cache_is_spent(
    const struct cache *cache, const struct cache_entry *entry, bool is_tight, uint64_t now_ms);

/* Whether room is short. */
bool cache_is_low(const struct cache *cache);

/* Whether there is much to tidy. */
bool cache_is_behind(const struct cache *cache);

/* Makes the walks that have come to a block, which goes, go on behind it. */
void cache_walks_leave(struct cache *cache, const struct block *block);

/* Makes all walks come to their end. */
void cache_walks_end(struct cache *cache);

/* Frees as much as there is need to, by passing so many entries at most. */
void cache_tidy(struct cache *cache, size_t effort, uint64_t now_ms);

/* Octets that the whole cache takes. */
size_t cache_bytes(const struct cache *cache);

/*
 * Gives room for an entry of size octets in a queue, all zero but that it is dead; for that, moves
 * and drops a few entries. NULL if there is no room within a bounded effort.
 */
struct cache_entry *cache_make_room(
    struct cache *cache, unsigned queue, size_t size, uint64_t now_ms);

#endif
