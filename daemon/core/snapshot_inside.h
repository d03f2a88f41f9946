/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_inside.h - where what stands in a snapshot; for snapshot_write.c and snapshot_read.c.
 */
#ifndef DANED_CORE_SNAPSHOT_INSIDE_H
#define DANED_CORE_SNAPSHOT_INSIDE_H

#include "daemon/core/snapshot.h"
#include "daemon/core/verdict.h"

enum {
    HEADER_MAGIC = 0,
    HEADER_VERSION = 8,
    HEADER_POLICY = 12,
    HEADER_WALL = 16,
    HEADER_BOOT = 24,
    HEADER_BOOT_ID = 32,
    HEADER_SOURCES = 48,
    HEADER_CHECKSUM = 56,
    SNAPSHOT_HEADER = 64,

    FRAME_LEN = 4,

    TRAILER_FRAMES = 4,
    TRAILER_RECORDS = 12,
    TRAILER_CHECKSUM = 20,

    RECORD_KIND = 0,
    RECORD_NAME_LEN = 1,
    RECORD_SUB = 2,
    RECORD_VALUE_LEN = 4,
    RECORD_EXPIRY = 6,
    RECORD_FIXED = 14,

    SNAPSHOT_HINT = 1, /* the value of a hint: the level that was decided last */

    SNAPSHOT_CHECKSUM = 8,
    SNAPSHOT_TRAILER = TRAILER_CHECKSUM + SNAPSHOT_CHECKSUM,
};

extern const uint8_t snapshot_magic[8];

/* The checksum of a header (frame 0, chain 0), a frame or a trailer. */
uint64_t snapshot_checksum(uint64_t chain, uint64_t frame, const uint8_t *data, size_t len);

/* Whether a level is worth a hint: nothing is weaker than "may", and "defer" is no decision. */
static inline bool snapshot_is_hint(enum level level)
{
    return level > LEVEL_MAY && level < LEVEL_DEFER;
}

#endif
