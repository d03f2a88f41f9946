/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * self_test.c - finds out, again and again, whether one resolver validates DNSSEC.
 *
 * One run: the names in their order, one question at a time; the first that does not pass ends the
 * run. A run that passed goes on with the bogus names, whose answers are only remarked upon.
 */

#include "daemon/io/self_test.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/core/alloc.h"

struct self_test {
    uv_loop_t *loop;
    struct upstream *upstream;
    struct self_test_options options;
    self_test_cb *callback;
    void *arg;
    uv_timer_t timer; /* begins the next run */
    bool running;
    bool hurried;
    uint64_t begun_ms; /* when the last run began */
    size_t next;       /* the question under way: a name, or name_count + a bogus name */
    bool closing;
    self_test_closed_cb *closed;
    void *closed_arg;
};

static void ask_next(struct self_test *self_test);

static void on_timer(uv_timer_t *timer)
{
    struct self_test *self_test = timer->data;

    self_test->running = true;
    self_test->hurried = false;
    self_test->begun_ms = uv_now(self_test->loop);
    self_test->next = 0;
    ask_next(self_test);
}

/* Sets the timer so that the next run begins delay_ms after this one began, or at once. */
static void set_timer(struct self_test *self_test, uint64_t delay_ms)
{
    uint64_t due_ms = self_test->begun_ms + delay_ms;
    uint64_t now_ms = uv_now(self_test->loop);

    uv_timer_start(&self_test->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

static void end_run(struct self_test *self_test, bool passed)
{
    self_test->running = false;
    set_timer(self_test,
        passed && !self_test->hurried ? self_test->options.interval_ms : SELF_TEST_AGAIN_MS);
}

/* Says a result, unless that is over. The callback may close the self-test. */
static void say(struct self_test *self_test, enum self_test_result result, enum dns_cause cause,
    const char *why)
{
    if (!self_test->closing)
        self_test->callback(self_test->arg, result, cause, why);
}

enum self_test_result self_test_judge(const struct dname *name, const struct dns_reply *dns,
    enum dns_cause cause, char *why, size_t why_size)
{
    char text[DNAME_TEXT_MAX];

    dname_to_text(name, text);
    if (dns == NULL) {
        snprintf(why, why_size, "no answer to the self-test \"%s\" SOA: %s", text,
            dns_cause_text(cause));
        return SELF_TEST_INCONCLUSIVE;
    }
    if (!dns->ad && (dns->rcode == DNS_NOERROR || dns->rcode == DNS_NXDOMAIN)) {
        snprintf(why, why_size, "its answer for \"%s\" SOA came without the AD bit", text);
        return SELF_TEST_FAILED;
    }
    if (dns->rcode != DNS_NOERROR) {
        snprintf(why, why_size, "its answer for \"%s\" SOA shows nothing: rcode %u", text,
            (unsigned)dns->rcode);
        return SELF_TEST_INCONCLUSIVE;
    }
    snprintf(why, why_size, "its answers validate");
    return SELF_TEST_PASSED;
}

static void on_name(struct self_test *self_test, const struct dns_reply *dns, enum dns_cause cause)
{
    char why[SELF_TEST_WHY_MAX];
    enum self_test_result result =
        self_test_judge(&self_test->options.names[self_test->next], dns, cause, why, sizeof why);

    if (result == SELF_TEST_INCONCLUSIVE && dns != NULL)
        cause = dns->rcode == DNS_SERVFAIL  ? CAUSE_SERVFAIL
                : dns->rcode == DNS_REFUSED ? CAUSE_REFUSED
                                            : CAUSE_RCODE;
    if (result == SELF_TEST_PASSED) {
        self_test->next++;
        if (self_test->next == self_test->options.name_count)
            say(self_test, result, CAUSE_NONE, why);
        if (!self_test->closing)
            ask_next(self_test);
        return;
    }
    end_run(self_test, false);
    say(self_test, result, cause, why);
}

static void on_bogus_name(struct self_test *self_test, const struct dns_reply *dns)
{
    char why[SELF_TEST_WHY_MAX];
    char text[DNAME_TEXT_MAX];
    size_t index = self_test->next - self_test->options.name_count;

    if (dns != NULL && dns->rcode == DNS_NOERROR && dns->answer_count > 0) {
        dname_to_text(&self_test->options.bogus_names[index], text);
        snprintf(why, sizeof why, "it answers for \"%s\", which should not validate", text);
        say(self_test, SELF_TEST_BOGUS_ANSWERED, CAUSE_NONE, why);
    }
    self_test->next++;
    if (!self_test->closing)
        ask_next(self_test);
}

static void on_reply(
    void *arg, struct dns_message *message, uint64_t connection, enum dns_cause cause)
{
    struct self_test *self_test = arg;
    const struct dns_reply *dns = message != NULL ? &message->reply : NULL;

    (void)connection;
    if (self_test->closing) {
        dns_message_free(message);
        return;
    }
    if (self_test->next < self_test->options.name_count)
        on_name(self_test, dns, cause);
    else
        on_bogus_name(self_test, dns);
    dns_message_free(message);
}

/* Asks the next question of the run, or ends the run. */
static void ask_next(struct self_test *self_test)
{
    const struct self_test_options *options = &self_test->options;
    const struct dname *name;

    if (self_test->next >= options->name_count + options->bogus_count) {
        end_run(self_test, true);
        return;
    }
    name = self_test->next < options->name_count
               ? &options->names[self_test->next]
               : &options->bogus_names[self_test->next - options->name_count];
    upstream_ask(self_test->upstream, name, DNS_SOA, options->timeout_ms, on_reply, self_test);
}

struct self_test *self_test_new(uv_loop_t *loop, struct upstream *upstream,
    const struct self_test_options *options, self_test_cb *callback, void *arg)
{
    struct self_test *self_test = alloc_zeroed(sizeof *self_test);

    /* Without a name, "passed" would be said of a resolver that nobody has asked. */
    assert(options->name_count > 0);
    self_test->loop = loop;
    self_test->upstream = upstream;
    self_test->options = *options;
    self_test->callback = callback;
    self_test->arg = arg;
    uv_timer_init(loop, &self_test->timer);
    self_test->timer.data = self_test;
    uv_timer_start(&self_test->timer, on_timer, 0, 0);
    return self_test;
}

void self_test_hurry(struct self_test *self_test)
{
    if (self_test->running)
        self_test->hurried = true;
    else if (!self_test->closing && uv_timer_get_due_in(&self_test->timer) > SELF_TEST_AGAIN_MS)
        set_timer(self_test, SELF_TEST_AGAIN_MS);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct self_test *self_test = handle->data;
    self_test_closed_cb *closed = self_test->closed;
    void *arg = self_test->closed_arg;

    free(self_test);
    closed(arg);
}

void self_test_close(struct self_test *self_test, self_test_closed_cb *closed, void *arg)
{
    self_test->closing = true;
    self_test->closed = closed;
    self_test->closed_arg = arg;
    uv_close((uv_handle_t *)&self_test->timer, on_timer_closed);
}
