/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_dump.h - shows the whole cache, a little at a time.
 */
#ifndef DANED_IO_CONTROL_DUMP_H
#define DANED_IO_CONTROL_DUMP_H

#include <stdbool.h>

#include "daemon/core/cache.h"
#include "daemon/io/text.h"

/* A dump under way. Starts zeroed, but for json; ended with control_dump_end(). */
struct control_dump {
    bool json;
    bool over;
    struct cache_walk walk;
    uint64_t lines;
};

/*
 * Goes on with a dump: adds some of the cache's levels and facts to text, a line each, and sets
 * over behind the last, which is a line that says how many there were. The work of one call is
 * bounded, whatever the size of the cache; text may get nothing. What is in the cache all the while
 * is shown at least once, and may be shown twice if it is moved meanwhile.
 */
void control_dump_step(
    struct control_dump *dump, struct cache *cache, uint64_t now_ms, struct text *text);

/* Ends a dump, over or not. */
void control_dump_end(struct control_dump *dump);

#endif
