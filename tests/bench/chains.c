/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chains.c - sound chains of three certificates to verify.
 */
#include "tests/bench/chains.h"

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "tests/bench/fail.h"

/* The extensions of a leaf, an intermediate and a root, as x509v3_config(5) writes them. */
struct extension {
    int nid;
    const char *value;
};

static const struct extension extensions[CHAINS_LEN][6] = {
    {{NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature,keyEncipherment"},
        {NID_ext_key_usage, "serverAuth,clientAuth"}, {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid"}, {NID_subject_alt_name, "DNS:" CHAINS_NAME}},
    {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {NID_key_usage, "critical,keyCertSign,cRLSign"}, {NID_ext_key_usage, "serverAuth"},
        {NID_subject_key_identifier, "hash"}, {NID_authority_key_identifier, "keyid"}},
    {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"},
        {NID_subject_key_identifier, "hash"}},
};

static const char *const subjects[CHAINS_LEN] = {
    CHAINS_NAME, "Bench Intermediate CA", "Bench Root CA"};

static void must(int done)
{
    if (done <= 0)
        fail("libcrypto cannot make a chain");
}

static void set_name(X509_NAME *name, const char *common_name)
{
    must(X509_NAME_add_entry_by_txt(
        name, "O", MBSTRING_ASC, (const unsigned char *)"Bench", -1, -1, 0));
    must(X509_NAME_add_entry_by_txt(
        name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1, 0));
}

/* Makes certificate number i; issuer is NULL for the root. */
static X509 *make_certificate(int i, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, long serial)
{
    enum { DAY_S = 86400, LIFE_DAYS = 80 };
    X509 *certificate = X509_new();
    X509V3_CTX context;

    must(certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1);
    must(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial));
    set_name(X509_get_subject_name(certificate), subjects[i]);
    set_name(X509_get_issuer_name(certificate), subjects[issuer != NULL ? i + 1 : i]);
    must(X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_S) != NULL);
    must(X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S * LIFE_DAYS) != NULL);
    must(X509_set_pubkey(certificate, key));
    X509V3_set_ctx(&context, issuer != NULL ? issuer : certificate, certificate, NULL, NULL, 0);
    for (size_t n = 0; n < 6 && extensions[i][n].value != NULL; n++) {
        X509_EXTENSION *made =
            X509V3_EXT_conf_nid(NULL, &context, extensions[i][n].nid, extensions[i][n].value);
        must(made != NULL && X509_add_ext(certificate, made, -1) == 1);
        X509_EXTENSION_free(made);
    }
    must(X509_sign(certificate, issuer_key, EVP_sha256()));
    return certificate;
}

void chains_make_keys(enum chains_kind kind, struct chain_keys *keys_out)
{
    for (int i = 0; i < CHAINS_LEN; i++) {
        keys_out->keys[i] = kind == CHAINS_P256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
        must(keys_out->keys[i] != NULL);
    }
}

void chains_free_keys(struct chain_keys *keys)
{
    for (int i = 0; i < CHAINS_LEN; i++)
        EVP_PKEY_free(keys->keys[i]);
}

static void digest_key(EVP_PKEY *key, uint8_t sha256_out[32])
{
    uint8_t *spki = NULL;
    int len = i2d_PUBKEY(key, &spki);

    must(len);
    must(EVP_Digest(spki, (size_t)len, sha256_out, NULL, EVP_sha256(), NULL));
    OPENSSL_free(spki);
}

void chains_make(const struct chain_keys *keys, long serial, struct chain *chain_out)
{
    X509 *certificates[CHAINS_LEN];

    for (int i = CHAINS_LEN - 1; i >= 0; i--) {
        bool is_root = i + 1 == CHAINS_LEN;
        certificates[i] = make_certificate(i, keys->keys[i], is_root ? NULL : certificates[i + 1],
            keys->keys[is_root ? i : i + 1], serial);
        chain_out->der[i] = NULL;
        int len = i2d_X509(certificates[i], &chain_out->der[i]);
        must(len);
        chain_out->len[i] = (size_t)len;
        digest_key(keys->keys[i], chain_out->spki_sha256[i]);
    }
    for (int i = 0; i < CHAINS_LEN; i++)
        X509_free(certificates[i]);
}

void chains_free(struct chain *chain)
{
    for (int i = 0; i < CHAINS_LEN; i++)
        OPENSSL_free(chain->der[i]);
}
