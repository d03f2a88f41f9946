/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.h - the time, read once for each callback and passed on by value.
 */
#ifndef DANED_IO_CLOCK_H
#define DANED_IO_CLOCK_H

#include <stdint.h>

/*
 * Milliseconds since the machine started, the time it slept included: a TTL goes on running while a
 * machine is suspended. Never goes back.
 */
uint64_t clock_now_ms(void);

/* The same clock in microseconds: clock_now_us() / 1000 is clock_now_ms(). */
uint64_t clock_now_us(void);

/* The time of day, in seconds since 1970 UTC. It can jump. */
int64_t clock_wall_s(void);

/* The same in milliseconds. */
uint64_t clock_wall_ms(void);

/*
 * By how many milliseconds the time of day is ahead of clock_now_ms(). Only a jump changes that.
 */
int64_t clock_ahead_ms(void);

/* The kernel's name for this start of the machine (random(4)); all zero if it cannot be had. */
void clock_boot_id(uint8_t id_out[16]);

#endif
