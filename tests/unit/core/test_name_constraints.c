/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_name_constraints.c - names held against the constraints of a CA.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/name_constraints.h"
#include "tests/unit/core/build_chain.h"

enum { EMAIL = 0x81, DNS = 0x82, DIRECTORY = 0xa4, URI = 0x86, IP = 0x87, OTHER = 0xa0 };

static unsigned budget;

static struct build subtree(uint8_t tag, const char *hex)
{
    struct build inside = {.len = 0};
    struct build out = {.len = 0};
    build_hex(&inside, hex);
    build_element(&out, tag, &inside);
    build_wrap(&out, DER_SEQUENCE);
    return out;
}

/* Checks a leaf with this SAN (GeneralNames' content) and subject against constraints. */
static enum name_constraints_result check_with(const struct build *permitted,
    const struct build *excluded, const struct build *names, const struct build *subject)
{
    static struct build ca_der;
    static struct build leaf_der;
    struct build value = {.len = 0};
    struct build ca_extensions = {.len = 0};
    struct build leaf_extensions = {.len = 0};
    struct certificate ca;
    struct certificate leaf;

    if (permitted)
        build_element(&value, DER_CONTEXT_CONSTRUCTED(0), permitted);
    if (excluded)
        build_element(&value, DER_CONTEXT_CONSTRUCTED(1), excluded);
    build_wrap(&value, DER_SEQUENCE);
    add_extension(&ca_extensions, OID_NAME_CONSTRAINTS, true, &value);
    if (names) {
        value = *names;
        build_wrap(&value, DER_SEQUENCE);
        add_extension(&leaf_extensions, OID_SUBJECT_ALT_NAME, false, &value);
    }
    struct cert_spec ca_spec = {.subject = "ca",
        .issuer = "ca",
        .key = "ca",
        .signed_by = "ca",
        .extensions = &ca_extensions};
    struct cert_spec leaf_spec = {.subject_name = subject,
        .issuer = "ca",
        .key = "leaf",
        .signed_by = "ca",
        .extensions = &leaf_extensions};
    build_cert(&ca_der, &ca_spec);
    build_cert(&leaf_der, &leaf_spec);
    assert_int_equal(certificate_parse(build_span(&ca_der), &ca), CERTIFICATE_OK);
    assert_int_equal(certificate_parse(build_span(&leaf_der), &leaf), CERTIFICATE_OK);
    budget = CHAIN_WORK_MAX;
    return name_constraints_check(&ca, &leaf, true, &budget);
}

static struct build text_subtree(uint8_t tag, const char *text)
{
    struct build out = {.len = 0};
    build_text(&out, tag, text);
    build_wrap(&out, DER_SEQUENCE);
    return out;
}

/* One name of one kind against one constraint of that kind, as permitted and as excluded. */
static void assert_text(uint8_t tag, const char *base, const char *name, bool matches)
{
    struct build constraint = text_subtree(tag, base);
    struct build names = {.len = 0};
    build_text(&names, tag, name);
    assert_int_equal(check_with(&constraint, NULL, &names, NULL),
        matches ? NAME_CONSTRAINTS_OK : NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_with(NULL, &constraint, &names, NULL),
        matches ? NAME_CONSTRAINTS_EXCLUDED : NAME_CONSTRAINTS_OK);
}

static void dns_names_match_whole_labels_from_the_right(void **state)
{
    (void)state;
    assert_text(DNS, "example.com", "example.com", true);
    assert_text(DNS, "example.com", "MX.Example.COM", true);
    assert_text(DNS, "example.com", "notexample.com", false);
    assert_text(DNS, "example.com", "example.org", false);
    assert_text(DNS, "example.com", "com", false);
    assert_text(DNS, "", "anything.example", true);
    assert_text(DNS, ".example.com", "mx.example.com", true);
    assert_text(DNS, ".example.com", "example.com", false);
    assert_text(DNS, "example.com", "*.example.com", true);
}

static void mailboxes_match_by_address_host_or_domain(void **state)
{
    (void)state;
    assert_text(EMAIL, "a@example.com", "a@EXAMPLE.com", true);
    assert_text(EMAIL, "a@example.com", "A@example.com", false);
    assert_text(EMAIL, "a@example.com", "aa@example.com", false);
    assert_text(EMAIL, "example.com", "b@example.com", true);
    assert_text(EMAIL, "example.com", "b@mx.example.com", false);
    assert_text(EMAIL, ".example.com", "b@mx.example.com", true);
    assert_text(EMAIL, ".example.com", "b@example.com", false);
    assert_text(EMAIL, "@example.com", "b@example.com", true);
    struct build constraint = text_subtree(EMAIL, "example.com");
    struct build names = {.len = 0};
    build_text(&names, EMAIL, "no-at-sign");
    assert_int_equal(check_with(&constraint, NULL, &names, NULL), NAME_CONSTRAINTS_MALFORMED);
}

static enum name_constraints_result check_hex(
    uint8_t tag, const char *permitted_hex, const char *name_hex)
{
    struct build constraint = subtree(tag, permitted_hex);
    struct build value = {.len = 0};
    struct build names = {.len = 0};
    build_hex(&value, name_hex);
    build_element(&names, tag, &value);
    return check_with(&constraint, NULL, &names, NULL);
}

static void addresses_match_under_the_mask(void **state)
{
    (void)state;
    assert_int_equal(check_hex(IP, "0a000000 ff000000", "0a010203"), NAME_CONSTRAINTS_OK);
    assert_int_equal(
        check_hex(IP, "0a000000 ff000000", "0b010203"), NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_hex(IP, "0a000000 ff000000", "0a000000000000000000000000000001"),
        NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_hex(IP, "0a000000 ff0000", "0a010203"), NAME_CONSTRAINTS_MALFORMED);
    assert_int_equal(check_hex(IP, "0a000000 ff000000", "0a0102"), NAME_CONSTRAINTS_MALFORMED);
}

static void a_constraint_of_another_kind_does_not_apply(void **state)
{
    (void)state;
    struct build constraint = text_subtree(EMAIL, "example.com");
    struct build names = {.len = 0};
    build_text(&names, DNS, "mx.example.org");
    assert_int_equal(check_with(&constraint, NULL, &names, NULL), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_with(&constraint, NULL, NULL, NULL), NAME_CONSTRAINTS_OK);
}

static void kinds_that_are_not_known_fail_closed_where_they_apply(void **state)
{
    (void)state;
    struct build uri = text_subtree(URI, "example.com");
    struct build names = {.len = 0};
    build_text(&names, URI, "https://example.com/");
    assert_int_equal(check_with(&uri, NULL, &names, NULL), NAME_CONSTRAINTS_UNSUPPORTED);
    assert_int_equal(check_with(NULL, &uri, &names, NULL), NAME_CONSTRAINTS_UNSUPPORTED);
    names.len = 0;
    build_text(&names, DNS, "example.com");
    assert_int_equal(check_with(&uri, NULL, &names, NULL), NAME_CONSTRAINTS_OK);
    /* otherName: only one of the same type is constrained; a UTF-8 mailbox is a mailbox. */
    assert_int_equal(
        check_hex(OTHER, "06022a03 a0020500", "06022a03 a0020500"), NAME_CONSTRAINTS_UNSUPPORTED);
    assert_int_equal(
        check_hex(OTHER, "06022a03 a0020500", "06022a04 a0020500"), NAME_CONSTRAINTS_OK);
    struct build mail = text_subtree(EMAIL, "example.com");
    struct build value = {.len = 0};
    build_hex(&value, "06082b06010505070809 a003 0c0161");
    names.len = 0;
    build_element(&names, OTHER, &value);
    assert_int_equal(check_with(&mail, NULL, &names, NULL), NAME_CONSTRAINTS_UNSUPPORTED);
}

static void one_permitted_subtree_of_several_is_enough_and_any_excluded_one_refuses(void **state)
{
    (void)state;
    struct build permitted = text_subtree(DNS, "example.org");
    struct build more = text_subtree(DNS, "example.com");
    struct build excluded = text_subtree(DNS, "bad.example.com");
    struct build names = {.len = 0};
    build_put(&permitted, more.octets, more.len);
    build_text(&names, DNS, "mx.example.com");
    build_text(&names, DNS, "mx.example.org");
    assert_int_equal(check_with(&permitted, &excluded, &names, NULL), NAME_CONSTRAINTS_OK);
    build_text(&names, DNS, "x.bad.example.com");
    assert_int_equal(check_with(&permitted, &excluded, &names, NULL), NAME_CONSTRAINTS_EXCLUDED);
    build_text(&names, DNS, "mx.example.net");
    assert_int_equal(check_with(&permitted, NULL, &names, NULL), NAME_CONSTRAINTS_NOT_PERMITTED);
}

static void bounds_of_a_subtree_are_refused(void **state)
{
    (void)state;
    static const char *const bounds[] = {"800101", "810101"};
    for (size_t i = 0; i < 2; i++) {
        struct build constraint = {.len = 0};
        struct build names = {.len = 0};
        build_text(&constraint, DNS, "example.com");
        build_hex(&constraint, bounds[i]);
        build_wrap(&constraint, DER_SEQUENCE);
        build_text(&names, DNS, "mx.example.com");
        assert_int_equal(check_with(&constraint, NULL, &names, NULL), NAME_CONSTRAINTS_MALFORMED);
    }
}

static void the_subject_is_held_against_directory_names(void **state)
{
    (void)state;
    struct build base = {.len = 0};
    struct build rdns = {.len = 0};
    build_rdn(&rdns, "060355040a", 0x13, "EXAMPLE  Org");
    build_element(&base, DER_SEQUENCE, &rdns);
    build_wrap(&base, DIRECTORY);
    build_wrap(&base, DER_SEQUENCE);
    struct build subject = {.len = 0};
    build_rdn(&subject, "060355040a", DER_UTF8_STRING, " Example org ");
    build_rdn(&subject, "0603550403", DER_UTF8_STRING, "mx");
    build_wrap(&subject, DER_SEQUENCE);
    assert_int_equal(check_with(&base, NULL, NULL, &subject), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_with(NULL, &base, NULL, &subject), NAME_CONSTRAINTS_EXCLUDED);
    struct build other = {.len = 0};
    build_rdn(&other, "060355040a", DER_UTF8_STRING, "Another");
    build_wrap(&other, DER_SEQUENCE);
    assert_int_equal(check_with(&base, NULL, NULL, &other), NAME_CONSTRAINTS_NOT_PERMITTED);
    /* An empty subject is no name at all. */
    assert_int_equal(check_with(&base, NULL, NULL, NULL), NAME_CONSTRAINTS_OK);
}

static void mailboxes_in_the_subject_count(void **state)
{
    (void)state;
    struct build constraint = text_subtree(EMAIL, "example.com");
    struct build subject = {.len = 0};
    build_rdn(&subject, "06092a864886f70d010901", 0x16, "a@example.org");
    build_wrap(&subject, DER_SEQUENCE);
    assert_int_equal(check_with(&constraint, NULL, NULL, &subject), NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_with(NULL, &constraint, NULL, &subject), NAME_CONSTRAINTS_OK);
}

static enum name_constraints_result check_common_name(
    uint8_t tag, const char *hex, const struct build *names)
{
    struct build constraint = text_subtree(DNS, "example.com");
    struct build value = {.len = 0};
    struct build pair = {.len = 0};
    build_hex(&value, hex);
    build_hex(&pair, "0603550403");
    build_element(&pair, tag, &value);
    build_wrap(&pair, DER_SEQUENCE);
    build_wrap(&pair, DER_SET);
    build_wrap(&pair, DER_SEQUENCE);
    return check_with(&constraint, NULL, names, &pair);
}

static void a_common_name_counts_if_it_could_be_a_host_and_there_is_no_dns_name(void **state)
{
    (void)state;
    struct build names = {.len = 0};
    build_text(&names, DNS, "mx.example.com");
    /* "a.b" */
    assert_int_equal(
        check_common_name(DER_UTF8_STRING, "612e62", NULL), NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_common_name(DER_UTF8_STRING, "612e62", &names), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_common_name(0x1e, "0061002e0062", NULL), NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(check_common_name(0x1e, "0061002e0162", NULL), NAME_CONSTRAINTS_OK);
    assert_int_equal(
        check_common_name(DER_UTF8_STRING, "612e6200", NULL), NAME_CONSTRAINTS_NOT_PERMITTED);
    assert_int_equal(
        check_common_name(DER_UTF8_STRING, "61002e62", NULL), NAME_CONSTRAINTS_MALFORMED);
    /* "ab", "a b.c", "a..b", "-a.b" */
    assert_int_equal(check_common_name(DER_UTF8_STRING, "6162", NULL), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_common_name(DER_UTF8_STRING, "6120622e63", NULL), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_common_name(DER_UTF8_STRING, "612e2e62", NULL), NAME_CONSTRAINTS_OK);
    assert_int_equal(check_common_name(DER_UTF8_STRING, "2d612e62", NULL), NAME_CONSTRAINTS_OK);
}

static void work_comes_out_of_the_budget(void **state)
{
    (void)state;
    struct build constraint = text_subtree(DNS, "example.com");
    struct build names = {.len = 0};
    for (int i = 0; i < 100; i++)
        build_text(&names, DNS, "mx.example.com");
    assert_int_equal(check_with(&constraint, &constraint, NULL, NULL), NAME_CONSTRAINTS_OK);
    unsigned spent_on_none = CHAIN_WORK_MAX - budget;
    assert_int_equal(check_with(&constraint, NULL, &names, NULL), NAME_CONSTRAINTS_OK);
    assert_true(CHAIN_WORK_MAX - budget >= spent_on_none + 100 * strlen("example.com"));
}

static void a_long_identifier_is_paid_for_each_time_that_it_is_read(void **state)
{
    (void)state;
    struct build constraints = {.len = 0};
    struct build names = {.len = 0};
    struct build other = {.len = 0};
    const uint8_t arc = 0x11;
    /* One otherName with an OID of 20000 octets, before 1000 constraints on something else. */
    for (int i = 0; i < 20000; i++)
        build_put(&other, &arc, 1);
    build_wrap(&other, DER_OID);
    build_hex(&other, "a002 0500");
    build_element(&names, OTHER, &other);
    for (int i = 0; i < 1000; i++)
        build_hex(&constraints, "3002 8100");
    assert_int_equal(check_with(&constraints, NULL, &names, NULL), NAME_CONSTRAINTS_TOO_MUCH_WORK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_names_match_whole_labels_from_the_right),
        cmocka_unit_test(mailboxes_match_by_address_host_or_domain),
        cmocka_unit_test(addresses_match_under_the_mask),
        cmocka_unit_test(a_constraint_of_another_kind_does_not_apply),
        cmocka_unit_test(kinds_that_are_not_known_fail_closed_where_they_apply),
        cmocka_unit_test(one_permitted_subtree_of_several_is_enough_and_any_excluded_one_refuses),
        cmocka_unit_test(bounds_of_a_subtree_are_refused),
        cmocka_unit_test(the_subject_is_held_against_directory_names),
        cmocka_unit_test(mailboxes_in_the_subject_count),
        cmocka_unit_test(a_common_name_counts_if_it_could_be_a_host_and_there_is_no_dns_name),
        cmocka_unit_test(work_comes_out_of_the_budget),
        cmocka_unit_test(a_long_identifier_is_paid_for_each_time_that_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
