/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_snapshot.c - the file of the cache: as it is, if the input begins as one; else the input is
 * taken for the records of a frame, under checksums that are right.
 */
#include <string.h>

#include "daemon/core/little_endian.h"
#include "daemon/core/snapshot_inside.h"
#include "tests/fuzz/fuzz.h"

enum { CACHE_SIZE = 1 << 20, MAX_TTL_S = 3600, POLICY = 1, SOURCES = 2 };

static const struct snapshot_times now = {
    .wall_ms = UINT64_C(1700000100000), .boot_ms = 200000, .boot_id = {1}};

static size_t entries_of(const struct cache *cache)
{
    struct cache_counts counts;

    cache_count(cache, &counts);
    return counts.entries;
}

/* Whatever was read, nothing is served longer than it may be, and it is a fact. */
static void check_item(void *arg, const struct cache_item *item)
{
    (void)arg;
    FUZZ_CHECK(item->kind == CACHE_FACT);
    FUZZ_CHECK(item->expires_ms > now.boot_ms);
    FUZZ_CHECK(item->expires_ms <= now.boot_ms + (uint64_t)MAX_TTL_S * 1000);
    struct fact *fact = fact_unpack(item->sub, item->value, item->len, item->expires_ms);
    FUZZ_CHECK(fact && fact->outcome != FACT_ERROR);
    free(fact);
}

static enum snapshot_step read_all(
    const uint8_t *data, size_t size, const struct snapshot_target *target)
{
    struct snapshot_reader reader;
    enum snapshot_step step = SNAPSHOT_READ;
    enum snapshot_fault fault = SNAPSHOT_FAULT_NONE;
    size_t at = 0;

    snapshot_reader_init(&reader, target);
    while (step == SNAPSHOT_READ) {
        size_t used = 0;
        step = snapshot_read(&reader, data + at, size - at, true, &used, &fault);
        FUZZ_CHECK(used <= size - at);
        at += used;
    }
    FUZZ_CHECK(step == SNAPSHOT_BAD || (step == SNAPSHOT_END && at == size));
    FUZZ_CHECK((step == SNAPSHOT_BAD) == (fault != SNAPSHOT_FAULT_NONE));
    FUZZ_CHECK(step != SNAPSHOT_BAD || entries_of(target->cache) == 0);
    return step;
}

static void add_item(void *arg, const struct cache_item *item)
{
    snapshot_add(arg, item);
}

/* Writes what is in the cache and reads it again: all must come back. */
static void check_again(struct cache *cache, const struct snapshot_target *target)
{
    struct snapshot_writer *writer = malloc(sizeof *writer);
    struct snapshot_target other = *target;
    struct cache_walk walk;

    FUZZ_CHECK(writer != NULL);
    other.cache = cache_new(CACHE_SIZE, cache_hash_key(cache));
    snapshot_begin(writer, &now, POLICY, SOURCES);
    cache_walk_start(&walk, cache);
    while (cache_walk_step(&walk, now.boot_ms, true, 1, add_item, writer))
        ;
    snapshot_end(writer);
    FUZZ_CHECK(read_all(writer->out, writer->len, &other) == SNAPSHOT_END);
    FUZZ_CHECK(writer->records < entries_of(cache) || entries_of(other.cache) == entries_of(cache));
    cache_free(other.cache);
    free(writer);
}

/* Counts records by their lengths alone. */
static uint64_t count_records(const uint8_t *data, size_t size)
{
    uint64_t count = 0;
    size_t at = 0;

    while (size - at >= RECORD_FIXED) {
        size_t len = RECORD_FIXED + (size_t)data[at + RECORD_NAME_LEN] +
                     little_get16(data + at + RECORD_VALUE_LEN);
        if (size - at < len)
            break;
        at += len;
        count++;
    }
    return count;
}

/* Puts the records into a frame, between a header and a trailer; gives the length. */
static size_t seal(const uint8_t *records, size_t size, uint8_t *out)
{
    static struct snapshot_writer writer;
    struct snapshot_times then = now;

    then.wall_ms -= 100000;
    then.boot_ms -= 100000;
    snapshot_begin(&writer, &then, POLICY, SOURCES);
    memcpy(out, writer.out, writer.len);
    uint8_t *at = out + writer.len;
    little_put32(at, (uint32_t)size);
    memcpy(at + FRAME_LEN, records, size);
    uint64_t chain = snapshot_checksum(writer.chain, 1, at, FRAME_LEN + size);
    at += FRAME_LEN + size;
    little_put64(at, chain);
    at += SNAPSHOT_CHECKSUM;
    little_put32(at, 0);
    little_put64(at + TRAILER_FRAMES, 1);
    little_put64(at + TRAILER_RECORDS, count_records(records, size));
    little_put64(at + TRAILER_CHECKSUM, snapshot_checksum(chain, 1, at, TRAILER_CHECKSUM));
    return (size_t)(at - out) + SNAPSHOT_TRAILER;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct siphash_key key = {{1, 2}};
    static uint8_t sealed[SNAPSHOT_FRAME_MAX + 256];
    struct snapshot_target target = {.cache = cache_new(CACHE_SIZE, &key),
        .times = now,
        .policy = POLICY,
        .sources = SOURCES,
        .max_ttl_s = MAX_TTL_S,
        .negative_max_ttl_s = MAX_TTL_S};
    struct cache_walk walk;

    if (size > 0 && size <= SNAPSHOT_FRAME_MAX && data[0] != snapshot_magic[0]) {
        size = seal(data, size, sealed);
        data = sealed;
    }
    if (read_all(data, size, &target) == SNAPSHOT_END) {
        cache_walk_start(&walk, target.cache);
        while (cache_walk_step(&walk, now.boot_ms, false, 1, check_item, NULL))
            ;
        check_again(target.cache, &target);
    }
    cache_free(target.cache);
    return 0;
}
