/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proto_test.h - what the tests of proto/ share: cmocka, and copies of exactly the size of their
 * bytes, so that the sanitizers and valgrind see a read past the end.
 */
#ifndef DANED_TESTS_UNIT_PROTO_PROTO_TEST_H
#define DANED_TESTS_UNIT_PROTO_PROTO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/span.h"

/* Gives a heap copy of data[0..len), to be freed by the caller. */
static inline char *exact_copy(const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);

    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

/* Gives a NUL-terminated text of count octets to be freed by the caller. */
static inline char *repeat(char octet, size_t count)
{
    char *text = malloc(count + 1);

    assert_non_null(text);
    memset(text, octet, count);
    text[count] = '\0';
    return text;
}

#define assert_span(span, text)                               \
    do {                                                      \
        assert_non_null((span).data);                         \
        assert_int_equal((span).len, strlen(text));           \
        assert_memory_equal((span).data, text, strlen(text)); \
    } while (0)

#define assert_no_span(span)             \
    do {                                 \
        assert_null((span).data);        \
        assert_int_equal((span).len, 0); \
    } while (0)

#endif
