/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h - daned against the oracle on one world, as it is and with every single fault.
 */
#ifndef DANED_TESTS_SCENARIO_JUDGE_H
#define DANED_TESTS_SCENARIO_JUDGE_H

#include "tests/scenario/engine.h"
#include "tests/scenario/oracle.h"

struct judge {
    size_t worlds;     /* that were judged */
    size_t faults;     /* faults in them */
    size_t checks;     /* comparisons */
    size_t left_out;   /* questions that were not hurt, being one of many alike */
    size_t exceptions; /* answers weaker than the truth that the table of exceptions allows */
    size_t failures;
    bool all; /* leave nothing out */
};

/*
 * Judges the lookup of a destination in a world. where is printed with what is wrong. With faults:
 * every fault on every question that the lookup asks, one at a time; but of a lookup that asks more
 * than 100, whose hosts are dozens of the same, only on every ninth, unless judge->all. seed:
 * engine_decide().
 */
void judge_world(struct judge *judge, const char *where, struct world *world,
    const struct destination *destination, const struct lookup_options *options, uint32_t seed,
    bool with_faults);

/* Prints the counts. Returns the exit status: failure also if nothing was judged. */
int judge_end(const struct judge *judge);

#endif
