/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turns.h - whose question goes to the resolver next, when it cannot take them all at once.
 *
 * Who asks (a lookup) is an asker. A question is owed to it from when it is sent until its answer
 * comes; for ever, if it comes to nothing. The more is owed to an asker, the fewer of the places it
 * may take: with nothing or one question owed it may take any, with more only one that leaves a
 * part of them free (turns.c has the table). Those who are owed least go first, and take turns
 * among themselves. So a destination with 64 silent hosts gets what nobody else needs, and never
 * what an honest one is waiting for.
 *
 * Keeps who waits and in which order; sends nothing itself. All memory is its callers'.
 *
 * Limits: TURNS_PLACES questions are sent, TURNS_WAITING_MAX wait, TURNS_EACH_MAX of one asker once
 * half as many do, each for TURNS_WAIT_MS. That end is noticed when a place becomes free or not at
 * all, which is enough: questions wait only while others are under way, and these end in time.
 */
#ifndef DANED_IO_TURNS_H
#define DANED_IO_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define TURNS_PLACES 1000
#define TURNS_WAITING_MAX 20000
#define TURNS_EACH_MAX 8
#define TURNS_WAIT_MS 10000

TAILQ_HEAD(turn_list, turn);
TAILQ_HEAD(turn_asker_list, turn_asker);

/* Who asks; embedded by a lookup, and there as long as any turn is its. */
struct turn_asker {
    struct turn_list waiting; /* its turns that wait, in their order */
    unsigned waiting_count;
    unsigned owed;
    TAILQ_ENTRY(turn_asker) link; /* in line, while any of its turns waits */
};

/* A question's place, or its wish for one; embedded by the question. */
struct turn {
    struct turn_asker *asker;
    bool waits;
    uint64_t until_ms; /* it waits no longer */
    TAILQ_ENTRY(turn) link;
    TAILQ_ENTRY(turn) age_link;
};

enum { TURNS_LINES = 4 };

struct turns {
    struct turn_asker_list lines[TURNS_LINES]; /* owed least first */
    struct turn_list by_age;                   /* all that wait, the oldest first */
    size_t waiting_count;
    size_t taken; /* places */
};

enum turn_answer {
    TURN_TAKEN,   /* the question is to be sent */
    TURN_WAITS,   /* turns_next() gives it some time */
    TURN_REFUSED, /* too many wait; nothing is kept of it */
};

void turns_init(struct turns *turns);
void turn_asker_init(struct turn_asker *asker);

/* Takes a place for a question of asker, or has it wait for one. */
enum turn_answer turns_take(
    struct turns *turns, struct turn *turn, struct turn_asker *asker, uint64_t now_ms);

/*
 * Somebody else asks the same question: if it waits, and the newcomer stands in a better line, it
 * is his from now on.
 */
void turns_join(struct turns *turns, struct turn *turn, struct turn_asker *asker);

/* A question that was sent is over, with an answer or without. Its asker may be gone afterwards. */
void turns_give_back(struct turns *turns, struct turn *turn, bool answered);

/*
 * Gives a turn that waits no longer: it has a place, or *too_late_out says that it has waited too
 * long and has none. NULL if all that wait have to go on waiting. To be asked again and again after
 * turns_give_back(), until it is NULL.
 */
struct turn *turns_next(struct turns *turns, uint64_t now_ms, bool *too_late_out);

#endif
