/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chain_check.c - what the certificates of a chain must be to count: dates, rights, names,
 * keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/core/chain_question.h"

static void dates_count_below_the_anchor(void **state)
{
    struct cert_spec specs[2] = {plain_leaf(), plain_int()};
    for (unsigned depth = 0; depth < 2; depth++) {
        struct cert_spec spec = specs[depth];
        spec.not_after = PAST;
        reset(state);
        add_three(depth == 0 ? &spec : NULL, depth == 1 ? &spec : NULL, NULL);
        assert_refused(CHAIN_WHY_EXPIRED, depth);
        spec = specs[depth];
        spec.not_before = AHEAD;
        reset(state);
        add_three(depth == 0 ? &spec : NULL, depth == 1 ? &spec : NULL, NULL);
        assert_refused(CHAIN_WHY_NOT_YET_VALID, depth);
    }
}

static void both_ends_of_the_dates_are_in(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    leaf.not_before = "270115080000Z";
    leaf.not_after = "270115080000Z";
    add_three(&leaf, NULL, NULL);
    assert_matched(0, 2);
    question.at_s = NOW + 1;
    assert_refused(CHAIN_WHY_EXPIRED, 0);
    question.at_s = NOW - 1;
    assert_refused(CHAIN_WHY_NOT_YET_VALID, 0);
}

static void dates_of_the_anchor_count_if_it_is_self_signed(void **state)
{
    (void)state;
    struct cert_spec root = plain_root();
    root.not_after = PAST;
    add_three(NULL, NULL, &root);
    assert_refused(CHAIN_WHY_EXPIRED, 2);
    reset(state);
    struct cert_spec intermediate = plain_int();
    intermediate.not_after = PAST;
    add_three(NULL, &intermediate, NULL);
    question.record_count = 0;
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, build_span(&certs[1]));
    assert_matched(0, 1);
}

static void an_issuer_must_be_a_ca(void **state)
{
    (void)state;
    struct build no_ca = {.len = 0};
    struct build says_no = {.len = 0};
    struct build only_usage = {.len = 0};
    struct build wrong_usage = *ca_extensions();
    add_hex_extension(&says_no, OID_BASIC_CONSTRAINTS, true, "3000");
    add_hex_extension(&only_usage, OID_KEY_USAGE, true, "030202 04");
    add_hex_extension(&wrong_usage, OID_KEY_USAGE, true, "030201 06");
    wrong_usage.octets[wrong_usage.len - 1] = 0x82;
    const struct {
        const struct build *extensions;
        enum chain_why in_between;
        enum chain_why as_anchor;
    } cases[] = {
        {&no_ca, CHAIN_WHY_NOT_A_CA, CHAIN_WHY_NOT_A_CA},
        {&says_no, CHAIN_WHY_NOT_A_CA, CHAIN_WHY_NOT_A_CA},
        {&only_usage, CHAIN_WHY_NOT_A_CA, CHAIN_WHY_NONE},
        {&wrong_usage, CHAIN_WHY_KEY_USAGE, CHAIN_WHY_KEY_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cert_spec intermediate = plain_int();
        intermediate.extensions = cases[i].extensions;
        reset(state);
        add_three(NULL, &intermediate, NULL);
        assert_refused(cases[i].in_between, 1);
        question.record_count = 0;
        add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, build_span(&certs[1]));
        if (cases[i].as_anchor == CHAIN_WHY_NONE)
            assert_matched(0, 1);
        else
            assert_refused(cases[i].as_anchor, 1);
    }
}

static void a_self_signed_certificate_of_version_1_can_be_the_anchor(void **state)
{
    (void)state;
    struct cert_spec root = plain_root();
    root.extensions = NULL;
    root.is_version_1 = true;
    add_three(NULL, NULL, &root);
    assert_matched(0, 2);
    reset(state);
    struct cert_spec intermediate = plain_int();
    intermediate.extensions = NULL;
    intermediate.is_version_1 = true;
    add_three(NULL, &intermediate, NULL);
    question.record_count = 0;
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, build_span(&certs[1]));
    assert_refused(CHAIN_WHY_NOT_A_CA, 1);
}

static void path_lengths_count_cas_that_are_not_self_issued(void **state)
{
    (void)state;
    struct build zero = {.len = 0};
    add_hex_extension(&zero, OID_BASIC_CONSTRAINTS, true, "3006 0101ff 020100");
    struct cert_spec root = plain_root();
    root.extensions = &zero;
    add_three(NULL, NULL, &root);
    assert_refused(CHAIN_WHY_PATH_LEN, 2);

    /* leaf, by "root" with a new key, which the old key of "root" certified. */
    reset(state);
    struct cert_spec leaf = plain_leaf();
    struct cert_spec rollover = plain_root();
    struct build rollover_ids = *ca_extensions();
    add_hex_extension(&rollover_ids, OID_SUBJECT_KEY_ID, false, "0401 01");
    add_hex_extension(&rollover_ids, OID_AUTHORITY_KEY_ID, false, "3003 800102");
    rollover.extensions = &rollover_ids;
    rollover.key = "new";
    leaf.issuer = "root";
    leaf.signed_by = "new";
    add_cert(&leaf);
    add_cert(&rollover);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(&root));
    assert_matched(0, 2);
}

static void an_extended_key_usage_must_allow_servers_everywhere(void **state)
{
    static const struct {
        const char *value;
        bool is_good;
    } cases[] = {
        {"300a 06082b06010505070301", true},              /* serverAuth */
        {"300a 06082b06010505070302", false},             /* clientAuth */
        {"3006 0604551d2500", false},                     /* any, alone */
        {"3010 0604551d2500 06082b06010505070301", true}, /* any and serverAuth */
        {"300c 060a2b0601040182370a0303", true},          /* server gated crypto */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned depth = 0; depth < 3; depth++) {
            struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};
            struct build extensions = *specs[depth].extensions;
            add_hex_extension(&extensions, OID_EXTENDED_KEY_USAGE, false, cases[i].value);
            specs[depth].extensions = &extensions;
            reset(state);
            add_three(&specs[0], &specs[1], &specs[2]);
            if (cases[i].is_good)
                assert_matched(0, 2);
            else
                assert_refused(CHAIN_WHY_EXTENDED_KEY_USAGE, depth);
        }
}

static void an_unknown_critical_extension_is_refused_everywhere(void **state)
{
    for (unsigned depth = 0; depth < 3; depth++)
        for (int critical = 0; critical < 2; critical++) {
            struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};
            struct build extensions = *specs[depth].extensions;
            add_hex_extension(&extensions, "06032a0304", critical == 1, "0500");
            specs[depth].extensions = &extensions;
            reset(state);
            add_three(&specs[0], &specs[1], &specs[2]);
            if (critical)
                assert_refused(CHAIN_WHY_UNKNOWN_CRITICAL, depth);
            else
                assert_matched(0, 2);
        }
}

static void a_leaf_must_be_for_tls_servers(void **state)
{
    (void)state;
    struct build extensions = *leaf_extensions();
    add_hex_extension(&extensions, OID_KEY_USAGE, true, "030202 04");
    struct cert_spec leaf = plain_leaf();
    leaf.extensions = &extensions;
    add_three(&leaf, NULL, NULL);
    assert_refused(CHAIN_WHY_KEY_USAGE, 0);
    reset(state);
    extensions = *leaf_extensions();
    add_hex_extension(&extensions, OID_NETSCAPE_TYPE, false, "030207 80");
    add_three(&leaf, NULL, NULL);
    assert_refused(CHAIN_WHY_NETSCAPE_TYPE, 0);
}

static void the_leaf_must_name_a_reference(void **state)
{
    (void)state;
    add_three(NULL, NULL, NULL);
    assert_true(dname_from_text("mail.example.com", strlen("mail.example.com"), &names[0]));
    assert_refused(CHAIN_WHY_WRONG_NAME, 0);
    assert_true(dname_from_text("mx.example.com", strlen("mx.example.com"), &names[1]));
    question.name_count = 2;
    assert_matched(0, 2);
    question.name_count = 0;
    assert_refused(CHAIN_WHY_WRONG_NAME, 0);
}

static void name_constraints_of_any_ca_above_hold(void **state)
{
    /* excludes dNSName example.com; permits dNSName example.net */
    struct build excluded = {.len = 0};
    build_text(&excluded, DER_CONTEXT(2), "example.com");
    build_wrap(&excluded, DER_SEQUENCE);
    build_wrap(&excluded, DER_CONTEXT_CONSTRUCTED(1));
    build_wrap(&excluded, DER_SEQUENCE);
    struct build permitted = {.len = 0};
    build_text(&permitted, DER_CONTEXT(2), "example.net");
    build_wrap(&permitted, DER_SEQUENCE);
    build_wrap(&permitted, DER_CONTEXT_CONSTRUCTED(0));
    build_wrap(&permitted, DER_SEQUENCE);
    for (unsigned depth = 1; depth < 3; depth++) {
        struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};
        struct build extensions = *ca_extensions();
        add_extension(&extensions, OID_NAME_CONSTRAINTS, true, &excluded);
        specs[depth].extensions = &extensions;
        reset(state);
        add_three(&specs[0], &specs[1], &specs[2]);
        assert_refused(CHAIN_WHY_NAME_EXCLUDED, 0);
        extensions = *ca_extensions();
        add_extension(&extensions, OID_NAME_CONSTRAINTS, true, &permitted);
        reset(state);
        add_three(&specs[0], &specs[1], &specs[2]);
        assert_refused(CHAIN_WHY_NAME_NOT_PERMITTED, 0);
    }
}

/* A chain of three with RSA keys of these sizes, in octets, and these signature algorithms. */
static void add_rsa_three(const size_t modulus[3], const char *const algorithms[3])
{
    struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};
    static struct build keys[3];
    for (size_t i = 0; i < 3; i++) {
        build_rsa_spki(&keys[i], modulus[i], 3);
        keys[i].octets[keys[i].len - 6] = (uint8_t)(i + 1); /* each its own */
        specs[i].spki = &keys[i];
        specs[i].algorithm = algorithms[i];
    }
    specs[0].issuer_spki = &keys[1];
    specs[1].issuer_spki = &keys[2];
    specs[2].issuer_spki = &keys[2];
    add_three(&specs[0], &specs[1], &specs[2]);
}

static void sha_1_and_md5_are_refused_below_the_anchor_alone(void **state)
{
    static const size_t sizes[3] = {256, 256, 256};
    static const char *const weak[] = {RSA_SHA1, RSA_MD5};
    for (size_t i = 0; i < 2; i++)
        for (unsigned depth = 0; depth < 3; depth++) {
            const char *algorithms[3] = {RSA_SHA256, RSA_SHA256, RSA_SHA256};
            algorithms[depth] = weak[i];
            reset(state);
            add_rsa_three(sizes, algorithms);
            if (depth == 2)
                assert_matched(0, 2);
            else
                assert_refused(CHAIN_WHY_SIGNATURE_WEAK, depth);
        }
}

static void rsa_keys_must_have_1024_to_4096_bits(void **state)
{
    static const char *const algorithms[3] = {RSA_SHA256, RSA_SHA256, RSA_SHA256};
    for (unsigned depth = 0; depth < 3; depth++) {
        size_t sizes[3] = {256, 256, 256};
        sizes[depth] = 127;
        reset(state);
        add_rsa_three(sizes, algorithms);
        assert_refused(CHAIN_WHY_KEY_WEAK, depth);
        sizes[depth] = 128;
        reset(state);
        add_rsa_three(sizes, algorithms);
        assert_matched(0, 2);
        sizes[depth] = 512;
        reset(state);
        add_rsa_three(sizes, algorithms);
        assert_matched(0, 2);
        sizes[depth] = 513;
        reset(state);
        add_rsa_three(sizes, algorithms);
        if (depth == 0) /* no signature is checked with the key of the leaf */
            assert_matched(0, 2);
        else
            assert_refused(CHAIN_WHY_KEY_TOO_LARGE, depth);
    }
}

static void a_kind_of_key_that_does_not_fit_costs_no_signature(void **state)
{
    (void)state;
    struct cert_spec leaf = plain_leaf();
    leaf.algorithm = RSA_SHA256;
    add_three(&leaf, NULL, NULL);
    assert_refused(CHAIN_WHY_SIGNATURE_BAD, 0);
    assert_int_equal(report.signatures, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        T(dates_count_below_the_anchor),
        T(both_ends_of_the_dates_are_in),
        T(dates_of_the_anchor_count_if_it_is_self_signed),
        T(an_issuer_must_be_a_ca),
        T(a_self_signed_certificate_of_version_1_can_be_the_anchor),
        T(path_lengths_count_cas_that_are_not_self_issued),
        T(an_extended_key_usage_must_allow_servers_everywhere),
        T(an_unknown_critical_extension_is_refused_everywhere),
        T(a_leaf_must_be_for_tls_servers),
        T(the_leaf_must_name_a_reference),
        T(name_constraints_of_any_ca_above_hold),
        T(sha_1_and_md5_are_refused_below_the_anchor_alone),
        T(rsa_keys_must_have_1024_to_4096_bits),
        T(a_kind_of_key_that_does_not_fit_costs_no_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
