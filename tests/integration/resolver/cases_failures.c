/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_failures.c - resolvers that die, are silent, take no more, or never validated.
 */

#include <stdlib.h>
#include <string.h>

#include "tests/integration/resolver/cases.h"

static void killed_resolver_fails_and_recovers(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t spare[] = {PORT_SPARE};
    size_t descriptors;

    world("start", "spare");
    bench_open(&bench, spare, 1, 4000);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    CHECK(outcome.ad);
    world("stop", "spare");
    descriptors = open_descriptors();
    for (int i = 0; i < 30; i++) {
        bench_query(&bench, "example", DNS_MX, &outcome);
        CHECK(!outcome.replied && outcome.cause == CAUSE_UNREACHABLE);
    }
    CHECK(open_descriptors() <= descriptors);
    CHECK(bench.state == RESOLVER_VALIDATING); /* no answer is no verdict */
    world("start", "spare");
    bench_query(&bench, "example", DNS_MX, &outcome);
    CHECK(outcome.replied && outcome.ad);
    bench_close(&bench);
    world("stop", "spare");
}

static void refused_connection_fails_over_at_once(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t ports[] = {PORT_SPARE, PORT_VALIDATING};

    world("start", "spare");
    bench_open(&bench, ports, 2, 60000); /* so long that a time-out would fail the case */
    bench_run_until(&bench, &bench.news, 2);
    CHECK(bench.upstreams[0] == UPSTREAM_PASSED && bench.upstreams[1] == UPSTREAM_PASSED);
    world("stop", "spare");
    for (int i = 0; i < 10; i++) {
        bench_query(&bench, "mx.example", DNS_A, &outcome);
        CHECK(outcome.ad && outcome.took_ms < 20000);
    }
    CHECK(resolver_getdns_counts(bench.resolver)->retries > 0);
    bench_close(&bench);
}

/* The upstream passes as a server that then falls silent: it is stopped where it stands. */
static void silent_resolver_fails_over_within_the_deadline(void)
{
    struct bench bench;
    struct outcome outcome;
    uint64_t retries;
    static const uint16_t ports[] = {PORT_SPARE, PORT_VALIDATING};

    world("start", "spare");
    bench_open(&bench, ports, 2, 2000);
    bench_run_until(&bench, &bench.news, 2);
    signal_spare("STOP");
    bench_query(&bench, "example", DNS_MX, &outcome);
    CHECK(outcome.ad && outcome.took_ms >= 1000);
    CHECK(resolver_getdns_counts(bench.resolver)->retries == 1);
    for (int i = 0; i < 3; i++) {
        bench_query(&bench, "example", DNS_MX, &outcome);
        CHECK(outcome.ad);
    }
    /* By now it has failed three times in a row, and is left alone. */
    retries = resolver_getdns_counts(bench.resolver)->retries;
    bench_query(&bench, "example", DNS_MX, &outcome);
    CHECK(outcome.ad && resolver_getdns_counts(bench.resolver)->retries == retries);
    signal_spare("CONT");
    bench_close(&bench);
    world("stop", "spare");
}

#define CROWD 500

static void resolver_that_dies_with_questions_in_flight_costs_no_answer(void)
{
    struct bench bench;
    struct outcome *outcomes = calloc(CROWD, sizeof *outcomes);
    char name[64];
    size_t descriptors = open_descriptors();
    size_t wrong = 0;
    static const uint16_t ports[] = {PORT_SPARE, PORT_VALIDATING};

    world("start", "spare");
    bench_open(&bench, ports, 2, 20000);
    bench_run_until(&bench, &bench.news, 2);
    signal_spare("STOP");
    for (unsigned i = 0; i < CROWD; i++) {
        snprintf(name, sizeof name, "d%u.many.example", i);
        CHECK(bench_ask(&bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
    for (unsigned i = 0; i < CROWD; i++)
        uv_run(&bench.loop, UV_RUN_NOWAIT); /* they are written, and nothing comes back */
    CHECK(resolver_getdns_counts(bench.resolver)->in_flight == CROWD);
    signal_spare("KILL");
    for (unsigned i = 0; i < CROWD; i++)
        bench_run_until(&bench, &outcomes[i].calls, 1);
    for (unsigned i = 0; i < CROWD; i++)
        if (outcomes[i].calls != 1 || !outcomes[i].ad || outcomes[i].counts[DNS_A] != 1)
            wrong++;
    CHECK(wrong == 0);
    bench_close(&bench);
    for (unsigned i = 0; i < CROWD; i++)
        CHECK(outcomes[i].calls == 1);
    CHECK(open_descriptors() == descriptors);
    world("stop", "spare");
    free(outcomes);
}

/*
 * The first of two crowds runs out of time, and is cancelled, while the connection does not take
 * all of it. getdns would go on inside a question that is freed.
 */
static void connection_that_takes_no_more_is_closed_with_the_first_deadline(void)
{
    struct bench bench;
    struct outcome *outcomes = calloc(2 * CROWD, sizeof *outcomes);
    size_t descriptors;
    static const uint16_t spare[] = {PORT_SPARE};

    world("start", "spare");
    bench_open(&bench, spare, 1, 4000);
    bench_run_until(&bench, &bench.news, 1);
    signal_spare("STOP");
    shrink_send_buffers();
    descriptors = open_descriptors();
    bench_ask_crowd(&bench, outcomes, 0, CROWD);
    uint64_t first_ms = uv_now(&bench.loop);
    while (uv_now(&bench.loop) < first_ms + 500)
        uv_run(&bench.loop, UV_RUN_ONCE);
    bench_ask_crowd(&bench, outcomes, CROWD, CROWD);
    while (resolver_getdns_counts(bench.resolver)->retries == 0)
        uv_run(&bench.loop, UV_RUN_ONCE);
    CHECK(open_descriptors() == descriptors);
    signal_spare("CONT");
    for (unsigned i = 0; i < 2 * CROWD; i++)
        bench_run_until(&bench, &outcomes[i].calls, 1);
    bench_close(&bench);
    for (unsigned i = 0; i < 2 * CROWD; i++)
        CHECK(outcomes[i].calls == 1);
    world("stop", "spare");
    free(outcomes);
}

static void never_answering_resolver_has_no_verdict(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t silent[] = {PORT_SILENT};
    static const uint16_t silent_first[] = {PORT_SILENT, PORT_VALIDATING};
    static const uint16_t nobody[] = {PORT_NOBODY};

    bench_open(&bench, silent, 1, 500);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    /* It was never asked: whoever keeps errors must not take this for one of the question. */
    CHECK(!outcome.replied && outcome.cause == CAUSE_UNREACHABLE);
    CHECK(bench.state == RESOLVER_UNTESTED);
    bench_close(&bench);
    /* It refuses connections: nobody is held until the time-out, which is behind the test's limit.
     */
    bench_open(&bench, nobody, 1, 600000);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    CHECK(!outcome.replied && outcome.cause == CAUSE_UNREACHABLE);
    CHECK(bench.state == RESOLVER_UNTESTED && bench.news == 1);
    bench_close(&bench);
    bench_open(&bench, silent_first, 2, 60000);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    CHECK(outcome.ad && outcome.took_ms < 20000);
    bench_close(&bench);
}

static void resolver_that_does_not_validate_is_not_asked(void)
{
    struct bench bench;
    struct outcome held, outcome;
    static const uint16_t spare[] = {PORT_SPARE};
    static const uint16_t both[] = {PORT_SPARE, PORT_VALIDATING};

    world("start", "blind");
    bench_open(&bench, both, 2, 4000);
    bench_run_until(&bench, &bench.news, 2);
    CHECK(bench.upstreams[0] == UPSTREAM_FAILED && bench.upstreams[1] == UPSTREAM_PASSED);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    CHECK(outcome.ad);
    bench_close(&bench);

    bench_open(&bench, spare, 1, 4000);
    CHECK(bench_ask(&bench, "mx.example", DNS_A, &held) == CAUSE_NONE);
    bench_run_until_state(&bench, RESOLVER_NOT_VALIDATING);
    bench_run_until(&bench, &held.calls, 1);
    CHECK(!held.replied && held.cause == CAUSE_NOT_VALIDATING);
    CHECK(strcmp(bench.why, "its answer for \".\" SOA came without the AD bit") == 0);
    CHECK(bench_ask(&bench, "mx.example", DNS_A, &outcome) == CAUSE_NOT_VALIDATING);
    CHECK(strchr(resolver_getdns_upstream_text(bench.resolver, 0), '@') != NULL);
    world("stop", "blind");
    world("start", "spare");
    bench_run_until_state(&bench, RESOLVER_VALIDATING);
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    CHECK(outcome.ad && outcome.calls == 1);
    bench_close(&bench);
    world("stop", "spare");
}

const struct test_case cases_failures[] = {
    CASE(killed_resolver_fails_and_recovers),
    CASE(refused_connection_fails_over_at_once),
    CASE(silent_resolver_fails_over_within_the_deadline),
    CASE(resolver_that_dies_with_questions_in_flight_costs_no_answer),
    CASE(connection_that_takes_no_more_is_closed_with_the_first_deadline),
    CASE(never_answering_resolver_has_no_verdict),
    CASE(resolver_that_does_not_validate_is_not_asked),
    {NULL, NULL},
};
