/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake_resolver.h - a struct resolver that answers from a world, as a validating resolver would.
 *
 * Questions queue up and are answered one by one by fake_resolver_answer(), so that a test chooses
 * the order. Every question is noted.
 */
#ifndef DANED_TESTS_SCENARIO_FAKE_RESOLVER_H
#define DANED_TESTS_SCENARIO_FAKE_RESOLVER_H

#include "daemon/core/evidence.h"
#include "daemon/io/resolver.h"
#include "tests/scenario/world.h"

struct fake_waiting {
    struct question question;
    resolver_reply_cb *callback;
    void *arg;
};

struct fake_resolver {
    struct resolver resolver;  /* first */
    const struct world *world; /* borrowed; may change between two calls */
    int64_t wall_s;            /* the time of day: signatures are made for it */
    struct fake_waiting *waiting;
    size_t waiting_count;
    struct question *asked; /* all that were asked, in their order */
    size_t asked_count;
};

void fake_resolver_init(struct fake_resolver *fake, const struct world *world, int64_t wall_s);
void fake_resolver_fini(struct fake_resolver *fake);

/* Answers one of the questions that wait; index is less than waiting_count. */
void fake_resolver_answer(struct fake_resolver *fake, size_t index);

/* Forgets which questions were asked. */
void fake_resolver_forget_asked(struct fake_resolver *fake);

#endif
