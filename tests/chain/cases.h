/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases.h - the families of cases of the chain matrix.
 */
#ifndef DANED_TESTS_CHAIN_CASES_H
#define DANED_TESTS_CHAIN_CASES_H

#include "tests/chain/suite.h"

void cases_keys(struct suite *suite);        /* kinds of keys and signatures, dates, depth */
void cases_names(struct suite *suite);       /* reference names, SAN, CN */
void cases_authority(struct suite *suite);   /* basicConstraints, keyUsage, EKU, critical */
void cases_constraints(struct suite *suite); /* name constraints */
void cases_path(struct suite *suite);        /* order, cross-signing, same names, issuers' names */
void cases_malformed(struct suite *suite);   /* certificates that are damaged */
void cases_records(struct suite *suite);     /* sets of records */

/* The random case number of that seed; count of them from number 0. */
void cases_random_one(struct suite *suite, uint64_t seed, unsigned number);
void cases_random(struct suite *suite, uint64_t seed, unsigned count);

#endif
