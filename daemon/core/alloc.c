/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alloc.c - memory that is there, or the end of the process.
 */
#include "daemon/core/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
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

void *alloc_pages(size_t size)
{
    size_t more = size % ALLOC_HUGE == 0 ? ALLOC_HUGE : 0;
    void *pages =
        mmap(NULL, size + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        alloc_failed();
    if (more == 0)
        return pages;
    /* What is before and behind the aligned part goes back. */
    size_t before = (ALLOC_HUGE - (uintptr_t)pages % ALLOC_HUGE) % ALLOC_HUGE;
    uint8_t *aligned = (uint8_t *)pages + before;
    if (before > 0)
        alloc_free_pages(pages, before);
    if (more > before)
        alloc_free_pages(aligned + size, more - before);
    return aligned;
}

/* Settled, and not taken yet. */
static struct settled {
    void *pages;
    size_t size;
} * settled;
static size_t settled_count;
static size_t settled_room;

void alloc_settle_pages(void *pages, size_t size)
{
    if (size % ALLOC_HUGE != 0)
        return;
    /* A kernel without huge pages says no, and all is as it was. */
    madvise(pages, size, MADV_HUGEPAGE);
    if (settled_count == settled_room) {
        settled_room = 2 * settled_room + 16;
        settled = alloc_array(settled, settled_room, sizeof *settled);
    }
    settled[settled_count++] = (struct settled){pages, size};
}

bool alloc_take_settled(void **pages_out, size_t *size_out)
{
    if (settled_count == 0)
        return false;
    settled_count--;
    *pages_out = settled[settled_count].pages;
    *size_out = settled[settled_count].size;
    return true;
}

void alloc_free_pages(void *pages, size_t size)
{
    for (size_t i = 0; size % ALLOC_HUGE == 0 && i < settled_count; i++)
        if (settled[i].pages == pages)
            settled[i--] = settled[--settled_count];
    /* The kernel may be out of mappings to split this one off; the memory is what matters. */
    if (munmap(pages, size) != 0)
        madvise(pages, size, MADV_DONTNEED);
}
