/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_socketmap.c - tests of proto/socketmap.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/netstring.h"
#include "proto/socketmap.h"

static void expect_request(const char *payload, size_t len, const char *map, const char *key)
{
    char *copy = exact_copy(payload, len);
    struct socketmap_request request;
    const char *reason = NULL;

    assert_true(socketmap_parse_request((struct span){copy, len}, &request, &reason));
    assert_null(reason);
    assert_span(request.map, map);
    assert_span(request.key, key);
    free(copy);
}

static void expect_refused(const char *payload, size_t len, const char *expected)
{
    char *copy = exact_copy(payload, len);
    struct socketmap_request request = {{NULL, 77}, {NULL, 77}};
    const char *reason = NULL;

    assert_false(socketmap_parse_request((struct span){copy, len}, &request, &reason));
    assert_string_equal(reason, expected);
    assert_int_equal(request.map.len, 77);
    assert_int_equal(request.key.len, 77);
    free(copy);
}

static void a_request_is_a_map_and_a_key(void **state)
{
    (void)state;
    expect_request("dane example.com", 16, "dane", "example.com");
    expect_request("dane [mx.example.com]:submission", 32, "dane", "[mx.example.com]:submission");
    expect_request("d b\xc3\xbc.example", 13, "d", "b\xc3\xbc.example");
}

static void the_key_is_all_behind_the_first_blank(void **state)
{
    (void)state;
    expect_request("dane a b  c ", 12, "dane", "a b  c ");
    expect_request("dane  a", 7, "dane", " a");
    expect_request("dane a\r\n\t\x01", 10, "dane", "a\r\n\t\x01");
}

static void an_empty_key_is_the_callers_to_refuse(void **state)
{
    (void)state;
    expect_request("dane ", 5, "dane", "");
}

static void malformed_requests_are_refused_with_a_reason(void **state)
{
    (void)state;
    expect_refused("", 0, "no blank in request");
    expect_refused("dane", 4, "no blank in request");
    expect_refused("dane\texample.com", 16, "no blank in request");
    expect_refused(" example.com", 12, "no map name in request");
    expect_refused(" ", 1, "no map name in request");
    expect_refused("dane a\0b", 8, "NUL octet in request");
    expect_refused("da\0ne ab", 8, "NUL octet in request");
    expect_refused("dane example.com\0", 17, "NUL octet in request");
}

static void expect_reply(enum socketmap_status status, const char *text, const char *wire)
{
    size_t wire_len = strlen(wire);
    char *out = repeat('#', wire_len);

    /* In exactly the room it takes, and not in one octet less. */
    assert_int_equal(socketmap_encode(status, text, strlen(text), out, wire_len), wire_len);
    assert_memory_equal(out, wire, wire_len);
    memset(out, '#', wire_len);
    for (size_t cap = 0; cap < wire_len; cap++)
        assert_int_equal(socketmap_encode(status, text, strlen(text), out, cap), 0);
    for (size_t i = 0; i < wire_len; i++)
        assert_int_equal(out[i], '#');
    free(out);
}

static void each_status_has_its_word_and_a_blank(void **state)
{
    (void)state;
    expect_reply(SOCKETMAP_OK, "dane-only", "12:OK dane-only,");
    expect_reply(SOCKETMAP_NOTFOUND, "", "9:NOTFOUND ,");
    expect_reply(SOCKETMAP_TEMP, "we are sick", "16:TEMP we are sick,");
    expect_reply(SOCKETMAP_PERM, "unknown map", "16:PERM unknown map,");
}

static void a_notfound_never_carries_a_text(void **state)
{
    (void)state;
    expect_reply(SOCKETMAP_NOTFOUND, "may", "9:NOTFOUND ,");
}

static void an_ok_without_a_text_is_sent_as_temp(void **state)
{
    (void)state;
    char out[64];
    enum socketmap_status status;
    struct span payload;
    struct span text;
    size_t used;

    size_t len = socketmap_encode(SOCKETMAP_OK, NULL, 0, out, sizeof(out));
    assert_int_equal(netstring_parse(out, len, SOCKETMAP_REPLY_MAX, &payload, &used), NETSTRING_OK);
    assert_true(socketmap_parse_reply(payload, &status, &text));
    assert_int_equal(status, SOCKETMAP_TEMP);
    assert_true(text.len > 0);
    /* Where the TEMP does not fit there is no answer at all, and never a bare OK. */
    for (size_t cap = 0; cap < len; cap++)
        assert_int_equal(socketmap_encode(SOCKETMAP_OK, "", 0, out, cap), 0);
}

static void a_temp_without_a_text_keeps_its_blank(void **state)
{
    (void)state;
    expect_reply(SOCKETMAP_TEMP, "", "5:TEMP ,");
}

static void octets_that_are_not_printable_go_out_as_question_marks(void **state)
{
    (void)state;
    expect_reply(SOCKETMAP_TEMP, "a\r\nb\x7f\xc3", "11:TEMP a??b??,");
    expect_reply(SOCKETMAP_TEMP, "a\\x0a", "10:TEMP a\\x0a,");
}

static void the_largest_reply_is_100000_octets(void **state)
{
    (void)state;
    char *text = repeat('x', SOCKETMAP_REPLY_MAX);
    char *out = repeat('#', SOCKETMAP_REPLY_WIRE_MAX + 10);
    struct span payload;
    size_t used;

    size_t len = socketmap_encode(
        SOCKETMAP_OK, text, SOCKETMAP_REPLY_MAX - 3, out, SOCKETMAP_REPLY_WIRE_MAX);
    assert_int_equal(len, SOCKETMAP_REPLY_WIRE_MAX);
    assert_int_equal(netstring_parse(out, len, SOCKETMAP_REPLY_MAX, &payload, &used), NETSTRING_OK);
    assert_int_equal(payload.len, SOCKETMAP_REPLY_MAX);
    assert_int_equal(socketmap_encode(SOCKETMAP_OK, text, SOCKETMAP_REPLY_MAX - 2, out,
                         SOCKETMAP_REPLY_WIRE_MAX + 10),
        0);
    assert_int_equal(
        socketmap_encode(SOCKETMAP_OK, text, SIZE_MAX, out, SOCKETMAP_REPLY_WIRE_MAX + 10), 0);
    free(out);
    free(text);
}

static void a_client_request_can_be_read_back(void **state)
{
    (void)state;
    char out[64];

    size_t len =
        socketmap_encode_request(span_of("tlspol"), span_of("example.com"), out, sizeof(out));
    assert_int_equal(len, 22);
    assert_memory_equal(out, "18:tlspol example.com,", 22);
    assert_int_equal(
        socketmap_encode_request(span_of("tlspol"), span_of("example.com"), out, 22), 22);
    assert_int_equal(
        socketmap_encode_request(span_of("tlspol"), span_of("example.com"), out, 21), 0);
    assert_int_equal(socketmap_encode_request(span_of("d"), (struct span){NULL, 0}, out, 64), 5);
    assert_memory_equal(out, "2:d ,", 5);
}

static void a_client_request_that_would_be_misread_is_not_written(void **state)
{
    (void)state;
    char out[64];

    assert_int_equal(socketmap_encode_request(span_of(""), span_of("a"), out, sizeof(out)), 0);
    assert_int_equal(socketmap_encode_request(span_of("a b"), span_of("a"), out, sizeof(out)), 0);
    assert_int_equal(
        socketmap_encode_request((struct span){"a\0", 2}, span_of("a"), out, sizeof(out)), 0);
    assert_int_equal(
        socketmap_encode_request(span_of("a"), (struct span){"a\0", 2}, out, sizeof(out)), 0);
}

static void the_largest_client_request_is_10000_octets(void **state)
{
    (void)state;
    char *key = repeat('k', SOCKETMAP_REQUEST_MAX);
    char *out = repeat('#', SOCKETMAP_REQUEST_WIRE_MAX + 10);
    struct span largest = {key, SOCKETMAP_REQUEST_MAX - 5};
    struct span larger = {key, SOCKETMAP_REQUEST_MAX - 4};

    assert_int_equal(
        socketmap_encode_request(span_of("dane"), largest, out, SOCKETMAP_REQUEST_WIRE_MAX),
        SOCKETMAP_REQUEST_WIRE_MAX);
    assert_int_equal(
        socketmap_encode_request(span_of("dane"), larger, out, SOCKETMAP_REQUEST_WIRE_MAX + 10), 0);
    assert_int_equal(socketmap_encode_request((struct span){key, SOCKETMAP_REQUEST_MAX},
                         span_of(""), out, SOCKETMAP_REQUEST_WIRE_MAX + 10),
        0);
    free(out);
    free(key);
}

static void expect_parsed(const char *payload, enum socketmap_status status, const char *text)
{
    enum socketmap_status got;
    struct span got_text;

    assert_true(socketmap_parse_reply(span_of(payload), &got, &got_text));
    assert_int_equal(got, status);
    assert_int_equal(got_text.len, strlen(text));
    assert_true(span_is(got_text, text));
}

static void a_client_reads_every_reply(void **state)
{
    (void)state;
    expect_parsed("OK dane-only", SOCKETMAP_OK, "dane-only");
    expect_parsed("OK fingerprint match=ab servername=hostname", SOCKETMAP_OK,
        "fingerprint match=ab servername=hostname");
    expect_parsed("NOTFOUND ", SOCKETMAP_NOTFOUND, "");
    expect_parsed("NOTFOUND", SOCKETMAP_NOTFOUND, "");
    expect_parsed("TEMP we are sick", SOCKETMAP_TEMP, "we are sick");
    expect_parsed("TEMP ", SOCKETMAP_TEMP, "");
    expect_parsed("PERM no", SOCKETMAP_PERM, "no");
}

static void a_client_takes_no_other_reply_for_an_answer(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "OK", "OK ", "ok dane", "OKAY dane", "OK\tdane", " OK a",
        "NOTFOUND x", "NOTFOUNDx", "TIMEOUT ", "TEMPx", "dane", "O", "NOT"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        enum socketmap_status status = SOCKETMAP_PERM;
        struct span text = {NULL, 77};
        assert_false(socketmap_parse_reply(span_of(bad[i]), &status, &text));
        assert_int_equal(status, SOCKETMAP_PERM);
        assert_int_equal(text.len, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_a_map_and_a_key),
        cmocka_unit_test(the_key_is_all_behind_the_first_blank),
        cmocka_unit_test(an_empty_key_is_the_callers_to_refuse),
        cmocka_unit_test(malformed_requests_are_refused_with_a_reason),
        cmocka_unit_test(each_status_has_its_word_and_a_blank),
        cmocka_unit_test(a_notfound_never_carries_a_text),
        cmocka_unit_test(an_ok_without_a_text_is_sent_as_temp),
        cmocka_unit_test(a_temp_without_a_text_keeps_its_blank),
        cmocka_unit_test(octets_that_are_not_printable_go_out_as_question_marks),
        cmocka_unit_test(the_largest_reply_is_100000_octets),
        cmocka_unit_test(a_client_request_can_be_read_back),
        cmocka_unit_test(a_client_request_that_would_be_misread_is_not_written),
        cmocka_unit_test(the_largest_client_request_is_10000_octets),
        cmocka_unit_test(a_client_reads_every_reply),
        cmocka_unit_test(a_client_takes_no_other_reply_for_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
