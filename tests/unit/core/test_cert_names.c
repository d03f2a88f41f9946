/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cert_names.c - daemon/core/cert_names: which presented names match which reference names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/cert_names.h"
#include "tests/unit/core/build_der.h"
#include "tests/unit/core/certificate_fixtures.h"

static struct dname name_of(const char *text)
{
    struct dname name;
    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static bool matches(const char *presented, const char *reference)
{
    struct dname name = name_of(reference);
    return cert_names_match_one(
        (struct der_span){(const uint8_t *)presented, strlen(presented)}, &name);
}

static bool names(const struct certificate *certificate, const char *reference)
{
    struct dname name = name_of(reference);
    return cert_names_match(certificate, &name);
}

static void a_name_matches_itself_whatever_the_case(void **state)
{
    (void)state;
    assert_true(matches("mx.example.com", "mx.example.com"));
    assert_true(matches("MX.Example.COM", "mx.example.com"));
    assert_true(matches("mx.example.com", "MX.example.com."));
    assert_true(matches("com", "com"));
    assert_true(matches("_mx.example.com", "_mx.example.com"));
    assert_false(matches("mx.example.org", "mx.example.com"));
    assert_false(matches("example.com", "mx.example.com"));
    assert_false(matches("mx.example.com", "example.com"));
    assert_false(matches("mx.example.com.", "mx.example.com"));
    assert_false(matches(".example.com", "mx.example.com"));
    assert_false(matches("", "mx.example.com"));
}

static void a_wildcard_stands_for_exactly_one_label(void **state)
{
    (void)state;
    assert_true(matches("*.example.com", "mx.example.com"));
    assert_true(matches("*.example.com", "xn--mx-1.example.com"));
    assert_true(matches("*.Example.com", "mx-1.example.COM"));
    assert_false(matches("*.example.com", "example.com"));
    assert_false(matches("*.example.com", "a.mx.example.com"));
    assert_false(matches("*.example.com", "mxexample.com"));
    assert_false(matches("*.example.com", "mx.example.org"));
    assert_false(matches("*.example.com", "_mx.example.com"));
}

static void a_wildcard_that_is_not_the_whole_left_most_label_is_none(void **state)
{
    (void)state;
    assert_false(matches("m*.example.com", "mx.example.com"));
    assert_false(matches("*x.example.com", "mx.example.com"));
    assert_false(matches("mx.*.com", "mx.example.com"));
    assert_false(matches("*.*.com", "mx.example.com"));
    assert_false(matches("*", "com"));
    assert_false(matches("**.example.com", "mx.example.com"));
}

static void a_wildcard_needs_two_sound_labels_behind_it(void **state)
{
    (void)state;
    assert_false(matches("*.com", "example.com"));
    assert_false(matches("*.", "com"));
    assert_false(matches("*.example..com", "mx.example.com"));
    assert_false(matches("*.-a.com", "mx.-a.com"));
    assert_false(matches("*.a-.com", "mx.a-.com"));
    assert_false(matches("*.a_b.com", "mx.a_b.com"));
    assert_true(matches("*.example.xn--p1ai", "mx.example.xn--p1ai"));
    assert_true(matches("*.xn--p1ai.com", "mx.xn--p1ai.com"));
}

static void an_octet_that_ends_a_c_string_ends_nothing_here(void **state)
{
    static const uint8_t presented[] = "mx.example.com\0.evil.example";
    struct dname name = name_of("mx.example.com");

    (void)state;
    assert_false(cert_names_match_one((struct der_span){presented, sizeof presented - 1}, &name));
}

static void a_reference_with_a_dot_inside_a_label_or_none_at_all_matches_nothing(void **state)
{
    struct dname none = {.len = 0};
    struct der_span empty = {NULL, 0};

    (void)state;
    assert_false(matches("mx.example.com", "mx\\.example.com"));
    assert_false(matches("*.example.com", "a\\.b.example.com"));
    assert_false(matches(".", "."));
    assert_false(cert_names_match_one(empty, &none));
}

static void every_dns_name_of_the_certificate_is_tried(void **state)
{
    struct certificate c;

    (void)state;
    assert_int_equal(
        certificate_parse((struct der_span){leaf_certificate, sizeof leaf_certificate}, &c),
        CERTIFICATE_OK);
    assert_true(names(&c, "mx.example.com"));
    assert_true(names(&c, "a.mail.example.com"));
    assert_false(names(&c, "mail.example.com"));
    assert_false(names(&c, "example.com")); /* the host of its URI, and of its mailbox */
}

static void the_common_name_counts_without_a_subject_alt_name(void **state)
{
    struct certificate c;

    (void)state;
    assert_int_equal(
        certificate_parse((struct der_span){v1_certificate, sizeof v1_certificate}, &c),
        CERTIFICATE_OK);
    assert_true(names(&c, "mx.example.com"));
    assert_false(names(&c, "example")); /* its organizationName, in lower case */
}

static void the_common_name_counts_only_if_no_dns_name_is_there(void **state)
{
    static const uint8_t dns[] = {0x82, 1, 'b'};
    static const uint8_t ip[] = {0x87, 4, 192, 0, 2, 1};
    static const uint8_t subject[] = {
        0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 6, 3, 0x55, 4, 3, 0x0c, 1, 'a'};
    struct certificate c = {.subject = {subject, sizeof subject}};

    (void)state;
    c.extensions.subject_alt_name = (struct der_span){ip, sizeof ip};
    assert_true(names(&c, "a"));
    c.extensions.subject_alt_name = (struct der_span){dns, sizeof dns};
    assert_false(names(&c, "a"));
    assert_true(names(&c, "b"));
}

static void common_names_in_wide_characters_are_read(void **state)
{
    static const char *const subjects[] = {
        "300f 310d 300b 0603550403 1e04 00610062",                            /* BMPString */
        "3013 3111 300f 0603550403 1c08 0000006100000062",                    /* UniversalString */
        "300d 310b 3009 0603550403 1302 6162",                                /* PrintableString */
        "301a 310b 3009 0603550403 0c02 7a7a 310b 3009 0603550403 0c02 6162", /* the second one */
        "3018 3116 3009 0603550403 0c02 7a7a 3009 0603550403 0c02 6162",      /* in one RDN */
    };
    static const char *const others[] = {
        "300f 310d 300b 0603550403 1e04 01610062", "300e 310c 300a 0603550403 1e03 006100",
        "300d 310b 3009 060355040a 1302 6162", /* organizationName */
    };

    (void)state;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        struct build built = {.len = 0};
        build_hex(&built, subjects[i]);
        struct certificate c = {.subject = build_span(&built)};
        assert_true(names(&c, "ab"));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct build built = {.len = 0};
        build_hex(&built, others[i]);
        struct certificate c = {.subject = build_span(&built)};
        assert_false(names(&c, "ab"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_matches_itself_whatever_the_case),
        cmocka_unit_test(a_wildcard_stands_for_exactly_one_label),
        cmocka_unit_test(a_wildcard_that_is_not_the_whole_left_most_label_is_none),
        cmocka_unit_test(a_wildcard_needs_two_sound_labels_behind_it),
        cmocka_unit_test(an_octet_that_ends_a_c_string_ends_nothing_here),
        cmocka_unit_test(a_reference_with_a_dot_inside_a_label_or_none_at_all_matches_nothing),
        cmocka_unit_test(every_dns_name_of_the_certificate_is_tried),
        cmocka_unit_test(the_common_name_counts_without_a_subject_alt_name),
        cmocka_unit_test(the_common_name_counts_only_if_no_dns_name_is_there),
        cmocka_unit_test(common_names_in_wide_characters_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
