/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_read.c - from octets to the cache, strictly: what could not have been written is
 * refused.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact.h"
#include "daemon/core/little_endian.h"
#include "daemon/core/snapshot_inside.h"

/* So many records the cache knows of before they are put. */
enum { RECORDS_AHEAD = 12 };

void snapshot_reader_init(struct snapshot_reader *reader, const struct snapshot_target *target)
{
    *reader = (struct snapshot_reader){.target = target};
}

/*
 * Finds how long ago the snapshot was begun, rather too long than too short. Returns false if a
 * clock has gone back.
 */
static bool find_age(struct snapshot_reader *reader)
{
    static const uint8_t unknown[sizeof reader->times.boot_id];
    const struct snapshot_times *then = &reader->times;
    const struct snapshot_times *now = &reader->target->times;
    bool is_same_boot = memcmp(then->boot_id, now->boot_id, sizeof unknown) == 0 &&
                        memcmp(then->boot_id, unknown, sizeof unknown) != 0;
    uint64_t wall_age_ms = now->wall_ms + SNAPSHOT_DOUBT_MS - then->wall_ms;

    if (then->wall_ms > now->wall_ms + SNAPSHOT_DOUBT_MS)
        return false;
    reader->age_ms = wall_age_ms;
    if (!is_same_boot)
        return true;
    /* The wall clock may have been set back meanwhile, by less than the time that has passed. */
    if (then->boot_ms > now->boot_ms || now->boot_ms - then->boot_ms > wall_age_ms)
        return false;
    reader->age_ms = now->boot_ms - then->boot_ms;
    if (wall_age_ms > reader->age_ms + SNAPSHOT_DOUBT_MS)
        reader->age_ms = wall_age_ms - SNAPSHOT_DOUBT_MS;
    return true;
}

static enum snapshot_fault read_header(struct snapshot_reader *reader, const uint8_t *data)
{
    reader->chain = snapshot_checksum(0, 0, data, HEADER_CHECKSUM);
    if (little_get64(data + HEADER_CHECKSUM) != reader->chain)
        return SNAPSHOT_FAULT_CHECKSUM;
    reader->has_hints = little_get32(data + HEADER_POLICY) == reader->target->policy;
    reader->times.wall_ms = little_get64(data + HEADER_WALL);
    reader->times.boot_ms = little_get64(data + HEADER_BOOT);
    memcpy(reader->times.boot_id, data + HEADER_BOOT_ID, sizeof reader->times.boot_id);
    reader->is_begun = true;
    if (little_get64(data + HEADER_SOURCES) != reader->target->sources)
        return SNAPSHOT_FAULT_SOURCES;
    return find_age(reader) ? SNAPSHOT_FAULT_NONE : SNAPSHOT_FAULT_CLOCK_BACK;
}

struct record {
    enum cache_kind kind;
    uint16_t sub;
    struct dname name;
    const uint8_t *value;
    size_t value_len;
    int64_t after_ms; /* it expires so long after the snapshot was begun, */
    int64_t left_ms;  /* and so long after now; negative: before */
};

static bool keep_fact(struct snapshot_reader *reader, const struct record *record)
{
    const struct snapshot_target *target = reader->target;
    struct fact *fact = fact_unpack(record->sub, record->value, record->value_len, 0);
    bool is_good = fact && fact->outcome != FACT_ERROR && dns_type_is_asked(record->sub) &&
                   record->after_ms > 0;

    if (is_good && record->left_ms > 0) {
        uint64_t cap_ms =
            (uint64_t)fact_ttl_cap(fact, target->max_ttl_s, target->negative_max_ttl_s) * 1000;
        uint64_t left_ms = (uint64_t)record->left_ms;
        cache_put(target->cache, CACHE_FACT, record->sub, &record->name, record->value,
            record->value_len, target->times.boot_ms + (left_ms < cap_ms ? left_ms : cap_ms),
            target->times.boot_ms);
        reader->facts++;
    }
    free(fact);
    return is_good;
}

static bool keep_hint(struct snapshot_reader *reader, const struct record *record)
{
    const struct snapshot_target *target = reader->target;
    uint64_t now_ms = target->times.boot_ms;
    uint64_t ago_ms = record->left_ms < 0 ? (uint64_t)-record->left_ms : 0;
    /* An answer that is never given: nothing but what was decided is read from it. */
    struct answer answer = answer_plain(LEVEL_DEFER, REASON_STOPPING);
    uint8_t packed[ANSWER_PACKED_MAX];

    if (record->after_ms <= -(int64_t)CACHE_REMEMBER_MS || record->value_len != SNAPSHOT_HINT ||
        !snapshot_is_hint((enum level)record->value[0]))
        return false;
    size_t len = answer_pack(&answer, (enum level)record->value[0], packed);
    if (reader->has_hints && ago_ms < CACHE_REMEMBER_MS)
        cache_put_past(target->cache, record->kind, record->sub, &record->name, packed, len,
            now_ms > ago_ms ? now_ms - ago_ms : 0, now_ms);
    return true;
}

/* Reads one record from the front of data; gives its length, 0 if it is none. */
static size_t read_record(struct snapshot_reader *reader, const uint8_t *data, size_t len)
{
    struct record record;

    if (len < RECORD_FIXED)
        return 0;
    size_t name_len = data[RECORD_NAME_LEN];
    record.value_len = little_get16(data + RECORD_VALUE_LEN);
    size_t size = RECORD_FIXED + name_len + record.value_len;
    if (len < size)
        return 0;
    record.sub = little_get16(data + RECORD_SUB);
    record.value = data + RECORD_FIXED + name_len;
    if (!dname_from_wire(data + RECORD_FIXED, name_len, &record.name) ||
        memcmp(record.name.wire, data + RECORD_FIXED, name_len) != 0)
        return 0;
    /* Modulo 2^64, as it was written. */
    record.after_ms = (int64_t)(little_get64(data + RECORD_EXPIRY) - reader->times.wall_ms);
    if (record.after_ms > (int64_t)SNAPSHOT_LIFE_MAX_MS ||
        record.after_ms < -(int64_t)SNAPSHOT_LIFE_MAX_MS)
        return 0;
    record.left_ms = record.after_ms - (int64_t)reader->age_ms;
    switch (data[RECORD_KIND]) {
    case CACHE_FACT:
        record.kind = CACHE_FACT;
        return keep_fact(reader, &record) ? size : 0;
    case CACHE_DOMAIN:
    case CACHE_HOST:
        record.kind = (enum cache_kind)data[RECORD_KIND];
        return keep_hint(reader, &record) ? size : 0;
    default:
        return 0;
    }
}

/*
 * Has the cache foresee the record at the front of data, which is read later, if it is one; gives
 * its length, 0 if it is none. In a large cache each place is a miss of all caches of the
 * processor, and these are waited for side by side.
 */
static size_t foresee_record(const struct snapshot_reader *reader, const uint8_t *data, size_t len)
{
    struct dname name;

    if (len < RECORD_FIXED)
        return 0;
    name.len = data[RECORD_NAME_LEN];
    size_t size = RECORD_FIXED + (size_t)name.len + little_get16(data + RECORD_VALUE_LEN);
    if (len < size)
        return 0;
    memcpy(name.wire, data + RECORD_FIXED, name.len);
    cache_foresee(reader->target->cache, (enum cache_kind)data[RECORD_KIND],
        little_get16(data + RECORD_SUB), &name);
    return size;
}

static enum snapshot_fault read_records(
    struct snapshot_reader *reader, const uint8_t *data, size_t len)
{
    size_t at = 0;
    size_t ahead = 0;

    for (unsigned i = 0; i < RECORDS_AHEAD; i++)
        ahead += foresee_record(reader, data + ahead, len - ahead);
    while (at < len) {
        ahead += foresee_record(reader, data + ahead, len - ahead);
        size_t size = read_record(reader, data + at, len - at);
        if (size == 0)
            return SNAPSHOT_FAULT_MALFORMED;
        at += size;
        reader->records++;
    }
    return SNAPSHOT_FAULT_NONE;
}

/* Reads a trailer, of which the frame length 0 was seen. */
static enum snapshot_fault read_trailer(
    const struct snapshot_reader *reader, const uint8_t *data, size_t len)
{
    uint64_t checksum = snapshot_checksum(reader->chain, reader->frames, data, TRAILER_CHECKSUM);

    if (little_get64(data + TRAILER_CHECKSUM) != checksum)
        return SNAPSHOT_FAULT_CHECKSUM;
    if (little_get64(data + TRAILER_FRAMES) != reader->frames ||
        little_get64(data + TRAILER_RECORDS) != reader->records)
        return SNAPSHOT_FAULT_MALFORMED;
    return len > SNAPSHOT_TRAILER ? SNAPSHOT_FAULT_LONGER : SNAPSHOT_FAULT_NONE;
}

/* Reads a frame of so many octets of records. */
static enum snapshot_fault read_frame(
    struct snapshot_reader *reader, const uint8_t *data, size_t records_len)
{
    size_t len = FRAME_LEN + records_len;

    reader->frames++;
    reader->chain = snapshot_checksum(reader->chain, reader->frames, data, len);
    if (little_get64(data + len) != reader->chain)
        return SNAPSHOT_FAULT_CHECKSUM;
    return read_records(reader, data + FRAME_LEN, records_len);
}

/*
 * How many octets the next part has, as far as data tells; more than data has, if it takes that
 * many to tell.
 */
static size_t length_of_part(const struct snapshot_reader *reader, const uint8_t *data, size_t len)
{
    if (!reader->is_begun)
        return SNAPSHOT_HEADER;
    if (len < FRAME_LEN)
        return FRAME_LEN;
    uint32_t records_len = little_get32(data);
    return records_len == 0 ? SNAPSHOT_TRAILER
                            : FRAME_LEN + (size_t)records_len + SNAPSHOT_CHECKSUM;
}

/* What is wrong with the front of data if it cannot be read as it stands, even if it is cut. */
static enum snapshot_fault look_at(
    const struct snapshot_reader *reader, const uint8_t *data, size_t len, size_t part)
{
    size_t common = len < sizeof snapshot_magic ? len : sizeof snapshot_magic;

    if (!reader->is_begun && memcmp(data, snapshot_magic, common) != 0)
        return SNAPSHOT_FAULT_FOREIGN;
    /* A later version may have a longer header: this one is looked at before its end is. */
    if (!reader->is_begun && len >= HEADER_POLICY &&
        little_get32(data + HEADER_VERSION) != SNAPSHOT_VERSION)
        return SNAPSHOT_FAULT_VERSION;
    return part > SNAPSHOT_IN_MAX ? SNAPSHOT_FAULT_MALFORMED : SNAPSHOT_FAULT_NONE;
}

enum snapshot_step snapshot_read(struct snapshot_reader *reader, const uint8_t *data, size_t len,
    bool is_all, size_t *used_out, enum snapshot_fault *fault_out)
{
    size_t part = length_of_part(reader, data, len);
    enum snapshot_step step = SNAPSHOT_READ;

    *fault_out = look_at(reader, data, len, part);
    if (*fault_out == SNAPSHOT_FAULT_NONE && len < part) {
        if (!is_all)
            return SNAPSHOT_MORE;
        *fault_out = SNAPSHOT_FAULT_CUT;
    }
    if (*fault_out == SNAPSHOT_FAULT_NONE) {
        *used_out = part;
        if (!reader->is_begun) {
            *fault_out = read_header(reader, data);
        } else if (little_get32(data) == 0) {
            *fault_out = read_trailer(reader, data, len);
            step = SNAPSHOT_END;
        } else {
            *fault_out = read_frame(reader, data, part - FRAME_LEN - SNAPSHOT_CHECKSUM);
        }
    }
    if (*fault_out == SNAPSHOT_FAULT_NONE)
        return step;
    cache_clear(reader->target->cache);
    return SNAPSHOT_BAD;
}
