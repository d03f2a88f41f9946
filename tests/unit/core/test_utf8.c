/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_utf8.c - strict reading of UTF-8, and text that can be shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/utf8.h"

/* Writes a code point as RFC 3629 3 says, without any check. Returns the octets. */
static size_t encode(uint32_t value, char *out)
{
    if (value < 0x80) {
        out[0] = (char)value;
        return 1;
    }
    size_t len = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (value & 0x3f));
        value >>= 6;
    }
    out[0] = (char)(marks[len] | value);
    return len;
}

static void every_code_point_but_surrogates_is_read(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 0x120000; value++) {
        char text[4];
        uint32_t read = 0xffffffff;
        size_t len = encode(value, text);
        bool good = value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
        if (utf8_read(text, len, &read) != (good ? len : 0))
            fail_msg("U+%04X", (unsigned)value);
        assert_int_equal(read, good ? value : 0xffffffff);
        if (len > 1)
            assert_int_equal(utf8_read(text, len - 1, &read), 0);
    }
}

static void malformed_sequences_are_not_valid(void **state)
{
    static const char *const texts[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xc3(",
        "\xe3\x80(", "a\xc3", "\xed\xbf\xbf"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (utf8_is_valid(texts[i], strlen(texts[i])))
            fail_msg("case %zu is valid", i);
    }
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("a\0\xc3\xbc", 4));
}

static void what_cannot_be_shown_becomes_a_question_mark(void **state)
{
    char out[64];
    static const char text[] =
        "a\x1b\n\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf\xff\xc3\xbc";

    (void)state;
    assert_int_equal(utf8_copy_printable(text, sizeof text - 1, out, sizeof out), 11);
    assert_string_equal(out, "a????????\xc3\xbc");
    assert_int_equal(utf8_copy_printable("a\0b", 3, out, sizeof out), 3);
    assert_string_equal(out, "a?b");
}

static void a_cut_falls_between_characters(void **state)
{
    char out[8];

    (void)state;
    static const size_t lengths[] = {0, 0, 1, 1, 3, 3, 3, 6};
    for (size_t size = 1; size < sizeof out; size++) {
        memset(out, 'x', sizeof out);
        assert_int_equal(
            utf8_copy_printable("a\xc3\xbc\xe3\x80\x82z", 7, out, size), lengths[size]);
        assert_int_equal(out[lengths[size]], '\0');
        assert_int_equal(out[size], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_but_surrogates_is_read),
        cmocka_unit_test(malformed_sequences_are_not_valid),
        cmocka_unit_test(what_cannot_be_shown_becomes_a_question_mark),
        cmocka_unit_test(a_cut_falls_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
