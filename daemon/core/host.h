/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host.h - decides the state of one MX host from DNS facts (RFC 7672 2.2.2, 2.2.3).
 */
#ifndef DANED_CORE_HOST_H
#define DANED_CORE_HOST_H

#include "daemon/core/evidence.h"
#include "daemon/core/verdict.h"

/*
 * Decides host->name on port: fills all of *host but name and preference, and lowers
 * *expires_ms to the least over the facts that decided. Returns false, with the state undecided, if
 * facts are missing: the evidence then has them as needed by number, the host's.
 */
bool host_decide(uint16_t port, struct evidence *evidence, size_t number, struct host_verdict *host,
    uint64_t *expires_ms);

#endif
