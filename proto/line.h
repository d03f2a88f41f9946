/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.h - a request that is one line, the only one of its connection, and the words in it.
 *
 * A line is ended by LF, or CR LF, or by the end of the input (the peer's half-close). The parser
 * keeps no state: the caller keeps the bytes that came so far and asks again when there are more.
 */
#ifndef DANED_PROTO_LINE_H
#define DANED_PROTO_LINE_H

#include "proto/span.h"

enum line_status {
    LINE_OK,   /* the line is there, and nothing else */
    LINE_MORE, /* good so far, but not ended */
    LINE_BAD   /* whatever follows, it is refused */
};

/*
 * Looks in buf[0..len), all that came so far, for the one line; eof says that nothing more will
 * come. The line with its end must fit in line_max octets, so that a buffer of line_max octets is
 * enough: a line that has line_max octets without a LF is bad, ended or not. On LINE_OK *line_out
 * points into buf, and is the line without its end. On LINE_BAD *reason_out is a static text: too
 * long, octets after the end of the line, or a control octet (0x00 to 0x1f, 0x7f) in it. Other
 * outputs are left alone. A call looks at all of buf.
 */
enum line_status line_parse(const char *buf, size_t len, bool eof, size_t line_max,
    struct span *line_out, const char **reason_out);

/*
 * Takes the next word, a run of octets other than the blank, off the front of *rest, which is moved
 * to behind it. Returns false, and *word_out is left alone, if there is none.
 */
bool line_next_word(struct span *rest, struct span *word_out);

/* Whether span can stand in a line as one word: not empty, no blank, no control octet. */
bool line_is_word(struct span span);

#endif
