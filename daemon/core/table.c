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
    LARGE_ROOM_MIN = 8,
};

static size_t segment_bytes(size_t number)
{
    return (number < TABLE_SMALL_SEGMENTS ? TABLE_SMALL : TABLE_LARGE) *
           sizeof(struct table_node *);
}

/* The first bucket of a segment. */
static size_t segment_start(size_t number)
{
    return number < TABLE_SMALL_SEGMENTS ? number * TABLE_SMALL
                                         : (number - TABLE_SMALL_SEGMENTS + 1) * TABLE_LARGE;
}

static struct table_node ***segment_at(struct table *table, size_t number)
{
    return number < TABLE_SMALL_SEGMENTS ? &table->small[number]
                                         : &table->large[number - TABLE_SMALL_SEGMENTS];
}

static void add_segment(struct table *table)
{
    size_t number = table->segment_count;

    if (number >= TABLE_SMALL_SEGMENTS + table->large_room) {
        table->large_room = table->large_room > 0 ? 2 * table->large_room : LARGE_ROOM_MIN;
        table->large = alloc_array(table->large, table->large_room, sizeof *table->large);
    }
    if (number > 0)
        alloc_settle_pages(*segment_at(table, number - 1), segment_bytes(number - 1));
    table->segment_count++;
    *segment_at(table, number) = alloc_pages(segment_bytes(number));
}

static void drop_segment(struct table *table)
{
    size_t number = --table->segment_count;

    alloc_free_pages(*segment_at(table, number), segment_bytes(number));
}

void table_init(struct table *table)
{
    memset(table, 0, sizeof *table);
    table->count = COUNT_MIN;
    add_segment(table);
}

bool table_fini_some(struct table *table)
{
    if (table->segment_count > 0)
        drop_segment(table);
    if (table->segment_count > 0)
        return false;
    free(table->large);
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
    if (index < TABLE_LARGE)
        return &table->small[index / TABLE_SMALL][index % TABLE_SMALL];
    return &table->large[index / TABLE_LARGE - 1][index % TABLE_LARGE];
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
    if (table->count == segment_start(table->segment_count))
        add_segment(table);
    table->count++;
}

void table_expect(struct table *table, size_t members)
{
    while (table->member_count == 0 && table->count / BUCKETS_PER_MEMBER < members)
        add_bucket(table);
}

void table_foresee(const struct table *table, uint32_t hash)
{
    __builtin_prefetch(bucket_of(table, hash), 1);
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
    /* Not at once, so that a table at the edge of a segment does not go to and fro. */
    if (table->count + TABLE_SMALL <= segment_start(table->segment_count - 1))
        drop_segment(table);
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
    return segment_start(table->segment_count) * sizeof(struct table_node *) +
           table->large_room * sizeof *table->large;
}

size_t table_growth(const struct table *table)
{
    size_t room = table->large_room > 0 ? table->large_room : LARGE_ROOM_MIN;

    return segment_bytes(table->segment_count) + room * sizeof *table->large;
}
