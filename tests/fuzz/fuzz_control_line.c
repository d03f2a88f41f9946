/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_control_line.c - the control line: the words stand in the input in their order and are as
 * the header says, and nothing is taken back that was said of a part.
 */
#include "proto/control_line.h"
#include "proto/line.h"
#include "tests/fuzz/fuzz.h"

/* Checks one word, and that it begins at or after *from, which is moved behind it. */
static void check_word(struct span word, const char **from)
{
    FUZZ_CHECK(line_is_word(word) && word.len <= CONTROL_WORD_MAX);
    FUZZ_CHECK(word.data >= *from);
    *from = word.data + word.len;
}

/* The octets from from to the end of the line, or of the input. */
static size_t line_end(const char *from, const char *end)
{
    size_t len = 0;

    while (from + len < end && from[len] != '\r' && from[len] != '\n')
        len++;
    return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct control_request request;
    const char *reason = NULL;

    if (size > CONTROL_LINE_MAX + 100)
        return 0;
    enum control_line_status whole = control_line_parse(text, size, false, &request, &reason);
    for (size_t part = 0; part < size; part++) {
        if (control_line_parse(text, part, false, &request, &reason) != CONTROL_LINE_MORE)
            FUZZ_CHECK(whole == CONTROL_LINE_BAD);
    }
    reason = NULL;
    enum control_line_status ended = control_line_parse(text, size, true, &request, &reason);
    FUZZ_CHECK(ended != CONTROL_LINE_MORE);
    FUZZ_CHECK(whole == CONTROL_LINE_MORE || whole == ended);
    FUZZ_CHECK((ended == CONTROL_LINE_BAD) == (reason != NULL));
    if (ended != CONTROL_LINE_OK)
        return 0;

    const char *from = text;
    FUZZ_CHECK(request.arg_count <= CONTROL_ARGS_MAX);
    check_word(request.command, &from);
    for (size_t i = 0; i < request.arg_count; i++)
        check_word(request.args[i], &from);
    struct span rest = {from, line_end(from, text + size)};
    struct span json = {NULL, 0};
    FUZZ_CHECK(request.json == line_next_word(&rest, &json));
    FUZZ_CHECK(!request.json || (span_is(json, "json") && !line_next_word(&rest, &json)));
    return 0;
}
