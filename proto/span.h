/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span.h - a piece of somebody else's bytes.
 *
 * A span owns nothing: it points into the buffer that was parsed and lives as long as that does.
 * It is not NUL-terminated. A span whose data is NULL is "not given", which is not the same as
 * "given, but empty".
 */
#ifndef DANED_PROTO_SPAN_H
#define DANED_PROTO_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *data;
    size_t len;
};

/* Gives the span over the octets of text, a C string, without its NUL. */
static inline struct span span_of(const char *text)
{
    struct span span = {text, strlen(text)};
    return span;
}

/* Whether a and b hold the same octets; case matters. */
static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Whether span holds exactly the octets of text, a C string; case matters. */
static inline bool span_is(struct span span, const char *text)
{
    return span_equal(span, span_of(text));
}

#endif
