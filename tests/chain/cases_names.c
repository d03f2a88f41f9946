/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_names.c - what the leaf is called, and what it is asked for.
 */
#include "tests/chain/cases.h"

/* Judges the plan by usage 3, which does not look at names, and by usage 2. */
static void check(struct suite *suite, struct plan *plan)
{
    suite_check_record(suite, plan, 3, 1, 1, 0);
    suite_check_record(suite, plan, 2, 1, 1, plan->recipe_count - 1);
    suite_check_record(suite, plan, 2, 0, 0, plan->recipe_count - 1);
    suite_check_record(suite, plan, 2, 1, 1, 0);
    plan_fini(plan);
}

/* Each subjectAltName, each subject, each reference name. */
static void san_and_references(struct suite *suite)
{
    static const char *const sans[] = {
        "DNS:mx.example.com",
        "DNS:MX.Example.COM",
        "DNS:mx.example.com.",
        "DNS:.example.com",
        "DNS:example.com",
        "DNS:*.example.com",
        "DNS:*.EXAMPLE.com",
        "DNS:*.example.com.",
        "DNS:m*.example.com",
        "DNS:*x.example.com",
        "DNS:m*x.example.com",
        "DNS:**.example.com",
        "DNS:*.*.com",
        "DNS:mx.*.com",
        "DNS:*.com",
        "DNS:*",
        "DNS:*.",
        "DNS:xn--*.example.com",
        "DNS:xn--mx-eka.example.com",
        "DNS:*.xn--exmple-cua.com",
        "DNS:*.xn--p1ai",
        "DNS:*.example.xn--p1ai",
        "DNS:_mx.example.com",
        "DNS:m_x.example.com",
        "DNS:*.m_x.com",
        "DNS:-mx.example.com",
        "DNS:mx..example.com",
        "DNS:other.example.net,DNS:mx.example.com",
        "DNS:other.example.net",
        "DNS:other.example.net,DNS:*.example.com",
        "email:mx@mx.example.com",
        "email:mx@mx.example.com,DNS:mx.example.com",
        "IP:192.0.2.1",
        "IP:192.0.2.1,DNS:example.com",
        "URI:https://mx.example.com/",
        "otherName:1.2.3.4;UTF8:mx.example.com",
        "dirName:dir_example",
        "RID:1.2.3.4",
        "DNS: mx.example.com",
        "DNS:mx.example.com/x",
        "DNS:192.0.2.1",
    };
    static const char *const references[] = {"mx.example.com", "example.com", "a.mx.example.com",
        "com", "_mx.example.com", "m_x.example.com", "xn--mx-eka.example.com",
        "mx.xn--exmple-cua.com", "mx.xn--p1ai", "mx.example.xn--p1ai", "a.m_x.com",
        "xn--p1ai.example.com"};
    struct plan plan;

    for (size_t i = 0; i < sizeof sans / sizeof sans[0]; i++) {
        for (size_t j = 0; j < sizeof references / sizeof references[0]; j++) {
            plan_init(&plan, 3, KEY_P256, "SAN %s asked for %s", sans[i], references[j]);
            plan_set_name(&plan, references[j]);
            recipe_set(&plan.recipes[0], "subjectAltName", sans[i]);
            check(suite, &plan);
        }
    }
}

static void raw_names(struct suite *suite)
{
    static const struct {
        const char *text;
        const char *octets;
        size_t len;
    } names[] = {
        {"NUL inside", "mx.example.com\0.example.net", 27},
        {"NUL at the end", "mx.example.com\0", 15},
        {"NUL at the start", "\0mx.example.com", 15},
        {"NUL in place of a dot", "mx\0example.com", 14},
        {"empty", "", 0},
        {"a dot alone", ".", 1},
        {"an octet above 127", "m\xc3\xa4.example.com", 15},
        {"newline at the end", "mx.example.com\n", 15},
        {"wildcard with a NUL", "*\0.example.com", 14},
        {"wildcard, NUL at the end", "*.example.com\0", 14},
        {"63 octets in a label",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b.c", 67},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (int cn = 0; cn < 2; cn++) {
            plan_init(
                &plan, 3, KEY_P256, "SAN with %s%s", names[i].text, cn ? ", CN beside it" : "");
            recipe_set_raw_dns(&plan.recipes[0], names[i].octets, names[i].len);
            if (cn)
                snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "CN=mx.example.com");
            check(suite, &plan);
        }
    }
}

/* The CN counts only where there is no dNSName. */
static void common_names(struct suite *suite)
{
    static const char *const subjects[] = {
        "CN=mx.example.com",
        "CN=MX.EXAMPLE.COM",
        "CN=mx.example.com.",
        "CN=*.example.com",
        "CN=m*.example.com",
        "CN/P=mx.example.com",
        "CN/T=mx.example.com",
        "CN/B=mx.example.com",
        "CN/I=mx.example.com",
        "CN=other.example.net",
        "CN=mx.example.com,CN=other.example.net",
        "CN=other.example.net,CN=mx.example.com",
        "CN=mx.example.com\\0",
        "CN=mx.example.com\\0.example.net",
        "CN= mx.example.com",
        "CN=mx.example.com ",
        "O=Example,+CN=mx.example.com",
        "O=mx.example.com",
        "emailAddress=mx@mx.example.com",
        "",
    };
    static const char *const sans[] = {"", "DNS:other.example.net", "DNS:mx.example.com",
        "IP:192.0.2.1", "email:mx@example.com", "URI:https://mx.example.com/",
        "critical,DNS:mx.example.com", "otherName:1.2.3.4;UTF8:x"};
    struct plan plan;

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        for (size_t j = 0; j < sizeof sans / sizeof sans[0]; j++) {
            plan_init(&plan, 3, KEY_P256, "subject %s, SAN %s", subjects[i], sans[j]);
            snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "%s", subjects[i]);
            recipe_drop(&plan.recipes[0], "subjectAltName");
            if (*sans[j] != '\0')
                recipe_set(&plan.recipes[0], "subjectAltName", sans[j]);
            check(suite, &plan);
        }
    }
}

static void several_references(struct suite *suite)
{
    static const char *const names[][3] = {
        {"mx.example.com", "example.net", "example.org"},
        {"example.net", "mx.example.com", "example.org"},
        {"example.net", "example.org", "mx.example.com"},
        {"example.net", "example.org", "example.com"},
        {"a.b.example.com", "MX.example.com", "example.org"},
    };
    static const char *const sans[] = {
        "DNS:mx.example.com", "DNS:*.example.com", "DNS:example.org,DNS:example.info"};
    struct plan plan;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (size_t j = 0; j < sizeof sans / sizeof sans[0]; j++) {
            plan_init(&plan, 3, KEY_P256, "several names %zu, SAN %s", i, sans[j]);
            plan_set_name(&plan, names[i][0]);
            plan_add_name(&plan, names[i][1]);
            plan_add_name(&plan, names[i][2]);
            recipe_set(&plan.recipes[0], "subjectAltName", sans[j]);
            check(suite, &plan);
        }
    }
}

void cases_names(struct suite *suite)
{
    san_and_references(suite);
    raw_names(suite);
    common_names(suite);
    several_references(suite);
}
