/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_flush.c - makes the cache forget a destination.
 */
#include "daemon/io/control_flush.h"

#include "daemon/core/evidence.h"

struct flush {
    struct cache *cache;
    size_t dropped;
};

static void drop_fact(void *arg, const struct question *question, const struct fact *fact)
{
    struct flush *flush = arg;

    /* A fact out of the cache has no TTL, one that the lookup has just learned has. */
    if (cache_remove(flush->cache, CACHE_FACT, question->type, &question->name) && fact->ttl == 0)
        flush->dropped++;
}

/* TLSA records of a host may be there though nothing asks for them as things stand. */
static void drop_tlsa(struct flush *flush, uint16_t port, const struct dname *base)
{
    struct dname owner;

    if (base->len > 0 && dname_tlsa_owner(base, port, &owner) &&
        cache_remove(flush->cache, CACHE_FACT, DNS_TLSA, &owner))
        flush->dropped++;
}

size_t control_flush(
    struct cache *cache, const struct destination *destination, const struct verdict *verdict)
{
    struct flush flush = {cache, 0};
    enum cache_kind kind = destination->kind == DESTINATION_HOST ? CACHE_HOST : CACHE_DOMAIN;

    cache_remove(cache, kind, destination->port, &destination->name);
    evidence_each(verdict->evidence, drop_fact, &flush);
    for (size_t i = 0; i < verdict->host_count; i++) {
        drop_tlsa(&flush, destination->port, &verdict->hosts[i].name);
        drop_tlsa(&flush, destination->port, &verdict->hosts[i].canonical);
    }
    return flush.dropped;
}
