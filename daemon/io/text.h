/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - a text that grows, for the replies of the control socket.
 *
 * The caller bounds what is put in. Memory is there, or the process ends (core/alloc.h).
 */
#ifndef DANED_IO_TEXT_H
#define DANED_IO_TEXT_H

#include <stddef.h>

/* Zeroed: an empty text. data is not NUL-terminated, and NULL while nothing was put in. */
struct text {
    char *data;
    size_t len;
    size_t cap;
};

/* Puts octets at the end. */
void text_add(struct text *text, const char *data, size_t len);

/* Puts a formatted text at the end, of at most 8191 octets; what is longer is cut. */
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empties the text and keeps its memory. */
void text_clear(struct text *text);

/* Frees the memory; the text is empty then. */
void text_fini(struct text *text);

#endif
