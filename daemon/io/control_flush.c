/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_flush.c - makes the cache forget a destination.
 */
#include "daemon/io/control_flush.h"

#include <stdlib.h>

#include "daemon/core/fact_cache.h"

static size_t drop_fact(struct cache *cache, uint16_t type, const struct dname *name)
{
    return cache_remove(cache, CACHE_FACT, type, name) ? 1 : 0;
}

static size_t drop_tlsa(struct cache *cache, uint16_t port, const struct dname *base)
{
    struct dname owner;

    return dname_tlsa_owner(base, port, &owner) ? drop_fact(cache, DNS_TLSA, &owner) : 0;
}

static size_t drop_host(
    struct cache *cache, uint16_t port, const struct dname *host, uint64_t now_ms)
{
    static const uint16_t families[] = {DNS_A, DNS_AAAA};
    size_t dropped = drop_tlsa(cache, port, host);

    for (size_t i = 0; i < 2; i++) {
        struct dname canonical;
        struct fact *fact = fact_cache_get(cache, families[i], host, now_ms);
        if (fact && fact_canonical(fact, &canonical))
            dropped += drop_tlsa(cache, port, &canonical);
        free(fact);
        dropped += drop_fact(cache, families[i], host);
    }
    return dropped + drop_fact(cache, DNS_CNAME, host);
}

size_t control_flush(struct cache *cache, const struct destination *destination, uint64_t now_ms)
{
    bool is_host = destination->kind == DESTINATION_HOST;
    const struct dname *name = &destination->name;
    size_t dropped = 0;

    if (destination->kind != DESTINATION_DOMAIN && !is_host)
        return 0;
    if (cache_remove(cache, is_host ? CACHE_HOST : CACHE_DOMAIN, destination->port, name))
        dropped++;
    if (is_host)
        return dropped + drop_host(cache, destination->port, name, now_ms);
    struct fact *mx = fact_cache_get(cache, DNS_MX, name, now_ms);
    if (mx && mx->outcome == FACT_RECORDS) {
        size_t cursor = 0;
        const uint8_t *rdata;
        uint16_t rdata_len;
        uint16_t preference;
        struct dname host;
        while (fact_next_record(mx, &cursor, &rdata, &rdata_len)) {
            fact_read_mx(rdata, rdata_len, &preference, &host);
            dropped += drop_host(cache, destination->port, &host, now_ms);
        }
    } else {
        /* The implicit MX: the domain is its own host. */
        dropped += drop_host(cache, destination->port, name, now_ms);
    }
    free(mx);
    return dropped + drop_fact(cache, DNS_MX, name);
}
