/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_table_scan.c - daemon/core/table: a walk over a table that changes between its steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/table.h"

struct member {
    struct table_node node; /* first: a node is its member */
    unsigned shown;
    bool in;
};

enum { MEMBERS = 40000 };

struct world {
    struct table table;
    struct member *members;
};

/* Spreads as a good hash does, and gives the same in each run. */
static uint32_t hash_of(size_t i)
{
    uint32_t hash = (uint32_t)i * 2654435761u;

    hash = (hash ^ hash >> 15) * 2246822519u;
    return hash ^ hash >> 13;
}

static void put(struct world *world, size_t i)
{
    table_insert(&world->table, &world->members[i].node, hash_of(i));
    world->members[i].in = true;
}

static void take_out(struct world *world, size_t i)
{
    table_remove(&world->table, &world->members[i].node);
    world->members[i].in = false;
}

static void note(void *arg, const struct table_node *node)
{
    (void)arg;
    ((struct member *)(uintptr_t)node)->shown++;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    table_init(&world->table);
    world->members = calloc(MEMBERS, sizeof *world->members);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    table_fini(&world->table);
    free(world->members);
    free(world);
    return 0;
}

static void a_table_at_rest_shows_each_member_once(void **state)
{
    struct world *world = *state;
    size_t cursor = 0;

    /* The numbers end a growth, stand in the middle of one, or just before one. */
    for (size_t count = 0; count < 3000; count++) {
        size_t steps = 0;
        for (size_t i = 0; i < count; i++)
            world->members[i].shown = 0;
        do {
            cursor = table_scan(&world->table, cursor, note, NULL);
            assert_true(++steps <= 4096);
        } while (cursor != 0);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(world->members[i].shown, 1);
        put(world, count);
        if (count > 200)
            count += 97;
        while (world->table.member_count <= count)
            put(world, world->table.member_count);
    }
}

static void an_empty_table_shows_nothing_and_ends(void **state)
{
    struct world *world = *state;
    size_t cursor = 0;
    size_t steps = 0;

    do {
        cursor = table_scan(&world->table, cursor, note, NULL);
        assert_true(++steps <= 64);
    } while (cursor != 0);
}

static void whatever_stays_is_shown_while_the_table_grows_many_times(void **state)
{
    struct world *world = *state;
    size_t stay = 500;
    size_t next = stay;
    size_t cursor = 0;

    for (size_t i = 0; i < stay; i++)
        put(world, i);
    do {
        cursor = table_scan(&world->table, cursor, note, NULL);
        for (int i = 0; i < 60 && next < MEMBERS; i++)
            put(world, next++);
    } while (cursor != 0);
    assert_true(world->table.count >= 16384);
    for (size_t i = 0; i < stay; i++)
        assert_true(world->members[i].shown >= 1);
}

/* Inserts and removes between the steps, in many mixtures; each begins at another size. */
static void whatever_stays_is_shown_between_inserts_and_removes(void **state)
{
    struct world *world = *state;
    uint32_t random = 1;
    size_t low = 0;

    for (unsigned round = 0; round < 30; round++) {
        size_t stay = low + 100 + 37 * round;
        size_t high = stay;
        size_t cursor = 0;
        for (size_t i = low; i < stay; i++)
            put(world, i);
        for (size_t i = 0; i < MEMBERS; i++)
            world->members[i].shown = 0;
        do {
            cursor = table_scan(&world->table, cursor, note, NULL);
            random = random * 1664525u + 1013904223u;
            for (unsigned i = 0; i < (random >> 24) % 12 && high < MEMBERS; i++)
                put(world, high++);
            for (size_t i = stay; i < high && (random >> 16 & 3) == 0; i += 1 + (random & 7))
                if (world->members[i].in)
                    take_out(world, i);
        } while (cursor != 0);
        for (size_t i = low; i < stay; i++)
            assert_true(world->members[i].shown >= 1);
        for (size_t i = low; i < high; i++)
            if (world->members[i].in)
                take_out(world, i);
        assert_int_equal(world->table.member_count, 0);
    }
}

static void what_was_removed_before_its_step_is_not_shown(void **state)
{
    struct world *world = *state;
    size_t cursor = 0;

    for (size_t i = 0; i < 1000; i++)
        put(world, i);
    for (size_t i = 0; i < 1000; i += 2)
        take_out(world, i);
    do
        cursor = table_scan(&world->table, cursor, note, NULL);
    while (cursor != 0);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(world->members[i].shown, i % 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(an_empty_table_shows_nothing_and_ends),
        TEST(a_table_at_rest_shows_each_member_once),
        TEST(whatever_stays_is_shown_while_the_table_grows_many_times),
        TEST(whatever_stays_is_shown_between_inserts_and_removes),
        TEST(what_was_removed_before_its_step_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
