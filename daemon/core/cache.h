/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - what is known, for as long as it may be: octets under a key of octets, with an expiry.
 *
 * One table for everything that daned keeps (facts of DNS, levels of destinations), bounded in
 * octets: what has not been asked for goes first (see cache_inside.h). Nothing is given out at or
 * after its expiry. Values are copied in; what comes out is borrowed until the next call that puts,
 * removes or sweeps.
 *
 * No call takes long, however much is kept: what is more than a little is done bit by bit by the
 * calls that put, and by cache_sweep(), which is therefore to be called again and again.
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
    size_t bytes; /* all that the cache takes: entries, table, and what is not given back yet */
    uint64_t hits;
    uint64_t misses;
    uint64_t evictions; /* entries dropped for room before their time */
    uint64_t changes;   /* how often something was put in or taken out on purpose */
    bool is_behind;     /* cache_sweep() has much to do, and is to be called soon */
};

/* A value, borrowed from the cache. */
struct cache_value {
    const uint8_t *octets;
    size_t len;
    uint64_t expires_ms;
};

struct cache;

/* Makes an empty cache of at most size octets, of which it wants 512 KiB or more to be of use. The
 * key must be random. Freed with cache_free(). */
struct cache *cache_new(size_t size, const struct siphash_key *key);

/* Frees the cache and all in it. NULL is fine. */
void cache_free(struct cache *cache);

/*
 * Changes the bound, in octets. What is too much by then is dropped by and by: by the calls of
 * cache_put(), which keeps nothing new meanwhile, and of cache_sweep().
 */
void cache_resize(struct cache *cache, size_t size);

/*
 * Says about how many entries will be put into an empty cache at once; that makes it faster. No
 * more than a sixth of its bound is set aside for it.
 */
void cache_expect(struct cache *cache, size_t entries);

/* Says that this key will be put soon: its place in the table is at hand by then. */
void cache_foresee(
    const struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name);

/*
 * Gives the value kept under (kind, sub, name), if there is one that is still to be served at
 * now_ms; whether there is. Allocates nothing and makes no system call when there is.
 */
bool cache_get(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    uint64_t now_ms, struct cache_value *value_out);

/* How long a level is remembered past its time, to see whether the next one is weaker. */
#define CACHE_REMEMBER_MS ((uint64_t)24 * 3600 * 1000)

/*
 * As cache_get(), but counts as no use, and gives a level past its time too: what was known of a
 * destination before. It is there for CACHE_REMEMBER_MS or until the next one takes its place, if
 * the memory is not needed. Not one that cache_drop_levels() made forgotten.
 */
bool cache_last(const struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, struct cache_value *value_out);

/*
 * Keeps a copy of len octets until expires_ms, in place of what stood there. Does nothing if that
 * time has come already, if the value is too large for the cache, or if room for it could not be
 * made with a little effort. value must not be borrowed from the cache.
 */
void cache_put(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms);

/*
 * Keeps a level that is past its time already, for cache_last(); as cache_put() but that
 * expires_ms, of when it was to be served last, is not after now_ms.
 */
void cache_put_past(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms);

/*
 * Has what is kept under the key seem new: nobody has asked for it since, and it is not due before
 * the last half of what is left of its life, whose end stays. Nothing is done if there is none.
 */
void cache_put_off(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, uint64_t now_ms);

/* Drops what is kept under the key. Returns whether there was anything. */
bool cache_remove(
    struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name);

/*
 * Forgets every level of a destination, and no fact: what was decided under other options. They are
 * no longer served at once; their memory comes back as the cache is swept.
 */
void cache_drop_levels(struct cache *cache);

/* Drops everything at once; the memory comes back as the cache is swept or put into. */
void cache_clear(struct cache *cache);

/*
 * How often cache_clear() and cache_remove() have been called. If that has changed, who has taken
 * facts out of the cache before must not put in what he has made of them.
 */
uint64_t cache_forgotten(const struct cache *cache);

/* The key of the cache's hash, for other tables whose keys an attacker can pick. Borrowed. */
const struct siphash_key *cache_hash_key(const struct cache *cache);

/* One entry as it is shown; all borrowed until the call returns. */
struct cache_item {
    enum cache_kind kind;
    uint16_t sub;
    struct dname name;
    const uint8_t *value;
    size_t len;
    uint64_t expires_ms;
    uint32_t lifetime_s; /* from when it was put to its expiry */
};

typedef void cache_visit(void *arg, const struct cache_item *item);

/* A walk over the cache in steps, between which it may change. The members are the cache's own. */
struct cache_walk {
    struct cache *cache; /* NULL: the walk is over, or has not begun */
    struct cache_walk *next;
    struct block *block; /* NULL: before the first one of the queue */
    size_t at;
    unsigned queue;
};

/* Begins a walk. It must be stopped, or come to its end, before it or the cache is freed. */
void cache_walk_start(struct cache_walk *walk, struct cache *cache);

/* Ends a walk; nothing happens if it is over or was never begun, all zero. */
void cache_walk_stop(struct cache_walk *walk);

/*
 * Goes on with a walk: looks at budget entries at most, a hundred of which take some ten
 * microseconds, and shows those that cache_get() would still give at now_ms and, if with_past, the
 * levels past their time that cache_last() gives. Counts as no use of them. Returns whether there
 * is more to come; otherwise the walk is over. An entry that is there all the while is shown at
 * least once; it may be shown twice. visit must not call into the cache.
 */
bool cache_walk_step(struct cache_walk *walk, uint64_t now_ms, bool with_past, size_t budget,
    cache_visit *visit, void *arg);

/*
 * Told of an entry that was asked for since it was put, and will soon expire: if it is put again by
 * then, nobody has to wait for it. Must not call into the cache: it notes the key and acts later.
 * Returns whether the sweep may go on; if not, the next one begins by showing the same entry again.
 */
typedef bool cache_due(void *arg, const struct cache_item *item);

struct cache_sweep {
    uint64_t now_ms;
    size_t budget;    /* entries that this call looks at; one that it drops or moves counts as 16.
                         A thousand take some 20 microseconds, and never more than 200 */
    uint64_t soon_ms; /* an entry is due in its last soon_ms, or its last tenth if that is longer,
                         but not before the last half of its life: so a short TTL is not asked for
                         over and over */
    cache_due *due;   /* or NULL */
    void *arg;
};

/*
 * Goes on with a walk over all entries: drops what has run out or is forgotten, shows what is due,
 * and does a share of what cache_clear(), cache_resize() and cache_drop_levels() left to do. An
 * entry is shown in each round in which it is due, until it is put again; it is not asked for by
 * being shown. Returns true when a round over all entries has ended, and stops there, so that the
 * caller can rest until the next round. What is put during a round is in it.
 */
bool cache_sweep(struct cache *cache, const struct cache_sweep *sweep);

/* Gives the bound, in octets. */
size_t cache_size(const struct cache *cache);

/* Gives the counts. */
void cache_count(const struct cache *cache, struct cache_counts *counts_out);

#endif
