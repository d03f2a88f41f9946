/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * times.c - the clocks of the benchmark.
 */
#include "tests/bench/times.h"

#include <string.h>
#include <time.h>

#include "tests/bench/fail.h"

static uint64_t read_clock(clockid_t clock, const char *what)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        fail("cannot read the clock of %s", what);
    return (uint64_t)now.tv_sec * TIMES_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t times_wall(void)
{
    return read_clock(CLOCK_MONOTONIC, "the machine");
}

uint64_t times_own_cpu(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID, "this process");
}

uint64_t times_cpu_of(pid_t pid)
{
    clockid_t clock;
    int error = clock_getcpuclockid(pid, &clock);

    if (error != 0)
        fail("process %d has no CPU clock: %s", (int)pid, strerror(error));
    return read_clock(clock, "the server");
}
