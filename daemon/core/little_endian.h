/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * little_endian.h - numbers as octets, the least significant first, on every machine.
 *
 * Spelled out octet by octet; a compiler makes one load or store of it where it can.
 */
#ifndef DANED_CORE_LITTLE_ENDIAN_H
#define DANED_CORE_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint16_t little_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t little_get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline uint64_t little_get64(const uint8_t *at)
{
    return little_get32(at) | (uint64_t)little_get32(at + 4) << 32;
}

static inline void little_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static inline void little_put32(uint8_t *at, uint32_t value)
{
    little_put16(at, (uint16_t)value);
    little_put16(at + 2, (uint16_t)(value >> 16));
}

static inline void little_put64(uint8_t *at, uint64_t value)
{
    little_put32(at, (uint32_t)value);
    little_put32(at + 4, (uint32_t)(value >> 32));
}

#endif
