/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * siphash.c - SipHash-2-4.
 */
#include "daemon/core/siphash.h"

#include <string.h>

#include "daemon/core/little_endian.h"

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static inline void round_once(struct state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline void absorb(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    round_once(s);
    round_once(s);
    s->v0 ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *data, size_t len)
{
    const uint8_t *octets = data;
    struct state s = {
        key->half[0] ^ UINT64_C(0x736f6d6570736575),
        key->half[1] ^ UINT64_C(0x646f72616e646f6d),
        key->half[0] ^ UINT64_C(0x6c7967656e657261),
        key->half[1] ^ UINT64_C(0x7465646279746573),
    };
    uint64_t word = (uint64_t)len << 56;
    size_t i;

    for (i = 0; i + 8 <= len; i += 8)
        absorb(&s, little_get64(octets + i));
    if (len >= 8 && i < len)
        word |= little_get64(octets + len - 8) >> (8 * (8 - (len - i)));
    for (unsigned bits = 0; len < 8 && i < len; i++, bits += 8)
        word |= (uint64_t)octets[i] << bits;
    absorb(&s, word);
    s.v2 ^= 0xff;
    for (int r = 0; r < 4; r++)
        round_once(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint32_t siphash_name(
    const struct siphash_key *key, uint8_t kind, uint16_t number, const struct dname *name)
{
    uint8_t octets[3 + DNAME_MAX];

    octets[0] = kind;
    octets[1] = (uint8_t)(number >> 8);
    octets[2] = (uint8_t)number;
    memcpy(octets + 3, name->wire, name->len);
    return (uint32_t)siphash(key, octets, 3u + name->len);
}
