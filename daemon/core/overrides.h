/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overrides.h - the operator's overrides, destinations(5): levels set by hand for destinations.
 *
 * Owns the parsed file: immutable once read, so that a reload makes a new one and swaps it in. A
 * file is taken whole or not at all: a level that the operator wrote must not get lost unnoticed.
 *
 * Of the keys that fit a destination the most specific one counts whose last day is not past:
 *   domain:          example.com, then .example.com-like suffixes, the longest first
 *   [host]:port:     [host]:port, then [host]; likewise for addresses
 * A domain's key covers each of its ports; a suffix covers the names below it and not itself.
 * Brackets mean "no MX lookup", so bracketed destinations are fitted by bracketed keys only.
 *
 * Limits: OVERRIDES_FILE_MAX octets in all, OVERRIDES_LINE_MAX in a line. Finding takes a binary
 * search for each label of the name and allocates nothing.
 */
#ifndef DANED_CORE_OVERRIDES_H
#define DANED_CORE_OVERRIDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/destination.h"

#define OVERRIDES_FILE_MAX ((size_t)64 << 20) /* octets */
#define OVERRIDES_LINE_MAX 1000               /* octets, the end of the line not counted */
#define OVERRIDE_WHY_MAX 201                  /* octets of a comment that are kept, with the NUL */
#define OVERRIDE_DATE_MAX 11                  /* octets of "YYYY-MM-DD" with its NUL */
#define OVERRIDE_NEVER INT64_MAX              /* the last day of what does not expire */

/* The words for a level: X(name, text). AUTO is the decision that daned makes without override. */
#define OVERRIDE_LEVELS(X)            \
    X(AUTO, "auto")                   \
    X(DANE_REQUIRED, "dane-required") \
    X(DANE, "dane")                   \
    X(ENCRYPT, "encrypt")             \
    X(MAY, "may")                     \
    X(SKIP, "skip")

enum override_level {
#define X(name, text) OVERRIDE_##name,
    OVERRIDE_LEVELS(X)
#undef X
};

/* One line of the file. */
struct override {
    const char *key;                      /* canonical text */
    const char *why;                      /* the comment, printable, perhaps cut; "" if none */
    int64_t expires;                      /* last valid day since 1970-01-01 UTC, or NEVER */
    char expires_text[OVERRIDE_DATE_MAX]; /* that day as written; "" if none */
    enum override_level level;
    unsigned line; /* from 1 */
};

struct override_match {
    const struct override *override; /* lives as long as the struct overrides */
    size_t index;                    /* as for overrides_at(): what a use is counted by */
};

/* Where and why a file is refused. */
struct overrides_error {
    unsigned line;  /* from 1; 0 if the file as a whole is meant */
    char text[400]; /* one printable line: what is wrong, what is allowed */
};

struct overrides;

/*
 * Reads text[0..len), a whole file; an empty one has no overrides. Returns true and gives
 * *overrides_out, to be freed with overrides_free(); or returns false and fills *error_out with the
 * first mistake. What is not said to be set is left alone.
 */
bool overrides_parse(const char *text, size_t len, struct overrides **overrides_out,
    struct overrides_error *error_out);

/* Frees overrides; NULL is allowed. */
void overrides_free(struct overrides *overrides);

/*
 * Finds the override of a destination on a day (today: days since 1970-01-01 UTC). Returns true and
 * sets *match_out, also for a line that says "auto"; returns false, and leaves it alone, if there
 * is none. There is never one for a DESTINATION_PARENT.
 */
bool overrides_find(const struct overrides *overrides, const struct destination *destination,
    int64_t today, struct override_match *match_out);

/* Gives the number of lines that are overrides, expired ones included. */
size_t overrides_count(const struct overrides *overrides);

/*
 * Gives one of them, in the order of the file; index is less than overrides_count(). Whoever counts
 * uses keeps an array of overrides_count() counters beside the struct overrides, adds to it at
 * override_match.index, and starts a new one after a reload.
 */
const struct override *overrides_at(const struct overrides *overrides, size_t index);

/* Whether an override is past its last day on the day today, and so ignored. */
bool override_is_expired(const struct override *override, int64_t today);

/* Gives the earliest last day of those that are not past it; OVERRIDE_NEVER: none has one. */
int64_t overrides_next_expiry(const struct overrides *overrides, int64_t today);

/* Gives the word for a level; static storage. */
const char *override_level_text(enum override_level level);

#endif
