/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chain.c - chains of every shape against TLSA records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/core/build_chain.h"

#define RECORDS_MAX 8

/* A question under construction: certificates as they are added, leaf first, and records. */
static struct build certs[CHAIN_CERTS_MAX + 4];
static struct chain_cert cert_list[CHAIN_CERTS_MAX + 4];
static struct tlsa_record records[RECORDS_MAX];
static uint8_t record_data[RECORDS_MAX][4096];
static struct dname names[CHAIN_NAMES_MAX];
static struct chain_question question;
static struct chain_report report;

static int reset(void **state)
{
    (void)state;
    memset(&question, 0, sizeof question);
    question = (struct chain_question){cert_list, 0, records, 0, names, 1, NOW, 0};
    if (!dname_from_text("mx.example.com", strlen("mx.example.com"), &names[0]))
        abort();
    return 0;
}

static struct der_span add_cert(const struct cert_spec *spec)
{
    size_t i = question.cert_count++;

    build_cert(&certs[i], spec);
    cert_list[i] = (struct chain_cert){certs[i].octets, certs[i].len};
    return build_span(&certs[i]);
}

/* Adds the record with these fields for a certificate; a selector of 1 takes its key. */
static void add_record(uint8_t usage, uint8_t selector, uint8_t matching_type, struct der_span der)
{
    size_t i = question.record_count++;
    struct der_span data = der;

    if (selector == TLSA_SPKI && !certificate_find_spki(der, &data))
        abort();
    records[i] = (struct tlsa_record){usage, selector, matching_type, 0, record_data[i]};
    if (matching_type == TLSA_FULL) {
        memcpy(record_data[i], data.data, data.len);
        records[i].data_len = (uint16_t)data.len;
    } else {
        records[i].data_len = matching_type == TLSA_SHA2_256 ? 32 : 64;
        put_sums(data.data, data.len, record_data[i], records[i].data_len);
    }
}

static enum chain_outcome ask(void)
{
    fake_signatures = 0;
    enum chain_outcome outcome = chain_verify(&question, &fake_crypto, &report);
    assert_int_equal(outcome, report.outcome);
    assert_int_equal(fake_signatures, report.signatures);
    return outcome;
}

static void assert_matched(size_t record, unsigned depth)
{
    enum chain_outcome outcome = ask();
    if (outcome != CHAIN_MATCHED) {
        char text[2000];
        chain_report_text(&question, &report, text, sizeof text);
        print_message("%s\n", text);
    }
    assert_int_equal(outcome, CHAIN_MATCHED);
    assert_int_equal(report.record, record);
    assert_int_equal(report.depth, depth);
}

static void assert_refused(enum chain_why why, unsigned depth)
{
    assert_int_equal(ask(), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, why);
    assert_int_equal(report.reasons[0].depth, depth);
}

/* Extensions of a plain leaf and a plain CA. */
static const struct build *leaf_extensions(void)
{
    static struct build extensions;
    extensions.len = 0;
    add_dns_names(&extensions, "mx.example.com", NULL);
    return &extensions;
}

static const struct build *ca_extensions(void)
{
    static struct build extensions;
    extensions.len = 0;
    add_ca(&extensions);
    return &extensions;
}

static struct cert_spec plain_leaf(void)
{
    return (struct cert_spec){.subject = "leaf",
        .issuer = "int",
        .key = "leaf",
        .signed_by = "int",
        .extensions = leaf_extensions()};
}

static struct cert_spec plain_int(void)
{
    return (struct cert_spec){.subject = "int",
        .issuer = "root",
        .key = "int",
        .signed_by = "root",
        .extensions = ca_extensions()};
}

static struct cert_spec plain_root(void)
{
    return (struct cert_spec){.subject = "root",
        .issuer = "root",
        .key = "root",
        .signed_by = "root",
        .extensions = ca_extensions()};
}

/* The chain of three, with what is given in place of the plain ones; and 2 0 1 of the root. */
static void add_three(const struct cert_spec *leaf, const struct cert_spec *intermediate,
    const struct cert_spec *root)
{
    struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};

    add_cert(leaf ? leaf : &specs[0]);
    add_cert(intermediate ? intermediate : &specs[1]);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(root ? root : &specs[2]));
}

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
        T(usage_3_goes_before_usage_2),
        T(the_report_says_why_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
