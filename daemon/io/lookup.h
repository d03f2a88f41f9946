/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup.h - from a destination to its verdict: drives the policy over the questions.
 *
 * A lookup runs to its end whether somebody still waits for it or not, so that its answer is there
 * for the next who asks. Identical destinations under way are joined. Overrides of the operator are
 * applied here, before the cache and DNS.
 */
#ifndef DANED_IO_LOOKUP_H
#define DANED_IO_LOOKUP_H

#include "daemon/core/answer.h"
#include "daemon/core/overrides.h"
#include "daemon/core/policy.h"
#include "daemon/io/questions.h"

/* Lookups under way beyond this number are refused as overloaded. */
#define LOOKUPS_MAX 20000

struct lookups;
struct lookup;

/* Told of each decision that was made from facts; for the log. */
typedef void lookup_decided_cb(void *arg, const struct destination *destination,
    const struct answer *answer, uint32_t ttl_s, uint64_t took_ms, bool asked_dns);

/* Told that an override has decided; for the log. */
typedef void lookup_overridden_cb(
    void *arg, const struct destination *destination, const struct override_match *match);

/* Told that a destination's level is weaker than it was before; for the log and the metrics. */
typedef void lookup_downgraded_cb(
    void *arg, const struct destination *destination, enum level was, const struct answer *answer);

struct lookup_options {
    struct policy_options policy;
    struct questions_options questions;
    const struct overrides *overrides;   /* borrowed; NULL: none */
    lookup_decided_cb *on_decided;       /* or NULL */
    lookup_overridden_cb *on_overridden; /* or NULL */
    lookup_downgraded_cb *on_downgraded; /* or NULL */
    void *arg;
};

/* Embedded by who waits. Zeroed means: waiting for nothing. */
struct lookup_waiter {
    struct lookup_waiter *next;
    struct lookup_waiter *previous;
    struct lookup *lookup; /* NULL: waiting for nothing */
    /* Called once; verdict is borrowed until it returns. The waiter may be freed inside. */
    void (*callback)(struct lookup_waiter *waiter, const struct verdict *verdict);
};

enum lookup_status {
    LOOKUP_READY,   /* the output is written, the callback never runs */
    LOOKUP_PENDING, /* the callback will run, once, never inside the call */
};

/* Freed with lookups_free(). cache and resolver must outlive it. */
struct lookups *lookups_new(
    struct cache *cache, struct resolver *resolver, const struct lookup_options *options);

/* Frees all; no callback runs any more. The resolver must not call back any more. NULL is fine. */
void lookups_free(struct lookups *lookups);

/*
 * Takes other options and overrides. Levels that were decided before are forgotten, facts stay.
 * Lookups under way end under the new options.
 */
void lookups_set_options(struct lookups *lookups, const struct lookup_options *options);

/*
 * Whether the operator's overrides decide the level; then *answer_out has it. "auto" does not
 * decide.
 */
bool lookups_overridden(
    struct lookups *lookups, const struct destination *destination, struct answer *answer_out);

/* Finds the override for a destination, "auto" included, without a word to on_overridden. */
bool lookups_find_override(const struct lookups *lookups, const struct destination *destination,
    struct override_match *match_out);

/* The answer that an override decides on. Not for "auto", which decides nothing. */
struct answer lookups_override_answer(const struct override *override);

/* Whether the cache has the level of a destination; then *answer_out has it. */
bool lookups_cached(struct lookups *lookups, const struct destination *destination, uint64_t now_ms,
    struct answer *answer_out);

/*
 * Gives the answer that is known without DNS: an override, an address literal, or what the cache
 * has. Returns false if it takes a lookup. Allocates nothing and makes no system call.
 */
bool lookups_known(struct lookups *lookups, const struct destination *destination, uint64_t now_ms,
    struct answer *answer_out);

/*
 * Decides from the facts: those in the cache, and those that DNS gives. Overrides are not looked
 * at. On LOOKUP_READY *verdict_out is borrowed until the next call of this module.
 */
enum lookup_status lookups_decide(struct lookups *lookups, const struct destination *destination,
    uint64_t now_ms, struct lookup_waiter *waiter, const struct verdict **verdict_out);

/*
 * As lookups_decide(), and asks for each CNAME record of a chain that is not secure: then
 * alias_links() can say of the verdict's evidence which of them is to blame.
 */
enum lookup_status lookups_decide_fully(struct lookups *lookups,
    const struct destination *destination, uint64_t now_ms, struct lookup_waiter *waiter,
    const struct verdict **verdict_out);

/* Reads a level as cache_walk_step() shows it, of CACHE_DOMAIN or CACHE_HOST. */
struct answer lookups_read_level(const struct cache_item *item);

/*
 * As lookups_decide(), but asks DNS for the MX records even if the cache has them: they may have
 * changed. What the cache has is only replaced by an answer, never by a failure.
 */
enum lookup_status lookups_decide_anew(struct lookups *lookups,
    const struct destination *destination, uint64_t now_ms, struct lookup_waiter *waiter,
    const struct verdict **verdict_out);

/*
 * Decides once more, for nobody in particular, and asks DNS for those facts that the cache has but
 * that expire by until_ms. What is learned, and the level, take the place of what the cache has; a
 * failure does not. Nothing is done for a destination that an override decides, or that is being
 * refreshed. Returns whether DNS was asked.
 */
bool lookups_refresh(struct lookups *lookups, const struct destination *destination,
    uint64_t until_ms, uint64_t now_ms);

/* Ends a waiter's waiting, so that its callback does not run. The lookup goes on. */
void lookups_forget(struct lookup_waiter *waiter);

/* How many lookups, and DNS questions, are under way, and how many of these are not sent yet. */
size_t lookups_in_flight(const struct lookups *lookups);
size_t lookups_questions_in_flight(const struct lookups *lookups);
size_t lookups_questions_waiting(const struct lookups *lookups);

#endif
