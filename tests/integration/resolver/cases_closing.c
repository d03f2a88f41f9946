/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_closing.c - a resolver is closed while questions are under way.
 */

#include <stdlib.h>
#include <string.h>

#include "tests/integration/resolver/cases.h"

static void closing_calls_nothing_back(void)
{
    struct bench bench;
    struct outcome *outcomes = calloc(MANY, sizeof *outcomes);
    unsigned before[MANY];
    char name[64];
    size_t descriptors = open_descriptors();

    bench_open(&bench, validating, 1, 4000);
    bench_run_until_state(&bench, RESOLVER_VALIDATING);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "c%u.many.example", i);
        CHECK(bench_ask(&bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
    bench_run_until(&bench, &outcomes[10].calls, 1); /* some are answered, most are not */
    for (unsigned i = 0; i < MANY; i++)
        before[i] = outcomes[i].calls;
    CHECK(before[MANY - 1] == 0);
    bench_close(&bench);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(outcomes[i].calls == before[i]);
    /* Before any verdict, while the questions are held; and before the first turn of the loop. */
    bench_open(&bench, validating, 1, 4000);
    CHECK(bench_ask(&bench, "mx.example", DNS_A, &outcomes[0]) == CAUSE_NONE);
    bench_close(&bench);
    CHECK(outcomes[0].calls == 0);
    CHECK(open_descriptors() == descriptors);
    free(outcomes);
}

/* A callback that closes the resolver under its own feet, and asks once more. */
struct closer {
    struct bench *bench;
    unsigned calls;
    enum dns_cause second;
};

static void on_closer_closed(void *arg)
{
    struct closer *closer = arg;
    closer->bench->closed = true;
}

static void on_closer_reply(void *arg, const struct dns_reply *reply, enum dns_cause cause)
{
    struct closer *closer = arg;
    struct dname root = {.len = 1};

    (void)cause;
    closer->calls++;
    CHECK(reply != NULL);
    resolver_getdns_close(closer->bench->resolver, on_closer_closed, closer);
    closer->second = resolver_ask(closer->bench->resolver, &root, DNS_A, on_closer_reply, closer);
    closer->bench->resolver = NULL;
}

/* Asks for addresses of name; the first reply closes the resolver. */
static void close_from_a_callback(const char *name)
{
    struct bench bench;
    struct closer closer = {.bench = &bench};
    struct dname owner;

    bench_open(&bench, validating, 1, 4000);
    CHECK(dname_from_text(name, strlen(name), &owner));
    for (int i = 0; i < 5; i++)
        CHECK(resolver_ask(bench.resolver, &owner, DNS_A, on_closer_reply, &closer) == CAUSE_NONE);
    bench_run_until(&bench, &closer.calls, 1);
    CHECK(closer.second == CAUSE_SHUTDOWN);
    bench_close(&bench);
    CHECK(closer.calls == 1);
}

static void closing_from_a_callback_is_allowed(void)
{
    close_from_a_callback("mx.example");
}

#define HELD 100

static void closing_drops_held_replies(void)
{
    struct bench bench;
    struct outcome outcomes[HELD];
    char name[64];
    size_t descriptors = open_descriptors();

    open_relayed(&bench, relayed, 1, 30000);
    world("relay", "silent-soa");
    for (unsigned i = 0; i < HELD; i++) {
        snprintf(name, sizeof name, "h%u.many.insecure", i);
        CHECK(bench_ask(&bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
    /* The relay answers in turn: when the secure answer is there, all the others are held. */
    bench_query(&bench, "mx.example", DNS_A, &(struct outcome){.calls = 0});
    CHECK(resolver_getdns_probes(bench.resolver) >= 1);
    CHECK(resolver_getdns_counts(bench.resolver)->in_flight == HELD);
    bench_close(&bench);
    for (unsigned i = 0; i < HELD; i++)
        CHECK(outcomes[i].calls == 0);
    CHECK(open_descriptors() == descriptors);
}

static void closing_from_the_callback_of_a_held_reply_is_allowed(void)
{
    close_from_a_callback("www.insecure");
}

const struct test_case cases_closing[] = {
    CASE(closing_calls_nothing_back),
    CASE(closing_from_a_callback_is_allowed),
    CASE(closing_drops_held_replies),
    CASE(closing_from_the_callback_of_a_held_reply_is_allowed),
    {NULL, NULL},
};
