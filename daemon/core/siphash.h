/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * siphash.h - SipHash-2-4 (Aumasson, Bernstein 2012): a hash that needs its key to be predicted.
 *
 * Who sends mail through an MTA picks the names that daned keeps in its tables; without a secret
 * key he could make them all collide.
 */
#ifndef DANED_CORE_SIPHASH_H
#define DANED_CORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"

struct siphash_key {
    uint64_t half[2];
};

/* Gives the 64-bit hash of len octets under a key. */
uint64_t siphash(const struct siphash_key *key, const void *data, size_t len);

/* Gives 32 bits of the hash of a name with a number and a kind, for struct table. */
uint32_t siphash_name(
    const struct siphash_key *key, uint8_t kind, uint16_t number, const struct dname *name);

#endif
