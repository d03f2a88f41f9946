/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.c - the facts of one lookup: a small chained hash table.
 *
 * The hash is not keyed: the number of items is bounded by the policy, so that colliding names
 * cost a few hundred comparisons and no more.
 */
#include "daemon/core/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

struct evidence_item {
    struct evidence_item *next;
    struct fact *fact; /* NULL while the answer is awaited */
    struct question question;
};

void evidence_init(struct evidence *evidence)
{
    memset(evidence, 0, sizeof *evidence);
}

void evidence_fini(struct evidence *evidence)
{
    for (size_t i = 0; i < EVIDENCE_BUCKETS; i++) {
        while (evidence->buckets[i]) {
            struct evidence_item *item = evidence->buckets[i];
            evidence->buckets[i] = item->next;
            free(item->fact);
            free(item);
        }
    }
}

static size_t bucket_of(const struct dname *name, uint16_t type)
{
    uint32_t hash = 2166136261u ^ type; /* FNV-1a */

    for (size_t i = 0; i < name->len; i++)
        hash = (hash ^ name->wire[i]) * 16777619u;
    return hash % EVIDENCE_BUCKETS;
}

static struct evidence_item *find(
    const struct evidence *evidence, const struct dname *name, uint16_t type)
{
    struct evidence_item *item = evidence->buckets[bucket_of(name, type)];

    while (item && (item->question.type != type || !dname_equal(&item->question.name, name)))
        item = item->next;
    return item;
}

static struct evidence_item *find_or_insert(
    struct evidence *evidence, const struct question *question)
{
    struct evidence_item *item = find(evidence, &question->name, question->type);

    if (item)
        return item;
    size_t bucket = bucket_of(&question->name, question->type);
    item = alloc_zeroed(sizeof *item);
    item->question = *question;
    item->next = evidence->buckets[bucket];
    evidence->buckets[bucket] = item;
    return item;
}

void evidence_mark_pending(struct evidence *evidence, const struct question *question)
{
    find_or_insert(evidence, question);
}

void evidence_add(struct evidence *evidence, const struct question *question, struct fact *fact)
{
    struct evidence_item *item = find_or_insert(evidence, question);

    free(item->fact);
    item->fact = fact;
}

enum evidence_state evidence_get(const struct evidence *evidence, const struct dname *name,
    uint16_t type, const struct fact **fact_out)
{
    const struct evidence_item *item = find(evidence, name, type);

    *fact_out = item ? item->fact : NULL;
    if (!item)
        return EVIDENCE_UNASKED;
    return item->fact ? EVIDENCE_KNOWN : EVIDENCE_PENDING;
}

bool question_equal(const struct question *a, const struct question *b)
{
    return a->type == b->type && dname_equal(&a->name, &b->name);
}
