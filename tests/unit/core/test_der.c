/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_der.c - daemon/core/der: what is DER and what is not, times, the sticky error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/der.h"
#include "tests/unit/core/build_der.h"

static struct build from_hex(const char *hex)
{
    struct build built = {.len = 0};
    build_hex(&built, hex);
    return built;
}

/* Whether the octets are exactly one element. */
static bool is_element(const char *hex)
{
    struct build built = from_hex(hex);
    struct der_reader reader;
    struct der_element element;

    der_reader_init(&reader, build_span(&built));
    return der_read_element(&reader, &element) && der_finish(&reader);
}

static void lengths_are_definite_and_in_the_fewest_octets(void **state)
{
    (void)state;
    assert_true(is_element("0500"));
    assert_true(is_element("040100"));
    assert_false(is_element("04800000"));       /* indefinite */
    assert_false(is_element("0481017f"));       /* the long form for 1 */
    assert_false(is_element("048200017f"));     /* a leading zero octet */
    assert_false(is_element("0485000000007f")); /* five octets */
    assert_false(is_element("04ff00"));
    struct build long_one = {.len = 0};
    for (int i = 0; i < 128; i++)
        build_hex(&long_one, "aa");
    build_wrap(&long_one, DER_OCTET_STRING);
    assert_int_equal(long_one.octets[1], 0x81);
    struct der_reader reader;
    struct der_span content;
    der_reader_init(&reader, build_span(&long_one));
    assert_true(der_read(&reader, DER_OCTET_STRING, &content));
    assert_int_equal(content.len, 128);
    assert_true(der_finish(&reader));
    long_one.octets[1] = 0x82; /* now 0x80aa is promised, and 127 octets are there */
    der_reader_init(&reader, build_span(&long_one));
    assert_false(der_read(&reader, DER_OCTET_STRING, &content));
}

static void an_element_cut_anywhere_is_refused(void **state)
{
    (void)state;
    assert_false(is_element(""));
    assert_false(is_element("04"));
    assert_false(is_element("0401"));
    assert_false(is_element("0481"));
    assert_false(is_element("0484ffffffff00"));
    assert_false(is_element("0483ffffff"));
}

static void end_of_contents_and_high_tag_numbers_are_refused(void **state)
{
    (void)state;
    assert_false(is_element("0000"));
    assert_false(is_element("1f1f00"));
    assert_false(is_element("bf2000"));
    assert_true(is_element("9e00"));
}

static void the_first_failure_stays(void **state)
{
    struct build built = from_hex("020105 0500 020106");
    struct der_reader reader;
    struct der_span content;
    struct der_reader inner;

    (void)state;
    der_reader_init(&reader, build_span(&built));
    assert_true(der_read_integer(&reader, &content));
    assert_false(der_read_integer(&reader, &content));
    assert_null(content.data);
    assert_false(der_read(&reader, DER_NULL, &content));
    assert_int_equal(der_peek_tag(&reader), 0);
    assert_true(der_at_end(&reader));
    assert_false(der_finish(&reader));
    assert_false(der_read_optional(&reader, DER_NULL, &content));
    assert_false(der_enter(&reader, DER_NULL, &inner));
    assert_false(der_finish(&inner));
}

static void an_optional_element_may_be_absent_but_not_malformed(void **state)
{
    struct build built = from_hex("0500 0202 05");
    struct der_reader reader;
    struct der_span content;

    (void)state;
    der_reader_init(&reader, build_span(&built));
    assert_true(der_read_optional(&reader, DER_INTEGER, &content));
    assert_null(content.data);
    assert_true(der_read_optional(&reader, DER_NULL, &content));
    assert_non_null(content.data);
    assert_int_equal(content.len, 0);
    assert_false(der_read_optional(&reader, DER_INTEGER, &content));
}

static void trailing_octets_are_no_finish(void **state)
{
    struct build built = from_hex("3003 020105 00");
    struct der_reader reader;
    struct der_reader inner;

    (void)state;
    der_reader_init(&reader, build_span(&built));
    assert_true(der_enter(&reader, DER_SEQUENCE, &inner));
    assert_false(der_finish(&inner));
    assert_false(der_finish(&reader));
    assert_false(der_at_end(&reader));
}

static bool integer(const char *hex, uint32_t *value_out)
{
    struct build built = from_hex(hex);
    return der_integer_to_uint32(build_span(&built), value_out);
}

static void integers_are_minimal_and_saturate(void **state)
{
    uint32_t value;

    (void)state;
    assert_true(integer("00", &value));
    assert_int_equal(value, 0);
    assert_true(integer("7f", &value));
    assert_int_equal(value, 127);
    assert_true(integer("0080", &value));
    assert_int_equal(value, 128);
    assert_true(integer("00ffffffff", &value));
    assert_int_equal(value, UINT32_MAX);
    assert_true(integer("00fffffffe", &value));
    assert_int_equal(value, UINT32_MAX - 1);
    assert_true(integer("0100000000", &value));
    assert_int_equal(value, UINT32_MAX);
    assert_true(integer("7f112233445566778899", &value));
    assert_int_equal(value, UINT32_MAX);
    assert_false(integer("", &value));
    assert_false(integer("007f", &value));
    assert_false(integer("ff80", &value));
    assert_false(integer("80", &value)); /* negative */
    struct build negative = from_hex("ff7f");
    assert_true(der_is_integer(build_span(&negative)));
}

static bool oid(const char *hex)
{
    struct build built = from_hex(hex);
    return der_is_oid(build_span(&built));
}

static void object_identifiers_have_whole_and_minimal_arcs(void **state)
{
    (void)state;
    assert_true(oid("551d0f"));
    assert_true(oid("2a8648"));
    assert_false(oid(""));
    assert_false(oid("2a86"));   /* an arc that does not end */
    assert_false(oid("2a8001")); /* a leading zero in an arc */
    assert_false(oid("80"));
    assert_true(oid("2a8180807f")); /* 0x80 inside an arc is a digit */
}

static bool bit_string(const char *hex, size_t *len_out, uint8_t *unused_out)
{
    struct build built = from_hex(hex);
    struct der_reader reader;
    struct der_span octets;

    der_reader_init(&reader, build_span(&built));
    bool ok = der_read_bit_string(&reader, &octets, unused_out);
    *len_out = octets.len;
    return ok;
}

static void bit_strings_say_their_unused_bits(void **state)
{
    size_t len;
    uint8_t unused;

    (void)state;
    assert_true(bit_string("03020780", &len, &unused));
    assert_int_equal(len, 1);
    assert_int_equal(unused, 7);
    assert_true(bit_string("030100", &len, &unused));
    assert_int_equal(len, 0);
    assert_false(bit_string("0300", &len, &unused));
    assert_false(bit_string("030101", &len, &unused));
    assert_false(bit_string("03020880", &len, &unused));
}

static void a_boolean_is_one_octet_and_true_if_not_zero(void **state)
{
    static const struct {
        const char *hex;
        bool ok;
        bool value;
    } rows[] = {{"010100", true, false}, {"0101ff", true, true}, {"010101", true, true},
        {"0100", false, false}, {"0102ffff", false, false}, {"020101", false, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct build built = from_hex(rows[i].hex);
        struct der_reader reader;
        bool value;
        der_reader_init(&reader, build_span(&built));
        assert_int_equal(der_read_boolean(&reader, &value), rows[i].ok);
        assert_int_equal(value, rows[i].value);
        assert_int_equal(der_finish(&reader), rows[i].ok);
    }
}

static bool utc(const char *text, int64_t *seconds_out)
{
    struct der_span span = {(const uint8_t *)text, strlen(text)};
    return der_time(DER_UTC_TIME, span, seconds_out);
}

static bool generalized(const char *text, int64_t *seconds_out)
{
    struct der_span span = {(const uint8_t *)text, strlen(text)};
    return der_time(DER_GENERALIZED_TIME, span, seconds_out);
}

/* The expected numbers were made with date -u -d '...' +%s. */
static void times_are_seconds_since_1970(void **state)
{
    int64_t seconds;

    (void)state;
    assert_true(utc("700101000000Z", &seconds));
    assert_int_equal(seconds, 0);
    assert_true(utc("240229123456Z", &seconds));
    assert_int_equal(seconds, 1709210096);
    assert_true(utc("491231235959Z", &seconds));
    assert_int_equal(seconds, 2524607999);
    assert_true(utc("500101000000Z", &seconds));
    assert_int_equal(seconds, -631152000);
    assert_true(generalized("20500101000000Z", &seconds));
    assert_int_equal(seconds, 2524608000);
    assert_true(generalized("99991231235959Z", &seconds));
    assert_int_equal(seconds, 253402300799);
    assert_true(generalized("00000101000000Z", &seconds));
    assert_int_equal(seconds, -62167219200);
    assert_true(generalized("20000229000000Z", &seconds));
    assert_int_equal(seconds, 951782400);
    assert_true(generalized("19000301000000Z", &seconds));
    assert_int_equal(seconds, -2203891200);
}

static void times_in_other_forms_are_refused(void **state)
{
    int64_t seconds;

    (void)state;
    assert_false(utc("2402291234Z", &seconds));       /* no seconds */
    assert_false(utc("240229123456", &seconds));      /* no zone */
    assert_false(utc("240229123456+0100", &seconds)); /* another zone */
    assert_false(utc("2402291234+6Z", &seconds));
    assert_false(utc("20240229123456Z", &seconds));
    assert_false(utc("", &seconds));
    assert_false(generalized("20240229123456.5Z", &seconds));
    assert_false(generalized("240229123456Z", &seconds));
    struct der_span span = {(const uint8_t *)"240229123456Z", 13};
    assert_false(der_time(DER_UTF8_STRING, span, &seconds));
}

static void days_and_times_that_do_not_exist_are_refused(void **state)
{
    static const char *const texts[] = {"20230229000000Z", "19000229000000Z", "20230001000000Z",
        "20231301000000Z", "20230100000000Z", "20230132000000Z", "20230431000000Z",
        "20230101240000Z", "20230101006000Z", "20230101000060Z"};
    int64_t seconds;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(generalized(texts[i], &seconds));
}

static void spans_are_equal_by_their_octets(void **state)
{
    static const uint8_t octets[] = {1, 2, 1, 2, 3};

    (void)state;
    assert_true(der_span_equal((struct der_span){octets, 2}, (struct der_span){octets + 2, 2}));
    assert_false(der_span_equal((struct der_span){octets, 2}, (struct der_span){octets + 2, 3}));
    assert_false(der_span_equal((struct der_span){octets, 2}, (struct der_span){octets + 1, 2}));
    assert_true(der_span_equal((struct der_span){NULL, 0}, (struct der_span){octets, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_definite_and_in_the_fewest_octets),
        cmocka_unit_test(an_element_cut_anywhere_is_refused),
        cmocka_unit_test(end_of_contents_and_high_tag_numbers_are_refused),
        cmocka_unit_test(the_first_failure_stays),
        cmocka_unit_test(an_optional_element_may_be_absent_but_not_malformed),
        cmocka_unit_test(trailing_octets_are_no_finish),
        cmocka_unit_test(integers_are_minimal_and_saturate),
        cmocka_unit_test(object_identifiers_have_whole_and_minimal_arcs),
        cmocka_unit_test(bit_strings_say_their_unused_bits),
        cmocka_unit_test(a_boolean_is_one_octet_and_true_if_not_zero),
        cmocka_unit_test(times_are_seconds_since_1970),
        cmocka_unit_test(times_in_other_forms_are_refused),
        cmocka_unit_test(days_and_times_that_do_not_exist_are_refused),
        cmocka_unit_test(spans_are_equal_by_their_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
