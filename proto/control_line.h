/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control_line.h - the request line of the control socket: COMMAND [ARG...] [json].
 *
 * One line a connection, ended by LF or half-close. The parser keeps no state; spans point into the
 * caller's buffer. Which commands there are, and how many arguments each takes, is the caller's.
 *
 * Limits: 4096 octets with the line's end, 4 arguments, 1024 octets a word.
 */
#ifndef DANED_PROTO_CONTROL_LINE_H
#define DANED_PROTO_CONTROL_LINE_H

#include "proto/span.h"

#define CONTROL_LINE_MAX 4096 /* octets of a line with its end */
#define CONTROL_ARGS_MAX 4
#define CONTROL_WORD_MAX 1024 /* octets */

enum control_line_status {
    CONTROL_LINE_OK,   /* a whole request, and nothing else */
    CONTROL_LINE_MORE, /* good so far, but not ended */
    CONTROL_LINE_BAD   /* whatever follows, it is refused */
};

struct control_request {
    struct span command; /* never empty */
    struct span args[CONTROL_ARGS_MAX];
    size_t arg_count;
    bool json; /* the last word, not counted as an argument, was "json" */
};

/*
 * Looks at buf[0..len), all that came so far on the connection; eof says that nothing more will
 * come. On CONTROL_LINE_OK *request_out holds the request; on CONTROL_LINE_BAD *reason_out is a
 * static text; other outputs are left alone. Bad are: a line too long, octets after its LF, control
 * octets, no command, too many words, a word too long.
 */
enum control_line_status control_line_parse(const char *buf, size_t len, bool eof,
    struct control_request *request_out, const char **reason_out);

#endif
