/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_control_line.c - tests of proto/control_line.
 */
#include "tests/unit/proto/proto_test.h"

#include <stdio.h>

#include "proto/control_line.h"

static struct control_request request;
static const char *reason;

static enum control_line_status parse(const char *text, bool eof)
{
    memset(&request, 0, sizeof(request));
    reason = NULL;
    return control_line_parse(text, strlen(text), eof, &request, &reason);
}

static void expect_bad(const char *text, const char *expected)
{
    assert_int_equal(parse(text, false), CONTROL_LINE_BAD);
    assert_string_equal(reason, expected);
    assert_null(request.command.data);
}

static void a_command_stands_alone_or_with_arguments(void **state)
{
    (void)state;
    assert_int_equal(parse("status\n", false), CONTROL_LINE_OK);
    assert_span(request.command, "status");
    assert_int_equal(request.arg_count, 0);
    assert_false(request.json);

    assert_int_equal(parse("  flush   --all \r\n", false), CONTROL_LINE_OK);
    assert_span(request.command, "flush");
    assert_int_equal(request.arg_count, 1);
    assert_span(request.args[0], "--all");
    assert_false(request.json);
}

static void the_last_word_json_asks_for_json(void **state)
{
    (void)state;
    assert_int_equal(parse("explain example.com json", true), CONTROL_LINE_OK);
    assert_span(request.command, "explain");
    assert_int_equal(request.arg_count, 1);
    assert_span(request.args[0], "example.com");
    assert_true(request.json);

    assert_int_equal(parse("status json\n", false), CONTROL_LINE_OK);
    assert_int_equal(request.arg_count, 0);
    assert_true(request.json);
}

static void json_elsewhere_is_a_word_like_others(void **state)
{
    (void)state;
    assert_int_equal(parse("json\n", false), CONTROL_LINE_OK);
    assert_span(request.command, "json");
    assert_false(request.json);
    assert_int_equal(parse("explain json json\n", false), CONTROL_LINE_OK);
    assert_span(request.args[0], "json");
    assert_int_equal(request.arg_count, 1);
    assert_true(request.json);
    assert_int_equal(parse("explain JSON\n", false), CONTROL_LINE_OK);
    assert_false(request.json);
}

static void every_prefix_asks_for_more(void **state)
{
    (void)state;
    const char *text = "explain example.com json\n";

    for (size_t len = 0; len < strlen(text); len++)
        assert_int_equal(
            control_line_parse(text, len, false, &request, &reason), CONTROL_LINE_MORE);
    assert_int_equal(parse(text, false), CONTROL_LINE_OK);
}

static void malformed_lines_are_refused_with_a_reason(void **state)
{
    (void)state;
    expect_bad("\n", "no command");
    expect_bad("   \n", "no command");
    expect_bad("status\nstatus\n", "octets after the end of the request");
    expect_bad("sta\x1btus\n", "control octet in request");
    assert_int_equal(parse("", true), CONTROL_LINE_BAD);
    assert_string_equal(reason, "no command");
}

static void four_arguments_are_taken_and_a_fifth_is_not(void **state)
{
    (void)state;
    assert_int_equal(parse("c 1 2 3 4\n", false), CONTROL_LINE_OK);
    assert_int_equal(request.arg_count, CONTROL_ARGS_MAX);
    assert_span(request.args[3], "4");
    assert_int_equal(parse("c 1 2 3 4 json\n", false), CONTROL_LINE_OK);
    assert_int_equal(request.arg_count, CONTROL_ARGS_MAX);
    assert_true(request.json);
    expect_bad("c 1 2 3 4 5\n", "too many words");
    expect_bad("c 1 2 3 4 5 json\n", "too many words");
    expect_bad("c 1 2 3 4 5 6 7 8\n", "too many words");
}

static void a_word_of_1024_octets_is_taken_and_one_longer_is_not(void **state)
{
    (void)state;
    char *word = repeat('w', CONTROL_WORD_MAX + 1);
    char line[CONTROL_WORD_MAX + 16];

    snprintf(line, sizeof(line), "c %s\n", word + 1);
    assert_int_equal(parse(line, false), CONTROL_LINE_OK);
    assert_int_equal(request.args[0].len, CONTROL_WORD_MAX);
    snprintf(line, sizeof(line), "c %s\n", word);
    expect_bad(line, "word too long");
    free(word);
}

static void a_line_of_4096_octets_is_taken_and_one_longer_is_not(void **state)
{
    (void)state;
    char *line = repeat(' ', CONTROL_LINE_MAX + 1);

    memcpy(line, "status", 6);
    line[CONTROL_LINE_MAX - 1] = '\0';
    assert_int_equal(parse(line, false), CONTROL_LINE_MORE);
    assert_int_equal(parse(line, true), CONTROL_LINE_OK);
    line[CONTROL_LINE_MAX - 1] = '\n';
    line[CONTROL_LINE_MAX] = '\0';
    assert_int_equal(parse(line, false), CONTROL_LINE_OK);
    line[CONTROL_LINE_MAX - 1] = ' ';
    expect_bad(line, "request too long");
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_stands_alone_or_with_arguments),
        cmocka_unit_test(the_last_word_json_asks_for_json),
        cmocka_unit_test(json_elsewhere_is_a_word_like_others),
        cmocka_unit_test(every_prefix_asks_for_more),
        cmocka_unit_test(malformed_lines_are_refused_with_a_reason),
        cmocka_unit_test(four_arguments_are_taken_and_a_fifth_is_not),
        cmocka_unit_test(a_word_of_1024_octets_is_taken_and_one_longer_is_not),
        cmocka_unit_test(a_line_of_4096_octets_is_taken_and_one_longer_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
