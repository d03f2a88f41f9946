/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache_room.c - what goes when there is no room, how room comes back, and the sweep.
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

enum { MEBI = 1 << 20 };

static const struct siphash_key key = {{1, 2}};

/* A value that its length and its octets tell from others. */
static size_t make_value(unsigned number, unsigned version, uint8_t out[2000])
{
    size_t len = 8 + (number * 7 + version * 13) % 60;

    if (number % 101 == 0)
        len += 1500;
    memset(out, (int)(number + version), len);
    memcpy(out, &number, sizeof number);
    memcpy(out + 4, &version, sizeof version);
    return len;
}

static void put(struct cache *cache, enum cache_kind kind, unsigned number, unsigned version,
    uint64_t expires_ms, uint64_t now_ms)
{
    struct dname name = numbered(number);
    uint8_t value[2000];
    size_t len = make_value(number, version, value);

    cache_put(cache, kind, 25, &name, value, len, expires_ms, now_ms);
}

/* Whether a value is there; if so, it must be that of this version. */
static bool has(
    struct cache *cache, enum cache_kind kind, unsigned number, unsigned version, uint64_t now_ms)
{
    struct dname name = numbered(number);
    struct cache_value value;
    uint8_t expected[2000];

    if (!cache_get(cache, kind, 25, &name, now_ms, &value))
        return false;
    assert_int_equal(value.len, make_value(number, version, expected));
    assert_memory_equal(value.octets, expected, value.len);
    assert_true(value.expires_ms > now_ms);
    return true;
}

static struct cache_counts counts_of(const struct cache *cache)
{
    struct cache_counts counts;

    cache_count(cache, &counts);
    return counts;
}

static void sweep_rounds(struct cache *cache, uint64_t now_ms, unsigned rounds)
{
    struct cache_sweep sweep = {.now_ms = now_ms, .budget = 1600};

    while (rounds > 0)
        if (cache_sweep(cache, &sweep))
            rounds--;
}

/* What ought to be known of a key. */
struct known {
    unsigned version;
    uint64_t expires_ms; /* 0: nothing */
};

enum { KEYS = 4000, OPERATIONS = 150000 };

static const enum cache_kind kinds[] = {CACHE_FACT, CACHE_DOMAIN, CACHE_HOST};

struct model {
    struct known known[3][KEYS];
    struct cache *cache;
    size_t size;
    uint64_t now_ms;
    uint32_t random;
    bool may_forget; /* the cache is too small for all, so that it may not have what is known */
};

static uint32_t dice(struct model *model, uint32_t sides)
{
    model->random = model->random * 1664525u + 1013904223u;
    return (model->random >> 8) % sides;
}

static void operate(struct model *model)
{
    unsigned number = dice(model, KEYS);
    unsigned kind = dice(model, 3);
    struct known *known = &model->known[kind][number];
    struct dname name = numbered(number);
    uint32_t what = dice(model, 1000);

    if (what < 500) {
        bool there = has(model->cache, kinds[kind], number, known->version, model->now_ms);
        assert_true(!there || known->expires_ms > model->now_ms);
        assert_true(there || model->may_forget || known->expires_ms <= model->now_ms);
    } else if (what < 950) {
        known->version++;
        known->expires_ms = model->now_ms + dice(model, 20000);
        put(model->cache, kinds[kind], number, known->version, known->expires_ms, model->now_ms);
    } else if (what < 990) {
        cache_remove(model->cache, kinds[kind], 25, &name);
        known->expires_ms = 0;
    } else if (what < 998) {
        struct cache_sweep sweep = {.now_ms = model->now_ms, .budget = 200};
        cache_sweep(model->cache, &sweep);
    } else if (what == 998 && dice(model, 20) == 0) {
        cache_drop_levels(model->cache);
        for (unsigned i = 0; i < KEYS; i++)
            model->known[1][i].expires_ms = model->known[2][i].expires_ms = 0;
    } else if (what == 999 && dice(model, 20) == 0) {
        cache_clear(model->cache);
        for (unsigned i = 0; i < KEYS; i++)
            for (unsigned k = 0; k < 3; k++)
                model->known[k][i].expires_ms = 0;
    }
    model->now_ms += dice(model, 3);
}

/* Whatever is done, what is served is what was put last, in time, and the bound holds. */
static void play(size_t size, bool may_forget, uint32_t seed)
{
    struct model *model = calloc(1, sizeof *model);

    assert_non_null(model);
    model->cache = cache_new(size, &key);
    model->random = seed;
    model->may_forget = may_forget;
    for (unsigned i = 0; i < OPERATIONS; i++) {
        operate(model);
        assert_true(counts_of(model->cache).bytes <= size);
    }
    assert_true((counts_of(model->cache).evictions > 0) == may_forget);
    cache_free(model->cache);
    free(model);
}

static void any_mix_gives_what_was_put_last_and_stays_within_the_bound(void **state)
{
    (void)state;
    play(MEBI / 2, true, 1);
    play(MEBI, true, 2);
    play(MEBI * 64, false, 3);
}

static void a_hot_set_survives_a_flood_of_ten_times_the_size(void **state)
{
    enum { SIZE = 4 * MEBI, HOT = 10000, FLOOD = 10 * SIZE / 100 };
    struct cache *cache = cache_new(SIZE, &key);

    (void)state;
    /* In use: asked for once after it is there. */
    for (unsigned i = 0; i < HOT; i++) {
        put(cache, CACHE_DOMAIN, i, 1, 1000, 0);
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    }
    /* Nobody asks for it while the flood goes by. */
    for (unsigned i = 0; i < FLOOD; i++) {
        put(cache, CACHE_DOMAIN, HOT + i, 1, 1000, 0);
        assert_true(counts_of(cache).bytes <= SIZE);
    }
    assert_true(counts_of(cache).evictions > FLOOD * 8 / 10);
    for (unsigned i = 0; i < HOT; i++)
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    cache_free(cache);
}

static void what_is_no_longer_asked_for_gives_way_to_what_is(void **state)
{
    enum { SIZE = 4 * MEBI, SET = 3000, SETS = 20 };
    struct cache *cache = cache_new(SIZE, &key);
    unsigned found = 0;

    (void)state;
    for (unsigned set = 0; set < SETS; set++)
        for (unsigned turn = 0; turn < 3; turn++)
            for (unsigned i = 0; i < SET; i++) {
                unsigned number = set * SET + i;
                if (!has(cache, CACHE_DOMAIN, number, 1, 0))
                    put(cache, CACHE_DOMAIN, number, 1, 1000, 0);
                assert_true(counts_of(cache).bytes <= SIZE);
            }
    for (unsigned i = (SETS - 1) * SET; i < SETS * SET; i++)
        found += has(cache, CACHE_DOMAIN, i, 1, 0);
    assert_true(found > SET * 9 / 10);
    cache_free(cache);
}

static void a_level_past_its_time_gives_way_before_what_is_served(void **state)
{
    enum { SIZE = 4 * MEBI };
    struct cache *cache = cache_new(SIZE, &key);

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        put(cache, CACHE_DOMAIN, i, 1, 1000, 0);
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    }
    for (unsigned i = 0; i < 18000; i++)
        put(cache, CACHE_FACT, i, 1, 9000, 1000);
    sweep_rounds(cache, 1000, 10);
    for (unsigned i = 0; i < 10000; i++)
        put(cache, CACHE_FACT, 18000 + i, 1, 9000, 1000);
    for (unsigned i = 10000; i < 28000; i++)
        assert_true(has(cache, CACHE_FACT, i, 1, 1000));
    cache_free(cache);
}

static void after_a_resize_the_bound_is_reached_by_sweeping_and_what_is_hot_stays(void **state)
{
    struct cache *cache = cache_new(16 * MEBI, &key);
    unsigned hot = 0;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        put(cache, CACHE_DOMAIN, i, 1, 1000, 0);
    for (unsigned i = 0; i < 2000; i++)
        assert_true(has(cache, CACHE_DOMAIN, i * 50, 1, 0));
    cache_resize(cache, 2 * MEBI);
    sweep_rounds(cache, 0, 60);
    assert_true(counts_of(cache).bytes <= 2 * MEBI);
    for (unsigned i = 0; i < 2000; i++)
        hot += has(cache, CACHE_DOMAIN, i * 50, 1, 0);
    assert_true(hot > 1900);
    cache_free(cache);
}

static void after_a_resize_putting_alone_reaches_the_bound_too(void **state)
{
    struct cache *cache = cache_new(16 * MEBI, &key);

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        put(cache, CACHE_DOMAIN, i, 1, 1000, 0);
    cache_resize(cache, 2 * MEBI);
    for (unsigned i = 0; i < 20000; i++)
        put(cache, CACHE_DOMAIN, 100000 + i, 1, 1000, 0);
    assert_true(counts_of(cache).bytes <= 2 * MEBI);
    assert_true(has(cache, CACHE_DOMAIN, 119999, 1, 0));
    cache_free(cache);
}

static void what_has_run_out_is_freed_by_sweeping_alone(void **state)
{
    struct cache *cache = cache_new(64 * MEBI, &key);
    size_t empty = counts_of(cache).bytes;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        put(cache, CACHE_FACT, i, 1, i % 10 == 0 ? 5000 : 1000, 0);
    size_t full = counts_of(cache).bytes;
    sweep_rounds(cache, 999, 2);
    assert_int_equal(counts_of(cache).entries, 100000);
    sweep_rounds(cache, 1000, 1);
    assert_int_equal(counts_of(cache).entries, 10000);
    /* Its memory comes back though entries that live on lie between. */
    sweep_rounds(cache, 1000, 30);
    assert_true(counts_of(cache).bytes < full / 4);
    for (unsigned i = 0; i < 100000; i += 10)
        assert_true(has(cache, CACHE_FACT, i, 1, 1000));
    sweep_rounds(cache, 5000, 30);
    assert_int_equal(counts_of(cache).entries, 0);
    assert_true(counts_of(cache).bytes <= empty + MEBI);
    assert_int_equal(counts_of(cache).evictions, 0);
    cache_free(cache);
}

static void a_level_is_swept_when_it_is_forgotten_or_remembered_long_enough(void **state)
{
    struct cache *cache = cache_new(MEBI, &key);

    (void)state;
    put(cache, CACHE_DOMAIN, 1, 1, 1000, 0);
    put(cache, CACHE_FACT, 1, 1, 2000, 0);
    sweep_rounds(cache, 1000, 1);
    assert_int_equal(counts_of(cache).entries, 2);
    cache_drop_levels(cache);
    sweep_rounds(cache, 1000, 1);
    assert_int_equal(counts_of(cache).entries, 1);
    put(cache, CACHE_HOST, 1, 1, 3000, 1000);
    sweep_rounds(cache, 2999 + CACHE_REMEMBER_MS, 1);
    assert_int_equal(counts_of(cache).entries, 1);
    sweep_rounds(cache, 3000 + CACHE_REMEMBER_MS, 1);
    assert_int_equal(counts_of(cache).entries, 0);
    cache_free(cache);
}

static void clearing_gives_all_memory_back_by_and_by(void **state)
{
    struct cache *cache = cache_new(64 * MEBI, &key);
    size_t empty = counts_of(cache).bytes;

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        put(cache, CACHE_DOMAIN, i, 1, 1000, 0);
    size_t full = counts_of(cache).bytes;
    cache_clear(cache);
    assert_int_equal(counts_of(cache).entries, 0);
    assert_true(counts_of(cache).bytes >= full);
    assert_true(counts_of(cache).is_behind);
    sweep_rounds(cache, 0, 200);
    assert_int_equal(counts_of(cache).bytes, empty);
    assert_false(counts_of(cache).is_behind);
    cache_free(cache);
}

struct due {
    unsigned numbers[KEYS];
    unsigned count;
    unsigned limit; /* stop after so many; 0: never */
};

static bool note_due(void *arg, const struct cache_item *item)
{
    struct due *due = arg;
    unsigned number;

    memcpy(&number, item->value, sizeof number);
    struct dname name = numbered(number);
    assert_true(dname_equal(&item->name, &name));
    assert_int_equal(item->sub, 25);
    assert_true(due->count < KEYS);
    due->numbers[due->count++] = number;
    return due->limit == 0 || due->count < due->limit;
}

/* Sweeps one round, of which a part may be behind already; gives how many were shown. */
static unsigned round_of(struct cache *cache, uint64_t now_ms, struct due *due)
{
    struct cache_sweep sweep = {
        .now_ms = now_ms, .budget = 7, .soon_ms = 3000, .due = note_due, .arg = due};
    unsigned before = due->count;

    while (!cache_sweep(cache, &sweep))
        ;
    return due->count - before;
}

static void what_was_asked_for_and_ends_soon_is_due_until_it_is_put_again(void **state)
{
    struct cache *cache = cache_new(MEBI, &key);
    struct due due = {.count = 0};

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        put(cache, CACHE_DOMAIN, i, 1, 20000, 0);
    for (unsigned i = 0; i < 1000; i += 100)
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    assert_int_equal(round_of(cache, 16999, &due), 0);
    assert_int_equal(round_of(cache, 17000, &due), 10);
    assert_int_equal(round_of(cache, 18000, &due), 10);
    put(cache, CACHE_DOMAIN, 100, 2, 40000, 18000);
    put(cache, CACHE_DOMAIN, 200, 1, 40000, 18000);
    assert_int_equal(round_of(cache, 19000, &due), 8);
    assert_int_equal(round_of(cache, 20000, &due), 0);
    /* Being shown is not being asked for. */
    assert_int_equal(round_of(cache, 39000, &due), 0);
    assert_true(has(cache, CACHE_DOMAIN, 100, 2, 39000));
    assert_int_equal(round_of(cache, 39000, &due), 1);
    cache_free(cache);
}

static void the_time_before_the_end_goes_by_the_life_of_an_entry(void **state)
{
    struct cache *cache = cache_new(MEBI, &key);
    struct due due = {.count = 0};

    (void)state;
    put(cache, CACHE_DOMAIN, 1, 1, 2000, 0);   /* the last half */
    put(cache, CACHE_DOMAIN, 2, 1, 20000, 0);  /* the last 3 seconds */
    put(cache, CACHE_DOMAIN, 3, 1, 100000, 0); /* the last tenth */
    for (unsigned i = 1; i <= 3; i++)
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    assert_int_equal(round_of(cache, 999, &due), 0);
    assert_int_equal(round_of(cache, 1000, &due), 1);
    assert_int_equal(round_of(cache, 16999, &due), 0);
    assert_int_equal(round_of(cache, 17000, &due), 1);
    assert_int_equal(round_of(cache, 89999, &due), 0);
    assert_int_equal(round_of(cache, 90000, &due), 1);
    assert_int_equal(due.numbers[0], 1);
    assert_int_equal(due.numbers[1], 2);
    assert_int_equal(due.numbers[2], 3);
    cache_free(cache);
}

static void what_was_put_off_is_due_in_the_last_half_of_what_is_left_if_asked_for(void **state)
{
    struct cache *cache = cache_new(MEBI, &key);
    struct due due = {.count = 0};
    struct dname name = numbered(1);

    (void)state;
    put(cache, CACHE_DOMAIN, 1, 1, 20000, 0);
    assert_true(has(cache, CACHE_DOMAIN, 1, 1, 0));
    assert_int_equal(round_of(cache, 18000, &due), 1);
    cache_put_off(cache, CACHE_DOMAIN, 25, &name, 18000);
    assert_int_equal(round_of(cache, 19500, &due), 0);
    assert_true(has(cache, CACHE_DOMAIN, 1, 1, 18000));
    assert_int_equal(round_of(cache, 18999, &due), 0);
    assert_int_equal(round_of(cache, 19000, &due), 1);
    /* It ends when it was to end, and what is not there does not come to be. */
    assert_true(has(cache, CACHE_DOMAIN, 1, 1, 19999));
    assert_false(has(cache, CACHE_DOMAIN, 1, 1, 20000));
    name = numbered(2);
    cache_put_off(cache, CACHE_DOMAIN, 25, &name, 18000);
    assert_int_equal(counts_of(cache).entries, 1);
    cache_free(cache);
}

static void a_sweep_that_is_stopped_goes_on_where_it_was(void **state)
{
    struct cache *cache = cache_new(MEBI, &key);
    struct cache_sweep sweep = {.now_ms = 19000, .budget = 50, .soon_ms = 3000, .due = note_due};
    struct due due = {.limit = 3};
    unsigned stops = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        put(cache, CACHE_DOMAIN, i, 1, 20000, 0);
        assert_true(has(cache, CACHE_DOMAIN, i, 1, 0));
    }
    sweep.arg = &due;
    while (!cache_sweep(cache, &sweep))
        if (due.count == due.limit) {
            /* The one that was refused is shown again first. */
            due.limit += 3;
            due.count--;
            stops++;
        }
    assert_true(stops > 30);
    assert_int_equal(due.count, 100);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(due.numbers[i], i);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_mix_gives_what_was_put_last_and_stays_within_the_bound),
        cmocka_unit_test(a_hot_set_survives_a_flood_of_ten_times_the_size),
        cmocka_unit_test(what_is_no_longer_asked_for_gives_way_to_what_is),
        cmocka_unit_test(a_level_past_its_time_gives_way_before_what_is_served),
        cmocka_unit_test(after_a_resize_the_bound_is_reached_by_sweeping_and_what_is_hot_stays),
        cmocka_unit_test(after_a_resize_putting_alone_reaches_the_bound_too),
        cmocka_unit_test(what_has_run_out_is_freed_by_sweeping_alone),
        cmocka_unit_test(a_level_is_swept_when_it_is_forgotten_or_remembered_long_enough),
        cmocka_unit_test(clearing_gives_all_memory_back_by_and_by),
        cmocka_unit_test(what_was_asked_for_and_ends_soon_is_due_until_it_is_put_again),
        cmocka_unit_test(the_time_before_the_end_goes_by_the_life_of_an_entry),
        cmocka_unit_test(what_was_put_off_is_due_in_the_last_half_of_what_is_left_if_asked_for),
        cmocka_unit_test(a_sweep_that_is_stopped_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
