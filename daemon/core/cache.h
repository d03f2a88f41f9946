/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - what is known, for as long as it may be: octets under a key of octets, with an expiry.
 *
 * One table for everything that daned keeps (facts of DNS, levels of destinations), bounded in
 * octets: the least recently used goes first. Nothing is given out at or after its expiry. Values
 * are copied in; what comes out is borrowed until the next call that puts or removes.
 */
#ifndef DANED_CORE_CACHE_H
#define DANED_CORE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"
#include "daemon/core/siphash.h"

/* What a key is of. */
enum cache_kind {
    CACHE_FACT = 1,   /* sub: enum dns_type */
    CACHE_DOMAIN = 2, /* the level of "domain:port"; sub: the port */
    CACHE_HOST = 3,   /* the level of "[host]:port"; sub: the port */
};

struct cache_counts {
    size_t entries;
    size_t bytes; /* entries, their overhead and the table */
    uint64_t hits;
    uint64_t misses;
    uint64_t evictions; /* entries dropped for room before their time */
};

struct cache;

/* Makes an empty cache of at most size octets. The key must be random. Freed with cache_free(). */
struct cache *cache_new(size_t size, const struct siphash_key *key);

/* Frees the cache and all in it. NULL is fine. */
void cache_free(struct cache *cache);

/* Changes the bound, in octets; drops what is too much. */
void cache_resize(struct cache *cache, size_t size);

/*
 * Gives the value kept under (kind, sub, name) and its length, or NULL if there is none that is
 * still to be served at now_ms. The value is aligned to 8 octets.
 */
const void *cache_get(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, uint64_t now_ms, size_t *len_out);

/*
 * As cache_get(), but counts as no use, and gives a level past its time too, of which the expiry is
 * in *expires_ms_out: what was known of a destination before. It is there until the next one takes
 * its place, if the memory is not needed. NULL for one that cache_drop_levels() made forgotten.
 */
const void *cache_last(const struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, size_t *len_out, uint64_t *expires_ms_out);

/*
 * Keeps a copy of len octets until expires_ms, in place of what stood there. Does nothing if that
 * time has come already, or if the value is too large for the cache.
 */
void cache_put(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms);

/* Drops what is kept under the key. Returns whether there was anything. */
bool cache_remove(
    struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name);

/*
 * Forgets every level of a destination, and no fact: what was decided under other options. They are
 * no longer served at once; their memory is reused as they are met or run out.
 */
void cache_drop_levels(struct cache *cache);

/* Drops everything. */
void cache_clear(struct cache *cache);

/* The key of the cache's hash, for other tables whose keys an attacker can pick. Borrowed. */
const struct siphash_key *cache_hash_key(const struct cache *cache);

/* One entry as cache_scan() shows it; all borrowed until the call returns. */
struct cache_item {
    enum cache_kind kind;
    uint16_t sub;
    struct dname name;
    const void *value; /* aligned to 8 octets */
    size_t len;
    uint64_t expires_ms;
};

typedef void cache_visit(void *arg, const struct cache_item *item);

/*
 * Walks the cache in steps, as table_scan() does: a few entries a step, beginning with cursor 0,
 * over when 0 is returned. Shows what cache_get() would still give at now_ms, and counts as no use
 * of it. visit must not call into the cache.
 */
size_t cache_scan(
    const struct cache *cache, size_t cursor, uint64_t now_ms, cache_visit *visit, void *arg);

/* Gives the bound, in octets. */
size_t cache_size(const struct cache *cache);

/* Gives the counts. */
void cache_count(const struct cache *cache, struct cache_counts *counts_out);

#endif
