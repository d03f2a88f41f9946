/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exim_client.c - writes requests of the Exim protocol and reads replies.
 */
#include "proto/exim_client.h"

#include "proto/base64.h"
#include "proto/line.h"
#include "proto/printable.h"

/* A bounded buffer that is written from front to back; once something did not fit, it is failed. */
struct writer {
    char *out;
    size_t cap;
    size_t used;
    bool failed;
};

static void put(struct writer *writer, struct span bytes)
{
    if (writer->failed || bytes.len > writer->cap - writer->used) {
        writer->failed = true;
        return;
    }
    if (bytes.len > 0)
        memcpy(writer->out + writer->used, bytes.data, bytes.len);
    writer->used += bytes.len;
}

/* Puts " key=value"; the value must be one word. */
static void put_key(struct writer *writer, const char *key, struct span value)
{
    if (!line_is_word(value))
        writer->failed = true;
    put(writer, span_of(" "));
    put(writer, span_of(key));
    put(writer, span_of("="));
    put(writer, value);
}

static void put_key_if_given(struct writer *writer, const char *key, struct span value)
{
    if (value.len > 0)
        put_key(writer, key, value);
}

static void put_base64(struct writer *writer, struct span der)
{
    if (writer->failed)
        return;
    size_t len = base64_encode(
        (const uint8_t *)der.data, der.len, writer->out + writer->used, writer->cap - writer->used);
    if (len == 0)
        writer->failed = true;
    writer->used += len;
}

size_t exim_encode_policy_request(
    struct span destination, struct span host, char *out, size_t out_cap)
{
    struct writer writer = {out, out_cap < EXIM_POLICY_MAX ? out_cap : EXIM_POLICY_MAX, 0, false};

    if (destination.len > 0 &&
        (!line_is_word(destination) || memchr(destination.data, '=', destination.len) != NULL))
        return 0;
    put(&writer, span_of("POLICY "));
    put(&writer, destination);
    put_key_if_given(&writer, "host", host);
    put(&writer, span_of("\n"));
    return writer.failed ? 0 : writer.used;
}

size_t exim_encode_verify_request(const struct exim_request *request, const struct span *certs,
    size_t cert_count, char *out, size_t out_cap)
{
    struct writer writer = {out, out_cap < EXIM_VERIFY_MAX ? out_cap : EXIM_VERIFY_MAX, 0, false};

    if (cert_count == 0)
        return 0;
    put(&writer, span_of("VERIFY"));
    put_key(&writer, "domain", request->domain);
    put_key(&writer, "host", request->host);
    put_key(&writer, "port", request->port);
    put_key_if_given(&writer, "addr", request->addr);
    put_key_if_given(&writer, "sni", request->sni);
    put_key_if_given(&writer, "pid", request->pid);
    put_key_if_given(&writer, "mid", request->mid);
    put(&writer, span_of(" chain="));
    for (size_t i = 0; i < cert_count; i++) {
        if (i > 0)
            put(&writer, span_of(" "));
        put_base64(&writer, certs[i]);
    }
    put(&writer, span_of("\n"));
    return writer.failed ? 0 : writer.used;
}

/* Takes text off the front of *rest. Returns false, and changes nothing, if it is not there. */
static bool take_text(struct span *rest, const char *text)
{
    size_t len = strlen(text);

    if (rest->len < len || memcmp(rest->data, text, len) != 0)
        return false;
    rest->data += len;
    rest->len -= len;
    return true;
}

/* Takes a token, up to the octet end, which is taken too, off the front of *rest. */
static bool take_token(struct span *rest, char end, struct span *token_out)
{
    const char *stop = rest->len == 0 ? NULL : memchr(rest->data, end, rest->len);

    if (stop == NULL)
        return false;
    struct span token = {rest->data, (size_t)(stop - rest->data)};
    if (!exim_is_token(token))
        return false;
    rest->data += token.len + 1;
    rest->len -= token.len + 1;
    *token_out = token;
    return true;
}

/* Reads a number as the daemon writes it: digits only, no leading zero, at most 2^32 - 1. */
static bool read_seconds(struct span digits, uint32_t *seconds_out)
{
    uint64_t value = 0;

    if (digits.len == 0 || digits.len > 10 || (digits.len > 1 && digits.data[0] == '0'))
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(digits.data[i] - '0');
    }
    if (value > UINT32_MAX)
        return false;
    *seconds_out = (uint32_t)value;
    return true;
}

bool exim_parse_policy_reply(const char *buf, size_t len, struct exim_policy_reply *reply_out)
{
    struct span rest = {buf, len};
    struct span seconds;
    struct exim_policy_reply reply;

    if (!take_text(&rest, "level=") || !take_token(&rest, ' ', &reply.level))
        return false;
    if (!take_text(&rest, "ttl=") || !take_token(&rest, ' ', &seconds) ||
        !read_seconds(seconds, &reply.ttl_s))
        return false;
    if (!take_text(&rest, "reason=") || !take_token(&rest, '\n', &reply.reason) || rest.len > 0)
        return false;
    *reply_out = reply;
    return true;
}

bool exim_parse_verify_reply(
    const char *buf, size_t len, enum exim_verdict *verdict_out, struct span *text_out)
{
    static const enum exim_verdict verdicts[] = {EXIM_ACCEPT, EXIM_DENY, EXIM_TEMP};

    /* Without its LF the reply may have been cut anywhere, also in the middle of another word. */
    if (len == 0 || buf[len - 1] != '\n')
        return false;
    struct span line = {buf, len - 1};
    for (size_t i = 0; i < line.len; i++) {
        if (!printable_octet(line.data[i]))
            return false;
    }
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        struct span text = line;
        if (!take_text(&text, exim_verdict_word(verdicts[i])))
            continue;
        if (text.len > 0 && !take_text(&text, " "))
            return false;
        *verdict_out = verdicts[i];
        *text_out = text;
        return true;
    }
    return false;
}
