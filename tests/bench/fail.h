/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fail.h - how a program of the benchmark ends when it cannot go on.
 *
 * A measurement that went wrong must not look like one: the program says what, on one line of
 * standard error, and ends with status 1.
 */
#ifndef DANED_TESTS_BENCH_FAIL_H
#define DANED_TESTS_BENCH_FAIL_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program with a sentence, printf-like. */
__attribute__((noreturn, format(printf, 1, 2))) static inline void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/* Gives size octets of zeroes, or ends the program. Freed with free(). */
static inline void *must_calloc(size_t count, size_t size)
{
    void *block = calloc(count, size);

    if (block == NULL)
        fail("out of memory");
    return block;
}

/* Reads a whole number that fills all of text; what names it if it is none. */
static inline unsigned long long must_number(const char *text, const char *what)
{
    char *end;
    unsigned long long number = text != NULL ? strtoull(text, &end, 10) : 0;

    if (text == NULL || *text == '\0' || *end != '\0')
        fail("%s is not a number: %s", what, text != NULL ? text : "(missing)");
    return number;
}

#endif
