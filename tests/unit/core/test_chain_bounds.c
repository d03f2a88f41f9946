/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chain_bounds.c - what hostile chains may cost: counted in signatures, steps and work.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/core/build_chain.h"

#define CERTS 31

static struct build certs[CERTS];
static struct chain_cert cert_list[CERTS];
static struct tlsa_record record;
static uint8_t digest[32];
static struct dname name;
static struct chain_question question;
static struct chain_report report;
static struct build leaf_extensions;
static struct build ca_extensions;

static int reset(void **state)
{
    (void)state;
    if (!dname_from_text("mx.example.com", strlen("mx.example.com"), &name))
        abort();
    record = (struct tlsa_record){2, 0, 1, 32, digest};
    question = (struct chain_question){cert_list, 0, &record, 1, &name, 1, NOW, 0};
    leaf_extensions.len = 0;
    add_dns_names(&leaf_extensions, "mx.example.com", NULL);
    ca_extensions.len = 0;
    add_ca(&ca_extensions);
    fake_signatures = 0;
    return 0;
}

static void add_cert(const struct cert_spec *spec)
{
    size_t i = question.cert_count++;
    build_cert(&certs[i], spec);
    cert_list[i] = (struct chain_cert){certs[i].octets, certs[i].len};
}

/* Makes the record match the certificate at i. */
static void expect(size_t i)
{
    put_sums(certs[i].octets, certs[i].len, digest, sizeof digest);
}

static void assert_bounded(void)
{
    assert_int_equal(fake_signatures, report.signatures);
    assert_true(report.signatures <= CHAIN_SIGNATURES_MAX);
    assert_true(report.signatures_us <= CHAIN_SIGNATURES_US_MAX);
    assert_true(report.steps <= CHAIN_STEPS_MAX);
    assert_true(report.work <= CHAIN_WORK_MAX);
}

static void add_leaf(const char *issuer, const char *signed_by)
{
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = issuer,
        .key = "leaf",
        .signed_by = signed_by,
        .extensions = &leaf_extensions};
    add_cert(&leaf);
}

static void many_cas_of_one_name_cost_one_signature_each(void **state)
{
    (void)state;
    char key[16];
    add_leaf("ca", "nobody");
    for (int i = 1; i < CERTS; i++) {
        snprintf(key, sizeof key, "key %d", i);
        struct cert_spec ca = {.subject = "ca",
            .issuer = "ca",
            .key = key,
            .signed_by = key,
            .extensions = &ca_extensions};
        add_cert(&ca);
    }
    expect(5);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.signatures, CHAIN_CERTS_MAX - 1);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_SIGNATURE_BAD);
}

#define P_521 "3010 06072a8648ce3d0201 06052b81040023"

/* A key on this curve, whose point is one octet again and again. */
static void build_curve_key(struct build *out, const char *curve, size_t point_len, uint8_t octet)
{
    struct build bits = {.len = 0};

    build_hex(&bits, "00 04");
    for (size_t i = 0; i < point_len; i++)
        build_put(&bits, &octet, 1);
    out->len = 0;
    build_hex(out, curve);
    build_element(out, DER_BIT_STRING, &bits);
    build_wrap(out, DER_SEQUENCE);
}

static void keys_on_a_large_curve_cost_no_more_than_five_of_them(void **state)
{
    (void)state;
    static struct build keys[CHAIN_CERTS_MAX];
    for (int i = 1; i < CHAIN_CERTS_MAX; i++)
        build_curve_key(&keys[i], P_521, 132, (uint8_t)i);
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "ca",
        .key = "leaf",
        .issuer_spki = &keys[CHAIN_CERTS_MAX - 1],
        .algorithm = ECDSA_SHA256,
        .extensions = &leaf_extensions};
    add_cert(&leaf);
    for (int i = 1; i < CHAIN_CERTS_MAX; i++) {
        struct cert_spec ca = {.subject = "ca",
            .issuer = "ca",
            .spki = &keys[i],
            .issuer_spki = &keys[i],
            .algorithm = ECDSA_SHA256,
            .extensions = &ca_extensions};
        add_cert(&ca);
    }
    /* Each could be the issuer, and the last one is: too late. */
    expect(1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.signatures, 5);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MANY_SIGNATURES);
    /* It may be one of several hosts: what was spent on the first is not to be had again. */
    unsigned each_us = report.signatures_us / 5;
    for (unsigned left = 2; left > 0; left--) {
        question.spent_us = CHAIN_SIGNATURES_US_MAX - left * each_us;
        assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
        assert_int_equal(report.signatures, left);
        assert_int_equal(report.signatures_us, left * each_us);
        assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MANY_SIGNATURES);
    }
    question.spent_us = CHAIN_SIGNATURES_US_MAX;
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.signatures, 0);
}

/* Or the records of one alias would use up what the chain may cost before those of the next. */
static void a_chain_without_any_anchor_costs_no_signature(void **state)
{
    (void)state;
    struct cert_spec ca = {.subject = "ca",
        .issuer = "ca",
        .key = "ca key",
        .signed_by = "ca key",
        .extensions = &ca_extensions};
    add_leaf("ca", "ca key");
    add_cert(&ca);
    memset(digest, 0, sizeof digest);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_NO_CERTIFICATE);
    assert_int_equal(fake_signatures, 0);
    assert_bounded();
    /* The leaf is no anchor. */
    expect(0);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_NO_CERTIFICATE);
    assert_int_equal(fake_signatures, 0);
    expect(1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_MATCHED);
    assert_int_equal(fake_signatures, 1);
}

static void cas_that_all_certify_each_other_stop_at_a_bound(void **state)
{
    (void)state;
    /* One name and one key, and none says that it is self-signed: each is the issuer of each. */
    struct build ids[CHAIN_CERTS_MAX];
    add_leaf("ca", "key");
    for (int i = 1; i < CHAIN_CERTS_MAX; i++) {
        char identifier[64];
        snprintf(identifier, sizeof identifier, "3004 8002 aa%02x", i);
        ids[i] = ca_extensions;
        add_hex_extension(&ids[i], OID_AUTHORITY_KEY_ID, false, identifier);
        add_hex_extension(&ids[i], OID_SUBJECT_KEY_ID, false, "0401 07");
        struct cert_spec ca = {.subject = "ca",
            .issuer = "ca",
            .key = "key",
            .signed_by = "key",
            .extensions = &ids[i]};
        add_cert(&ca);
    }
    /* The anchor is there, but has expired. */
    struct cert_spec expired = {.subject = "ca",
        .issuer = "ca",
        .key = "key",
        .signed_by = "key",
        .extensions = &ca_extensions,
        .not_after = PAST};
    question.cert_count = CHAIN_CERTS_MAX - 1;
    add_cert(&expired);
    expect(CHAIN_CERTS_MAX - 1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.signatures, CHAIN_SIGNATURES_MAX);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_EXPIRED);
}

static void an_anchor_behind_too_many_signatures_is_not_reached(void **state)
{
    (void)state;
    /* Three layers of candidates, of which only the last one of each layer leads on. */
    static const char *const layers[] = {"a", "b", "c"};
    char key[16];
    add_leaf("a", "a 2");
    for (int layer = 0; layer < 3; layer++)
        for (int i = 0; i < 3; i++) {
            char issuer[16];
            snprintf(key, sizeof key, "%s %d", layers[layer], i);
            snprintf(issuer, sizeof issuer, "%s 2", layer == 2 ? "root" : layers[layer + 1]);
            struct cert_spec ca = {.subject = layers[layer],
                .issuer = layer == 2 ? "root" : layers[layer + 1],
                .key = key,
                .signed_by = issuer,
                .extensions = &ca_extensions};
            add_cert(&ca);
        }
    expect(9);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_MATCHED);
    assert_bounded();
    /* Bare keys that fit cost one signature each for each certificate that is reached. */
    struct build keys[7];
    struct tlsa_record many[7];
    for (int i = 0; i < 7; i++) {
        snprintf(key, sizeof key, "bare %d", i);
        build_spki(&keys[i], key);
        many[i] = (struct tlsa_record){2, 1, 0, (uint16_t)keys[i].len, keys[i].octets};
    }
    question.records = many;
    question.record_count = 7;
    fake_signatures = 0;
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.signatures, CHAIN_SIGNATURES_MAX);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MANY_SIGNATURES);
    assert_int_equal(report.reasons[6].why, CHAIN_WHY_TOO_MANY_ANCHORS);
}

static void a_long_list_of_names_for_the_issuer_is_paid_for_with_each_candidate(void **state)
{
    (void)state;
    struct build names = {.len = 0};
    struct build identifier = {.len = 0};
    struct build value;
    /* An authorityKeyIdentifier of 20000 empty names, looked through for one that is a Name. */
    for (int i = 0; i < 20000; i++)
        build_hex(&names, "8200");
    build_element(&identifier, DER_CONTEXT_CONSTRUCTED(1), &names);
    build_wrap(&identifier, DER_SEQUENCE);
    value = leaf_extensions;
    add_extension(&value, OID_AUTHORITY_KEY_ID, false, &identifier);
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "ca",
        .key = "leaf",
        .signed_by = "nobody",
        .extensions = &value};
    add_cert(&leaf);
    for (int i = 1; i < CHAIN_CERTS_MAX; i++) {
        char key[16];
        snprintf(key, sizeof key, "key %d", i);
        struct cert_spec ca = {.subject = "ca",
            .issuer = "ca",
            .key = key,
            .signed_by = key}; /* no CA, so that no signature is checked, and paid for */
        add_cert(&ca);
    }
    expect(5);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.signatures, 0);
    assert_true(report.work >= (CHAIN_CERTS_MAX - 1) * names.len);
}

static void a_huge_exponent_costs_no_signature(void **state)
{
    (void)state;
    struct build key;
    build_rsa_spki(&key, 512, 511);
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "ca",
        .key = "leaf",
        .issuer_spki = &key,
        .extensions = &leaf_extensions,
        .algorithm = RSA_SHA256};
    struct cert_spec ca = {.subject = "ca",
        .issuer = "ca",
        .spki = &key,
        .issuer_spki = &key,
        .extensions = &ca_extensions,
        .algorithm = RSA_SHA256};
    add_cert(&leaf);
    add_cert(&ca);
    expect(1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_KEY_EXPONENT);
    assert_int_equal(fake_signatures, 0);
    /* As a bare key neither. */
    record = (struct tlsa_record){2, 1, 0, (uint16_t)key.len, key.octets};
    question.cert_count = 1;
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_KEY_EXPONENT);
    assert_int_equal(fake_signatures, 0);
}

/* A subject of len octets: one value of blanks and letters that must be compared to its end. */
static void build_long_name(struct build *out, size_t len, uint8_t tag, char last)
{
    static char text[BUILD_MAX];
    struct build inside = {.len = 0};
    memset(text, 'x', len);
    text[len - 1] = last;
    text[len] = '\0';
    build_rdn(&inside, "0603550403", tag, text);
    out->len = 0;
    build_element(out, DER_SEQUENCE, &inside);
}

static void long_names_come_out_of_the_budget(void **state)
{
    (void)state;
    /* Nine names that differ from that of the issuer only in the last of 50000 letters. */
    struct build subject;
    struct build issuer;
    build_long_name(&issuer, 50000, DER_UTF8_STRING, 'x');
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "ca",
        .key = "leaf",
        .signed_by = "ca",
        .extensions = &leaf_extensions};
    add_cert(&leaf);
    for (int i = 1; i < CHAIN_CERTS_MAX; i++) {
        build_long_name(&subject, 50000, i == 1 ? 0x13 : DER_UTF8_STRING, (char)('a' + i));
        struct cert_spec ca = {.subject_name = &subject,
            .issuer = "ca",
            .key = "ca",
            .signed_by = "ca",
            .extensions = &ca_extensions};
        add_cert(&ca);
    }
    expect(4);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MUCH_WORK);
    assert_int_equal(fake_signatures, 0);
}

static void hashing_long_certificates_comes_out_of_the_budget(void **state)
{
    (void)state;
    struct build long_leaf = leaf_extensions;
    struct build value = {.len = 55000};
    memset(value.octets, 0, value.len);
    add_extension(&long_leaf, "06032a0304", false, &value);
    struct cert_spec leaf = {.subject = "leaf",
        .issuer = "ca",
        .key = "leaf",
        .signed_by = "nobody",
        .extensions = &long_leaf};
    add_cert(&leaf);
    char key[16];
    for (int i = 1; i < CHAIN_CERTS_MAX; i++) {
        snprintf(key, sizeof key, "key %d", i);
        struct cert_spec ca = {.subject = "ca",
            .issuer = "ca",
            .key = key,
            .signed_by = key,
            .extensions = &ca_extensions};
        add_cert(&ca);
    }
    expect(4);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MUCH_WORK);
    assert_in_range(fake_signatures, 1, 8);
}

static void thousands_of_names_and_constraints_come_out_of_the_budget(void **state)
{
    (void)state;
    struct build names = {.len = 0};
    struct build subtrees = {.len = 0};
    char text[32];
    build_text(&names, DER_CONTEXT(2), "mx.example.com");
    for (int i = 0; i < 2500; i++) {
        snprintf(text, sizeof text, "h%04d.example.com", i);
        build_text(&names, DER_CONTEXT(2), text);
        struct build subtree = {.len = 0};
        snprintf(text, sizeof text, "x%04d.example.com", i);
        build_text(&subtree, DER_CONTEXT(2), text);
        build_element(&subtrees, DER_SEQUENCE, &subtree);
    }
    build_wrap(&names, DER_SEQUENCE);
    leaf_extensions.len = 0;
    add_extension(&leaf_extensions, OID_SUBJECT_ALT_NAME, false, &names);
    build_wrap(&subtrees, DER_CONTEXT_CONSTRUCTED(1));
    build_wrap(&subtrees, DER_SEQUENCE);
    add_extension(&ca_extensions, OID_NAME_CONSTRAINTS, true, &subtrees);
    add_leaf("ca", "ca");
    struct cert_spec ca = {.subject = "ca",
        .issuer = "ca",
        .key = "ca",
        .signed_by = "ca",
        .extensions = &ca_extensions};
    add_cert(&ca);
    expect(1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_bounded();
    assert_int_equal(report.reasons[0].why, CHAIN_WHY_TOO_MUCH_WORK);
    assert_int_equal(report.work, CHAIN_WORK_MAX);
}

static void only_the_first_ten_certificates_are_looked_at(void **state)
{
    (void)state;
    struct cert_spec ca = {.subject = "ca",
        .issuer = "root",
        .key = "ca",
        .signed_by = "root",
        .extensions = &ca_extensions};
    struct cert_spec stranger = {.subject = "x", .issuer = "y", .key = "x", .signed_by = "y"};
    add_leaf("ca", "ca");
    for (int i = 1; i < CHAIN_CERTS_MAX - 1; i++)
        add_cert(&stranger);
    add_cert(&ca);
    expect(CHAIN_CERTS_MAX - 1);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_MATCHED);
    question.cert_count = CHAIN_CERTS_MAX - 1;
    add_cert(&stranger);
    add_cert(&ca);
    expect(CHAIN_CERTS_MAX);
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
}

static void records_past_the_reported_ones_still_match(void **state)
{
    (void)state;
    static struct tlsa_record many[500];
    uint8_t wrong[32] = {0};
    add_leaf("ca", "ca");
    expect(0);
    for (size_t i = 0; i < 500; i++)
        many[i] = (struct tlsa_record){3, 0, 1, 32, i == 499 ? digest : wrong};
    question.records = many;
    question.record_count = 500;
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_MATCHED);
    assert_int_equal(report.record, 499);
    many[499].data = wrong;
    assert_int_equal(chain_verify(&question, &fake_crypto, &report), CHAIN_REFUSED);
    assert_int_equal(report.reason_count, CHAIN_REASONS_MAX);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        T(many_cas_of_one_name_cost_one_signature_each),
        T(keys_on_a_large_curve_cost_no_more_than_five_of_them),
        T(a_chain_without_any_anchor_costs_no_signature),
        T(cas_that_all_certify_each_other_stop_at_a_bound),
        T(an_anchor_behind_too_many_signatures_is_not_reached),
        T(a_long_list_of_names_for_the_issuer_is_paid_for_with_each_candidate),
        T(a_huge_exponent_costs_no_signature),
        T(long_names_come_out_of_the_budget),
        T(hashing_long_certificates_comes_out_of_the_budget),
        T(thousands_of_names_and_constraints_come_out_of_the_budget),
        T(only_the_first_ten_certificates_are_looked_at),
        T(records_past_the_reported_ones_still_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
