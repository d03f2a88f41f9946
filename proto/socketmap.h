/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socketmap.h - the socketmap protocol of Postfix (and Sendmail): what is inside the netstrings.
 *
 * Request: MAP " " KEY. Reply: a word in upper case, a blank, a text. Postfix 3.7 takes a reply
 * "OK" without a text as "not found" and falls back to its global level, which is a downgrade;
 * the encoder here cannot be made to write one.
 *
 * Limits: 10000 octets of payload in a request, 100000 in a reply (Postfix refuses more).
 */
#ifndef DANED_PROTO_SOCKETMAP_H
#define DANED_PROTO_SOCKETMAP_H

#include "proto/span.h"

#define SOCKETMAP_REQUEST_MAX 10000      /* octets of payload */
#define SOCKETMAP_REQUEST_WIRE_MAX 10007 /* the same as a netstring: 5 digits, colon, comma */
#define SOCKETMAP_REPLY_MAX 100000       /* octets of payload */
#define SOCKETMAP_REPLY_WIRE_MAX 100008  /* the same as a netstring: 6 digits, colon, comma */

enum socketmap_status {
    SOCKETMAP_OK,       /* found: the text is the answer */
    SOCKETMAP_NOTFOUND, /* not found: no text; the client asks its next table */
    SOCKETMAP_TEMP,     /* the client tries again later; the text says why */
    SOCKETMAP_PERM      /* likewise (Postfix defers here too); the text says why */
};

struct socketmap_request {
    struct span map; /* never empty, no blank in it */
    struct span key; /* what follows the first blank: any octets but NUL, perhaps none */
};

/*
 * Splits the payload of a request. On true *request_out points into payload. On false it is left
 * alone, and *reason_out is a static text, fit for a PERM reply: a NUL octet, no blank, or an empty
 * map name. Lengths are netstring_parse's to check.
 */
bool socketmap_parse_request(
    struct span payload, struct socketmap_request *request_out, const char **reason_out);

/*
 * Writes a whole reply, netstring included, into out[0..out_cap), which must not overlap text.
 * NOTFOUND takes no text: what is given is not sent. An OK with an empty text is a caller's mistake
 * that would lower the client's security: it is sent as a TEMP that says so. Octets of text that
 * are not printable ASCII go out as '?'. Returns the octets written, or 0, with nothing written, if
 * the reply does not fit or is over SOCKETMAP_REPLY_MAX.
 */
size_t socketmap_encode(
    enum socketmap_status status, const char *text, size_t text_len, char *out, size_t out_cap);

/*
 * The client's side: writes a whole request, netstring included, into out[0..out_cap), which must
 * not overlap map or key. Returns the octets written, or 0, with nothing written, if it does not
 * fit, is over SOCKETMAP_REQUEST_MAX, the map name is empty or has a blank, or there is a NUL.
 */
size_t socketmap_encode_request(struct span map, struct span key, char *out, size_t out_cap);

/*
 * The client's side: reads the payload of a reply. On true *text_out points into payload, and is
 * not empty if *status_out is SOCKETMAP_OK, and empty if it is SOCKETMAP_NOTFOUND. On false, for an
 * unknown word, an OK without a text or a NOTFOUND with one, the outputs are left alone.
 */
bool socketmap_parse_reply(
    struct span payload, enum socketmap_status *status_out, struct span *text_out);

#endif
