/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.c - an intrusive hash table that grows without a pause.
 */
#include "daemon/core/table.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum { COUNT_MIN = 64, MOVES_PER_INSERT = 4 };

void table_init(struct table *table)
{
    memset(table, 0, sizeof *table);
    table->now.count = COUNT_MIN;
    table->now.buckets = alloc_zeroed(COUNT_MIN * sizeof *table->now.buckets);
}

void table_fini(struct table *table)
{
    free(table->now.buckets);
    free(table->old.buckets);
    memset(table, 0, sizeof *table);
}

static struct table_node **bucket_of(const struct table_array *array, uint32_t hash)
{
    return &array->buckets[hash & (array->count - 1)];
}

static void push(struct table_node **bucket, struct table_node *node)
{
    node->next = *bucket;
    *bucket = node;
}

/* Empties a few buckets of the old array, and frees it behind the last. */
static void move_some(struct table *table)
{
    for (int i = 0; i < MOVES_PER_INSERT && table->old.count > 0; i++) {
        struct table_node *node = table->old.buckets[table->moved];
        while (node) {
            struct table_node *next = node->next;
            push(bucket_of(&table->now, node->hash), node);
            node = next;
        }
        table->old.buckets[table->moved++] = NULL;
        if (table->moved == table->old.count) {
            free(table->old.buckets);
            table->old = (struct table_array){NULL, 0};
        }
    }
}

void table_insert(struct table *table, struct table_node *node, uint32_t hash)
{
    move_some(table);
    if (table->member_count >= table->now.count && table->old.count == 0) {
        table->old = table->now;
        table->moved = 0;
        table->now.count *= 2;
        table->now.buckets = alloc_zeroed(table->now.count * sizeof *table->now.buckets);
    }
    node->hash = hash;
    push(bucket_of(&table->now, hash), node);
    table->member_count++;
}

static struct table_node *find_in(
    const struct table_array *array, uint32_t hash, table_match *match, const void *key)
{
    struct table_node *node = *bucket_of(array, hash);

    while (node && !(node->hash == hash && match(node, key)))
        node = node->next;
    return node;
}

struct table_node *table_find(
    const struct table *table, uint32_t hash, table_match *match, const void *key)
{
    struct table_node *node = find_in(&table->now, hash, match, key);

    if (!node && table->old.count > 0)
        node = find_in(&table->old, hash, match, key);
    return node;
}

static bool remove_from(const struct table_array *array, struct table_node *node)
{
    struct table_node **at = bucket_of(array, node->hash);

    while (*at && *at != node)
        at = &(*at)->next;
    if (!*at)
        return false;
    *at = node->next;
    return true;
}

void table_remove(struct table *table, struct table_node *node)
{
    if (!remove_from(&table->now, node) && table->old.count > 0)
        remove_from(&table->old, node);
    table->member_count--;
}

/* The bits of value in the opposite order. */
static size_t reverse(size_t value)
{
    size_t result = 0;

    for (size_t i = 0; i < sizeof value * 8; i++) {
        result = result << 1 | (value & 1);
        value >>= 1;
    }
    return result;
}

/*
 * Counts the cursor on from its highest bit under mask down. A bucket of the smaller array is split
 * among those of the larger whose index ends in the same bits; counted in this order, they follow
 * each other, so that a cursor is good for both arrays and stays good when the table grows.
 */
static size_t next_cursor(size_t cursor, size_t mask)
{
    return reverse(reverse(cursor | ~mask) + 1);
}

static void visit_bucket(
    const struct table_array *array, size_t index, table_visit *visit, void *arg)
{
    for (const struct table_node *node = array->buckets[index]; node; node = node->next)
        visit(arg, node);
}

size_t table_scan(const struct table *table, size_t cursor, table_visit *visit, void *arg)
{
    size_t now_mask = table->now.count - 1;
    size_t step_mask = table->old.count > 0 ? table->old.count - 1 : now_mask;

    if (table->old.count > 0)
        visit_bucket(&table->old, cursor & step_mask, visit, arg);
    /* All of the larger array's buckets that the smaller one's is emptied into. */
    do {
        visit_bucket(&table->now, cursor & now_mask, visit, arg);
        cursor = next_cursor(cursor, now_mask);
    } while ((cursor & (now_mask ^ step_mask)) != 0);
    return cursor;
}

static struct table_node *any_in(const struct table_array *array, size_t from)
{
    for (size_t i = from; i < array->count; i++)
        if (array->buckets[i])
            return array->buckets[i];
    return NULL;
}

struct table_node *table_any(const struct table *table)
{
    struct table_node *node = table->old.count > 0 ? any_in(&table->old, table->moved) : NULL;

    return node ? node : any_in(&table->now, 0);
}

size_t table_bytes(const struct table *table)
{
    return (table->now.count + table->old.count) * sizeof *table->now.buckets;
}
