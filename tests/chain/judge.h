/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h - what a verifier says about a plan: daned's, and OpenSSL's DANE code as Postfix sets it
 * up (security level 1, no partial wildcards, no name checks for usage 3, no public CA).
 */
#ifndef DANED_TESTS_CHAIN_JUDGE_H
#define DANED_TESTS_CHAIN_JUDGE_H

#include "tests/chain/plan.h"

enum verdict {
    VERDICT_MATCHED,
    VERDICT_REFUSED,
    VERDICT_UNUSABLE, /* no record is usable: nothing is authenticated */
};

struct judgement {
    enum verdict verdict;
    /* The fields below are for VERDICT_MATCHED, but why. */
    int usage;
    int selector;
    int matching_type;
    int depth; /* of the certificate that matched, the leaf's is 0; -1: it does not tell */
    char why[512];
};

/* Judges a plan that is made. */
void judge_by_daned(const struct plan *plan, struct judgement *judgement_out);
void judge_by_openssl(const struct plan *plan, struct judgement *judgement_out);

/* Gives one word for a verdict; static storage. */
const char *judge_verdict_text(enum verdict verdict);

/* Frees what judge_by_openssl keeps. */
void judge_openssl_fini(void);

#endif
