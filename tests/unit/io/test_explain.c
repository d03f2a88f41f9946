/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_explain.c - daemon/io/explain, explain_text: the tree of a verdict, and its text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/io/control_show.h"
#include "daemon/io/explain.h"
#include "daemon/io/explain_hints.h"
#include "daemon/io/explain_text.h"

enum { NOW_MS = 1000000 };

struct story {
    struct destination destination;
    struct verdict verdict;
    struct evidence evidence;
    struct override override;
    struct explain_subject subject;
    json_t *tree;
    struct text text;
};

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

/* A domain with one host that is not an alias. */
static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof *story);

    assert_int_equal(destination_parse("example.com", 11, &story->destination), DESTINATION_OK);
    story->verdict.level = LEVEL_MAY;
    story->verdict.reason = REASON_NO_TLSA;
    story->verdict.expires_ms = NOW_MS + 60999;
    story->verdict.mx = MX_RECORDS;
    story->verdict.mx_status = DNS_SECURE;
    story->verdict.mx_expires_ms = NOW_MS + 120000;
    story->verdict.host_count = 1;
    story->verdict.hosts[0] = (struct host_verdict){
        .name = name_of("mx.example.com"),
        .preference = 10,
        .state = HOST_NONE,
        .why = HOST_REASON_TLSA_NONE,
        .address = DNS_SECURE,
        .has_address = true,
    };
    evidence_init(&story->evidence);
    story->verdict.evidence = &story->evidence;
    story->subject.destination = &story->destination;
    story->subject.verdict = &story->verdict;
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;

    evidence_fini(&story->evidence);
    json_decref(story->tree);
    text_fini(&story->text);
    free(story);
    return 0;
}

static void explain(struct story *story)
{
    story->tree = explain_tree(&story->subject, NOW_MS);
    assert_non_null(story->tree);
    explain_text(&story->text, story->tree);
    text_add(&story->text, "", 1);
}

static const json_t *host_of(const struct story *story)
{
    return json_array_get(json_object_get(story->tree, "hosts"), 0);
}

static void assert_says(const struct story *story, const char *part)
{
    if (!strstr(story->text.data, part))
        fail_msg("no \"%s\" in:\n%s", part, story->text.data);
}

/* A fact with count TLSA records 3 1 1, each with another digest, and one 3 1 2 if it is wanted. */
static struct fact *tlsa_fact(size_t count, bool stronger)
{
    static uint8_t octets[300][3 + 64];
    static struct dns_rr records[300];
    const struct dns_rr *pointers[300];

    for (size_t i = 0; i < count; i++) {
        bool strong = stronger && i + 1 == count;
        memset(octets[i], (int)i, sizeof octets[i]);
        memcpy(octets[i], strong ? "\3\1\2" : "\3\1\1", 3);
        octets[i][3] = (uint8_t)(i >> 8);
        records[i] =
            (struct dns_rr){.type = DNS_TLSA, .rdata_len = strong ? 67 : 35, .rdata = octets[i]};
        pointers[i] = &records[i];
    }
    struct fact *fact = fact_new(FACT_RECORDS, DNS_SECURE, 300, NULL, pointers, count);
    fact->expires_ms = NOW_MS + 300000;
    return fact;
}

static void give_tlsa(struct story *story, const struct fact *tlsa)
{
    struct host_verdict *host = &story->verdict.hosts[0];

    story->verdict.level = LEVEL_DANE_REQUIRED;
    story->verdict.reason = REASON_ALL_HOSTS_DANE;
    host->state = HOST_DANE;
    host->why = HOST_REASON_USABLE_TLSA;
    host->tlsa_base = host->name;
    host->tlsa = tlsa;
}

static void a_host_without_tlsa_says_where_records_are_wanted(void **state)
{
    struct story *story = *state;

    explain(story);
    assert_int_equal(show_int(story->tree, "ttl"), 60);
    assert_string_equal(show_text(host_of(story), "state"), "none");
    assert_true(json_is_null(json_object_get(host_of(story), "sni")));
    assert_says(story, "example.com: may\n");
    assert_says(story, "publish TLSA records at _25._tcp.mx.example.com");
    assert_says(story, "MX         secure, 120 s left\n             10 mx.example.com\n");
}

static void an_override_comes_first_and_does_not_hide_dns(void **state)
{
    struct story *story = *state;

    story->override = (struct override){.key = "example.com",
        .why = "a partner",
        .expires_text = "2099-12-31",
        .level = OVERRIDE_DANE_REQUIRED,
        .line = 7};
    story->subject.override = &story->override;
    explain(story);
    assert_string_equal(show_text(story->tree, "level"), "may");
    assert_string_equal(
        show_text(json_object_get(story->tree, "postfix"), "reply"), "OK dane-only");
    assert_says(story, "example.com: dane-required, by the operator's override (by DNS: may)\n");
    assert_says(
        story, "line 7 of the overrides, the last day is 2099-12-31): a\n             partner.");
}

static void an_override_auto_leaves_the_answer_alone(void **state)
{
    struct story *story = *state;

    story->override =
        (struct override){.key = "example.com", .why = "", .level = OVERRIDE_AUTO, .line = 1};
    story->subject.override = &story->override;
    explain(story);
    assert_string_equal(show_text(json_object_get(story->tree, "postfix"), "reply"), "NOTFOUND");
    assert_says(story, "example.com: may\n");
    assert_says(story, "leaves the decision to DNS");
}

static void a_weaker_digest_is_shown_as_ignored(void **state)
{
    struct story *story = *state;
    struct fact *tlsa = tlsa_fact(2, true);

    give_tlsa(story, tlsa);
    explain(story);
    free(tlsa);
    const json_t *records = json_object_get(host_of(story), "records");
    assert_int_equal(json_array_size(records), 2);
    const json_t *weak = json_array_get(records, 0);
    const json_t *strong = json_array_get(records, 1);
    assert_true(json_is_true(json_object_get(weak, "usable")));
    assert_true(json_is_false(json_object_get(weak, "counts")));
    assert_true(json_is_true(json_object_get(strong, "counts")));
    assert_int_equal(strlen(show_text(weak, "data")), 64);
    assert_says(story, "ignored: a record with a stronger digest");
    assert_says(story, "SNI        mx.example.com\n");
    /* No usage 2: no name counts, and none is shown to people. */
    assert_null(strstr(story->text.data, "names "));
}

static void more_than_a_hundred_records_are_counted_and_not_shown(void **state)
{
    struct story *story = *state;
    struct fact *tlsa = tlsa_fact(250, true);

    give_tlsa(story, tlsa);
    explain(story);
    free(tlsa);
    assert_int_equal(json_array_size(json_object_get(host_of(story), "records")), 100);
    assert_int_equal(show_int(host_of(story), "records_omitted"), 150);
    /* The one that is not shown still counts: it is the strongest. */
    const json_t *first = json_array_get(json_object_get(host_of(story), "records"), 0);
    assert_true(json_is_false(json_object_get(first, "counts")));
    assert_says(story, "and 150 more\n");
}

static void a_failed_lookup_is_named_with_what_to_try(void **state)
{
    struct story *story = *state;

    story->verdict.level = LEVEL_DEFER;
    story->verdict.reason = REASON_MX_LOOKUP_FAILED;
    story->verdict.mx = MX_FAILED;
    story->verdict.mx_status = DNS_ERROR;
    story->verdict.host_count = 0;
    story->verdict.failure =
        (struct failure){CAUSE_SERVFAIL, {.name = story->destination.name, .type = DNS_MX}};
    explain(story);
    const json_t *failure = json_object_get(story->tree, "failure");
    assert_string_equal(show_text(failure, "type"), "MX");
    assert_string_equal(show_text(failure, "name"), "example.com");
    assert_says(story, "\"dig MX example.com\" with \"dig +cd MX example.com\"");
    assert_says(story, "TEMP daned: mx-lookup-failed");
}

static void records_that_are_not_secure_are_shown_and_bind_nobody(void **state)
{
    struct story *story = *state;
    struct fact *tlsa = tlsa_fact(1, false);
    struct host_verdict *host = &story->verdict.hosts[0];

    tlsa->status = DNS_INSECURE;
    host->why = HOST_REASON_TLSA_INSECURE;
    host->insecure_tlsa = tlsa;
    host->insecure_base = name_of("target.example.net");
    explain(story);
    free(tlsa);
    const json_t *record = json_array_get(json_object_get(host_of(story), "records"), 0);
    assert_true(json_is_false(json_object_get(record, "usable")));
    assert_true(json_is_false(json_object_get(record, "counts")));
    assert_string_equal(show_text(record, "status"), "insecure");
    assert_true(json_is_null(json_object_get(host_of(story), "tlsa_base")));
    assert_true(json_is_null(json_object_get(host_of(story), "sni")));
    assert_says(story, "TLSA       _25._tcp.target.example.net, insecure, 300 s left\n");
    assert_says(story, "ignored: it is not secure");
    assert_null(strstr(story->text.data, "SNI"));
}

static void hosts_beyond_the_limit_are_one_entry(void **state)
{
    struct story *story = *state;

    story->verdict.hosts[0] = (struct host_verdict){
        .state = HOST_TEMPFAIL, .why = HOST_REASON_BEYOND_LIMIT, .preference = UINT16_MAX};
    explain(story);
    assert_says(story, "host (beyond the limit): tempfail\n  why        there are too many");
    assert_says(story, "have no more than 64 MX hosts.\n");
    assert_null(strstr(story->text.data, "preference"));
}

static void a_host_says_what_mail_it_gets(void **state)
{
    static const struct {
        enum level level;
        enum host_state host;
        const char *begin;
    } cases[] = {
        {LEVEL_DEFER, HOST_DANE, "none for now"},
        {LEVEL_MAY, HOST_DANE, "as the settings"},
        {LEVEL_ENCRYPT, HOST_DANE, "over TLS only"},
        {LEVEL_DANE, HOST_DANE, "only if its certificate fits"},
        {LEVEL_DANE_REQUIRED, HOST_DANE, "only if its certificate fits"},
        {LEVEL_DANE, HOST_ENCRYPT, "over TLS only"},
        {LEVEL_DANE, HOST_NONE, "over TLS if"},
        {LEVEL_DANE_REQUIRED, HOST_ENCRYPT, "none: no TLSA record"},
        {LEVEL_DANE_REQUIRED, HOST_NONE, "none: no TLSA record"},
        {LEVEL_DANE, HOST_TEMPFAIL, "none as long as"},
        {LEVEL_DANE_REQUIRED, HOST_TEMPFAIL, "none as long as"},
        {LEVEL_DANE, HOST_NO_ADDRESS, "none: there is nothing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer = answer_plain(cases[i].level, REASON_OVERRIDE);
        const char *effect = explain_host_effect(&answer, cases[i].host);
        assert_memory_equal(effect, cases[i].begin, strlen(cases[i].begin));
        answer.skip = true;
        assert_string_equal(
            explain_host_effect(&answer, cases[i].host), "as the settings of the MTA say");
    }
}

static void hosts_that_were_not_looked_up_are_only_mx_records(void **state)
{
    struct story *story = *state;

    story->verdict.reason = REASON_INSECURE_MX_MAY;
    story->verdict.mx_status = DNS_INSECURE;
    story->verdict.hosts[0] = (struct host_verdict){.name = name_of("mx.example.com")};
    explain(story);
    assert_int_equal(json_array_size(json_object_get(story->tree, "hosts")), 0);
    const json_t *mx = json_object_get(story->tree, "mx");
    assert_int_equal(json_array_size(json_object_get(mx, "records")), 1);
}

static void a_name_of_hostile_octets_is_escaped_in_text_and_json(void **state)
{
    struct story *story = *state;
    struct dname *name = &story->verdict.hosts[0].name;

    static const uint8_t hostile[] = {5, 27, '[', '3', '1', 'm', 3, 'a', '\n', '"', 0};
    assert_true(dname_from_wire(hostile, sizeof hostile, name));
    explain(story);
    for (size_t i = 0; i + 1 < story->text.len; i++)
        assert_true(story->text.data[i] == '\n' ||
                    (story->text.data[i] >= 0x20 && story->text.data[i] < 0x7f));
    assert_says(story, "\\027\\09131m.a\\010\\034");
    struct text json = {NULL, 0, 0};
    show_json(&json, story->tree);
    json_t *again = json_loadb(json.data, json.len, 0, NULL);
    assert_true(json_equal(again, story->tree));
    json_decref(again);
    text_fini(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_host_without_tlsa_says_where_records_are_wanted),
        TEST(an_override_comes_first_and_does_not_hide_dns),
        TEST(an_override_auto_leaves_the_answer_alone),
        TEST(a_weaker_digest_is_shown_as_ignored),
        TEST(more_than_a_hundred_records_are_counted_and_not_shown),
        TEST(a_failed_lookup_is_named_with_what_to_try),
        TEST(records_that_are_not_secure_are_shown_and_bind_nobody),
        TEST(hosts_beyond_the_limit_are_one_entry),
        TEST(a_host_says_what_mail_it_gets),
        TEST(hosts_that_were_not_looked_up_are_only_mx_records),
        TEST(a_name_of_hostile_octets_is_escaped_in_text_and_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
