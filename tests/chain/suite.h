/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suite.h - runs cases, compares the verdicts, keeps count.
 */
#ifndef DANED_TESTS_CHAIN_SUITE_H
#define DANED_TESTS_CHAIN_SUITE_H

#include "tests/chain/plan.h"

struct suite {
    const char *only; /* run cases whose title matches (fnmatch(3)), or NULL: all */
    bool quiet;       /* print only what is not ok */
    bool verbose;     /* print every case whole */
    unsigned cases;
    unsigned matched;
    unsigned different; /* on purpose */
    unsigned failed;
};

/* Whether the cases of this title are to be run. */
bool suite_wants(const struct suite *suite, const char *title);

/* Makes and judges one plan with the records it has. */
void suite_check(struct suite *suite, struct plan *plan);

/* Judges the plan with one record alone, made from certificate number of, then forgets it. */
void suite_check_record(
    struct suite *suite, struct plan *plan, int usage, int selector, int matching_type, int of);

/*
 * Judges the plan with each record of the product of usage, selector and matching type: usage 3 of
 * the leaf, usage 2 of every certificate, and of the top one withheld, a few of usage 0 and 1.
 * Frees the plan.
 */
void suite_product(struct suite *suite, struct plan *plan);

/* Likewise without matching type 2, and with two records of usage 3 and one of usage 0. Frees the
 * plan. */
void suite_most(struct suite *suite, struct plan *plan);

/* Likewise with fewer: 3 1 1 of the leaf; 2 0 1 of every other one, 2 1 1, 2 0 0 and 2 1 0 of the
 * top, and both of these again with the top withheld. Frees the plan. */
void suite_few(struct suite *suite, struct plan *plan);

#endif
