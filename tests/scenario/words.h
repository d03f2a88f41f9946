/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - one line of a scenario file, cut into words.
 *
 * Words stand between blanks; "..." is one word, in which \xHH is an octet; a word that begins with
 * '#' begins a comment. Whoever reads a line takes word after word; the first mistake is kept.
 */
#ifndef DANED_TESTS_SCENARIO_WORDS_H
#define DANED_TESTS_SCENARIO_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"

#define WORDS_MAX 64
#define WORDS_LINE_MAX 4000 /* octets */

struct words {
    char text[WORDS_LINE_MAX];
    const char *word[WORDS_MAX];
    size_t len[WORDS_MAX];
    size_t count;
    size_t at;       /* the next word to take */
    char error[400]; /* "" as long as there is no mistake */
};

/* Cuts a line into words. A line that is too long, or a word without its closing quote, is a
 * mistake. */
void words_read(struct words *words, const char *line);

/* Notes a mistake, unless there is one already. */
void words_fail(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether there is no further word. */
bool words_end(const struct words *words);

/* Takes the next word if it is this one. */
bool words_take(struct words *words, const char *word);

/* Takes the next word; a missing one is a mistake, and "" is given. */
const char *words_next(struct words *words, const char *what);

/* Takes a number from 0 to max, a name, a type: a wrong one is a mistake, and 0 or "no name" is
 * given. */
uint32_t words_number(struct words *words, const char *what, uint32_t max);
struct dname words_name(struct words *words);
uint16_t words_type(struct words *words);

/*
 * Takes octets: hexadecimal, "aa*32" for a repetition, parts joined by '+', "-" for none. Returns
 * how many were written to out.
 */
size_t words_octets(struct words *words, uint8_t *out, size_t max);

#endif
