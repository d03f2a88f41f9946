/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_flush.h - makes the cache forget a destination, so that DNS is asked anew.
 */
#ifndef DANED_IO_CONTROL_FLUSH_H
#define DANED_IO_CONTROL_FLUSH_H

#include "daemon/core/cache.h"
#include "daemon/core/destination.h"

/*
 * Drops the level of a destination, its MX fact, and every fact about the hosts that the MX fact
 * names: addresses, CNAME, and TLSA on the destination's port, at the host's name and at its CNAME
 * expansion. Levels of other destinations that rest on the same hosts stay until they run out.
 * Returns how many entries were dropped. What was never there, or has run out, is none.
 */
size_t control_flush(struct cache *cache, const struct destination *destination, uint64_t now_ms);

#endif
