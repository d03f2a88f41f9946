/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pin.h - a verdict as a list of key fingerprints, for a Postfix whose own DNS does not validate.
 *
 * Pinning is offered only where it is as strict as DANE-EE: see pin_write().
 */
#ifndef DANED_CORE_PIN_H
#define DANED_CORE_PIN_H

#include "daemon/core/verdict.h"

#define PIN_TEXT_MAX 65536 /* octets; a longer list is not offered */

/* Writes the SHA-256 of data, 32 octets: the core does no cryptography itself. */
typedef void pin_sha256(const uint8_t *data, size_t len, uint8_t digest_out[32]);

/*
 * Writes "fingerprint match=HEX|HEX servername=hostname" for Postfix into out[0..cap), without a
 * NUL. Returns its octets, or 0 if the verdict cannot be pinned as strictly as DANE would be: the
 * MX lookup is not secure, a host is not in state dane (hosts without address apart), the TLSA base
 * domain of one is not its own name (Postfix sends the MX name as SNI), or a record that counts
 * after digest agility is not usage 3 with a SHA-256 digest or full data; also if it does not fit.
 */
size_t pin_write(const struct verdict *verdict, pin_sha256 *sha256, char *out, size_t cap);

#endif
