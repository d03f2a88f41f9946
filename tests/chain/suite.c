/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suite.c - runs the cases of the chain matrix.
 */
#include "tests/chain/suite.h"

#include <fnmatch.h>
#include <string.h>

#include "tests/chain/differences.h"

bool suite_wants(const struct suite *suite, const char *title)
{
    return suite->only == NULL || fnmatch(suite->only, title, 0) == 0;
}

/*
 * Whether two judges that both matched mean the same. Where several records of a usage match, each
 * may name the one that it found first.
 */
static bool agree_on_match(
    int record_count, const struct judgement *daned, const struct judgement *openssl)
{
    bool is_same_record =
        daned->selector == openssl->selector && daned->matching_type == openssl->matching_type;

    return daned->usage == openssl->usage &&
           (is_same_record ? daned->depth == openssl->depth : record_count > 1);
}

static void print_judgement(const char *who, const struct judgement *judgement)
{
    printf(" %s=%s", who, judge_verdict_text(judgement->verdict));
    if (judgement->verdict == VERDICT_MATCHED)
        printf("(%d %d %d at %d)", judgement->usage, judgement->selector, judgement->matching_type,
            judgement->depth);
}

void suite_check(struct suite *suite, struct plan *plan)
{
    char description[512];
    struct judgement daned;
    struct judgement openssl;

    if (!suite_wants(suite, plan->title))
        return;
    plan_make(plan);
    plan_describe(plan, description, sizeof description);
    judge_by_daned(plan, &daned);
    judge_by_openssl(plan, &openssl);
    suite->cases++;
    if (daned.verdict == VERDICT_MATCHED)
        suite->matched++;
    bool same =
        daned.verdict == openssl.verdict &&
        (daned.verdict != VERDICT_MATCHED || agree_on_match(plan->record_count, &daned, &openssl));
    const char *reason =
        same ? NULL : differences_reason(description, daned.verdict, openssl.verdict);
    if (reason != NULL)
        suite->different++;
    if (same || reason != NULL) {
        if (!suite->quiet)
            printf("ok %s%s%s\n", description, reason != NULL ? " # differs: " : "",
                reason != NULL ? reason : "");
    } else {
        suite->failed++;
        printf("not ok %s:", description);
        print_judgement("ours", &daned);
        print_judgement("openssl", &openssl);
        printf("\n#   ours: %s\n#   openssl: %s\n", daned.why, openssl.why);
    }
    if ((!same && reason == NULL) || suite->verbose)
        plan_print(plan, stdout);
    fflush(stdout);
}

void suite_check_record(
    struct suite *suite, struct plan *plan, int usage, int selector, int matching_type, int of)
{
    struct plan_record record = {
        (uint8_t)usage, (uint8_t)selector, (uint8_t)matching_type, of, RECORD_INTACT};

    plan_clear_records(plan);
    plan_add_record(plan, record);
    suite_check(suite, plan);
    plan_clear_records(plan);
}

/* Takes the top certificate out of those that are presented, unless nothing would be left. */
static bool withhold_top(struct plan *plan)
{
    int kept = 0;

    for (int i = 0; i < plan->order_count; i++)
        if (plan->order[i] != plan->recipe_count - 1)
            plan->order[kept++] = plan->order[i];
    if (kept == 0 || kept == plan->order_count)
        return false;
    plan->order_count = kept;
    return true;
}

void suite_product(struct suite *suite, struct plan *plan)
{
    int top = plan->recipe_count - 1;

    for (int selector = 0; selector <= 1; selector++) {
        for (int matching_type = 0; matching_type <= 2; matching_type++) {
            suite_check_record(suite, plan, 3, selector, matching_type, 0);
            for (int of = 0; of <= top; of++)
                suite_check_record(suite, plan, 2, selector, matching_type, of);
            suite_check_record(suite, plan, 0, selector, matching_type, top);
            suite_check_record(suite, plan, 1, selector, matching_type, 0);
        }
    }
    if (withhold_top(plan))
        for (int selector = 0; selector <= 1; selector++)
            for (int matching_type = 0; matching_type <= 2; matching_type++)
                suite_check_record(suite, plan, 2, selector, matching_type, top);
    plan_fini(plan);
}

void suite_most(struct suite *suite, struct plan *plan)
{
    int top = plan->recipe_count - 1;

    suite_check_record(suite, plan, 3, 0, 0, 0);
    suite_check_record(suite, plan, 3, 1, 1, 0);
    suite_check_record(suite, plan, 0, 1, 1, top);
    for (int selector = 0; selector <= 1; selector++)
        for (int matching_type = 0; matching_type <= 1; matching_type++)
            for (int of = 0; of <= top; of++)
                suite_check_record(suite, plan, 2, selector, matching_type, of);
    if (withhold_top(plan)) {
        suite_check_record(suite, plan, 2, 0, 0, top);
        suite_check_record(suite, plan, 2, 1, 0, top);
        suite_check_record(suite, plan, 2, 0, 1, top);
    }
    plan_fini(plan);
}

void suite_few(struct suite *suite, struct plan *plan)
{
    int top = plan->recipe_count - 1;

    suite_check_record(suite, plan, 3, 1, 1, 0);
    for (int of = 1; of <= top; of++)
        suite_check_record(suite, plan, 2, 0, 1, of);
    suite_check_record(suite, plan, 2, 1, 1, top);
    suite_check_record(suite, plan, 2, 0, 0, top);
    suite_check_record(suite, plan, 2, 1, 0, top);
    if (withhold_top(plan)) {
        suite_check_record(suite, plan, 2, 0, 0, top);
        suite_check_record(suite, plan, 2, 1, 0, top);
    }
    plan_fini(plan);
}
