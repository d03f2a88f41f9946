/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cert_dn.c - which distinguished names are the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/cert_dn.h"
#include "tests/unit/core/build_chain.h"

enum { PRINTABLE = 0x13, TELETEX = 0x14, IA5 = 0x16, UNIVERSAL = 0x1c, BMP = 0x1e, NUMERIC = 0x12 };

/* A Name with one common name, of this string type and these octets. */
static struct build name_of(uint8_t tag, const char *hex)
{
    struct build out = {.len = 0};
    struct build value = {.len = 0};
    build_hex(&value, hex);
    build_hex(&out, "0603550403");
    build_element(&out, tag, &value);
    build_wrap(&out, DER_SEQUENCE);
    build_wrap(&out, DER_SET);
    build_wrap(&out, DER_SEQUENCE);
    return out;
}

static void assert_same(const struct build *a, const struct build *b, bool same)
{
    assert_int_equal(cert_dn_equal(build_span(a), build_span(b)), same);
    assert_int_equal(cert_dn_equal(build_span(b), build_span(a)), same);
}

static void assert_values(uint8_t tag_a, const char *a, uint8_t tag_b, const char *b, bool same)
{
    struct build name_a = name_of(tag_a, a);
    struct build name_b = name_of(tag_b, b);
    assert_same(&name_a, &name_b, same);
}

static void case_and_blanks_do_not_matter(void **state)
{
    (void)state;
    assert_values(DER_UTF8_STRING, "41 62", DER_UTF8_STRING, "61 42", true); /* Ab aB */
    assert_values(DER_UTF8_STRING, "20 61 20 20 62 09", DER_UTF8_STRING, "61 20 62", true);
    assert_values(DER_UTF8_STRING, "61 20 62", DER_UTF8_STRING, "61 62", false);
    assert_values(DER_UTF8_STRING, "20 20", DER_UTF8_STRING, "", true);
    assert_values(DER_UTF8_STRING, "61", DER_UTF8_STRING, "61 62", false);
    assert_values(DER_UTF8_STRING, "61", DER_UTF8_STRING, "62", false);
}

static void the_string_type_does_not_matter(void **state)
{
    (void)state;
    assert_values(PRINTABLE, "61", DER_UTF8_STRING, "41", true);
    assert_values(IA5, "61", PRINTABLE, "61", true);
    assert_values(TELETEX, "e9", DER_UTF8_STRING, "c3a9", true);
    assert_values(BMP, "0061 00e9", DER_UTF8_STRING, "61 c3a9", true);
    assert_values(BMP, "20ac", DER_UTF8_STRING, "e282ac", true);
    assert_values(UNIVERSAL, "0001f600", DER_UTF8_STRING, "f09f9880", true);
    assert_values(UNIVERSAL, "00000061", PRINTABLE, "61", true);
    assert_values(BMP, "0061 00", DER_UTF8_STRING, "61", false);
    assert_values(UNIVERSAL, "00110000", UNIVERSAL, "00000061", false);
    assert_values(NUMERIC, "31", PRINTABLE, "31", false);
    assert_values(NUMERIC, "31", NUMERIC, "31", true);
}

static struct build two_rdns(const char *first, const char *second)
{
    struct build out = {.len = 0};
    build_rdn(&out, "060355040a", DER_UTF8_STRING, first);
    if (second)
        build_rdn(&out, "0603550403", DER_UTF8_STRING, second);
    build_wrap(&out, DER_SEQUENCE);
    return out;
}

static void rdns_count_in_their_order(void **state)
{
    (void)state;
    struct build a = two_rdns("O", "n");
    struct build b = two_rdns("o", "N");
    struct build shorter = two_rdns("o", NULL);
    struct build empty = {.len = 0};
    build_wrap(&empty, DER_SEQUENCE);
    assert_same(&a, &b, true);
    assert_same(&a, &shorter, false);
    assert_same(&a, &empty, false);
    assert_true(cert_dn_is_below(build_span(&a), build_span(&shorter)));
    assert_false(cert_dn_is_below(build_span(&shorter), build_span(&a)));
    assert_true(cert_dn_is_below(build_span(&a), build_span(&empty)));
    assert_true(cert_dn_is_empty(build_span(&empty)));
    assert_false(cert_dn_is_empty(build_span(&shorter)));
    struct build other = name_of(DER_UTF8_STRING, "6f"); /* the same text, of another type */
    assert_same(&other, &shorter, false);
}

static void attributes_of_one_rdn_count_in_any_order(void **state)
{
    (void)state;
    struct build a = {.len = 0};
    struct build b = {.len = 0};
    struct build c = {.len = 0};
    build_hex(&a, "3008 0603550403 0c0161 3008 060355040a 0c0162");
    build_hex(&b, "3008 060355040a 130142 3008 0603550403 130141");
    build_hex(&c, "3008 060355040a 130142 3008 060355040a 130142");
    struct build *all[] = {&a, &b, &c};
    for (size_t i = 0; i < 3; i++) {
        build_wrap(all[i], DER_SET);
        build_wrap(all[i], DER_SEQUENCE);
    }
    assert_same(&a, &b, true);
    assert_same(&a, &c, false);
}

static void a_walk_gives_every_attribute(void **state)
{
    (void)state;
    struct build name = two_rdns("O", "n");
    struct cert_dn_walk walk;
    struct der_span type;
    struct der_element value;
    cert_dn_walk_init(&walk, build_span(&name));
    assert_true(cert_dn_walk_next(&walk, &type, &value));
    assert_int_equal(value.content.data[0], 'O');
    assert_true(cert_dn_walk_next(&walk, &type, &value));
    assert_int_equal(value.content.data[0], 'n');
    assert_int_equal(type.data[2], 3);
    assert_false(cert_dn_walk_next(&walk, &type, &value));
    assert_false(cert_dn_walk_next(&walk, &type, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_blanks_do_not_matter),
        cmocka_unit_test(the_string_type_does_not_matter),
        cmocka_unit_test(rdns_count_in_their_order),
        cmocka_unit_test(attributes_of_one_rdn_count_in_any_order),
        cmocka_unit_test(a_walk_gives_every_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
