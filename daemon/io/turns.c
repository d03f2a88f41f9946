/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turns.c - whose question goes to the resolver next.
 *
 * Each asker with a waiting turn stands in the line that what it is owed puts it in, and moves to
 * the end of another one, or of the same, whenever that changes.
 */
#include "daemon/io/turns.h"

#include <limits.h>

/*
 * Who is owed up to so many questions may take a place while fewer than so many are taken. An
 * honest destination asks for two addresses, or for those of two or four hosts, and has its answers
 * back at once: it stands in the first lines.
 */
static const struct {
    unsigned owed_max;
    size_t places;
} rules[TURNS_LINES] = {
    {1, TURNS_PLACES},
    {3, TURNS_PLACES * 7 / 8},
    {7, TURNS_PLACES * 3 / 4},
    {UINT_MAX, TURNS_PLACES / 2},
};

void turns_init(struct turns *turns)
{
    for (size_t i = 0; i < TURNS_LINES; i++)
        TAILQ_INIT(&turns->lines[i]);
    TAILQ_INIT(&turns->by_age);
    turns->waiting_count = 0;
    turns->taken = 0;
}

void turn_asker_init(struct turn_asker *asker)
{
    TAILQ_INIT(&asker->waiting);
    asker->waiting_count = 0;
    asker->owed = 0;
}

static size_t line_of(const struct turn_asker *asker)
{
    size_t line = 0;

    while (asker->owed > rules[line].owed_max)
        line++;
    return line;
}

static void enter_line(struct turns *turns, struct turn_asker *asker)
{
    TAILQ_INSERT_TAIL(&turns->lines[line_of(asker)], asker, link);
}

static void leave_line(struct turns *turns, struct turn_asker *asker)
{
    TAILQ_REMOVE(&turns->lines[line_of(asker)], asker, link);
}

/* Changes what is owed, and with it the place in the lines. */
static void owe(struct turns *turns, struct turn_asker *asker, int change)
{
    if (asker->waiting_count > 0)
        leave_line(turns, asker);
    asker->owed += (unsigned)change;
    if (asker->waiting_count > 0)
        enter_line(turns, asker);
}

static void begin_waiting(struct turns *turns, struct turn *turn, struct turn_asker *asker)
{
    turn->asker = asker;
    TAILQ_INSERT_TAIL(&asker->waiting, turn, link);
    if (asker->waiting_count++ == 0)
        enter_line(turns, asker);
}

static void end_waiting(struct turns *turns, struct turn *turn)
{
    struct turn_asker *asker = turn->asker;

    TAILQ_REMOVE(&asker->waiting, turn, link);
    if (asker->waiting_count == 1)
        leave_line(turns, asker);
    asker->waiting_count--;
}

/* Takes a waiting turn out of everything. */
static void stop_waiting(struct turns *turns, struct turn *turn)
{
    end_waiting(turns, turn);
    TAILQ_REMOVE(&turns->by_age, turn, age_link);
    turns->waiting_count--;
    turn->waits = false;
}

static void give_place(struct turns *turns, struct turn *turn, struct turn_asker *asker)
{
    turn->asker = asker;
    turns->taken++;
    owe(turns, asker, 1);
}

/* Whether an asker may take a place now. */
static bool is_free_for(const struct turns *turns, const struct turn_asker *asker)
{
    return turns->taken < rules[line_of(asker)].places;
}

enum turn_answer turns_take(
    struct turns *turns, struct turn *turn, struct turn_asker *asker, uint64_t now_ms)
{
    if (asker->waiting_count == 0 && is_free_for(turns, asker)) {
        turn->waits = false;
        give_place(turns, turn, asker);
        return TURN_TAKEN;
    }
    if (turns->waiting_count >= TURNS_WAITING_MAX ||
        (turns->waiting_count >= TURNS_WAITING_MAX / 2 && asker->waiting_count >= TURNS_EACH_MAX))
        return TURN_REFUSED;
    turn->waits = true;
    turn->until_ms = now_ms + TURNS_WAIT_MS;
    begin_waiting(turns, turn, asker);
    TAILQ_INSERT_TAIL(&turns->by_age, turn, age_link);
    turns->waiting_count++;
    return TURN_WAITS;
}

void turns_join(struct turns *turns, struct turn *turn, struct turn_asker *asker)
{
    if (!turn->waits || line_of(asker) >= line_of(turn->asker))
        return;
    end_waiting(turns, turn);
    begin_waiting(turns, turn, asker);
}

void turns_give_back(struct turns *turns, struct turn *turn, bool answered)
{
    turns->taken--;
    if (answered)
        owe(turns, turn->asker, -1);
}

struct turn *turns_next(struct turns *turns, uint64_t now_ms, bool *too_late_out)
{
    struct turn *oldest = TAILQ_FIRST(&turns->by_age);

    *too_late_out = oldest && oldest->until_ms <= now_ms;
    if (*too_late_out) {
        stop_waiting(turns, oldest);
        return oldest;
    }
    for (size_t line = 0; line < TURNS_LINES && turns->taken < rules[line].places; line++) {
        struct turn_asker *asker = TAILQ_FIRST(&turns->lines[line]);
        if (!asker)
            continue;
        struct turn *turn = TAILQ_FIRST(&asker->waiting);
        stop_waiting(turns, turn);
        give_place(turns, turn, asker);
        return turn;
    }
    return NULL;
}
