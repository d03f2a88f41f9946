/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest.h - hashes; digest_wolfssl.c is the one file behind it.
 */
#ifndef DANED_IO_DIGEST_H
#define DANED_IO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Writes the SHA-256 of len octets. The process ends if the library refuses to hash. */
void digest_sha256(const uint8_t *data, size_t len, uint8_t digest_out[32]);

/* Writes the SHA-512 of len octets. The process ends if the library refuses to hash. */
void digest_sha512(const uint8_t *data, size_t len, uint8_t digest_out[64]);

#endif
