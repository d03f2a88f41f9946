/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache.c - what is kept, for how long, and what goes when there is no room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "daemon/core/cache.h"

static const struct siphash_key key = {{1, 2}};

static struct dname numbered(unsigned number)
{
    char text[32];
    struct dname name;

    snprintf(text, sizeof text, "n%u.example", number);
    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void put(struct cache *cache, unsigned number, const char *value, uint64_t expires_ms)
{
    struct dname name = numbered(number);

    cache_put(cache, CACHE_FACT, 1, &name, value, strlen(value) + 1, expires_ms, 0);
}

static const char *get(struct cache *cache, unsigned number, uint64_t now_ms)
{
    struct dname name = numbered(number);
    size_t len;

    return cache_get(cache, CACHE_FACT, 1, &name, now_ms, &len);
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
    size_t len;

    (void)state;
    cache_put(cache, CACHE_FACT, 25, &name, "fact", 5, 1000, 0);
    cache_put(cache, CACHE_DOMAIN, 25, &name, "domain", 7, 1000, 0);
    cache_put(cache, CACHE_HOST, 25, &name, "host", 5, 1000, 0);
    cache_put(cache, CACHE_DOMAIN, 26, &name, "other", 6, 1000, 0);
    assert_string_equal(cache_get(cache, CACHE_FACT, 25, &name, 0, &len), "fact");
    assert_string_equal(cache_get(cache, CACHE_DOMAIN, 25, &name, 0, &len), "domain");
    assert_int_equal(len, 7);
    assert_string_equal(cache_get(cache, CACHE_HOST, 25, &name, 0, &len), "host");
    assert_string_equal(cache_get(cache, CACHE_DOMAIN, 26, &name, 0, &len), "other");
    assert_null(cache_get(cache, CACHE_FACT, 26, &name, 0, &len));
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
    cache_count(cache, &counts);
    assert_int_equal(counts.entries, 1);
    cache_free(cache);
}

static void the_least_recently_used_goes_first_and_the_bound_holds(void **state)
{
    enum { SIZE = 64 * 1024 };
    struct cache *cache = cache_new(SIZE, &key);
    struct cache_counts counts;

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        put(cache, i, "some value of some length", 1000);
        assert_non_null(get(cache, 0, 0));
        cache_count(cache, &counts);
        assert_true(counts.bytes <= SIZE);
    }
    assert_true(counts.evictions > 0);
    assert_null(get(cache, 1, 0));
    assert_non_null(get(cache, 2999, 0));
    cache_resize(cache, SIZE / 2);
    cache_count(cache, &counts);
    assert_true(counts.bytes <= SIZE / 2);
    assert_non_null(get(cache, 2999, 0));
    cache_clear(cache);
    cache_count(cache, &counts);
    assert_int_equal(counts.entries, 0);
    cache_free(cache);
}

static void what_is_too_large_is_not_kept_and_drops_nothing(void **state)
{
    struct cache *cache = cache_new(16384, &key);
    struct dname name = numbered(2);
    char *large = calloc(1, 16384);
    size_t len;

    (void)state;
    assert_non_null(large);
    put(cache, 1, "small", 1000);
    cache_put(cache, CACHE_FACT, 1, &name, large, 16384, 1000, 0);
    assert_null(cache_get(cache, CACHE_FACT, 1, &name, 0, &len));
    assert_string_equal(get(cache, 1, 0), "small");
    free(large);
    cache_free(cache);
}

static void a_level_past_its_time_can_still_be_looked_back_at(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);
    uint64_t expires_ms;
    size_t len;

    (void)state;
    cache_put(cache, CACHE_DOMAIN, 25, &name, "dane", 5, 100, 0);
    assert_null(cache_get(cache, CACHE_DOMAIN, 25, &name, 100, &len));
    assert_string_equal(cache_last(cache, CACHE_DOMAIN, 25, &name, &len, &expires_ms), "dane");
    assert_int_equal(len, 5);
    assert_int_equal(expires_ms, 100);
    cache_put(cache, CACHE_DOMAIN, 25, &name, "may", 4, 300, 200);
    assert_string_equal(cache_last(cache, CACHE_DOMAIN, 25, &name, &len, &expires_ms), "may");
    assert_null(cache_last(cache, CACHE_HOST, 25, &name, &len, &expires_ms));
    cache_drop_levels(cache);
    assert_null(cache_last(cache, CACHE_DOMAIN, 25, &name, &len, &expires_ms));
    cache_free(cache);
}

static void dropping_levels_leaves_facts(void **state)
{
    struct cache *cache = cache_new(1 << 20, &key);
    struct dname name = numbered(1);
    size_t len;

    (void)state;
    put(cache, 1, "fact", 1000);
    cache_put(cache, CACHE_DOMAIN, 25, &name, "old", 4, 1000, 0);
    cache_put(cache, CACHE_HOST, 25, &name, "old", 4, 1000, 0);
    cache_drop_levels(cache);
    assert_null(cache_get(cache, CACHE_DOMAIN, 25, &name, 0, &len));
    assert_null(cache_get(cache, CACHE_HOST, 25, &name, 0, &len));
    assert_string_equal(get(cache, 1, 0), "fact");
    cache_put(cache, CACHE_DOMAIN, 25, &name, "new", 4, 1000, 0);
    assert_string_equal(cache_get(cache, CACHE_DOMAIN, 25, &name, 0, &len), "new");
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_given_out_at_or_after_its_expiry),
        cmocka_unit_test(kind_and_sub_are_part_of_the_key),
        cmocka_unit_test(a_later_value_replaces_the_earlier_one),
        cmocka_unit_test(the_least_recently_used_goes_first_and_the_bound_holds),
        cmocka_unit_test(what_is_too_large_is_not_kept_and_drops_nothing),
        cmocka_unit_test(a_level_past_its_time_can_still_be_looked_back_at),
        cmocka_unit_test(dropping_levels_leaves_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
