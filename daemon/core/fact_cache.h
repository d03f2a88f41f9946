/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact_cache.h - facts in the cache, where they are kept packed.
 */
#ifndef DANED_CORE_FACT_CACHE_H
#define DANED_CORE_FACT_CACHE_H

#include "daemon/core/cache.h"
#include "daemon/core/fact.h"

/*
 * Gives a copy of the fact that is kept of (name, type) and still to be served at now_ms, to be
 * freed with free(); or NULL.
 */
struct fact *fact_cache_get(
    struct cache *cache, uint16_t type, const struct dname *name, uint64_t now_ms);

/* Keeps a fact until its expires_ms, as cache_put() does. */
void fact_cache_put(struct cache *cache, uint16_t type, const struct dname *name,
    const struct fact *fact, uint64_t now_ms);

#endif
