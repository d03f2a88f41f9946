/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netstring.h - netstrings, the frame of the socketmap protocol: LENGTH ":" PAYLOAD ",".
 *
 * The parser keeps no state: the caller keeps the bytes that came so far and asks again when there
 * are more. A call costs no more than the digits of the length, however long the payload is.
 *
 * Limits: the payload's maximum is the caller's; a length above it is refused by its digits alone,
 * before a byte of payload has come.
 */
#ifndef DANED_PROTO_NETSTRING_H
#define DANED_PROTO_NETSTRING_H

#include "proto/span.h"

#define NETSTRING_HEAD_MAX 21 /* octets: 20 digits of the largest size_t, and the colon */

enum netstring_status {
    NETSTRING_OK,   /* a whole netstring stands at the front */
    NETSTRING_MORE, /* good so far, but not all there */
    NETSTRING_BAD   /* whatever follows, this is no netstring that is allowed here */
};

/*
 * Looks at the front of buf[0..len) for a netstring with at most payload_max octets of payload.
 * On NETSTRING_OK *payload_out points into buf, and *used_out is the number of octets that the
 * netstring takes, so that the next one, if the peer pipelines, begins at buf + *used_out. On
 * NETSTRING_MORE and NETSTRING_BAD the outputs are left alone. Bad are: a length that does not
 * begin with a digit, has another octet than digits before the colon, has a leading zero ("0:" is
 * good), is above payload_max, or has
 * more than 18 digits; and another octet than a comma after the payload.
 */
enum netstring_status netstring_parse(
    const char *buf, size_t len, size_t payload_max, struct span *payload_out, size_t *used_out);

/*
 * Writes the head, the length in digits and the colon, of a netstring with payload_len octets into
 * head_out, which has room for NETSTRING_HEAD_MAX octets. No NUL is written. Returns its octets.
 */
size_t netstring_encode_head(size_t payload_len, char *head_out);

/*
 * Writes payload[0..payload_len) as a whole netstring into out[0..out_cap), which must not overlap
 * it. Returns the octets written, or 0, with nothing written, if it does not fit.
 */
size_t netstring_encode(const char *payload, size_t payload_len, char *out, size_t out_cap);

#endif
