/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock.c - the time.
 */
#include "daemon/io/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t clock_now_ms(void)
{
    return clock_now_us() / 1000;
}

uint64_t clock_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int64_t clock_wall_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

uint64_t clock_wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t clock_ahead_ms(void)
{
    return (int64_t)(clock_wall_ms() - clock_now_ms());
}

void clock_boot_id(uint8_t id_out[16])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    unsigned octet;
    size_t count = 0;

    /* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */
    while (file && count < 16 && fscanf(file, "%*[-]") >= 0 && fscanf(file, "%2x", &octet) == 1)
        id_out[count++] = (uint8_t)octet;
    if (count < 16)
        memset(id_out, 0, 16);
    if (file)
        fclose(file);
}
