/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_questions.c - questions under way: joined, failing, refreshed, and left behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/io/questions.h"
#include "tests/scenario/engine.h"

/* A world, a resolver that answers from it, and the questions. */
struct set_up {
    struct world world;
    struct fake_resolver fake;
    struct cache *cache;
    struct questions *questions;
    struct question question;
    struct turn_asker asker;
};

struct got {
    int calls;
    int outcome;
    int cause;
    uint64_t expires_ms;
};

static void on_fact(void *arg, const struct question *question, const struct fact *fact)
{
    struct got *got = arg;

    (void)question;
    got->calls++;
    got->outcome = fact->outcome;
    got->cause = fact->cause;
    got->expires_ms = fact->expires_ms;
}

static void start(struct set_up *on)
{
    static const struct siphash_key key = {{3, 4}};
    struct lookup_options options = engine_default_options();

    engine_reset_time();
    world_init(&on->world);
    dname_from_text("mx.example", 10, &on->question.name);
    on->question.type = DNS_A;
    fake_resolver_init(&on->fake, &on->world, engine_wall_s());
    turn_asker_init(&on->asker);
    on->cache = cache_new(1 << 20, &key);
    on->questions = questions_new(on->cache, &on->fake.resolver, &options.questions);
}

static void end(struct set_up *on)
{
    questions_free(on->questions);
    cache_free(on->cache);
    fake_resolver_fini(&on->fake);
    world_fini(&on->world);
}

static void add_address(struct set_up *on, uint32_t ttl)
{
    struct world_record record = world_any_record(&on->question.name, DNS_A);

    record.ttl = ttl;
    world_add(&on->world, &record);
}

static void answer_all(struct set_up *on)
{
    while (on->fake.waiting_count > 0)
        fake_resolver_answer(&on->fake, 0);
}

static void all_who_wait_for_one_question_get_its_one_answer(void **state)
{
    struct set_up on;
    struct got got[3] = {{0}};

    (void)state;
    start(&on);
    add_address(&on, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            questions_ask(on.questions, &on.question, &on.asker, on_fact, &got[i]), CAUSE_NONE);
    assert_int_equal(questions_in_flight(on.questions), 1);
    assert_int_equal(on.fake.asked_count, 1);
    assert_int_equal(got[0].calls, 0);
    answer_all(&on);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(got[i].calls, 1);
        assert_int_equal(got[i].outcome, FACT_RECORDS);
    }
    assert_int_equal(questions_in_flight(on.questions), 0);
    /* TTL 0: shared, and not kept. */
    assert_null(questions_cached(on.questions, &on.question, engine_now_ms()));
    end(&on);
}

static void a_refresh_that_fails_replaces_no_fact_within_its_ttl(void **state)
{
    static const enum fault faults[] = {FAULT_IS_TIMEOUT, FAULT_IS_SERVFAIL, FAULT_IS_EMPTY};
    struct set_up on;
    struct got got = {0};

    (void)state;
    start(&on);
    add_address(&on, 100);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    answer_all(&on);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        world_hurt(&on.world, &on.question.name, DNS_A, faults[i]);
        questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
        answer_all(&on);
        assert_int_equal(got.outcome, FACT_ERROR);
        engine_pass_ms(30000);
        struct fact *kept = questions_cached(on.questions, &on.question, engine_now_ms());
        assert_non_null(kept);
        assert_int_equal(kept->outcome, FACT_RECORDS);
        free(kept);
    }
    /* It is not kept for longer by it, either. */
    engine_pass_ms(10000);
    assert_null(questions_cached(on.questions, &on.question, engine_now_ms()));
    end(&on);
}

static void a_refresh_that_succeeds_replaces_the_fact(void **state)
{
    struct set_up on;
    struct got got = {0};

    (void)state;
    start(&on);
    add_address(&on, 100);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    answer_all(&on);
    on.world.record_count = 0;
    engine_pass_ms(1000);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    answer_all(&on);
    struct fact *kept = questions_cached(on.questions, &on.question, engine_now_ms());
    assert_non_null(kept);
    assert_int_equal(kept->outcome, FACT_NXDOMAIN);
    free(kept);
    end(&on);
}

static void a_refusal_to_ask_is_the_callers_to_handle(void **state)
{
    struct set_up on;
    struct got got = {0};

    (void)state;
    start(&on);
    world_hurt(&on.world, &on.question.name, DNS_A, FAULT_IS_ASK_OVERLOADED);
    assert_int_equal(
        questions_ask(on.questions, &on.question, &on.asker, on_fact, &got), CAUSE_OVERLOADED);
    assert_int_equal(questions_in_flight(on.questions), 0);
    assert_int_equal(got.calls, 0);
    end(&on);
}

static void a_refusal_in_the_middle_of_a_chain_is_a_fact(void **state)
{
    struct set_up on;
    struct got got = {0};
    struct dname target;

    (void)state;
    start(&on);
    struct world_record alias = world_any_record(&on.question.name, DNS_CNAME);
    alias.partial = true;
    world_add(&on.world, &alias);
    dname_from_wire(alias.rdata, alias.rdata_len, &target);
    world_hurt(&on.world, &target, DNS_A, FAULT_IS_ASK_OVERLOADED);
    assert_int_equal(
        questions_ask(on.questions, &on.question, &on.asker, on_fact, &got), CAUSE_NONE);
    answer_all(&on);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.cause, CAUSE_OVERLOADED);
    assert_int_equal(got.expires_ms, engine_now_ms());
    end(&on);
}

static void the_time_that_an_answer_takes_is_a_part_of_its_ttl(void **state)
{
    struct set_up on;
    struct got got = {0};
    struct dname target;

    (void)state;
    start(&on);
    struct world_record alias = world_any_record(&on.question.name, DNS_CNAME);
    alias.partial = true;
    alias.ttl = 10;
    world_add(&on.world, &alias);
    dname_from_wire(alias.rdata, alias.rdata_len, &target);
    struct world_record address = world_any_record(&target, DNS_A);
    address.ttl = 100;
    world_add(&on.world, &address);
    uint64_t asked_ms = engine_now_ms();
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    fake_resolver_answer(&on.fake, 0);
    /* The alias is known, and its ten seconds run; what it leads to takes three of them. */
    assert_int_equal(got.calls, 0);
    engine_pass_ms(3000);
    answer_all(&on);
    assert_int_equal(got.outcome, FACT_RECORDS);
    assert_int_equal(got.expires_ms, asked_ms + 10000);
    engine_pass_ms(7000);
    assert_null(questions_cached(on.questions, &on.question, engine_now_ms()));
    end(&on);
}

/* Its answer may be of before: of a zone that has changed, or of a time of day that is over. */
static void an_answer_from_before_all_was_forgotten_is_neither_kept_nor_joined(void **state)
{
    struct set_up on;
    struct got before = {0}, after = {0};

    (void)state;
    start(&on);
    add_address(&on, 100);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &before);
    cache_clear(on.cache);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &after);
    assert_int_equal(on.fake.asked_count, 2);
    fake_resolver_answer(&on.fake, 0);
    assert_int_equal(before.calls, 1);
    assert_int_equal(after.calls, 0);
    assert_null(questions_cached(on.questions, &on.question, engine_now_ms()));
    answer_all(&on);
    assert_int_equal(after.calls, 1);
    struct fact *kept = questions_cached(on.questions, &on.question, engine_now_ms());
    assert_non_null(kept);
    free(kept);
    assert_int_equal(questions_in_flight(on.questions), 0);
    end(&on);
}

static void questions_under_way_can_be_left_behind(void **state)
{
    struct set_up on;
    struct got got = {0};

    (void)state;
    start(&on);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    questions_ask(on.questions, &on.question, &on.asker, on_fact, &got);
    end(&on);
    assert_int_equal(got.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_who_wait_for_one_question_get_its_one_answer),
        cmocka_unit_test(a_refresh_that_fails_replaces_no_fact_within_its_ttl),
        cmocka_unit_test(a_refresh_that_succeeds_replaces_the_fact),
        cmocka_unit_test(a_refusal_to_ask_is_the_callers_to_handle),
        cmocka_unit_test(a_refusal_in_the_middle_of_a_chain_is_a_fact),
        cmocka_unit_test(the_time_that_an_answer_takes_is_a_part_of_its_ttl),
        cmocka_unit_test(an_answer_from_before_all_was_forgotten_is_neither_kept_nor_joined),
        cmocka_unit_test(questions_under_way_can_be_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
