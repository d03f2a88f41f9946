/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.c - one hash table and one list by last use.
 */
#include "daemon/core/cache.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/table.h"

/* What the allocator adds to a block, reckoned high. */
enum { BLOCK_OVERHEAD = 16 };

struct entry {
    struct table_node node; /* first: a node is its entry */
    uint32_t value_len;
    struct entry *newer;
    struct entry *older;
    uint64_t expires_ms;
    uint16_t sub;
    uint8_t kind;
    uint8_t name_len;
    uint32_t generation; /* of a level; see cache_drop_levels() */
    uint8_t octets[];    /* the value, then the name */
};

struct key {
    enum cache_kind kind;
    uint16_t sub;
    const struct dname *name;
};

struct cache {
    struct table table;
    struct siphash_key hash_key;
    struct entry *newest;
    struct entry *oldest;
    size_t size;
    size_t entry_bytes;
    uint32_t generation;
    uint64_t hits;
    uint64_t misses;
    uint64_t evictions;
};

struct cache *cache_new(size_t size, const struct siphash_key *key)
{
    struct cache *cache = alloc_zeroed(sizeof *cache);

    table_init(&cache->table);
    cache->hash_key = *key;
    cache->size = size;
    return cache;
}

static size_t bytes_of(const struct entry *entry)
{
    return sizeof *entry + entry->value_len + entry->name_len + BLOCK_OVERHEAD;
}

static size_t bytes_in_all(const struct cache *cache)
{
    return sizeof *cache + cache->entry_bytes + table_bytes(&cache->table);
}

static void unlink_entry(struct cache *cache, struct entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache->oldest = entry->newer;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
}

static void drop(struct cache *cache, struct entry *entry)
{
    table_remove(&cache->table, &entry->node);
    unlink_entry(cache, entry);
    cache->entry_bytes -= bytes_of(entry);
    free(entry);
}

void cache_clear(struct cache *cache)
{
    while (cache->oldest)
        drop(cache, cache->oldest);
}

void cache_drop_levels(struct cache *cache)
{
    cache->generation++;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    cache_clear(cache);
    table_fini(&cache->table);
    free(cache);
}

static void evict(struct cache *cache)
{
    while (cache->oldest && bytes_in_all(cache) > cache->size) {
        drop(cache, cache->oldest);
        cache->evictions++;
    }
}

void cache_resize(struct cache *cache, size_t size)
{
    cache->size = size;
    evict(cache);
}

static bool entry_matches(const struct table_node *node, const void *key_pointer)
{
    const struct entry *entry = (const struct entry *)(const void *)node;
    const struct key *key = key_pointer;

    return entry->kind == key->kind && entry->sub == key->sub &&
           entry->name_len == key->name->len &&
           memcmp(entry->octets + entry->value_len, key->name->wire, entry->name_len) == 0;
}

static uint32_t hash_of(const struct cache *cache, const struct key *key)
{
    return siphash_name(&cache->hash_key, (uint8_t)key->kind, key->sub, key->name);
}

const struct siphash_key *cache_hash_key(const struct cache *cache)
{
    return &cache->hash_key;
}

static struct entry *find(const struct cache *cache, const struct key *key, uint32_t hash)
{
    return (struct entry *)(void *)table_find(&cache->table, hash, entry_matches, key);
}

static bool is_outdated(const struct cache *cache, const struct entry *entry)
{
    return entry->kind != CACHE_FACT && entry->generation != cache->generation;
}

static bool is_served(const struct cache *cache, const struct entry *entry, uint64_t now_ms)
{
    return !is_outdated(cache, entry) && entry->expires_ms > now_ms;
}

const void *cache_get(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, uint64_t now_ms, size_t *len_out)
{
    struct key key = {kind, sub, name};
    struct entry *entry = find(cache, &key, hash_of(cache, &key));

    if (entry && !is_served(cache, entry, now_ms)) {
        /* A level past its time stays for cache_last(), and is soon replaced. */
        if (is_outdated(cache, entry) || entry->kind == CACHE_FACT)
            drop(cache, entry);
        entry = NULL;
    }
    if (!entry) {
        cache->misses++;
        return NULL;
    }
    cache->hits++;
    if (cache->newest != entry) {
        unlink_entry(cache, entry);
        link_newest(cache, entry);
    }
    *len_out = entry->value_len;
    return entry->octets;
}

const void *cache_last(const struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, size_t *len_out, uint64_t *expires_ms_out)
{
    struct key key = {kind, sub, name};
    const struct entry *entry = find(cache, &key, hash_of(cache, &key));

    if (!entry || is_outdated(cache, entry))
        return NULL;
    *len_out = entry->value_len;
    *expires_ms_out = entry->expires_ms;
    return entry->octets;
}

void cache_put(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms)
{
    struct key key = {kind, sub, name};
    uint32_t hash = hash_of(cache, &key);
    struct entry *entry = find(cache, &key, hash);

    if (entry)
        drop(cache, entry);
    if (expires_ms <= now_ms || len > cache->size / 4)
        return;
    entry = alloc_zeroed(sizeof *entry + len + name->len);
    entry->kind = (uint8_t)kind;
    entry->sub = sub;
    entry->name_len = name->len;
    entry->value_len = (uint32_t)len;
    entry->expires_ms = expires_ms;
    entry->generation = cache->generation;
    memcpy(entry->octets, value, len);
    memcpy(entry->octets + len, name->wire, name->len);
    table_insert(&cache->table, &entry->node, hash);
    link_newest(cache, entry);
    cache->entry_bytes += bytes_of(entry);
    evict(cache);
}

bool cache_remove(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name)
{
    struct key key = {kind, sub, name};
    struct entry *entry = find(cache, &key, hash_of(cache, &key));

    if (entry)
        drop(cache, entry);
    return entry != NULL;
}

struct scan {
    const struct cache *cache;
    uint64_t now_ms;
    cache_visit *visit;
    void *arg;
};

static void visit_entry(void *arg, const struct table_node *node)
{
    const struct scan *scan = arg;
    const struct entry *entry = (const struct entry *)(const void *)node;
    struct cache_item item;

    if (!is_served(scan->cache, entry, scan->now_ms))
        return;
    item.kind = (enum cache_kind)entry->kind;
    item.sub = entry->sub;
    item.value = entry->octets;
    item.len = entry->value_len;
    item.expires_ms = entry->expires_ms;
    item.name.len = entry->name_len;
    memcpy(item.name.wire, entry->octets + entry->value_len, entry->name_len);
    scan->visit(scan->arg, &item);
}

size_t cache_scan(
    const struct cache *cache, size_t cursor, uint64_t now_ms, cache_visit *visit, void *arg)
{
    struct scan scan = {cache, now_ms, visit, arg};

    return table_scan(&cache->table, cursor, visit_entry, &scan);
}

size_t cache_size(const struct cache *cache)
{
    return cache->size;
}

void cache_count(const struct cache *cache, struct cache_counts *counts_out)
{
    *counts_out = (struct cache_counts){
        .entries = cache->table.member_count,
        .bytes = bytes_in_all(cache),
        .hits = cache->hits,
        .misses = cache->misses,
        .evictions = cache->evictions,
    };
}
