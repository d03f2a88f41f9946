/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alloc.c - memory that is there, or the end of the process.
 */
#include "daemon/core/alloc.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

void alloc_failed(void)
{
    static const char line[] = "daned: out of memory; stopping\n";

    /* Without memory nothing may be formatted; a failed write changes nothing any more. */
    if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
        _exit(EX_OSERR);
    _exit(EX_OSERR);
}

void *alloc_zeroed(size_t size)
{
    void *block = calloc(1, size > 0 ? size : 1);

    if (!block)
        alloc_failed();
    return block;
}

void *alloc_array(void *block, size_t count, size_t size)
{
    void *grown = reallocarray(block, count > 0 ? count : 1, size);

    if (!grown)
        alloc_failed();
    return grown;
}

void *alloc_array_zeroed(size_t count, size_t size)
{
    void *block = calloc(count > 0 ? count : 1, size);

    if (!block)
        alloc_failed();
    return block;
}
