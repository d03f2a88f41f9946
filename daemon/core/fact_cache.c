/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact_cache.c - facts in the cache.
 */
#include "daemon/core/fact_cache.h"

#include <stdlib.h>

#include "daemon/core/alloc.h"

struct fact *fact_cache_get(
    struct cache *cache, uint16_t type, const struct dname *name, uint64_t now_ms)
{
    struct cache_value value;

    if (!cache_get(cache, CACHE_FACT, type, name, now_ms, &value))
        return NULL;
    return fact_unpack(type, value.octets, value.len, value.expires_ms);
}

void fact_cache_put(struct cache *cache, uint16_t type, const struct dname *name,
    const struct fact *fact, uint64_t now_ms)
{
    size_t len = fact_packed_size(fact);
    uint8_t *packed = alloc_array(NULL, len, 1);

    fact_pack(fact, packed);
    cache_put(cache, CACHE_FACT, type, name, packed, len, fact->expires_ms, now_ms);
    free(packed);
}
