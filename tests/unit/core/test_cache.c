/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache.c - what is kept, under which key, and for how long.
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

static const struct siphash_key key = {{1, 2}};

static void put(struct cache *cache, unsigned number, const char *value, uint64_t expires_ms)
{
    struct dname name = numbered(number);

    cache_put(cache, CACHE_FACT, 1, &name, value, strlen(value) + 1, expires_ms, 0);
}

static const char *get_of(struct cache *cache, enum cache_kind kind, uint16_t sub,
    const struct dname *name, uint64_t now_ms)
{
    struct cache_value value;

    return cache_get(cache, kind, sub, name, now_ms, &value) ? (const char *)value.octets : NULL;
}

static const char *get(struct cache *cache, unsigned number, uint64_t now_ms)
{
    struct dname name = numbered(number);

    return get_of(cache, CACHE_FACT, 1, &name, now_ms);
}

static void nothing_is_given_out_at_or_after_its_expiry(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);

    (void)state;
    put(cache, 1, "one", 1000);
    assert_string_equal(get(cache, 1, 999), "one");
    assert_null(get(cache, 1, 1000));
    /* It is gone, and does not come back with an earlier time. */
    assert_null(get(cache, 1, 0));
    put(cache, 2, "two", 0);
    assert_null(get(cache, 2, 0));
    cache_free(cache);
}

static void kind_and_sub_are_part_of_the_key(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);
    struct cache_value value;

    (void)state;
    cache_put(cache, CACHE_FACT, 25, &name, "fact", 5, 1000, 0);
    cache_put(cache, CACHE_DOMAIN, 25, &name, "domain", 7, 1000, 0);
    cache_put(cache, CACHE_HOST, 25, &name, "host", 5, 1000, 0);
    cache_put(cache, CACHE_DOMAIN, 26, &name, "other", 6, 1000, 0);
    assert_string_equal(get_of(cache, CACHE_FACT, 25, &name, 0), "fact");
    assert_true(cache_get(cache, CACHE_DOMAIN, 25, &name, 0, &value));
    assert_memory_equal(value.octets, "domain", sizeof "domain");
    assert_int_equal(value.len, 7);
    assert_int_equal(value.expires_ms, 1000);
    assert_string_equal(get_of(cache, CACHE_HOST, 25, &name, 0), "host");
    assert_string_equal(get_of(cache, CACHE_DOMAIN, 26, &name, 0), "other");
    assert_null(get_of(cache, CACHE_FACT, 26, &name, 0));
    assert_true(cache_remove(cache, CACHE_HOST, 25, &name));
    assert_false(cache_remove(cache, CACHE_HOST, 25, &name));
    cache_free(cache);
}

static void a_later_value_replaces_the_earlier_one(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct cache_counts counts;

    (void)state;
    put(cache, 1, "long ago it was so", 1000);
    put(cache, 1, "now", 2000);
    assert_string_equal(get(cache, 1, 1500), "now");
    put(cache, 1, "new", 3000);
    assert_string_equal(get(cache, 1, 2500), "new");
    cache_count(cache, &counts);
    assert_int_equal(counts.entries, 1);
    put(cache, 1, "now", 0);
    assert_null(get(cache, 1, 0));
    cache_free(cache);
}

static void what_is_too_large_is_not_kept_and_drops_nothing(void **state)
{
    enum { SIZE = 1 << 20, LARGE = SIZE / 16 + 1 };
    struct cache *cache = cache_new(SIZE, &key);
    struct dname name = numbered(2);
    char *large = calloc(1, LARGE);

    (void)state;
    assert_non_null(large);
    put(cache, 1, "small", 1000);
    cache_put(cache, CACHE_FACT, 1, &name, large, LARGE, 1000, 0);
    assert_null(get(cache, 2, 0));
    cache_put(cache, CACHE_FACT, 1, &name, large, LARGE - 1, 1000, 0);
    assert_non_null(get(cache, 2, 0));
    assert_string_equal(get(cache, 1, 0), "small");
    free(large);
    cache_free(cache);
}

static bool last(const struct cache *cache, enum cache_kind kind, const struct dname *name,
    const char *expected, uint64_t expires_ms)
{
    struct cache_value value;

    return cache_last(cache, kind, 25, name, &value) &&
           strcmp((const char *)value.octets, expected) == 0 && value.expires_ms == expires_ms;
}

static void a_level_past_its_time_can_still_be_looked_back_at(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);
    struct cache_value value;

    (void)state;
    cache_put(cache, CACHE_DOMAIN, 25, &name, "dane", 5, 100, 0);
    assert_null(get_of(cache, CACHE_DOMAIN, 25, &name, 100));
    assert_true(last(cache, CACHE_DOMAIN, &name, "dane", 100));
    cache_put(cache, CACHE_DOMAIN, 25, &name, "may", 4, 300, 200);
    assert_true(last(cache, CACHE_DOMAIN, &name, "may", 300));
    assert_false(cache_last(cache, CACHE_HOST, 25, &name, &value));
    cache_drop_levels(cache);
    assert_false(cache_last(cache, CACHE_DOMAIN, 25, &name, &value));
    cache_free(cache);
}

static void dropping_levels_leaves_facts(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);

    (void)state;
    put(cache, 1, "fact", 1000);
    cache_put(cache, CACHE_DOMAIN, 25, &name, "old", 4, 1000, 0);
    cache_put(cache, CACHE_HOST, 25, &name, "old", 4, 1000, 0);
    cache_drop_levels(cache);
    assert_null(get_of(cache, CACHE_DOMAIN, 25, &name, 0));
    assert_null(get_of(cache, CACHE_HOST, 25, &name, 0));
    assert_string_equal(get(cache, 1, 0), "fact");
    cache_put(cache, CACHE_DOMAIN, 25, &name, "new", 4, 1000, 0);
    assert_string_equal(get_of(cache, CACHE_DOMAIN, 25, &name, 0), "new");
    cache_free(cache);
}

static void a_level_stays_forgotten_however_often_levels_are_dropped(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);

    (void)state;
    cache_put(cache, CACHE_DOMAIN, 25, &name, "old", 4, 1000, 0);
    for (unsigned i = 0; i < 3 * 65536; i++) {
        struct cache_value value;
        cache_drop_levels(cache);
        assert_false(cache_last(cache, CACHE_DOMAIN, 25, &name, &value));
    }
    cache_free(cache);
}

static void clearing_leaves_nothing_and_all_can_be_put_again(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct cache_counts counts;

    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < 3000; i++)
            put(cache, i, "value", 1000);
        cache_clear(cache);
        cache_count(cache, &counts);
        assert_int_equal(counts.entries, 0);
        assert_null(get(cache, 2999, 0));
        cache_clear(cache);
    }
    put(cache, 7, "seven", 1000);
    assert_string_equal(get(cache, 7, 0), "seven");
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_given_out_at_or_after_its_expiry),
        cmocka_unit_test(kind_and_sub_are_part_of_the_key),
        cmocka_unit_test(a_later_value_replaces_the_earlier_one),
        cmocka_unit_test(what_is_too_large_is_not_kept_and_drops_nothing),
        cmocka_unit_test(a_level_past_its_time_can_still_be_looked_back_at),
        cmocka_unit_test(dropping_levels_leaves_facts),
        cmocka_unit_test(a_level_stays_forgotten_however_often_levels_are_dropped),
        cmocka_unit_test(clearing_leaves_nothing_and_all_can_be_put_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
