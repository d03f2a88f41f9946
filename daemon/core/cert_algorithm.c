/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_algorithm.c - which keys and signature algorithms are taken on a usage 2 path.
 */
#include "daemon/core/cert_algorithm.h"

#include <limits.h>
#include <string.h>

#define OID(octets)                                   \
    {                                                 \
        (const uint8_t *)(octets), sizeof(octets) - 1 \
    }

#define PKCS_1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01" /* 1.2.840.113549.1.1 */
#define ANSI_EC "\x2a\x86\x48\xce\x3d"            /* 1.2.840.10045 */
#define NIST_HASHES "\x60\x86\x48\x01\x65\x03\x04\x02"

static const struct {
    struct der_span oid;
    enum cert_key_kind kind;
} key_kinds[] = {
    {OID(PKCS_1 "\x01"), CERT_KEY_RSA},
    {OID(PKCS_1 "\x0a"), CERT_KEY_RSA_PSS},
    {OID(ANSI_EC "\x02\x01"), CERT_KEY_EC},
    {OID("\x2b\x65\x70"), CERT_KEY_ED25519},
    {OID("\x2b\x65\x71"), CERT_KEY_ED448},
};

/* The signature algorithms, the kind of key each needs, and whether its hash is strong. For
 * RSASSA-PSS the hash is in the parameters. */
static const struct {
    struct der_span oid;
    enum cert_key_kind kind;
    bool is_strong;
} signatures[] = {
    {OID(PKCS_1 "\x0b"), CERT_KEY_RSA, true}, /* with SHA-256 */
    {OID(PKCS_1 "\x0c"), CERT_KEY_RSA, true}, {OID(PKCS_1 "\x0d"), CERT_KEY_RSA, true},
    {OID(PKCS_1 "\x0e"), CERT_KEY_RSA, true}, /* with SHA-224 */
    {OID(PKCS_1 "\x0a"), CERT_KEY_RSA_PSS, true},
    {OID(ANSI_EC "\x04\x03\x01"), CERT_KEY_EC, true}, /* with SHA-224 */
    {OID(ANSI_EC "\x04\x03\x02"), CERT_KEY_EC, true},
    {OID(ANSI_EC "\x04\x03\x03"), CERT_KEY_EC, true},
    {OID(ANSI_EC "\x04\x03\x04"), CERT_KEY_EC, true}, {OID("\x2b\x65\x70"), CERT_KEY_ED25519, true},
    {OID("\x2b\x65\x71"), CERT_KEY_ED448, true},
    {OID(PKCS_1 "\x02"), CERT_KEY_RSA, false},          /* MD2 */
    {OID(PKCS_1 "\x04"), CERT_KEY_RSA, false},          /* MD5 */
    {OID(PKCS_1 "\x05"), CERT_KEY_RSA, false},          /* SHA-1 */
    {OID("\x2b\x0e\x03\x02\x1d"), CERT_KEY_RSA, false}, /* SHA-1, as OIW names it */
    {OID(ANSI_EC "\x04\x01"), CERT_KEY_EC, false},      /* SHA-1 */
};

static const struct der_span sha1 = OID("\x2b\x0e\x03\x02\x1a");
static const struct der_span mgf1 = OID(PKCS_1 "\x08");
static const struct der_span strong_hashes[] = {
    OID(NIST_HASHES "\x01"),
    OID(NIST_HASHES "\x02"),
    OID(NIST_HASHES "\x03"),
    OID(NIST_HASHES "\x04"),
};

/* As the parameters of a key have them. */
static const struct der_span p_256 = OID("\x06\x08" ANSI_EC "\x03\x01\x07");
static const struct der_span p_384 = OID("\x06\x05\x2b\x81\x04\x00\x22");

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* RSASSA-PSS-params (RFC 4055 3.1), with the defaults filled in. */
struct pss {
    struct der_span hash;
    struct der_span mask_hash;
    uint32_t salt_len;
};

enum cert_key_kind cert_key_kind(const struct certificate_key *key)
{
    for (size_t i = 0; i < COUNT(key_kinds); i++)
        if (der_span_equal(key->algorithm.oid, key_kinds[i].oid))
            return key_kinds[i].kind;
    return CERT_KEY_UNKNOWN;
}

/* Counts the bits of a positive INTEGER's content; 0 for one that is not positive. */
static size_t bits_of(struct der_span integer)
{
    if (integer.len == 0 || integer.data[0] >= 0x80)
        return 0;
    if (integer.data[0] == 0) {
        integer.data++;
        integer.len--;
    }
    if (integer.len == 0)
        return 0;
    size_t bits = integer.len * 8;
    for (uint8_t top = integer.data[0]; top < 0x80; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

/* The sizes of an RSAPublicKey (RFC 8017 A.1.1), in bits; false if it is malformed. */
static bool read_rsa(struct der_span bits, size_t *modulus_bits_out, size_t *exponent_bits_out)
{
    struct der_reader reader;
    struct der_reader key;
    struct der_span modulus;
    struct der_span exponent;

    der_reader_init(&reader, bits);
    der_enter(&reader, DER_SEQUENCE, &key);
    der_read_integer(&key, &modulus);
    der_read_integer(&key, &exponent);
    if (!der_finish(&key) || !der_finish(&reader))
        return false;
    *modulus_bits_out = bits_of(modulus);
    *exponent_bits_out = bits_of(exponent);
    return *modulus_bits_out > 0 && *exponent_bits_out > 0;
}

static enum cert_key_quality rsa_quality(struct der_span bits)
{
    size_t modulus_bits;
    size_t exponent_bits;

    if (!read_rsa(bits, &modulus_bits, &exponent_bits))
        return CERT_KEY_MALFORMED;
    if (modulus_bits < CERT_RSA_BITS_MIN)
        return CERT_KEY_WEAK;
    if (modulus_bits > CERT_RSA_BITS_MAX)
        return CERT_KEY_TOO_LARGE;
    return exponent_bits > CERT_RSA_EXPONENT_MAX * 8 ? CERT_KEY_EXPONENT : CERT_KEY_GOOD;
}

/* The curve is one of many; its size shows in that of the point (SEC 1 2.3.3). */
static enum cert_key_quality ec_quality(const struct certificate_key *key)
{
    struct der_reader reader;
    struct der_element curve;

    der_reader_init(&reader, key->algorithm.parameters);
    if (!der_read_element(&reader, &curve))
        return CERT_KEY_MALFORMED;
    if (curve.tag == DER_SEQUENCE)
        return CERT_KEY_EXPLICIT_CURVE;
    if (curve.tag != DER_OID || !der_is_oid(curve.content) || key->bits.len < 2)
        return CERT_KEY_MALFORMED;
    bool is_compressed = key->bits.data[0] == 2 || key->bits.data[0] == 3;
    if (!is_compressed && (key->bits.data[0] != 4 || key->bits.len % 2 != 1))
        return CERT_KEY_MALFORMED;
    size_t field_len = is_compressed ? key->bits.len - 1 : (key->bits.len - 1) / 2;
    return field_len < CERT_CURVE_BITS_MIN / 8 ? CERT_KEY_WEAK : CERT_KEY_GOOD;
}

enum cert_key_quality cert_key_quality(const struct certificate_key *key)
{
    switch (cert_key_kind(key)) {
    case CERT_KEY_RSA:
    case CERT_KEY_RSA_PSS:
        return rsa_quality(key->bits);
    case CERT_KEY_EC:
        return ec_quality(key);
    case CERT_KEY_ED25519:
        return key->bits.len == 32 ? CERT_KEY_GOOD : CERT_KEY_MALFORMED;
    case CERT_KEY_ED448:
        return key->bits.len == 57 ? CERT_KEY_GOOD : CERT_KEY_MALFORMED;
    case CERT_KEY_UNKNOWN:
        break;
    }
    return CERT_KEY_UNKNOWN_KIND;
}

/* Reads an AlgorithmIdentifier under an explicit tag; leaves *out alone if the tag is not there. */
static bool read_tagged_algorithm(
    struct der_reader *params, unsigned number, struct certificate_algorithm *out)
{
    struct der_reader tagged;
    struct der_span content;

    if (der_peek_tag(params) != DER_CONTEXT_CONSTRUCTED(number))
        return true;
    der_enter(params, DER_CONTEXT_CONSTRUCTED(number), &tagged);
    der_read(&tagged, DER_SEQUENCE, &content);
    return der_finish(&tagged) && certificate_parse_algorithm(content, out);
}

static bool read_tagged_number(struct der_reader *params, unsigned number, uint32_t *out)
{
    struct der_reader tagged;
    struct der_span content;

    if (der_peek_tag(params) != DER_CONTEXT_CONSTRUCTED(number))
        return true;
    der_enter(params, DER_CONTEXT_CONSTRUCTED(number), &tagged);
    der_read_integer(&tagged, &content);
    return der_finish(&tagged) && der_integer_to_uint32(content, out);
}

static bool read_pss(struct der_span parameters, struct pss *out)
{
    struct der_reader reader;
    struct der_reader params;
    struct certificate_algorithm hash = {.oid = sha1};
    struct certificate_algorithm mask = {.oid = mgf1};
    struct certificate_algorithm mask_hash = {.oid = sha1};
    uint32_t trailer = 1;

    out->salt_len = 20;
    der_reader_init(&reader, parameters);
    der_enter(&reader, DER_SEQUENCE, &params);
    bool ok =
        read_tagged_algorithm(&params, 0, &hash) && read_tagged_algorithm(&params, 1, &mask) &&
        read_tagged_number(&params, 2, &out->salt_len) && read_tagged_number(&params, 3, &trailer);
    if (!ok || !der_finish(&params) || !der_finish(&reader) || trailer != 1 ||
        !der_span_equal(mask.oid, mgf1))
        return false;
    if (mask.parameters.data != NULL) {
        struct der_span content;
        der_reader_init(&reader, mask.parameters);
        if (!der_read(&reader, DER_SEQUENCE, &content) ||
            !certificate_parse_algorithm(content, &mask_hash))
            return false;
    }
    out->hash = hash.oid;
    out->mask_hash = mask_hash.oid;
    return true;
}

static enum cert_signature_quality pss_quality(struct der_span parameters)
{
    struct pss pss;

    if (!read_pss(parameters, &pss))
        return CERT_SIGNATURE_UNKNOWN;
    for (size_t i = 0; i < COUNT(strong_hashes); i++)
        if (der_span_equal(pss.hash, strong_hashes[i]))
            return CERT_SIGNATURE_STRONG;
    return der_span_equal(pss.hash, sha1) ? CERT_SIGNATURE_WEAK_HASH : CERT_SIGNATURE_UNKNOWN;
}

enum cert_signature_quality cert_signature_quality(const struct certificate *certificate)
{
    const struct certificate_algorithm *algorithm = &certificate->signature_algorithm;

    for (size_t i = 0; i < COUNT(signatures); i++) {
        if (!der_span_equal(algorithm->oid, signatures[i].oid))
            continue;
        if (signatures[i].kind == CERT_KEY_RSA_PSS)
            return pss_quality(algorithm->parameters);
        return signatures[i].is_strong ? CERT_SIGNATURE_STRONG : CERT_SIGNATURE_WEAK_HASH;
    }
    return CERT_SIGNATURE_UNKNOWN;
}

/* RFC 4055 3.3: the parameters of an RSASSA-PSS key, if there are any, bind its signatures; the
 * salt may be longer. */
static bool pss_keeps_to_key(
    const struct certificate *certificate, const struct certificate_key *key)
{
    struct pss of_key;
    struct pss of_signature;

    if (key->algorithm.parameters.data == NULL)
        return true;
    return read_pss(key->algorithm.parameters, &of_key) &&
           read_pss(certificate->signature_algorithm.parameters, &of_signature) &&
           der_span_equal(of_key.hash, of_signature.hash) &&
           der_span_equal(of_key.mask_hash, of_signature.mask_hash) &&
           of_signature.salt_len >= of_key.salt_len;
}

bool cert_signature_fits_key(
    const struct certificate *certificate, const struct certificate_key *key)
{
    enum cert_key_kind kind = cert_key_kind(key);

    for (size_t i = 0; i < COUNT(signatures); i++) {
        if (!der_span_equal(certificate->signature_algorithm.oid, signatures[i].oid))
            continue;
        if (signatures[i].kind == CERT_KEY_RSA_PSS && kind == CERT_KEY_RSA_PSS)
            return pss_keeps_to_key(certificate, key);
        /* RFC 4055 1.2: a key that is not bound to RSASSA-PSS may sign so, too. */
        return signatures[i].kind == kind ||
               (signatures[i].kind == CERT_KEY_RSA_PSS && kind == CERT_KEY_RSA);
    }
    return false;
}

/* A multiplication modulo 1024 bits is half a microsecond, and grows with the square of the bits;
 * there are at most two for each bit of the exponent. */
static unsigned rsa_cost_us(struct der_span bits)
{
    size_t modulus_bits;
    size_t exponent_bits;

    if (!read_rsa(bits, &modulus_bits, &exponent_bits))
        return UINT_MAX;
    size_t kilobits = (modulus_bits + 1023) / 1024;
    return (unsigned)(kilobits * kilobits * exponent_bits);
}

/* By the name of the curve, for the point may be shorter than its field. Any other costs no more
 * than the largest, P-521. */
static unsigned ec_cost_us(struct der_span curve)
{
    if (der_span_equal(curve, p_256))
        return 1100;
    return der_span_equal(curve, p_384) ? 1500 : 2700;
}

unsigned cert_signature_cost_us(const struct certificate_key *key)
{
    if (cert_key_quality(key) != CERT_KEY_GOOD)
        return UINT_MAX;
    switch (cert_key_kind(key)) {
    case CERT_KEY_RSA:
    case CERT_KEY_RSA_PSS:
        return rsa_cost_us(key->bits);
    case CERT_KEY_EC:
        return ec_cost_us(key->algorithm.parameters);
    case CERT_KEY_ED25519:
        return 100;
    case CERT_KEY_ED448:
        return 250;
    case CERT_KEY_UNKNOWN:
        break;
    }
    return UINT_MAX;
}
