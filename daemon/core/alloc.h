/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alloc.h - memory that is there, or the end of the process.
 *
 * No caller can do better than stop where memory is refused: a half-made answer could be a weaker
 * one. Sizes are bounded by the callers; none comes from the wire unchecked.
 */
#ifndef DANED_CORE_ALLOC_H
#define DANED_CORE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Gives size octets of zeroes, to be freed with free(). Never NULL: without memory the process ends
 * with one line on standard error and EX_OSERR.
 */
void *alloc_zeroed(size_t size);

/* Grows (or makes, if block is NULL) a block to count members of size octets; as alloc_zeroed(),
 * but what is new is not zeroed. */
void *alloc_array(void *block, size_t count, size_t size);

/* Gives count members of size octets of zeroes; as alloc_zeroed(). */
void *alloc_array_zeroed(size_t count, size_t size);

/* Octets of a huge page, where there are such. */
#define ALLOC_HUGE ((size_t)2 << 20)

/*
 * Gives size octets of zeroes, whole pages of 4096, straight from the kernel; as alloc_zeroed().
 * For what grows large: memory is taken as the pages are written to, and given back at once, in a
 * time that size alone decides, where free() may tidy up a whole heap. Multiples of ALLOC_HUGE are
 * aligned to it.
 */
void *alloc_pages(size_t size);

/*
 * Says that pages of alloc_pages() are in use all over and will be for long. The kernel may then
 * make huge pages of them, in its own time and thread, so that they are found with fewer misses;
 * asked for beforehand, it would stop to look for them whenever a new page is written to. It takes
 * minutes for that, and does it at once if somebody who has the time for it asks for it:
 * alloc_take_settled(). By the thread that allocates only, as are the next two.
 */
void alloc_settle_pages(void *pages, size_t size);

/*
 * Gives pages that were settled and not given back since, each once. Returns false if there are no
 * more.
 */
bool alloc_take_settled(void **pages_out, size_t *size_out);

/* Gives back what alloc_pages() gave for this size. */
void alloc_free_pages(void *pages, size_t size);

/* Ends the process as a refused allocation does: for foreign libraries that ran out of memory. */
_Noreturn void alloc_failed(void);

#endif
