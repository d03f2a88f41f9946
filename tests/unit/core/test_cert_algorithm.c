/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cert_algorithm.c - which keys and signature algorithms are taken.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/core/cert_algorithm.h"
#include "tests/unit/core/build_chain.h"

#define P_256 "3013 06072a8648ce3d0201 06082a8648ce3d030107"
#define RSA_PSS_KEY "06092a864886f70d01010a"
#define SHA_256 "300b 0609608648016503040201"
#define SHA_384 "300b 0609608648016503040202"

/* A key with this AlgorithmIdentifier, and so many octets after the first one. */
static struct certificate_key key_of(const char *algorithm, const char *first, size_t more)
{
    static struct build spki;
    struct build bits = {.len = 0};
    struct certificate_key key;
    const uint8_t octet = 0x11;

    build_hex(&bits, "00");
    build_hex(&bits, first);
    for (size_t i = 0; i < more; i++)
        build_put(&bits, &octet, 1);
    spki.len = 0;
    build_hex(&spki, algorithm);
    build_element(&spki, DER_BIT_STRING, &bits);
    build_wrap(&spki, DER_SEQUENCE);
    assert_true(certificate_parse_key(build_span(&spki), &key));
    return key;
}

static enum cert_key_quality quality(const char *algorithm, const char *first, size_t more)
{
    struct certificate_key key = key_of(algorithm, first, more);
    return cert_key_quality(&key);
}

static unsigned cost_us(const char *algorithm, const char *first, size_t more)
{
    struct certificate_key key = key_of(algorithm, first, more);
    return cert_signature_cost_us(&key);
}

static struct certificate_key rsa_key(size_t modulus_len, size_t exponent_len)
{
    static struct build spki;
    struct certificate_key key;
    build_rsa_spki(&spki, modulus_len, exponent_len);
    assert_true(certificate_parse_key(build_span(&spki), &key));
    return key;
}

static enum cert_key_quality rsa_quality(size_t modulus_len, size_t exponent_len)
{
    struct certificate_key key = rsa_key(modulus_len, exponent_len);
    return cert_key_quality(&key);
}

static unsigned rsa_cost_us(size_t modulus_len, size_t exponent_len)
{
    struct certificate_key key = rsa_key(modulus_len, exponent_len);
    return cert_signature_cost_us(&key);
}

static void rsa_keys_have_limits(void **state)
{
    (void)state;
    assert_int_equal(rsa_quality(64, 3), CERT_KEY_WEAK);
    assert_int_equal(rsa_quality(127, 3), CERT_KEY_WEAK);
    assert_int_equal(rsa_quality(128, 3), CERT_KEY_GOOD);
    assert_int_equal(rsa_quality(512, 8), CERT_KEY_GOOD);
    assert_int_equal(rsa_quality(512, 9), CERT_KEY_EXPONENT);
    assert_int_equal(rsa_quality(513, 3), CERT_KEY_TOO_LARGE);
    assert_int_equal(rsa_quality(8192, 8192), CERT_KEY_TOO_LARGE);
    assert_int_equal(quality("300d 06092a864886f70d010101 0500", "00", 3), CERT_KEY_MALFORMED);
    /* A modulus of zero, and a negative one. */
    assert_int_equal(
        quality("300d 06092a864886f70d010101 0500", "3006 020100 020103", 0), CERT_KEY_MALFORMED);
    assert_int_equal(
        quality("300d 06092a864886f70d010101 0500", "3006 0201ff 020103", 0), CERT_KEY_MALFORMED);
}

static void curves_have_a_name_and_160_bits(void **state)
{
    (void)state;
    assert_int_equal(quality(P_256, "04", 64), CERT_KEY_GOOD);
    assert_int_equal(quality(P_256, "02", 32), CERT_KEY_GOOD);
    assert_int_equal(quality(P_256, "04", 40), CERT_KEY_GOOD);
    assert_int_equal(quality(P_256, "04", 38), CERT_KEY_WEAK);
    assert_int_equal(quality(P_256, "03", 19), CERT_KEY_WEAK);
    assert_int_equal(quality(P_256, "04", 63), CERT_KEY_MALFORMED);
    assert_int_equal(quality(P_256, "00", 64), CERT_KEY_MALFORMED);
    assert_int_equal(quality(P_256, "00", 0), CERT_KEY_MALFORMED);
    assert_int_equal(quality("300b 06072a8648ce3d0201 3000", "04", 64), CERT_KEY_EXPLICIT_CURVE);
    assert_int_equal(quality("300b 06072a8648ce3d0201 0500", "04", 64), CERT_KEY_MALFORMED);
    assert_int_equal(quality("3009 06072a8648ce3d0201", "04", 64), CERT_KEY_MALFORMED);
}

static void edwards_keys_have_their_length_and_others_are_unknown(void **state)
{
    (void)state;
    assert_int_equal(quality(ED25519_ALGORITHM, "11", 31), CERT_KEY_GOOD);
    assert_int_equal(quality(ED25519_ALGORITHM, "11", 32), CERT_KEY_MALFORMED);
    assert_int_equal(quality("3005 06032b6571", "11", 56), CERT_KEY_GOOD);
    assert_int_equal(quality("3005 06032b6571", "11", 55), CERT_KEY_MALFORMED);
    assert_int_equal(quality("3005 06032b656e", "11", 31), CERT_KEY_UNKNOWN_KIND); /* X25519 */
}

static struct build certificate_der;

/* A certificate that says it is signed in this way. */
static struct certificate signed_with(const char *algorithm)
{
    struct certificate certificate;
    struct cert_spec spec = {
        .subject = "a", .issuer = "b", .key = "a", .signed_by = "b", .algorithm = algorithm};
    build_cert(&certificate_der, &spec);
    assert_int_equal(certificate_parse(build_span(&certificate_der), &certificate), CERTIFICATE_OK);
    return certificate;
}

static enum cert_signature_quality signature_quality(const char *algorithm)
{
    struct certificate certificate = signed_with(algorithm);
    return cert_signature_quality(&certificate);
}

static void weak_hashes_and_unknown_algorithms_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(signature_quality(RSA_SHA256), CERT_SIGNATURE_STRONG);
    assert_int_equal(signature_quality(ECDSA_SHA256), CERT_SIGNATURE_STRONG);
    assert_int_equal(signature_quality(ED25519_ALGORITHM), CERT_SIGNATURE_STRONG);
    assert_int_equal(signature_quality(RSA_SHA1), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(signature_quality(RSA_MD5), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(signature_quality("3009 06072a8648ce3d0401"), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(signature_quality("3007 06052b0e03021d"), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(signature_quality("3005 06032a0304"), CERT_SIGNATURE_UNKNOWN);
}

static void the_hash_of_rsassa_pss_is_in_its_parameters(void **state)
{
    (void)state;
    /* No parameters at all are malformed; none inside mean SHA-1. */
    assert_int_equal(signature_quality("300b" RSA_PSS_KEY), CERT_SIGNATURE_UNKNOWN);
    assert_int_equal(signature_quality("300d" RSA_PSS_KEY "3000"), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(
        signature_quality("301c" RSA_PSS_KEY "300f a00d" SHA_256), CERT_SIGNATURE_STRONG);
    assert_int_equal(
        signature_quality("3012" RSA_PSS_KEY "3005 a303 020101"), CERT_SIGNATURE_WEAK_HASH);
    assert_int_equal(
        signature_quality("3012" RSA_PSS_KEY "3005 a303 020102"), CERT_SIGNATURE_UNKNOWN);
    assert_int_equal(
        signature_quality("3014" RSA_PSS_KEY "3007 a005 3003 06012a"), CERT_SIGNATURE_UNKNOWN);
}

/* Whether a signature fits an RSA key with this AlgorithmIdentifier. */
static bool fits(const char *signature, const char *key_algorithm)
{
    struct certificate certificate = signed_with(signature);
    struct build spki = {.len = 0};
    struct certificate_key key;
    build_hex(&spki, key_algorithm);
    build_hex(&spki, "0302 0000");
    build_wrap(&spki, DER_SEQUENCE);
    assert_true(certificate_parse_key(build_span(&spki), &key));
    return cert_signature_fits_key(&certificate, &key);
}

static void a_signature_fits_the_kind_of_key_that_can_make_it(void **state)
{
    (void)state;
    static const char rsa[] = "300d 06092a864886f70d010101 0500";
    static const char pss_free[] = "300b" RSA_PSS_KEY;
    static const char pss_256[] = "301c" RSA_PSS_KEY "300f a00d" SHA_256;
    static const char pss_384[] = "301c" RSA_PSS_KEY "300f a00d" SHA_384;
    static const char pss_256_long_salt[] = "3021" RSA_PSS_KEY "3014 a00d" SHA_256 "a203 020140";

    assert_true(fits(RSA_SHA256, rsa));
    assert_false(fits(RSA_SHA256, P_256));
    assert_false(fits(ECDSA_SHA256, rsa));
    assert_true(fits(ECDSA_SHA256, P_256));
    assert_false(fits(ED25519_ALGORITHM, "3005 06032b6571"));
    assert_false(fits("3005 06032a0304", rsa));
    assert_true(fits(pss_256, rsa));
    assert_true(fits(pss_256, pss_free));
    assert_true(fits(pss_256, pss_256));
    assert_false(fits(RSA_SHA256, pss_free));
    assert_false(fits(pss_256, pss_384));
    assert_false(fits(pss_256, pss_256_long_salt));
    assert_true(fits(pss_256_long_salt, pss_256));
}

static void a_signature_costs_what_its_key_makes_it_cost(void **state)
{
    (void)state;
    assert_int_equal(cost_us(P_256, "04", 64), 1100);
    assert_int_equal(cost_us("3010 06072a8648ce3d0201 06052b81040022", "04", 96), 1500);
    assert_int_equal(cost_us("3010 06072a8648ce3d0201 06052b81040023", "04", 132), 2700);
    /* A short point on the largest curve is reckoned by the curve. */
    assert_int_equal(cost_us("3010 06072a8648ce3d0201 06052b81040023", "04", 64), 2700);
    /* A curve without a price of its own has the highest: brainpoolP256r1. */
    assert_int_equal(cost_us("3014 06072a8648ce3d0201 06092b2403030208010107", "04", 64), 2700);
    /* Exponents of one, three and eight octets that begin with 0x11. */
    assert_int_equal(rsa_cost_us(256, 1), 4 * 5);
    assert_int_equal(rsa_cost_us(257, 3), 9 * 21);
    assert_int_equal(rsa_cost_us(512, 8), 16 * 61);
    assert_true(rsa_cost_us(512, 8) * 2 < CHAIN_SIGNATURES_US_MAX);
    assert_true(cost_us("3005 06032b6570", "11", 31) < cost_us("3005 06032b6571", "11", 56));
    /* One that may check nothing is beyond every bound. */
    assert_int_equal(rsa_cost_us(512, 9), UINT_MAX);
    assert_int_equal(cost_us("3009 06072a8648ce3d0201", "04", 64), UINT_MAX);
    assert_int_equal(cost_us("3005 06032a0304", "04", 64), UINT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_keys_have_limits),
        cmocka_unit_test(curves_have_a_name_and_160_bits),
        cmocka_unit_test(edwards_keys_have_their_length_and_others_are_unknown),
        cmocka_unit_test(weak_hashes_and_unknown_algorithms_are_told_apart),
        cmocka_unit_test(the_hash_of_rsassa_pss_is_in_its_parameters),
        cmocka_unit_test(a_signature_fits_the_kind_of_key_that_can_make_it),
        cmocka_unit_test(a_signature_costs_what_its_key_makes_it_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
