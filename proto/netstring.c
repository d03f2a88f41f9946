/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netstring.c - reads and writes netstrings.
 */
#include "proto/netstring.h"

enum netstring_status netstring_parse(
    const char *buf, size_t len, size_t payload_max, struct span *payload_out, size_t *used_out)
{
    size_t payload_len = 0;
    size_t head = 0; /* octets of the length and, in the end, its colon */

    for (;; head++) {
        if (head == len)
            return NETSTRING_MORE;
        if (buf[head] < '0' || buf[head] > '9')
            break;
        if (head == 1 && buf[0] == '0')
            return NETSTRING_BAD;
        size_t digit = (size_t)(buf[head] - '0');
        /* Asked without computing the new value first, so that nothing can wrap around. */
        if (payload_len > payload_max / 10 || digit > payload_max - payload_len * 10)
            return NETSTRING_BAD;
        payload_len = payload_len * 10 + digit;
    }
    if (head == 0 || buf[head] != ':')
        return NETSTRING_BAD;
    head++;

    if (len - head <= payload_len)
        return NETSTRING_MORE;
    if (buf[head + payload_len] != ',')
        return NETSTRING_BAD;
    payload_out->data = buf + head;
    payload_out->len = payload_len;
    *used_out = head + payload_len + 1;
    return NETSTRING_OK;
}

size_t netstring_encode_head(size_t payload_len, char *head_out)
{
    char reversed[NETSTRING_HEAD_MAX];
    size_t digits = 0;

    do {
        reversed[digits++] = (char)('0' + payload_len % 10);
        payload_len /= 10;
    } while (payload_len > 0);
    for (size_t i = 0; i < digits; i++)
        head_out[i] = reversed[digits - 1 - i];
    head_out[digits] = ':';
    return digits + 1;
}

size_t netstring_encode(const char *payload, size_t payload_len, char *out, size_t out_cap)
{
    char head[NETSTRING_HEAD_MAX];
    size_t head_len = netstring_encode_head(payload_len, head);

    if (out_cap < head_len + 1 || out_cap - head_len - 1 < payload_len)
        return 0;
    memcpy(out, head, head_len);
    if (payload_len > 0)
        memcpy(out + head_len, payload, payload_len);
    out[head_len + payload_len] = ',';
    return head_len + payload_len + 1;
}
