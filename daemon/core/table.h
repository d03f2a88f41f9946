/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - an intrusive hash table that grows without a pause.
 *
 * The members are the caller's; each embeds a struct table_node. While the table grows, every
 * insertion moves a few buckets of the old array to the new one, so that no call does more than a
 * little.
 */
#ifndef DANED_CORE_TABLE_H
#define DANED_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_node {
    struct table_node *next;
    uint32_t hash;
};

struct table_array {
    struct table_node **buckets;
    size_t count; /* a power of two, or 0 */
};

struct table {
    struct table_array now;
    struct table_array old; /* being emptied into now, from bucket moved on */
    size_t moved;
    size_t member_count;
};

/* Tells whether a node whose hash fits is the one that is meant. */
typedef bool table_match(const struct table_node *node, const void *key);

/* Starts empty. */
void table_init(struct table *table);

/* Frees the arrays; the members are the caller's. */
void table_fini(struct table *table);

/* Puts a node in under its hash. It must not be in already. */
void table_insert(struct table *table, struct table_node *node, uint32_t hash);

/* Gives the first node of this hash that matches key, or NULL. */
struct table_node *table_find(
    const struct table *table, uint32_t hash, table_match *match, const void *key);

/* Takes out a node, which must be in. */
void table_remove(struct table *table, struct table_node *node);

/* Shown each node by table_scan(); must not change the table. */
typedef void table_visit(void *arg, const struct table_node *node);

/*
 * Walks the table in steps, between which it may change: shows the nodes of one bucket (and of
 * those it is growing into) to visit, and returns the cursor for the next step. Starts at 0; is
 * over when 0 comes back. A node that is in from the first step to the last is shown at least once;
 * it may be shown twice if the table grows meanwhile. Steps are as many as the smaller array has
 * buckets.
 */
size_t table_scan(const struct table *table, size_t cursor, table_visit *visit, void *arg);

/* Gives any node, or NULL if there is none: for emptying the table. */
struct table_node *table_any(const struct table *table);

/* Octets that the arrays take. */
size_t table_bytes(const struct table *table);

#endif
