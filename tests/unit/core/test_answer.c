/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_answer.c - the short form of a verdict: packed and unpacked, in words, and its TTL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/answer.h"

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void every_level_and_reason_survives_the_cache(void **state)
{
    uint8_t packed[ANSWER_PACKED_MAX];

    (void)state;
    for (int level = LEVEL_MAY; level <= LEVEL_DEFER; level++) {
        for (int reason = REASON_ALL_HOSTS_DANE; reason <= REASON_STOPPING; reason++) {
            struct answer answer = answer_plain((enum level)level, (enum reason)reason);
            enum level decided = (enum level)((level + reason) % (LEVEL_DEFER + 1));
            size_t len = answer_pack(&answer, decided, packed);
            struct answer again;
            answer_unpack(packed, len, 77, &again);
            assert_int_equal(again.level, level);
            assert_int_equal(again.reason, reason);
            assert_int_equal(answer_unpack_decided(packed), decided);
            assert_int_equal(again.failure.cause, CAUSE_NONE);
            assert_int_equal(again.expires_ms, 77);
            assert_false(again.skip);
        }
    }
}

static void the_lookup_to_blame_survives_the_cache_and_is_named(void **state)
{
    struct answer answer = answer_plain(LEVEL_DEFER, REASON_HOSTS_FAILED);
    uint8_t packed[ANSWER_PACKED_MAX];
    char why[ANSWER_WHY_MAX];

    (void)state;
    answer.failure.cause = CAUSE_TIMEOUT;
    answer.failure.question.name = name_of("_25._tcp.mx.example.com");
    answer.failure.question.type = DNS_TLSA;
    struct answer again;
    answer_unpack(packed, answer_pack(&answer, LEVEL_DANE, packed), 0, &again);
    assert_true(dname_equal(&again.failure.question.name, &answer.failure.question.name));
    assert_int_equal(again.failure.question.type, DNS_TLSA);
    size_t len = answer_why(&again, why);
    assert_int_equal(len, strlen(why));
    assert_string_equal(why, "hosts-failed: TLSA of _25._tcp.mx.example.com: "
                             "no answer from the resolver in time");
}

static void a_long_hostile_name_is_escaped_and_cut(void **state)
{
    struct answer answer = answer_plain(LEVEL_DEFER, REASON_MX_LOOKUP_FAILED);
    char why[ANSWER_WHY_MAX];
    struct dname *name = &answer.failure.question.name;

    (void)state;
    answer.failure.cause = CAUSE_SERVFAIL;
    answer.failure.question.type = DNS_MX;
    for (int label = 0; label < 3; label++) {
        name->wire[name->len++] = 63;
        memset(name->wire + name->len, '\n', 63);
        name->len = (uint8_t)(name->len + 63);
    }
    name->wire[name->len++] = 0;
    size_t len = answer_why(&answer, why);
    assert_int_equal(len, ANSWER_WHY_MAX - 1);
    assert_int_equal(strlen(why), len);
    assert_string_equal(why + len - 3, "...");
    for (size_t i = 0; i < len; i++)
        assert_true(why[i] >= ' ' && why[i] <= '~');
}

static void the_ttl_is_in_whole_seconds_and_never_too_long(void **state)
{
    struct answer answer = answer_plain(LEVEL_MAY, REASON_NO_TLSA);

    (void)state;
    assert_int_equal(answer_ttl(&answer, 0), 0);
    answer.expires_ms = 5999;
    assert_int_equal(answer_ttl(&answer, 0), 5);
    assert_int_equal(answer_ttl(&answer, 5000), 0);
    assert_int_equal(answer_ttl(&answer, 5999), 0);
    assert_int_equal(answer_ttl(&answer, 9000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_and_reason_survives_the_cache),
        cmocka_unit_test(the_lookup_to_blame_survives_the_cache_and_is_named),
        cmocka_unit_test(a_long_hostile_name_is_escaped_and_cut),
        cmocka_unit_test(the_ttl_is_in_whole_seconds_and_never_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
