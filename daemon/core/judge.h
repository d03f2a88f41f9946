/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h - what a verdict means for one host that an MTA is connected to: accepted, refused, or
 * its chain must be verified.
 */
#ifndef DANED_CORE_JUDGE_H
#define DANED_CORE_JUDGE_H

#include "daemon/core/answer.h"
#include "daemon/core/policy.h"

enum judgement {
    JUDGE_ACCEPT,
    JUDGE_REFUSE,
    JUDGE_LATER,    /* nothing can be said now */
    JUDGE_CHAIN,    /* the host has TLSA records: its chain decides */
    JUDGE_ALONE,    /* the MX lookup is not secure: the host is judged as "[host]" */
    JUDGE_STRANGER, /* refused, as the host is none of the secure MX hosts */
};

#define JUDGE_WHY_MAX (ANSWER_WHY_MAX + 64)

/*
 * Judges host by the final verdict on its destination. override is the operator's level for the
 * destination, or NULL. *host_out is the MX host that host stands for (borrowed from the verdict),
 * or NULL. Writes the reason, for people, to why_out.
 */
enum judgement judge_host(const struct verdict *verdict, const struct dname *host,
    const struct answer *override, const struct host_verdict **host_out,
    char why_out[JUDGE_WHY_MAX]);

/* Whether an override accepts every host without a look at DNS (may, skip, encrypt). */
bool judge_override_accepts(const struct answer *override);

#endif
