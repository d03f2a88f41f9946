/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_snapshot.c - from a cache to octets and back: what comes back, for how long, and what is
 * refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact_cache.h"
#include "daemon/core/little_endian.h"
#include "daemon/core/snapshot.h"

enum {
    MEBI = 1 << 20,
    SECOND = 1000,
    WALL = 1700000000,
    POLICY = 5,
    MAX_TTL = 86400,
    NEGATIVE_MAX_TTL = 3600,
    SOURCES = 7,
    HEADER_LEN = 64,
};

static const struct siphash_key key = {{1, 2}};

/* The times of when the snapshot is taken; the machine has been up for an hour. */
static const struct snapshot_times taken = {
    .wall_ms = (uint64_t)WALL * SECOND, .boot_ms = 3600 * SECOND, .boot_id = {1, 2, 3}};

struct octets {
    uint8_t *data;
    size_t len;
};

static struct dname named(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

/* The times so many seconds later. */
static struct snapshot_times later(int64_t seconds)
{
    struct snapshot_times times = taken;

    times.wall_ms += (uint64_t)(seconds * SECOND);
    times.boot_ms += (uint64_t)(seconds * SECOND);
    return times;
}

static void put_fact(
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

/* One of each kind. */
static struct cache *filled(void)
{
    struct cache *cache = cache_new(MEBI, &key);

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

struct taking {
    struct snapshot_writer *writer;
    struct octets *octets;
};

static void take_out(const struct taking *taking)
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

static struct octets snapshot_of(struct cache *cache, const struct snapshot_times *times)
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

/* A snapshot of one of each kind. */
static struct octets sample(void)
{
    struct cache *cache = filled();
    struct octets octets = snapshot_of(cache, &taken);

    cache_free(cache);
    return octets;
}

static struct snapshot_target target_at(struct snapshot_times now)
{
    return (struct snapshot_target){
        .cache = cache_new(MEBI, &key),
        .times = now,
        .policy = POLICY,
        .sources = SOURCES,
        .max_ttl_s = MAX_TTL,
        .negative_max_ttl_s = NEGATIVE_MAX_TTL,
    };
}

/* Reads a whole snapshot, which comes in pieces of at most so many octets. */
static enum snapshot_fault read_by(const struct octets *octets, size_t piece,
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

static enum snapshot_fault read_all(
    const struct octets *octets, const struct snapshot_target *target)
{
    struct snapshot_reader reader;

    return read_by(octets, octets->len, target, &reader);
}

static size_t entries_of(const struct cache *cache)
{
    struct cache_counts counts;

    cache_count(cache, &counts);
    return counts.entries;
}

/* How many seconds a fact is still served from now on; 0 if it is not there. */
static uint64_t left_of(struct snapshot_target *target, uint16_t type, const char *text)
{
    struct dname name = named(text);
    uint64_t now_ms = target->times.boot_ms;
    struct fact *fact = fact_cache_get(target->cache, type, &name, now_ms);
    uint64_t left_s = fact ? (fact->expires_ms - now_ms) / SECOND : 0;

    free(fact);
    return left_s;
}

static void facts_come_back_for_the_rest_of_their_time(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(100));
    struct dname name = named("a.example");
    struct dname canonical;

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_MX, "mx.example"), 200);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 3900);
    assert_int_equal(left_of(&target, DNS_TLSA, "_25._tcp.a.example"), 7100);
    assert_int_equal(left_of(&target, DNS_CNAME, "c.example"), 0);
    assert_int_equal(left_of(&target, DNS_MX, "failed.example"), 0);
    /* A denial under the limit of denials. */
    assert_int_equal(left_of(&target, DNS_AAAA, "a.example"), 3600);
    struct fact *fact = fact_cache_get(target.cache, DNS_A, &name, target.times.boot_ms);
    assert_int_equal(fact->status, DNS_SECURE);
    assert_int_equal(fact->outcome, FACT_RECORDS);
    assert_true(fact_canonical(fact, &canonical));
    name = named("canonical.example");
    assert_true(dname_equal(&canonical, &name));
    free(fact);
    cache_free(target.cache);
    free(octets.data);
}

static void the_limits_of_the_day_apply(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(0));

    (void)state;
    target.max_ttl_s = 1000;
    target.negative_max_ttl_s = 50;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_MX, "mx.example"), 300);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 1000);
    assert_int_equal(left_of(&target, DNS_AAAA, "a.example"), 50);
    cache_free(target.cache);
    free(octets.data);
}

static bool remembers(
    const struct snapshot_target *target, enum cache_kind kind, const char *text, enum level level)
{
    struct dname name = named(text);
    struct cache_value value;

    assert_false(cache_get(target->cache, kind, 25, &name, target->times.boot_ms, &value));
    return cache_last(target->cache, kind, 25, &name, &value) &&
           value.expires_ms <= target->times.boot_ms &&
           answer_unpack_decided(value.octets) == level;
}

static void levels_come_back_as_what_was_and_are_not_served(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(10));
    struct snapshot_target other = target_at(later(10));

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_true(remembers(&target, CACHE_DOMAIN, "strong.example", LEVEL_DANE_REQUIRED));
    assert_true(remembers(&target, CACHE_HOST, "past.example", LEVEL_ENCRYPT));
    assert_false(remembers(&target, CACHE_DOMAIN, "long.past.example", LEVEL_DANE));
    assert_false(remembers(&target, CACHE_DOMAIN, "weak.example", LEVEL_MAY));
    assert_false(remembers(&target, CACHE_DOMAIN, "later.example", LEVEL_DEFER));
    assert_int_equal(entries_of(target.cache), 5 + 2);
    /* What was decided under other options says nothing. */
    other.policy = POLICY + 1;
    assert_int_equal(read_all(&octets, &other), SNAPSHOT_FAULT_NONE);
    assert_int_equal(entries_of(other.cache), 5);
    cache_free(target.cache);
    cache_free(other.cache);
    free(octets.data);
}

static void what_other_resolvers_said_is_refused(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(10));

    (void)state;
    target.sources = SOURCES + 1;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_SOURCES);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(octets.data);
}

/* Reads the sample at these times; gives the fault, and how long the A record has left. */
static enum snapshot_fault fault_at(struct snapshot_times now, uint64_t *left_s_out)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(now);
    enum snapshot_fault fault = read_all(&octets, &target);

    *left_s_out = left_of(&target, DNS_A, "a.example");
    cache_free(target.cache);
    free(octets.data);
    return fault;
}

static void after_another_start_of_the_machine_the_wall_clock_is_doubted(void **state)
{
    struct snapshot_times now = later(100);
    uint64_t left_s;

    (void)state;
    now.boot_id[0]++;
    now.boot_ms = 5 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 4000 - 100 - SNAPSHOT_DOUBT_MS / SECOND);
    /* The clock is a little behind: nothing is served longer for that. */
    now = later(-60);
    now.boot_id[0]++;
    now.boot_ms = 5 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 4000);
    now.wall_ms--;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
    assert_int_equal(left_s, 0);
}

static void an_unknown_boot_id_proves_nothing(void **state)
{
    struct snapshot_times unknown = taken;
    struct cache *cache = filled();
    struct snapshot_target target = target_at(later(100));

    (void)state;
    memset(unknown.boot_id, 0, sizeof unknown.boot_id);
    memset(target.times.boot_id, 0, sizeof target.times.boot_id);
    struct octets octets = snapshot_of(cache, &unknown);
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_of(&target, DNS_A, "a.example"), 4000 - 100 - SNAPSHOT_DOUBT_MS / SECOND);
    free(octets.data);
    cache_free(cache);
    cache_free(target.cache);
}

static void a_wall_clock_that_was_set_back_is_noticed_by_the_boot_clock(void **state)
{
    struct snapshot_times now = later(1000);
    uint64_t left_s;

    (void)state;
    now.wall_ms -= 30 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 3000);
    now.wall_ms -= 30 * SECOND + 1;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
    /* Set forward, it only makes things end sooner. */
    now = later(1000);
    now.wall_ms += 500 * SECOND;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_NONE);
    assert_int_equal(left_s, 2500);
    /* The boot clock itself cannot go back. */
    now = later(0);
    now.boot_ms--;
    assert_int_equal(fault_at(now, &left_s), SNAPSHOT_FAULT_CLOCK_BACK);
}

static void after_a_long_time_nothing_is_left(void **state)
{
    struct snapshot_times now = later(7 * 86400);
    struct octets octets = sample();
    struct snapshot_target target = target_at(now);

    (void)state;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(octets.data);
}

static void cut_at_any_octet_it_is_refused(void **state)
{
    struct octets octets = sample();

    (void)state;
    for (size_t len = 0; len < octets.len; len++) {
        struct octets cut = {malloc(len + 1), len};
        struct snapshot_target target = target_at(later(1));
        assert_non_null(cut.data);
        memcpy(cut.data, octets.data, len);
        assert_int_equal(read_all(&cut, &target), SNAPSHOT_FAULT_CUT);
        assert_int_equal(entries_of(target.cache), 0);
        cache_free(target.cache);
        free(cut.data);
    }
    free(octets.data);
}

static void with_any_octet_changed_it_is_refused(void **state)
{
    struct octets octets = sample();

    (void)state;
    for (size_t at = 0; at < octets.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct snapshot_target target = target_at(later(1));
            octets.data[at] ^= (uint8_t)(1u << bit);
            assert_int_not_equal(read_all(&octets, &target), SNAPSHOT_FAULT_NONE);
            assert_int_equal(entries_of(target.cache), 0);
            octets.data[at] ^= (uint8_t)(1u << bit);
            cache_free(target.cache);
        }
    }
    free(octets.data);
}

static void anything_behind_the_end_is_refused(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(1));

    (void)state;
    octets.data = realloc(octets.data, octets.len + 1);
    assert_non_null(octets.data);
    octets.data[octets.len++] = 0;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_LONGER);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(octets.data);
}

static void foreign_and_newer_ones_are_named_as_such(void **state)
{
    struct octets octets = sample();
    struct snapshot_target target = target_at(later(1));
    uint8_t script[] = "#!/bin/sh";
    struct octets text = {script, sizeof script};
    struct octets nothing = {script, 0};

    (void)state;
    little_put32(octets.data + 8, SNAPSHOT_VERSION + 1);
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_VERSION);
    octets.len = 12;
    assert_int_equal(read_all(&octets, &target), SNAPSHOT_FAULT_VERSION);
    assert_int_equal(read_all(&text, &target), SNAPSHOT_FAULT_FOREIGN);
    assert_int_equal(read_all(&nothing, &target), SNAPSHOT_FAULT_CUT);
    cache_free(target.cache);
    free(octets.data);
}

enum { MANY = 5000 };

static struct octets sample_of_many(void)
{
    struct cache *cache = cache_new(16 * MEBI, &key);
    char text[32];

    for (unsigned i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "n%u.example", i);
        put_fact(cache, DNS_MX, text, FACT_RECORDS, 300 + i % 100);
    }
    struct octets octets = snapshot_of(cache, &taken);
    cache_free(cache);
    return octets;
}

static void many_come_back_however_the_octets_arrive(void **state)
{
    static const size_t pieces[] = {1, 13, 4096, 1 << 20};
    struct octets octets = sample_of_many();
    struct snapshot_reader reader;

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct snapshot_target target = target_at(later(1));
        assert_int_equal(read_by(&octets, pieces[i], &target, &reader), SNAPSHOT_FAULT_NONE);
        assert_int_equal(reader.records, MANY);
        assert_int_equal(reader.facts, MANY);
        assert_true(reader.frames > 10);
        assert_int_equal(entries_of(target.cache), MANY);
        assert_int_equal(left_of(&target, DNS_MX, "n4999.example"), 398);
        cache_free(target.cache);
    }
    free(octets.data);
}

/* Where the frame of this number begins, and how long it is. */
static size_t frame_at(const struct octets *octets, unsigned number, size_t *len_out)
{
    size_t at = HEADER_LEN;

    for (unsigned i = 0;; i++) {
        *len_out = 4 + little_get32(octets->data + at) + 8;
        if (i == number)
            return at;
        at += *len_out;
    }
}

static void a_frame_missing_or_twice_is_refused(void **state)
{
    struct octets octets = sample_of_many();
    size_t len;
    size_t at = frame_at(&octets, 3, &len);
    struct octets other = {malloc(octets.len + len), 0};
    struct snapshot_target target = target_at(later(1));

    (void)state;
    assert_non_null(other.data);
    memcpy(other.data, octets.data, at);
    memcpy(other.data + at, octets.data + at + len, octets.len - at - len);
    other.len = octets.len - len;
    assert_int_equal(read_all(&other, &target), SNAPSHOT_FAULT_CHECKSUM);
    memcpy(other.data, octets.data, at + len);
    memcpy(other.data + at + len, octets.data + at, octets.len - at);
    other.len = octets.len + len;
    assert_int_equal(read_all(&other, &target), SNAPSHOT_FAULT_CHECKSUM);
    assert_int_equal(entries_of(target.cache), 0);
    cache_free(target.cache);
    free(other.data);
    free(octets.data);
}

/* Reads a snapshot that was written as any other, of one entry that no cache of ours would have. */
static enum snapshot_fault fault_of(const struct cache_item *item)
{
    struct octets octets = {NULL, 0};
    struct snapshot_writer *writer = malloc(sizeof *writer);
    struct taking taking = {writer, &octets};
    struct snapshot_target target = target_at(later(1));

    assert_non_null(writer);
    snapshot_begin(writer, &taken, POLICY, SOURCES);
    snapshot_add(writer, item);
    snapshot_end(writer);
    take_out(&taking);
    enum snapshot_fault fault = read_all(&octets, &target);
    free(writer);
    free(octets.data);
    cache_free(target.cache);
    return fault;
}

static void entries_that_cannot_be_are_refused(void **state)
{
    static const uint8_t nodata[] = {FACT_NODATA, DNS_SECURE, CAUSE_NONE, 0, 0, 0};
    static const uint8_t unknown_status[] = {FACT_NODATA, 7, CAUSE_NONE, 0, 0, 0};
    static const uint8_t no_decision[] = {LEVEL_DEFER << 4 | LEVEL_DEFER, 0};
    static const uint8_t decision[] = {LEVEL_DANE << 4 | LEVEL_DEFER, 0};
    const struct cache_item good = {.kind = CACHE_FACT,
        .sub = DNS_MX,
        .name = named("a.example"),
        .value = nodata,
        .len = sizeof nodata,
        .expires_ms = taken.boot_ms + 60 * SECOND};
    struct cache_item item = good;

    (void)state;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_NONE);
    item.value = unknown_status;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item = good;
    item.sub = DNS_SOA;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item = good;
    item.name.wire[1] = 'A';
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item = good;
    item.name.wire[0] = 40;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item = good;
    item.expires_ms = taken.boot_ms + SNAPSHOT_LIFE_MAX_MS + 1;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item.expires_ms = taken.boot_ms;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item = good;
    item.kind = CACHE_DOMAIN;
    item.value = decision;
    item.len = sizeof decision;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_NONE);
    item.expires_ms = taken.boot_ms + SNAPSHOT_LIFE_MAX_MS + 1;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_MALFORMED);
    item.value = no_decision;
    assert_int_equal(fault_of(&item), SNAPSHOT_FAULT_NONE);
}

static void an_entry_without_room_is_left_out(void **state)
{
    static uint8_t large[60000];
    struct snapshot_writer *writer = malloc(sizeof *writer);
    struct cache_item item = {.kind = CACHE_FACT,
        .sub = DNS_TLSA,
        .name = named("a.example"),
        .value = large,
        .len = sizeof large,
        .expires_ms = taken.boot_ms + SECOND};

    (void)state;
    assert_non_null(writer);
    large[0] = FACT_RECORDS;
    snapshot_begin(writer, &taken, POLICY, SOURCES);
    for (unsigned i = 0; i < 5; i++)
        snapshot_add(writer, &item);
    assert_int_equal(writer->records, 1);
    snapshot_end(writer);
    assert_true(writer->len <= sizeof writer->out);
    free(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_back_for_the_rest_of_their_time),
        cmocka_unit_test(the_limits_of_the_day_apply),
        cmocka_unit_test(levels_come_back_as_what_was_and_are_not_served),
        cmocka_unit_test(what_other_resolvers_said_is_refused),
        cmocka_unit_test(after_another_start_of_the_machine_the_wall_clock_is_doubted),
        cmocka_unit_test(an_unknown_boot_id_proves_nothing),
        cmocka_unit_test(a_wall_clock_that_was_set_back_is_noticed_by_the_boot_clock),
        cmocka_unit_test(after_a_long_time_nothing_is_left),
        cmocka_unit_test(cut_at_any_octet_it_is_refused),
        cmocka_unit_test(with_any_octet_changed_it_is_refused),
        cmocka_unit_test(anything_behind_the_end_is_refused),
        cmocka_unit_test(foreign_and_newer_ones_are_named_as_such),
        cmocka_unit_test(many_come_back_however_the_octets_arrive),
        cmocka_unit_test(a_frame_missing_or_twice_is_refused),
        cmocka_unit_test(entries_that_cannot_be_are_refused),
        cmocka_unit_test(an_entry_without_room_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
