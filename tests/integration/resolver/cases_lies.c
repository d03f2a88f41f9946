/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_lies.c - replies that are wrong in themselves, and the second opinion.
 */

#include <string.h>

#include "tests/integration/resolver/cases.h"

static const uint8_t lie[4] = {203, 0, 113, 66};

struct lie_row {
    const char *kind;
    enum dns_cause cause; /* of a lone liar; CAUSE_NONE: its reply is a reply, be it the rcode */
    int rcode;            /* of that reply; -1: it is good and has the lie's address */
};

static const struct lie_row lies[] = {
    {"wrong-name", CAUSE_UNRELATED, 0},
    {"wrong-type", CAUSE_UNRELATED, 0},
    {"no-question", CAUSE_UNRELATED, 0},
    {"no-qr", CAUSE_MALFORMED, 0},
    {"truncated", CAUSE_TRUNCATED, 0},
    {"garbage", CAUSE_MALFORMED, 0},
    {"miscount", CAUSE_MALFORMED, 0},
    {"cut-record", CAUSE_MALFORMED, 0},
    {"cut-tlsa", CAUSE_MALFORMED, 0},
    {"trailing", CAUSE_MALFORMED, 0},
    {"pointer-loop", CAUSE_MALFORMED, 0},
    {"short-rdata", CAUSE_MALFORMED, 0},
    {"half", CAUSE_UNREACHABLE, 0},
    {"hang-up", CAUSE_UNREACHABLE, 0},
    {"prefix-long", CAUSE_TIMEOUT, 0},
    {"prefix-tiny", CAUSE_UNREACHABLE, 0},
    {"other-id", CAUSE_TIMEOUT, 0},
    {"badvers", CAUSE_NONE, 16},
    {"refuse", CAUSE_NONE, DNS_SERVFAIL},
    {"odd-types", CAUSE_NONE, -1},
    {"twice", CAUSE_NONE, -1},
};

static void each_lie_is_found_out(void)
{
    struct bench bench;
    struct outcome outcome;
    char name[64];
    static const uint16_t liar[] = {PORT_LIAR};
    size_t descriptors = open_descriptors();

    for (size_t i = 0; i < COUNT(lies); i++) {
        bench_open(&bench, liar, 1, 2000);
        bench_run_until_state(&bench, RESOLVER_VALIDATING);
        snprintf(name, sizeof name, "%s.lie.example", lies[i].kind);
        bench_query(&bench, name, DNS_A, &outcome);
        /* getdns forgets a question now and then if the connection ends within a message; then our
         * deadline ends it. */
        if (lies[i].cause == CAUSE_UNREACHABLE && outcome.cause == CAUSE_TIMEOUT)
            outcome.cause = CAUSE_UNREACHABLE;
        if (outcome.cause != lies[i].cause)
            printf("# %s: %s\n", lies[i].kind, dns_cause_text(outcome.cause));
        CHECK(outcome.cause == lies[i].cause);
        CHECK(outcome.replied == (lies[i].cause == CAUSE_NONE));
        if (lies[i].cause == CAUSE_NONE && lies[i].rcode >= 0)
            CHECK(outcome.rcode == lies[i].rcode);
        if (lies[i].cause == CAUSE_NONE && lies[i].rcode < 0)
            CHECK(outcome.rcode == 0 && memcmp(outcome.address, lie, 4) == 0);
        /* Whatever the lie did to the connection, the next question is answered. */
        bench_query(&bench, "twice.lie.example", DNS_A, &outcome);
        CHECK(outcome.replied && memcmp(outcome.address, lie, 4) == 0);
        bench_query(&bench, ".", DNS_SOA, &outcome);
        CHECK(outcome.replied && outcome.counts[DNS_SOA] == 1);
        bench_close(&bench);
    }
    CHECK(open_descriptors() == descriptors);
}

static void each_lie_that_is_no_answer_gets_a_second_opinion(void)
{
    struct bench bench;
    struct outcome outcome;
    char name[64];
    static const uint16_t ports[] = {PORT_LIAR, PORT_VALIDATING};

    for (size_t i = 0; i < COUNT(lies); i++) {
        if (lies[i].cause == CAUSE_NONE && lies[i].rcode < 0)
            continue;
        bench_open(&bench, ports, 2, 2000);
        bench_run_until(&bench, &bench.news, 2);
        snprintf(name, sizeof name, "%s.lie.example", lies[i].kind);
        bench_query(&bench, name, DNS_A, &outcome);
        CHECK(outcome.replied && outcome.rcode == DNS_NOERROR);
        CHECK(memcmp(outcome.address, (uint8_t[]){192, 0, 2, 53}, 4) == 0);
        CHECK(resolver_getdns_counts(bench.resolver)->retries == 1);
        bench_close(&bench);
    }
}

static void servfail_is_handed_on_if_the_second_opinion_fails(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t ports[] = {PORT_LIAR, PORT_SPARE};

    world("start", "spare");
    bench_open(&bench, ports, 2, 2000);
    bench_run_until(&bench, &bench.news, 2);
    world("stop", "spare");
    bench_query(&bench, "refuse.lie.example", DNS_A, &outcome);
    CHECK(outcome.replied && outcome.rcode == DNS_SERVFAIL);
    bench_close(&bench);
}

const struct test_case cases_lies[] = {
    CASE(each_lie_is_found_out),
    CASE(each_lie_that_is_no_answer_gets_a_second_opinion),
    CASE(servfail_is_handed_on_if_the_second_opinion_fails),
    {NULL, NULL},
};
