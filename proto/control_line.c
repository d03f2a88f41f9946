/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control_line.c - reads the control socket's request line.
 */
#include "proto/control_line.h"

#include "proto/line.h"

/* Splits line into request. Returns NULL, or why it is refused. */
static const char *split_words(struct span line, struct control_request *request)
{
    struct span words[CONTROL_ARGS_MAX + 2]; /* the command, the arguments, "json" */
    size_t count = 0;
    struct span word;

    while (line_next_word(&line, &word)) {
        if (word.len > CONTROL_WORD_MAX)
            return "word too long";
        if (count == sizeof(words) / sizeof(words[0]))
            return "too many words";
        words[count++] = word;
    }
    if (count == 0)
        return "no command";
    request->command = words[0];
    request->json = count > 1 && span_is(words[count - 1], "json");
    request->arg_count = count - 1 - (request->json ? 1 : 0);
    if (request->arg_count > CONTROL_ARGS_MAX)
        return "too many words";
    for (size_t i = 0; i < request->arg_count; i++)
        request->args[i] = words[i + 1];
    return NULL;
}

enum control_line_status control_line_parse(const char *buf, size_t len, bool eof,
    struct control_request *request_out, const char **reason_out)
{
    struct control_request request = {.arg_count = 0};
    struct span line;

    switch (line_parse(buf, len, eof, CONTROL_LINE_MAX, &line, reason_out)) {
    case LINE_MORE:
        return CONTROL_LINE_MORE;
    case LINE_BAD:
        return CONTROL_LINE_BAD;
    case LINE_OK:
        break;
    }
    const char *reason = split_words(line, &request);
    if (reason != NULL) {
        *reason_out = reason;
        return CONTROL_LINE_BAD;
    }
    *request_out = request;
    return CONTROL_LINE_OK;
}
