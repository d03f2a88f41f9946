/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache_memory.c - the octets that the cache counts are those that the process takes.
 *
 * The memory of the process is looked at, so nothing else may be in it that grows: this is a
 * program of its own, and is not run under valgrind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/cache.h"
#include "tests/unit/core/numbered.h"

/* So many that the last segment of the table is all but full. */
enum { MEBI = 1 << 20, ENTRIES = 390000 };

static const struct siphash_key key = {{1, 2}};

/* Gives the anonymous memory of this process, in octets. */
static size_t resident_anonymous(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[200];
    size_t kibi = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %zu kB", &kibi) == 1)
            break;
    fclose(file);
    assert_true(kibi > 0);
    return kibi * 1024;
}

static struct cache *new_filled_cache(void)
{
    struct cache *cache = cache_new(100 * MEBI, &key);
    uint8_t value[68];

    for (unsigned i = 0; i < ENTRIES; i++) {
        struct dname name = numbered(i);
        memset(value, (int)i, sizeof value);
        cache_put(cache, CACHE_DOMAIN, 25, &name, value, 8 + i % 60, 1000, 0);
    }
    return cache;
}

static void the_octets_counted_are_those_that_the_process_takes(void **state)
{
    const struct cache_sweep sweep = {.now_ms = 0, .budget = 1600};
    struct cache_counts counts;

    (void)state;
    /* What a sanitizer keeps of memory that was once in use is there before the first look. */
    cache_free(new_filled_cache());
    size_t before = resident_anonymous();
    struct cache *cache = new_filled_cache();
    cache_count(cache, &counts);
    size_t taken = resident_anonymous() - before;
    /* The newest block is counted before it is written to. */
    assert_in_range(taken, counts.bytes - counts.bytes / 25, counts.bytes + counts.bytes / 25);
    cache_clear(cache);
    for (unsigned round = 0; round < 1000; round += cache_sweep(cache, &sweep) ? 1 : 0)
        ;
    assert_true(resident_anonymous() - before < taken / 25);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_octets_counted_are_those_that_the_process_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
