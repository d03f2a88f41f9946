/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy.c - one host of a verdict: found by the names that MTAs use, and its own level.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/policy.h"

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void a_host_is_found_by_its_name_before_any_alias(void **state)
{
    static struct verdict verdict;
    struct dname target = name_of("target.example");
    struct dname alias = name_of("alias.example");
    struct dname stranger = name_of("stranger.example");
    struct dname none = {0};

    (void)state;
    verdict.host_count = 3;
    verdict.hosts[0].name = alias;
    verdict.hosts[0].canonical = target;
    verdict.hosts[1].name = target;
    assert_ptr_equal(policy_find_host(&verdict, &alias), &verdict.hosts[0]);
    assert_ptr_equal(policy_find_host(&verdict, &target), &verdict.hosts[1]);
    assert_null(policy_find_host(&verdict, &stranger));
    verdict.hosts[1].name = none;
    assert_ptr_equal(policy_find_host(&verdict, &target), &verdict.hosts[0]);
}

/* Adds an MX host that is an alias of target.example. */
static struct host_verdict *add_alias(
    struct verdict *verdict, const char *name, enum host_state state, const char *base)
{
    struct host_verdict *host = &verdict->hosts[verdict->host_count++];

    *host = (struct host_verdict){
        .name = name_of(name), .canonical = name_of("target.example"), .state = state};
    if (base)
        host->tlsa_base = name_of(base);
    return host;
}

static void of_several_aliases_the_strictest_counts(void **state)
{
    static const enum host_state order[] = {HOST_NONE, HOST_ENCRYPT, HOST_TEMPFAIL, HOST_DANE};
    static struct verdict verdict;
    struct dname target = name_of("target.example");

    (void)state;
    for (size_t a = 0; a < 4; a++) {
        for (size_t b = 0; b < 4; b++) {
            verdict.host_count = 0;
            const struct host_verdict *first = add_alias(&verdict, "a.example", order[a], NULL);
            const struct host_verdict *second = add_alias(&verdict, "b.example", order[b], NULL);
            assert_ptr_equal(policy_find_host(&verdict, &target), b > a ? second : first);
        }
    }
}

static void each_alias_with_records_of_its_own_is_given_once(void **state)
{
    static struct verdict verdict;
    struct dname target = name_of("target.example");
    struct dname second_name = name_of("c.example");

    (void)state;
    verdict.host_count = 0;
    add_alias(&verdict, "a.example", HOST_NONE, NULL);
    const struct host_verdict *first = add_alias(&verdict, "b.example", HOST_DANE, "b.example");
    const struct host_verdict *second = add_alias(&verdict, "c.example", HOST_DANE, "c.example");
    /* Another name for the same records, one that is not decided, and one that is no such alias. */
    add_alias(&verdict, "d.example", HOST_DANE, "b.example");
    add_alias(&verdict, "e.example", HOST_TEMPFAIL, NULL);
    add_alias(&verdict, "f.example", HOST_DANE, "f.example")->canonical = name_of("other.example");
    assert_ptr_equal(policy_find_host(&verdict, &target), first);
    assert_ptr_equal(policy_next_host(&verdict, &target, first), second);
    assert_null(policy_next_host(&verdict, &target, second));
    /* Who is named by his own name is meant alone. */
    assert_ptr_equal(policy_find_host(&verdict, &second_name), second);
    assert_null(policy_next_host(&verdict, &second_name, second));
}

static void a_host_alone_has_the_level_of_its_state(void **state)
{
    static const struct {
        enum host_state state;
        enum level level;
    } rows[] = {{HOST_DANE, LEVEL_DANE}, {HOST_ENCRYPT, LEVEL_ENCRYPT}, {HOST_NONE, LEVEL_MAY},
        {HOST_TEMPFAIL, LEVEL_DEFER}, {HOST_NO_ADDRESS, LEVEL_DANE}};
    static struct verdict verdict;
    struct host_verdict *host = &verdict.hosts[0];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        host->state = rows[i].state;
        verdict.level = LEVEL_DANE;
        assert_int_equal(policy_host_level(&verdict, host), rows[i].level);
        verdict.level = LEVEL_DANE_REQUIRED;
        assert_int_equal(policy_host_level(&verdict, host), LEVEL_DANE_REQUIRED);
    }
}

static void levels_are_ordered_by_strength(void **state)
{
    static const enum level order[] = {
        LEVEL_MAY, LEVEL_ENCRYPT, LEVEL_DANE, LEVEL_DANE_REQUIRED, LEVEL_DEFER};

    (void)state;
    for (size_t a = 0; a < 5; a++)
        for (size_t b = 0; b < 5; b++)
            assert_int_equal(level_at_least(order[a], order[b]), a >= b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_found_by_its_name_before_any_alias),
        cmocka_unit_test(of_several_aliases_the_strictest_counts),
        cmocka_unit_test(each_alias_with_records_of_its_own_is_given_once),
        cmocka_unit_test(a_host_alone_has_the_level_of_its_state),
        cmocka_unit_test(levels_are_ordered_by_strength),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
