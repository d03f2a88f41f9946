/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot.h - the cache as octets that outlive the process.
 *
 * What is in it: every fact that is not an error, until when it may be served; and as a hint, for
 * each destination that had a level above "may", which one. A level itself is never served from a
 * snapshot: it is decided anew from the facts, under the options of the day. The hint is there so
 * that a level which got weaker meanwhile is noticed.
 *
 * All numbers are little-endian:
 *
 *   header   magic 8, version 4, policy 4, wall clock 8, boot clock 8, boot id 16, sources 8,
 *            checksum 8
 *   frame    length of the records 4 (not 0), records, checksum 8       (any number of frames)
 *   trailer  0 4, number of frames 8, number of records 8, checksum 8; nothing behind it
 *   record   kind 1, length of the name 1, sub 2, length of the value 2, expiry 8, name, value
 *
 * Clocks are in milliseconds. A checksum is SipHash-2-4 of what lies between it and the one before,
 * which is the key, with the number of the frame: so that no frame can be missing, double or in
 * another's place. It finds accidents; against people, the file's owner and mode must do. A reader
 * puts into the cache as it goes; if it ends in a fault, everything is taken out again.
 *
 * Sources: a number for the resolvers that the facts were learned from. If it is another one, the
 * operator may have replaced a resolver that lied: nothing is taken over from that.
 *
 * Time: an expiry is by the wall clock of the header. How long ago that was is told by the boot
 * clock if the machine has not been started since, else by the wall clock, which may have been set
 * in between: then SNAPSHOT_DOUBT_MS is added. So nothing lives longer than it should. A clock that
 * went back by more than that is a fault.
 */
#ifndef DANED_CORE_SNAPSHOT_H
#define DANED_CORE_SNAPSHOT_H

#include "daemon/core/cache.h"

#define SNAPSHOT_VERSION 2

/* In octets: the records of a frame; what is worth a write; what a reader wants at once at most. */
#define SNAPSHOT_FRAME_MAX (64 * 1024)
#define SNAPSHOT_ENOUGH (16 * 1024)
#define SNAPSHOT_IN_MAX (SNAPSHOT_FRAME_MAX + 12)

#define SNAPSHOT_DOUBT_MS 60000

/* No record lives longer after the snapshot was begun: the largest max-ttl, and the time it took.
 */
#define SNAPSHOT_LIFE_MAX_MS ((uint64_t)(7 * 24 + 2) * 3600 * 1000)

struct snapshot_times {
    uint64_t wall_ms;    /* since 1970 UTC */
    uint64_t boot_ms;    /* since the machine started, as the cache's now_ms */
    uint8_t boot_id[16]; /* differs from start to start; all zero if it is not known */
};

/* What is wrong with a snapshot: X(name, text). The text completes "the file ...". */
#define SNAPSHOT_FAULTS(X)                                               \
    X(NONE, "is good")                                                   \
    X(FOREIGN, "is not a cache of daned")                                \
    X(VERSION, "is of a version that this daned does not know")          \
    X(CUT, "is cut short")                                               \
    X(CHECKSUM, "is damaged: a checksum is wrong")                       \
    X(MALFORMED, "holds what cannot be")                                 \
    X(LONGER, "has something behind its end")                            \
    X(CLOCK_BACK, "was written later than now: the clock has gone back") \
    X(SOURCES, "was learned from other resolvers")

enum snapshot_fault {
#define X(name, text) SNAPSHOT_FAULT_##name,
    SNAPSHOT_FAULTS(X)
#undef X
};

/* Gives the text of a fault; static storage. */
const char *snapshot_fault_text(enum snapshot_fault fault);

/* Octets on their way out. Large: made with malloc(), begun with snapshot_begin(). */
struct snapshot_writer {
    struct snapshot_times times;
    uint64_t chain; /* the last checksum */
    uint64_t frames;
    uint64_t records;
    size_t frame; /* where the open frame begins; 0: none is open */
    size_t len;
    uint8_t out[SNAPSHOT_IN_MAX];
};

/*
 * Begins a snapshot that is taken at times, with the header in out. policy stands for the options
 * under which the levels in the cache were decided, sources for the resolvers that were asked.
 */
void snapshot_begin(struct snapshot_writer *writer, const struct snapshot_times *times,
    uint32_t policy, uint64_t sources);

/*
 * Adds an entry as cache_walk_step() shows it, levels past their time too, if it belongs into a
 * snapshot. One that out has no room for is left out, as any entry may be lost: so out is to be
 * written once it has SNAPSHOT_ENOUGH octets.
 */
void snapshot_add(struct snapshot_writer *writer, const struct cache_item *item);

/* Closes the open frame, if there is one, so that out[0..len) may be written. */
void snapshot_close(struct snapshot_writer *writer);

/* Closes the open frame and adds the trailer. */
void snapshot_end(struct snapshot_writer *writer);

/* Forgets what is in out, which was written. */
void snapshot_taken(struct snapshot_writer *writer);

/* What a reader puts entries into, and under which limits. */
struct snapshot_target {
    struct cache *cache;
    struct snapshot_times times; /* now */
    uint32_t policy;             /* hints of another policy are left out */
    uint64_t sources;            /* a snapshot of others is refused */
    uint32_t max_ttl_s;
    uint32_t negative_max_ttl_s;
};

struct snapshot_reader {
    const struct snapshot_target *target;
    struct snapshot_times times; /* of the snapshot */
    uint64_t age_ms;             /* how long ago that was */
    bool has_hints;              /* they are of the same policy */
    bool is_begun;
    uint64_t chain;
    uint64_t frames;
    uint64_t records;
    uint64_t facts; /* that were put into the cache; others had run out */
};

enum snapshot_step {
    SNAPSHOT_MORE, /* it takes more octets to go on */
    SNAPSHOT_READ, /* some octets are read; there is more to come */
    SNAPSHOT_END,  /* the trailer is read */
    SNAPSHOT_BAD,  /* *fault_out says why, and everything was taken out of the cache again */
};

/* Starts at the beginning of a snapshot. target is borrowed. */
void snapshot_reader_init(struct snapshot_reader *reader, const struct snapshot_target *target);

/*
 * Reads one header, frame or trailer from the front of data, and says in *used_out how long it was.
 * is_all says that there is nothing behind data: then it is never SNAPSHOT_MORE, and the trailer
 * must end there.
 */
enum snapshot_step snapshot_read(struct snapshot_reader *reader, const uint8_t *data, size_t len,
    bool is_all, size_t *used_out, enum snapshot_fault *fault_out);

#endif
