/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_snapshot.c - from a cache to octets and back: what comes back, and for how long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact_cache.h"
#include "tests/unit/core/snapshot_sample.h"

static void facts_come_back_for_the_rest_of_their_time(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(100));
    struct dname name = named("a.example");
    struct dname canonical;

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_MX, "mx.example"), 200);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 3900);
    assert_int_equal(left_of(&target, DNS_TLSA, "_25._tcp.a.example"), 7100);
    assert_int_equal(left_of(&target, DNS_CNAME, "c.example"), 0);
    assert_int_equal(left_of(&target, DNS_MX, "failed.example"), 0);
    /* A denial under the limit of denials. */
    assert_int_equal(left_of(&target, DNS_AAAA, "a.example"), 3600);
    struct fact *fact = fact_cache_get(target.cache, DNS_A, &name, target.times.boot_ms);
    assert_int_equal(fact->status, DNS_SECURE);
    assert_int_equal(fact->outcome, FACT_RECORDS);
    assert_true(fact_canonical(fact, &canonical));
    name = named("canonical.example");
    assert_true(dname_equal(&canonical, &name));
    free(fact);
    cache_free(target.cache);
    free(octets.data);
}

static void the_limits_of_the_day_apply(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(0));

    (void)state;
    target.max_ttl_s = 1000;
    target.negative_max_ttl_s = 50;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_MX, "mx.example"), 300);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 1000);
    assert_int_equal(left_of(&target, DNS_AAAA, "a.example"), 50);
    cache_free(target.cache);
    free(octets.data);
}

static bool remembers(
    const struct snapshot_target *target, enum cache_kind kind, const char *text, enum level level)
{
    struct dname name = named(text);
    struct cache_value value;

    assert_false(cache_get(target->cache, kind, 25, &name, target->times.boot_ms, &value));
    return cache_last(target->cache, kind, 25, &name, &value) &&
           value.expires_ms <= target->times.boot_ms &&
           answer_unpack_decided(value.octets) == level;
}

static void levels_come_back_as_what_was_and_are_not_served(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(10));
    struct snapshot_target other = target_at(later(10));

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_true(remembers(&target, CACHE_DOMAIN, "strong.example", LEVEL_DANE_REQUIRED));
    assert_true(remembers(&target, CACHE_HOST, "past.example", LEVEL_ENCRYPT));
    assert_false(remembers(&target, CACHE_DOMAIN, "long.past.example", LEVEL_DANE));
    assert_false(remembers(&target, CACHE_DOMAIN, "weak.example", LEVEL_MAY));
    assert_false(remembers(&target, CACHE_DOMAIN, "later.example", LEVEL_DEFER));
    assert_int_equal(entries_of(target.cache), 5 + 2);
    /* What was decided under other options says nothing. */
    other.policy = POLICY + 1;
    assert_int_equal(read_all(&octets, &other), SNAPSHOT_FAULT_NONE);
    assert_int_equal(entries_of(other.cache), 5);
    cache_free(target.cache);
    cache_free(other.cache);
    free(octets.data);
}

static void what_other_resolvers_said_is_refused(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(10));

    (void)state;
    target.sources = SOURCES + 1;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_SOURCES);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(octets.data);
}

/* Reads the sample at these times; gives the fault, and how long the A record has left. */
static enum snapshot_fault fault_at(struct snapshot_times now, uint64_t *left_s_out)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(now);
    enum snapshot_fault fault = read_all(&octets, &target);

    *left_s_out = left_of(&target, DNS_A, "a.example");
    cache_free(target.cache);
    free(octets.data);
    return fault;
}

static void after_another_start_of_the_machine_the_wall_clock_is_doubted(void **state)
{
    struct snapshot_times now = later(100);
    uint64_t left_s;

    (void)state;
    now.boot_id[0]++;
    now.boot_ms = 5 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 4000 - 100 - SNAPSHOT_DOUBT_MS / SECOND);
    /* The clock is a little behind: nothing is served longer for that. */
    now = later(-60);
    now.boot_id[0]++;
    now.boot_ms = 5 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 4000);
    now.wall_ms--;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
    assert_int_equal(left_s, 0);
}

static void an_unknown_boot_id_proves_nothing(void **state)
{
    struct snapshot_times unknown = taken;
    struct cache *cache = filled();
    struct snapshot_target target = target_at(later(100));

    (void)state;
    memset(unknown.boot_id, 0, sizeof unknown.boot_id);
    memset(target.times.boot_id, 0, sizeof target.times.boot_id);
    struct octets octets = snapshot_of(cache, &unknown);
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 4000 - 100 - SNAPSHOT_DOUBT_MS / SECOND);
    free(octets.data);
    cache_free(cache);
    cache_free(target.cache);
}

static void a_wall_clock_that_was_set_back_is_noticed_by_the_boot_clock(void **state)
{
    struct snapshot_times now = later(1000);
    uint64_t left_s;

    (void)state;
    now.wall_ms -= 30 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 3000);
    now.wall_ms -= 30 * SECOND + 1;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
    /* Set forward, it only makes things end sooner. */
    now = later(1000);
    now.wall_ms += 500 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 2500);
    /* The boot clock itself cannot go back. */
    now = later(0);
    now.boot_ms--;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
}

static void after_a_long_time_nothing_is_left(void **state)
{
    struct snapshot_times now = later(7 * 86400);
    struct octets octets = sample();
    struct snapshot_target target = target_at(now);

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(octets.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_back_for_the_rest_of_their_time),
        cmocka_unit_test(the_limits_of_the_day_apply),
        cmocka_unit_test(levels_come_back_as_what_was_and_are_not_served),
        cmocka_unit_test(what_other_resolvers_said_is_refused),
        cmocka_unit_test(after_another_start_of_the_machine_the_wall_clock_is_doubted),
        cmocka_unit_test(an_unknown_boot_id_proves_nothing),
        cmocka_unit_test(a_wall_clock_that_was_set_back_is_noticed_by_the_boot_clock),
        cmocka_unit_test(after_a_long_time_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
