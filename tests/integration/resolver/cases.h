/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases.h - the families of cases of the real resolver.
 */
#ifndef DANED_TESTS_RESOLVER_CASES_H
#define DANED_TESTS_RESOLVER_CASES_H

#include "tests/integration/resolver/bench.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define MANY 1000 /* questions at once */

/* A failed CHECK() says that it failed. */
struct test_case {
    const char *name;
    void (*run)(void);
};

#define CASE(name)  \
    {               \
#name, name \
    }

/* Each ends with a row without a name. */
extern const struct test_case cases_answers[];
extern const struct test_case cases_failures[];
extern const struct test_case cases_closing[];
extern const struct test_case cases_lies[];
extern const struct test_case cases_proofs[];

#endif
