/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_sample.c - caches to take snapshots of, and what became of them.
 */
#include "tests/unit/core/snapshot_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact_cache.h"

enum { WALL = 1700000000, MAX_TTL = 86400, NEGATIVE_MAX_TTL = 3600 };

const struct siphash_key cache_key = {{1, 2}};

const struct snapshot_times taken = {
    .wall_ms = (uint64_t)WALL * SECOND, .boot_ms = 3600 * SECOND, .boot_id = {1, 2, 3}};

struct dname named(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

struct snapshot_times later(int64_t seconds)
{
    struct snapshot_times times = taken;

    times.wall_ms += (uint64_t)(seconds * SECOND);
    times.boot_ms += (uint64_t)(seconds * SECOND);
    return times;
}

void put_fact(
    struct cache *cache, uint16_t type, const char *text, enum fact_outcome outcome, uint32_t ttl_s)
{
    static const uint8_t mx[] = {0, 10, 2, 'm', 'x', 0};
    static const uint8_t tlsa[] = {3, 1, 1, 1, 2, 3};
    struct dname name = named(text);
    struct dname canonical = named("canonical.example");
    struct fact_path path = {canonical.wire, canonical.len, 1};
    struct dns_rr rr = {.rdata = type == DNS_MX ? mx : tlsa, .rdata_len = sizeof mx};
    const struct dns_rr *records[] = {&rr};
    bool has_data = outcome == FACT_RECORDS && (type == DNS_MX || type == DNS_TLSA);
    struct fact *fact = outcome == FACT_ERROR
                            ? fact_new_error(CAUSE_TIMEOUT)
                            : fact_new(outcome, DNS_SECURE, ttl_s, type == DNS_A ? &path : NULL,
                                  records, has_data ? 1 : 0);

    fact->expires_ms = taken.boot_ms + (uint64_t)ttl_s * SECOND;
    fact_cache_put(cache, type, &name, fact, taken.boot_ms);
    free(fact);
}

static void put_level(
    struct cache *cache, enum cache_kind kind, const char *text, enum level level, int64_t ttl_s)
{
    struct dname name = named(text);
    struct answer answer = answer_plain(level, REASON_ALL_HOSTS_DANE);
    uint8_t packed[ANSWER_PACKED_MAX];
    size_t len = answer_pack(&answer, level, packed);
    uint64_t expires_ms = taken.boot_ms + (uint64_t)(ttl_s * SECOND);

    if (ttl_s > 0)
        cache_put(cache, kind, 25, &name, packed, len, expires_ms, taken.boot_ms);
    else
        cache_put_past(cache, kind, 25, &name, packed, len, expires_ms, taken.boot_ms);
}

struct cache *filled(void)
{
    struct cache *cache = cache_new(MEBI, &cache_key);

    put_fact(cache, DNS_MX, "mx.example", FACT_RECORDS, 300);
    put_fact(cache, DNS_A, "a.example", FACT_RECORDS, 4000);
    put_fact(cache, DNS_AAAA, "a.example", FACT_NODATA, 4000);
    put_fact(cache, DNS_TLSA, "_25._tcp.a.example", FACT_RECORDS, 7200);
    put_fact(cache, DNS_CNAME, "c.example", FACT_NXDOMAIN, 100);
    put_fact(cache, DNS_MX, "failed.example", FACT_ERROR, 30);
    put_level(cache, CACHE_DOMAIN, "strong.example", LEVEL_DANE_REQUIRED, 300);
    put_level(cache, CACHE_HOST, "past.example", LEVEL_ENCRYPT, -3600);
    put_level(cache, CACHE_DOMAIN, "long.past.example", LEVEL_DANE, -86400);
    put_level(cache, CACHE_DOMAIN, "weak.example", LEVEL_MAY, 300);
    put_level(cache, CACHE_DOMAIN, "later.example", LEVEL_DEFER, 30);
    return cache;
}

void take_out(const struct taking *taking)
{
    struct octets *octets = taking->octets;

    octets->data = realloc(octets->data, octets->len + taking->writer->len);
    assert_non_null(octets->data);
    memcpy(octets->data + octets->len, taking->writer->out, taking->writer->len);
    octets->len += taking->writer->len;
    snapshot_taken(taking->writer);
}

static void add(void *arg, const struct cache_item *item)
{
    const struct taking *taking = arg;

    snapshot_add(taking->writer, item);
    if (taking->writer->len >= SNAPSHOT_ENOUGH) {
        snapshot_close(taking->writer);
        take_out(taking);
    }
}

struct octets snapshot_of(struct cache *cache, const struct snapshot_times *times)
{
    struct octets octets = {NULL, 0};
    struct snapshot_writer *writer = malloc(sizeof *writer);
    struct taking taking = {writer, &octets};
    struct cache_walk walk;

    assert_non_null(writer);
    snapshot_begin(writer, times, POLICY, SOURCES);
    cache_walk_start(&walk, cache);
    while (cache_walk_step(&walk, taken.boot_ms, true, 10, add, &taking))
        ;
    snapshot_end(writer);
    take_out(&taking);
    free(writer);
    return octets;
}

struct octets sample(void)
{
    struct cache *cache = filled();
    struct octets octets = snapshot_of(cache, &taken);

    cache_free(cache);
    return octets;
}

struct snapshot_target target_at(struct snapshot_times now)
{
    return (struct snapshot_target){
        .cache = cache_new(MEBI, &cache_key),
        .times = now,
        .policy = POLICY,
        .sources = SOURCES,
        .max_ttl_s = MAX_TTL,
        .negative_max_ttl_s = NEGATIVE_MAX_TTL,
    };
}

enum snapshot_fault read_by(const struct octets *octets, size_t piece,
    const struct snapshot_target *target, struct snapshot_reader *reader)
{
    enum snapshot_fault fault;
    size_t at = 0;
    size_t have = 0;

    snapshot_reader_init(reader, target);
    for (;;) {
        size_t used = 0;
        bool is_all = at + have == octets->len;
        switch (snapshot_read(reader, octets->data + at, have, is_all, &used, &fault)) {
        case SNAPSHOT_MORE:
            assert_false(is_all);
            have += octets->len - at - have < piece ? octets->len - at - have : piece;
            break;
        case SNAPSHOT_READ:
            at += used;
            have -= used;
            break;
        case SNAPSHOT_END:
            if (!is_all) {
                /* What is behind shows once it is there. */
                return SNAPSHOT_FAULT_LONGER;
            }
            assert_int_equal(at + used, octets->len);
            return SNAPSHOT_FAULT_NONE;
        case SNAPSHOT_BAD:
            return fault;
        }
    }
}

enum snapshot_fault read_all(const struct octets *octets, const struct snapshot_target *target)
{
    struct snapshot_reader reader;

    return read_by(octets, octets->len, target, &reader);
}

size_t entries_of(const struct cache *cache)
{
    struct cache_counts counts;

    cache_count(cache, &counts);
    return counts.entries;
}

uint64_t left_of(struct snapshot_target *target, uint16_t type, const char *text)
{
    struct dname name = named(text);
    uint64_t now_ms = target->times.boot_ms;
    struct fact *fact = fact_cache_get(target->cache, type, &name, now_ms);
    uint64_t left_s = fact ? (fact->expires_ms - now_ms) / SECOND : 0;

    free(fact);
    return left_s;
}
