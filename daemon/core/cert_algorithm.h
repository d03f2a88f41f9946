/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_algorithm.h - which keys and signature algorithms are taken on a usage 2 path.
 *
 * This decides by what the certificate says of itself; no signature is checked here. The least
 * strength is that of OpenSSL's security level 1, as Postfix runs it: 80 bits, which leaves out
 * MD5 and SHA-1 signatures, RSA below 1024 bits and curves below 160 bits. The most is what a
 * signature check may cost, and what the TLS library can do: RSA up to 4096 bits with an exponent
 * of at most 8 octets.
 */
#ifndef DANED_CORE_CERT_ALGORITHM_H
#define DANED_CORE_CERT_ALGORITHM_H

#include <stdbool.h>

#include "daemon/core/certificate.h"

#define CERT_RSA_BITS_MIN 1024
#define CERT_RSA_BITS_MAX 4096
#define CERT_RSA_EXPONENT_MAX 8 /* octets */
#define CERT_CURVE_BITS_MIN 160

enum cert_key_kind {
    CERT_KEY_UNKNOWN,
    CERT_KEY_RSA,
    CERT_KEY_RSA_PSS, /* an RSA key that is for RSASSA-PSS alone */
    CERT_KEY_EC,
    CERT_KEY_ED25519,
    CERT_KEY_ED448,
};

enum cert_key_quality {
    CERT_KEY_GOOD,
    CERT_KEY_UNKNOWN_KIND,
    CERT_KEY_MALFORMED,
    CERT_KEY_WEAK,
    CERT_KEY_EXPLICIT_CURVE, /* RFC 5480 2.1.1: only named curves */
    CERT_KEY_TOO_LARGE,      /* cannot check signatures here, and otherwise is good */
    CERT_KEY_EXPONENT,       /* likewise */
};

enum cert_signature_quality {
    CERT_SIGNATURE_STRONG,
    CERT_SIGNATURE_WEAK_HASH, /* MD2, MD5 or SHA-1 */
    CERT_SIGNATURE_UNKNOWN,
};

/* Gives the kind of a key by its algorithm. */
enum cert_key_kind cert_key_kind(const struct certificate_key *key);

/*
 * Judges a key. TOO_LARGE and EXPONENT only speak against a key that is to check a signature; a
 * leaf may have it.
 */
enum cert_key_quality cert_key_quality(const struct certificate_key *key);

/* Judges the algorithm that a certificate says it is signed with. */
enum cert_signature_quality cert_signature_quality(const struct certificate *certificate);

/*
 * Whether a key of this kind could have signed the certificate at all, going by the algorithm. For
 * an RSASSA-PSS key with parameters, also whether the signature keeps to them (RFC 4055 3.3).
 */
bool cert_signature_fits_key(
    const struct certificate *certificate, const struct certificate_key *key);

/*
 * Reckons what it costs to check one signature by a key of CERT_KEY_GOOD, in microseconds of a slow
 * library: by the size and exponent of an RSA key, by the curve of an EC key. The same for the same
 * key, on every machine: a bound that is counted, not measured. UINT_MAX for a key that is not
 * good.
 */
unsigned cert_signature_cost_us(const struct certificate_key *key);

#endif
