/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_destination.c - the keys that MTAs ask with, and what cannot be one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/destination.h"

/* Parses a key from memory of just its size, so that the sanitizers see one octet too many. */
static enum destination_error parse(const char *key, size_t len, struct destination *out)
{
    char *exact = malloc(len > 0 ? len : 1);

    assert_non_null(exact);
    memcpy(exact, key, len);
    enum destination_error error = destination_parse(exact, len, out);
    free(exact);
    return error;
}

static void assert_key(const char *key, enum destination_kind kind, const char *text)
{
    struct destination destination;
    struct destination again;
    char written[DESTINATION_TEXT_MAX];

    enum destination_error error = parse(key, strlen(key), &destination);
    if (error != DESTINATION_OK)
        fail_msg("\"%s\": %s", key, destination_error_text(error));
    assert_int_equal(destination.kind, kind);
    assert_int_equal(destination_to_text(&destination, written), strlen(text));
    assert_string_equal(written, text);
    assert_int_equal(parse(text, strlen(text), &again), DESTINATION_OK);
    assert_true(destination_equal(&destination, &again));
    assert_int_equal(destination.name.len == 0, kind == DESTINATION_ADDRESS);
    assert_int_equal(destination.address[0] == '\0', kind != DESTINATION_ADDRESS);
}

static void assert_refused(const char *key, size_t len, enum destination_error expected)
{
    struct destination destination = {.port = 4711};

    enum destination_error error = parse(key, len, &destination);
    if (error != expected)
        fail_msg("\"%.*s\": \"%s\" instead of \"%s\"", (int)len, key, destination_error_text(error),
            destination_error_text(expected));
    assert_int_equal(destination.port, 4711);
}

#define REFUSED(key, error) assert_refused("" key, sizeof key - 1, DESTINATION_##error)

static void a_domain_is_folded_and_loses_one_trailing_dot(void **state)
{
    (void)state;
    assert_key("example.com", DESTINATION_DOMAIN, "example.com");
    assert_key("Bad.Example", DESTINATION_DOMAIN, "bad.example");
    assert_key("example.com.", DESTINATION_DOMAIN, "example.com");
    assert_key("EXAMPLE.com.:25", DESTINATION_DOMAIN, "example.com");
    assert_key("example.com.:2525", DESTINATION_DOMAIN, "example.com:2525");
    assert_key("com", DESTINATION_DOMAIN, "com");
    REFUSED("example.com..", EMPTY_LABEL);
    REFUSED("[mx.example.com..]", EMPTY_LABEL);
    REFUSED("example.com..:25", EMPTY_LABEL);
}

static void a_bracketed_host_is_a_host(void **state)
{
    (void)state;
    assert_key("[mx.example.com]", DESTINATION_HOST, "[mx.example.com]");
    assert_key("[MX.Example.COM]", DESTINATION_HOST, "[mx.example.com]");
    assert_key("[mx.example.com.]", DESTINATION_HOST, "[mx.example.com]");
    assert_key("[mx.example.com]:2525", DESTINATION_HOST, "[mx.example.com]:2525");
    assert_key("[mx.example.com.]:submission", DESTINATION_HOST, "[mx.example.com]:587");
    assert_key("[localhost]", DESTINATION_HOST, "[localhost]");
    assert_key("[1.2.3]", DESTINATION_HOST, "[1.2.3]");
}

static void an_address_is_recognised_in_brackets_only(void **state)
{
    (void)state;
    assert_key("[127.0.2.1]", DESTINATION_ADDRESS, "[127.0.2.1]");
    assert_key("[127.0.2.1]:2525", DESTINATION_ADDRESS, "[127.0.2.1]:2525");
    assert_key("[IPv6:fd00:25::2]:2526", DESTINATION_ADDRESS, "[fd00:25::2]:2526");
    assert_key("[ipv6:FD00:25:0::2]", DESTINATION_ADDRESS, "[fd00:25::2]");
    assert_key("[fd00:25::2]:2526", DESTINATION_ADDRESS, "[fd00:25::2]:2526");
    assert_key("[::1]", DESTINATION_ADDRESS, "[::1]");
    assert_key("[::]", DESTINATION_ADDRESS, "[::]");
    assert_key("[IPV6:::ffff:192.0.2.1]", DESTINATION_ADDRESS, "[::ffff:192.0.2.1]");
    assert_key("[1111:2222:3333:4444:5555:6666:123.123.123.123]", DESTINATION_ADDRESS,
        "[1111:2222:3333:4444:5555:6666:7b7b:7b7b]");
    assert_key("[192.0.2.1.]", DESTINATION_ADDRESS, "[192.0.2.1]");
    assert_key("192.0.2.1", DESTINATION_DOMAIN, "192.0.2.1");
    assert_key("192.0.2.1:25", DESTINATION_DOMAIN, "192.0.2.1");
    REFUSED("fd00::1", BAD_COLON);
    REFUSED("fd00:25:0:0:0:0:0:1", BAD_COLON);
    REFUSED("IPv6:fd00::1", BAD_COLON);
}

static void a_colon_in_brackets_is_an_ipv6_address_or_an_error(void **state)
{
    (void)state;
    REFUSED("[mx.example.com:25]", BAD_ADDRESS);
    REFUSED("[IPv6:192.0.2.1]", BAD_ADDRESS);
    REFUSED("[IPv6:]", BAD_ADDRESS);
    REFUSED("[IPv6:mx.example.com]", BAD_ADDRESS);
    REFUSED("[:]", BAD_ADDRESS);
    REFUSED("[fe80::1%eth0]", BAD_ADDRESS);
    REFUSED("[fd00:::1]", BAD_ADDRESS);
    REFUSED("[fd00::12345]", BAD_ADDRESS);
    REFUSED("[1:2:3:4:5:6:7:8:9]", BAD_ADDRESS);
    REFUSED("[IPv6:IPv6:fd00::1]", BAD_ADDRESS);
    REFUSED("[fd00::1.]", BAD_ADDRESS);
    REFUSED("[IPv4:192.0.2.1]", BAD_ADDRESS);
    REFUSED("[0000000000:0000000000:0000000000:0000000000:1]", BAD_ADDRESS);
}

static void a_port_is_a_number_or_a_known_service(void **state)
{
    (void)state;
    assert_key("example.com:1", DESTINATION_DOMAIN, "example.com:1");
    assert_key("example.com:65535", DESTINATION_DOMAIN, "example.com:65535");
    assert_key("example.com:025", DESTINATION_DOMAIN, "example.com");
    assert_key("example.com:smtp", DESTINATION_DOMAIN, "example.com");
    assert_key("example.com:smtps", DESTINATION_DOMAIN, "example.com:465");
    assert_key("example.com:submission", DESTINATION_DOMAIN, "example.com:587");
    assert_key("example.com:submissions", DESTINATION_DOMAIN, "example.com:465");
    assert_key("[a.b]:SMTPS", DESTINATION_HOST, "[a.b]:465");
    REFUSED("example.com:", BAD_PORT);
    REFUSED("[mx.example.com]:", BAD_PORT);
    REFUSED("example.com:0", BAD_PORT);
    REFUSED("example.com:00", BAD_PORT);
    REFUSED("example.com:65536", BAD_PORT);
    REFUSED("example.com:4294967321", BAD_PORT);
    REFUSED("example.com:18446744073709551641", BAD_PORT);
    REFUSED("example.com:+25", BAD_SERVICE);
    REFUSED("example.com:-1", BAD_SERVICE);
    REFUSED("example.com:25x", BAD_SERVICE);
    REFUSED("example.com:0x19", BAD_SERVICE);
    REFUSED("example.com:smt", BAD_SERVICE);
    REFUSED("example.com:smtpx", BAD_SERVICE);
    REFUSED("example.com:lmtp", BAD_SERVICE);
    REFUSED("example.com:25.", BAD_SERVICE);
    REFUSED("example.com:\xef\xbc\x92\xef\xbc\x95", BAD_SERVICE);
    REFUSED("example.com:25:25", BAD_COLON);
    REFUSED("[mx.example.com]:25:25", BAD_SERVICE);
}

static void a_leading_dot_makes_a_parent(void **state)
{
    (void)state;
    assert_key(".com", DESTINATION_PARENT, ".com");
    assert_key(".Example", DESTINATION_PARENT, ".example");
    assert_key(".example.com.", DESTINATION_PARENT, ".example.com");
    assert_key(".b\xc3\xbc"
               "cher.example",
        DESTINATION_PARENT, ".xn--bcher-kva.example");
    REFUSED(".", EMPTY);
    REFUSED("..", EMPTY);
    REFUSED("...", EMPTY_LABEL);
    REFUSED("..com", EMPTY_LABEL);
    REFUSED(".com:25", PARENT_PORT);
    REFUSED("[.com]", EMPTY_LABEL);
}

static void nothing_is_not_a_destination(void **state)
{
    (void)state;
    REFUSED("", EMPTY);
    REFUSED(":25", EMPTY);
    REFUSED("[]", EMPTY);
    REFUSED("[]:25", EMPTY);
    REFUSED("[.]", EMPTY);
    REFUSED(".:25", EMPTY);
    REFUSED("\xe3\x80\x82", EMPTY); /* an ideographic full stop is a dot */
}

static void brackets_enclose_the_whole_host(void **state)
{
    (void)state;
    REFUSED("[", BAD_BRACKETS);
    REFUSED("]", BAD_BRACKETS);
    REFUSED("][", BAD_BRACKETS);
    REFUSED("[mx.example.com", BAD_BRACKETS);
    REFUSED("mx.example.com]", BAD_BRACKETS);
    REFUSED("[[mx.example.com]]", BAD_BRACKETS);
    REFUSED("[mx.example.com]]", BAD_BRACKETS);
    REFUSED("[mx.example.com]25", BAD_BRACKETS);
    REFUSED("[mx.example.com].", BAD_BRACKETS);
    REFUSED("[mx.example.com].:25", BAD_BRACKETS);
    REFUSED("[mx.example.com]:[25]", BAD_BRACKETS);
    REFUSED("[mx.example.com]:25]", BAD_BRACKETS);
    REFUSED(".[mx.example.com]", BAD_BRACKETS);
    REFUSED("a[b]", BAD_BRACKETS);
    REFUSED("example.com:[25]", BAD_BRACKETS);
}

static void only_host_name_characters_stand_in_a_name(void **state)
{
    char key[] = "a?b.example";

    (void)state;
    for (int octet = 0; octet < 128; octet++) {
        struct destination destination;
        key[1] = (char)octet;
        bool plain = octet != 0 && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-_.",
                                       octet);
        enum destination_error error = parse(key, strlen("a?b.example"), &destination);
        assert_int_equal(error == DESTINATION_OK, plain);
        if (octet <= ' ' || octet == 127)
            assert_int_equal(error, DESTINATION_BAD_CHARACTER);
    }
    REFUSED("example.com\0.evil.example", BAD_CHARACTER);
    REFUSED("example.com\0", BAD_CHARACTER);
    REFUSED("[192.0.2.1\0]", BAD_CHARACTER);
    REFUSED(" example.com", BAD_CHARACTER);
    REFUSED("example.com ", BAD_CHARACTER);
    REFUSED("example.com:25 ", BAD_CHARACTER);
    REFUSED("example.com\r\n", BAD_CHARACTER);
    REFUSED("a\\.b.example", BAD_CHARACTER);
    REFUSED("user@example.com", BAD_CHARACTER);
    REFUSED("*.example.com", BAD_CHARACTER);
}

static void unusual_ascii_labels_that_exist_are_taken_as_they_are(void **state)
{
    (void)state;
    assert_key("ab--c.example", DESTINATION_DOMAIN, "ab--c.example");
    assert_key("-a.b-.example", DESTINATION_DOMAIN, "-a.b-.example");
    assert_key("_dmarc.under_score.example", DESTINATION_DOMAIN, "_dmarc.under_score.example");
    assert_key("xn--bcher-kva.example", DESTINATION_DOMAIN, "xn--bcher-kva.example");
    assert_key("xn--zzzzzzzzz.example", DESTINATION_DOMAIN, "xn--zzzzzzzzz.example");
    assert_key("-", DESTINATION_DOMAIN, "-");
    assert_key("123", DESTINATION_DOMAIN, "123");
}

static void utf8_names_become_a_labels(void **state)
{
    (void)state;
    assert_key("b\xc3\xbc"
               "cher.example",
        DESTINATION_DOMAIN, "xn--bcher-kva.example");
    assert_key("B\xc3\x9c"
               "CHER.Example.",
        DESTINATION_DOMAIN, "xn--bcher-kva.example");
    assert_key("bu\xcc\x88"
               "cher.example",
        DESTINATION_DOMAIN, "xn--bcher-kva.example");
    assert_key("[b\xc3\xbc"
               "cher.example]:587",
        DESTINATION_HOST, "[xn--bcher-kva.example]:587");
    assert_key("b\xc3\xbc"
               "cher.example:25",
        DESTINATION_DOMAIN, "xn--bcher-kva.example");
    /* Non-transitional: a sharp s stays one. */
    assert_key("fa\xc3\x9f.example", DESTINATION_DOMAIN, "xn--fa-hia.example");
    /* Its neighbours are none of libidn2's business. */
    assert_key("ab--c.b\xc3\xbc"
               "cher.example",
        DESTINATION_DOMAIN, "ab--c.xn--bcher-kva.example");
    assert_key("_x.\xc3\xbc.-a", DESTINATION_DOMAIN, "_x.xn--tda.-a");
}

static void what_idna_makes_is_checked_again(void **state)
{
    (void)state;
    /* Full-width and ideographic dots separate labels, full-width letters are letters. */
    assert_key("a\xef\xbc\x8e"
               "b\xe3\x80\x82"
               "c",
        DESTINATION_DOMAIN, "a.b.c");
    assert_key("\xef\xbd\x81\xef\xbd\x82.example", DESTINATION_DOMAIN, "ab.example");
    assert_key("\xc3\xbc\xe3\x80\x82", DESTINATION_DOMAIN, "xn--tda");
    REFUSED("\xc3\xbc\xe3\x80\x82.", EMPTY_LABEL);
    REFUSED("\xc3\xbc\xe3\x80\x82\xe3\x80\x82"
            "a",
        EMPTY_LABEL);
    REFUSED("\xe3\x80\x82"
            "com",
        EMPTY_LABEL);
    /* U+2100 becomes "a/c"; a full-width colon must not make a port, nor brackets a host. */
    REFUSED("\xe2\x84\x80.example", BAD_CHARACTER);
    REFUSED("a.\xef\xbc\x9a"
            "25",
        BAD_CHARACTER);
    REFUSED("\xef\xbc\xbb"
            "a\xef\xbc\xbd",
        BAD_CHARACTER);
    /* An address in full-width digits is one. */
    assert_key("[\xef\xbc\x91.2.3.4]", DESTINATION_ADDRESS, "[1.2.3.4]");
}

static void what_idna_forbids_is_refused(void **state)
{
    (void)state;
    REFUSED("\xe2\x98\x83.example", BAD_IDN); /* a snowman */
    REFUSED("a\xe2\x80\x8d"
            "b.example",
        BAD_IDN); /* a joiner between Latin letters */
    REFUSED("-\xc3\xbc.example", BAD_IDN);
    REFUSED("\xcc\x88"
            "a.example",
        BAD_IDN); /* begins with a combining mark */
    REFUSED("\xe2\x80\xae"
            "a.example",
        BAD_IDN);                                     /* right-to-left override */
    REFUSED("\xc3\xbc\xef\xbf\xbd.example", BAD_IDN); /* the replacement character */
}

static void malformed_utf8_is_refused(void **state)
{
    (void)state;
    REFUSED("b\xfc"
            "cher.example",
        BAD_UTF8); /* Latin-1 */
    REFUSED("\xc3", BAD_UTF8);
    REFUSED("a\xe3\x80", BAD_UTF8);
    REFUSED("\x80.example", BAD_UTF8);
    REFUSED("\xc0\xae.example", BAD_UTF8); /* an overlong dot */
    REFUSED("\xe0\x80\xae.example", BAD_UTF8);
    REFUSED("\xed\xa0\x80.example", BAD_UTF8);     /* a surrogate */
    REFUSED("\xf4\x90\x80\x80.example", BAD_UTF8); /* above U+10FFFF */
    REFUSED("\xff.example", BAD_UTF8);
    REFUSED("[\xc3]", BAD_UTF8);
}

static void labels_and_names_have_their_limits(void **state)
{
    char key[1200];

    (void)state;
    memset(key, 'a', sizeof key);
    struct destination destination;
    assert_int_equal(parse(key, 63, &destination), DESTINATION_OK);
    assert_refused(key, 64, DESTINATION_LONG_LABEL);
    for (size_t i = 63; i < sizeof key; i += 64)
        key[i] = '.';
    assert_int_equal(parse(key, 253, &destination), DESTINATION_OK);
    assert_int_equal(destination.name.len, 255);
    assert_refused(key, 254, DESTINATION_LONG_NAME);
    assert_refused(key, 600, DESTINATION_LONG_NAME);
    assert_refused(key, 1000, DESTINATION_LONG_NAME);
    assert_refused(key, 1001, DESTINATION_LONG_KEY);
    /* 253 octets and the trailing dot that is stripped, in brackets, with a port. */
    char bracketed[300];
    int len = snprintf(bracketed, sizeof bracketed, "[%.253s.]:65535", key);
    assert_int_equal(parse(bracketed, (size_t)len, &destination), DESTINATION_OK);
    char text[DESTINATION_TEXT_MAX];
    assert_int_equal(destination_to_text(&destination, text), 253 + 2 + 6);
}

static void the_a_label_counts_and_not_the_u_label(void **state)
{
    char key[200];
    size_t used = 0;

    (void)state;
    /* 58 letters all over the alphabet make more than 63 octets of punycode. */
    for (int i = 0; i < 58; i++) {
        int code_point = 0x430 + i * i * 7 % 31;
        key[used++] = (char)(0xc0 | (code_point >> 6));
        key[used++] = (char)(0x80 | (code_point & 0x3f));
    }
    assert_refused(key, used, DESTINATION_LONG_LABEL);
    /* 35 times the same letter: 70 octets of UTF-8, a short A-label. */
    struct destination destination;
    used = 0;
    for (int i = 0; i < 35; i++) {
        key[used++] = '\xc3';
        key[used++] = '\xbc';
    }
    assert_int_equal(parse(key, used, &destination), DESTINATION_OK);
    assert_true(destination.name.wire[0] <= 63);
}

static void destinations_differ_by_kind_port_name_and_address(void **state)
{
    static const char *const keys[] = {"a.example", "b.example", "a.example:26", "[a.example]",
        "[a.example]:26", ".a.example", "[192.0.2.1]", "[192.0.2.2]", "[192.0.2.1]:26", "192.0.2.1",
        "[::1]"};
    const size_t count = sizeof keys / sizeof keys[0];

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            struct destination a;
            struct destination b;
            assert_int_equal(parse(keys[i], strlen(keys[i]), &a), DESTINATION_OK);
            assert_int_equal(parse(keys[j], strlen(keys[j]), &b), DESTINATION_OK);
            assert_int_equal(destination_equal(&a, &b), i == j);
        }
    }
}

static void every_error_has_a_text(void **state)
{
    (void)state;
    for (int error = DESTINATION_OK; error <= DESTINATION_PARENT_PORT; error++)
        assert_true(strlen(destination_error_text((enum destination_error)error)) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_is_folded_and_loses_one_trailing_dot),
        cmocka_unit_test(a_bracketed_host_is_a_host),
        cmocka_unit_test(an_address_is_recognised_in_brackets_only),
        cmocka_unit_test(a_colon_in_brackets_is_an_ipv6_address_or_an_error),
        cmocka_unit_test(a_port_is_a_number_or_a_known_service),
        cmocka_unit_test(a_leading_dot_makes_a_parent),
        cmocka_unit_test(nothing_is_not_a_destination),
        cmocka_unit_test(brackets_enclose_the_whole_host),
        cmocka_unit_test(only_host_name_characters_stand_in_a_name),
        cmocka_unit_test(unusual_ascii_labels_that_exist_are_taken_as_they_are),
        cmocka_unit_test(utf8_names_become_a_labels),
        cmocka_unit_test(what_idna_makes_is_checked_again),
        cmocka_unit_test(what_idna_forbids_is_refused),
        cmocka_unit_test(malformed_utf8_is_refused),
        cmocka_unit_test(labels_and_names_have_their_limits),
        cmocka_unit_test(the_a_label_counts_and_not_the_u_label),
        cmocka_unit_test(destinations_differ_by_kind_port_name_and_address),
        cmocka_unit_test(every_error_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
