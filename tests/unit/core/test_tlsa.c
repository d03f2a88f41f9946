/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_tlsa.c - daemon/core/tlsa: usability, digest agility, text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/tlsa.h"
#include "tests/unit/core/build_der.h"
#include "tests/unit/core/certificate_fixtures.h"

static const uint8_t digest[TLSA_SHA2_512_LEN] = {0x01, 0x23, 0xab, 0xcd};

static struct tlsa_record record_of(
    uint8_t usage, uint8_t selector, uint8_t matching_type, const void *data, size_t len)
{
    return (struct tlsa_record){usage, selector, matching_type, (uint16_t)len, data};
}

static enum tlsa_usability judge(
    uint8_t usage, uint8_t selector, uint8_t matching_type, const void *data, size_t len)
{
    struct tlsa_record record = record_of(usage, selector, matching_type, data, len);
    return tlsa_usability(&record);
}

static enum tlsa_usability judge_built(uint8_t usage, uint8_t selector, const struct build *built)
{
    return judge(usage, selector, TLSA_FULL, built->octets, built->len);
}

static void rdata_is_three_fields_and_at_least_one_octet(void **state)
{
    static const uint8_t rdata[] = {3, 1, 2, 0xaa, 0xbb};
    static uint8_t much[UINT16_MAX + 1];
    struct tlsa_record record;

    (void)state;
    assert_false(tlsa_from_rdata(rdata, 0, &record));
    assert_false(tlsa_from_rdata(rdata, 3, &record));
    assert_true(tlsa_from_rdata(rdata, 4, &record));
    assert_int_equal(record.data_len, 1);
    assert_true(tlsa_from_rdata(rdata, 5, &record));
    assert_int_equal(record.usage, 3);
    assert_int_equal(record.selector, 1);
    assert_int_equal(record.matching_type, 2);
    assert_int_equal(record.data_len, 2);
    assert_ptr_equal(record.data, rdata + 3);
    assert_false(tlsa_from_rdata(much, sizeof much, &record));
    assert_true(tlsa_from_rdata(much, UINT16_MAX, &record));
}

static void digests_of_usage_2_and_3_are_usable(void **state)
{
    (void)state;
    for (uint8_t usage = 2; usage <= 3; usage++) {
        for (uint8_t selector = 0; selector <= 1; selector++) {
            assert_int_equal(judge(usage, selector, 1, digest, 32), TLSA_USABLE);
            assert_int_equal(judge(usage, selector, 2, digest, 64), TLSA_USABLE);
        }
    }
}

static void usage_0_and_1_are_unusable_for_smtp(void **state)
{
    (void)state;
    assert_int_equal(judge(0, 1, 1, digest, 32), TLSA_USAGE_PKIX);
    assert_int_equal(judge(1, 1, 1, digest, 32), TLSA_USAGE_PKIX);
}

static void unknown_and_private_values_are_unusable(void **state)
{
    (void)state;
    assert_int_equal(judge(4, 1, 1, digest, 32), TLSA_USAGE_UNKNOWN);
    assert_int_equal(judge(255, 1, 1, digest, 32), TLSA_USAGE_UNKNOWN);
    assert_int_equal(judge(3, 2, 1, digest, 32), TLSA_SELECTOR_UNKNOWN);
    assert_int_equal(judge(3, 255, 1, digest, 32), TLSA_SELECTOR_UNKNOWN);
    assert_int_equal(judge(3, 1, 3, digest, 32), TLSA_MATCHING_TYPE_UNKNOWN);
    assert_int_equal(judge(3, 1, 255, digest, 32), TLSA_MATCHING_TYPE_UNKNOWN);
}

static void a_digest_of_another_length_is_unusable(void **state)
{
    (void)state;
    assert_int_equal(judge(3, 1, 1, digest, 31), TLSA_DIGEST_LENGTH);
    assert_int_equal(judge(3, 1, 1, digest, 33), TLSA_DIGEST_LENGTH);
    assert_int_equal(judge(3, 1, 1, digest, 64), TLSA_DIGEST_LENGTH);
    assert_int_equal(judge(2, 0, 2, digest, 32), TLSA_DIGEST_LENGTH);
    assert_int_equal(judge(2, 0, 2, digest, 63), TLSA_DIGEST_LENGTH);
}

static void full_certificates_and_keys_are_usable(void **state)
{
    (void)state;
    for (uint8_t usage = 2; usage <= 3; usage++) {
        assert_int_equal(judge(usage, 0, 0, ca_certificate, sizeof ca_certificate), TLSA_USABLE);
        assert_int_equal(judge(usage, 0, 0, rsa_certificate, sizeof rsa_certificate), TLSA_USABLE);
        assert_int_equal(judge(usage, 0, 0, v1_certificate, sizeof v1_certificate), TLSA_USABLE);
        assert_int_equal(judge(usage, 1, 0, ca_spki, sizeof ca_spki), TLSA_USABLE);
        assert_int_equal(judge(usage, 1, 0, rsa_spki, sizeof rsa_spki), TLSA_USABLE);
    }
}

static void full_data_under_the_wrong_selector_is_unusable(void **state)
{
    (void)state;
    for (uint8_t usage = 2; usage <= 3; usage++) {
        assert_int_equal(
            judge(usage, 1, 0, ca_certificate, sizeof ca_certificate), TLSA_DATA_MALFORMED);
        assert_int_equal(judge(usage, 0, 0, ca_spki, sizeof ca_spki), TLSA_DATA_MALFORMED);
    }
}

static void full_data_cut_or_with_something_behind_it_is_unusable(void **state)
{
    (void)state;
    for (uint8_t usage = 2; usage <= 3; usage++) {
        struct build certificate = {.len = 0};
        struct build key = {.len = 0};
        build_put(&certificate, ca_certificate, sizeof ca_certificate);
        build_put(&key, ca_spki, sizeof ca_spki);
        certificate.len--;
        key.len--;
        assert_int_equal(judge_built(usage, 0, &certificate), TLSA_DATA_MALFORMED);
        assert_int_equal(judge_built(usage, 1, &key), TLSA_DATA_MALFORMED);
        certificate.len++;
        key.len++;
        assert_int_equal(judge_built(usage, 0, &certificate), TLSA_USABLE);
        assert_int_equal(judge_built(usage, 1, &key), TLSA_USABLE);
        build_hex(&certificate, "00");
        build_hex(&key, "00");
        assert_int_equal(judge_built(usage, 0, &certificate), TLSA_DATA_MALFORMED);
        assert_int_equal(judge_built(usage, 1, &key), TLSA_DATA_MALFORMED);
    }
}

static void for_usage_3_the_outer_frame_is_enough_and_for_usage_2_it_is_not(void **state)
{
    struct build frame = {.len = 0};
    struct build key = {.len = 0};
    struct build no_oid = {.len = 0};

    (void)state;
    build_hex(&frame, "300a 3003020105 3000 030100");
    assert_int_equal(judge_built(3, 0, &frame), TLSA_USABLE);
    assert_int_equal(judge_built(2, 0, &frame), TLSA_DATA_MALFORMED);
    /* The parameters are no whole element. */
    build_hex(&key, "300b 3006 06022a03 0505 030101");
    assert_int_equal(judge_built(3, 1, &key), TLSA_USABLE);
    assert_int_equal(judge_built(2, 1, &key), TLSA_DATA_MALFORMED);
    build_hex(&no_oid, "3007 3002 0500 030100");
    assert_int_equal(judge_built(3, 1, &no_oid), TLSA_DATA_MALFORMED);
}

static void a_trust_anchor_with_an_odd_date_or_extension_still_asks_to_be_authenticated(
    void **state)
{
    struct build certificate = {.len = 0};
    bool changed = false;

    (void)state;
    build_put(&certificate, leaf_certificate, sizeof leaf_certificate);
    /* The month of the first UTCTime becomes 99. */
    for (size_t i = 0; i + 2 < certificate.len && !changed; i++) {
        if (certificate.octets[i] == DER_UTC_TIME && certificate.octets[i + 1] == 13) {
            memset(certificate.octets + i + 4, '9', 2);
            changed = true;
        }
    }
    assert_true(changed);
    assert_int_equal(judge_built(2, 0, &certificate), TLSA_USABLE);
}

static void the_strongest_digest_of_a_usage_and_selector_counts(void **state)
{
    const struct tlsa_record set[] = {
        record_of(3, 1, 1, digest, 32),
        record_of(3, 1, 2, digest, 64),
        record_of(3, 0, 1, digest, 32),
        record_of(2, 1, 1, digest, 32),
        record_of(3, 1, 0, rsa_spki, sizeof rsa_spki),
        record_of(3, 1, 1, digest, 32),
        record_of(0, 1, 2, digest, 64),
        record_of(2, 0, 2, digest, 64),
        record_of(2, 0, 2, digest, 64),
    };
    static const bool counts[] = {false, true, true, true, true, false, false, true, true};
    size_t count = sizeof set / sizeof set[0];
    struct tlsa_agility agility;

    (void)state;
    tlsa_agility_init(&agility);
    for (size_t i = 0; i < count; i++)
        tlsa_agility_add(&agility, &set[i]);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(tlsa_agility_counts(&agility, &set[i]), counts[i]);
        assert_int_equal(tlsa_counts(set, count, i), counts[i]);
    }
}

static void an_unusable_stronger_digest_does_not_displace_a_usable_one(void **state)
{
    const struct tlsa_record set[] = {
        record_of(3, 1, 1, digest, 32),
        record_of(3, 1, 2, digest, 63),
        record_of(3, 1, 3, digest, 64),
        record_of(3, 1, 0, digest, 64),
    };

    (void)state;
    assert_true(tlsa_counts(set, 4, 0));
    assert_false(tlsa_counts(set, 4, 1));
    assert_false(tlsa_counts(set, 4, 2));
    assert_false(tlsa_counts(set, 4, 3));
}

static void the_text_holds_the_longest_digest_whole(void **state)
{
    char text[TLSA_TEXT_MAX];
    struct tlsa_record record = record_of(255, 255, 255, digest, 64);

    (void)state;
    assert_int_equal(tlsa_to_text(&record, text, sizeof text), TLSA_TEXT_MAX - 1);
    assert_memory_equal(text, "255 255 255 0123abcd00", 22);
    assert_int_equal(strlen(text), TLSA_TEXT_MAX - 1);
}

static void the_text_is_cut_after_a_whole_octet(void **state)
{
    char text[20];
    struct tlsa_record record = record_of(3, 1, 1, digest, 32);

    (void)state;
    assert_int_equal(tlsa_to_text(&record, text, 18), 17);
    assert_string_equal(text, "3 1 1 0123abcd...");
    assert_int_equal(tlsa_to_text(&record, text, 17), 15);
    assert_string_equal(text, "3 1 1 0123ab...");
    tlsa_to_text(&record, text, 10);
    assert_string_equal(text, "3 1 1 ...");
    tlsa_to_text(&record, text, 9);
    assert_string_equal(text, "3 1 1 ");
    tlsa_to_text(&record, text, 3);
    assert_string_equal(text, "3 ");
    assert_int_equal(tlsa_to_text(&record, text, 1), 0);
    assert_string_equal(text, "");
    record.data_len = 2;
    tlsa_to_text(&record, text, 11);
    assert_string_equal(text, "3 1 1 0123");
}

static void every_usability_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = TLSA_USABLE; i <= TLSA_DATA_MALFORMED; i++)
        for (int j = TLSA_USABLE; j < i; j++)
            assert_string_not_equal(tlsa_usability_text((enum tlsa_usability)i),
                tlsa_usability_text((enum tlsa_usability)j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rdata_is_three_fields_and_at_least_one_octet),
        cmocka_unit_test(digests_of_usage_2_and_3_are_usable),
        cmocka_unit_test(usage_0_and_1_are_unusable_for_smtp),
        cmocka_unit_test(unknown_and_private_values_are_unusable),
        cmocka_unit_test(a_digest_of_another_length_is_unusable),
        cmocka_unit_test(full_certificates_and_keys_are_usable),
        cmocka_unit_test(full_data_under_the_wrong_selector_is_unusable),
        cmocka_unit_test(full_data_cut_or_with_something_behind_it_is_unusable),
        cmocka_unit_test(for_usage_3_the_outer_frame_is_enough_and_for_usage_2_it_is_not),
        cmocka_unit_test(
            a_trust_anchor_with_an_odd_date_or_extension_still_asks_to_be_authenticated),
        cmocka_unit_test(the_strongest_digest_of_a_usage_and_selector_counts),
        cmocka_unit_test(an_unusable_stronger_digest_does_not_displace_a_usable_one),
        cmocka_unit_test(the_text_holds_the_longest_digest_whole),
        cmocka_unit_test(the_text_is_cut_after_a_whole_octet),
        cmocka_unit_test(every_usability_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
