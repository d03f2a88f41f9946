/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * questions.h - DNS questions on their way: from a question to a fact.
 *
 * Looks into the cache, joins a question that is under way already, or asks the resolver and
 * follows CNAMEs until there is a fact (core/chase.h); keeps the fact for as long as it may be
 * kept. What fails is a fact too, a FACT_ERROR. When the resolver is busy, a question waits for its
 * turn (io/turns.h).
 *
 * Owns the questions under way; borrows the cache and the resolver. A question ends by the
 * resolver's time-out after it was sent, FACT_LINKS_MAX times over at the worst, and is sent
 * within TURNS_WAIT_MS or refused as overloaded.
 */
#ifndef DANED_IO_QUESTIONS_H
#define DANED_IO_QUESTIONS_H

#include "daemon/core/cache.h"
#include "daemon/core/evidence.h"
#include "daemon/io/resolver.h"
#include "daemon/io/turns.h"

/* How long facts are kept at most, in seconds, and whence the time comes. */
struct questions_options {
    uint32_t max_ttl_s;
    uint32_t negative_max_ttl_s;
    uint32_t error_ttl_s;
    uint64_t (*now_ms)(void); /* clock_now_ms(), or a test's */
    int64_t (*wall_s)(void);  /* clock_wall_s(), or a test's */
};

/* Called once with the fact, which is borrowed until the call returns. */
typedef void question_done_cb(void *arg, const struct question *question, const struct fact *fact);

struct questions;

/* Freed with questions_free(). cache and resolver must outlive it. */
struct questions *questions_new(
    struct cache *cache, struct resolver *resolver, const struct questions_options *options);

/* Frees all; no callback runs any more. The resolver must not call back any more. NULL is fine. */
void questions_free(struct questions *questions);

/* Takes other limits for what is learned from now on. */
void questions_set_options(struct questions *questions, const struct questions_options *options);

/* Gives a copy of the fact that the cache has for a question at now_ms, to be freed with free(); or
 * NULL. */
struct fact *questions_cached(
    struct questions *questions, const struct question *question, uint64_t now_ms);

/*
 * Asks for asker, which stays until the callback has run, or joins the same question under way. On
 * CAUSE_NONE the callback will run, once, never inside this call. Otherwise it never runs, and the
 * return value says why.
 */
enum dns_cause questions_ask(struct questions *questions, const struct question *question,
    struct turn_asker *asker, question_done_cb *callback, void *arg);

/* How many questions are under way, and how many of them wait for their turn to be sent. */
size_t questions_in_flight(const struct questions *questions);
size_t questions_waiting(const struct questions *questions);

#endif
