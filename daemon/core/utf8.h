/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.h - reading UTF-8 strictly (RFC 3629), one code point at a time.
 */
#ifndef DANED_CORE_UTF8_H
#define DANED_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the code point at the start of text[0..len). Returns the octets it takes (1 to 4) and sets
 * *code_point_out; returns 0, and leaves it alone, at a malformed, overlong, cut or surrogate
 * sequence and for len 0.
 */
size_t utf8_read(const char *text, size_t len, uint32_t *code_point_out);

/* Whether all of text[0..len) is well-formed; true for len 0. */
bool utf8_is_valid(const char *text, size_t len);

/*
 * Copies text[0..len) as one line that can be shown: controls, what reorders text (bidirectional
 * formatting) and malformed octets become '?'. Cuts between characters where out, with room for
 * size octets (at least 1), is full; NUL-terminated. Returns the length of what was written.
 */
size_t utf8_copy_printable(const char *text, size_t len, char *out, size_t size);

#endif
