/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys.c - keys and randomness of the chain matrix.
 */
/* The hook that replaces libcrypto's randomness as a whole is deprecated, and without successor. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tests/chain/keys.h"

#include <openssl/bn.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define KEYS_EACH_MAX 16

struct key_recipe {
    const char *text;
    const char *algorithm;
    int bits;
    const char *curve;
    unsigned count;
};

static const struct key_recipe key_recipes[] = {
#define X(name, text, algorithm, bits, curve, count) {text, algorithm, bits, curve, count},
    KEY_KINDS(X)
#undef X
};

static EVP_PKEY *keys[KEY_KIND_COUNT][KEYS_EACH_MAX];
static uint8_t *spkis[KEY_KIND_COUNT][KEYS_EACH_MAX];
static size_t spki_lens[KEY_KIND_COUNT][KEYS_EACH_MAX];
static uint64_t generator;

/* Making an RSA key takes a time that is a matter of luck. What these were drawn from made them
 * fast; any other number makes keys as good. */
static uint64_t luck(struct key key)
{
    static const uint8_t lucky[KEY_KIND_COUNT][4] = {
        [KEY_RSA2048] = {4, 8, 2, 0},
        [KEY_RSA3072] = {9, 3, 1},
        [KEY_RSA4096] = {3, 8, 0},
        [KEY_RSA4608] = {13, 12},
        [KEY_RSA_EXPONENT] = {2},
        [KEY_PSS] = {4, 1, 6},
        [KEY_PSS_BOUND] = {3},
    };
    return key.number < 4 ? lucky[key.kind][key.number] : 0;
}

/* splitmix64: small, and good enough for what only has to vary. */
static uint64_t draw(void)
{
    generator += 0x9e3779b97f4a7c15u;
    uint64_t z = generator;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int draw_bytes(unsigned char *out, int len)
{
    for (int i = 0; i < len; i++)
        out[i] = (unsigned char)draw();
    return 1;
}

static int ready(void)
{
    return 1;
}

void randomness_init(void)
{
    static const RAND_METHOD method = {NULL, draw_bytes, NULL, NULL, draw_bytes, ready};
    MUST(RAND_set_rand_method(&method) == 1);
}

void randomness_set(uint64_t seed, const char *label)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *label != '\0'; label++)
        hash = (hash ^ (unsigned char)*label) * 0x100000001b3u;
    generator = hash ^ (seed * 0x9e3779b97f4a7c15u);
}

unsigned randomness_below(unsigned limit)
{
    return (unsigned)(draw() >> 33) % limit;
}

static EVP_PKEY *make_key(enum key_kind kind)
{
    const struct key_recipe *recipe = &key_recipes[kind];
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, recipe->algorithm, NULL);
    EVP_PKEY *key = NULL;

    MUST(context != NULL && EVP_PKEY_keygen_init(context) == 1);
    if (recipe->bits != 0)
        MUST(EVP_PKEY_CTX_set_rsa_keygen_bits(context, recipe->bits) == 1);
    if (recipe->curve != NULL)
        MUST(EVP_PKEY_CTX_set_group_name(context, recipe->curve) == 1);
    if (kind == KEY_RSA_EXPONENT) {
        BIGNUM *exponent = NULL;
        MUST(BN_hex2bn(&exponent, "10000000000000001000000000000000f") != 0);
        MUST(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, exponent) == 1);
        BN_free(exponent);
    }
    if (kind == KEY_PSS_BOUND) {
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_md(context, EVP_sha256()) == 1);
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context, EVP_sha256()) == 1);
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context, 32) == 1);
    }
    MUST(EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *keys_get(struct key key)
{
    key.number %= key_recipes[key.kind].count;
    EVP_PKEY **slot = &keys[key.kind][key.number];

    if (*slot == NULL) {
        char label[64];
        uint64_t kept = generator;
        /* The key depends on its kind and number alone, and making it changes nothing else. */
        snprintf(label, sizeof label, "%s %u", keys_kind_text(key.kind), key.number);
        randomness_set(luck(key), label);
        *slot = make_key(key.kind);
        generator = kept;
    }
    return *slot;
}

const uint8_t *keys_spki(struct key key, size_t *len_out)
{
    EVP_PKEY *made = keys_get(key);

    key.number %= key_recipes[key.kind].count;
    uint8_t **slot = &spkis[key.kind][key.number];
    if (*slot == NULL) {
        int len = i2d_PUBKEY(made, slot);
        MUST(len > 0);
        spki_lens[key.kind][key.number] = (size_t)len;
    }
    *len_out = spki_lens[key.kind][key.number];
    return *slot;
}

const char *keys_kind_text(enum key_kind kind)
{
    return key_recipes[kind].text;
}

void keys_fini(void)
{
    for (size_t kind = 0; kind < KEY_KIND_COUNT; kind++)
        for (size_t i = 0; i < KEYS_EACH_MAX; i++) {
            EVP_PKEY_free(keys[kind][i]);
            OPENSSL_free(spkis[kind][i]);
        }
}
