/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_netstring.c - tests of proto/netstring.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/netstring.h"

#define PAYLOAD_MAX 10000

/* Parses an exact copy of text, so that the payload is told by its offset. */
static enum netstring_status parse(const char *text, size_t len, size_t payload_max,
    size_t *offset_out, struct span *payload_out, size_t *used_out)
{
    char *copy = exact_copy(text, len);
    struct span payload = {NULL, 77};
    size_t used = 77;

    enum netstring_status status = netstring_parse(copy, len, payload_max, &payload, &used);
    if (status != NETSTRING_OK) {
        assert_null(payload.data);
        assert_int_equal(payload.len, 77);
        assert_int_equal(used, 77);
    } else if (offset_out != NULL) {
        *offset_out = (size_t)(payload.data - copy);
        payload_out->data = text + *offset_out;
        payload_out->len = payload.len;
        *used_out = used;
    }
    free(copy);
    return status;
}

static enum netstring_status status_of(const char *text)
{
    return parse(text, strlen(text), PAYLOAD_MAX, NULL, NULL, NULL);
}

static void a_whole_netstring_gives_its_payload(void **state)
{
    (void)state;
    struct span payload;
    size_t offset;
    size_t used;

    assert_int_equal(parse("5:hello,", 8, PAYLOAD_MAX, &offset, &payload, &used), NETSTRING_OK);
    assert_span(payload, "hello");
    assert_int_equal(offset, 2);
    assert_int_equal(used, 8);
}

static void an_empty_payload_is_good(void **state)
{
    (void)state;
    struct span payload;
    size_t offset;
    size_t used;

    assert_int_equal(parse("0:,", 3, PAYLOAD_MAX, &offset, &payload, &used), NETSTRING_OK);
    assert_int_equal(payload.len, 0);
    assert_int_equal(used, 3);
}

static void a_payload_may_hold_any_octets(void **state)
{
    (void)state;
    struct span payload;
    size_t offset;
    size_t used;

    assert_int_equal(parse("4:\0,:\n,", 7, PAYLOAD_MAX, &offset, &payload, &used), NETSTRING_OK);
    assert_int_equal(payload.len, 4);
    assert_memory_equal(payload.data, "\0,:\n", 4);
}

static void every_prefix_asks_for_more(void **state)
{
    (void)state;
    const char *text = "18:tlspol example.com,";

    for (size_t len = 0; len < strlen(text); len++)
        assert_int_equal(parse(text, len, PAYLOAD_MAX, NULL, NULL, NULL), NETSTRING_MORE);
    assert_int_equal(status_of(text), NETSTRING_OK);
}

static void pipelined_netstrings_are_read_one_after_the_other(void **state)
{
    (void)state;
    const char *text = "1:a,0:,2:bc,3:d";
    struct span payload;
    size_t used;
    size_t at = 0;

    assert_int_equal(netstring_parse(text, 15, PAYLOAD_MAX, &payload, &used), NETSTRING_OK);
    assert_span(payload, "a");
    at += used;
    assert_int_equal(
        netstring_parse(text + at, 15 - at, PAYLOAD_MAX, &payload, &used), NETSTRING_OK);
    assert_int_equal(payload.len, 0);
    at += used;
    assert_int_equal(
        netstring_parse(text + at, 15 - at, PAYLOAD_MAX, &payload, &used), NETSTRING_OK);
    assert_span(payload, "bc");
    at += used;
    assert_int_equal(at, 12);
    assert_int_equal(
        netstring_parse(text + at, 15 - at, PAYLOAD_MAX, &payload, &used), NETSTRING_MORE);
}

static void a_length_that_is_not_digits_is_bad_at_once(void **state)
{
    (void)state;
    static const char *const bad[] = {":", ",", "-", "+1", " 1", "a", "\n", "GET / HTTP/1.1\r\n",
        "1a", "1 ", "1,", "12-", "\xff"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(status_of(bad[i]), NETSTRING_BAD);
    assert_int_equal(parse("1\0", 2, PAYLOAD_MAX, NULL, NULL, NULL), NETSTRING_BAD);
}

static void a_leading_zero_is_bad_at_once(void **state)
{
    (void)state;
    assert_int_equal(status_of("0"), NETSTRING_MORE);
    assert_int_equal(status_of("0:"), NETSTRING_MORE);
    assert_int_equal(status_of("00"), NETSTRING_BAD);
    assert_int_equal(status_of("01"), NETSTRING_BAD);
    assert_int_equal(status_of("007:"), NETSTRING_BAD);
}

static void a_length_over_the_maximum_is_bad_by_its_digits_alone(void **state)
{
    (void)state;
    assert_int_equal(status_of("10000"), NETSTRING_MORE);
    assert_int_equal(status_of("10000:"), NETSTRING_MORE);
    assert_int_equal(status_of("10001"), NETSTRING_BAD);
    assert_int_equal(status_of("1001"), NETSTRING_MORE);
    assert_int_equal(status_of("100000"), NETSTRING_BAD);
    assert_int_equal(status_of("99999"), NETSTRING_BAD);
}

static void a_length_that_wraps_around_is_bad(void **state)
{
    (void)state;
    /* 2^64 + 1 and 2^64, also where the maximum is as large as can be. */
    assert_int_equal(status_of("18446744073709551617:a,"), NETSTRING_BAD);
    assert_int_equal(parse("18446744073709551616", 20, SIZE_MAX, NULL, NULL, NULL), NETSTRING_BAD);
    assert_int_equal(
        parse("999999999999999999:abc", 22, SIZE_MAX, NULL, NULL, NULL), NETSTRING_MORE);
    assert_int_equal(
        parse("1000000000000000000:abc", 23, SIZE_MAX, NULL, NULL, NULL), NETSTRING_BAD);
    assert_int_equal(
        parse("99999999999999999999999999999999", 32, SIZE_MAX, NULL, NULL, NULL), NETSTRING_BAD);
}

static void a_maximum_of_zero_or_a_few_octets_holds(void **state)
{
    (void)state;
    assert_int_equal(parse("0:,", 3, 0, NULL, NULL, NULL), NETSTRING_OK);
    assert_int_equal(parse("1", 1, 0, NULL, NULL, NULL), NETSTRING_BAD);
    assert_int_equal(parse("5", 1, 5, NULL, NULL, NULL), NETSTRING_MORE);
    assert_int_equal(parse("6", 1, 5, NULL, NULL, NULL), NETSTRING_BAD);
    assert_int_equal(parse("10", 2, 5, NULL, NULL, NULL), NETSTRING_BAD);
}

static void a_wrong_terminator_is_bad(void **state)
{
    (void)state;
    assert_int_equal(status_of("5:hello;"), NETSTRING_BAD);
    assert_int_equal(status_of("5:helloo,"), NETSTRING_BAD);
    assert_int_equal(status_of("0:\n"), NETSTRING_BAD);
    assert_int_equal(parse("1:a\0", 4, PAYLOAD_MAX, NULL, NULL, NULL), NETSTRING_BAD);
}

static void the_largest_payload_is_read_and_one_octet_more_is_not(void **state)
{
    (void)state;
    char *text = repeat('x', PAYLOAD_MAX + 7);
    struct span payload;
    size_t offset;
    size_t used;

    memcpy(text, "10000:", 6);
    text[PAYLOAD_MAX + 6] = ',';
    assert_int_equal(parse(text, PAYLOAD_MAX + 6, PAYLOAD_MAX, NULL, NULL, NULL), NETSTRING_MORE);
    assert_int_equal(
        parse(text, PAYLOAD_MAX + 7, PAYLOAD_MAX, &offset, &payload, &used), NETSTRING_OK);
    assert_int_equal(payload.len, PAYLOAD_MAX);
    assert_int_equal(used, PAYLOAD_MAX + 7);
    assert_int_equal(
        parse(text, PAYLOAD_MAX + 7, PAYLOAD_MAX - 1, NULL, NULL, NULL), NETSTRING_BAD);
    free(text);
}

static void a_head_is_the_length_and_a_colon(void **state)
{
    (void)state;
    char head[NETSTRING_HEAD_MAX];

    assert_int_equal(netstring_encode_head(0, head), 2);
    assert_memory_equal(head, "0:", 2);
    assert_int_equal(netstring_encode_head(100000, head), 7);
    assert_memory_equal(head, "100000:", 7);
    assert_int_equal(netstring_encode_head(SIZE_MAX, head), NETSTRING_HEAD_MAX);
    assert_memory_equal(head, "18446744073709551615:", NETSTRING_HEAD_MAX);
}

static void encoding_needs_room_for_all_of_it(void **state)
{
    (void)state;
    char *out = repeat('#', 8);

    assert_int_equal(netstring_encode("hello", 5, out, 8), 8);
    assert_memory_equal(out, "5:hello,", 8);
    memset(out, '#', 8);
    for (size_t cap = 0; cap < 8; cap++)
        assert_int_equal(netstring_encode("hello", 5, out, cap), 0);
    assert_memory_equal(out, "########", 8);
    assert_int_equal(netstring_encode(NULL, 0, out, 3), 3);
    assert_memory_equal(out, "0:,", 3);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_netstring_gives_its_payload),
        cmocka_unit_test(an_empty_payload_is_good),
        cmocka_unit_test(a_payload_may_hold_any_octets),
        cmocka_unit_test(every_prefix_asks_for_more),
        cmocka_unit_test(pipelined_netstrings_are_read_one_after_the_other),
        cmocka_unit_test(a_length_that_is_not_digits_is_bad_at_once),
        cmocka_unit_test(a_leading_zero_is_bad_at_once),
        cmocka_unit_test(a_length_over_the_maximum_is_bad_by_its_digits_alone),
        cmocka_unit_test(a_length_that_wraps_around_is_bad),
        cmocka_unit_test(a_maximum_of_zero_or_a_few_octets_holds),
        cmocka_unit_test(a_wrong_terminator_is_bad),
        cmocka_unit_test(the_largest_payload_is_read_and_one_octet_more_is_not),
        cmocka_unit_test(a_head_is_the_length_and_a_colon),
        cmocka_unit_test(encoding_needs_room_for_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
