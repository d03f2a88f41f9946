/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_answers.c - what a resolver answers comes whole, and each question gets its own.
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/integration/resolver/cases.h"

static void secure_answer_has_ad_and_signature_expiration(void)
{
    struct bench bench;
    struct outcome outcome;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "mx.example", DNS_A, &outcome); /* held until the self-test is through */
    CHECK(outcome.replied && outcome.ad && outcome.rcode == DNS_NOERROR);
    CHECK(outcome.counts[DNS_A] == 1 && outcome.counts[DNS_RRSIG] == 1);
    CHECK(memcmp(outcome.address, (uint8_t[]){192, 0, 2, 1}, 4) == 0);
    CHECK(outcome.expiration > (uint32_t)time(NULL));
    CHECK(outcome.ede == DNS_NO_EDE);
    bench_query(&bench, "mx.example", DNS_AAAA, &outcome);
    CHECK(outcome.ad && outcome.counts[DNS_AAAA] == 1);
    bench_query(&bench, "example", DNS_MX, &outcome);
    CHECK(outcome.ad && outcome.counts[DNS_MX] == 1);
    CHECK(bench.state == RESOLVER_VALIDATING && bench.state_changes == 1);
    bench_run_until(&bench, &bench.warnings, 1);
    CHECK(resolver_getdns_counts(bench.resolver)
              ->queries[RESOLVER_COUNTED_A][RESOLVER_RESULT_NOERROR] == 1);
    bench_close(&bench);
}

static void insecure_answer_has_no_ad(void)
{
    struct bench bench;
    struct outcome outcome;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "www.insecure", DNS_A, &outcome);
    CHECK(outcome.replied && !outcome.ad && outcome.rcode == DNS_NOERROR);
    CHECK(outcome.counts[DNS_A] == 1);
    bench_close(&bench);
}

static void bogus_answer_is_servfail_with_ede(void)
{
    struct bench bench;
    struct outcome outcome;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "www.bogus", DNS_A, &outcome);
    CHECK(outcome.replied && outcome.cause == CAUSE_NONE && outcome.rcode == DNS_SERVFAIL);
    CHECK(outcome.ede >= 6 && outcome.ede <= 12); /* RFC 8914 4.7 to 4.13: DNSSEC failures */
    bench_close(&bench);
}

static void denials_have_soa(void)
{
    struct bench bench;
    struct outcome outcome;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "nothere.example", DNS_MX, &outcome);
    CHECK(outcome.ad && outcome.rcode == DNS_NXDOMAIN);
    CHECK(outcome.soa_count == 1 && outcome.soa_minimum == 300);
    bench_query(&bench, "mx.example", DNS_MX, &outcome);
    CHECK(outcome.ad && outcome.rcode == DNS_NOERROR && outcome.counts[DNS_MX] == 0);
    CHECK(outcome.soa_count == 1 && outcome.soa_minimum == 300);
    bench_close(&bench);
}

static void cname_chain_is_handed_on_whole(void)
{
    struct bench bench;
    struct outcome outcome;
    struct dname mx;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "alias.example", DNS_A, &outcome);
    CHECK(outcome.ad && outcome.counts[DNS_CNAME] == 2 && outcome.counts[DNS_A] == 1);
    CHECK(dname_from_text("mx.example", 10, &mx) && dname_equal(&outcome.last_cname, &mx));
    bench_close(&bench);
}

static void sixty_tlsa_records_come_whole(void)
{
    struct bench bench;
    struct outcome outcome;

    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "_25._tcp.sixty.example", DNS_TLSA, &outcome);
    CHECK(outcome.ad && outcome.counts[DNS_TLSA] == 60);
    bench_close(&bench);
}

static void odd_names_reach_the_resolver_unchanged(void)
{
    struct bench bench;
    struct outcome outcome;
    char longest[260];

    snprintf(longest, sizeof longest, "%063d.%063d.%063d.%053d.example", 0, 0, 0, 0);
    memset(longest, 'a', 63);
    memset(longest + 64, 'b', 63);
    memset(longest + 128, 'c', 63);
    memset(longest + 192, 'd', 53);
    bench_open(&bench, validating, 1, 4000);
    bench_query(&bench, "dot\\.in\\032label\\255.example", DNS_A, &outcome);
    CHECK(outcome.ad && memcmp(outcome.address, (uint8_t[]){192, 0, 2, 8}, 4) == 0);
    bench_query(&bench, longest, DNS_A, &outcome);
    CHECK(outcome.ad && memcmp(outcome.address, (uint8_t[]){192, 0, 2, 9}, 4) == 0);
    bench_query(&bench, "\\000\\001\\\\.many.example", DNS_A, &outcome);
    CHECK(outcome.ad && memcmp(outcome.address, (uint8_t[]){192, 0, 2, 7}, 4) == 0);
    bench_query(&bench, ".", DNS_SOA, &outcome);
    CHECK(outcome.ad && outcome.counts[DNS_SOA] == 1);
    bench_close(&bench);
}

static void a_thousand_questions_each_get_one_answer(void)
{
    struct bench bench;
    struct outcome *outcomes = calloc(MANY, sizeof *outcomes);
    char name[64];
    size_t wrong = 0;

    bench_open(&bench, validating, 1, 30000);
    bench_run_until_state(&bench, RESOLVER_VALIDATING);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "q%u.many.example", i);
        CHECK(bench_ask(&bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
    CHECK(resolver_getdns_counts(bench.resolver)->in_flight == MANY);
    for (unsigned i = 0; i < MANY; i++)
        bench_run_until(&bench, &outcomes[i].calls, 1);
    for (unsigned i = 0; i < MANY; i++)
        if (outcomes[i].calls != 1 || !outcomes[i].ad || outcomes[i].counts[DNS_A] != 1)
            wrong++;
    CHECK(wrong == 0);
    CHECK(resolver_getdns_counts(bench.resolver)->in_flight == 0);
    CHECK(resolver_getdns_counts(bench.resolver)->held == 0);
    bench_close(&bench);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(outcomes[i].calls == 1);
    free(outcomes);
}

const struct test_case cases_answers[] = {
    CASE(secure_answer_has_ad_and_signature_expiration),
    CASE(insecure_answer_has_no_ad),
    CASE(bogus_answer_is_servfail_with_ede),
    CASE(denials_have_soa),
    CASE(cname_chain_is_handed_on_whole),
    CASE(sixty_tlsa_records_come_whole),
    CASE(odd_names_reach_the_resolver_unchanged),
    CASE(a_thousand_questions_each_get_one_answer),
    {NULL, NULL},
};
