/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socketmap.c - requests and replies of the socketmap protocol.
 */
#include "proto/socketmap.h"

#include "proto/netstring.h"
#include "proto/printable.h"

static const char *const status_words[] = {
    [SOCKETMAP_OK] = "OK",
    [SOCKETMAP_NOTFOUND] = "NOTFOUND",
    [SOCKETMAP_TEMP] = "TEMP",
    [SOCKETMAP_PERM] = "PERM",
};
#define STATUS_COUNT (sizeof(status_words) / sizeof(status_words[0]))

static const char *find_octet(struct span span, char octet)
{
    return span.len == 0 ? NULL : memchr(span.data, octet, span.len);
}

/* Splits span at its first blank. Without one, *head_out is all of it, and false is returned. */
static bool split_at_blank(struct span span, struct span *head_out, struct span *tail_out)
{
    const char *blank = find_octet(span, ' ');

    *head_out = span;
    *tail_out = (struct span){NULL, 0};
    if (blank == NULL)
        return false;
    head_out->len = (size_t)(blank - span.data);
    tail_out->data = blank + 1;
    tail_out->len = span.len - head_out->len - 1;
    return true;
}

bool socketmap_parse_request(
    struct span payload, struct socketmap_request *request_out, const char **reason_out)
{
    struct socketmap_request request;

    if (find_octet(payload, '\0') != NULL) {
        *reason_out = "NUL octet in request";
        return false;
    }
    if (!split_at_blank(payload, &request.map, &request.key)) {
        *reason_out = "no blank in request";
        return false;
    }
    if (request.map.len == 0) {
        *reason_out = "no map name in request";
        return false;
    }
    *request_out = request;
    return true;
}

size_t socketmap_encode(
    enum socketmap_status status, const char *text, size_t text_len, char *out, size_t out_cap)
{
    static const char empty_answer[] = "internal error: empty answer";
    char head[NETSTRING_HEAD_MAX];

    if (status == SOCKETMAP_OK && text_len == 0) {
        status = SOCKETMAP_TEMP;
        text = empty_answer;
        text_len = sizeof(empty_answer) - 1;
    }
    if (status == SOCKETMAP_NOTFOUND)
        text_len = 0;

    const char *word = status_words[status];
    size_t word_len = strlen(word);
    if (text_len > SOCKETMAP_REPLY_MAX - word_len - 1)
        return 0;
    size_t payload_len = word_len + 1 + text_len;
    size_t head_len = netstring_encode_head(payload_len, head);
    if (out_cap < head_len + payload_len + 1)
        return 0;

    memcpy(out, head, head_len);
    out += head_len;
    memcpy(out, word, word_len);
    out[word_len] = ' ';
    printable_fill(out + word_len + 1, text, text_len);
    out[payload_len] = ',';
    return head_len + payload_len + 1;
}

size_t socketmap_encode_request(struct span map, struct span key, char *out, size_t out_cap)
{
    char head[NETSTRING_HEAD_MAX];

    if (map.len == 0 || find_octet(map, ' ') != NULL || find_octet(map, '\0') != NULL ||
        find_octet(key, '\0') != NULL)
        return 0;
    if (map.len > SOCKETMAP_REQUEST_MAX - 1 || key.len > SOCKETMAP_REQUEST_MAX - 1 - map.len)
        return 0;
    size_t payload_len = map.len + 1 + key.len;
    size_t head_len = netstring_encode_head(payload_len, head);
    if (out_cap < head_len + payload_len + 1)
        return 0;

    memcpy(out, head, head_len);
    out += head_len;
    memcpy(out, map.data, map.len);
    out[map.len] = ' ';
    if (key.len > 0)
        memcpy(out + map.len + 1, key.data, key.len);
    out[payload_len] = ',';
    return head_len + payload_len + 1;
}

bool socketmap_parse_reply(
    struct span payload, enum socketmap_status *status_out, struct span *text_out)
{
    struct span word;
    struct span text;

    split_at_blank(payload, &word, &text);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        if (!span_is(word, status_words[i]))
            continue;
        if (i == SOCKETMAP_OK && text.len == 0)
            return false;
        if (i == SOCKETMAP_NOTFOUND && text.len > 0)
            return false;
        *status_out = (enum socketmap_status)i;
        *text_out = text;
        return true;
    }
    return false;
}
