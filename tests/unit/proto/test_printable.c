/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_printable.c - tests of proto/printable.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/printable.h"

/* Copies into a buffer of exactly cap octets and compares. */
static void expect_copy(size_t cap, const char *data, size_t len, const char *expected)
{
    char *out = repeat('#', cap);
    char *exact = exact_copy(out, cap);
    char *in = exact_copy(data, len);

    assert_int_equal(printable_copy(exact, cap, in, len), strlen(expected));
    assert_string_equal(exact, expected);
    free(in);
    free(exact);
    free(out);
}

static void printable_ascii_stays_as_it_is(void **state)
{
    (void)state;
    expect_copy(100, "mx.example.com ~!\"'", 19, "mx.example.com ~!\"'");
    expect_copy(1, "", 0, "");
}

static void a_backslash_is_escaped_so_that_the_text_can_be_read_back(void **state)
{
    (void)state;
    expect_copy(100, "a\\x0a", 5, "a\\x5cx0a");
}

static void every_other_octet_is_escaped(void **state)
{
    (void)state;
    expect_copy(100, "a\r\nb\0\x1b[m\x7f", 9, "a\\x0d\\x0ab\\x00\\x1b[m\\x7f");
    expect_copy(100,
        "b\xc3\xbc"
        "cher",
        7, "b\\xc3\\xbccher");
    expect_copy(100, "\x80\xff", 2, "\\x80\\xff");
}

static void a_text_that_fits_exactly_is_not_cut(void **state)
{
    (void)state;
    expect_copy(6, "hello", 5, "hello");
    expect_copy(5, "\n", 1, "\\x0a");
    expect_copy(9, "\n\n", 2, "\\x0a\\x0a");
}

static void a_text_one_octet_too_long_is_cut_with_dots(void **state)
{
    (void)state;
    expect_copy(5, "hello", 5, "h...");
    expect_copy(4, "hello", 5, "...");
    expect_copy(10, "abcdefghijkl", 12, "abcdef...");
}

static void a_cut_never_splits_an_escape(void **state)
{
    (void)state;
    expect_copy(8, "\n\n", 2, "\\x0a...");
    expect_copy(7, "\n\n", 2, "...");
    expect_copy(4, "\n", 1, "...");
    expect_copy(9, "a\nbcde", 6, "a\\x0a...");
    expect_copy(8, "a\nbcde", 6, "a...");
}

static void a_tiny_buffer_gets_the_dots_that_fit(void **state)
{
    (void)state;
    expect_copy(3, "abc", 3, "..");
    expect_copy(3, "ab", 2, "ab");
    expect_copy(2, "ab", 2, ".");
    expect_copy(1, "a", 1, "");
}

static void a_buffer_of_no_octets_is_not_touched(void **state)
{
    (void)state;
    char octet = '#';

    assert_int_equal(printable_copy(&octet, 0, "abc", 3), 0);
    assert_int_equal(octet, '#');
}

static void filling_keeps_the_length(void **state)
{
    (void)state;
    char out[6] = "######";

    printable_fill(out, "a\n\\\xff\0", 5);
    assert_memory_equal(out, "a?\\??#", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_ascii_stays_as_it_is),
        cmocka_unit_test(a_backslash_is_escaped_so_that_the_text_can_be_read_back),
        cmocka_unit_test(every_other_octet_is_escaped),
        cmocka_unit_test(a_text_that_fits_exactly_is_not_cut),
        cmocka_unit_test(a_text_one_octet_too_long_is_cut_with_dots),
        cmocka_unit_test(a_cut_never_splits_an_escape),
        cmocka_unit_test(a_tiny_buffer_gets_the_dots_that_fit),
        cmocka_unit_test(a_buffer_of_no_octets_is_not_touched),
        cmocka_unit_test(filling_keeps_the_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
