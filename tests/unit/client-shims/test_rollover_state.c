/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_rollover_state.c - what one run tells the next. (The file itself is read and written in
 * tests/integration/rollover.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client-shims/danectl/rollover_state.h"

#define FIRST 1000
#define LATER 2000

static struct rollover_state state;
static struct rollover_seen seen;
static json_t *one_server;
static json_t *two_servers;

static int nothing_is_known(void **unused)
{
    (void)unused;
    rollover_state_init(&state);
    one_server = json_pack("[s]", "ns1 192.0.2.1");
    two_servers = json_pack("[s,s]", "ns2 192.0.2.2", "ns1 192.0.2.1");
    seen = (struct rollover_seen){
        .owner = "_25._tcp.mx.example",
        .certificate = "ab",
        .servers = two_servers,
        .published = ROLLOVER_PUBLISHED_YES,
        .ttl_s = 300,
        .now_s = FIRST,
    };
    return 0;
}

static int forget(void **unused)
{
    (void)unused;
    rollover_state_fini(&state);
    json_decref(one_server);
    json_decref(two_servers);
    return 0;
}

/* Notes what is seen at now_s. Gives since when every server publishes. */
static int64_t since(int64_t now_s)
{
    seen.now_s = now_s;
    rollover_state_note(&state, &seen);
    return state.since_s;
}

static void the_time_begins_when_every_server_publishes(void **unused)
{
    (void)unused;
    seen.published = ROLLOVER_PUBLISHED_NO;
    assert_int_equal(since(FIRST - 2), -1);
    seen.published = ROLLOVER_PUBLISHED_UNKNOWN;
    assert_int_equal(since(FIRST - 1), -1);
    seen.published = ROLLOVER_PUBLISHED_YES;
    assert_int_equal(since(FIRST), FIRST);
    assert_int_equal(since(LATER), FIRST);
}

static void a_server_without_the_record_ends_it_and_one_that_is_not_seen_does_not(void **unused)
{
    (void)unused;
    assert_int_equal(since(FIRST), FIRST);
    seen.published = ROLLOVER_PUBLISHED_UNKNOWN;
    assert_int_equal(since(LATER), FIRST);
    seen.published = ROLLOVER_PUBLISHED_NO;
    assert_int_equal(since(LATER), -1);
    seen.published = ROLLOVER_PUBLISHED_YES;
    assert_int_equal(since(LATER + 1), LATER + 1);
}

static void a_server_more_begins_it_anew_and_one_less_does_not(void **unused)
{
    (void)unused;
    seen.servers = one_server;
    assert_int_equal(since(FIRST), FIRST);
    seen.servers = two_servers;
    assert_int_equal(since(LATER), LATER);
    seen.servers = one_server;
    assert_int_equal(since(LATER + 1), LATER);
}

static void another_name_or_certificate_begins_it_anew(void **unused)
{
    (void)unused;
    assert_int_equal(since(FIRST), FIRST);
    seen.certificate = "cd";
    assert_int_equal(since(LATER), LATER);
    seen.owner = "_26._tcp.mx.example";
    seen.ttl_s = 10;
    assert_int_equal(since(LATER + 1), LATER + 1);
    assert_int_equal(state.ttl_s, 10);
}

static void a_time_to_come_is_no_time(void **unused)
{
    (void)unused;
    assert_int_equal(since(LATER), LATER);
    assert_int_equal(since(FIRST), FIRST);
}

static void the_greatest_ttl_is_kept_whatever_the_servers_have(void **unused)
{
    (void)unused;
    seen.published = ROLLOVER_PUBLISHED_NO;
    seen.ttl_s = 86400;
    since(FIRST);
    seen.published = ROLLOVER_PUBLISHED_YES;
    seen.ttl_s = 60;
    since(LATER);
    assert_int_equal(state.ttl_s, 86400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nothing_is_known, forget)
    const struct CMUnitTest tests[] = {
        TEST(the_time_begins_when_every_server_publishes),
        TEST(a_server_without_the_record_ends_it_and_one_that_is_not_seen_does_not),
        TEST(a_server_more_begins_it_anew_and_one_less_does_not),
        TEST(another_name_or_certificate_begins_it_anew),
        TEST(a_time_to_come_is_no_time),
        TEST(the_greatest_ttl_is_kept_whatever_the_servers_have),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
