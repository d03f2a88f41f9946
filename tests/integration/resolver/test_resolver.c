/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_resolver.c - the real resolver against real and lying servers of a world of its own.
 *
 * Started by test_resolver.sh. One line for each case: "ok NAME" or "not ok NAME". With arguments,
 * only the cases so named run.
 */

#include <signal.h>
#include <string.h>

#include "tests/integration/resolver/cases.h"

static const struct test_case *const families[] = {
    cases_answers, cases_failures, cases_closing, cases_lies, cases_proofs};

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc <= 1;
}

/* Runs the wanted ones of a family. Returns how many have failed. */
static int run_family(const struct test_case *cases, int argc, char **argv)
{
    int failed = 0;

    for (; cases->name != NULL; cases++) {
        if (!is_wanted(cases->name, argc, argv))
            continue;
        case_failed = false;
        cases->run();
        printf("%s %s\n", case_failed ? "not ok" : "ok", cases->name);
        failed += case_failed ? 1 : 0;
    }
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    uv_loop_t first;

    /* libuv opens descriptors of its own with the first loop, and keeps them. */
    uv_loop_init(&first);
    uv_loop_close(&first);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < COUNT(families); i++)
        failed += run_family(families[i], argc, argv);
    return failed == 0 ? 0 : 1;
}
