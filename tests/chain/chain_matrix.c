/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_matrix.c - generated chains, judged by daned and by OpenSSL; verdicts have to be the same.
 *
 * Without arguments: the whole matrix, and 300 random cases of a fixed seed.
 *   --random N [--seed S]   N random cases, of that seed, and no matrix
 *   --replay NUMBER --seed S  one of them, printed whole
 *   --only PATTERN          the cases of the matrix whose title matches, as for fnmatch(3)
 *   --quiet                 print what is not ok, and the count
 *   --verbose               print every case whole
 * Ends with 0 if every difference is a row of differences.c and every row is needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/chain/cases.h"
#include "tests/chain/differences.h"
#include "tests/chain/judge.h"

#define FIXED_SEED 2
#define FIXED_COUNT 300

static void run_matrix(struct suite *suite)
{
    cases_keys(suite);
    cases_names(suite);
    cases_authority(suite);
    cases_constraints(suite);
    cases_path(suite);
    cases_malformed(suite);
    cases_records(suite);
}

static uint64_t number_argument(int argc, char **argv, int at)
{
    char *end;

    if (at >= argc) {
        fprintf(stderr, "%s: a number is missing after %s\n", argv[0], argv[at - 1]);
        exit(2);
    }
    uint64_t number = strtoull(argv[at], &end, 10);
    if (*end != '\0') {
        fprintf(stderr, "%s: not a number: %s\n", argv[0], argv[at]);
        exit(2);
    }
    return number;
}

static int finish(const struct suite *suite, int unneeded)
{
    printf("%u cases, %u matched, %u differ on purpose, %u failed, %d rows not needed\n",
        suite->cases, suite->matched, suite->different, suite->failed, unneeded);
    judge_openssl_fini();
    recipe_fini();
    keys_fini();
    return suite->failed == 0 && unneeded == 0 && suite->cases > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct suite suite = {0};
    uint64_t seed = FIXED_SEED;
    uint64_t random_count = 0;
    uint64_t replay = 0;
    bool is_replay = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--random") == 0) {
            random_count = number_argument(argc, argv, ++i);
        } else if (strcmp(argv[i], "--seed") == 0) {
            seed = number_argument(argc, argv, ++i);
        } else if (strcmp(argv[i], "--replay") == 0) {
            replay = number_argument(argc, argv, ++i);
            is_replay = true;
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            suite.only = argv[++i];
        } else if (strcmp(argv[i], "--quiet") == 0) {
            suite.quiet = true;
        } else if (strcmp(argv[i], "--verbose") == 0) {
            suite.verbose = true;
        } else {
            fprintf(stderr, "%s: unknown argument %s\n", argv[0], argv[i]);
            return 2;
        }
    }
    randomness_init();
    if (is_replay) {
        suite.verbose = true;
        cases_random_one(&suite, seed, (unsigned)replay);
        return finish(&suite, 0);
    }
    if (random_count > 0) {
        cases_random(&suite, seed, (unsigned)random_count);
        return finish(&suite, 0);
    }
    run_matrix(&suite);
    if (suite.only != NULL)
        return finish(&suite, 0);
    cases_random(&suite, FIXED_SEED, FIXED_COUNT);
    return finish(&suite, differences_print_unneeded());
}
