/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * huge_pages.c - has the kernel make huge pages of the large parts of the cache once they are full.
 *
 * The pages may be given back while the pool is at them. That does no harm: the kernel then finds
 * nothing there, or makes a huge page of what is there by now.
 */
#include "daemon/io/huge_pages.h"

#include <sys/mman.h>

#include "daemon/core/alloc.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* of Linux 6.1 */
#endif

static void collapse(uv_work_t *work)
{
    const struct huge_pages *huge = work->data;

    madvise(huge->pages, huge->size, MADV_COLLAPSE);
}

static void on_done(uv_work_t *work, int status)
{
    struct huge_pages *huge = work->data;

    huge->busy = false;
    if (status == 0)
        huge_pages_make(huge, work->loop);
}

void huge_pages_make(struct huge_pages *huge, uv_loop_t *loop)
{
    if (huge->busy || !alloc_take_settled(&huge->pages, &huge->size))
        return;
    huge->work.data = huge;
    huge->busy = uv_queue_work(loop, &huge->work, collapse, on_done) == 0;
}
