/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * times.h - the clocks of the benchmark; all in nanoseconds.
 */
#ifndef DANED_TESTS_BENCH_TIMES_H
#define DANED_TESTS_BENCH_TIMES_H

#include <stdint.h>
#include <sys/types.h>

#define TIMES_SECOND UINT64_C(1000000000)

/* The monotonic clock. */
uint64_t times_wall(void);

/* CPU time of the calling process, all of its threads. */
uint64_t times_own_cpu(void);

/*
 * CPU time of process pid, all of its threads: the scheduler's own count, and not the ticks of
 * /proc, which are too coarse for half a second. Ends the program if there is no such process.
 */
uint64_t times_cpu_of(pid_t pid);

#endif
