/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_proofs.c - an answer without AD is believed only if its resolver validates now.
 */

#include <stdlib.h>
#include <string.h>

#include "tests/integration/resolver/cases.h"

/* After the loop has stood still for a command of world(), so that no deadline is over already. */
static void query_in_mode(
    struct bench *bench, const char *mode, const char *name, struct outcome *outcome)
{
    world("relay", mode);
    bench_query(bench, name, DNS_A, outcome);
}

/* Nothing was taken from the resolver, and it was said once and clearly. */
static void check_found_out(struct bench *bench, const struct outcome *outcome)
{
    CHECK(!outcome->replied && outcome->cause == CAUSE_NOT_VALIDATING);
    CHECK(bench->state == RESOLVER_NOT_VALIDATING);
    CHECK(bench->upstreams[0] == UPSTREAM_FAILED && bench->news == 2);
    /* "It has stopped validating: ...", unless the self-test was quicker: a connection was lost. */
    CHECK(strstr(bench->why, "its answer for \".\" SOA came without the AD bit") != NULL);
}

static void resolver_replaced_by_one_that_does_not_validate_is_never_believed(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t spare[] = {PORT_SPARE};

    world("start", "spare");
    bench_open(&bench, spare, 1, 4000);
    bench_query(&bench, "www.insecure", DNS_A, &outcome);
    CHECK(outcome.replied && !outcome.ad);
    world("stop", "spare");
    world("start", "blind");
    bench_query(&bench, "mx.example", DNS_A, &outcome);
    check_found_out(&bench, &outcome);
    CHECK(bench_ask(&bench, "mx.example", DNS_A, &outcome) == CAUSE_NOT_VALIDATING);
    world("stop", "blind");
    world("start", "spare");
    bench_run_until_state(&bench, RESOLVER_VALIDATING);
    bench_query(&bench, "www.insecure", DNS_A, &outcome);
    CHECK(outcome.replied && !outcome.ad);
    bench_close(&bench);
    world("stop", "spare");
}

static void relay_that_switches_resolvers_within_a_connection_is_never_believed(void)
{
    struct bench bench;
    struct outcome outcome;
    static const char *const modes[] = {"blind", "strip-all"};

    world("start", "blind");
    for (size_t i = 0; i < COUNT(modes); i++) {
        open_relayed(&bench, relayed, 1, 4000);
        bench_query(&bench, "mx.example", DNS_A, &outcome);
        CHECK(outcome.replied && outcome.ad);
        query_in_mode(&bench, modes[i], "mx.example", &outcome);
        check_found_out(&bench, &outcome);
        bench_close(&bench);
    }
    world("stop", "blind");
}

static void denial_without_ad_is_not_believed_either(void)
{
    struct bench bench;
    struct outcome outcome;

    open_relayed(&bench, relayed, 1, 4000);
    query_in_mode(&bench, "strip-all", "nothere.example", &outcome);
    check_found_out(&bench, &outcome);
    bench_close(&bench);
}

static void ad_missing_from_probes_alone_ends_the_trust_but_not_secure_answers_before(void)
{
    struct bench bench;
    struct outcome outcome;

    open_relayed(&bench, relayed, 1, 4000);
    query_in_mode(&bench, "strip-soa", "mx.example", &outcome);
    CHECK(outcome.replied && outcome.ad && resolver_getdns_probes(bench.resolver) == 0);
    bench_query(&bench, "www.insecure", DNS_A, &outcome);
    check_found_out(&bench, &outcome);
    bench_close(&bench);
}

/* What nobody can find out: the resolver is trusted, and this one lies for single names. */
static void ad_missing_from_all_but_probes_is_believed(void)
{
    struct bench bench;
    struct outcome outcome;

    open_relayed(&bench, relayed, 1, 4000);
    query_in_mode(&bench, "strip-others", "mx.example", &outcome);
    CHECK(outcome.replied && !outcome.ad && resolver_getdns_probes(bench.resolver) == 1);
    bench_close(&bench);
}

/* A balancer, or a restart: the answer is from a bad resolver, the proof would be a good one's. */
static void proof_over_another_connection_is_none(void)
{
    struct bench bench;
    struct outcome outcome;

    world("start", "blind");
    open_relayed(&bench, relayed, 1, 4000);
    query_in_mode(&bench, "split", "mx.example", &outcome);
    /* A connection that ends in the middle of things may also look like silence to getdns. */
    CHECK(!outcome.replied);
    CHECK(outcome.cause == CAUSE_UNPROVEN || outcome.cause == CAUSE_TIMEOUT);
    CHECK(resolver_getdns_probes(bench.resolver) >= 1);
    CHECK(resolver_getdns_counts(bench.resolver)->retries == 1);
    world("relay", "pass");
    bench_query(&bench, "www.insecure", DNS_A, &outcome);
    CHECK(outcome.replied && !outcome.ad);
    bench_close(&bench);
    world("stop", "blind");
}

/* The proof may have been made before the resolver changed, and be later on its way. */
static void probe_that_began_before_the_reply_came_proves_nothing_of_it(void)
{
    struct bench bench;
    struct outcome first, second;

    open_relayed(&bench, relayed, 1, 4000);
    world("relay", "late");
    CHECK(bench_ask(&bench, "www.insecure", DNS_A, &first) == CAUSE_NONE);
    while (first.calls == 0 && resolver_getdns_probes(bench.resolver) == 0)
        uv_run(&bench.loop, UV_RUN_ONCE);
    bench_query(&bench, "mx.example", DNS_A, &second);
    CHECK(first.calls == 1 && first.replied && !first.ad);
    check_found_out(&bench, &second);
    CHECK(resolver_getdns_probes(bench.resolver) == 2);
    bench_close(&bench);
}

static void many_insecure_replies_at_once_cost_few_probes(void)
{
    struct bench bench;
    struct outcome *outcomes = calloc(MANY, sizeof *outcomes);
    char name[64];
    size_t wrong = 0;

    bench_open(&bench, validating, 1, 30000);
    bench_run_until_state(&bench, RESOLVER_VALIDATING);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "i%u.many.insecure", i);
        CHECK(bench_ask(&bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
    for (unsigned i = 0; i < MANY; i++)
        bench_run_until(&bench, &outcomes[i].calls, 1);
    for (unsigned i = 0; i < MANY; i++)
        if (outcomes[i].calls != 1 || outcomes[i].ad || outcomes[i].counts[DNS_A] != 1)
            wrong++;
    CHECK(wrong == 0);
    CHECK(resolver_getdns_probes(bench.resolver) >= 1);
    CHECK(resolver_getdns_probes(bench.resolver) <= MANY / 10);
    printf("# %u replies, %u probes\n", MANY, (unsigned)resolver_getdns_probes(bench.resolver));
    /* Probes are no questions of anybody. */
    CHECK(resolver_getdns_counts(bench.resolver)
              ->queries[RESOLVER_COUNTED_OTHER][RESOLVER_RESULT_NOERROR] == 0);
    bench_close(&bench);
    free(outcomes);
}

static void reply_whose_probe_stays_unanswered_is_never_handed_on(void)
{
    struct bench bench;
    struct outcome outcome;

    open_relayed(&bench, relayed, 1, 1000);
    query_in_mode(&bench, "silent-soa", "www.insecure", &outcome);
    CHECK(!outcome.replied && outcome.cause == CAUSE_UNPROVEN);
    CHECK(bench.state == RESOLVER_VALIDATING); /* silence is no verdict */
    query_in_mode(&bench, "silent-soa", "mx.example", &outcome);
    CHECK(outcome.replied && outcome.ad); /* with AD there is nothing to prove */
    query_in_mode(&bench, "pass", "www.insecure", &outcome);
    CHECK(outcome.replied && !outcome.ad);
    bench_close(&bench);
}

static void reply_whose_probe_gets_servfail_is_handed_on_only_when_one_passes(void)
{
    struct bench bench;
    struct outcome outcome;
    unsigned before;

    open_relayed(&bench, relayed, 1, 1000);
    query_in_mode(&bench, "servfail-soa", "www.insecure", &outcome);
    CHECK(!outcome.replied && outcome.cause == CAUSE_UNPROVEN);
    CHECK(bench.state == RESOLVER_VALIDATING);
    CHECK(resolver_getdns_probes(bench.resolver) > 1);
    query_in_mode(&bench, "pass", "www.insecure", &outcome);
    CHECK(outcome.replied && !outcome.ad);
    bench_close(&bench);

    open_relayed(&bench, relayed, 1, 60000);
    before = bench.warnings;
    world("relay", "servfail-soa");
    CHECK(bench_ask(&bench, "www.insecure", DNS_A, &outcome) == CAUSE_NONE);
    bench_run_until(&bench, &bench.warnings, before + 1);
    CHECK(outcome.calls == 0);
    world("relay", "pass");
    bench_run_until(&bench, &outcome.calls, 1);
    CHECK(outcome.replied && !outcome.ad);
    CHECK(resolver_getdns_counts(bench.resolver)->retries == 0);
    CHECK(bench.warnings == before + 1);
    bench_close(&bench);
}

static void second_resolver_answers_when_the_first_stops_validating(void)
{
    struct bench bench;
    struct outcome outcome;
    static const uint16_t ports[] = {PORT_RELAY, PORT_VALIDATING};
    static const char *const modes[] = {"strip-all", "silent-soa", "servfail-soa"};

    for (size_t i = 0; i < COUNT(modes); i++) {
        open_relayed(&bench, ports, 2, 2000);
        query_in_mode(&bench, modes[i], "www.insecure", &outcome);
        CHECK(outcome.replied && !outcome.ad);
        CHECK(resolver_getdns_counts(bench.resolver)->retries == 1);
        CHECK((bench.upstreams[0] == UPSTREAM_FAILED) == (i == 0));
        CHECK(bench.upstreams[1] == UPSTREAM_PASSED && bench.state == RESOLVER_VALIDATING);
        bench_query(&bench, "mx.example", DNS_A, &outcome);
        CHECK(outcome.replied && outcome.ad);
        bench_close(&bench);
    }
}

const struct test_case cases_proofs[] = {
    CASE(resolver_replaced_by_one_that_does_not_validate_is_never_believed),
    CASE(relay_that_switches_resolvers_within_a_connection_is_never_believed),
    CASE(denial_without_ad_is_not_believed_either),
    CASE(ad_missing_from_probes_alone_ends_the_trust_but_not_secure_answers_before),
    CASE(ad_missing_from_all_but_probes_is_believed),
    CASE(proof_over_another_connection_is_none),
    CASE(probe_that_began_before_the_reply_came_proves_nothing_of_it),
    CASE(many_insecure_replies_at_once_cost_few_probes),
    CASE(reply_whose_probe_stays_unanswered_is_never_handed_on),
    CASE(reply_whose_probe_gets_servfail_is_handed_on_only_when_one_passes),
    CASE(second_resolver_answers_when_the_first_stops_validating),
    {NULL, NULL},
};
