/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_line.c - tests of proto/line.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/line.h"

#define MAX 16

static void expect_line(const char *text, bool eof, const char *expected)
{
    size_t len = strlen(text);
    char *copy = exact_copy(text, len);
    struct span line;
    const char *reason = NULL;

    assert_int_equal(line_parse(copy, len, eof, MAX, &line, &reason), LINE_OK);
    assert_null(reason);
    assert_int_equal(line.len, strlen(expected));
    assert_memory_equal(line.data, expected, line.len);
    free(copy);
}

static void expect_bad(const char *text, size_t len, bool eof, const char *expected)
{
    char *copy = exact_copy(text, len);
    struct span line = {NULL, 77};
    const char *reason = NULL;

    assert_int_equal(line_parse(copy, len, eof, MAX, &line, &reason), LINE_BAD);
    assert_string_equal(reason, expected);
    assert_int_equal(line.len, 77);
    free(copy);
}

static void a_line_ends_with_lf_or_cr_lf_or_the_end_of_input(void **state)
{
    (void)state;
    expect_line("a b\n", false, "a b");
    expect_line("a b\n", true, "a b");
    expect_line("a b\r\n", false, "a b");
    expect_line("a b", true, "a b");
    expect_line("\n", false, "");
    expect_line("\r\n", false, "");
    expect_line("", true, "");
    expect_line("b\xc3\xbc\n", false, "b\xc3\xbc");
}

static void a_line_that_has_not_ended_asks_for_more(void **state)
{
    (void)state;
    struct span line;
    const char *reason;

    for (size_t len = 0; len < 4; len++)
        assert_int_equal(line_parse("a b\r", len, false, MAX, &line, &reason), LINE_MORE);
    assert_int_equal(line_parse(NULL, 0, false, MAX, &line, &reason), LINE_MORE);
}

static void a_line_with_its_end_fits_exactly_in_the_maximum(void **state)
{
    (void)state;
    expect_line("123456789012345\n", false, "123456789012345");
    expect_line("12345678901234\r\n", false, "12345678901234");
    expect_line("123456789012345", true, "123456789012345");
    expect_bad("1234567890123456\n", 17, false, "request too long");
    expect_bad("1234567890123456", 16, false, "request too long");
    expect_bad("1234567890123456", 16, true, "request too long");
    expect_bad("123456789012345\r\n", 17, false, "request too long");
}

static void octets_after_the_lf_are_refused(void **state)
{
    (void)state;
    expect_bad("a\nb", 3, false, "octets after the end of the request");
    expect_bad("a\n\n", 3, true, "octets after the end of the request");
    expect_bad("a\n\0", 3, false, "octets after the end of the request");
}

static void control_octets_are_refused(void **state)
{
    (void)state;
    expect_bad("a\0b\n", 4, false, "control octet in request");
    expect_bad("a\rb\n", 4, false, "control octet in request");
    expect_bad("a\r\r\n", 4, false, "control octet in request");
    expect_bad("a\tb\n", 4, false, "control octet in request");
    expect_bad("a\x7f\n", 3, false, "control octet in request");
    expect_bad("a\r", 2, true, "control octet in request");
}

static void words_are_what_is_between_blanks(void **state)
{
    (void)state;
    struct span rest = span_of("  one two   three ");
    struct span word = {NULL, 77};

    assert_true(line_next_word(&rest, &word));
    assert_span(word, "one");
    assert_true(line_next_word(&rest, &word));
    assert_span(word, "two");
    assert_true(line_next_word(&rest, &word));
    assert_span(word, "three");
    assert_false(line_next_word(&rest, &word));
    assert_span(word, "three");
    rest = (struct span){NULL, 0};
    assert_false(line_next_word(&rest, &word));
}

static void a_word_has_no_blank_and_no_control_octet(void **state)
{
    (void)state;
    assert_true(line_is_word(span_of("a")));
    assert_true(line_is_word(span_of("b\xc3\xbc=\"")));
    assert_false(line_is_word(span_of("")));
    assert_false(line_is_word((struct span){NULL, 0}));
    assert_false(line_is_word(span_of("a b")));
    assert_false(line_is_word(span_of("a\n")));
    assert_false(line_is_word((struct span){"a\0", 2}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_with_lf_or_cr_lf_or_the_end_of_input),
        cmocka_unit_test(a_line_that_has_not_ended_asks_for_more),
        cmocka_unit_test(a_line_with_its_end_fits_exactly_in_the_maximum),
        cmocka_unit_test(octets_after_the_lf_are_refused),
        cmocka_unit_test(control_octets_are_refused),
        cmocka_unit_test(words_are_what_is_between_blanks),
        cmocka_unit_test(a_word_has_no_blank_and_no_control_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
