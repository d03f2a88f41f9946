/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_rollover_decide.c - READY only where everything is known and good; else WAIT or NO, and why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client-shims/danectl/rollover_decide.h"

#define NOW 1000000
#define TTL 3600
#define LONG_AGO (NOW - TTL - ROLLOVER_MARGIN_S)

enum { SERVERS = 2, ADDRESSES = 2 };

static struct rollover_server_fact servers[SERVERS];
static enum rollover_served addresses[ADDRESSES];
static struct rollover_facts facts;
static struct rollover_decision decision;

/* Everything is as it should be: two servers, two addresses. */
static int all_is_good(void **state)
{
    (void)state;
    servers[0] = (struct rollover_server_fact){ROLLOVER_PUBLISHES, 0};
    servers[1] = (struct rollover_server_fact){ROLLOVER_PUBLISHES, 1};
    addresses[0] = addresses[1] = ROLLOVER_SERVED_MATCHES;
    facts = (struct rollover_facts){
        .now_s = NOW,
        .lookup = ROLLOVER_LOOKUP_SECURE,
        .resolver_accepts = true,
        .resolver_ttl_s = 100,
        .survey = ROLLOVER_SURVEY_WHOLE,
        .servers = servers,
        .server_count = SERVERS,
        .addresses = addresses,
        .address_count = ADDRESSES,
        .since_s = LONG_AGO,
        .ttl_s = TTL,
    };
    return 0;
}

static int forget_decision(void **state)
{
    (void)state;
    rollover_decision_fini(&decision);
    decision = (struct rollover_decision){.findings = NULL};
    return 0;
}

/* Decides anew; gives the verdict. */
static enum rollover_verdict decide(void)
{
    rollover_decision_fini(&decision);
    rollover_decide(&facts, &decision);
    return decision.verdict;
}

static bool has_issue(enum rollover_issue issue)
{
    for (size_t i = 0; i < decision.finding_count; i++)
        if (decision.findings[i].issue == issue)
            return true;
    return false;
}

static void if_all_is_good_it_is_ready(void **state)
{
    (void)state;
    assert_int_equal(decide(), ROLLOVER_READY);
    assert_int_equal(decision.finding_count, 0);
    assert_int_equal(decision.until_s, 0);
}

static void before_the_ttl_has_passed_it_waits_until_then(void **state)
{
    (void)state;
    facts.since_s = LONG_AGO + 1;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, NOW + 1);
    assert_true(has_issue(ROLLOVER_ISSUE_TOO_SOON));
    facts.since_s = NOW;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, NOW + TTL + ROLLOVER_MARGIN_S);
}

static void it_waits_for_the_later_of_the_caches_and_the_resolver(void **state)
{
    (void)state;
    facts.resolver_accepts = false;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, NOW + 101);
    assert_true(has_issue(ROLLOVER_ISSUE_RESOLVER_LACKS));
    facts.since_s = LONG_AGO + 5000;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, NOW + 5000);
    facts.lookup = ROLLOVER_LOOKUP_DENIED;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_true(has_issue(ROLLOVER_ISSUE_RESOLVER_LACKS));
}

static void where_more_than_time_is_awaited_nobody_knows_until_when(void **state)
{
    (void)state;
    facts.since_s = NOW;
    servers[1].state = ROLLOVER_UNREACHED;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, 0);
    assert_false(has_issue(ROLLOVER_ISSUE_TOO_SOON));
    assert_true(has_issue(ROLLOVER_ISSUE_SERVER));
    servers[1].state = ROLLOVER_PUBLISHES;
    facts.lookup = ROLLOVER_LOOKUP_FAILED;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, 0);
}

static void each_state_of_a_server_has_its_verdict(void **state)
{
    (void)state;
    static const enum rollover_verdict verdicts[] = {
        [ROLLOVER_PUBLISHES] = ROLLOVER_READY,
        [ROLLOVER_LEADS_ON] = ROLLOVER_READY,
        [ROLLOVER_LACKS] = ROLLOVER_WAIT,
        [ROLLOVER_UNSIGNED] = ROLLOVER_NO,
        [ROLLOVER_EXPIRED] = ROLLOVER_NO,
        [ROLLOVER_REFUSES] = ROLLOVER_NO,
        [ROLLOVER_NOT_AUTHORITATIVE] = ROLLOVER_NO,
        [ROLLOVER_NO_ADDRESS] = ROLLOVER_NO,
        [ROLLOVER_FAILS] = ROLLOVER_WAIT,
        [ROLLOVER_UNREACHED] = ROLLOVER_WAIT,
        [ROLLOVER_UNROUTABLE] = ROLLOVER_WAIT,
    };
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        servers[1].state = (enum rollover_server_state)i;
        assert_int_equal(decide(), verdicts[i]);
        assert_int_equal(decision.finding_count, verdicts[i] == ROLLOVER_READY ? 0 : 1);
        if (decision.finding_count > 0)
            assert_int_equal(decision.findings[0].index, 1);
    }
}

static void no_way_to_an_address_is_a_remark_if_the_server_was_seen_at_another(void **state)
{
    (void)state;
    servers[1] = (struct rollover_server_fact){ROLLOVER_UNROUTABLE, 0};
    assert_int_equal(decide(), ROLLOVER_READY);
    assert_int_equal(decision.finding_count, 1);
    servers[0].state = ROLLOVER_LACKS;
    assert_int_equal(decide(), ROLLOVER_NO);
}

static void a_record_that_is_nowhere_does_not_come_by_waiting(void **state)
{
    (void)state;
    servers[0].state = servers[1].state = ROLLOVER_LACKS;
    facts.resolver_accepts = false;
    assert_int_equal(decide(), ROLLOVER_NO);
    assert_int_equal(decision.finding_count, 1);
    assert_int_equal(decision.findings[0].issue, ROLLOVER_ISSUE_NOWHERE);
    /* An alias publishes nothing by itself. */
    servers[0].state = ROLLOVER_LEADS_ON;
    assert_int_equal(decide(), ROLLOVER_NO);
    servers[1].state = ROLLOVER_LEADS_ON;
    facts.resolver_accepts = true;
    assert_int_equal(decide(), ROLLOVER_WAIT);
}

static void servers_that_are_not_all_known_are_not_all_seen(void **state)
{
    (void)state;
    facts.survey = ROLLOVER_SURVEY_FAILED;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_int_equal(decision.until_s, 0);
    facts.survey = ROLLOVER_SURVEY_ENDLESS;
    assert_int_equal(decide(), ROLLOVER_NO);
    facts.survey = ROLLOVER_SURVEY_WHOLE;
    facts.server_count = 0;
    assert_int_equal(decide(), ROLLOVER_WAIT);
}

static void what_the_resolver_does_not_vouch_for_is_not_ready(void **state)
{
    (void)state;
    facts.lookup = ROLLOVER_LOOKUP_INSECURE;
    assert_int_equal(decide(), ROLLOVER_NO);
    facts.lookup = ROLLOVER_LOOKUP_NOT_VALIDATING;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    facts.lookup = ROLLOVER_LOOKUP_FAILED;
    assert_int_equal(decide(), ROLLOVER_WAIT);
}

static void what_is_served_now_must_match_where_it_can_be_seen(void **state)
{
    (void)state;
    addresses[1] = ROLLOVER_SERVED_DIFFERS;
    assert_int_equal(decide(), ROLLOVER_NO);
    addresses[1] = ROLLOVER_SERVED_NOTHING;
    assert_int_equal(decide(), ROLLOVER_NO);
    addresses[1] = ROLLOVER_SERVED_PARTLY;
    assert_int_equal(decide(), ROLLOVER_READY);
    assert_int_equal(decision.finding_count, 1);
    addresses[1] = ROLLOVER_SERVED_UNSEEN;
    assert_int_equal(decide(), ROLLOVER_READY);
    assert_int_equal(decision.finding_count, 1);
    addresses[0] = ROLLOVER_SERVED_UNSEEN;
    assert_int_equal(decide(), ROLLOVER_WAIT);
    assert_true(has_issue(ROLLOVER_ISSUE_NONE_SEEN));
    facts.address_count = 0;
    assert_int_equal(decide(), ROLLOVER_WAIT);
}

static void remarks_do_not_change_the_verdict(void **state)
{
    (void)state;
    facts.sets_differ = true;
    facts.new_is_out_of_date = true;
    assert_int_equal(decide(), ROLLOVER_READY);
    assert_int_equal(decision.finding_count, 2);
}

/* ---- every combination, held against the definition ---- */

static bool is_good(enum rollover_server_state state)
{
    return state == ROLLOVER_PUBLISHES || state == ROLLOVER_LEADS_ON;
}

/* Whether a server is good, or was seen to be at its other address. */
static bool is_proven(size_t i)
{
    return is_good(servers[i].state) ||
           (servers[i].state == ROLLOVER_UNROUTABLE && servers[0].group == servers[1].group &&
               is_good(servers[1 - i].state));
}

static bool is_broken(enum rollover_served served)
{
    return served == ROLLOVER_SERVED_DIFFERS || served == ROLLOVER_SERVED_NOTHING;
}

static bool should_be_ready(void)
{
    return facts.lookup == ROLLOVER_LOOKUP_SECURE && facts.resolver_accepts &&
           facts.survey == ROLLOVER_SURVEY_WHOLE && is_proven(0) && is_proven(1) &&
           (servers[0].state == ROLLOVER_PUBLISHES || servers[1].state == ROLLOVER_PUBLISHES) &&
           facts.since_s == LONG_AGO && !is_broken(addresses[0]) && !is_broken(addresses[1]) &&
           (addresses[0] != ROLLOVER_SERVED_UNSEEN || addresses[1] != ROLLOVER_SERVED_UNSEEN);
}

/* Sets the facts to combination number n. Returns false behind the last. */
static bool set_combination(unsigned n)
{
    const unsigned states = ROLLOVER_UNROUTABLE + 1;
    const unsigned served = ROLLOVER_SERVED_UNJUDGED + 1;

    servers[0].state = (enum rollover_server_state)(n % states);
    n /= states;
    servers[1].state = (enum rollover_server_state)(n % states);
    n /= states;
    addresses[0] = (enum rollover_served)(n % served);
    n /= served;
    addresses[1] = (enum rollover_served)(n % served);
    n /= served;
    facts.lookup = (enum rollover_lookup)(n % (ROLLOVER_LOOKUP_NOT_VALIDATING + 1));
    n /= ROLLOVER_LOOKUP_NOT_VALIDATING + 1;
    facts.survey = (enum rollover_survey)(n % (ROLLOVER_SURVEY_ENDLESS + 1));
    n /= ROLLOVER_SURVEY_ENDLESS + 1;
    servers[1].group = n % 2;
    facts.resolver_accepts = n / 2 % 2 == 1;
    facts.since_s = n / 4 % 2 == 1 ? NOW : LONG_AGO;
    return n < 8;
}

static void ready_is_said_exactly_where_everything_is_known_and_good(void **state)
{
    (void)state;
    unsigned ready = 0;

    for (unsigned n = 0; set_combination(n); n++) {
        enum rollover_verdict worst = ROLLOVER_READY;
        assert_int_equal(decide() == ROLLOVER_READY, should_be_ready());
        for (size_t i = 0; i < decision.finding_count; i++)
            if (decision.findings[i].verdict > worst)
                worst = decision.findings[i].verdict;
        assert_int_equal(decision.verdict, worst);
        assert_true(
            decision.until_s == 0 || (decision.verdict == ROLLOVER_WAIT && decision.until_s > NOW));
        ready += decision.verdict == ROLLOVER_READY ? 1 : 0;
    }
    assert_true(ready > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, all_is_good, forget_decision)
    const struct CMUnitTest tests[] = {
        TEST(if_all_is_good_it_is_ready),
        TEST(before_the_ttl_has_passed_it_waits_until_then),
        TEST(it_waits_for_the_later_of_the_caches_and_the_resolver),
        TEST(where_more_than_time_is_awaited_nobody_knows_until_when),
        TEST(each_state_of_a_server_has_its_verdict),
        TEST(no_way_to_an_address_is_a_remark_if_the_server_was_seen_at_another),
        TEST(a_record_that_is_nowhere_does_not_come_by_waiting),
        TEST(servers_that_are_not_all_known_are_not_all_seen),
        TEST(what_the_resolver_does_not_vouch_for_is_not_ready),
        TEST(what_is_served_now_must_match_where_it_can_be_seen),
        TEST(remarks_do_not_change_the_verdict),
        TEST(ready_is_said_exactly_where_everything_is_known_and_good),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
