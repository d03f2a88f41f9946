/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - an intrusive hash table that grows and shrinks without a pause.
 *
 * The members are the caller's; each embeds a struct table_node. Linear hashing (Litwin, 1980): the
 * buckets lie in segments, and grow and shrink by one bucket at a time, so that no call does more
 * than a little, and there is never a second, larger array beside the first.
 */
#ifndef DANED_CORE_TABLE_H
#define DANED_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_node {
    struct table_node *next;
    uint32_t hash;
    uint32_t owner; /* the owner's; it stands here because it would be padding otherwise */
};

/* Buckets lie in small segments first, of 32 KiB, and behind those in large ones, of 2 MiB. */
#define TABLE_SMALL 4096
#define TABLE_SMALL_SEGMENTS 64
#define TABLE_LARGE (TABLE_SMALL * TABLE_SMALL_SEGMENTS)

struct table {
    struct table_node **small[TABLE_SMALL_SEGMENTS];
    struct table_node ***large;
    size_t segment_count; /* of both kinds */
    size_t large_room;    /* of the array of large ones */
    size_t count;         /* buckets in use */
    size_t member_count;
};

/* Tells whether a node whose hash fits is the one that is meant. */
typedef bool table_match(const struct table_node *node, const void *key);

/* Starts empty. */
void table_init(struct table *table);

/* Frees the buckets; the members are the caller's. */
void table_fini(struct table *table);

/*
 * As table_fini(), but a segment a call, for a large table that may be in use until then only to be
 * freed. Returns whether all is freed.
 */
bool table_fini_some(struct table *table);

/*
 * Gives an empty table the buckets for so many members, so that putting them in does not have to
 * move them again and again.
 */
void table_expect(struct table *table, size_t members);

/* Says that a hash will be looked for soon, so that its bucket is at hand by then. */
void table_foresee(const struct table *table, uint32_t hash);

/* Puts a node in under its hash. It must not be in already. */
void table_insert(struct table *table, struct table_node *node, uint32_t hash);

/* Gives the first node of this hash that matches key, or NULL. */
struct table_node *table_find(
    const struct table *table, uint32_t hash, table_match *match, const void *key);

/* Takes out a node, which must be in. */
void table_remove(struct table *table, struct table_node *node);

/* Puts a copy of a node, which must be in, in its place. */
void table_replace(struct table *table, const struct table_node *node, struct table_node *copy);

/* Gives any node, or NULL if there is none: for emptying the table. */
struct table_node *table_any(const struct table *table);

/* Octets that the buckets take. */
size_t table_bytes(const struct table *table);

/* Octets that they may take more when a few more buckets are needed. */
size_t table_growth(const struct table *table);

#endif
