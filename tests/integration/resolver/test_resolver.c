/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_resolver.c - the real resolver against real and lying servers of a world of its own.
 *
 * Started by test_resolver.sh. One line for each case: "ok NAME" or "not ok NAME". With arguments,
 * only the cases so named run.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/integration/resolver/bench.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const uint16_t validating[] = {PORT_VALIDATING};
static const uint8_t lie[4] = {203, 0, 113, 66};

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

#define MANY 1000

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

static void closing_from_a_callback_is_allowed(void)
{
    struct bench bench;
    struct closer closer = {.bench = &bench};
    struct dname name;

    bench_open(&bench, validating, 1, 4000);
    CHECK(dname_from_text("mx.example", 10, &name));
    for (int i = 0; i < 5; i++)
        CHECK(resolver_ask(bench.resolver, &name, DNS_A, on_closer_reply, &closer) == CAUSE_NONE);
    bench_run_until(&bench, &closer.calls, 1);
    CHECK(closer.second == CAUSE_SHUTDOWN);
    bench_close(&bench);
    CHECK(closer.calls == 1);
}

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

static const uint16_t relayed[] = {PORT_RELAY};

/*
 * Opens a bench on the relay, which passes everything, and waits until count upstreams have passed,
 * and have answered for the second bogus name: no question of the self-test is under way then.
 */
static void open_relayed(
    struct bench *bench, const uint16_t *ports, size_t count, uint64_t timeout_ms)
{
    world("relay", "pass");
    bench_open(bench, ports, count, timeout_ms);
    bench_run_until(bench, &bench->news, (unsigned)count);
    bench_run_until(bench, &bench->warnings, (unsigned)count);
    for (size_t i = 0; i < count; i++)
        CHECK(bench->upstreams[i] == UPSTREAM_PASSED);
}

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
    struct bench bench;
    struct closer closer = {.bench = &bench};
    struct dname name;

    bench_open(&bench, validating, 1, 4000);
    CHECK(dname_from_text("www.insecure", 12, &name));
    for (int i = 0; i < 5; i++)
        CHECK(resolver_ask(bench.resolver, &name, DNS_A, on_closer_reply, &closer) == CAUSE_NONE);
    bench_run_until(&bench, &closer.calls, 1);
    CHECK(closer.second == CAUSE_SHUTDOWN);
    bench_close(&bench);
    CHECK(closer.calls == 1);
}

struct test_case {
    const char *name;
    void (*run)(void);
};

#define CASE(name)  \
    {               \
#name, name \
    }

static const struct test_case cases[] = {
    CASE(secure_answer_has_ad_and_signature_expiration),
    CASE(insecure_answer_has_no_ad),
    CASE(bogus_answer_is_servfail_with_ede),
    CASE(denials_have_soa),
    CASE(cname_chain_is_handed_on_whole),
    CASE(sixty_tlsa_records_come_whole),
    CASE(odd_names_reach_the_resolver_unchanged),
    CASE(killed_resolver_fails_and_recovers),
    CASE(refused_connection_fails_over_at_once),
    CASE(silent_resolver_fails_over_within_the_deadline),
    CASE(resolver_that_dies_with_questions_in_flight_costs_no_answer),
    CASE(connection_that_takes_no_more_is_closed_with_the_first_deadline),
    CASE(never_answering_resolver_has_no_verdict),
    CASE(resolver_that_does_not_validate_is_not_asked),
    CASE(a_thousand_questions_each_get_one_answer),
    CASE(closing_calls_nothing_back),
    CASE(closing_from_a_callback_is_allowed),
    CASE(each_lie_is_found_out),
    CASE(each_lie_that_is_no_answer_gets_a_second_opinion),
    CASE(servfail_is_handed_on_if_the_second_opinion_fails),
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
    CASE(closing_drops_held_replies),
    CASE(closing_from_the_callback_of_a_held_reply_is_allowed),
};

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc <= 1;
}

int main(int argc, char **argv)
{
    int failed = 0;
    uv_loop_t first;

    /* libuv opens descriptors of its own with the first loop, and keeps them. */
    uv_loop_init(&first);
    uv_loop_close(&first);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!is_wanted(cases[i].name, argc, argv))
            continue;
        case_failed = false;
        cases[i].run();
        printf("%s %s\n", case_failed ? "not ok" : "ok", cases[i].name);
        failed += case_failed ? 1 : 0;
    }
    return failed == 0 ? 0 : 1;
}
