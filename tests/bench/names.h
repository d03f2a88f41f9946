/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * names.h - which name each request asks for.
 *
 * A pattern with one '%' stands for count names, that of number first to first + count - 1. They
 * are asked one after the other, or drawn at random by a generator that a seed sets, so that a run
 * can be repeated. A pattern without '%' is one name.
 */
#ifndef DANED_TESTS_BENCH_NAMES_H
#define DANED_TESTS_BENCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAMES_TEXT_MAX 254 /* octets of a name, with its NUL */

struct names {
    char prefix[NAMES_TEXT_MAX];
    char suffix[NAMES_TEXT_MAX];
    size_t prefix_len;
    size_t suffix_len;
    bool numbered;
    bool random;
    uint64_t first;
    uint64_t count;
    uint64_t next;  /* in order: how many were asked */
    uint64_t state; /* at random: of the generator */
};

/* Sets names up; count is at least 1. Ends the program if the pattern is too long. */
void names_init(struct names *names, const char *pattern, uint64_t first, uint64_t count,
    bool random, uint64_t seed);

/* Writes a number in decimal, without a NUL, into out, which has room for it. Returns its octets.
 */
size_t names_put_number(uint64_t number, char *out);

/* Writes the next name, without a NUL, into out. Returns its octets. In order, the first name
 * follows the last. */
size_t names_next(struct names *names, char out[NAMES_TEXT_MAX]);

#endif
