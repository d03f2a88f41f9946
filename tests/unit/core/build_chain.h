/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_chain.h - for tests: certificates of any shape, and a stand-in for the TLS library.
 *
 * The stand-in has no cryptography in it: a "signature" is good if it is the sum of the issuer's
 * key, and a "digest" is a sum as well. So tests can build chains in any wrong way, and count.
 */
#ifndef DANED_TESTS_BUILD_CHAIN_H
#define DANED_TESTS_BUILD_CHAIN_H

#define BUILD_MAX 60000

#include <stdarg.h>
#include <stdio.h>

#include "daemon/core/chain.h"
#include "tests/unit/core/build_der.h"

#define NOW INT64_C(1800000000) /* 2027-01-15 */
#define LONG_AGO "200101000000Z"
#define FAR_AHEAD "400101000000Z"
#define PAST "210101000000Z"
#define AHEAD "350101000000Z"

#define ED25519_ALGORITHM "3005 06032b6570"
#define RSA_SHA256 "300d 06092a864886f70d01010b 0500"
#define RSA_SHA1 "300d 06092a864886f70d010105 0500"
#define RSA_MD5 "300d 06092a864886f70d010104 0500"
#define ECDSA_SHA256 "300a 06082a8648ce3d040302"

static unsigned fake_signatures; /* how many were asked for */

static inline uint64_t sum_of(const uint8_t *data, size_t len, uint64_t sum)
{
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ data[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static inline void put_sums(const uint8_t *data, size_t len, uint8_t *out, size_t out_len)
{
    for (size_t i = 0; i < out_len; i += 8) {
        uint64_t sum = sum_of(data, len, i + out_len);
        memcpy(out + i, &sum, 8);
    }
}

static inline void fake_sha256(const uint8_t *data, size_t len, uint8_t digest_out[32])
{
    put_sums(data, len, digest_out, 32);
}

static inline void fake_sha512(const uint8_t *data, size_t len, uint8_t digest_out[64])
{
    put_sums(data, len, digest_out, 64);
}

static inline enum chain_signature fake_signature(
    const struct certificate *certificate, const struct certificate_key *issuer)
{
    uint8_t sum[8];

    fake_signatures++;
    put_sums(issuer->bits.data, issuer->bits.len, sum, sizeof sum);
    return certificate->signature.len == sizeof sum &&
                   memcmp(certificate->signature.data, sum, sizeof sum) == 0
               ? CHAIN_SIGNATURE_GOOD
               : CHAIN_SIGNATURE_BAD;
}

static const struct chain_crypto fake_crypto = {fake_sha256, fake_sha512, fake_signature};

/* What a certificate is to be. What is left out has a default. */
struct cert_spec {
    const char *subject; /* the common name; NULL: an empty Name */
    const char *issuer;
    const char *key;       /* any text is a key of its own */
    const char *signed_by; /* the key of the issuer */
    const struct build *extensions;
    const char *not_before;
    const char *not_after;
    const char *algorithm; /* of the signature, in hexadecimal */
    bool is_version_1;
    const struct build *spki;         /* instead of key */
    const struct build *issuer_spki;  /* instead of signed_by */
    const struct build *subject_name; /* instead of subject */
};

/* A SubjectPublicKeyInfo of Ed25519 made from a text. */
static inline void build_spki(struct build *out, const char *key)
{
    struct build bits = {.len = 0};
    uint8_t octets[33] = {0};

    put_sums((const uint8_t *)key, strlen(key), octets + 1, 32);
    build_put(&bits, octets, sizeof octets);
    out->len = 0;
    build_hex(out, ED25519_ALGORITHM);
    build_element(out, DER_BIT_STRING, &bits);
    build_wrap(out, DER_SEQUENCE);
}

/* One of RSA, with a modulus and an exponent of so many octets. */
static inline void build_rsa_spki(struct build *out, size_t modulus_len, size_t exponent_len)
{
    struct build key = {.len = 0};
    struct build number = {.len = 0};
    const uint8_t zero = 0;
    const uint8_t top = 0xc1;
    const uint8_t rest = 0x11;

    build_put(&number, &zero, 1);
    for (size_t i = 0; i < modulus_len; i++)
        build_put(&number, i == 0 ? &top : &rest, 1);
    build_element(&key, DER_INTEGER, &number);
    number.len = 0;
    for (size_t i = 0; i < exponent_len; i++)
        build_put(&number, &rest, 1);
    build_element(&key, DER_INTEGER, &number);
    build_wrap(&key, DER_SEQUENCE);
    struct build bits = {.len = 0};
    build_put(&bits, &zero, 1);
    build_put(&bits, key.octets, key.len);
    out->len = 0;
    build_hex(out, "300d 06092a864886f70d010101 0500");
    build_element(out, DER_BIT_STRING, &bits);
    build_wrap(out, DER_SEQUENCE);
}

/* Appends one AttributeTypeAndValue in a SET. */
static inline void build_rdn(struct build *out, const char *oid_hex, uint8_t tag, const char *text)
{
    struct build rdn = {.len = 0};
    struct build value = {.len = 0};

    build_hex(&rdn, oid_hex);
    build_put(&value, text, strlen(text));
    build_element(&rdn, tag, &value);
    build_wrap(&rdn, DER_SEQUENCE);
    build_wrap(&rdn, DER_SET);
    build_put(out, rdn.octets, rdn.len);
}

static inline void build_name(struct build *out, const char *common_name)
{
    struct build name = {.len = 0};

    if (common_name)
        build_rdn(&name, "0603550403", DER_UTF8_STRING, common_name);
    build_element(out, DER_SEQUENCE, &name);
}

static inline void build_text(struct build *out, uint8_t tag, const char *text)
{
    struct build value = {.len = 0};

    build_put(&value, text, strlen(text));
    build_element(out, tag, &value);
}

static inline void build_cert(struct build *out, const struct cert_spec *spec)
{
    struct build part = {.len = 0};
    struct certificate_key issuer_key;
    const char *algorithm = spec->algorithm ? spec->algorithm : ED25519_ALGORITHM;

    out->len = 0;
    if (!spec->is_version_1)
        build_hex(out, "a003 020102");
    build_hex(out, "020101");
    build_hex(out, algorithm);
    build_name(out, spec->issuer);
    build_text(&part, DER_UTC_TIME, spec->not_before ? spec->not_before : LONG_AGO);
    build_text(&part, DER_UTC_TIME, spec->not_after ? spec->not_after : FAR_AHEAD);
    build_element(out, DER_SEQUENCE, &part);
    if (spec->subject_name)
        build_put(out, spec->subject_name->octets, spec->subject_name->len);
    else
        build_name(out, spec->subject);
    if (spec->spki)
        part = *spec->spki;
    else
        build_spki(&part, spec->key);
    build_put(out, part.octets, part.len);
    if (spec->extensions && spec->extensions->len > 0) {
        part = *spec->extensions;
        build_wrap(&part, DER_SEQUENCE);
        build_element(out, DER_CONTEXT_CONSTRUCTED(3), &part);
    }
    build_wrap(out, DER_SEQUENCE);
    build_hex(out, algorithm);

    if (spec->issuer_spki)
        part = *spec->issuer_spki;
    else
        build_spki(&part, spec->signed_by);
    if (!certificate_parse_key(build_span(&part), &issuer_key))
        abort();
    uint8_t signature[9] = {0};
    put_sums(issuer_key.bits.data, issuer_key.bits.len, signature + 1, 8);
    part.len = 0;
    build_put(&part, signature, sizeof signature);
    build_element(out, DER_BIT_STRING, &part);
    build_wrap(out, DER_SEQUENCE);
}

/* Appends one Extension. */
static inline void add_extension(
    struct build *out, const char *oid_hex, bool is_critical, const struct build *value)
{
    struct build extension = {.len = 0};

    build_hex(&extension, oid_hex);
    if (is_critical)
        build_hex(&extension, "0101ff");
    build_element(&extension, DER_OCTET_STRING, value);
    build_wrap(&extension, DER_SEQUENCE);
    build_put(out, extension.octets, extension.len);
}

static inline void add_hex_extension(
    struct build *out, const char *oid_hex, bool is_critical, const char *value_hex)
{
    struct build value = {.len = 0};

    build_hex(&value, value_hex);
    add_extension(out, oid_hex, is_critical, &value);
}

#define OID_BASIC_CONSTRAINTS "0603551d13"
#define OID_KEY_USAGE "0603551d0f"
#define OID_EXTENDED_KEY_USAGE "0603551d25"
#define OID_SUBJECT_ALT_NAME "0603551d11"
#define OID_NAME_CONSTRAINTS "0603551d1e"
#define OID_SUBJECT_KEY_ID "0603551d0e"
#define OID_AUTHORITY_KEY_ID "0603551d23"
#define OID_NETSCAPE_TYPE "0609 6086480186f8420101"

static inline void add_ca(struct build *out)
{
    add_hex_extension(out, OID_BASIC_CONSTRAINTS, true, "3003 0101ff");
}

/* Appends a subjectAltName of dNSNames, the last of which is followed by NULL. */
static inline void add_dns_names(struct build *out, ...)
{
    struct build names = {.len = 0};
    va_list arguments;
    const char *name;

    va_start(arguments, out);
    while ((name = va_arg(arguments, const char *)) != NULL)
        build_text(&names, DER_CONTEXT(2), name);
    va_end(arguments);
    build_wrap(&names, DER_SEQUENCE);
    add_extension(out, OID_SUBJECT_ALT_NAME, false, &names);
}

#endif
