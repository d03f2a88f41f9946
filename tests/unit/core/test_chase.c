/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chase.c - replies octet by octet: what a scenario's honest resolver never sends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/chase.h"

enum { RRS_MAX = 16, NOW = 1000 };

/* A reply that is put together record by record. */
struct draft {
    struct dns_reply reply;
    struct dns_rr answer[RRS_MAX];
    struct dns_rr soa[2];
};

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void draft_init(struct draft *draft, uint16_t type)
{
    memset(draft, 0, sizeof *draft);
    draft->reply = (struct dns_reply){.qr = true,
        .ad = true,
        .ede = DNS_NO_EDE,
        .qname = name_of("mx.example"),
        .qtype = type,
        .answer = draft->answer,
        .soa = draft->soa};
}

static void add(struct draft *draft, const char *owner, uint16_t type, uint32_t ttl,
    const void *rdata, size_t len)
{
    draft->answer[draft->reply.answer_count++] = (struct dns_rr){.owner = name_of(owner),
        .type = type,
        .ttl = ttl,
        .rdata = rdata,
        .rdata_len = (uint16_t)len};
}

static void add_soa(struct draft *draft, const char *owner, const void *rdata, size_t len)
{
    draft->soa[draft->reply.soa_count++] = (struct dns_rr){.owner = name_of(owner),
        .type = DNS_SOA,
        .ttl = 900,
        .rdata = rdata,
        .rdata_len = (uint16_t)len};
}

/* What one reply alone comes to; NULL if more must be asked. */
static struct fact *read_one(const struct draft *draft)
{
    struct chase chase;
    struct dname name = name_of("mx.example");

    chase_init(&chase, &name, draft->reply.qtype);
    struct fact *fact = chase_step(&chase, &draft->reply, NOW);
    chase_fini(&chase);
    return fact;
}

static void expect_error(const struct draft *draft, enum dns_cause cause)
{
    struct fact *fact = read_one(draft);

    assert_non_null(fact);
    assert_int_equal(fact->outcome, FACT_ERROR);
    assert_int_equal(fact->status, DNS_ERROR);
    assert_int_equal(fact->cause, cause);
    free(fact);
}

static void expect_ttl(const struct draft *draft, enum fact_outcome outcome, uint32_t ttl)
{
    struct fact *fact = read_one(draft);

    assert_non_null(fact);
    assert_int_equal(fact->outcome, outcome);
    assert_int_equal(fact->ttl, ttl);
    free(fact);
}

static const uint8_t address[5] = {192, 0, 2, 1, 0};

static void signatures_that_are_short_or_over_something_else_do_not_count(void **state)
{
    /* Over A, original TTL 50, expires at NOW + 40. */
    static const uint8_t over_a[18] = {0, 1, 0, 0, 0, 0, 0, 50, 0, 0, 0x04, 0x10};
    static const uint8_t over_aaaa[18] = {0, 28, 0, 0, 0, 0, 0, 5, 0, 0, 0x03, 0xf0};
    struct draft draft;

    (void)state;
    draft_init(&draft, DNS_A);
    add(&draft, "mx.example", DNS_A, 300, address, 4);
    add(&draft, "mx.example", DNS_RRSIG, 300, over_a, 17);
    add(&draft, "mx.example", DNS_RRSIG, 300, over_aaaa, 18);
    add(&draft, "other.example", DNS_RRSIG, 300, over_a, 18);
    expect_ttl(&draft, FACT_RECORDS, 300);
    add(&draft, "mx.example", DNS_RRSIG, 300, over_a, 18);
    expect_ttl(&draft, FACT_RECORDS, 40);
}

static void a_denial_needs_the_soa_of_a_zone_that_the_name_is_in(void **state)
{
    static const uint8_t soa[23] = {[21] = 7, [22] = 8};
    struct draft draft;

    (void)state;
    draft_init(&draft, DNS_A);
    expect_error(&draft, CAUSE_NO_SOA);
    add_soa(&draft, "example", soa, 21);
    expect_error(&draft, CAUSE_NO_SOA);
    draft.reply.soa_count = 0;
    add_soa(&draft, "sub.mx.example", soa, 22);
    expect_error(&draft, CAUSE_NO_SOA);
    add_soa(&draft, "example", soa, 22);
    expect_ttl(&draft, FACT_NODATA, 7);
    draft.reply.rcode = DNS_NXDOMAIN;
    expect_ttl(&draft, FACT_NXDOMAIN, 7);
    draft.reply.soa_count = 0;
    add_soa(&draft, ".", soa, 23);
    expect_ttl(&draft, FACT_NXDOMAIN, 900);
}

static void malformed_rdata_is_an_error_and_never_left_out(void **state)
{
    static const struct {
        uint16_t type;
        uint16_t len;
        uint8_t rdata[8];
    } bad[] = {
        {DNS_A, 3, {192, 0, 2}},
        {DNS_A, 5, {192, 0, 2, 1, 0}},
        {DNS_AAAA, 4, {192, 0, 2, 1}},
        {DNS_MX, 2, {0, 10}},
        {DNS_MX, 4, {0, 10, 1, 'a'}},
        {DNS_MX, 4, {0, 10, 0, 0}},
        {DNS_MX, 5, {0, 10, 0xc0, 12, 0}},
        {DNS_TLSA, 2, {3, 1}},
        {DNS_TLSA, 0, {0}},
        {DNS_CNAME, 0, {0}},
        {DNS_CNAME, 2, {1, 'a'}},
    };
    struct draft draft;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        draft_init(&draft, bad[i].type);
        add(&draft, "mx.example", bad[i].type, 60, bad[i].rdata, bad[i].len);
        expect_error(&draft, CAUSE_MALFORMED);
    }
    draft_init(&draft, DNS_A);
    add(&draft, "mx.example", DNS_A, 60, address, 4);
    add(&draft, "mx.example", DNS_A, 60, address, 5);
    expect_error(&draft, CAUSE_MALFORMED);
    draft_init(&draft, DNS_A);
    add(&draft, "mx.example", DNS_CNAME, 60, "\1a", 2);
    expect_error(&draft, CAUSE_MALFORMED);
}

static void a_tlsa_record_without_data_is_a_record(void **state)
{
    struct draft draft;

    (void)state;
    draft_init(&draft, DNS_TLSA);
    add(&draft, "mx.example", DNS_TLSA, 60, "\3\1\1", 3);
    add(&draft, "mx.example", DNS_TLSA, 60, "\3\1\1", 3);
    struct fact *fact = read_one(&draft);
    assert_int_equal(fact->outcome, FACT_RECORDS);
    assert_int_equal(fact->record_count, 1);
    free(fact);
}

static void a_question_about_an_alias_is_about_that_record_alone(void **state)
{
    static const uint8_t a[3] = {1, 'a', 0};
    static const uint8_t b[3] = {1, 'b', 0};
    struct draft draft;

    (void)state;
    draft_init(&draft, DNS_CNAME);
    add(&draft, "mx.example", DNS_CNAME, 60, a, 3);
    add(&draft, "a", DNS_CNAME, 5, b, 3);
    add(&draft, "a", DNS_A, 5, address, 4);
    expect_ttl(&draft, FACT_RECORDS, 60);
    add(&draft, "mx.example", DNS_CNAME, 60, a, 3);
    expect_ttl(&draft, FACT_RECORDS, 60);
    add(&draft, "mx.example", DNS_CNAME, 60, b, 3);
    expect_error(&draft, CAUSE_CONTRADICTORY);
    draft.reply.answer_count--;
    add(&draft, "mx.example", DNS_A, 60, address, 4);
    expect_error(&draft, CAUSE_CONTRADICTORY);
}

static void every_name_on_the_way_is_kept_over_all_replies(void **state)
{
    static const uint8_t a[3] = {1, 'a', 0};
    static const uint8_t b[3] = {1, 'B', 0};
    static const uint8_t c[3] = {1, 'c', 0};
    static const char *const path[] = {"a", "b", "c"};
    struct draft draft;
    struct chase chase;
    struct dname name = name_of("mx.example");
    size_t cursor = 0;

    (void)state;
    chase_init(&chase, &name, DNS_A);
    draft_init(&draft, DNS_A);
    add(&draft, "a", DNS_CNAME, 60, b, 3);
    add(&draft, "mx.example", DNS_CNAME, 60, a, 3);
    assert_null(chase_step(&chase, &draft.reply, NOW));
    draft_init(&draft, DNS_A);
    draft.reply.qname = name_of("b");
    add(&draft, "b", DNS_CNAME, 60, c, 3);
    add(&draft, "c", DNS_A, 60, address, 4);
    struct fact *fact = chase_step(&chase, &draft.reply, NOW);
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        struct dname wanted = name_of(path[i]);
        assert_true(fact_next_link(fact, &cursor, &name));
        assert_true(dname_equal(&name, &wanted));
    }
    assert_false(fact_next_link(fact, &cursor, &name));
    free(fact);
    chase_fini(&chase);
}

static void one_insecure_reply_makes_the_chain_insecure(void **state)
{
    static const uint8_t a[3] = {1, 'a', 0};
    struct draft draft;
    struct chase chase;
    struct dname name = name_of("mx.example");

    (void)state;
    for (int insecure = 0; insecure < 2; insecure++) {
        draft_init(&draft, DNS_A);
        add(&draft, "mx.example", DNS_CNAME, 60, a, 3);
        draft.reply.ad = insecure != 0;
        chase_init(&chase, &name, DNS_A);
        assert_null(chase_step(&chase, &draft.reply, NOW));
        draft_init(&draft, DNS_A);
        draft.reply.qname = name_of("a");
        draft.reply.ad = insecure != 1;
        add(&draft, "a", DNS_A, 600, address, 4);
        struct fact *fact = chase_step(&chase, &draft.reply, NOW);
        struct dname canonical;
        assert_int_equal(fact->status, DNS_INSECURE);
        assert_int_equal(fact->ttl, 60);
        assert_true(fact_canonical(fact, &canonical));
        assert_true(dname_equal(&canonical, &draft.reply.qname));
        chase_fini(&chase);
        free(fact);
    }
}

static void mx_hosts_are_sorted_folded_and_bounded(void **state)
{
    struct dns_rr answer[200];
    uint8_t rdata[200][6];
    struct draft draft;
    size_t cursor = 0;
    const uint8_t *read;
    uint16_t len;

    (void)state;
    draft_init(&draft, DNS_MX);
    for (uint8_t i = 0; i < 200; i++) {
        /* Hosts 0 to 99, each with two preferences; the lowest come last. */
        memcpy(rdata[i], (uint8_t[]){0, (uint8_t)(199 - i), 2, 'h', (uint8_t)(i % 100), 0}, 6);
        answer[i] = (struct dns_rr){.owner = draft.reply.qname,
            .type = DNS_MX,
            .ttl = 60,
            .rdata = rdata[i],
            .rdata_len = 6};
    }
    draft.reply.answer = answer;
    draft.reply.answer_count = 200;
    struct fact *fact = read_one(&draft);
    assert_int_equal(fact->record_count, FACT_MX_MAX);
    assert_true(fact->omitted > 0);
    for (uint16_t i = 0; i < FACT_MX_MAX; i++) {
        uint16_t preference;
        struct dname host;
        assert_true(fact_next_record(fact, &cursor, &read, &len));
        fact_read_mx(read, len, &preference, &host);
        assert_int_equal(preference, i);
    }
    assert_false(fact_next_record(fact, &cursor, &read, &len));
    free(fact);
}

static void a_cname_made_from_a_dname_lives_no_longer_than_it(void **state)
{
    static const uint8_t target[] = {1, 't', 0};
    static const uint8_t dname_target[] = {0};
    /* Over DNAME (39), original TTL 3600, expires at NOW + 40. */
    static const uint8_t over_dname[18] = {0, 39, 0, 0, 0, 0, 14, 16, 0, 0, 0x04, 0x10};
    struct draft draft;

    (void)state;
    draft_init(&draft, DNS_A);
    add(&draft, "mx.example", DNS_CNAME, 3600, target, sizeof target);
    add(&draft, "t", DNS_A, 3600, address, 4);
    add(&draft, "mx.example", DNS_DNAME, 5, dname_target, sizeof dname_target);
    add(&draft, "other", DNS_DNAME, 5, dname_target, sizeof dname_target);
    expect_ttl(&draft, FACT_RECORDS, 3600);
    add(&draft, "example", DNS_DNAME, 300, dname_target, sizeof dname_target);
    expect_ttl(&draft, FACT_RECORDS, 300);
    add(&draft, "example", DNS_RRSIG, 3600, over_dname, 18);
    expect_ttl(&draft, FACT_RECORDS, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_that_are_short_or_over_something_else_do_not_count),
        cmocka_unit_test(a_denial_needs_the_soa_of_a_zone_that_the_name_is_in),
        cmocka_unit_test(malformed_rdata_is_an_error_and_never_left_out),
        cmocka_unit_test(a_tlsa_record_without_data_is_a_record),
        cmocka_unit_test(a_question_about_an_alias_is_about_that_record_alone),
        cmocka_unit_test(every_name_on_the_way_is_kept_over_all_replies),
        cmocka_unit_test(one_insecure_reply_makes_the_chain_insecure),
        cmocka_unit_test(a_cname_made_from_a_dname_lives_no_longer_than_it),
        cmocka_unit_test(mx_hosts_are_sorted_folded_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
