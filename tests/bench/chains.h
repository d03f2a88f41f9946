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

struct evp_pkey_st;

/* Keys of a leaf, an intermediate and a root; owned. */
struct chain_keys {
    struct evp_pkey_st *keys[CHAINS_LEN];
};

struct chain {
    uint8_t *der[CHAINS_LEN]; /* leaf first; owned */
    size_t len[CHAINS_LEN];
    uint8_t spki_sha256[CHAINS_LEN][32];
};

/* Makes new keys, to be freed with chains_free_keys(). Ends the program if it cannot. */
void chains_make_keys(enum chains_kind kind, struct chain_keys *keys_out);
void chains_free_keys(struct chain_keys *keys);

/*
 * Makes a chain of certificates with these keys and that serial number, to be freed with
 * chains_free(). Ends the program if it cannot.
 */
void chains_make(const struct chain_keys *keys, long serial, struct chain *chain_out);
void chains_free(struct chain *chain);

#endif
