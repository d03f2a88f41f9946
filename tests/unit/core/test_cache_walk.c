/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache_walk.c - walks over a cache that changes between their steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/cache.h"
#include "tests/unit/core/numbered.h"

enum { MEBI = 1 << 20, NUMBERS = 60000, LATER_MS = 1000000 };

static const struct siphash_key key = {{1, 2}};

struct world {
    struct cache *cache;
    unsigned shown[NUMBERS];
    uint32_t random;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->cache = cache_new(4 * MEBI, &key);
    world->random = 1;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    cache_free(world->cache);
    free(world);
    return 0;
}

static uint32_t dice(struct world *world, uint32_t sides)
{
    world->random = world->random * 1664525u + 1013904223u;
    return (world->random >> 8) % sides;
}

static void put_kind(
    struct world *world, enum cache_kind kind, unsigned number, uint64_t expires_ms)
{
    struct dname name = numbered(number);
    uint8_t value[80] = {0};

    memcpy(value, &number, sizeof number);
    cache_put(world->cache, kind, 25, &name, value, 8 + dice(world, 60), expires_ms, 0);
}

static void put(struct world *world, unsigned number)
{
    put_kind(world, CACHE_FACT, number, LATER_MS);
}

static bool has(struct world *world, unsigned number)
{
    struct dname name = numbered(number);
    struct cache_value value;

    return cache_get(world->cache, CACHE_FACT, 25, &name, 0, &value);
}

static void note(void *arg, const struct cache_item *item)
{
    struct world *world = arg;
    unsigned number;

    memcpy(&number, item->value, sizeof number);
    struct dname name = numbered(number);
    assert_true(dname_equal(&item->name, &name));
    world->shown[number]++;
}

static bool step(struct world *world, struct cache_walk *walk, size_t budget)
{
    return cache_walk_step(walk, 0, false, budget, note, world);
}

static void a_cache_at_rest_shows_each_entry_once(void **state)
{
    static const unsigned counts[] = {0, 1, 100, 5000};
    struct world *world = *state;
    unsigned next = 0;

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        while (next < counts[i])
            put(world, next++);
        memset(world->shown, 0, sizeof world->shown);
        struct cache_walk walk = {.cache = NULL};
        unsigned steps = 0;
        cache_walk_start(&walk, world->cache);
        while (step(world, &walk, 7))
            steps++;
        assert_true(steps <= counts[i] / 7 + 1);
        for (unsigned n = 0; n < next; n++)
            assert_int_equal(world->shown[n], 1);
        /* It is over, and stays so. */
        assert_false(step(world, &walk, 7));
        cache_walk_stop(&walk);
    }
}

/* Whatever is in all the while is shown, however entries are put, moved, dropped and swept. */
static void walk_while_it_changes(struct world *world, unsigned stay, unsigned more)
{
    struct cache_sweep sweep = {.now_ms = 0, .budget = 50};
    struct cache_walk walk = {.cache = NULL};
    unsigned next = stay;

    for (unsigned i = 0; i < stay; i++) {
        put(world, i);
        has(world, i);
    }
    cache_walk_start(&walk, world->cache);
    while (step(world, &walk, 1 + dice(world, 30))) {
        for (unsigned i = 0; i < dice(world, more) && next < NUMBERS; i++)
            put(world, next++);
        /* Replaced in another size, over and over, so that much is dead, and moves. */
        for (unsigned i = 0; i < 10 && next > stay; i++)
            put(world, stay + dice(world, next - stay));
        for (unsigned i = 0; i < 5; i++)
            has(world, dice(world, stay));
        cache_sweep(world->cache, &sweep);
    }
    unsigned left = 0;
    for (unsigned i = 0; i < stay; i++) {
        assert_true(world->shown[i] >= 1 || !has(world, i));
        left += has(world, i);
    }
    assert_true(left > stay / 2);
}

static void whatever_stays_is_shown_while_all_else_changes(void **state)
{
    walk_while_it_changes(*state, 3000, 20);
}

static void whatever_stays_is_shown_while_room_is_short(void **state)
{
    struct world *world = *state;
    struct cache_counts counts;

    walk_while_it_changes(world, 15000, 200);
    cache_count(world->cache, &counts);
    assert_true(counts.evictions > 1000);
}

static void what_was_dropped_before_it_was_reached_is_not_shown(void **state)
{
    struct world *world = *state;
    struct cache_walk walk = {.cache = NULL};

    for (unsigned i = 0; i < 1000; i++)
        put(world, i);
    cache_walk_start(&walk, world->cache);
    for (unsigned i = 0; i < 1000; i += 2) {
        struct dname name = numbered(i);
        assert_true(cache_remove(world->cache, CACHE_FACT, 25, &name));
    }
    while (step(world, &walk, 10))
        ;
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(world->shown[i], i % 2);
}

static void walks_do_not_meet_and_may_be_stopped(void **state)
{
    struct world *world = *state;
    struct cache_walk walks[4];

    for (unsigned i = 0; i < 1000; i++)
        put(world, i);
    for (unsigned i = 0; i < 4; i++) {
        cache_walk_start(&walks[i], world->cache);
        assert_true(step(world, &walks[i], 100 * (i + 1)));
    }
    cache_walk_stop(&walks[1]);
    cache_walk_stop(&walks[3]);
    cache_walk_stop(&walks[3]);
    while (step(world, &walks[0], 100))
        ;
    while (step(world, &walks[2], 100))
        ;
    assert_int_equal(world->shown[0], 4);
    assert_int_equal(world->shown[399], 3);
    assert_int_equal(world->shown[400], 2);
    assert_int_equal(world->shown[999], 2);
}

static void clearing_ends_a_walk(void **state)
{
    struct world *world = *state;
    struct cache_walk walk = {.cache = NULL};

    for (unsigned i = 0; i < 1000; i++)
        put(world, i);
    cache_walk_start(&walk, world->cache);
    assert_true(step(world, &walk, 500));
    cache_clear(world->cache);
    put(world, 1000);
    assert_false(step(world, &walk, 100));
    assert_int_equal(world->shown[1000], 0);
}

static void levels_past_their_time_are_shown_on_request(void **state)
{
    struct world *world = *state;
    struct cache_walk walk = {.cache = NULL};

    put_kind(world, CACHE_DOMAIN, 1, 1000);
    put_kind(world, CACHE_FACT, 2, 1000);
    put_kind(world, CACHE_HOST, 3, 3000);
    cache_walk_start(&walk, world->cache);
    assert_false(cache_walk_step(&walk, 1000, false, 10, note, world));
    assert_int_equal(world->shown[1], 0);
    assert_int_equal(world->shown[2], 0);
    assert_int_equal(world->shown[3], 1);
    cache_walk_start(&walk, world->cache);
    assert_false(cache_walk_step(&walk, 1000, true, 10, note, world));
    assert_int_equal(world->shown[1], 1);
    assert_int_equal(world->shown[2], 0);
    /* What is forgotten is not known any more. */
    cache_drop_levels(world->cache);
    cache_walk_start(&walk, world->cache);
    assert_false(cache_walk_step(&walk, 1000, true, 10, note, world));
    assert_int_equal(world->shown[1], 1);
    assert_int_equal(world->shown[3], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_cache_at_rest_shows_each_entry_once),
        TEST(whatever_stays_is_shown_while_all_else_changes),
        TEST(whatever_stays_is_shown_while_room_is_short),
        TEST(what_was_dropped_before_it_was_reached_is_not_shown),
        TEST(walks_do_not_meet_and_may_be_stopped),
        TEST(clearing_ends_a_walk),
        TEST(levels_past_their_time_are_shown_on_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
