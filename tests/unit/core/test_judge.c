/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_judge.c - what a verdict means for one host that an MTA is connected to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/judge.h"

static char why[JUDGE_WHY_MAX];
static const struct host_verdict *found;

static struct dname name(const char *text)
{
    struct dname dname;

    assert_true(dname_from_text(text, strlen(text), &dname));
    return dname;
}

static enum judgement judge(
    const struct verdict *verdict, const char *host, const struct answer *override)
{
    struct dname dname = name(host);

    return judge_host(verdict, &dname, override, &found, why);
}

/* Decides a domain whose MX lookup alone is known; the verdict borrows from evidence. */
static void decide_mx(struct evidence *evidence, const struct policy_options *options,
    enum fact_outcome outcome, enum dns_status status, struct verdict *verdict_out)
{
    static const uint8_t mx_rdata[] = {0, 10, 2, 'm', 'x', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
    struct destination destination;
    struct question question = {.name = name("example"), .type = DNS_MX};
    struct dns_rr rr = {.type = DNS_MX, .rdata_len = sizeof mx_rdata, .rdata = mx_rdata};
    const struct dns_rr *records[] = {&rr};

    assert_int_equal(destination_parse("example", 7, &destination), DESTINATION_OK);
    evidence_init(evidence);
    evidence_add(evidence, &question,
        outcome == FACT_ERROR ? fact_new_error(CAUSE_NOT_VALIDATING)
                              : fact_new(outcome, status, 60, NULL, records, 1));
    assert_true(policy_decide(&destination, options, evidence, verdict_out));
}

static void a_domain_without_verdict_is_judged_later_and_never_by_the_host_alone(void **state)
{
    /* As lookups_decide() says it where too many lookups are under way. */
    static struct verdict verdict;

    (void)state;
    verdict.level = LEVEL_DEFER;
    verdict.reason = REASON_OVERLOADED;
    assert_int_equal(judge(&verdict, "mx.spoofer", NULL), JUDGE_LATER);
}

static void an_mx_lookup_that_failed_is_judged_later_also_under_an_override(void **state)
{
    static struct verdict verdict;
    const struct policy_options options = {.not_validating_may = true};
    struct answer override = answer_plain(LEVEL_DANE, REASON_OVERRIDE);
    struct evidence evidence;

    (void)state;
    decide_mx(&evidence, &options, FACT_ERROR, DNS_ERROR, &verdict);
    assert_int_equal(judge(&verdict, "mx.spoofer", &override), JUDGE_LATER);
    override.level = LEVEL_DANE_REQUIRED;
    assert_int_equal(judge(&verdict, "mx.spoofer", &override), JUDGE_REFUSE);
    assert_int_equal(judge(&verdict, "mx.spoofer", NULL), JUDGE_ACCEPT);
    evidence_fini(&evidence);
}

static void a_host_that_was_not_looked_up_is_judged_alone_under_an_override(void **state)
{
    static struct verdict verdict;
    const struct policy_options options = {.insecure_mx_may = true};
    struct answer override = answer_plain(LEVEL_DANE, REASON_OVERRIDE);
    struct evidence evidence;

    (void)state;
    decide_mx(&evidence, &options, FACT_RECORDS, DNS_INSECURE, &verdict);
    assert_int_equal(judge(&verdict, "mx.example", &override), JUDGE_ALONE);
    assert_int_equal(judge(&verdict, "mx.example", NULL), JUDGE_ACCEPT);
    override.level = LEVEL_DANE_REQUIRED;
    assert_int_equal(judge(&verdict, "mx.example", &override), JUDGE_REFUSE);
    evidence_fini(&evidence);
}

static void only_an_insecure_mx_lookup_lets_a_stranger_be_judged_alone(void **state)
{
    static struct verdict verdict;
    const struct policy_options options = {.promote = true};
    struct evidence evidence;

    (void)state;
    decide_mx(&evidence, &options, FACT_NXDOMAIN, DNS_SECURE, &verdict);
    assert_int_equal(judge(&verdict, "mx.spoofer", NULL), JUDGE_STRANGER);
    evidence_fini(&evidence);
    decide_mx(&evidence, &options, FACT_NXDOMAIN, DNS_INSECURE, &verdict);
    assert_int_equal(judge(&verdict, "mx.spoofer", NULL), JUDGE_ALONE);
    evidence_fini(&evidence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_without_verdict_is_judged_later_and_never_by_the_host_alone),
        cmocka_unit_test(an_mx_lookup_that_failed_is_judged_later_also_under_an_override),
        cmocka_unit_test(a_host_that_was_not_looked_up_is_judged_alone_under_an_override),
        cmocka_unit_test(only_an_insecure_mx_lookup_lets_a_stranger_be_judged_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
