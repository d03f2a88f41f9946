/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_smtp.c - reads one SMTP reply.
 */
#include "client-shims/danectl/check_smtp.h"

#include <strings.h>

enum { CODE_LEN = 3 };

/* Takes the first line off *rest, without its end. Returns false if no line has ended. */
static bool next_line(struct span *rest, struct span *line_out)
{
    const char *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

    if (!end)
        return false;
    size_t len = (size_t)(end - rest->data);
    *line_out = (struct span){rest->data, len};
    rest->data += len + 1;
    rest->len -= len + 1;
    if (len > 0 && line_out->data[len - 1] == '\r')
        line_out->len--;
    return true;
}

/* Reads the code of a line: RFC 5321 4.2 has it from 200 to 559. Returns 0 if there is none. */
static int code_of(struct span line)
{
    int code = 0;

    if (line.len < CODE_LEN || line.data[0] < '2' || line.data[0] > '5')
        return 0;
    for (size_t i = 0; i < CODE_LEN; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return 0;
        code = code * 10 + (line.data[i] - '0');
    }
    return code;
}

enum check_smtp_status check_smtp_reply(struct span data, int *code_out)
{
    struct span line;
    int code = 0;

    while (next_line(&data, &line)) {
        int this_code = code_of(line);
        if (this_code == 0 || (code != 0 && this_code != code))
            return CHECK_SMTP_MALFORMED;
        code = this_code;
        if (line.len > CODE_LEN && line.data[CODE_LEN] == '-')
            continue;
        if (line.len > CODE_LEN && line.data[CODE_LEN] != ' ')
            return CHECK_SMTP_MALFORMED;
        /* Who speaks before he is asked has been spoken for by somebody else (RFC 3207 6), or does
         * not speak SMTP. */
        if (data.len > 0)
            return CHECK_SMTP_MALFORMED;
        *code_out = code;
        return CHECK_SMTP_OK;
    }
    return CHECK_SMTP_MORE;
}

bool check_smtp_offers_starttls(struct span reply)
{
    static const char word[] = "STARTTLS";
    struct span line;
    bool is_first = true;

    while (next_line(&reply, &line)) {
        if (!is_first && line.len == CODE_LEN + 1 + sizeof word - 1 &&
            strncasecmp(line.data + CODE_LEN + 1, word, sizeof word - 1) == 0)
            return true;
        is_first = false;
    }
    return false;
}
