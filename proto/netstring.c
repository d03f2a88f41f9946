/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netstring.c - reads and writes netstrings.
 */
#include "proto/netstring.h"

#include <stdint.h>

enum { DIGITS_MAX = 18 }; /* of a length: so many nines fit into 64 bits, and ten times them, too */

enum netstring_status netstring_parse(
    const char *buf, size_t len, size_t payload_max, struct span *payload_out, size_t *used_out)
{
    uint64_t payload_len = 0;
    size_t head = 0; /* octets of the length and, in the end, its colon */

    for (;; head++) {
        if (head == len)
            return NETSTRING_MORE;
        if (buf[head] < '0' || buf[head] > '9')
            break;
        /* So few digits that nothing can wrap around. */
        if ((head == 1 && buf[0] == '0') || head == DIGITS_MAX)
            return NETSTRING_BAD;
        payload_len = payload_len * 10 + (uint64_t)(buf[head] - '0');
        if (payload_len > payload_max)
            return NETSTRING_BAD;
    }
    if (head == 0 || buf[head] != ':')
        return NETSTRING_BAD;
    head++;

    if (len - head <= payload_len)
        return NETSTRING_MORE;
    if (buf[head + payload_len] != ',')
        return NETSTRING_BAD;
    payload_out->data = buf + head;
    payload_out->len = (size_t)payload_len;
    *used_out = head + (size_t)payload_len + 1;
    return NETSTRING_OK;
}

size_t netstring_encode_head(size_t payload_len, char *head_out)
{
    size_t digits = 1;

    for (size_t rest = payload_len; rest >= 10; rest /= 10)
        digits++;
    head_out[digits] = ':';
    for (size_t i = digits; i > 0; payload_len /= 10)
        head_out[--i] = (char)('0' + payload_len % 10);
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
