/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_sample.h - caches to take snapshots of, and what became of them, for the tests of
 * snapshots.
 */
#ifndef DANED_TESTS_UNIT_CORE_SNAPSHOT_SAMPLE_H
#define DANED_TESTS_UNIT_CORE_SNAPSHOT_SAMPLE_H

#include "daemon/core/fact.h"
#include "daemon/core/snapshot.h"

enum { MEBI = 1 << 20, SECOND = 1000 };

/* What a snapshot is taken and read under. */
enum { POLICY = 5, SOURCES = 7 };

extern const struct siphash_key cache_key;

/* The times of when the snapshot is taken; the machine has been up for an hour. */
extern const struct snapshot_times taken;

/* A snapshot; whoever got it frees data. */
struct octets {
    uint8_t *data;
    size_t len;
};

/* A name from its text. */
struct dname named(const char *text);

/* The times so many seconds after it was taken. */
struct snapshot_times later(int64_t seconds);

/* Puts a fact of this life into a cache, as at the time when the snapshot is taken. */
void put_fact(struct cache *cache, uint16_t type, const char *text, enum fact_outcome outcome,
    uint32_t ttl_s);

/* A cache with one of each kind, to be freed by cache_free(). */
struct cache *filled(void);

/* A snapshot that is being taken; both are borrowed. */
struct taking {
    struct snapshot_writer *writer;
    struct octets *octets;
};

/* Takes what the writer has ready, and puts it behind the octets. */
void take_out(const struct taking *taking);

/* Takes a snapshot of a cache at these times, or of filled() when it is to be taken. */
struct octets snapshot_of(struct cache *cache, const struct snapshot_times *times);
struct octets sample(void);

/* An empty cache, which whoever called frees, that a snapshot is to be read into at this time. */
struct snapshot_target target_at(struct snapshot_times now);

/* Reads a whole snapshot, which comes in pieces of at most so many octets. */
enum snapshot_fault read_by(const struct octets *octets, size_t piece,
    const struct snapshot_target *target, struct snapshot_reader *reader);

/* The same, in one piece. */
enum snapshot_fault read_all(const struct octets *octets, const struct snapshot_target *target);

/* How many entries a cache has. */
size_t entries_of(const struct cache *cache);

/* How many seconds a fact is still served from now on; 0 if it is not there. */
uint64_t left_of(struct snapshot_target *target, uint16_t type, const char *text);

#endif
