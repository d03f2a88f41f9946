/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.c - what a verdict means for one host that an MTA is connected to.
 */
#include "daemon/core/judge.h"

#include <stdio.h>

bool judge_override_accepts(const struct answer *override)
{
    return override->level == LEVEL_MAY || override->level == LEVEL_ENCRYPT;
}

static enum judgement say(
    enum judgement judgement, const char *token, const char *text, char why_out[JUDGE_WHY_MAX])
{
    snprintf(why_out, JUDGE_WHY_MAX, "%s: %s", token, text);
    return judgement;
}

static enum judgement say_state(
    enum judgement judgement, const struct host_verdict *host, char why_out[JUDGE_WHY_MAX])
{
    if (host->failure.cause == CAUSE_NONE || host->failure.question.name.len == 0)
        return say(judgement, host_state_text(host->state), host_reason_text(host->why), why_out);
    char name[DNAME_TEXT_MAX];
    snprintf(why_out, JUDGE_WHY_MAX, "%s: %s of %s: %s", host_state_text(host->state),
        dns_type_text(host->failure.question.type),
        dname_to_text(&host->failure.question.name, name), dns_cause_text(host->failure.cause));
    return judgement;
}

/* A destination whose level is dane-required: only a match under a secure MX lookup is accepted. */
static enum judgement judge_required(
    const struct verdict *verdict, const struct host_verdict *host, char why_out[JUDGE_WHY_MAX])
{
    if (verdict->mx_status != DNS_SECURE)
        return say(JUDGE_REFUSE, "dane-required", "the MX lookup is not secure", why_out);
    if (!host)
        return say(JUDGE_STRANGER, reason_token(REASON_NOT_AN_MX_HOST),
            reason_text(REASON_NOT_AN_MX_HOST), why_out);
    if (host->state != HOST_DANE)
        return say(JUDGE_REFUSE, "dane-required", host_reason_text(host->why), why_out);
    return say_state(JUDGE_CHAIN, host, why_out);
}

enum judgement judge_host(const struct verdict *verdict, const struct dname *host,
    const struct answer *override, const struct host_verdict **host_out,
    char why_out[JUDGE_WHY_MAX])
{
    enum level level = override ? override->level : verdict->level;
    struct answer answer = override ? *override : answer_of(verdict);

    *host_out = NULL;
    if (verdict->mx == MX_FAILED && verdict->level != LEVEL_MAY) {
        answer = answer_of(verdict);
        answer_why(&answer, why_out);
        return level == LEVEL_DANE_REQUIRED ? JUDGE_REFUSE : JUDGE_LATER;
    }
    if (level == LEVEL_MAY &&
        (answer.reason == REASON_INSECURE_MX_MAY || answer.reason == REASON_NOT_VALIDATING)) {
        answer_why(&answer, why_out);
        return JUDGE_ACCEPT;
    }
    *host_out = policy_find_host(verdict, host);
    if (level == LEVEL_DANE_REQUIRED)
        return judge_required(verdict, *host_out, why_out);
    if (!*host_out) {
        /*
         * RFC 7672 2.2.1: only a secure MX lookup says who the hosts are. Without one each host is
         * judged by its own records; with one a stranger is refused, or a spoofer would be judged
         * by records of his own.
         */
        if (verdict->mx_status != DNS_SECURE)
            return say(JUDGE_ALONE, "insecure-mx", "the host is judged by itself", why_out);
        return say(JUDGE_STRANGER, reason_token(REASON_NOT_AN_MX_HOST),
            reason_text(REASON_NOT_AN_MX_HOST), why_out);
    }
    switch ((*host_out)->state) {
    case HOST_NONE:
    case HOST_ENCRYPT:
        return say_state(JUDGE_ACCEPT, *host_out, why_out);
    case HOST_DANE:
        return say_state(JUDGE_CHAIN, *host_out, why_out);
    case HOST_UNDECIDED:
    case HOST_TEMPFAIL:
    case HOST_NO_ADDRESS:
        /* An address that the MTA has found and that was not seen here: nothing is known of it. */
        break;
    }
    return say_state(JUDGE_LATER, *host_out, why_out);
}
