/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_write.c - from the cache to octets.
 */
#include <string.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact.h"
#include "daemon/core/little_endian.h"
#include "daemon/core/snapshot_inside.h"

const uint8_t snapshot_magic[8] = {0x89, 'd', 'a', 'n', 'e', 'd', '\r', '\n'};

const char *snapshot_fault_text(enum snapshot_fault fault)
{
    static const char *const texts[] = {
#define X(name, text) [SNAPSHOT_FAULT_##name] = text,
        SNAPSHOT_FAULTS(X)
#undef X
    };

    return texts[fault];
}

uint64_t snapshot_checksum(uint64_t chain, uint64_t frame, const uint8_t *data, size_t len)
{
    const struct siphash_key key = {{chain, frame}};

    return siphash(&key, data, len);
}

/* Puts the checksum of what stands in out from a place on. */
static void put_checksum(struct snapshot_writer *writer, size_t from)
{
    writer->chain =
        snapshot_checksum(writer->chain, writer->frames, writer->out + from, writer->len - from);
    little_put64(writer->out + writer->len, writer->chain);
    writer->len += SNAPSHOT_CHECKSUM;
}

void snapshot_begin(struct snapshot_writer *writer, const struct snapshot_times *times,
    uint32_t policy, uint64_t sources)
{
    uint8_t *out = writer->out;

    writer->times = *times;
    writer->chain = writer->frames = writer->records = 0;
    writer->frame = 0;
    memcpy(out + HEADER_MAGIC, snapshot_magic, sizeof snapshot_magic);
    little_put32(out + HEADER_VERSION, SNAPSHOT_VERSION);
    little_put32(out + HEADER_POLICY, policy);
    little_put64(out + HEADER_WALL, times->wall_ms);
    little_put64(out + HEADER_BOOT, times->boot_ms);
    memcpy(out + HEADER_BOOT_ID, times->boot_id, sizeof times->boot_id);
    little_put64(out + HEADER_SOURCES, sources);
    writer->len = HEADER_CHECKSUM;
    put_checksum(writer, 0);
}

void snapshot_close(struct snapshot_writer *writer)
{
    if (writer->frame == 0)
        return;
    size_t start = writer->frame - FRAME_LEN;
    little_put32(writer->out + start, (uint32_t)(writer->len - writer->frame));
    writer->frames++;
    put_checksum(writer, start);
    writer->frame = 0;
}

void snapshot_end(struct snapshot_writer *writer)
{
    snapshot_close(writer);
    uint8_t *out = writer->out + writer->len;
    size_t start = writer->len;
    little_put32(out, 0);
    little_put64(out + TRAILER_FRAMES, writer->frames);
    little_put64(out + TRAILER_RECORDS, writer->records);
    writer->len += TRAILER_CHECKSUM;
    put_checksum(writer, start);
}

void snapshot_taken(struct snapshot_writer *writer)
{
    writer->len = 0;
}

/*
 * Gives the value that stands for an entry, of *len_out octets; NULL for one that does not belong
 * into a snapshot.
 */
static const uint8_t *value_of(
    const struct cache_item *item, uint64_t now_ms, uint8_t *hint, size_t *len_out)
{
    if (item->kind == CACHE_FACT) {
        *len_out = item->len;
        return fact_packed_is_error(item->value, item->len) ? NULL : item->value;
    }
    if (item->expires_ms + CACHE_REMEMBER_MS <= now_ms)
        return NULL;
    enum level decided = answer_unpack_decided(item->value);
    *hint = (uint8_t)decided;
    *len_out = SNAPSHOT_HINT;
    return snapshot_is_hint(decided) ? hint : NULL;
}

void snapshot_add(struct snapshot_writer *writer, const struct cache_item *item)
{
    uint8_t hint;
    size_t len;
    const uint8_t *value = value_of(item, writer->times.boot_ms, &hint, &len);
    uint64_t ago_ms = writer->times.boot_ms - item->expires_ms;

    /* What may have to follow must find room, too. */
    if (!value ||
        FRAME_LEN + RECORD_FIXED + item->name.len + len + SNAPSHOT_CHECKSUM + SNAPSHOT_TRAILER >
            sizeof writer->out - writer->len)
        return;
    if (writer->frame == 0)
        writer->frame = writer->len += FRAME_LEN;
    uint8_t *out = writer->out + writer->len;
    out[RECORD_KIND] = (uint8_t)item->kind;
    out[RECORD_NAME_LEN] = item->name.len;
    little_put16(out + RECORD_SUB, item->sub);
    little_put16(out + RECORD_VALUE_LEN, (uint16_t)len);
    /* Modulo 2^64, this is right for an expiry that lies before as for one that lies ahead. */
    little_put64(out + RECORD_EXPIRY, writer->times.wall_ms - ago_ms);
    memcpy(out + RECORD_FIXED, item->name.wire, item->name.len);
    memcpy(out + RECORD_FIXED + item->name.len, value, len);
    writer->len += RECORD_FIXED + item->name.len + len;
    writer->records++;
}
