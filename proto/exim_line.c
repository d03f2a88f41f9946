/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exim_line.c - reads Exim's request line and writes the reply line.
 */
#include "proto/exim_line.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/base64.h"
#include "proto/line.h"
#include "proto/printable.h"

static const struct verb_word {
    const char *word;
    enum exim_verb verb;
    size_t line_max;
} verb_words[] = {
    {"POLICY", EXIM_POLICY, EXIM_POLICY_MAX},
    {"VERIFY", EXIM_VERIFY, EXIM_VERIFY_MAX},
    {"CHAIN", EXIM_VERIFY, EXIM_VERIFY_MAX},
};
#define VERB_COUNT (sizeof(verb_words) / sizeof(verb_words[0]))

/*
 * Finds the verb at the front of buf[0..len). MORE: what is there can still become one. It is known
 * only with the octet behind it, else POLICYX would begin as POLICY.
 */
static enum exim_line_status find_verb(
    const char *buf, size_t len, bool eof, const struct verb_word **found_out)
{
    bool possible = false;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct verb_word *candidate = &verb_words[i];
        size_t word_len = strlen(candidate->word);
        size_t common = len < word_len ? len : word_len;
        if (common > 0 && memcmp(buf, candidate->word, common) != 0)
            continue;
        if (len <= word_len && !(eof && len == word_len)) {
            possible = true;
            continue;
        }
        if (len == word_len || buf[word_len] == ' ' || buf[word_len] == '\r' ||
            buf[word_len] == '\n') {
            *found_out = candidate;
            return EXIM_LINE_OK;
        }
    }
    return possible && !eof ? EXIM_LINE_MORE : EXIM_LINE_BAD;
}

/* The place in request for the value of the key name, or NULL if the verb does not know it. */
static struct span *find_key(struct exim_request *request, struct span name)
{
    if (span_is(name, "host"))
        return &request->host;
    if (request->verb != EXIM_VERIFY)
        return NULL;
    if (span_is(name, "domain"))
        return &request->domain;
    if (span_is(name, "port"))
        return &request->port;
    if (span_is(name, "addr"))
        return &request->addr;
    if (span_is(name, "sni"))
        return &request->sni;
    if (span_is(name, "pid"))
        return &request->pid;
    return span_is(name, "mid") ? &request->mid : NULL;
}

/* Takes one word key=value into request. Returns NULL, or why it is refused. */
static const char *take_key(struct exim_request *request, struct span word)
{
    const char *equals = memchr(word.data, '=', word.len);

    if (equals == NULL || equals == word.data)
        return "word that is not key=value";
    struct span name = {word.data, (size_t)(equals - word.data)};
    struct span *value = find_key(request, name);
    if (value == NULL)
        return NULL;
    if (value->data != NULL)
        return "key given twice";
    value->data = equals + 1;
    value->len = word.len - name.len - 1;
    if (value == &request->host && value->len == 0)
        return "empty host";
    return NULL;
}

/*
 * Takes what follows "POLICY ". The destination ends at the first blank, even if it is empty:
 * "POLICY $domain host=$host" with an empty $domain must not make a destination of the host.
 */
static const char *take_policy(struct exim_request *request, struct span rest)
{
    const char *blank = rest.len == 0 ? NULL : memchr(rest.data, ' ', rest.len);
    struct span word;

    request->destination = rest;
    if (blank != NULL)
        request->destination.len = (size_t)(blank - rest.data);
    rest.data += request->destination.len;
    rest.len -= request->destination.len;
    if (request->destination.len > 0 &&
        memchr(request->destination.data, '=', request->destination.len) != NULL)
        return "destination with \"=\" in it";
    while (line_next_word(&rest, &word)) {
        const char *reason = take_key(request, word);
        if (reason != NULL)
            return reason;
    }
    return NULL;
}

/*
 * Whether words are one or more certificates in base64. All of them are looked at here, so that a
 * key behind the chain, or a second chain, is refused and not taken for a certificate.
 */
static bool is_chain(struct span words)
{
    struct span word;
    size_t count = 0;

    for (; line_next_word(&words, &word); count++) {
        if (!base64_is_valid(word))
            return false;
    }
    return count > 0;
}

/* Takes what follows "VERIFY ". */
static const char *take_verify(struct exim_request *request, struct span rest)
{
    static const char chain_key[] = "chain=";
    const size_t chain_key_len = sizeof(chain_key) - 1;
    struct span word;

    while (line_next_word(&rest, &word)) {
        if (word.len >= chain_key_len && memcmp(word.data, chain_key, chain_key_len) == 0) {
            request->chain.data = word.data + chain_key_len;
            request->chain.len = word.len - chain_key_len + rest.len;
            break;
        }
        const char *reason = take_key(request, word);
        if (reason != NULL)
            return reason;
    }
    if (request->domain.len == 0)
        return "no domain";
    if (request->host.len == 0)
        return "no host";
    if (request->port.len == 0)
        return "no port";
    if (request->chain.len == 0)
        return "no chain";
    return is_chain(request->chain) ? NULL : "chain that is not certificates in base64";
}

enum exim_line_status exim_line_parse(const char *buf, size_t len, bool eof,
    struct exim_request *request_out, const char **reason_out)
{
    const struct verb_word *found = NULL;
    struct span line;

    *request_out = (struct exim_request){.verb = EXIM_UNKNOWN};
    enum exim_line_status status = find_verb(buf, len, eof, &found);
    if (status == EXIM_LINE_BAD)
        *reason_out = len == 0 ? "empty request" : "unknown command";
    if (status != EXIM_LINE_OK)
        return status;
    request_out->verb = found->verb;

    switch (line_parse(buf, len, eof, found->line_max, &line, reason_out)) {
    case LINE_MORE:
        return EXIM_LINE_MORE;
    case LINE_BAD:
        return EXIM_LINE_BAD;
    case LINE_OK:
        break;
    }

    struct exim_request request = {.verb = found->verb};
    size_t skip = strlen(found->word);
    if (skip < line.len)
        skip++; /* the one blank that ends the verb */
    struct span rest = {line.data + skip, line.len - skip};
    const char *reason =
        request.verb == EXIM_POLICY ? take_policy(&request, rest) : take_verify(&request, rest);
    if (reason != NULL) {
        *reason_out = reason;
        return EXIM_LINE_BAD;
    }
    *request_out = request;
    return EXIM_LINE_OK;
}

void exim_chain_init(struct exim_chain *chain, struct span words)
{
    chain->rest = words;
    chain->bad = false;
}

enum exim_chain_status exim_chain_next(
    struct exim_chain *chain, uint8_t *der_out, size_t der_cap, size_t *len_out)
{
    struct span word;

    if (chain->bad)
        return EXIM_CHAIN_BAD;
    if (!line_next_word(&chain->rest, &word))
        return EXIM_CHAIN_END;
    if (!base64_decode(word, der_out, der_cap, len_out)) {
        chain->bad = true;
        return EXIM_CHAIN_BAD;
    }
    return EXIM_CHAIN_OK;
}

bool exim_is_token(struct span span)
{
    if (span.len == 0 || span.len > EXIM_TOKEN_MAX)
        return false;
    for (size_t i = 0; i < span.len; i++) {
        char octet = span.data[i];
        if (!(octet >= 'a' && octet <= 'z') && !(octet >= '0' && octet <= '9') && octet != '-')
            return false;
    }
    return true;
}

size_t exim_encode_policy_reply(
    const char *level, uint32_t ttl_s, const char *reason, char *out, size_t out_cap)
{
    char line[2 * EXIM_TOKEN_MAX + 64];

    if (!exim_is_token(span_of(level)) || !exim_is_token(span_of(reason)))
        return 0;
    int len =
        snprintf(line, sizeof(line), "level=%s ttl=%" PRIu32 " reason=%s\n", level, ttl_s, reason);
    if (len < 0 || (size_t)len >= sizeof(line) || (size_t)len > out_cap)
        return 0;
    memcpy(out, line, (size_t)len);
    return (size_t)len;
}

const char *exim_verdict_word(enum exim_verdict verdict)
{
    static const char *const words[] = {
        [EXIM_ACCEPT] = "OK",
        [EXIM_DENY] = "DENY",
        [EXIM_TEMP] = "TEMP",
    };
    return words[verdict];
}

size_t exim_encode_verify_reply(
    enum exim_verdict verdict, const char *text, size_t text_len, char *out, size_t out_cap)
{
    if (text_len == 0) {
        if (verdict == EXIM_ACCEPT)
            verdict = EXIM_TEMP;
        text = "internal error: empty answer";
        text_len = strlen(text);
    }
    const char *word = exim_verdict_word(verdict);
    size_t word_len = strlen(word);
    if (out_cap < word_len + 2 || out_cap - word_len - 2 < text_len)
        return 0;
    memcpy(out, word, word_len);
    out[word_len] = ' ';
    printable_fill(out + word_len + 1, text, text_len);
    out[word_len + 1 + text_len] = '\n';
    return word_len + text_len + 2;
}
