/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * member.c - one upstream of the resolver, and what is thought of it.
 */
#include "daemon/io/member.h"

#include <stdio.h>

#define FAILURES_MAX 3

static void say(const struct member *member, enum upstream_state old_state, const char *why)
{
    const struct resolver_getdns_options *options = member->options;

    if (options->on_upstream != NULL)
        options->on_upstream(options->arg, member->index, old_state, member->state, why);
}

static void warn(const struct member *member, const char *why)
{
    if (member->options->on_warning != NULL)
        member->options->on_warning(member->options->arg, member->index, why);
}

static void on_self_test(
    void *arg, enum self_test_result result, enum dns_cause cause, const char *why)
{
    struct member *member = arg;
    enum upstream_state old_state = member->state;
    bool is_news;

    if (result == SELF_TEST_BOGUS_ANSWERED) {
        bool was_warned = member->warned;
        member->warned = true;
        member->answered_bogus = true;
        if (!was_warned)
            warn(member, why);
        return;
    }
    if (result == SELF_TEST_PASSED) {
        /* The bogus names of the run before this one are all through now. */
        member->warned = member->answered_bogus;
        member->answered_bogus = false;
        member->state = UPSTREAM_PASSED;
    } else if (result == SELF_TEST_FAILED) {
        member->state = UPSTREAM_FAILED;
    }
    is_news = member->state != old_state ||
              (member->state != UPSTREAM_PASSED && cause != member->unknown_why);
    member->unknown_why = cause;
    if (is_news)
        say(member, old_state, why);
    member->changed(member->arg);
}

static void on_probe(void *arg, enum self_test_result result, const char *why)
{
    struct member *member = arg;
    enum upstream_state old_state = member->state;
    char text[SELF_TEST_WHY_MAX + 64];

    if (result == SELF_TEST_INCONCLUSIVE) {
        bool was_unproven = member->unproven;
        member->unproven = true;
        snprintf(text, sizeof text, "it cannot prove that it still validates: %s", why);
        if (!was_unproven)
            warn(member, text);
        return;
    }
    member->unproven = false;
    if (result != SELF_TEST_FAILED || old_state == UPSTREAM_FAILED)
        return;
    member->state = UPSTREAM_FAILED;
    member->unknown_why = CAUSE_NONE;
    self_test_hurry(member->self_test);
    snprintf(text, sizeof text, "it has stopped validating: %s", why);
    say(member, old_state, text);
    member->changed(member->arg);
}

void member_init(struct member *member, uv_loop_t *loop,
    const struct resolver_getdns_options *options, size_t index, member_changed_cb *changed,
    void *arg)
{
    struct self_test_options tests = {.names = options->self_test,
        .name_count = options->self_test_count,
        .bogus_names = options->bogus,
        .bogus_count = options->bogus_count,
        .interval_ms = options->interval_ms,
        .timeout_ms = options->timeout_ms};
    /* Half an attempt, so that an attempt outlives a probe that is lost. */
    uint64_t probe_timeout_ms = options->timeout_ms / 4 > 0 ? options->timeout_ms / 4 : 1;

    *member = (struct member){.options = options, .index = index, .changed = changed, .arg = arg};
    member->upstream = upstream_new(loop, &options->addresses[index]);
    member->self_test = self_test_new(loop, member->upstream, &tests, on_self_test, member);
    member->confirmation = confirmation_new(
        loop, member->upstream, options->self_test, probe_timeout_ms, on_probe, member);
}

bool member_is_healthy(const struct member *member)
{
    return upstream_failures(member->upstream) < FAILURES_MAX;
}

void member_suspect(struct member *member, enum dns_cause cause)
{
    if (!member_is_healthy(member) || cause == CAUSE_UNREACHABLE || cause == CAUSE_UNPROVEN)
        self_test_hurry(member->self_test);
}

void member_close(struct member *member, void (*closed)(void *arg), void *arg)
{
    self_test_close(member->self_test, closed, arg);
    confirmation_close(member->confirmation, closed, arg);
    upstream_close(member->upstream, closed, arg);
}
