/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alloc.c - memory for the io ring: an allocation succeeds, or the process ends.
 */
#include "config.h"

#include "daemon/io/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

void alloc_failed(void)
{
    fputs("daned: out of memory\n", stderr);
    exit(EX_OSERR);
}

void *alloc_zeroed(size_t count, size_t size)
{
    void *block = calloc(count != 0 ? count : 1, size);
    if (block == NULL)
        alloc_failed();
    return block;
}

void *alloc_resized(void *block, size_t size)
{
    void *resized = realloc(block, size);
    if (resized == NULL)
        alloc_failed();
    return resized;
}
