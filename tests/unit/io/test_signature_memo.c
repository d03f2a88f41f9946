/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_signature_memo.c - a signature that was good is not checked again, and nothing else passes.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn.h>

#include "daemon/io/signature_memo.h"
#include "tests/unit/io/verify_fixtures.h"

static const struct der_span p_256_key = {p_256_spki, sizeof p_256_spki};
static const struct der_span p_256_cert = {p_256_signed, sizeof p_256_signed};
static const struct der_span rsa_key = {rsa_2048_spki, sizeof rsa_2048_spki};
static const struct der_span rsa_cert = {rsa_2048_signed, sizeof rsa_2048_signed};

static unsigned checks;

typedef int check_function(
    const byte *cert, word32 cert_len, void *heap, const byte *key, word32 key_len, int key_kind);

/* Stands in front of the library's own, and counts. */
int wc_CheckCertSigPubKey(
    const byte *cert, word32 cert_len, void *heap, const byte *key, word32 key_len, int key_kind)
{
    static check_function *real;

    if (!real) {
        void *symbol = dlsym(RTLD_NEXT, "wc_CheckCertSigPubKey");
        memcpy(&real, &symbol, sizeof real);
        if (!real)
            abort();
    }
    checks++;
    return real(cert, cert_len, heap, key, key_len, key_kind);
}

static enum chain_signature check(struct der_span cert, struct der_span spki)
{
    struct certificate certificate;
    struct certificate_key key;

    assert_int_equal(certificate_parse(cert, &certificate), CERTIFICATE_OK);
    assert_true(certificate_parse_key(spki, &key));
    return signature_memo_crypto.signature(&certificate, &key);
}

static void a_good_signature_is_checked_once(void **state)
{
    (void)state;
    checks = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(check(p_256_cert, p_256_key), CHAIN_SIGNATURE_GOOD);
        assert_int_equal(check(rsa_cert, rsa_key), CHAIN_SIGNATURE_GOOD);
    }
    assert_int_equal(checks, 2);
}

static void one_that_is_not_good_is_checked_each_time(void **state)
{
    (void)state;
    checks = 0;
    assert_int_not_equal(check(p_256_cert, rsa_key), CHAIN_SIGNATURE_GOOD);
    assert_int_not_equal(check(p_256_cert, rsa_key), CHAIN_SIGNATURE_GOOD);
    assert_int_equal(checks, 2);
}

static void no_octet_of_a_good_one_may_change(void **state)
{
    (void)state;
    static uint8_t copy[sizeof p_256_signed];
    struct certificate original;
    assert_int_equal(check(p_256_cert, p_256_key), CHAIN_SIGNATURE_GOOD);
    assert_int_equal(certificate_parse(p_256_cert, &original), CERTIFICATE_OK);
    const size_t places[] = {
        (size_t)(original.serial.data - p_256_cert.data),
        (size_t)(original.key.bits.data - p_256_cert.data) + 9,
        sizeof copy - 1,
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        memcpy(copy, p_256_signed, sizeof copy);
        copy[places[i]] ^= 2;
        assert_int_not_equal(
            check((struct der_span){copy, sizeof copy}, p_256_key), CHAIN_SIGNATURE_GOOD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_signature_is_checked_once),
        cmocka_unit_test(one_that_is_not_good_is_checked_each_time),
        cmocka_unit_test(no_octet_of_a_good_one_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
