/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host.h - decides the state of one MX host from DNS facts (RFC 7672 2.2.2, 2.2.3).
 */
#ifndef DANED_CORE_HOST_H
#define DANED_CORE_HOST_H

#include "daemon/core/evidence.h"
#include "daemon/core/verdict.h"

/* Collects the questions that must be asked. */
struct host_needs {
    struct question *questions; /* borrowed; room for max */
    size_t count;
    size_t max;
};

/*
 * Gives the fact for (name, type), or NULL if it is not known yet; then the question is added to
 * needs, unless it is under way or already among them.
 */
const struct fact *host_need(struct host_needs *needs, const struct evidence *evidence,
    const struct dname *name, uint16_t type);

/*
 * Decides host->name on port: fills all of *host but name and preference, and lowers
 * *expires_ms to the least over the facts that decided. Returns false, with the state undecided, if
 * facts are missing: needs then has the questions.
 */
bool host_decide(uint16_t port, const struct evidence *evidence, struct host_needs *needs,
    struct host_verdict *host, uint64_t *expires_ms);

#endif
