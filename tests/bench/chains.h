/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chains.h - sound chains of three certificates to verify: a leaf for CHAINS_NAME, an intermediate
 * and a self-signed root, with the extensions that real ones have.
 */
#ifndef DANED_TESTS_BENCH_CHAINS_H
#define DANED_TESTS_BENCH_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#define CHAINS_LEN 3
#define CHAINS_NAME "mx.bench.example"

enum chains_kind { CHAINS_RSA_2048, CHAINS_P256 };

struct chain {
    uint8_t *der[CHAINS_LEN]; /* leaf first */
    size_t len[CHAINS_LEN];
    uint8_t spki_sha256[CHAINS_LEN][32];
};

/* Makes a chain of new keys. Ends the program if it cannot. */
void chains_make(enum chains_kind kind, struct chain *chain_out);

/* Frees it. */
void chains_free(struct chain *chain);

#endif
