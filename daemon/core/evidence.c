/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence.c - the facts of one lookup: a small chained hash table, and a list of what is needed.
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
    struct evidence_item *next_needed;
    struct fact *fact;    /* NULL while it is not known */
    evidence_hosts hosts; /* that lack it */
    struct question question;
};

void evidence_init(struct evidence *evidence)
{
    memset(evidence, 0, sizeof *evidence);
    evidence->due = evidence->lacking = ~(evidence_hosts)0;
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

/* The item of a question in its bucket, or NULL. */
static struct evidence_item *find(
    struct evidence_item *item, const struct dname *name, uint16_t type)
{
    while (item && (item->question.type != type || !dname_equal(&item->question.name, name)))
        item = item->next;
    return item;
}

/* Gives the item of a question; *is_new_out says that it had to be made. */
static struct evidence_item *find_or_insert(
    struct evidence *evidence, const struct dname *name, uint16_t type, bool *is_new_out)
{
    struct evidence_item **bucket = &evidence->buckets[bucket_of(name, type)];
    struct evidence_item *item = find(*bucket, name, type);

    *is_new_out = !item;
    if (item)
        return item;
    item = alloc_zeroed(sizeof *item);
    item->question.name = *name;
    item->question.type = type;
    item->next = *bucket;
    *bucket = item;
    return item;
}

const struct fact *evidence_need(
    struct evidence *evidence, const struct dname *name, uint16_t type, evidence_hosts hosts)
{
    bool is_new;
    struct evidence_item *item = find_or_insert(evidence, name, type, &is_new);

    if (item->fact)
        return item->fact;
    item->hosts |= hosts;
    if (!is_new)
        return NULL;
    if (evidence->last_needed)
        evidence->last_needed->next_needed = item;
    else
        evidence->first_needed = item;
    evidence->last_needed = item;
    return NULL;
}

const struct fact *evidence_find(
    const struct evidence *evidence, const struct dname *name, uint16_t type)
{
    const struct evidence_item *item = find(evidence->buckets[bucket_of(name, type)], name, type);

    return item ? item->fact : NULL;
}

void evidence_each(const struct evidence *evidence,
    void (*visit)(void *arg, const struct question *question, const struct fact *fact), void *arg)
{
    for (size_t i = 0; i < EVIDENCE_BUCKETS; i++)
        for (const struct evidence_item *item = evidence->buckets[i]; item; item = item->next)
            if (item->fact)
                visit(arg, &item->question, item->fact);
}

const struct question *evidence_take_need(struct evidence *evidence)
{
    struct evidence_item *item = evidence->first_needed;

    if (!item)
        return NULL;
    evidence->first_needed = item->next_needed;
    if (!evidence->first_needed)
        evidence->last_needed = NULL;
    item->next_needed = NULL;
    return &item->question;
}

void evidence_add(struct evidence *evidence, const struct question *question, struct fact *fact)
{
    bool is_new;
    struct evidence_item *item = find_or_insert(evidence, &question->name, question->type, &is_new);

    free(item->fact);
    item->fact = fact;
    evidence->due |= item->hosts;
}

bool question_equal(const struct question *a, const struct question *b)
{
    return a->type == b->type && dname_equal(&a->name, &b->name);
}
