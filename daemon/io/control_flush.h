/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_flush.h - makes the cache forget a destination, so that DNS is asked anew.
 */
#ifndef DANED_IO_CONTROL_FLUSH_H
#define DANED_IO_CONTROL_FLUSH_H

#include "daemon/core/cache.h"
#include "daemon/core/destination.h"
#include "daemon/core/verdict.h"

/*
 * Drops the level of a destination, and every fact that its verdict was made of: MX, addresses,
 * CNAMEs, and TLSA on the destination's port. What the next lookup would take from the cache is
 * known only by looking: the MX fact alone names the hosts, and an address fact what a host is an
 * alias of, and each of them may have left the cache before the others. So verdict is of
 * lookups_decide_fully(), just made. Levels of other destinations that rest on the same hosts stay
 * until they run out. Returns how many facts were dropped that had been there before that lookup.
 */
size_t control_flush(
    struct cache *cache, const struct destination *destination, const struct verdict *verdict);

#endif
