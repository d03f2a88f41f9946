/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys.h - the keys of the chain matrix, and the randomness they come from.
 *
 * Every run gives the same octets: libcrypto draws from a generator that is set by a seed and a
 * label, so that a case replayed alone is the case that failed. Keys are made once, when they are
 * first asked for.
 */
#ifndef DANED_TESTS_CHAIN_KEYS_H
#define DANED_TESTS_CHAIN_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

/* Ends the process: the test itself cannot go on. */
#define MUST(condition)                                                             \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

/* Kinds of keys: X(name, text, algorithm, bits, curve, count). Keys of a kind are numbered, and the
 * number is taken modulo count: those that are slow to make are few. */
#define KEY_KINDS(X)                                                   \
    X(P256, "P-256", "EC", 0, "P-256", 16)                             \
    X(P384, "P-384", "EC", 0, "P-384", 8)                              \
    X(P521, "P-521", "EC", 0, "P-521", 8)                              \
    X(P224, "P-224", "EC", 0, "P-224", 4)                              \
    X(K256, "secp256k1", "EC", 0, "secp256k1", 4)                      \
    X(BRAINPOOL, "brainpoolP256r1", "EC", 0, "brainpoolP256r1", 4)     \
    X(ED25519, "Ed25519", "ED25519", 0, NULL, 8)                       \
    X(ED448, "Ed448", "ED448", 0, NULL, 8)                             \
    X(RSA2048, "RSA-2048", "RSA", 2048, NULL, 4)                       \
    X(RSA3072, "RSA-3072", "RSA", 3072, NULL, 3)                       \
    X(RSA4096, "RSA-4096", "RSA", 4096, NULL, 3)                       \
    X(RSA4608, "RSA-4608", "RSA", 4608, NULL, 2)                       \
    X(RSA1024, "RSA-1024", "RSA", 1024, NULL, 3)                       \
    X(RSA1016, "RSA-1016", "RSA", 1016, NULL, 2)                       \
    X(RSA512, "RSA-512", "RSA", 512, NULL, 2)                          \
    X(RSA_EXPONENT, "RSA with a long exponent", "RSA", 2048, NULL, 1)  \
    X(PSS, "RSA-PSS", "RSA-PSS", 2048, NULL, 3)                        \
    X(PSS_BOUND, "RSA-PSS bound to SHA-256", "RSA-PSS", 2048, NULL, 1) \
    X(X25519, "X25519", "X25519", 0, NULL, 1)

enum key_kind {
#define X(name, text, algorithm, bits, curve, count) KEY_##name,
    KEY_KINDS(X)
#undef X
        KEY_KIND_COUNT
};

struct key {
    enum key_kind kind;
    unsigned number;
};

/* Makes libcrypto draw from the generator from now on. */
void randomness_init(void);

/* Sets the generator: what is drawn after this depends on seed and label only. */
void randomness_set(uint64_t seed, const char *label);

/* Gives a number below limit, which is not 0, from the generator. */
unsigned randomness_below(unsigned limit);

/* Gives the key; borrowed, valid until keys_fini. */
EVP_PKEY *keys_get(struct key key);

/* Gives the SubjectPublicKeyInfo of the key, and its length; borrowed likewise. */
const uint8_t *keys_spki(struct key key, size_t *len_out);

/* Gives the text of a kind; static storage. */
const char *keys_kind_text(enum key_kind kind);

/* Frees all keys. */
void keys_fini(void);

#endif
