/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify_wolfssl.c - hashes and signature checks, from wolfCrypt.
 *
 * wc_CheckCertSigPubKey is the only thing of wolfSSL's X.509 that is used. It finds the signed
 * octets, algorithm and signature in the certificate again, with a parser of its own; what it is
 * given has been through certificate_parse. It takes any algorithm it knows: cert_algorithm.h
 * decides before which are good enough, and that the kind of key fits.
 *
 * wolfCrypt with FP_ECC would remember each EC key, and at its second use make a table of its
 * multiples: 3 to 9 ms each, and 12 MiB a thread. A stranger chooses which keys come twice, so it
 * is made to forget after each check; what a check costs is then the same each time, and is what
 * cert_signature_cost_us() reckons.
 */
#include "daemon/io/verify_wolfssl.h"

#include <limits.h>

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>

#include "daemon/core/cert_algorithm.h"
#include "daemon/io/digest.h"

static enum chain_signature check_signature(
    const struct certificate *certificate, const struct certificate_key *issuer)
{
    struct der_span key = issuer->bits;
    int kind;

    switch (cert_key_kind(issuer)) {
    case CERT_KEY_RSA:
    case CERT_KEY_RSA_PSS:
        kind = RSAk;
        break;
    case CERT_KEY_EC:
        kind = ECDSAk;
        key = issuer->spki; /* the curve is in there */
        break;
    case CERT_KEY_ED25519:
        kind = ED25519k;
        break;
    case CERT_KEY_ED448:
        kind = ED448k;
        break;
    case CERT_KEY_UNKNOWN:
    default:
        return CHAIN_SIGNATURE_UNSUPPORTED;
    }
    if (certificate->der.len > INT_MAX || key.len > INT_MAX)
        return CHAIN_SIGNATURE_UNSUPPORTED;
    int result = wc_CheckCertSigPubKey(
        certificate->der.data, (word32)certificate->der.len, NULL, key.data, (word32)key.len, kind);
#ifdef FP_ECC
    if (kind == ECDSAk)
        wc_ecc_fp_free();
#endif
    switch (result) {
    case 0:
        return CHAIN_SIGNATURE_GOOD;
    case ASN_SIG_CONFIRM_E:
        return CHAIN_SIGNATURE_BAD;
    default: /* a key or an algorithm that wolfCrypt does not take, or no memory */
        return CHAIN_SIGNATURE_UNSUPPORTED;
    }
}

const struct chain_crypto verify_wolfssl_crypto = {
    .sha256 = digest_sha256,
    .sha512 = digest_sha512,
    .signature = check_signature,
};
