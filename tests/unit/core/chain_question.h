/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_question.h - a question about a chain, put together piece by piece, for the tests of
 * chains.
 *
 * There is one of them, which reset() empties: the tests run one after another, and spoil what they
 * like.
 */
#ifndef DANED_TESTS_UNIT_CORE_CHAIN_QUESTION_H
#define DANED_TESTS_UNIT_CORE_CHAIN_QUESTION_H

#include "tests/unit/core/build_chain.h"

#define RECORDS_MAX 8

/* The question under construction: certificates as they are added, leaf first, and records. */
extern struct build certs[CHAIN_CERTS_MAX + 4];
extern struct chain_cert cert_list[CHAIN_CERTS_MAX + 4];
extern struct tlsa_record records[RECORDS_MAX];
extern uint8_t record_data[RECORDS_MAX][4096];
extern struct dname names[CHAIN_NAMES_MAX];
extern struct chain_question question;

/* What was answered last. */
extern struct chain_report report;

/* Before each test: nothing is presented, no record, and mx.example.com is the name. Returns 0. */
int reset(void **state);

/* Adds a certificate above those that are there; gives its octets, which stay until reset(). */
struct der_span add_cert(const struct cert_spec *spec);

/* Adds the record with these fields for a certificate; a selector of 1 takes its key. */
void add_record(uint8_t usage, uint8_t selector, uint8_t matching_type, struct der_span der);

/* Asks, and checks that the report agrees with what came back, which it returns, and with the
 * signatures that were asked for. */
enum chain_outcome ask(void);

/* Asks; the test fails unless this record matched at this depth. */
void assert_matched(size_t record, unsigned depth);

/* Asks; the test fails unless the first record was refused for this reason at this depth. */
void assert_refused(enum chain_why why, unsigned depth);

/* Extensions of a plain leaf and a plain CA; to be copied before they are changed. */
const struct build *leaf_extensions(void);
const struct build *ca_extensions(void);

/* "leaf", by "int", by "root", by itself; their extensions as above. */
struct cert_spec plain_leaf(void);
struct cert_spec plain_int(void);
struct cert_spec plain_root(void);

/* Adds the chain of three, with what is given in place of the plain ones; and 2 0 1 of the root. */
void add_three(const struct cert_spec *leaf, const struct cert_spec *intermediate,
    const struct cert_spec *root);

#endif
