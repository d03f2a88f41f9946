/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.c - finds the one line of a request, and its words.
 */
#include "proto/line.h"

static bool is_control(char octet)
{
    unsigned char value = (unsigned char)octet;

    return value < 0x20 || value == 0x7f;
}

static bool has_control(struct span span)
{
    for (size_t i = 0; i < span.len; i++) {
        if (is_control(span.data[i]))
            return true;
    }
    return false;
}

enum line_status line_parse(const char *buf, size_t len, bool eof, size_t line_max,
    struct span *line_out, const char **reason_out)
{
    const char *lf = len == 0 ? NULL : memchr(buf, '\n', len);
    struct span line = {buf, lf == NULL ? len : (size_t)(lf - buf)};

    if (line.len >= line_max) {
        *reason_out = "request too long";
        return LINE_BAD;
    }
    if (lf == NULL && !eof)
        return LINE_MORE;
    if (lf != NULL && line.len + 1 != len) {
        *reason_out = "octets after the end of the request";
        return LINE_BAD;
    }
    if (lf != NULL && line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    if (has_control(line)) {
        *reason_out = "control octet in request";
        return LINE_BAD;
    }
    *line_out = line;
    return LINE_OK;
}

bool line_next_word(struct span *rest, struct span *word_out)
{
    size_t start = 0;

    while (start < rest->len && rest->data[start] == ' ')
        start++;
    size_t end = start;
    while (end < rest->len && rest->data[end] != ' ')
        end++;
    if (end == start)
        return false;
    word_out->data = rest->data + start;
    word_out->len = end - start;
    rest->data += end;
    rest->len -= end;
    return true;
}

bool line_is_word(struct span span)
{
    return span.len > 0 && memchr(span.data, ' ', span.len) == NULL && !has_control(span);
}
