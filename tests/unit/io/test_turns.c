/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_turns.c - the places at the resolver, and who gets them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/io/turns.h"

enum { HOSTILE = 128, HONEST = 2 };

/* A lookup with its questions. */
struct party {
    struct turn_asker asker;
    struct turn turns[HOSTILE];
    size_t asked;
    size_t sent;
    size_t refused;
};

static void ask(struct turns *turns, struct party *party, size_t count, uint64_t now_ms)
{
    if (party->asked == 0)
        turn_asker_init(&party->asker);
    for (size_t i = 0; i < count; i++) {
        struct turn *turn = &party->turns[party->asked];
        switch (turns_take(turns, turn, &party->asker, now_ms)) {
        case TURN_TAKEN:
            party->sent++;
            party->asked++;
            break;
        case TURN_WAITS:
            party->asked++;
            break;
        case TURN_REFUSED:
            party->refused++;
            break;
        }
    }
}

static struct party *party_of(struct turn *turn)
{
    return (struct party *)(void *)turn->asker;
}

/* Sends all that may be sent. Returns how many were given up as too late. */
static size_t go_on(struct turns *turns, uint64_t now_ms)
{
    struct turn *turn;
    size_t given_up = 0;
    bool too_late;

    while ((turn = turns_next(turns, now_ms, &too_late)) != NULL) {
        given_up += too_late;
        party_of(turn)->sent += !too_late;
    }
    return given_up;
}

static struct party *new_parties(size_t count)
{
    struct party *parties = calloc(count, sizeof *parties);

    assert_non_null(parties);
    return parties;
}

static void one_that_asks_much_gets_all_at_once_where_nobody_else_asks(void **state)
{
    struct turns turns;
    struct party *party = new_parties(1);

    (void)state;
    turns_init(&turns);
    ask(&turns, party, HOSTILE, 0);
    assert_int_equal(party->sent, HOSTILE);
    free(party);
}

static void the_silent_take_half_and_the_honest_get_through(void **state)
{
    enum { FLOOD = 100 };
    struct turns turns;
    struct party *silent = new_parties(FLOOD);
    struct party *honest = new_parties(FLOOD);

    (void)state;
    turns_init(&turns);
    for (size_t i = 0; i < 4; i++)
        ask(&turns, &silent[i], HOSTILE, 0);
    assert_int_equal(turns.taken, TURNS_PLACES / 2);
    /* Each that comes later still gets a few, but never the last places. */
    for (size_t i = 4; i < FLOOD; i++) {
        ask(&turns, &silent[i], HOSTILE, 0);
        ask(&turns, &honest[i], HONEST, 0);
        assert_int_equal(honest[i].sent, HONEST);
        turns_give_back(&turns, &honest[i].turns[0], true);
        turns_give_back(&turns, &honest[i].turns[1], true);
        go_on(&turns, 0);
    }
    assert_true(turns.taken < TURNS_PLACES);
    assert_in_range(turns.waiting_count, TURNS_WAITING_MAX / 2, TURNS_WAITING_MAX);
    free(silent);
    free(honest);
}

static void who_is_owed_least_goes_first_and_equals_take_turns(void **state)
{
    struct turns turns;
    struct party *parties = new_parties(3);
    struct party *first = &parties[0], *second = &parties[1], *much = &parties[2];

    (void)state;
    turns_init(&turns);
    turns.taken = TURNS_PLACES; /* by others */
    ask(&turns, much, 20, 0);
    ask(&turns, first, 3, 0);
    ask(&turns, second, 3, 0);
    assert_int_equal(first->sent + second->sent + much->sent, 0);
    /* One place at a time. */
    struct party *order[6];
    for (size_t i = 0; i < 6; i++) {
        bool too_late;
        turns.taken--;
        struct turn *turn = turns_next(&turns, 0, &too_late);
        assert_non_null(turn);
        order[i] = party_of(turn);
        assert_null(turns_next(&turns, 0, &too_late));
    }
    /* Two for each, in turns: with two owed they stand behind, and the places are not free. */
    assert_ptr_equal(order[0], much);
    assert_ptr_equal(order[1], first);
    assert_ptr_equal(order[2], second);
    assert_ptr_equal(order[3], much);
    assert_ptr_equal(order[4], first);
    assert_ptr_equal(order[5], second);
    free(parties);
}

static void an_answer_pays_what_is_owed_and_silence_never_does(void **state)
{
    struct turns turns;
    struct party *parties = new_parties(2);

    (void)state;
    turns_init(&turns);
    ask(&turns, &parties[0], 10, 0);
    ask(&turns, &parties[1], 10, 0);
    for (size_t i = 0; i < 10; i++) {
        turns_give_back(&turns, &parties[0].turns[i], true);
        turns_give_back(&turns, &parties[1].turns[i], false);
    }
    assert_int_equal(turns.taken, 0);
    assert_int_equal(parties[0].asker.owed, 0);
    assert_int_equal(parties[1].asker.owed, 10);
    free(parties);
}

static void nobody_waits_for_ever(void **state)
{
    struct turns turns;
    struct party *parties = new_parties(5);

    (void)state;
    turns_init(&turns);
    for (size_t i = 0; i < 5; i++)
        ask(&turns, &parties[i], HOSTILE, i);
    size_t waiting = turns.waiting_count;
    assert_int_not_equal(waiting, 0);
    assert_int_equal(go_on(&turns, TURNS_WAIT_MS - 1), 0);
    /* The fourth is the first of which some wait. */
    size_t of_fourth = parties[3].asker.waiting_count;
    assert_int_equal(go_on(&turns, TURNS_WAIT_MS + 3), of_fourth);
    assert_int_equal(go_on(&turns, TURNS_WAIT_MS + 4), waiting - of_fourth);
    assert_int_equal(turns.waiting_count, 0);
    /* It is nobody's debt that the resolver was busy. */
    assert_int_equal(parties[4].asker.owed, parties[4].sent);
    free(parties);
}

static void what_waits_is_bounded_and_the_modest_still_get_in(void **state)
{
    enum { FLOOD = 3000 };
    struct turns turns;
    struct party *silent = new_parties(FLOOD);
    struct party *honest = new_parties(1);
    size_t i = 0;

    (void)state;
    turns_init(&turns);
    while (turns.waiting_count < TURNS_WAITING_MAX / 2)
        ask(&turns, &silent[i++], HOSTILE, 0);
    assert_true(i < FLOOD);
    ask(&turns, &silent[i], HOSTILE, 0);
    assert_int_equal(silent[i].asker.waiting_count, TURNS_EACH_MAX);
    assert_int_equal(silent[i].refused, HOSTILE - silent[i].sent - TURNS_EACH_MAX);
    ask(&turns, honest, HONEST, 0);
    assert_int_equal(honest->refused, 0);
    while (++i < FLOOD)
        ask(&turns, &silent[i], HOSTILE, 0);
    assert_int_equal(turns.waiting_count, TURNS_WAITING_MAX);
    ask(&turns, honest, 1, 0);
    assert_int_equal(honest->refused, 1);
    free(silent);
    free(honest);
}

static void a_question_goes_by_the_best_of_those_who_ask_it(void **state)
{
    struct turns turns;
    struct party *silent = new_parties(10);
    struct party *honest = new_parties(1);
    struct turn *shared = NULL;

    (void)state;
    turns_init(&turns);
    for (size_t i = 0; i < 10; i++)
        ask(&turns, &silent[i], HOSTILE, 0);
    shared = &silent[9].turns[HOSTILE - 1];
    assert_true(shared->waits);
    turn_asker_init(&honest->asker);
    turns_join(&turns, shared, &honest->asker);
    assert_int_equal(honest->asker.waiting_count, 1);
    go_on(&turns, 0);
    assert_false(shared->waits);
    assert_int_equal(honest->sent, 1);
    assert_int_equal(honest->asker.owed, 1);
    /* It has its place: who comes now changes nothing. */
    turns_join(&turns, shared, &silent[0].asker);
    assert_ptr_equal(shared->asker, &honest->asker);
    turns_give_back(&turns, shared, true);
    assert_int_equal(honest->asker.owed, 0);
    free(silent);
    free(honest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_asks_much_gets_all_at_once_where_nobody_else_asks),
        cmocka_unit_test(the_silent_take_half_and_the_honest_get_through),
        cmocka_unit_test(who_is_owed_least_goes_first_and_equals_take_turns),
        cmocka_unit_test(an_answer_pays_what_is_owed_and_silence_never_does),
        cmocka_unit_test(nobody_waits_for_ever),
        cmocka_unit_test(what_waits_is_bounded_and_the_modest_still_get_in),
        cmocka_unit_test(a_question_goes_by_the_best_of_those_who_ask_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
