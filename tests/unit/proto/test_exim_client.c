/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_exim_client.c - tests of proto/exim_client, against proto/exim_line where the two must
 * agree.
 */
#include "tests/unit/proto/proto_test.h"

#include "proto/exim_client.h"

static char out[512];

/* A request that can be sent; the tests spoil it. */
static struct exim_request good_request(void)
{
    return (struct exim_request){
        .domain = span_of("example.com"),
        .host = span_of("mx.example.com"),
        .port = span_of("25"),
    };
}

static const struct span chain[] = {{"foo", 3}, {"foob", 4}};

static void a_policy_request_is_written(void **state)
{
    (void)state;
    static const char with_host[] = "POLICY example.com host=mx.example.com\n";
    const struct span none = {NULL, 0};

    size_t len = exim_encode_policy_request(span_of("example.com"), none, out, sizeof(out));
    assert_int_equal(len, 19);
    assert_memory_equal(out, "POLICY example.com\n", 19);
    assert_int_equal(exim_encode_policy_request(span_of("example.com"), none, out, 19), 19);
    assert_int_equal(exim_encode_policy_request(span_of("example.com"), none, out, 18), 0);

    len = exim_encode_policy_request(
        span_of("example.com"), span_of("mx.example.com"), out, sizeof(out));
    assert_int_equal(len, sizeof(with_host) - 1);
    assert_memory_equal(out, with_host, len);

    assert_int_equal(exim_encode_policy_request(none, none, out, sizeof(out)), 8);
    assert_memory_equal(out, "POLICY \n", 8);
}

static void a_policy_request_that_would_be_misread_is_not_written(void **state)
{
    (void)state;
    static const char *const bad[] = {"a b", "a\nb", "a\r", "a\x7f", " "};
    const struct span none = {NULL, 0};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(exim_encode_policy_request(span_of(bad[i]), none, out, sizeof(out)), 0);
        assert_int_equal(
            exim_encode_policy_request(span_of("a"), span_of(bad[i]), out, sizeof(out)), 0);
    }
    assert_int_equal(exim_encode_policy_request(span_of("host=a"), none, out, sizeof(out)), 0);
}

static void the_largest_policy_request_is_4096_octets(void **state)
{
    (void)state;
    char *name = repeat('a', EXIM_POLICY_MAX);
    char *buf = repeat('#', EXIM_POLICY_MAX + 10);
    struct span largest = {name, EXIM_POLICY_MAX - 8};
    struct span larger = {name, EXIM_POLICY_MAX - 7};
    const struct span none = {NULL, 0};

    assert_int_equal(
        exim_encode_policy_request(largest, none, buf, EXIM_POLICY_MAX + 10), EXIM_POLICY_MAX);
    assert_int_equal(exim_encode_policy_request(larger, none, buf, EXIM_POLICY_MAX + 10), 0);
    free(buf);
    free(name);
}

static void a_verify_request_is_written_and_read_back(void **state)
{
    (void)state;
    struct exim_request request = good_request();
    struct exim_request back;
    const char *reason;

    request.addr = span_of("127.0.2.1");
    request.sni = span_of("mx.example.com");
    request.pid = span_of("12");
    request.mid = span_of("1abc-0");
    size_t len = exim_encode_verify_request(&request, chain, 2, out, sizeof(out));
    assert_true(len > 0);
    assert_int_equal(exim_line_parse(out, len, false, &back, &reason), EXIM_LINE_OK);
    assert_int_equal(back.verb, EXIM_VERIFY);
    assert_true(span_equal(back.domain, request.domain));
    assert_true(span_equal(back.host, request.host));
    assert_true(span_equal(back.port, request.port));
    assert_true(span_equal(back.addr, request.addr));
    assert_true(span_equal(back.sni, request.sni));
    assert_true(span_equal(back.pid, request.pid));
    assert_true(span_equal(back.mid, request.mid));
    assert_span(back.chain, "Zm9v Zm9vYg==");

    assert_int_equal(exim_encode_verify_request(&request, chain, 2, out, len), len);
    for (size_t cap = 0; cap < len; cap++)
        assert_int_equal(exim_encode_verify_request(&request, chain, 2, out, cap), 0);
}

static void a_verify_request_that_would_be_refused_is_not_written(void **state)
{
    (void)state;
    static const struct span empty_certificate[] = {{"", 0}};
    struct exim_request request = good_request();

    assert_true(exim_encode_verify_request(&request, chain, 1, out, sizeof(out)) > 0);
    assert_int_equal(exim_encode_verify_request(&request, chain, 0, out, sizeof(out)), 0);
    assert_int_equal(
        exim_encode_verify_request(&request, empty_certificate, 1, out, sizeof(out)), 0);
    request.domain.len = 0;
    assert_int_equal(exim_encode_verify_request(&request, chain, 1, out, sizeof(out)), 0);
    request = good_request();
    request.host = span_of("a b");
    assert_int_equal(exim_encode_verify_request(&request, chain, 1, out, sizeof(out)), 0);
    request = good_request();
    request.port = (struct span){NULL, 0};
    assert_int_equal(exim_encode_verify_request(&request, chain, 1, out, sizeof(out)), 0);
    request = good_request();
    request.sni = span_of("a\nb");
    assert_int_equal(exim_encode_verify_request(&request, chain, 1, out, sizeof(out)), 0);
}

static void a_verify_request_over_256_kib_is_not_written(void **state)
{
    (void)state;
    struct exim_request request = good_request();
    char *der = repeat('d', EXIM_VERIFY_MAX);
    char *buf = repeat('#', 2 * EXIM_VERIFY_MAX);
    struct span largest = {der, (EXIM_VERIFY_MAX - 256) / 4 * 3};
    struct span larger = {der, EXIM_VERIFY_MAX / 4 * 3};

    assert_true(exim_encode_verify_request(&request, &largest, 1, buf, 2 * EXIM_VERIFY_MAX) > 0);
    assert_int_equal(exim_encode_verify_request(&request, &larger, 1, buf, 2 * EXIM_VERIFY_MAX), 0);
    free(buf);
    free(der);
}

static void a_policy_reply_is_read(void **state)
{
    (void)state;
    struct exim_policy_reply reply;

    size_t len = exim_encode_policy_reply("dane-required", 3600, "all-dane", out, sizeof(out));
    assert_true(exim_parse_policy_reply(out, len, &reply));
    assert_span(reply.level, "dane-required");
    assert_int_equal(reply.ttl_s, 3600);
    assert_span(reply.reason, "all-dane");
    len = exim_encode_policy_reply("may", UINT32_MAX, "x", out, sizeof(out));
    assert_true(exim_parse_policy_reply(out, len, &reply));
    assert_int_equal(reply.ttl_s, UINT32_MAX);
    len = exim_encode_policy_reply("may", 0, "x", out, sizeof(out));
    assert_true(exim_parse_policy_reply(out, len, &reply));
    assert_int_equal(reply.ttl_s, 0);
}

static void every_cut_of_a_policy_reply_is_an_error(void **state)
{
    (void)state;
    const char *text = "level=may ttl=60 reason=bad-request\n";

    for (size_t len = 0; len < strlen(text); len++) {
        char *copy = exact_copy(text, len);
        struct exim_policy_reply reply;
        assert_false(exim_parse_policy_reply(copy, len, &reply));
        free(copy);
    }
}

static void a_policy_reply_that_is_odd_in_any_way_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"level=may ttl=60\n", "level=may reason=x\n",
        "ttl=60 reason=x\n", "ttl=60 level=may reason=x\n", "level= ttl=60 reason=x\n",
        "level=may ttl= reason=x\n", "level=may ttl=60 reason=\n", "level=may ttl=-1 reason=x\n",
        "level=may ttl=+1 reason=x\n", "level=may ttl=1s reason=x\n", "level=may ttl=01 reason=x\n",
        "level=may ttl=4294967296 reason=x\n", "level=may ttl=99999999999 reason=x\n",
        "level=may ttl=60 reason=x y\n", "level=may ttl=60 reason=x\n\n",
        "level=may ttl=60 reason=x\r\n", "level=may  ttl=60 reason=x\n",
        " level=may ttl=60 reason=x\n", "level=MAY ttl=60 reason=x\n",
        "level=may ttl=60 reason=x\nlevel=may ttl=60 reason=x\n", "OK may\n", "\n"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct exim_policy_reply reply = {.ttl_s = 77};
        assert_false(exim_parse_policy_reply(bad[i], strlen(bad[i]), &reply));
        assert_int_equal(reply.ttl_s, 77);
    }
}

static void expect_verdict(const char *text, enum exim_verdict expected, const char *expected_text)
{
    enum exim_verdict verdict;
    struct span got;

    assert_true(exim_parse_verify_reply(text, strlen(text), &verdict, &got));
    assert_int_equal(verdict, expected);
    assert_span(got, expected_text);
}

static void the_first_word_of_a_verify_reply_decides(void **state)
{
    (void)state;
    expect_verdict("OK 3 1 1 depth=0\n", EXIM_ACCEPT, "3 1 1 depth=0");
    expect_verdict("DENY OK\n", EXIM_DENY, "OK");
    expect_verdict("TEMP x OK\n", EXIM_TEMP, "x OK");
    expect_verdict("OK\n", EXIM_ACCEPT, "");
    expect_verdict("DENY \n", EXIM_DENY, "");
}

static void any_other_verify_reply_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "OK", "OK 3 1 1", "OKAY\n", "OKAY", "ok\n", " OK\n",
        "OK\tx\n", "OK x\n\n", "OK x\nDENY y\n", "OK x\r\n", "DENYx\n", "TEMPORARY\n", "OK=1\n",
        "level=may ttl=60 reason=x\n", "OK \xc3\xbc\n", "O\n", "D"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        enum exim_verdict verdict = EXIM_TEMP;
        struct span text = {NULL, 77};
        assert_false(exim_parse_verify_reply(bad[i], strlen(bad[i]), &verdict, &text));
        assert_int_equal(verdict, EXIM_TEMP);
        assert_int_equal(text.len, 77);
    }
    enum exim_verdict verdict;
    struct span text;
    assert_false(exim_parse_verify_reply("OK a\0b\n", 7, &verdict, &text));
    assert_false(exim_parse_verify_reply("OK\0\n", 4, &verdict, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_request_is_written),
        cmocka_unit_test(a_policy_request_that_would_be_misread_is_not_written),
        cmocka_unit_test(the_largest_policy_request_is_4096_octets),
        cmocka_unit_test(a_verify_request_is_written_and_read_back),
        cmocka_unit_test(a_verify_request_that_would_be_refused_is_not_written),
        cmocka_unit_test(a_verify_request_over_256_kib_is_not_written),
        cmocka_unit_test(a_policy_reply_is_read),
        cmocka_unit_test(every_cut_of_a_policy_reply_is_an_error),
        cmocka_unit_test(a_policy_reply_that_is_odd_in_any_way_is_an_error),
        cmocka_unit_test(the_first_word_of_a_verify_reply_decides),
        cmocka_unit_test(any_other_verify_reply_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
