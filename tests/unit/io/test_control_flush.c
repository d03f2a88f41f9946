/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_control_flush.c - daemon/io/control_flush: nothing of a destination is left, whatever had
 * left the cache before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/fact_cache.h"
#include "daemon/io/control_flush.h"
#include "tests/scenario/engine.h"

struct set_up {
    struct world world;
    struct engine engine;
    struct destination destination;
    struct lookup_waiter waiter; /* of one who flushes */
    size_t dropped;
};

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

/* Adds a secure record; target is the name in it, NULL: none. */
static void add(struct set_up *on, const char *owner, uint16_t type, const char *target)
{
    struct dname name = name_of(owner);
    struct world_record record = world_any_record(&name, type);
    size_t at = type == DNS_MX ? 2 : 0;

    record.secure = true;
    if (target) {
        name = name_of(target);
        memcpy(record.rdata + at, name.wire, name.len);
        record.rdata_len = (uint16_t)(at + name.len);
    }
    world_add(&on->world, &record);
}

/* A domain whose one MX host is an alias: MX, A, AAAA and TLSA at its end are known, and a level.
 */
static void start(struct set_up *on)
{
    struct lookup_options options = engine_default_options();

    memset(on, 0, sizeof *on);
    engine_reset_time();
    world_init(&on->world);
    assert_int_equal(destination_parse("example.com", 11, &on->destination), DESTINATION_OK);
    add(on, "example.com", DNS_MX, "mx.example.com");
    add(on, "mx.example.com", DNS_CNAME, "end.example.com");
    add(on, "end.example.com", DNS_A, NULL);
    add(on, "_25._tcp.end.example.com", DNS_TLSA, NULL);
    engine_init(&on->engine, &on->world, &options);
}

static void end(struct set_up *on)
{
    engine_fini(&on->engine);
    world_fini(&on->world);
}

static void answer_all(struct set_up *on)
{
    while (on->engine.fake.waiting_count > 0)
        fake_resolver_answer(&on->engine.fake, 0);
}

static void pass(void *arg, const struct verdict *verdict)
{
    (void)arg;
    (void)verdict;
}

static void know(struct set_up *on)
{
    assert_true(engine_decide(&on->engine, &on->destination, 0, pass, NULL));
}

static bool forget(struct set_up *on, const char *text, uint16_t type)
{
    struct dname name = name_of(text);

    return cache_remove(on->engine.cache, CACHE_FACT, type, &name);
}

static size_t entries(const struct set_up *on)
{
    struct cache_counts counts;

    cache_count(on->engine.cache, &counts);
    return counts.entries;
}

static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct set_up *on = (struct set_up *)(void *)((char *)waiter - offsetof(struct set_up, waiter));

    on->dropped = control_flush(on->engine.cache, &on->destination, verdict);
}

/* Flushes the destination; gives how many facts were dropped. */
static size_t flush(struct set_up *on)
{
    const struct verdict *verdict;

    on->dropped = SIZE_MAX;
    fake_resolver_forget_asked(&on->engine.fake);
    on->waiter.callback = on_verdict;
    if (lookups_decide_fully(on->engine.lookups, &on->destination, engine_now_ms(), &on->waiter,
            &verdict) == LOOKUP_READY)
        on_verdict(&on->waiter, verdict);
    answer_all(on);
    assert_int_not_equal(on->dropped, SIZE_MAX);
    return on->dropped;
}

static void all_of_a_known_destination_goes_without_a_question(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    know(&on);
    assert_int_equal(entries(&on), 5);
    assert_int_equal(flush(&on), 4);
    assert_int_equal(on.engine.fake.asked_count, 0);
    assert_int_equal(entries(&on), 0);
    end(&on);
}

static void hosts_are_forgotten_though_nothing_in_the_cache_names_them(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    know(&on);
    assert_true(forget(&on, "example.com", DNS_MX));
    /* The MX records are asked for, and are not counted: they had not been there. */
    assert_int_equal(flush(&on), 3);
    assert_int_equal(on.engine.fake.asked_count, 1);
    assert_int_equal(entries(&on), 0);
    end(&on);
}

static void records_at_the_end_of_an_alias_are_forgotten_though_it_has_run_out(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    know(&on);
    assert_true(forget(&on, "mx.example.com", DNS_A));
    assert_true(forget(&on, "mx.example.com", DNS_AAAA));
    assert_int_equal(flush(&on), 2);
    assert_int_equal(entries(&on), 0);
    end(&on);
}

/* Without addresses nothing asks for TLSA records, but the next lookup may. */
static void records_of_a_host_whose_addresses_fail_are_forgotten(void **state)
{
    struct set_up on;
    struct dname host = name_of("mx.example.com");
    struct dname owner = name_of("_25._tcp.mx.example.com");
    struct fact *none = fact_new(FACT_NODATA, DNS_SECURE, 60, NULL, NULL, 0);

    (void)state;
    start(&on);
    world_hurt(&on.world, &host, DNS_A, FAULT_IS_SERVFAIL);
    world_hurt(&on.world, &host, DNS_AAAA, FAULT_IS_SERVFAIL);
    none->expires_ms = engine_now_ms() + 60000;
    fact_cache_put(on.engine.cache, DNS_TLSA, &owner, none, engine_now_ms());
    free(none);
    assert_int_equal(flush(&on), 1);
    assert_int_equal(entries(&on), 0);
    end(&on);
}

static void what_was_never_asked_for_leaves_nothing_behind(void **state)
{
    struct set_up on;

    (void)state;
    start(&on);
    assert_int_equal(flush(&on), 0);
    assert_int_equal(entries(&on), 0);
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_known_destination_goes_without_a_question),
        cmocka_unit_test(hosts_are_forgotten_though_nothing_in_the_cache_names_them),
        cmocka_unit_test(records_at_the_end_of_an_alias_are_forgotten_though_it_has_run_out),
        cmocka_unit_test(records_of_a_host_whose_addresses_fail_are_forgotten),
        cmocka_unit_test(what_was_never_asked_for_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
