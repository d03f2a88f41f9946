/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.c - an intrusive hash table that grows and shrinks without a pause.
 *
 * With count buckets, of which 2^n is the largest power of two that is not above count, those below
 * count - 2^n have been split: what hashes to one of them is told apart by one more bit of the
 * hash.
 */
#include "daemon/core/table.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum {
    COUNT_MIN = 64,
    SPLITS_PER_INSERT = 4,
    MERGES_PER_REMOVE = 16,
    BUCKETS_PER_MEMBER = 2, /* a member that is found stands behind a quarter of another */
    BUCKETS_TOO_MANY = 8,   /* for a member, before the table shrinks */
    SEGMENT_BYTES = TABLE_SEGMENT_BUCKETS * sizeof(struct table_node *),
    SEGMENTS_MIN = 8,
};

void table_init(struct table *table)
{
    *table = (struct table){.count = COUNT_MIN, .segment_count = 1, .segment_room = SEGMENTS_MIN};
    table->segments = alloc_array_zeroed(SEGMENTS_MIN, sizeof(struct table_node **));
    table->segments[0] = alloc_pages(SEGMENT_BYTES);
}

bool table_fini_some(struct table *table)
{
    if (table->segment_count > 0)
        alloc_free_pages(table->segments[--table->segment_count], SEGMENT_BYTES);
    if (table->segment_count > 0)
        return false;
    free(table->segments);
    memset(table, 0, sizeof *table);
    return true;
}

void table_fini(struct table *table)
{
    while (!table_fini_some(table))
        ;
}

static struct table_node **bucket_at(const struct table *table, size_t index)
{
    return &table->segments[index / TABLE_SEGMENT_BUCKETS][index % TABLE_SEGMENT_BUCKETS];
}

/* The largest power of two that is not above the number of buckets. */
static size_t base_of(const struct table *table)
{
    return (size_t)1 << (63 - __builtin_clzll(table->count));
}

static struct table_node **bucket_of(const struct table *table, uint32_t hash)
{
    size_t base = base_of(table);
    size_t index = hash & (2 * base - 1);

    return bucket_at(table, index < table->count ? index : index & (base - 1));
}

static void push(struct table_node **bucket, struct table_node *node)
{
    node->next = *bucket;
    *bucket = node;
}

/* Adds an empty bucket behind the last. */
static void add_bucket(struct table *table)
{
    if (table->count == table->segment_count * TABLE_SEGMENT_BUCKETS) {
        if (table->segment_count == table->segment_room) {
            table->segment_room *= 2;
            table->segments =
                alloc_array(table->segments, table->segment_room, sizeof(struct table_node **));
        }
        table->segments[table->segment_count++] = alloc_pages(SEGMENT_BYTES);
    }
    table->count++;
}

void table_expect(struct table *table, size_t members)
{
    while (table->member_count == 0 && table->count / BUCKETS_PER_MEMBER < members)
        add_bucket(table);
}

/* Adds one bucket, and hands it its share of the one that it is split from. */
static void split(struct table *table)
{
    struct table_node **from = bucket_at(table, table->count - base_of(table));

    add_bucket(table);
    struct table_node *node = *from;
    *from = NULL;
    while (node) {
        struct table_node *next = node->next;
        push(bucket_of(table, node->hash), node);
        node = next;
    }
}

/* Takes the last bucket away, and hands what it has back to where that came from. */
static void merge(struct table *table)
{
    struct table_node **last = bucket_at(table, --table->count);
    struct table_node *node = *last;

    *last = NULL;
    while (node) {
        struct table_node *next = node->next;
        push(bucket_of(table, node->hash), node);
        node = next;
    }
    /* One segment that is empty is left, so that a table at its edge does not go to and fro. */
    if (table->count + 2 * (size_t)TABLE_SEGMENT_BUCKETS <=
        table->segment_count * TABLE_SEGMENT_BUCKETS)
        alloc_free_pages(table->segments[--table->segment_count], SEGMENT_BYTES);
}

void table_insert(struct table *table, struct table_node *node, uint32_t hash)
{
    table->member_count++;
    for (int i = 0;
         i < SPLITS_PER_INSERT && table->count < table->member_count * BUCKETS_PER_MEMBER; i++)
        split(table);
    node->hash = hash;
    push(bucket_of(table, hash), node);
}

struct table_node *table_find(
    const struct table *table, uint32_t hash, table_match *match, const void *key)
{
    struct table_node *node = *bucket_of(table, hash);

    while (node && !(node->hash == hash && match(node, key)))
        node = node->next;
    return node;
}

/* Where the pointer to a node of the table stands. */
static struct table_node **place_of(const struct table *table, const struct table_node *node)
{
    struct table_node **at = bucket_of(table, node->hash);

    while (*at != node)
        at = &(*at)->next;
    return at;
}

void table_remove(struct table *table, struct table_node *node)
{
    *place_of(table, node) = node->next;
    table->member_count--;
    for (int i = 0; i < MERGES_PER_REMOVE && table->count > COUNT_MIN &&
                    table->count / BUCKETS_TOO_MANY > table->member_count;
         i++)
        merge(table);
}

void table_replace(struct table *table, const struct table_node *node, struct table_node *copy)
{
    *place_of(table, node) = copy;
}

struct table_node *table_any(const struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (*bucket_at(table, i))
            return *bucket_at(table, i);
    return NULL;
}

size_t table_bytes(const struct table *table)
{
    return table->segment_count * SEGMENT_BYTES +
           table->segment_room * sizeof(struct table_node **);
}
