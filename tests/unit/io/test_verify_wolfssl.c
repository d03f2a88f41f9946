/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_verify_wolfssl.c - signatures made by another library, and what is left of them when one
 * octet changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/cert_algorithm.h"
#include "daemon/io/verify_wolfssl.h"
#include "tests/unit/io/verify_fixtures.h"

#define FIXTURE(name)                           \
    {                                           \
        {name##_spki, sizeof name##_spki},      \
        {                                       \
            name##_signed, sizeof name##_signed \
        }                                       \
    }

static const struct {
    struct der_span spki;
    struct der_span cert;
} fixtures[] = {
    FIXTURE(rsa_1024),
    FIXTURE(rsa_2048),
    FIXTURE(rsa_4096),
    FIXTURE(rsa_8_octets),
    FIXTURE(rsa_signs_pss),
    FIXTURE(rsa_pss),
    FIXTURE(p_256),
    FIXTURE(p_384),
    FIXTURE(p_521),
    FIXTURE(ed25519),
    FIXTURE(ed448),
};
#define COUNT (sizeof fixtures / sizeof fixtures[0])

static enum chain_signature check(struct der_span cert, struct der_span spki)
{
    struct certificate certificate;
    struct certificate_key key;

    assert_int_equal(certificate_parse(cert, &certificate), CERTIFICATE_OK);
    assert_true(certificate_parse_key(spki, &key));
    return verify_wolfssl_crypto.signature(&certificate, &key);
}

static void every_kind_of_signature_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct certificate certificate;
        struct certificate_key key;
        assert_int_equal(check(fixtures[i].cert, fixtures[i].spki), CHAIN_SIGNATURE_GOOD);
        /* And it is one that the rules before it let through. */
        assert_int_equal(certificate_parse(fixtures[i].cert, &certificate), CERTIFICATE_OK);
        assert_true(certificate_parse_key(fixtures[i].spki, &key));
        assert_int_equal(cert_signature_quality(&certificate), CERT_SIGNATURE_STRONG);
        assert_int_equal(cert_key_quality(&key), CERT_KEY_GOOD);
        assert_true(cert_signature_fits_key(&certificate, &key));
    }
}

static void no_other_key_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            if (i != j)
                assert_int_not_equal(
                    check(fixtures[i].cert, fixtures[j].spki), CHAIN_SIGNATURE_GOOD);
}

static void no_octet_of_what_is_signed_or_of_the_signature_may_change(void **state)
{
    (void)state;
    uint8_t copy[4096];
    for (size_t i = 0; i < COUNT; i++) {
        struct der_span cert = {copy, fixtures[i].cert.len};
        struct certificate original;
        assert_true(cert.len <= sizeof copy);
        assert_int_equal(certificate_parse(fixtures[i].cert, &original), CERTIFICATE_OK);
        const size_t places[] = {
            (size_t)(original.serial.data - fixtures[i].cert.data),
            (size_t)(original.key.bits.data - fixtures[i].cert.data),
            (size_t)(original.signature.data - fixtures[i].cert.data) + original.signature.len / 2,
            cert.len - 1,
        };
        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            memcpy(copy, fixtures[i].cert.data, cert.len);
            copy[places[j]] ^= 2;
            assert_int_not_equal(check(cert, fixtures[i].spki), CHAIN_SIGNATURE_GOOD);
        }
    }
}

static void digests_are_those_of_the_standard(void **state)
{
    (void)state;
    static const uint8_t sha256_abc[] = {0xba, 0x78, 0x16, 0xbf}; /* FIPS 180-2 B.1, C.1 */
    static const uint8_t sha512_abc[] = {0xdd, 0xaf, 0x35, 0xa1};
    uint8_t digest[64];
    verify_wolfssl_crypto.sha256((const uint8_t *)"abc", 3, digest);
    assert_memory_equal(digest, sha256_abc, sizeof sha256_abc);
    verify_wolfssl_crypto.sha512((const uint8_t *)"abc", 3, digest);
    assert_memory_equal(digest, sha512_abc, sizeof sha512_abc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_signature_is_checked),
        cmocka_unit_test(no_other_key_passes),
        cmocka_unit_test(no_octet_of_what_is_signed_or_of_the_signature_may_change),
        cmocka_unit_test(digests_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
