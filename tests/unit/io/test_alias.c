/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_alias.c - daemon/core/alias, by way of a full lookup: which link of a chain is not secure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/alias.h"
#include "tests/scenario/engine.h"

struct set_up {
    struct world world;
    struct engine engine;
    struct destination destination;
    struct lookup_waiter waiter; /* of one who takes verdicts */
    bool is_told;
    struct alias_link links[FACT_LINKS_MAX];
    size_t link_count;
};

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void start(struct set_up *on, const char *key)
{
    struct lookup_options options = engine_default_options();

    memset(on, 0, sizeof *on);
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

static void add_alias(struct set_up *on, const char *owner, const char *target, bool secure)
{
    struct dname owner_name = name_of(owner);
    struct dname target_name = name_of(target);
    struct world_record record = world_any_record(&owner_name, DNS_CNAME);

    record.secure = secure;
    record.rdata_len = target_name.len;
    memcpy(record.rdata, target_name.wire, target_name.len);
    world_add(&on->world, &record);
}

static void add_address(struct set_up *on, const char *owner)
{
    struct dname name = name_of(owner);
    struct world_record record = world_any_record(&name, DNS_A);

    record.secure = true;
    world_add(&on->world, &record);
}

/* The links are read while the evidence is there. */
static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct set_up *on = (struct set_up *)(void *)((char *)waiter - offsetof(struct set_up, waiter));

    on->is_told = true;
    on->link_count = alias_links(verdict->evidence, &on->destination.name,
        alias_address_type(verdict->evidence, &on->destination.name), on->links);
}

/* Looks fully; gives how many questions were asked. */
static size_t look(struct set_up *on)
{
    const struct verdict *verdict;

    fake_resolver_forget_asked(&on->engine.fake);
    on->is_told = false;
    on->waiter.callback = on_verdict;
    if (lookups_decide_fully(on->engine.lookups, &on->destination, engine_now_ms(), &on->waiter,
            &verdict) == LOOKUP_READY)
        on_verdict(&on->waiter, verdict);
    while (on->engine.fake.waiting_count > 0)
        fake_resolver_answer(&on->engine.fake, 0);
    assert_true(on->is_told);
    return on->engine.fake.asked_count;
}

static void expect_link(
    struct set_up *on, size_t i, const char *owner, const char *target, enum dns_status status)
{
    char text[DNAME_TEXT_MAX];

    assert_true(i < on->link_count);
    assert_string_equal(dname_to_text(&on->links[i].owner, text), owner);
    assert_string_equal(dname_to_text(&on->links[i].target, text), target);
    assert_int_equal(on->links[i].status, status);
}

static void of_an_insecure_chain_each_link_is_asked_for_once(void **state)
{
    struct set_up on;

    (void)state;
    start(&on, "[mx.example]");
    add_alias(&on, "mx.example", "b.example", true);
    add_alias(&on, "b.example", "c.example", false);
    add_alias(&on, "c.example", "d.example", true);
    add_address(&on, "d.example");
    /* A, AAAA, the host's own CNAME and TLSA decide; two more links are to be shown. */
    assert_int_equal(look(&on), 6);
    assert_int_equal(on.link_count, 3);
    expect_link(&on, 0, "mx.example", "b.example", DNS_SECURE);
    expect_link(&on, 1, "b.example", "c.example", DNS_INSECURE);
    expect_link(&on, 2, "c.example", "d.example", DNS_SECURE);
    assert_int_equal(look(&on), 0);
    assert_int_equal(on.link_count, 3);
    end(&on);
}

static void a_secure_chain_needs_no_more_questions(void **state)
{
    struct set_up on;

    (void)state;
    start(&on, "[mx.example]");
    add_alias(&on, "mx.example", "b.example", true);
    add_alias(&on, "b.example", "c.example", true);
    add_address(&on, "c.example");
    /* A, AAAA, and TLSA at both ends. */
    assert_int_equal(look(&on), 4);
    assert_int_equal(on.link_count, 2);
    expect_link(&on, 0, "mx.example", "b.example", DNS_SECURE);
    expect_link(&on, 1, "b.example", "c.example", DNS_SECURE);
    end(&on);
}

static void a_link_that_fails_is_not_known_and_decides_nothing(void **state)
{
    struct set_up on;
    struct dname second = name_of("b.example");

    (void)state;
    start(&on, "[mx.example]");
    add_alias(&on, "mx.example", "b.example", true);
    add_alias(&on, "b.example", "c.example", false);
    add_address(&on, "c.example");
    world_hurt(&on.world, &second, DNS_CNAME, FAULT_IS_BOGUS);
    look(&on);
    assert_int_equal(on.link_count, 2);
    expect_link(&on, 0, "mx.example", "b.example", DNS_SECURE);
    expect_link(&on, 1, "b.example", "c.example", DNS_ERROR);
    end(&on);
}

static void a_host_without_an_address_shows_where_it_leads(void **state)
{
    struct set_up on;

    (void)state;
    start(&on, "[mx.example]");
    add_alias(&on, "mx.example", "b.example", false);
    look(&on);
    assert_int_equal(on.link_count, 1);
    expect_link(&on, 0, "mx.example", "b.example", DNS_INSECURE);
    end(&on);
}

/* No host is due behind such a denial, which must not keep the lookup from its end. */
static void a_domain_that_does_not_exist_shows_where_it_leads(void **state)
{
    struct set_up on;

    (void)state;
    start(&on, "alias.example");
    add_alias(&on, "alias.example", "b.example", false);
    add_alias(&on, "b.example", "gone.example", true);
    assert_int_equal(look(&on), 3);
    assert_int_equal(look(&on), 0);
    end(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_an_insecure_chain_each_link_is_asked_for_once),
        cmocka_unit_test(a_secure_chain_needs_no_more_questions),
        cmocka_unit_test(a_link_that_fails_is_not_known_and_decides_nothing),
        cmocka_unit_test(a_host_without_an_address_shows_where_it_leads),
        cmocka_unit_test(a_domain_that_does_not_exist_shows_where_it_leads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
