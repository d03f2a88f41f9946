/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h - plain counters of what daned does, and one table of all numbers it can show.
 *
 * Counted where things happen, by the one thread that everything runs on: no lock, no allocation.
 * The control socket's "stats" and the metrics listener print the same table, stats_visit().
 */
#ifndef DANED_IO_STATS_H
#define DANED_IO_STATS_H

#include "daemon/core/answer.h"
#include "daemon/io/lookup.h"

struct resolver;

/* Who asks: X(name, label). */
#define STATS_PROTOCOLS(X)    \
    X(SOCKETMAP, "socketmap") \
    X(EXIM, "exim")           \
    X(CONTROL, "control")

enum stats_protocol {
#define X(name, label) STATS_##name,
    STATS_PROTOCOLS(X)
#undef X
        STATS_PROTOCOL_COUNT
};

/* How requests end, VERIFY apart: X(name, label). */
#define STATS_RESULTS(X)                                                              \
    X(DANE_REQUIRED, "dane-required")                                                 \
    X(DANE, "dane")                                                                   \
    X(ENCRYPT, "encrypt")                                                             \
    X(MAY, "may")                                                                     \
    X(DEFER, "defer")                                                                 \
    X(NOT_FOUND, "not-found") /* an override "skip", a parent key, the map dry-run */ \
    X(REFUSED, "refused")     /* malformed */                                         \
    X(DONE, "done")           /* a command of the control socket */

enum stats_result {
#define X(name, label) STATS_##name,
    STATS_RESULTS(X)
#undef X
        STATS_RESULT_COUNT
};

/* How a VERIFY request ends: X(name, label). */
#define STATS_VERIFIES(X)   \
    X(ACCEPTED, "accepted") \
    X(DENIED, "denied")     \
    X(LATER, "later")

enum stats_verify {
#define X(name, label) STATS_VERIFY_##name,
    STATS_VERIFIES(X)
#undef X
        STATS_VERIFY_COUNT
};

/* Upper bounds of the buckets of the durations of requests: X(microseconds, label in seconds). */
#define STATS_BUCKETS(X) \
    X(100, "0.0001")     \
    X(1000, "0.001")     \
    X(10000, "0.01")     \
    X(50000, "0.05")     \
    X(100000, "0.1")     \
    X(500000, "0.5")     \
    X(1000000, "1")      \
    X(2500000, "2.5")    \
    X(5000000, "5")      \
    X(10000000, "10")    \
    X(20000000, "20")    \
    X(UINT64_MAX, "+Inf")

enum {
#define X(us, label) +1
    STATS_BUCKET_COUNT = STATS_BUCKETS(X)
#undef X
};

/* Zeroed at the start. Whoever counts adds one. */
struct stats {
    uint64_t requests[STATS_PROTOCOL_COUNT][STATS_RESULT_COUNT];
    uint64_t verify[STATS_VERIFY_COUNT];
    uint64_t durations[STATS_BUCKET_COUNT]; /* of requests, by the first bucket that holds them */
    uint64_t duration_us;                   /* of all of them */
    uint64_t downgrades;
    uint64_t prefetches;
};

/* Counts a request that got this answer. */
void stats_count_answer(
    struct stats *stats, enum stats_protocol protocol, const struct answer *answer);

/* Counts a request that took this long, from when it was taken to when its reply was written. */
void stats_count_duration(struct stats *stats, uint64_t took_us);

enum stats_type { STATS_COUNTER, STATS_GAUGE, STATS_HISTOGRAM };

struct stats_label {
    const char *name;
    const char *value; /* may be any text; the printer escapes it */
};

/* One number. Rows of the same name stand together. */
struct stats_row {
    const char *name;   /* as in the metrics: "daned_requests_total" */
    const char *help;   /* a sentence without its full stop */
    const char *suffix; /* of the name of a histogram's row: "_bucket"; or NULL */
    enum stats_type type;
    bool is_micro; /* value is in millionths */
    size_t label_count;
    struct stats_label labels[2];
    uint64_t value;
};

typedef void stats_row_cb(void *arg, const struct stats_row *row);

/* Where the numbers are; all borrowed. */
struct stats_sources {
    const struct stats *stats;
    const struct cache *cache;
    const struct lookups *lookups;
    const struct resolver *resolver; /* of resolver_getdns.h */
    /* Gives the name of listener index and its open connections; false behind the last. */
    bool (*listener)(void *arg, size_t index, const char **name_out, size_t *connections_out);
    /* Gives the time at which the next override expires, since 1970; false if none does. */
    bool (*next_expiry)(void *arg, uint64_t *time_s_out);
    void *arg;
};

/* Shows every row to callback; what a row points at is borrowed until the callback returns. */
void stats_visit(const struct stats_sources *sources, stats_row_cb *callback, void *arg);

#endif
