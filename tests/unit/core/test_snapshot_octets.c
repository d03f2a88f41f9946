/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_snapshot_octets.c - the octets of a snapshot: damaged ones, many of them, and ones that
 * cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/answer.h"
#include "daemon/core/little_endian.h"
#include "tests/unit/core/snapshot_sample.h"

enum { HEADER_LEN = 64 };

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
    struct cache *cache = cache_new(16 * MEBI, &cache_key);
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
