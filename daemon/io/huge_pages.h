/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * huge_pages.h - has the kernel make huge pages of the large parts of the cache once they are full.
 *
 * A random hit in a million entries spends most of its time on finding pages. Making a huge page is
 * copying two mebibytes, and may be looking for a place for them: that is for a thread of the pool.
 * On kernels before 6.1, or without huge pages, nothing happens.
 */
#ifndef DANED_IO_HUGE_PAGES_H
#define DANED_IO_HUGE_PAGES_H

#include <stdbool.h>
#include <uv.h>

struct huge_pages {
    uv_work_t work;
    bool busy;
    void *pages; /* that the pool is at */
    size_t size;
};

/*
 * Begins with what alloc_settle_pages() was told of, one after the other, unless that is under way.
 * The struct, zeroed before the first call, must live until the loop has ended.
 */
void huge_pages_make(struct huge_pages *huge, uv_loop_t *loop);

#endif
