/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_upkeep.c - what is in use is refreshed before it runs out, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scenario/engine.h"

enum { TTL_S = 30, SECOND_MS = 1000 };

struct set_up {
    struct world world;
    struct engine engine;
    struct destination domain;
};

static struct destination destination_of(const char *text)
{
    struct destination destination;

    assert_int_equal(destination_parse(text, strlen(text), &destination), DESTINATION_OK);
    return destination;
}

/* "domain MX 0 ." */
static void add_null_mx(struct set_up *on, const struct destination *domain)
{
    struct world_record null_mx = world_any_record(&domain->name, DNS_MX);

    null_mx.rdata_len = 3;
    null_mx.rdata[2] = 0;
    null_mx.ttl = TTL_S;
    null_mx.has_signature = false;
    world_add(&on->world, &null_mx);
}

static void start(struct set_up *on)
{
    struct lookup_options options = engine_default_options();

    memset(on, 0, sizeof *on);
    engine_reset_time();
    world_init(&on->world);
    engine_init(&on->engine, &on->world, &options);
    on->domain = destination_of("hot.example");
    add_null_mx(on, &on->domain);
}

static void end(struct set_up *on)
{
    engine_fini(&on->engine);
    world_fini(&on->world);
}

static void note_level(void *arg, const struct verdict *verdict)
{
    *(enum level *)arg = verdict->level;
}

static enum level decide(struct set_up *on, const struct destination *destination)
{
    enum level level = LEVEL_DEFER;

    assert_true(engine_decide(&on->engine, destination, 0, note_level, &level));
    return level;
}

static bool is_known(struct set_up *on, const struct destination *destination)
{
    struct answer answer;

    if (!lookups_known(on->engine.lookups, destination, engine_now_ms(), &answer))
        return false;
    assert_true(answer.expires_ms > engine_now_ms());
    return true;
}

/* The cache is looked after, by a time of day that somebody has set ahead. */
static void step(struct set_up *on, int64_t set_ahead_s)
{
    upkeep_step(&on->engine.upkeep, engine_now_ms(), engine_ahead_ms() + set_ahead_s * SECOND_MS);
}

static void live(struct set_up *on, unsigned seconds)
{
    engine_live(&on->engine, (uint64_t)seconds * SECOND_MS);
}

static void who_asks_again_and_again_never_waits(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    for (int i = 0; i < 100 * TTL_S; i++) {
        assert_true(is_known(&on, &on.domain));
        live(&on, 1);
    }
    /* About twice in a lifetime, not all the time. */
    assert_in_range(on.engine.stats.prefetches, 100, 300);
    assert_int_equal(on.engine.fake.asked_count, 1 + on.engine.stats.prefetches);
    end(&on);
}

static void what_nobody_asks_for_runs_out(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    decide(&on, &on.domain);
    live(&on, TTL_S - 1);
    assert_true(is_known(&on, &on.domain));
    live(&on, 2);
    assert_false(is_known(&on, &on.domain));
    assert_int_equal(on.engine.fake.asked_count, 1);
    /* Asked for in the last seconds of its life, it is refreshed once, and no more. */
    decide(&on, &on.domain);
    live(&on, TTL_S - 2);
    assert_true(is_known(&on, &on.domain));
    live(&on, TTL_S);
    assert_int_equal(on.engine.stats.prefetches, 1);
    live(&on, TTL_S);
    assert_false(is_known(&on, &on.domain));
    assert_int_equal(on.engine.stats.prefetches, 1);
    end(&on);
}

static void a_refresh_that_fails_takes_nothing_away(void **state)
{
    static const enum fault faults[] = {
        FAULT_IS_SERVFAIL, FAULT_IS_TIMEOUT, FAULT_IS_ASK_UNREACHABLE, FAULT_IS_ASK_NOT_VALIDATING};
    struct set_up on;

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        start(&on);
        decide(&on, &on.domain);
        world_hurt(&on.world, &on.domain.name, DNS_MX, faults[i]);
        for (int s = 0; s < TTL_S - 1; s++) {
            assert_true(is_known(&on, &on.domain));
            live(&on, 1);
        }
        assert_true(is_known(&on, &on.domain));
        live(&on, 1);
        assert_false(is_known(&on, &on.domain));
        assert_int_equal(decide(&on, &on.domain), LEVEL_DEFER);
        end(&on);
    }
}

static enum level downgraded_to;

static void note_downgrade(
    void *arg, const struct destination *destination, enum level was, const struct answer *answer)
{
    (void)arg;
    (void)destination;
    (void)was;
    downgraded_to = answer->level;
}

static void what_has_changed_takes_its_place_and_is_told(void **state)
{
    struct set_up on;
    struct lookup_options options = engine_default_options();
    struct answer answer;

    (void)state;
    start(&on);
    options.on_downgraded = note_downgrade;
    lookups_set_options(on.engine.lookups, &options);
    decide(&on, &on.domain);
    assert_true(is_known(&on, &on.domain));
    struct world_record address = world_any_record(&on.domain.name, DNS_A);
    world_fini(&on.world);
    world_init(&on.world);
    address.rdata_len = 4;
    world_add(&on.world, &address);
    downgraded_to = LEVEL_DEFER;
    live(&on, TTL_S - 2);
    assert_true(lookups_known(on.engine.lookups, &on.domain, engine_now_ms(), &answer));
    assert_int_equal(answer.level, LEVEL_MAY);
    assert_int_equal(downgraded_to, LEVEL_MAY);
    end(&on);
}

static void nothing_is_refreshed_if_it_is_switched_off_or_its_level_forgotten(void **state)
{
    struct set_up on;
    struct lookup_options options = engine_default_options();

    (void)state;
    start(&on);
    on.engine.upkeep.prefetch = false;
    decide(&on, &on.domain);
    assert_true(is_known(&on, &on.domain));
    live(&on, TTL_S - 2);
    on.engine.upkeep.prefetch = true;
    /* A reload forgets the levels: what was decided under old options does not come back. */
    lookups_set_options(on.engine.lookups, &options);
    live(&on, 1);
    assert_false(is_known(&on, &on.domain));
    assert_int_equal(on.engine.stats.prefetches, 0);
    assert_int_equal(on.engine.fake.asked_count, 1);
    end(&on);
}

static void a_failure_is_not_refreshed(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    world_hurt(&on.world, &on.domain.name, DNS_MX, FAULT_IS_SERVFAIL);
    assert_int_equal(decide(&on, &on.domain), LEVEL_DEFER);
    assert_true(is_known(&on, &on.domain));
    live(&on, TTL_S - 2);
    assert_int_equal(on.engine.stats.prefetches, 0);
    end(&on);
}

static void many_at_once_leave_room_for_real_questions(void **state)
{
    enum { MANY = 1000 };
    struct set_up on;
    char text[32];

    (void)state;
    start(&on);
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "d%d.example", i);
        struct destination domain = destination_of(text);
        add_null_mx(&on, &domain);
        decide(&on, &domain);
        assert_true(is_known(&on, &domain));
    }
    engine_pass_ms((TTL_S - 10) * SECOND_MS);
    size_t before = 0;
    for (int round = 0; round < 8; round++) {
        step(&on, 0);
        assert_true(on.engine.fake.waiting_count <= before + UPKEEP_REFRESHES_MAX);
        assert_true(on.engine.fake.waiting_count <= UPKEEP_QUESTIONS_MAX);
        before = on.engine.fake.waiting_count;
    }
    assert_int_equal(before, UPKEEP_QUESTIONS_MAX);
    live(&on, 9);
    assert_true(on.engine.stats.prefetches > UPKEEP_QUESTIONS_MAX + 6 * UPKEEP_REFRESHES_MAX);
    end(&on);
}

static void what_has_run_out_is_dropped(void **state)
{
    struct set_up on;
    struct cache_counts counts;

    (void)state;
    start(&on);
    decide(&on, &on.domain);
    live(&on, TTL_S + 1);
    cache_count(on.engine.cache, &counts);
    assert_int_equal(counts.entries, 1); /* the level, remembered for what comes after it */
    engine_pass_ms(CACHE_REMEMBER_MS);
    live(&on, 2);
    cache_count(on.engine.cache, &counts);
    assert_int_equal(counts.entries, 0);
    end(&on);
}

static void count_call(void *arg)
{
    (*(unsigned *)arg)++;
}

static void when_the_time_of_day_jumps_ahead_nothing_is_known_any_more(void **state)
{
    static const int64_t harmless[] = {0, 9, -7200, -7191, -7200};
    struct set_up on;
    unsigned forgotten = 0;

    (void)state;
    start(&on);
    on.engine.upkeep.forgotten = count_call;
    on.engine.upkeep.arg = &forgotten;
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        step(&on, harmless[i]);
        assert_true(is_known(&on, &on.domain));
    }
    assert_int_equal(forgotten, 0);
    step(&on, 0);
    assert_false(is_known(&on, &on.domain));
    assert_int_equal(forgotten, 1);
    /* It is said once, and what is learned from then on is known. */
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    step(&on, 0);
    assert_true(is_known(&on, &on.domain));
    assert_int_equal(forgotten, 1);
    end(&on);
}

static void a_jump_before_the_first_look_is_noticed(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    step(&on, 11);
    assert_false(is_known(&on, &on.domain));
    end(&on);
}

static void small_jumps_add_up(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    step(&on, 6);
    assert_true(is_known(&on, &on.domain));
    step(&on, 12);
    assert_false(is_known(&on, &on.domain));
    /* From then on the next one is measured from there. */
    assert_int_equal(decide(&on, &on.domain), LEVEL_DANE);
    step(&on, 20);
    assert_true(is_known(&on, &on.domain));
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_again_and_again_never_waits),
        cmocka_unit_test(what_nobody_asks_for_runs_out),
        cmocka_unit_test(a_refresh_that_fails_takes_nothing_away),
        cmocka_unit_test(what_has_changed_takes_its_place_and_is_told),
        cmocka_unit_test(nothing_is_refreshed_if_it_is_switched_off_or_its_level_forgotten),
        cmocka_unit_test(a_failure_is_not_refreshed),
        cmocka_unit_test(many_at_once_leave_room_for_real_questions),
        cmocka_unit_test(what_has_run_out_is_dropped),
        cmocka_unit_test(when_the_time_of_day_jumps_ahead_nothing_is_known_any_more),
        cmocka_unit_test(a_jump_before_the_first_look_is_noticed),
        cmocka_unit_test(small_jumps_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
