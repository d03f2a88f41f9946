/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.h - an answer as a scenario sees it, and what a scenario expects of it.
 */
#ifndef DANED_TESTS_SCENARIO_SEEN_H
#define DANED_TESTS_SCENARIO_SEEN_H

#include <stdio.h>

#include "daemon/core/answer.h"
#include "tests/scenario/words.h"

struct seen_host {
    struct dname names[3]; /* reference names */
    size_t name_count;
    size_t records; /* TLSA records, those that are usable, those that count (digest agility) */
    size_t usable;
    size_t counting;
};

struct seen {
    enum { SEEN_NOTHING, SEEN_MALFORMED, SEEN_NOT_FOUND, SEEN_ANSWER } kind;
    struct dname original; /* the destination's name */
    struct answer answer;
    uint32_t ttl; /* seconds */
    bool from_cache;
    bool has_verdict; /* what follows is set */
    struct verdict verdict;
    struct seen_host hosts[VERDICT_HOSTS_MAX];
};

/* Notes a verdict, with what must be read from it while its facts are there. */
void seen_take_verdict(struct seen *seen, const struct verdict *verdict, uint64_t now_ms);

/*
 * Compares with the rest of a line; what differs is a mistake in words:
 *   malformed | not-found | LEVEL REASON [ttl N] [from-cache|from-dns] [why TEXT]
 * (an override "skip" has the level "skip").
 */
void seen_expect(const struct seen *seen, struct words *words);

/*
 * Compares one host with the rest of a line:
 *   NAME STATE [base NAME] [names NAME...] [preference N] [records N] [usable N] [counting N]
 *   [address secure|insecure|error]
 */
void seen_expect_host(const struct seen *seen, struct words *words);

/* Prints the answer and its hosts. */
void seen_print(const struct seen *seen, FILE *out);

#endif
