/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alloc.h - memory for the io ring: an allocation succeeds, or the process ends.
 *
 * Out of memory is no state that daned answers from: it says so in one line on standard error and
 * exits with EX_OSERR, and whoever started it starts it again. Sizes come from counts that their
 * callers have bounded, never straight from the wire.
 */
#ifndef DANED_IO_ALLOC_H
#define DANED_IO_ALLOC_H

#include <stddef.h>

/* Gives count objects of size octets each, all zero; free() them. Never returns NULL. */
void *alloc_zeroed(size_t count, size_t size);

/* Gives block (NULL: a new one) resized to size octets, size > 0. Never returns NULL. */
void *alloc_resized(void *block, size_t size);

/* Ends the process as a failed allocation does; for foreign libraries that ran out of memory. */
_Noreturn void alloc_failed(void);

#endif
