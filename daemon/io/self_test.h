/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * self_test.h - finds out, again and again, whether one resolver validates DNSSEC.
 *
 * A run asks the SOA of each name in turn. NOERROR with the AD bit for all of them: it passed.
 * NOERROR or NXDOMAIN without the AD bit: it failed. Anything else (no answer, SERVFAIL, ...)
 * shows neither, and the verdict of the last run stands.
 *
 * The next run comes after interval_ms if this one passed, else after SELF_TEST_AGAIN_MS.
 */
#ifndef DANED_IO_SELF_TEST_H
#define DANED_IO_SELF_TEST_H

#include <stdint.h>

#include <uv.h>

#include "daemon/core/dns.h"
#include "daemon/io/upstream.h"

#define SELF_TEST_AGAIN_MS 1000

/* Octets of a sentence, its NUL included: the longest name, and words. */
#define SELF_TEST_WHY_MAX (DNAME_TEXT_MAX + 160)

enum self_test_result {
    SELF_TEST_PASSED,
    SELF_TEST_FAILED,
    SELF_TEST_INCONCLUSIVE,
    SELF_TEST_BOGUS_ANSWERED /* a remark beside one of the others, not a verdict */
};

/*
 * A result, from the loop. why completes "resolver X: ...", borrowed. cause says what kept an
 * inconclusive run from its end, and is CAUSE_NONE otherwise.
 */
typedef void self_test_cb(
    void *arg, enum self_test_result result, enum dns_cause cause, const char *why);

typedef void self_test_closed_cb(void *arg);

/*
 * Judges one reply to the question for the SOA of name: dns, or NULL and the cause why there is
 * none. Gives the result, not SELF_TEST_BOGUS_ANSWERED, and writes the sentence of self_test_cb.
 */
enum self_test_result self_test_judge(const struct dname *name, const struct dns_reply *dns,
    enum dns_cause cause, char *why, size_t why_size);

struct self_test_options {
    const struct dname *names; /* their SOA must come with AD; at least one; borrowed for life */
    size_t name_count;
    const struct dname *bogus_names; /* these should not be answered; borrowed for life */
    size_t bogus_count;
    uint64_t interval_ms;
    uint64_t timeout_ms; /* of one question */
};

struct self_test;

/* Gives the self-test of upstream (borrowed); the first run begins in the next turn of the loop. */
struct self_test *self_test_new(uv_loop_t *loop, struct upstream *upstream,
    const struct self_test_options *options, self_test_cb *callback, void *arg);

/* Makes the next run come soon: at once, but at least SELF_TEST_AGAIN_MS after the last began. */
void self_test_hurry(struct self_test *self_test);

/*
 * Ends the self-test. No callback runs any more but closed(arg), from the loop, when its handle is
 * closed. The upstream is to be closed in the same turn, or before, for a question may be under
 * way.
 */
void self_test_close(struct self_test *self_test, self_test_closed_cb *closed, void *arg);

#endif
