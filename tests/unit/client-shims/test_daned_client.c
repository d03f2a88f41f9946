/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_daned_client.c - what the embeddable client sends, takes and refuses, against proto/, so
 * that the two cannot drift apart.
 */
#include <stdio.h>

#include "daemon/core/answer.h"
#include "proto/exim_client.h"
#include "tests/unit/client-shims/client_calls.h"

_Static_assert(DANED_POLICY_MAX == EXIM_POLICY_MAX, "the limit of POLICY");
_Static_assert(DANED_VERIFY_MAX == EXIM_VERIFY_MAX, "the limit of VERIFY");
_Static_assert(DANED_TOKEN_MAX == EXIM_TOKEN_MAX, "the limit of a token");

/* Asks a server that replies with reply[0..len) and closes. */
static enum daned_status ask_policy(
    const char *reply, size_t len, struct daned_policy_reply *reply_out)
{
    struct server server;

    server_start(&server, SERVER_INET, SERVER_REPLIES, reply, len);
    enum daned_status status =
        daned_policy(server.address, "example.com", NULL, LONG_MS, reply_out);
    server_stop(&server);
    return status;
}

static enum daned_status ask_verify(
    const char *reply, size_t len, struct daned_verify_reply *reply_out)
{
    struct daned_verify_request request = good_request(one_cert, 1);
    struct server server;

    server_start(&server, SERVER_UNIX, SERVER_REPLIES, reply, len);
    enum daned_status status = daned_verify(server.address, &request, LONG_MS, reply_out);
    server_stop(&server);
    return status;
}

static void a_policy_request_is_what_proto_writes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"example.com", NULL},
        {"example.com", "mx.example.com"},
        {"[mx.example.com]:2525", NULL},
        {"[127.0.2.1]", "mx.example.com"},
        {"b\xc3\xbc"
         "cher.example",
            "MX.example.com."},
    };
    static const enum server_kind kinds[] = {SERVER_INET, SERVER_INET6, SERVER_UNIX};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0] * 3; i++) {
        const char *destination = cases[i / 3][0];
        const char *host = cases[i / 3][1];
        struct daned_policy_reply reply;
        struct server server;
        char wanted[DANED_POLICY_MAX];
        const struct span none = {NULL, 0};

        if (!server_start(&server, kinds[i % 3], SERVER_REPLIES, GOOD_REPLY, strlen(GOOD_REPLY)))
            continue; /* no IPv6 here */
        assert_int_equal(
            daned_policy(server.address, destination, host, LONG_MS, &reply), DANED_OK);
        server_stop(&server);
        size_t len = exim_encode_policy_request(
            span_of(destination), host != NULL ? span_of(host) : none, wanted, sizeof wanted);
        assert_int_equal(server.request_len, len);
        assert_memory_equal(server.request, wanted, len);
        assert_true(server.saw_end);
        assert_int_equal(reply.level, DANED_DANE_REQUIRED);
        assert_int_equal(reply.ttl_s, 3600);
        assert_string_equal(reply.reason, "all-hosts-dane");
        assert_string_equal(reply.error, "");
    }
}

/* Sends the request, and holds what came against proto's writer and parser. Returns its octets. */
static size_t check_verify_request(
    const struct daned_verify_request *request, enum server_kind kind, const char *port)
{
    static char wanted[DANED_VERIFY_MAX];
    struct exim_request exim = {
        .domain = span_of(request->domain), .host = span_of(request->host), .port = span_of(port)};
    struct span certs[8];
    struct exim_request parsed;
    struct daned_verify_reply reply;
    struct server server;
    const char *why;

    if (request->addr != NULL)
        exim.addr = span_of(request->addr);
    if (request->sni != NULL)
        exim.sni = span_of(request->sni);
    assert_true(request->count <= 8);
    for (size_t i = 0; i < request->count; i++)
        certs[i] = (struct span){(const char *)request->certs[i].der, request->certs[i].len};
    server_start(&server, kind, SERVER_REPLIES, "OK matched\n", strlen("OK matched\n"));
    assert_int_equal(daned_verify(server.address, request, LONG_MS, &reply), DANED_OK);
    server_stop(&server);
    size_t len = exim_encode_verify_request(&exim, certs, request->count, wanted, sizeof wanted);
    assert_true(len > 0);
    assert_int_equal(server.request_len, len);
    assert_memory_equal(server.request, wanted, len);
    assert_int_equal(
        exim_line_parse(server.request, server.request_len, true, &parsed, &why), EXIM_LINE_OK);
    assert_int_equal(reply.verdict, DANED_ACCEPT);
    assert_string_equal(reply.text, "matched");
    return len;
}

static void a_verify_request_is_what_proto_writes(void **state)
{
    (void)state;

    /* Over each length of the last group, and where the chunks that are sent meet. */
    for (size_t len = 1; len < 12; len++) {
        struct daned_cert certs[] = {{der, len}, {der + 1, 3060 + len}, {der + 2, 1}};
        struct daned_verify_request request = good_request(certs, 1 + len % 3);
        check_verify_request(&request, len % 2 ? SERVER_INET : SERVER_UNIX, "25");
    }
    struct daned_verify_request request = good_request(one_cert, 1);
    request.port = 65535;
    request.addr = "2001:db8::1";
    request.sni = "mx.example.com";
    check_verify_request(&request, SERVER_INET, "65535");
    request.addr = "";
    request.sni = "";
    check_verify_request(&request, SERVER_INET, "65535");
}

static void the_largest_verify_request_is_256_kib(void **state)
{
    (void)state;
    /* "VERIFY domain=d host=hh port=25 chain=" and LF, a blank, and 8 octets of the second. */
    const size_t first = (DANED_VERIFY_MAX - 39 - 1 - 8) / 4 * 3;
    struct daned_cert certs[] = {{der, first}, {der, 6}};
    struct daned_verify_request request = good_request(certs, 2);
    struct daned_verify_reply reply;

    request.domain = "d";
    request.host = "hh";
    assert_int_equal(check_verify_request(&request, SERVER_INET, "25"), DANED_VERIFY_MAX);
    assert_int_equal(check_verify_request(&request, SERVER_UNIX, "25"), DANED_VERIFY_MAX);
    certs[1].len = 9;
    assert_int_equal(
        daned_verify("inet:127.0.0.1:1", &request, LONG_MS, &reply), DANED_BAD_ARGUMENT);
    assert_int_equal(reply.verdict, DANED_TEMP);
    assert_string_equal(reply.text, "the chain is too long");
    certs[1].len = SIZE_MAX;
    assert_int_equal(
        daned_verify("inet:127.0.0.1:1", &request, LONG_MS, &reply), DANED_BAD_ARGUMENT);
}

static void every_level_of_the_daemon_is_known_by_its_word(void **state)
{
    (void)state;
    static const struct {
        enum level theirs;
        enum daned_level ours;
    } pairs[] = {
#define X(name, text) {LEVEL_##name, DANED_##name},
        LEVELS(X)
#undef X
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct daned_policy_reply reply;
        char line[256];
        assert_string_equal(level_text(pairs[i].theirs), daned_level_word(pairs[i].ours));
        size_t len = exim_encode_policy_reply(
            level_text(pairs[i].theirs), UINT32_MAX, "no-tlsa", line, sizeof line);
        assert_int_equal(ask_policy(line, len, &reply), DANED_OK);
        assert_int_equal(reply.level, pairs[i].ours);
        assert_int_equal(reply.ttl_s, UINT32_MAX);
    }
}

static void every_verdict_is_known_by_its_word(void **state)
{
    (void)state;
    static const struct {
        enum exim_verdict theirs;
        enum daned_verdict ours;
    } pairs[] = {{EXIM_ACCEPT, DANED_ACCEPT}, {EXIM_DENY, DANED_DENY}, {EXIM_TEMP, DANED_TEMP}};

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct daned_verify_reply reply;
        char line[256];
        assert_string_equal(exim_verdict_word(pairs[i].theirs), daned_verdict_word(pairs[i].ours));
        size_t len = exim_encode_verify_reply(pairs[i].theirs, "a b", 3, line, sizeof line);
        assert_int_equal(ask_verify(line, len, &reply), DANED_OK);
        assert_int_equal(reply.verdict, pairs[i].ours);
        assert_string_equal(reply.text, "a b");
    }
}

static void check_bad_policy_reply(const char *line, size_t len)
{
    struct daned_policy_reply reply;

    assert_defers(ask_policy(line, len, &reply), DANED_BAD_REPLY, &reply);
}

static void a_policy_reply_that_is_not_whole_and_right_defers(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "level=may ttl=1 reason=a", "level=may ttl=1\n",
        "level=may ttl=1 reason=\n", "level=may ttl=01 reason=a\n", "level=may ttl= reason=a\n",
        "level=may ttl=-1 reason=a\n", "level=may ttl=4294967296 reason=a\n",
        "level=may ttl=99999999999 reason=a\n", "level=may  ttl=1 reason=a\n",
        "level=may ttl=1 reason=a \n", "level=may ttl=1 reason=a\r\n",
        "level=may ttl=1 reason=a\n\n", "level=may ttl=1 reason=a\nlevel=may ttl=1 reason=a\n",
        "level=may ttl=1 reason=A\n", "level=MAY ttl=1 reason=a\n", "level=none ttl=1 reason=a\n",
        "level=dane-require ttl=1 reason=a\n", "level=dane-requiredx ttl=1 reason=a\n",
        "level= ttl=1 reason=a\n", " level=may ttl=1 reason=a\n", "OK matched\n",
        "level=may ttl=1 reason=\xc3\xa9\n", "level=may ttl=1 reason=a\x1b\n", "HTTP/1.0 400\r\n"};
    char *token = repeat('a', DANED_TOKEN_MAX + 1);
    char line[256];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_bad_policy_reply(bad[i], strlen(bad[i]));
    check_bad_policy_reply("level=may\0ttl=1 reason=a\n", 25);
    check_bad_policy_reply("level=may ttl=1 reason=a\0\n", 26);
    snprintf(line, sizeof line, "level=may ttl=1 reason=%s\n", token);
    check_bad_policy_reply(line, strlen(line));
    snprintf(line, sizeof line, "level=%s ttl=1 reason=a\n", token);
    check_bad_policy_reply(line, strlen(line));
    free(token);
}

static void a_verify_reply_that_is_not_whole_and_right_is_temp(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "OK", "OK matched", "OKAY\n", "ok matched\n",
        " OK matched\n", "OK\tmatched\n", "OK matched\n\n", "OK matched\r\n", "OK a\nDENY b\n",
        "DENIED\n", "TEMPORARY\n", "NO\n", "level=may ttl=1 reason=a\n", "OK \x7f\n", "OK \xff\n"};
    struct daned_verify_reply reply;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ask_verify(bad[i], strlen(bad[i]), &reply), DANED_BAD_REPLY);
        assert_int_equal(reply.verdict, DANED_TEMP);
        assert_true(strlen(reply.text) > 0);
    }
    assert_int_equal(ask_verify("OK\0\n", 4, &reply), DANED_BAD_REPLY);
    assert_int_equal(reply.verdict, DANED_TEMP);
}

/* A small generator of our own: the same spoiled replies in every run. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void spoiled_replies_are_taken_exactly_if_proto_takes_them(void **state)
{
    (void)state;
    static const char verify_reply[] = "DENY no match\n";
    uint32_t seed = 7672;

    for (int round = 0; round < 400; round++) {
        char line[64] = GOOD_REPLY;
        bool verify = round % 2 == 1;
        if (verify)
            memcpy(line, verify_reply, sizeof verify_reply);
        size_t len = strlen(line);
        line[next_random(&seed) % (verify ? 5 : len)] = "aOK=01 -\n\r"[next_random(&seed) % 10];
        if (next_random(&seed) % 4 == 0)
            len = next_random(&seed) % (len + 1);
        if (verify) {
            struct daned_verify_reply reply;
            enum exim_verdict verdict = EXIM_TEMP;
            struct span text;
            bool good = exim_parse_verify_reply(line, len, &verdict, &text);
            assert_int_equal(ask_verify(line, len, &reply), good ? DANED_OK : DANED_BAD_REPLY);
            assert_string_equal(daned_verdict_word(reply.verdict), exim_verdict_word(verdict));
        } else {
            struct daned_policy_reply reply;
            struct exim_policy_reply parsed;
            bool good = exim_parse_policy_reply(line, len, &parsed) &&
                        span_is(parsed.level, "dane-required");
            assert_int_equal(ask_policy(line, len, &reply), good ? DANED_OK : DANED_BAD_REPLY);
            assert_int_equal(reply.level, good ? DANED_DANE_REQUIRED : DANED_DEFER);
            assert_int_equal(reply.ttl_s, good ? parsed.ttl_s : 0);
        }
    }
}

static void a_reply_may_have_4096_octets_and_no_more(void **state)
{
    (void)state;
    char *line = repeat('x', 1000000);
    struct daned_verify_reply reply;

    memcpy(line, "OK ", 3);
    line[DANED_REPLY_MAX - 1] = '\n';
    assert_int_equal(ask_verify(line, DANED_REPLY_MAX, &reply), DANED_OK);
    assert_int_equal(reply.verdict, DANED_ACCEPT);
    assert_int_equal(strlen(reply.text), DANED_REPLY_MAX - 4);
    line[DANED_REPLY_MAX - 1] = 'x';
    line[DANED_REPLY_MAX] = '\n';
    assert_int_equal(ask_verify(line, DANED_REPLY_MAX + 1, &reply), DANED_BAD_REPLY);
    assert_int_equal(reply.verdict, DANED_TEMP);
    assert_int_equal(ask_verify(line, 1000000, &reply), DANED_BAD_REPLY);
    assert_int_equal(reply.verdict, DANED_TEMP);
    free(line);
}

static void arguments_that_would_be_misread_are_refused_and_nothing_is_sent(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a b", " a", "a ", "a\nPOLICY b", "a\r", "a\tb", "a\x7f", "a\x01", "host=a", "a=b", "="};
    char *large = repeat('a', DANED_POLICY_MAX);
    struct server server;
    struct daned_policy_reply policy;
    struct daned_verify_reply verify;

    server_listen(&server, SERVER_INET);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0] + 3; i++) {
        const char *value = i < 11 ? bad[i] : i == 11 ? "" : i == 12 ? NULL : large;
        assert_defers(daned_policy(server.address, value, NULL, LONG_MS, &policy),
            DANED_BAD_ARGUMENT, &policy);
        for (int field = 0; field < 4; field++) {
            struct daned_verify_request request = good_request(one_cert, 1);
            const char **fields[] = {&request.domain, &request.host, &request.addr, &request.sni};
            *fields[field] = value;
            if (field >= 2 && (i == 11 || i == 12))
                continue; /* addr and sni may be left out */
            assert_int_equal(
                daned_verify(server.address, &request, LONG_MS, &verify), DANED_BAD_ARGUMENT);
            assert_int_equal(verify.verdict, DANED_TEMP);
            assert_true(strlen(verify.text) > 0);
        }
        if (value != NULL)
            assert_defers(daned_policy(server.address, "example.com", value, LONG_MS, &policy),
                DANED_BAD_ARGUMENT, &policy);
    }
    assert_false(server_was_called(&server));
    server_close(&server);
    free(large);
}

static void a_policy_request_over_4096_octets_is_refused(void **state)
{
    (void)state;
    char *name = repeat('a', DANED_POLICY_MAX - 8);
    struct daned_policy_reply reply;
    struct server server;

    server_start(&server, SERVER_INET, SERVER_REPLIES, GOOD_REPLY, strlen(GOOD_REPLY));
    assert_int_equal(daned_policy(server.address, name, NULL, LONG_MS, &reply), DANED_OK);
    server_stop(&server);
    assert_int_equal(server.request_len, DANED_POLICY_MAX);
    assert_defers(
        daned_policy("inet:127.0.0.1:1", name, "h", LONG_MS, &reply), DANED_BAD_ARGUMENT, &reply);
    free(name);
}

static void a_verify_request_that_lacks_something_is_refused(void **state)
{
    (void)state;
    static const struct daned_cert empty[] = {{der, 7}, {der, 0}};
    static const struct daned_cert none[] = {{NULL, 7}};
    const struct daned_verify_request requests[] = {
        {.domain = "d", .host = "h", .port = 0, .certs = one_cert, .count = 1},
        {.domain = "d", .host = "h", .port = 65536, .certs = one_cert, .count = 1},
        {.domain = "d", .host = "h", .port = 25, .certs = one_cert, .count = 0},
        {.domain = "d", .host = "h", .port = 25, .certs = NULL, .count = 1},
        {.domain = "d", .host = "h", .port = 25, .certs = empty, .count = 2},
        {.domain = "d", .host = "h", .port = 25, .certs = none, .count = 1},
        {.domain = "d", .host = "h", .port = 25, .certs = one_cert, .count = SIZE_MAX},
    };
    struct daned_verify_reply reply;

    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        assert_int_equal(
            daned_verify("inet:127.0.0.1:1", &requests[i], LONG_MS, &reply), DANED_BAD_ARGUMENT);
        assert_int_equal(reply.verdict, DANED_TEMP);
    }
}

static void an_address_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "127.0.0.1:846", "inet:", "inet:127.0.0.1",
        "inet:127.0.0.1:", "inet:127.0.0.1:0", "inet:127.0.0.1:65536", "inet:127.0.0.1:8x",
        "inet:127.0.0.1:+8", "inet:localhost:846", "inet:127.0.0.256:846", "inet:::1:846",
        "inet:[::1]", "inet:[::1]846", "inet:[::1:846", "inet:[127.0.0.1]:846",
        "unix:", "unix:relative", "tcp:127.0.0.1:846", "INET:127.0.0.1:846", "inet:127.0.0.1:846 "};
    char *path = repeat('/', 200);
    struct daned_policy_reply reply;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_defers(
            daned_policy(bad[i], "example.com", NULL, LONG_MS, &reply), DANED_BAD_ARGUMENT, &reply);
    assert_defers(
        daned_policy(NULL, "example.com", NULL, LONG_MS, &reply), DANED_BAD_ARGUMENT, &reply);
    memcpy(path, "unix:", 5);
    assert_defers(
        daned_policy(path, "example.com", NULL, LONG_MS, &reply), DANED_BAD_ARGUMENT, &reply);
    free(path);
    for (int deadline = -1; deadline <= 0; deadline++)
        assert_defers(daned_policy("inet:127.0.0.1:1", "example.com", NULL, deadline, &reply),
            DANED_BAD_ARGUMENT, &reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_policy_request_is_what_proto_writes),
        TEST(a_verify_request_is_what_proto_writes),
        TEST(the_largest_verify_request_is_256_kib),
        TEST(every_level_of_the_daemon_is_known_by_its_word),
        TEST(every_verdict_is_known_by_its_word),
        TEST(a_policy_reply_that_is_not_whole_and_right_defers),
        TEST(a_verify_reply_that_is_not_whole_and_right_is_temp),
        TEST(spoiled_replies_are_taken_exactly_if_proto_takes_them),
        TEST(a_reply_may_have_4096_octets_and_no_more),
        TEST(arguments_that_would_be_misread_are_refused_and_nothing_is_sent),
        TEST(a_policy_request_over_4096_octets_is_refused),
        TEST(a_verify_request_that_lacks_something_is_refused),
        TEST(an_address_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
