/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_exim_line.c - tests of proto/exim_line.
 */
#include "tests/unit/proto/proto_test.h"

#include <stdio.h>

#include "proto/exim_line.h"

#define VERIFY_HEAD "VERIFY domain=example.com host=mx.example.com port=25 "

static struct exim_request request;
static const char *reason;
static char *input; /* what request points into */

static enum exim_line_status parse_octets(const char *data, size_t len, bool eof)
{
    free(input);
    input = exact_copy(data, len);
    memset(&request, 0x55, sizeof(request));
    reason = NULL;
    return exim_line_parse(input, len, eof, &request, &reason);
}

static enum exim_line_status parse(const char *text, bool eof)
{
    return parse_octets(text, strlen(text), eof);
}

static void expect_bad(const char *text, bool eof, enum exim_verb verb, const char *expected)
{
    assert_int_equal(parse(text, eof), EXIM_LINE_BAD);
    assert_non_null(reason);
    assert_string_equal(reason, expected);
    assert_int_equal(request.verb, verb);
    assert_no_span(request.destination);
    assert_no_span(request.domain);
    assert_no_span(request.chain);
}

static int free_input(void **state)
{
    (void)state;
    free(input);
    input = NULL;
    return 0;
}

static void a_policy_request_names_a_destination(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "POLICY example.com\n", "POLICY example.com\r\n", "POLICY example.com  \n"};

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(parse(forms[i], false), EXIM_LINE_OK);
        assert_int_equal(request.verb, EXIM_POLICY);
        assert_span(request.destination, "example.com");
        assert_no_span(request.host);
        assert_no_span(request.chain);
    }
    assert_int_equal(parse("POLICY [mx.example.com]:2525", true), EXIM_LINE_OK);
    assert_span(request.destination, "[mx.example.com]:2525");
    assert_int_equal(parse("POLICY b\xc3\xbc.example\n", true), EXIM_LINE_OK);
    assert_span(request.destination, "b\xc3\xbc.example");
}

static void a_policy_request_may_name_a_host(void **state)
{
    (void)state;
    assert_int_equal(parse("POLICY example.com host=mx.example.com\n", false), EXIM_LINE_OK);
    assert_span(request.destination, "example.com");
    assert_span(request.host, "mx.example.com");
}

static void an_empty_destination_is_parsed_for_the_caller_to_refuse(void **state)
{
    (void)state;
    static const char *const forms[] = {"POLICY \n", "POLICY\n", "POLICY\r\n", "POLICY  \n"};

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(parse(forms[i], false), EXIM_LINE_OK);
        assert_int_equal(request.verb, EXIM_POLICY);
        assert_span(request.destination, "");
    }
    assert_int_equal(parse("POLICY", true), EXIM_LINE_OK);
    assert_span(request.destination, "");
}

static void an_empty_destination_does_not_make_one_of_the_host(void **state)
{
    (void)state;
    assert_int_equal(parse("POLICY  host=mx.example.com\n", false), EXIM_LINE_OK);
    assert_span(request.destination, "");
    assert_span(request.host, "mx.example.com");
    expect_bad("POLICY host=mx.example.com\n", false, EXIM_POLICY, "destination with \"=\" in it");
}

static void unknown_keys_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(parse("POLICY a x=1 domain=b x=2 hosts=c HOST=d\n", false), EXIM_LINE_OK);
    assert_no_span(request.host);
    assert_no_span(request.domain);
    assert_int_equal(parse(VERIFY_HEAD "new=1 destination=x chain=AAAA\n", false), EXIM_LINE_OK);
    assert_no_span(request.destination);
}

static void a_malformed_policy_request_is_refused_with_a_reason(void **state)
{
    (void)state;
    expect_bad("POLICY a host=b host=b\n", false, EXIM_POLICY, "key given twice");
    expect_bad("POLICY a host=\n", false, EXIM_POLICY, "empty host");
    expect_bad("POLICY a b\n", false, EXIM_POLICY, "word that is not key=value");
    expect_bad("POLICY a =b\n", false, EXIM_POLICY, "word that is not key=value");
    expect_bad("POLICY a\rb\n", false, EXIM_POLICY, "control octet in request");
    expect_bad("POLICY\ra\n", false, EXIM_POLICY, "control octet in request");
    expect_bad("POLICY a\tb\n", false, EXIM_POLICY, "control octet in request");
    expect_bad("POLICY a\nPOLICY b\n", false, EXIM_POLICY, "octets after the end of the request");
    expect_bad("POLICY a\n\n", true, EXIM_POLICY, "octets after the end of the request");
    assert_int_equal(parse_octets("POLICY a\0b\n", 11, false), EXIM_LINE_BAD);
    assert_string_equal(reason, "control octet in request");
}

static void a_verify_request_has_all_its_values(void **state)
{
    (void)state;
    static const char *const verbs[] = {"VERIFY", "CHAIN"};

    for (size_t i = 0; i < 2; i++) {
        char line[256];
        snprintf(line, sizeof(line),
            "%s pid=12 mid=1abc-0 domain=example.com host=mx.example.com addr=127.0.2.1 port=25"
            " sni=mx.example.com chain=Zm9v Zm9vYg==\n",
            verbs[i]);
        assert_int_equal(parse(line, false), EXIM_LINE_OK);
        assert_int_equal(request.verb, EXIM_VERIFY);
        assert_span(request.domain, "example.com");
        assert_span(request.host, "mx.example.com");
        assert_span(request.port, "25");
        assert_span(request.addr, "127.0.2.1");
        assert_span(request.sni, "mx.example.com");
        assert_span(request.pid, "12");
        assert_span(request.mid, "1abc-0");
        assert_span(request.chain, "Zm9v Zm9vYg==");
        assert_no_span(request.destination);
    }
}

static void optional_values_may_be_missing_or_empty(void **state)
{
    (void)state;
    assert_int_equal(parse(VERIFY_HEAD "sni= chain=Zm9v", true), EXIM_LINE_OK);
    assert_span(request.sni, "");
    assert_no_span(request.addr);
    assert_no_span(request.pid);
    assert_no_span(request.mid);
}

static void a_value_may_hold_an_equals_sign(void **state)
{
    (void)state;
    assert_int_equal(parse(VERIFY_HEAD "mid=a=b chain=Zm9v\n", false), EXIM_LINE_OK);
    assert_span(request.mid, "a=b");
}

static void a_verify_request_needs_domain_host_port_and_chain(void **state)
{
    (void)state;
    expect_bad("VERIFY\n", false, EXIM_VERIFY, "no domain");
    expect_bad("VERIFY host=a port=25 chain=Zm9v\n", false, EXIM_VERIFY, "no domain");
    expect_bad("VERIFY domain= host=a port=25 chain=Zm9v\n", false, EXIM_VERIFY, "no domain");
    expect_bad("VERIFY domain=a port=25 chain=Zm9v\n", false, EXIM_VERIFY, "no host");
    expect_bad("VERIFY domain=a host= port=25 chain=Zm9v\n", false, EXIM_VERIFY, "empty host");
    expect_bad("VERIFY domain=a host=b chain=Zm9v\n", false, EXIM_VERIFY, "no port");
    expect_bad("VERIFY domain=a host=b port= chain=Zm9v\n", false, EXIM_VERIFY, "no port");
    expect_bad("VERIFY domain=a host=b port=25\n", false, EXIM_VERIFY, "no chain");
    expect_bad("VERIFY domain=a host=b port=25 chain=\n", false, EXIM_VERIFY, "no chain");
    expect_bad("CHAIN", true, EXIM_VERIFY, "no domain");
}

static void each_known_key_given_twice_is_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"domain", "host", "port", "addr", "sni", "pid", "mid"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        char line[256];
        /* The first three are in the head already, once; the others are put in twice. */
        if (i < 3)
            snprintf(line, sizeof(line), VERIFY_HEAD "%s= chain=Zm9v\n", keys[i]);
        else
            snprintf(line, sizeof(line), VERIFY_HEAD "%s= %s= chain=Zm9v\n", keys[i], keys[i]);
        expect_bad(line, false, EXIM_VERIFY, "key given twice");
    }
}

static void the_chain_is_last_on_the_line(void **state)
{
    (void)state;
    static const char bad[] = "chain that is not certificates in base64";

    expect_bad("VERIFY domain=a port=25 chain=Zm9v host=b\n", false, EXIM_VERIFY, "no host");
    expect_bad(VERIFY_HEAD "chain=Zm9v sni=\n", false, EXIM_VERIFY, bad);
    expect_bad(VERIFY_HEAD "chain=Zm9v mid=Zm9v\n", false, EXIM_VERIFY, bad);
    expect_bad(VERIFY_HEAD "chain=Zm9v chain=Zm9v\n", false, EXIM_VERIFY, bad);
    expect_bad(VERIFY_HEAD "chain=Zm9v,Zm9v\n", false, EXIM_VERIFY, bad);
    expect_bad(VERIFY_HEAD "chain=Zm9\n", false, EXIM_VERIFY, bad);
    expect_bad(VERIFY_HEAD "chain=  \n", false, EXIM_VERIFY, bad);
}

static void a_malformed_verify_request_is_refused_with_a_reason(void **state)
{
    (void)state;
    expect_bad("VERIFY domain host=b\n", false, EXIM_VERIFY, "word that is not key=value");
    expect_bad("VERIFY example.com\n", false, EXIM_VERIFY, "word that is not key=value");
    expect_bad(VERIFY_HEAD "chain=Zm9v\nQUIT\n", false, EXIM_VERIFY,
        "octets after the end of the request");
    expect_bad(VERIFY_HEAD "chain=Zm9v\tZm9v\n", false, EXIM_VERIFY, "control octet in request");
}

static void an_unknown_command_is_refused_as_soon_as_it_is_known(void **state)
{
    (void)state;
    static const char *const bad[] = {"X", "p", "policy", "Q", "PX", "POLICX", "POLICYX",
        "POLICY\t", "POLICY=", "CHAINS", "CHAIM", "VERIFYING", " ", "\n", "\r", "GET / HTTP/1.1",
        "EHLO"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_bad(bad[i], false, EXIM_UNKNOWN, "unknown command");
    assert_int_equal(parse_octets("POLICY\0", 7, false), EXIM_LINE_BAD);
    expect_bad("POLIC", true, EXIM_UNKNOWN, "unknown command");
    expect_bad("POLIC\n", false, EXIM_UNKNOWN, "unknown command");
    expect_bad("", true, EXIM_UNKNOWN, "empty request");
}

static void every_prefix_asks_for_more_and_tells_the_verb_when_it_is_known(void **state)
{
    (void)state;
    static const char *const lines[] = {"POLICY example.com host=mx.example.com\r\n",
        VERIFY_HEAD "chain=Zm9v\n", "CHAIN domain=a host=b port=c chain=AAAA\n"};

    for (size_t i = 0; i < 3; i++) {
        size_t verb_len = strcspn(lines[i], " ");
        for (size_t len = 0; len < strlen(lines[i]); len++) {
            assert_int_equal(parse_octets(lines[i], len, false), EXIM_LINE_MORE);
            enum exim_verb verb = i == 0 ? EXIM_POLICY : EXIM_VERIFY;
            assert_int_equal(request.verb, len > verb_len ? verb : EXIM_UNKNOWN);
            assert_no_span(request.host);
        }
        assert_int_equal(parse(lines[i], false), EXIM_LINE_OK);
    }
}

static void a_policy_line_of_4096_octets_is_taken_and_one_longer_is_not(void **state)
{
    (void)state;
    char *line = repeat('a', EXIM_POLICY_MAX + 1);

    memcpy(line, "POLICY ", 7);
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX - 1, false), EXIM_LINE_MORE);
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX - 1, true), EXIM_LINE_OK);
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX, false), EXIM_LINE_BAD);
    assert_string_equal(reason, "request too long");
    assert_int_equal(request.verb, EXIM_POLICY);
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX, true), EXIM_LINE_BAD);
    line[EXIM_POLICY_MAX - 1] = '\n';
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX, false), EXIM_LINE_OK);
    assert_int_equal(request.destination.len, EXIM_POLICY_MAX - 8);
    line[EXIM_POLICY_MAX - 1] = 'a';
    line[EXIM_POLICY_MAX] = '\n';
    assert_int_equal(parse_octets(line, EXIM_POLICY_MAX + 1, false), EXIM_LINE_BAD);
    free(line);
}

static void a_verify_line_of_256_kib_is_taken_and_one_longer_is_not(void **state)
{
    (void)state;
    static const char head[] = VERIFY_HEAD "chain=";
    const size_t head_len = sizeof(head) - 1;
    char *line = repeat('A', EXIM_VERIFY_MAX + 1);

    memcpy(line, head, head_len);
    /* A chain's length is a multiple of four: blanks behind it fill the line up. */
    size_t chain_len = (EXIM_VERIFY_MAX - 1 - head_len) / 4 * 4;
    memset(line + head_len + chain_len, ' ', EXIM_VERIFY_MAX + 1 - head_len - chain_len);
    assert_int_equal(parse_octets(line, EXIM_VERIFY_MAX - 1, false), EXIM_LINE_MORE);
    assert_int_equal(parse_octets(line, EXIM_VERIFY_MAX - 1, true), EXIM_LINE_OK);
    assert_int_equal(parse_octets(line, EXIM_VERIFY_MAX, false), EXIM_LINE_BAD);
    assert_string_equal(reason, "request too long");
    assert_int_equal(request.verb, EXIM_VERIFY);
    line[EXIM_VERIFY_MAX] = '\n';
    assert_int_equal(parse_octets(line, EXIM_VERIFY_MAX + 1, false), EXIM_LINE_BAD);
    line[EXIM_VERIFY_MAX - 1] = '\n';
    assert_int_equal(parse_octets(line, EXIM_VERIFY_MAX, false), EXIM_LINE_OK);
    free(line);
}

static void the_chain_is_walked_leaf_first(void **state)
{
    (void)state;
    struct exim_chain chain;
    uint8_t der[8];
    size_t len = 77;

    assert_int_equal(parse(VERIFY_HEAD "chain= Zm9v  Zm9vYg==  \n", false), EXIM_LINE_OK);
    exim_chain_init(&chain, request.chain);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_OK);
    assert_int_equal(len, 3);
    assert_memory_equal(der, "foo", 3);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(der, "foob", 4);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_END);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_END);
    assert_int_equal(len, 4);
}

static void a_certificate_too_long_for_the_buffer_ends_the_walk_as_bad(void **state)
{
    (void)state;
    struct exim_chain chain;
    uint8_t der[3];
    size_t len = 77;

    exim_chain_init(&chain, span_of("Zm9v Zm9vYg== Zm9v"));
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_OK);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_BAD);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_BAD);
    assert_int_equal(len, 3);
}

static void a_chain_that_is_not_base64_ends_the_walk_as_bad(void **state)
{
    (void)state;
    struct exim_chain chain;
    uint8_t der[8];
    size_t len;

    exim_chain_init(&chain, span_of("Zm9 Zm9v"));
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_BAD);
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_BAD);
    exim_chain_init(&chain, (struct span){NULL, 0});
    assert_int_equal(exim_chain_next(&chain, der, sizeof(der), &len), EXIM_CHAIN_END);
}

static void a_policy_reply_has_three_fields(void **state)
{
    (void)state;
    static const char expected[] = "level=dane-required ttl=4294967295 reason=all-dane\n";
    const size_t len = sizeof(expected) - 1;
    char *out = repeat('#', len);

    assert_int_equal(
        exim_encode_policy_reply("dane-required", UINT32_MAX, "all-dane", out, len), len);
    assert_memory_equal(out, expected, len);
    assert_int_equal(
        exim_encode_policy_reply("dane-required", UINT32_MAX, "all-dane", out, len - 1), 0);
    free(out);
}

static void a_policy_reply_is_made_of_tokens_only(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a b", "a\n", "A", "a=b", "a_b", "\xc3"};
    char out[256];
    char *longest = repeat('a', EXIM_TOKEN_MAX + 1);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(exim_encode_policy_reply(bad[i], 0, "ok", out, sizeof(out)), 0);
        assert_int_equal(exim_encode_policy_reply("may", 0, bad[i], out, sizeof(out)), 0);
    }
    assert_int_equal(exim_encode_policy_reply("may", 0, longest, out, sizeof(out)), 0);
    assert_true(exim_encode_policy_reply("may", 0, longest + 1, out, sizeof(out)) > 0);
    assert_true(
        exim_encode_policy_reply(longest + 1, UINT32_MAX, longest + 1, out, sizeof(out)) > 0);
    free(longest);
}

static void expect_verdict(enum exim_verdict verdict, const char *text, const char *wire)
{
    size_t len = strlen(wire);
    char *out = repeat('#', len);

    assert_int_equal(exim_encode_verify_reply(verdict, text, strlen(text), out, len), len);
    assert_memory_equal(out, wire, len);
    for (size_t cap = 0; cap < len; cap++)
        assert_int_equal(exim_encode_verify_reply(verdict, text, strlen(text), out, cap), 0);
    free(out);
}

static void a_verify_reply_begins_with_its_word(void **state)
{
    (void)state;
    expect_verdict(EXIM_ACCEPT, "3 1 1 depth=0", "OK 3 1 1 depth=0\n");
    expect_verdict(EXIM_DENY, "no record matches", "DENY no record matches\n");
    expect_verdict(EXIM_TEMP, "time-out", "TEMP time-out\n");
}

static void no_text_can_end_the_line_of_a_verify_reply(void **state)
{
    (void)state;
    char out[16];

    expect_verdict(EXIM_DENY, "a\r\nOK b\x7f\xff", "DENY a??OK b??\n");
    assert_int_equal(exim_encode_verify_reply(EXIM_DENY, "a\0b", 3, out, sizeof(out)), 9);
    assert_memory_equal(out, "DENY a?b\n", 9);
}

static void a_verify_reply_is_never_without_a_text(void **state)
{
    (void)state;
    expect_verdict(EXIM_ACCEPT, "", "TEMP internal error: empty answer\n");
    expect_verdict(EXIM_DENY, "", "DENY internal error: empty answer\n");
    expect_verdict(EXIM_TEMP, "", "TEMP internal error: empty answer\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_request_names_a_destination),
        cmocka_unit_test(a_policy_request_may_name_a_host),
        cmocka_unit_test(an_empty_destination_is_parsed_for_the_caller_to_refuse),
        cmocka_unit_test(an_empty_destination_does_not_make_one_of_the_host),
        cmocka_unit_test(unknown_keys_are_ignored),
        cmocka_unit_test(a_malformed_policy_request_is_refused_with_a_reason),
        cmocka_unit_test(a_verify_request_has_all_its_values),
        cmocka_unit_test(optional_values_may_be_missing_or_empty),
        cmocka_unit_test(a_value_may_hold_an_equals_sign),
        cmocka_unit_test(a_verify_request_needs_domain_host_port_and_chain),
        cmocka_unit_test(each_known_key_given_twice_is_refused),
        cmocka_unit_test(the_chain_is_last_on_the_line),
        cmocka_unit_test(a_malformed_verify_request_is_refused_with_a_reason),
        cmocka_unit_test(an_unknown_command_is_refused_as_soon_as_it_is_known),
        cmocka_unit_test(every_prefix_asks_for_more_and_tells_the_verb_when_it_is_known),
        cmocka_unit_test(a_policy_line_of_4096_octets_is_taken_and_one_longer_is_not),
        cmocka_unit_test(a_verify_line_of_256_kib_is_taken_and_one_longer_is_not),
        cmocka_unit_test(the_chain_is_walked_leaf_first),
        cmocka_unit_test(a_certificate_too_long_for_the_buffer_ends_the_walk_as_bad),
        cmocka_unit_test(a_chain_that_is_not_base64_ends_the_walk_as_bad),
        cmocka_unit_test(a_policy_reply_has_three_fields),
        cmocka_unit_test(a_policy_reply_is_made_of_tokens_only),
        cmocka_unit_test(a_verify_reply_begins_with_its_word),
        cmocka_unit_test(no_text_can_end_the_line_of_a_verify_reply),
        cmocka_unit_test(a_verify_reply_is_never_without_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, free_input);
}
