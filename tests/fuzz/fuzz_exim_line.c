/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_exim_line.c - the Exim line: a prefix that is refused makes the whole refused, writing
 * undoes reading, and the chain comes out as octets that give the same chain.
 */
#include "proto/exim_client.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX 3000
#define CERT_MAX 256

/* Walks the chain; gives the certificates in certs[0..), at most CERT_MAX. */
static size_t decode_chain(struct span words, uint8_t *der, struct span *certs)
{
    struct exim_chain chain;
    size_t count = 0;
    size_t used = 0;
    size_t len;

    exim_chain_init(&chain, words);
    while (count < CERT_MAX &&
           exim_chain_next(&chain, der + used, INPUT_MAX - used, &len) == EXIM_CHAIN_OK) {
        FUZZ_CHECK(len > 0 && len <= INPUT_MAX - used);
        certs[count++] = (struct span){(const char *)der + used, len};
        used += len;
    }
    FUZZ_CHECK(!chain.bad);
    return count;
}

/* Writes a request that was read, and reads that again: it must say the same. */
static void check_round_trip(const struct exim_request *request)
{
    static char out[2 * INPUT_MAX];
    static uint8_t der[2][INPUT_MAX];
    struct span certs[CERT_MAX];
    struct span again[CERT_MAX];
    struct exim_request back;
    const char *reason;
    size_t count = 0;
    size_t len;

    if (request->verb == EXIM_POLICY) {
        len = exim_encode_policy_request(request->destination, request->host, out, sizeof(out));
    } else {
        count = decode_chain(request->chain, der[0], certs);
        len = exim_encode_verify_request(request, certs, count, out, sizeof(out));
    }
    FUZZ_CHECK(len > 0);
    FUZZ_CHECK(exim_line_parse(out, len, false, &back, &reason) == EXIM_LINE_OK);
    FUZZ_CHECK(back.verb == request->verb);
    FUZZ_CHECK(span_equal(back.destination, request->destination));
    FUZZ_CHECK(span_equal(back.host, request->host) && span_equal(back.domain, request->domain));
    FUZZ_CHECK(span_equal(back.port, request->port) && span_equal(back.addr, request->addr));
    FUZZ_CHECK(span_equal(back.sni, request->sni) && span_equal(back.pid, request->pid));
    FUZZ_CHECK(span_equal(back.mid, request->mid));
    FUZZ_CHECK(decode_chain(back.chain, der[1], again) == count);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(span_equal(certs[i], again[i]));
}

/* The bytes in parts: nothing is taken back that was said of a part. */
static void check_parts(const char *text, size_t len)
{
    struct exim_request request;
    const char *reason;
    enum exim_line_status whole = exim_line_parse(text, len, false, &request, &reason);
    enum exim_verb verb = EXIM_UNKNOWN;

    for (size_t part = 0; part < len; part++) {
        enum exim_line_status status = exim_line_parse(text, part, false, &request, &reason);
        FUZZ_CHECK(verb == EXIM_UNKNOWN || request.verb == verb);
        verb = request.verb;
        /* A part that is a whole request is followed by octets behind its end. */
        if (status != EXIM_LINE_MORE)
            FUZZ_CHECK(whole == EXIM_LINE_BAD);
    }
    enum exim_line_status ended = exim_line_parse(text, len, true, &request, &reason);
    FUZZ_CHECK(ended != EXIM_LINE_MORE);
    FUZZ_CHECK(whole == EXIM_LINE_MORE || whole == ended);
}

/* A reply that is read is a reply that the daemon writes, octet by octet. */
static void check_replies(const char *text, size_t len)
{
    static char out[INPUT_MAX + 64];
    char level[EXIM_TOKEN_MAX + 1];
    char why[EXIM_TOKEN_MAX + 1];
    struct exim_policy_reply policy;
    enum exim_verdict verdict;
    struct span say;
    size_t written;

    if (exim_parse_policy_reply(text, len, &policy)) {
        snprintf(level, sizeof(level), "%.*s", (int)policy.level.len, policy.level.data);
        snprintf(why, sizeof(why), "%.*s", (int)policy.reason.len, policy.reason.data);
        written = exim_encode_policy_reply(level, policy.ttl_s, why, out, sizeof(out));
        FUZZ_CHECK(written == len && memcmp(out, text, len) == 0);
    }
    if (exim_parse_verify_reply(text, len, &verdict, &say) && say.len > 0) {
        written = exim_encode_verify_reply(verdict, say.data, say.len, out, sizeof(out));
        FUZZ_CHECK(written == len && memcmp(out, text, len) == 0);
    }
    written = exim_encode_verify_reply(EXIM_DENY, text, len, out, sizeof(out));
    FUZZ_CHECK(exim_parse_verify_reply(out, written, &verdict, &say));
    FUZZ_CHECK(verdict == EXIM_DENY && say.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct exim_request request;
    const char *reason;

    if (size > INPUT_MAX)
        return 0;
    check_parts(text, size);
    check_replies(text, size);
    if (exim_line_parse(text, size, true, &request, &reason) == EXIM_LINE_OK)
        check_round_trip(&request);
    return 0;
}
