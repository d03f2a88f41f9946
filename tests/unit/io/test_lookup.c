/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_lookup.c - lookups whose askers come, go, and ask again inside the answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scenario/engine.h"

struct set_up {
    struct world world;
    struct engine engine;
    struct destination destination;
};

static void start(struct set_up *on)
{
    static const char key[] = "[mx.example]";
    struct lookup_options options = engine_default_options();

    engine_reset_time();
    world_init(&on->world);
    assert_int_equal(destination_parse(key, strlen(key), &on->destination), DESTINATION_OK);
    engine_init(&on->engine, &on->world, &options);
}

static void end(struct set_up *on)
{
    engine_fini(&on->engine);
    world_fini(&on->world);
}

struct asker {
    struct lookup_waiter waiter; /* first */
    struct set_up *on;
    int calls;
    enum level level;
    bool asks_again;
    bool frees_itself;
};

static enum lookup_status ask(struct asker *asker)
{
    const struct verdict *verdict;

    return lookups_decide(asker->on->engine.lookups, &asker->on->destination, engine_now_ms(),
        &asker->waiter, &verdict);
}

static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct asker *asker = (struct asker *)(void *)waiter;

    assert_int_equal(verdict->level, LEVEL_DANE);
    assert_int_equal(verdict->reason, REASON_NO_ADDRESS);
    assert_null(waiter->lookup);
    asker->calls++;
    if (asker->asks_again) {
        asker->asks_again = false;
        assert_int_equal(ask(asker), LOOKUP_READY);
    }
    /* The verdict is still whole, whatever was asked meanwhile. */
    assert_int_equal(verdict->host_count, 1);
    assert_true(dname_equal(&verdict->hosts[0].name, &asker->on->destination.name));
    if (asker->frees_itself)
        free(asker);
}

static struct asker *new_asker(struct set_up *on)
{
    struct asker *asker = calloc(1, sizeof *asker);

    assert_non_null(asker);
    asker->waiter.callback = on_verdict;
    asker->on = on;
    return asker;
}

static void answer_all(struct set_up *on)
{
    while (on->engine.fake.waiting_count > 0)
        fake_resolver_answer(&on->engine.fake, 0);
}

static void an_asker_may_free_itself_or_ask_again_inside_its_answer(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    struct asker *freed = new_asker(&on);
    struct asker *again = new_asker(&on);
    struct asker *plain = new_asker(&on);
    freed->frees_itself = again->asks_again = true;
    assert_int_equal(ask(freed), LOOKUP_PENDING);
    assert_int_equal(ask(again), LOOKUP_PENDING);
    assert_int_equal(ask(plain), LOOKUP_PENDING);
    assert_int_equal(lookups_in_flight(on.engine.lookups), 1);
    answer_all(&on);
    assert_int_equal(again->calls, 1);
    assert_int_equal(plain->calls, 1);
    assert_int_equal(lookups_in_flight(on.engine.lookups), 0);
    free(again);
    free(plain);
    end(&on);
}

static void who_is_forgotten_is_not_called(void **state)
{
    struct set_up on;
    struct asker *askers[3];

    (void)state;
    /* The first, the middle and the last of those who wait. */
    for (int forgotten = 0; forgotten < 3; forgotten++) {
        start(&on);
        for (int i = 0; i < 3; i++) {
            askers[i] = new_asker(&on);
            assert_int_equal(ask(askers[i]), LOOKUP_PENDING);
        }
        lookups_forget(&askers[forgotten]->waiter);
        lookups_forget(&askers[forgotten]->waiter);
        answer_all(&on);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(askers[i]->calls, i == forgotten ? 0 : 1);
            free(askers[i]);
        }
        end(&on);
    }
}

static void lookups_under_way_can_be_left_behind(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    struct asker *asker = new_asker(&on);
    assert_int_equal(ask(asker), LOOKUP_PENDING);
    assert_int_equal(lookups_questions_in_flight(on.engine.lookups), 2);
    end(&on);
    assert_int_equal(asker->calls, 0);
    free(asker);
}

static void too_many_lookups_are_refused_and_named(void **state)
{
    struct set_up on;
    const struct verdict *verdict;
    struct lookup_waiter *waiters = calloc(LOOKUPS_MAX + 1, sizeof *waiters);

    (void)state;
    assert_non_null(waiters);
    start(&on);
    for (size_t i = 0; i <= LOOKUPS_MAX; i++) {
        struct destination destination = on.destination;
        /* 20000 destinations that differ in the port; all wait for the same two questions. */
        destination.port = (uint16_t)(i + 1);
        waiters[i].callback = on_verdict;
        enum lookup_status status =
            lookups_decide(on.engine.lookups, &destination, engine_now_ms(), &waiters[i], &verdict);
        assert_int_equal(status, i < LOOKUPS_MAX ? LOOKUP_PENDING : LOOKUP_READY);
    }
    assert_int_equal(verdict->level, LEVEL_DEFER);
    assert_int_equal(verdict->reason, REASON_OVERLOADED);
    assert_int_equal(verdict->host_count, 0);
    assert_int_equal(on.engine.fake.asked_count, 2);
    end(&on);
    free(waiters);
}

static void a_parent_has_no_level_even_if_its_domain_has(void **state)
{
    struct set_up on;
    struct destination domain;
    struct destination parent;
    struct answer answer;
    struct asker *asker;

    (void)state;
    start(&on);
    asker = new_asker(&on);
    assert_int_equal(destination_parse("192.example", 11, &domain), DESTINATION_OK);
    assert_int_equal(destination_parse(".192.example", 12, &parent), DESTINATION_OK);
    struct world_record null_mx = world_any_record(&domain.name, DNS_MX);
    null_mx.rdata_len = 3;
    null_mx.rdata[2] = 0;
    world_add(&on.world, &null_mx);
    on.destination = domain;
    asker->waiter.callback = NULL;
    assert_int_equal(ask(asker), LOOKUP_PENDING);
    lookups_forget(&asker->waiter);
    answer_all(&on);
    assert_true(lookups_known(on.engine.lookups, &domain, engine_now_ms(), &answer));
    assert_int_equal(answer.reason, REASON_NULL_MX);
    assert_false(lookups_known(on.engine.lookups, &parent, engine_now_ms(), &answer));
    free(asker);
    end(&on);
}

static void note_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct asker *asker = (struct asker *)(void *)waiter;

    asker->calls++;
    asker->level = verdict->level;
}

/* Looks again though the level is known, and gives the level that this comes to. */
static enum level look_again(struct set_up *on, const struct destination *domain)
{
    struct asker *asker = new_asker(on);
    const struct verdict *verdict;

    asker->waiter.callback = note_verdict;
    assert_int_equal(
        lookups_decide_anew(on->engine.lookups, domain, engine_now_ms(), &asker->waiter, &verdict),
        LOOKUP_PENDING);
    assert_int_equal(on->engine.fake.waiting_count, 1);
    assert_int_equal(on->engine.fake.waiting[0].question.type, DNS_MX);
    answer_all(on);
    assert_int_equal(asker->calls, 1);
    enum level level = asker->level;
    free(asker);
    return level;
}

static void a_second_look_asks_dns_and_its_failure_costs_nothing(void **state)
{
    struct set_up on;
    struct destination domain;
    struct answer answer;

    (void)state;
    start(&on);
    assert_int_equal(destination_parse("192.example", 11, &domain), DESTINATION_OK);
    struct world_record null_mx = world_any_record(&domain.name, DNS_MX);
    null_mx.rdata_len = 3;
    null_mx.rdata[2] = 0;
    world_add(&on.world, &null_mx);
    assert_int_equal(look_again(&on, &domain), LEVEL_DANE);
    assert_int_equal(look_again(&on, &domain), LEVEL_DANE);

    world_hurt(&on.world, &domain.name, DNS_MX, FAULT_IS_SERVFAIL);
    assert_int_equal(look_again(&on, &domain), LEVEL_DEFER);
    assert_true(lookups_known(on.engine.lookups, &domain, engine_now_ms(), &answer));
    assert_int_equal(answer.reason, REASON_NULL_MX);
    end(&on);
}

struct downgrades {
    unsigned count;
    enum level was;
    enum level now;
};

static void note_downgrade(
    void *arg, const struct destination *destination, enum level was, const struct answer *answer)
{
    struct downgrades *downgrades = arg;

    (void)destination;
    downgrades->count++;
    downgrades->was = was;
    downgrades->now = answer->level;
}

static void note_level(void *arg, const struct verdict *verdict)
{
    *(enum level *)arg = verdict->level;
}

/* Decides a domain anew, behind a time that passes. Gives the level. */
static enum level decide_after(struct set_up *on, const struct destination *domain, uint64_t ms)
{
    struct answer answer;
    enum level level = LEVEL_DEFER;

    engine_pass_ms(ms);
    /* What a client does first: the level is looked for, and is past its time. */
    assert_false(lookups_known(on->engine.lookups, domain, engine_now_ms(), &answer));
    assert_true(engine_decide(&on->engine, domain, 0, note_level, &level));
    return level;
}

static void add_null_mx(struct set_up *on, const struct destination *domain)
{
    struct world_record null_mx = world_any_record(&domain->name, DNS_MX);

    null_mx.rdata_len = 3;
    null_mx.rdata[2] = 0;
    world_add(&on->world, &null_mx);
}

/* The MX record is gone, and the host has no TLSA records. */
static void leave_an_address_alone(struct set_up *on, const struct destination *domain)
{
    struct world_record address = world_any_record(&domain->name, DNS_A);

    world_fini(&on->world);
    world_init(&on->world);
    address.rdata_len = 4;
    world_add(&on->world, &address);
}

enum { LIFE_MS = 3600 * 1000 }; /* more than any TTL of this world */

/* Notes downgrades, and decides a domain that has the level dane. */
static void start_at_dane(struct set_up *on, struct destination *domain, struct downgrades *seen)
{
    struct lookup_options options = engine_default_options();

    start(on);
    seen->count = 0;
    options.on_downgraded = note_downgrade;
    options.arg = seen;
    lookups_set_options(on->engine.lookups, &options);
    assert_int_equal(destination_parse("192.example", 11, domain), DESTINATION_OK);
    add_null_mx(on, domain);
    assert_int_equal(decide_after(on, domain, 0), LEVEL_DANE);
}

static void a_weaker_level_is_told_up_to_a_day_after_the_one_before(void **state)
{
    struct set_up on;
    struct destination domain;
    struct downgrades seen;

    (void)state;
    start_at_dane(&on, &domain, &seen);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS), LEVEL_DANE);
    assert_int_equal(seen.count, 0);

    leave_an_address_alone(&on, &domain);
    enum level weaker = decide_after(&on, &domain, LIFE_MS);
    assert_int_equal(weaker, LEVEL_MAY);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.was, LEVEL_DANE);
    assert_int_equal(seen.now, weaker);

    /* Stronger again, then weaker after more than a day: nobody remembers. */
    add_null_mx(&on, &domain);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS), LEVEL_DANE);
    leave_an_address_alone(&on, &domain);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS + CACHE_REMEMBER_MS + 1), LEVEL_MAY);
    assert_int_equal(seen.count, 1);
    end(&on);
}

enum { FLOOD = 40 };

/* Adds a domain with 64 hosts in a zone whose servers are silent. Gives the destination. */
static struct destination add_crowd(struct set_up *on, int number)
{
    struct destination domain;
    char text[64];

    snprintf(text, sizeof text, "crowd%d.example", number);
    assert_int_equal(destination_parse(text, strlen(text), &domain), DESTINATION_OK);
    for (int i = 0; i < FACT_MX_MAX; i++) {
        struct world_record mx = world_any_record(&domain.name, DNS_MX);
        struct dname host;
        snprintf(text, sizeof text, "host%d.crowd%d.silent", i, number);
        assert_true(dname_from_text(text, strlen(text), &host));
        memcpy(mx.rdata + 2, host.wire, host.len);
        mx.rdata_len = (uint16_t)(2 + host.len);
        world_add(&on->world, &mx);
    }
    return domain;
}

static bool is_silent(const struct question *question)
{
    struct dname zone;

    dname_from_text("silent", 6, &zone);
    return dname_is_below(&question->name, &zone);
}

/* Answers all that is not silent. */
static void answer_the_honest(struct set_up *on)
{
    struct fake_resolver *fake = &on->engine.fake;

    for (size_t i = 0; i < fake->waiting_count;) {
        if (is_silent(&fake->waiting[i].question)) {
            i++;
            continue;
        }
        fake_resolver_answer(fake, i);
        i = 0;
    }
}

static void a_flood_of_silent_destinations_keeps_nobody_else_waiting(void **state)
{
    struct set_up on;
    struct asker *crowd[FLOOD];
    const struct verdict *verdict;

    (void)state;
    start(&on);
    for (int i = 0; i < FLOOD; i++) {
        struct destination domain = add_crowd(&on, i);
        crowd[i] = new_asker(&on);
        crowd[i]->waiter.callback = note_verdict;
        assert_int_equal(lookups_decide(on.engine.lookups, &domain, engine_now_ms(),
                             &crowd[i]->waiter, &verdict),
            LOOKUP_PENDING);
        answer_the_honest(&on);
        /* In the middle of it, a destination with one host: answered as if it were alone. */
        struct asker *honest = new_asker(&on);
        char key[32];
        snprintf(key, sizeof key, "[mx%d.example]", i);
        assert_int_equal(destination_parse(key, strlen(key), &domain), DESTINATION_OK);
        honest->waiter.callback = note_verdict;
        assert_int_equal(
            lookups_decide(on.engine.lookups, &domain, engine_now_ms(), &honest->waiter, &verdict),
            LOOKUP_PENDING);
        answer_the_honest(&on);
        assert_int_equal(honest->calls, 1);
        free(honest);
    }
    assert_true(on.engine.fake.waiting_count < TURNS_PLACES);
    assert_true(lookups_questions_waiting(on.engine.lookups) > 0);
    /* The silent ones come to nothing at last, each a few at a time, the rest by their long wait.
     */
    engine_pass_ms(TURNS_WAIT_MS);
    while (on.engine.fake.waiting_count > 0) {
        const struct question *question = &on.engine.fake.waiting[0].question;
        world_hurt(&on.world, &question->name, question->type, FAULT_IS_TIMEOUT);
        fake_resolver_answer(&on.engine.fake, 0);
    }
    for (int i = 0; i < FLOOD; i++) {
        assert_int_equal(crowd[i]->calls, 1);
        assert_int_equal(crowd[i]->level, LEVEL_DEFER);
        free(crowd[i]);
    }
    assert_int_equal(lookups_in_flight(on.engine.lookups), 0);
    assert_int_equal(lookups_questions_in_flight(on.engine.lookups), 0);
    end(&on);
}

static void a_weaker_level_is_told_though_lookups_failed_in_between(void **state)
{
    struct set_up on;
    struct destination domain;
    struct downgrades seen;

    (void)state;
    start_at_dane(&on, &domain, &seen);

    /* Twice it cannot be found out; no answer of these is weaker than the one before. */
    world_hurt(&on.world, &domain.name, DNS_MX, FAULT_IS_SERVFAIL);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS), LEVEL_DEFER);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS), LEVEL_DEFER);
    assert_int_equal(seen.count, 0);

    leave_an_address_alone(&on, &domain);
    assert_int_equal(decide_after(&on, &domain, LIFE_MS), LEVEL_MAY);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.was, LEVEL_DANE);
    assert_int_equal(seen.now, LEVEL_MAY);
    end(&on);
}

static void what_is_forgotten_does_not_come_back_with_a_lookup_under_way(void **state)
{
    struct set_up on;
    struct asker asker = {.on = &on, .waiter.callback = on_verdict};
    struct answer answer;

    (void)state;
    for (int is_forgotten = 0; is_forgotten < 2; is_forgotten++) {
        asker.calls = 0;
        start(&on);
        assert_int_equal(ask(&asker), LOOKUP_PENDING);
        fake_resolver_answer(&on.engine.fake, 0);
        assert_int_equal(asker.calls, 0);
        if (is_forgotten)
            cache_clear(on.engine.cache);
        while (on.engine.fake.waiting_count > 0)
            fake_resolver_answer(&on.engine.fake, 0);
        assert_int_equal(asker.calls, 1);
        assert_int_equal(
            lookups_known(on.engine.lookups, &on.destination, engine_now_ms(), &answer),
            !is_forgotten);
        end(&on);
    }
}

static void who_asks_after_all_was_forgotten_does_not_join_who_asked_before(void **state)
{
    struct set_up on;
    struct asker before = {.on = &on, .waiter.callback = on_verdict};
    struct asker after = {.on = &on, .waiter.callback = on_verdict};
    struct answer answer;

    (void)state;
    start(&on);
    assert_int_equal(ask(&before), LOOKUP_PENDING);
    size_t asked = on.engine.fake.asked_count;
    cache_clear(on.engine.cache);
    assert_int_equal(ask(&after), LOOKUP_PENDING);
    assert_int_equal(on.engine.fake.asked_count, 2 * asked);
    for (size_t i = 0; i < asked; i++)
        fake_resolver_answer(&on.engine.fake, 0);
    assert_int_equal(before.calls, 1);
    assert_int_equal(after.calls, 0);
    answer_all(&on);
    assert_int_equal(after.calls, 1);
    assert_true(lookups_known(on.engine.lookups, &on.destination, engine_now_ms(), &answer));
    end(&on);
}

static void a_failed_lookup_costs_no_level_within_its_time(void **state)
{
    static const struct {
        enum fault fault;
        enum level level;
    } failures[] = {{FAULT_IS_SERVFAIL, LEVEL_DEFER}, {FAULT_IS_ASK_NOT_VALIDATING, LEVEL_MAY}};
    struct lookup_options options = engine_default_options();
    struct set_up on;
    struct destination domain;
    struct downgrades seen;
    struct answer answer;
    enum level level;

    (void)state;
    start_at_dane(&on, &domain, &seen);
    options.policy.not_validating_may = true;
    options.on_downgraded = note_downgrade;
    options.arg = &seen;
    lookups_set_options(on.engine.lookups, &options);
    assert_int_equal(decide_after(&on, &domain, 0), LEVEL_DANE);
    /* A fact may have to leave the cache before the level that was decided from it does. */
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        cache_remove(on.engine.cache, CACHE_FACT, DNS_MX, &domain.name);
        world_hurt(&on.world, &domain.name, DNS_MX, failures[i].fault);
        assert_true(engine_decide(&on.engine, &domain, 0, note_level, &level));
        assert_int_equal(level, failures[i].level);
        assert_true(lookups_known(on.engine.lookups, &domain, engine_now_ms(), &answer));
        assert_int_equal(answer.level, LEVEL_DANE);
        assert_int_equal(seen.count, 0);
    }
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_asker_may_free_itself_or_ask_again_inside_its_answer),
        cmocka_unit_test(who_is_forgotten_is_not_called),
        cmocka_unit_test(lookups_under_way_can_be_left_behind),
        cmocka_unit_test(too_many_lookups_are_refused_and_named),
        cmocka_unit_test(a_parent_has_no_level_even_if_its_domain_has),
        cmocka_unit_test(a_second_look_asks_dns_and_its_failure_costs_nothing),
        cmocka_unit_test(a_weaker_level_is_told_up_to_a_day_after_the_one_before),
        cmocka_unit_test(a_flood_of_silent_destinations_keeps_nobody_else_waiting),
        cmocka_unit_test(a_weaker_level_is_told_though_lookups_failed_in_between),
        cmocka_unit_test(what_is_forgotten_does_not_come_back_with_a_lookup_under_way),
        cmocka_unit_test(who_asks_after_all_was_forgotten_does_not_join_who_asked_before),
        cmocka_unit_test(a_failed_lookup_costs_no_level_within_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
