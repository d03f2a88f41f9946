/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chain.c - which record matches which certificate of a chain, and the way up to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/core/chain_question.h"

static void every_selector_and_matching_type_of_usage_3_matches_the_leaf(void **state)
{
    for (uint8_t selector = 0; selector < 2; selector++)
        for (uint8_t type = 0; type < 3; type++) {
            reset(state);
            struct cert_spec leaf = plain_leaf();
            add_record(TLSA_DANE_EE, selector, type, add_cert(&leaf));
            assert_matched(0, 0);
            assert_int_equal(report.signatures, 0);
            assert_true(chain_match_ee(&question, &fake_crypto, &report));
        }
}

static void usage_3_asks_for_no_name_date_or_key_usage(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    struct build extensions = {.len = 0};
    add_dns_names(&extensions, "other.example.com", NULL);
    add_hex_extension(&extensions, OID_KEY_USAGE, true, "030201 06");
    add_hex_extension(&extensions, "06032a0304", true, "0500");
    leaf.extensions = &extensions;
    leaf.not_after = PAST;
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, add_cert(&leaf));
    assert_matched(0, 0);
    assert_true(report.leaf_parsed);
}

static void a_leaf_that_cannot_be_read_matches_by_its_octets(void **state)
{
    (void)state;
    static const uint8_t junk[] = "not a certificate";
    cert_list[0] = (struct chain_cert){junk, sizeof junk};
    question.cert_count = 1;
    records[0] = (struct tlsa_record){3, 0, 1, 32, record_data[0]};
    put_sums(junk, sizeof junk, record_data[0], 32);
    question.record_count = 1;
    assert_matched(0, 0);
    assert_false(report.leaf_parsed);
    record_data[0][0] ^= 1;
    assert_refused(CHAIN_WHY_LEAF_DIFFERS, 0);
    records[0].usage = 2;
    assert_refused(CHAIN_WHY_NO_CERTIFICATE, 0);
}

static void without_a_usable_record_there_is_nothing_to_decide(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    struct der_span der = add_cert(&leaf);
    assert_int_equal(ask(), CHAIN_UNUSABLE);
    add_record(TLSA_PKIX_EE, TLSA_SPKI, TLSA_SHA2_256, der);
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, der);
    records[1].matching_type = 255;
    assert_int_equal(ask(), CHAIN_UNUSABLE);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_UNUSABLE);
    assert_int_equal(report.reasons[1].why, CHAIN_WHY_UNUSABLE);
    assert_false(chain_match_ee(&question, &fake_crypto, &report));
    assert_int_equal(report.outcome, CHAIN_UNUSABLE);
}

static void a_weaker_digest_does_not_count(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    struct der_span der = add_cert(&leaf);
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, der);
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_512, der);
    assert_matched(1, 0);
    record_data[1][0] ^= 1;
    assert_refused(CHAIN_WHY_WEAKER_DIGEST, 0);
    assert_int_equal(report.reasons[1].why, CHAIN_WHY_LEAF_DIFFERS);
}

static void no_certificate_matches_nothing(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, add_cert(&leaf));
    question.cert_count = 0;
    assert_refused(CHAIN_WHY_NO_LEAF, 0);
}

static void every_selector_and_matching_type_of_usage_2_matches_above_the_leaf(void **state)
{
    for (size_t depth = 1; depth < 3; depth++)
        for (uint8_t selector = 0; selector < 2; selector++)
            for (uint8_t type = 0; type < 3; type++) {
                reset(state);
                add_three(NULL, NULL, NULL);
                question.record_count = 0;
                add_record(TLSA_DANE_TA, selector, type, build_span(&certs[depth]));
                assert_matched(0, (unsigned)depth);
                assert_false(report.anchor_in_record);
                assert_int_equal(report.signatures, depth);
                assert_false(chain_match_ee(&question, &fake_crypto, &report));
            }
}

static void the_leaf_is_never_its_own_trust_anchor(void **state)
{
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "leaf",
        .key = "leaf",
        .signed_by = "leaf",
        .extensions = leaf_extensions()};
    for (uint8_t selector = 0; selector < 2; selector++)
        for (uint8_t type = 0; type < 3; type++) {
            if (selector == TLSA_SPKI && type == TLSA_FULL)
                continue;
            reset(state);
            struct der_span der = add_cert(&leaf);
            add_cert(&leaf); /* and a copy above it does not help */
            add_record(TLSA_DANE_TA, selector, type, der);
            assert_int_equal(ask(), CHAIN_REFUSED);
        }
}

static void a_self_signed_leaf_passes_with_its_key_as_2_1_0(void **state)
{
    (void)state;
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "leaf",
        .key = "leaf",
        .signed_by = "leaf",
        .extensions = leaf_extensions()};
    add_record(TLSA_DANE_TA, TLSA_SPKI, TLSA_FULL, add_cert(&leaf));
    assert_matched(0, 1);
    assert_true(report.anchor_in_record);
    question.at_s = INT64_MAX;
    assert_refused(CHAIN_WHY_EXPIRED, 0);
}

static void an_anchor_in_the_record_need_not_be_presented(void **state)
{
    for (uint8_t selector = 0; selector < 2; selector++) {
        reset(state);
        add_three(NULL, NULL, NULL);
        question.record_count = 0;
        add_record(TLSA_DANE_TA, selector, TLSA_FULL, build_span(&certs[2]));
        question.cert_count = 2;
        assert_matched(0, 2);
        assert_true(report.anchor_in_record);
        /* Straight above the leaf, too. */
        question.record_count = 0;
        add_record(TLSA_DANE_TA, selector, TLSA_FULL, build_span(&certs[1]));
        question.cert_count = 1;
        assert_matched(0, 1);
    }
}

static void a_bare_key_that_signed_nothing_is_refused(void **state)
{
    (void)state;
    struct cert_spec other = plain_root();
    other.key = "other";
    add_three(NULL, NULL, NULL);
    question.record_count = 0;
    add_record(TLSA_DANE_TA, TLSA_SPKI, TLSA_FULL, add_cert(&other));
    question.cert_count = 3;
    assert_refused(CHAIN_WHY_BARE_KEY_UNUSED, 0);
}

static void a_presented_certificate_with_the_key_must_be_good_itself(void **state)
{
    (void)state;
    /* The bare key is not to be a way around what its certificate lacks. */
    struct cert_spec root = plain_root();
    root.extensions = NULL;
    add_three(NULL, NULL, &root);
    question.record_count = 0;
    add_record(TLSA_DANE_TA, TLSA_SPKI, TLSA_FULL, build_span(&certs[2]));
    assert_refused(CHAIN_WHY_NOT_A_CA, 2);
}

static void a_chain_cut_short_is_refused(void **state)
{
    (void)state;
    add_three(NULL, NULL, NULL);
    question.cert_count = 2;
    assert_refused(CHAIN_WHY_NO_CERTIFICATE, 0);
    question.cert_count = 3;
    assert_matched(0, 2);
}

static void order_copies_and_strangers_do_not_matter(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    struct cert_spec intermediate = plain_int();
    struct cert_spec root = plain_root();
    struct cert_spec stranger = {.subject = "x", .issuer = "y", .key = "x", .signed_by = "y"};
    add_cert(&leaf);
    add_cert(&stranger);
    add_record(TLSA_DANE_TA, TLSA_SPKI, TLSA_SHA2_256, add_cert(&root));
    add_cert(&leaf);
    add_cert(&intermediate);
    add_cert(&intermediate);
    assert_matched(0, 2);
    assert_int_equal(report.signatures, 2);
}

static void the_right_one_of_several_issuers_of_one_name_is_found(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    struct cert_spec intermediate = plain_int();
    struct cert_spec wrong = plain_int();
    add_cert(&leaf);
    wrong.key = "wrong 1";
    add_cert(&wrong);
    wrong.key = "wrong 2";
    add_cert(&wrong);
    add_record(TLSA_DANE_TA, TLSA_SPKI, TLSA_SHA2_256, add_cert(&intermediate));
    assert_matched(0, 1);
}

static void a_search_that_took_a_wrong_turn_goes_back(void **state)
{
    (void)state;
    /* The key "int" is certified by two roots; only the second way leads to the anchor. */
    struct cert_spec leaf = plain_leaf();
    struct cert_spec first = plain_int();
    struct cert_spec second = plain_int();
    struct cert_spec root = plain_root();
    first.issuer = "elsewhere";
    first.signed_by = "elsewhere";
    struct cert_spec elsewhere = {.subject = "elsewhere",
        .issuer = "elsewhere",
        .key = "elsewhere",
        .signed_by = "elsewhere",
        .extensions = ca_extensions()};
    add_cert(&leaf);
    add_cert(&first);
    add_cert(&elsewhere);
    add_cert(&second);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(&root));
    assert_matched(0, 2);
}

static void key_identifiers_only_say_whom_to_ask_first(void **state)
{
    (void)state;
    struct build leaf_ids = *leaf_extensions();
    struct build right_ids = *ca_extensions();
    struct build wrong_ids = *ca_extensions();
    add_hex_extension(&leaf_ids, OID_AUTHORITY_KEY_ID, false, "3003 800101");
    add_hex_extension(&right_ids, OID_SUBJECT_KEY_ID, false, "0401 01");
    add_hex_extension(&wrong_ids, OID_SUBJECT_KEY_ID, false, "0401 02");
    struct cert_spec leaf = plain_leaf();
    struct cert_spec right = plain_int();
    struct cert_spec wrong = plain_int();
    leaf.extensions = &leaf_ids;
    right.extensions = &right_ids;
    wrong.extensions = &wrong_ids;
    wrong.key = "wrong";
    add_cert(&leaf);
    add_cert(&wrong);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(&right));
    assert_matched(0, 1);
    assert_int_equal(report.signatures, 1);

    reset(state);
    right.extensions = &wrong_ids; /* and one that is wrong about the right one is no obstacle */
    add_cert(&leaf);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(&right));
    assert_matched(0, 1);
}

static void a_signature_that_is_not_the_issuers_is_refused(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    leaf.signed_by = "somebody";
    add_three(&leaf, NULL, NULL);
    assert_refused(CHAIN_WHY_SIGNATURE_BAD, 0);
    reset(state);
    struct cert_spec intermediate = plain_int();
    intermediate.signed_by = "somebody";
    add_three(NULL, &intermediate, NULL);
    assert_refused(CHAIN_WHY_SIGNATURE_BAD, 1);
}

static void the_signature_of_the_anchor_itself_does_not_count(void **state)
{
    (void)state;
    struct cert_spec root = plain_root();
    root.signed_by = "somebody";
    add_three(NULL, NULL, &root);
    assert_matched(0, 2);
}

static void usage_3_goes_before_usage_2(void **state)
{
    (void)state;
    add_three(NULL, NULL, NULL);
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, build_span(&certs[0]));
    assert_matched(1, 0);
    assert_int_equal(report.signatures, 0);
    record_data[1][0] ^= 1;
    assert_matched(0, 2);
}

static void the_report_says_why_in_words(void **state)
{
    (void)state;
    char text[1000];
    struct cert_spec intermediate = plain_int();
    intermediate.not_after = PAST;
    add_three(NULL, &intermediate, NULL);
    add_record(TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, build_span(&certs[1]));
    ask();
    size_t len = chain_report_text(&question, &report, text, sizeof text);
    assert_int_equal(len, strlen(text));
    assert_non_null(strstr(text, "the certificate at depth 1 has expired; [3 1 1 "));
    assert_non_null(strstr(text, "the record does not match the leaf; names=mx.example.com days="));
    assert_int_equal(chain_reason_text(&question, &report, 1, text, sizeof text),
        strlen("the record does not match the leaf"));
    /* Cut anywhere, it ends with a NUL inside of the room. */
    for (size_t cap = 1; cap < 100; cap++)
        assert_true(chain_report_text(&question, &report, text, cap) == cap - 1);
    reset(state);
    add_three(NULL, NULL, NULL);
    assert_matched(0, 2);
    chain_report_text(&question, &report, text, sizeof text);
    assert_string_equal(
        text, "usage=2 selector=0 matching_type=1 depth=2 names=mx.example.com days=4733");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        T(every_selector_and_matching_type_of_usage_3_matches_the_leaf),
        T(usage_3_asks_for_no_name_date_or_key_usage),
        T(a_leaf_that_cannot_be_read_matches_by_its_octets),
        T(without_a_usable_record_there_is_nothing_to_decide),
        T(a_weaker_digest_does_not_count),
        T(no_certificate_matches_nothing),
        T(every_selector_and_matching_type_of_usage_2_matches_above_the_leaf),
        T(the_leaf_is_never_its_own_trust_anchor),
        T(a_self_signed_leaf_passes_with_its_key_as_2_1_0),
        T(an_anchor_in_the_record_need_not_be_presented),
        T(a_bare_key_that_signed_nothing_is_refused),
        T(a_presented_certificate_with_the_key_must_be_good_itself),
        T(a_chain_cut_short_is_refused),
        T(order_copies_and_strangers_do_not_matter),
        T(the_right_one_of_several_issuers_of_one_name_is_found),
        T(a_search_that_took_a_wrong_turn_goes_back),
        T(key_identifiers_only_say_whom_to_ask_first),
        T(a_signature_that_is_not_the_issuers_is_refused),
        T(the_signature_of_the_anchor_itself_does_not_count),
        T(usage_3_goes_before_usage_2),
        T(the_report_says_why_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
