/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base64.h - base64 (RFC 4648 4), strict.
 *
 * One text has one meaning: no line ends or other octets outside the alphabet (RFC 4648 3.3), the
 * padding is there and the bits under it are zero (RFC 4648 3.5).
 */
#ifndef DANED_PROTO_BASE64_H
#define DANED_PROTO_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/span.h"

/* Octets of the base64 form of n octets. */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Whether base64_decode would take text, given room enough. */
bool base64_is_valid(struct span text);

/*
 * Decodes text into out[0..out_cap). On true *len_out is the octets written. On false, because text
 * is empty, is not strict base64 or does not fit, *len_out is left alone and out is not to be used.
 */
bool base64_decode(struct span text, uint8_t *out, size_t out_cap, size_t *len_out);

/*
 * Encodes data[0..len) into out[0..out_cap), without a NUL. Returns the octets written, or 0, with
 * nothing written, if len is 0 or the result does not fit.
 */
size_t base64_encode(const uint8_t *data, size_t len, char *out, size_t out_cap);

#endif
