/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.c - putting in, finding and showing; what makes room is cache_room.c.
 */
#include "daemon/core/cache.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/cache_inside.h"

/* A value larger than 1 in so many of the whole is not kept. */
enum { LARGEST_SHARE = 16 };

struct key {
    enum cache_kind kind;
    uint16_t sub;
    const struct dname *name;
};

struct cache *cache_new(size_t size, const struct siphash_key *key)
{
    struct cache *cache = alloc_zeroed(sizeof *cache);

    table_init(&cache->table);
    cache->hash_key = *key;
    cache->size = size;
    return cache;
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    cache_walk_stop(&cache->sweep);
    cache_clear(cache);
    while (cache->doomed.oldest)
        blocks_drop_oldest(&cache->doomed);
    table_fini(&cache->doomed_table);
    table_fini(&cache->table);
    free(cache);
}

void cache_resize(struct cache *cache, size_t size)
{
    cache->size = size;
}

void cache_expect(struct cache *cache, size_t entries)
{
    /* Two buckets of 8 octets for each are a sixth of this. */
    size_t most = cache->size / 96;

    table_expect(&cache->table, entries < most ? entries : most);
}

size_t cache_entry_size(size_t octets)
{
    enum { ALIGNMENT = 8 };

    return (offsetof(struct cache_entry, octets) + octets + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t value_len_of(const struct cache_entry *entry)
{
    return entry->node.owner;
}

size_t cache_size_of(const struct cache_entry *entry)
{
    return cache_entry_size(entry->name_len + value_len_of(entry));
}

void cache_drop(struct cache *cache, struct cache_entry *entry)
{
    table_remove(&cache->table, &entry->node);
    entry->kind = CACHE_DEAD;
    cache->queues[entry->kept ? CACHE_KEPT : CACHE_YOUNG].dead += cache_size_of(entry);
}

void cache_drop_levels(struct cache *cache)
{
    cache->changes++;
    /* The number has come round: a level that nobody has met for so long must not seem new. */
    if (++cache->generation == 0)
        cache_clear(cache);
}

static bool entry_matches(const struct table_node *node, const void *key_pointer)
{
    const struct cache_entry *entry = (const struct cache_entry *)(const void *)node;
    const struct key *key = key_pointer;

    return entry->kind == key->kind && entry->sub == key->sub &&
           entry->name_len == key->name->len &&
           memcmp(entry->octets, key->name->wire, entry->name_len) == 0;
}

static uint32_t hash_of(const struct cache *cache, const struct key *key)
{
    return siphash_name(&cache->hash_key, (uint8_t)key->kind, key->sub, key->name);
}

const struct siphash_key *cache_hash_key(const struct cache *cache)
{
    return &cache->hash_key;
}

void cache_foresee(
    const struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name)
{
    struct key key = {kind, sub, name};

    table_foresee(&cache->table, hash_of(cache, &key));
}

static struct cache_entry *find(const struct cache *cache, const struct key *key, uint32_t hash)
{
    return (struct cache_entry *)(void *)table_find(&cache->table, hash, entry_matches, key);
}

bool cache_is_outdated(const struct cache *cache, const struct cache_entry *entry)
{
    return entry->kind != CACHE_FACT && entry->generation != cache->generation;
}

static bool is_served(const struct cache *cache, const struct cache_entry *entry, uint64_t now_ms)
{
    return !cache_is_outdated(cache, entry) && entry->expires_ms > now_ms;
}

static void give(const struct cache_entry *entry, struct cache_value *value_out)
{
    value_out->octets = entry->octets + entry->name_len;
    value_out->len = value_len_of(entry);
    value_out->expires_ms = entry->expires_ms;
}

bool cache_get(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    uint64_t now_ms, struct cache_value *value_out)
{
    struct key key = {kind, sub, name};
    struct cache_entry *entry = find(cache, &key, hash_of(cache, &key));

    if (!entry || !is_served(cache, entry, now_ms)) {
        /* A level past its time stays for cache_last(), and is soon replaced. */
        if (entry && (cache_is_outdated(cache, entry) || entry->kind == CACHE_FACT))
            cache_drop(cache, entry);
        cache->misses++;
        return false;
    }
    cache->hits++;
    entry->hot = entry->asked = 1;
    give(entry, value_out);
    return true;
}

bool cache_last(const struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, struct cache_value *value_out)
{
    struct key key = {kind, sub, name};
    const struct cache_entry *entry = find(cache, &key, hash_of(cache, &key));

    if (!entry || cache_is_outdated(cache, entry))
        return false;
    give(entry, value_out);
    return true;
}

static void begin_life(struct cache_entry *entry, uint64_t expires_ms, uint64_t now_ms)
{
    uint64_t lifetime_s = expires_ms > now_ms ? (expires_ms - now_ms) / 1000 : 0;

    entry->expires_ms = expires_ms;
    entry->lifetime_s = lifetime_s > UINT32_MAX ? UINT32_MAX : (uint32_t)lifetime_s;
    entry->asked = 0;
}

void cache_put_off(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, uint64_t now_ms)
{
    struct key key = {kind, sub, name};
    struct cache_entry *entry = find(cache, &key, hash_of(cache, &key));

    if (entry)
        begin_life(entry, entry->expires_ms, now_ms);
}

/* Writes what a new value changes of an entry; its key and its lengths stand there already. */
static void write_value(const struct cache *cache, struct cache_entry *entry, const void *value,
    uint64_t expires_ms, uint64_t now_ms)
{
    begin_life(entry, expires_ms, now_ms);
    entry->generation = cache->generation;
    memcpy(entry->octets + entry->name_len, value, value_len_of(entry));
}

/* Puts a value in if it is worth it, and takes the old one out in any case. */
static void put(struct cache *cache, const struct key *key, bool is_worth, const void *value,
    size_t len, uint64_t expires_ms, uint64_t now_ms)
{
    uint32_t hash = hash_of(cache, key);
    struct cache_entry *entry = find(cache, key, hash);
    unsigned queue = CACHE_YOUNG;

    is_worth = is_worth && len <= cache->size / LARGEST_SHARE;
    cache->changes++;
    if (entry && is_worth && len == value_len_of(entry)) {
        write_value(cache, entry, value, expires_ms, now_ms);
        return;
    }
    if (entry) {
        /* What was in use is likely to be so again, and need not prove it once more. */
        if (entry->kept || entry->hot)
            queue = CACHE_KEPT;
        cache_drop(cache, entry);
    }
    if (!is_worth)
        return;
    entry = cache_make_room(cache, queue, cache_entry_size(key->name->len + len), now_ms);
    if (!entry)
        return;
    entry->kind = (unsigned)key->kind & 3u;
    entry->kept = queue == CACHE_KEPT;
    entry->sub = key->sub;
    entry->name_len = key->name->len;
    entry->node.owner = (uint32_t)len;
    memcpy(entry->octets, key->name->wire, key->name->len);
    write_value(cache, entry, value, expires_ms, now_ms);
    table_insert(&cache->table, &entry->node, hash);
}

void cache_put(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name,
    const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms)
{
    struct key key = {kind, sub, name};

    put(cache, &key, expires_ms > now_ms, value, len, expires_ms, now_ms);
}

void cache_put_past(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, const void *value, size_t len, uint64_t expires_ms, uint64_t now_ms)
{
    struct key key = {kind, sub, name};

    put(cache, &key, kind != CACHE_FACT && expires_ms <= now_ms, value, len, expires_ms, now_ms);
}

bool cache_remove(struct cache *cache, enum cache_kind kind, uint16_t sub, const struct dname *name)
{
    struct key key = {kind, sub, name};
    struct cache_entry *entry = find(cache, &key, hash_of(cache, &key));

    cache->forgotten++;
    if (entry) {
        cache_drop(cache, entry);
        cache->changes++;
    }
    return entry != NULL;
}

void cache_show(const struct cache_entry *entry, struct cache_item *item_out)
{
    struct cache_value value;

    give(entry, &value);
    item_out->kind = (enum cache_kind)entry->kind;
    item_out->sub = entry->sub;
    item_out->value = value.octets;
    item_out->len = value.len;
    item_out->expires_ms = entry->expires_ms;
    item_out->lifetime_s = entry->lifetime_s;
    item_out->name.len = entry->name_len;
    memcpy(item_out->name.wire, entry->octets, entry->name_len);
}

uint64_t cache_forgotten(const struct cache *cache)
{
    return cache->forgotten;
}

size_t cache_size(const struct cache *cache)
{
    return cache->size;
}

size_t cache_bytes(const struct cache *cache)
{
    return sizeof *cache + table_bytes(&cache->table) + table_bytes(&cache->doomed_table) +
           cache->queues[CACHE_YOUNG].blocks.bytes + cache->queues[CACHE_KEPT].blocks.bytes +
           cache->doomed.bytes;
}

void cache_count(const struct cache *cache, struct cache_counts *counts_out)
{
    *counts_out = (struct cache_counts){
        .entries = cache->table.member_count,
        .bytes = cache_bytes(cache),
        .hits = cache->hits,
        .misses = cache->misses,
        .evictions = cache->evictions,
        .changes = cache->changes,
        .is_behind = cache_is_behind(cache),
    };
}
