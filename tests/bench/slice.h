/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slice.h - a stretch of load on one target, and what it cost.
 */
#ifndef DANED_TESTS_BENCH_SLICE_H
#define DANED_TESTS_BENCH_SLICE_H

#include <stdint.h>

#include "tests/bench/target.h"

struct slice {
    uint64_t requests; /* that were answered, rightly or not */
    uint64_t wrong;
    uint64_t wall_ns; /* from the first request to the last reply */
    uint64_t server_cpu_ns;
    uint64_t own_cpu_ns;
    /* Of paced load only, in nanoseconds from the scheduled time of a request to its reply. */
    uint64_t p50_ns;
    uint64_t p99_ns;
    uint64_t p999_ns;
    uint64_t max_ns;
};

/*
 * Closed loop: each connection asks again as soon as it has its reply, for duration_ns, or until
 * limit requests were sent (either may be 0: no bound; not both). All replies have come when this
 * returns.
 */
void slice_closed(
    struct target *target, uint64_t duration_ns, uint64_t limit, struct slice *slice_out);

/*
 * Open loop: rate requests a second at even distances for duration_ns, whatever the server does. A
 * request that finds no free connection waits for one, and its time counts from when it was due.
 */
void slice_paced(
    struct target *target, uint64_t rate, uint64_t duration_ns, struct slice *slice_out);

#endif
