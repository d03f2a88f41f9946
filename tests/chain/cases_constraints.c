/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_constraints.c - name constraints (RFC 5280 4.2.1.10), on an intermediate and on the anchor.
 */
#include "tests/chain/cases.h"

static const char *const constraints[] = {
    "critical,permitted;DNS:example.com",
    "permitted;DNS:example.com",
    "critical,permitted;DNS:EXAMPLE.com",
    "critical,permitted;DNS:.example.com",
    "critical,permitted;DNS:mx.example.com",
    "critical,permitted;DNS:ple.com",
    "critical,permitted;DNS:example.net",
    "critical,permitted;DNS:example.net,permitted;DNS:example.com",
    "critical,permitted;DNS:com",
    "critical,DER:3006a00430028200",
    "critical,excluded;DNS:example.com",
    "critical,excluded;DNS:.example.com",
    "critical,excluded;DNS:example.net",
    "critical,excluded;DNS:mx.example.com",
    "critical,DER:3006a10430028200",
    "critical,permitted;DNS:example.com,excluded;DNS:mx.example.com",
    "critical,permitted;DNS:example.com,excluded;DNS:other.example.com",
    "critical,permitted;IP:192.0.2.0/255.255.255.0",
    "critical,permitted;IP:198.51.100.0/255.255.255.0",
    "critical,excluded;IP:192.0.2.0/255.255.255.0",
    "critical,excluded;IP:0.0.0.0/0.0.0.0",
    "critical,permitted;IP:2001:db8::/ffff:ffff::",
    "critical,excluded;IP:2001:db8::/ffff:ffff::",
    "critical,permitted;email:example.com",
    "critical,permitted;email:.example.com",
    "critical,permitted;email:mx@example.com",
    "critical,excluded;email:example.com",
    "critical,excluded;email:example.net",
    "critical,permitted;dirName:dir_example",
    "critical,permitted;dirName:dir_example_case",
    "critical,permitted;dirName:dir_other",
    "critical,excluded;dirName:dir_example",
    "critical,excluded;dirName:dir_other",
    "critical,permitted;URI:.example.com",
    "critical,excluded;URI:.example.com",
    "critical,permitted;URI:example.net",
    "critical,permitted;otherName:1.2.3.4;UTF8:x",
    "critical,excluded;otherName:1.2.3.4;UTF8:x",
    "permitted;otherName:1.2.3.4;UTF8:x",
    "critical,permitted;RID:1.2.3.4",
    "critical,excluded;RID:1.2.3.4",
    /* minimum 1; an empty list of each kind; an address with a mask of odd length */
    "critical,DER:3015a0133011820b6578616d706c652e636f6d800101",
    "critical,DER:3000",
    "critical,DER:3002a000",
    "critical,DER:300ba0093007870501020304ff",
};

static const struct {
    const char *subject;
    const char *san;
} leaves[] = {
    {"O=Example", "DNS:mx.example.com"},
    {"O=Example,CN=anything", "DNS:mx.example.com"},
    {"O=Example,CN=mx.example.com", ""},
    {"O=Example,CN=mx.example.com", "IP:192.0.2.1"},
    {"O=Example,CN=mx.example.com", "email:mx@example.com"},
    {"O=Example,CN=other.example.net", "DNS:mx.example.com"},
    {"", "critical,DNS:mx.example.com"},
    {"O=Example,emailAddress=mx@example.com", "DNS:mx.example.com"},
    {"O=Example,emailAddress=mx@other.example.net", "DNS:mx.example.com"},
    {"O=Example", "DNS:mx.example.com,IP:192.0.2.1"},
    {"O=Example", "DNS:mx.example.com,IP:2001:db8::1"},
    {"O=Example", "DNS:mx.example.com,email:mx@example.com"},
    {"O=Example", "DNS:mx.example.com,email:mx@EXAMPLE.com"},
    {"O=Example", "DNS:mx.example.com,email:MX@example.com"},
    {"O=Example", "DNS:mx.example.com,email:mx@sub.example.com"},
    {"O=Example", "DNS:mx.example.com,URI:https://mx.example.com/"},
    {"O=Example", "DNS:mx.example.com,URI:https://mx.example.com:443/a"},
    {"O=Example", "DNS:mx.example.com,URI:nonsense"},
    {"O=Example", "DNS:mx.example.com,otherName:1.2.3.4;UTF8:x"},
    {"O=Example", "DNS:mx.example.com,dirName:dir_other"},
    {"O=Example", "DNS:mx.example.com,RID:1.2.3.4"},
    {"O=Example", "DNS:mx.example.com,DNS:mx.example.net"},
    {"O=Example", "DNS:*.example.com"},
    {"O=Other,CN=two words", "DNS:mx.example.com"},
    {"O=Example,CN=-mx.example.com", "DNS:mx.example.com"},
    {"O=Example,CN=*.example.com", ""},
    {"O=Example,CN=mx.example.com\\0", ""},
    {"O=Example,CN=mx.example.com.", ""},
    {"O=Example,CN/B=mx.example.com", ""},
    {"O=Example,CN=localhost", "DNS:mx.example.com"},
    {"O=Example,CN=a_b.example.net", "DNS:mx.example.com"},
    {"O=Example,CN=x.example.com,CN=mx.example.com", ""},
};

static void constrain(struct suite *suite, size_t constraint, size_t leaf, int at)
{
    struct plan plan;

    plan_init(&plan, 3, KEY_P256, "constraint %s at %d, leaf %s with %s", constraints[constraint],
        at, leaves[leaf].subject, leaves[leaf].san);
    snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "%s", leaves[leaf].subject);
    recipe_drop(&plan.recipes[0], "subjectAltName");
    if (*leaves[leaf].san != '\0')
        recipe_set(&plan.recipes[0], "subjectAltName", leaves[leaf].san);
    recipe_set(&plan.recipes[at], "nameConstraints", constraints[constraint]);
    /* The intermediate is an O=Example too, so that only the leaf is at stake. */
    snprintf(plan.recipes[1].subject, RECIPE_NAME_MAX, "O=Example,CN=CA 1");
    recipe_issue(&plan.recipes[0], &plan.recipes[1]);
    suite_check_record(suite, &plan, 2, 0, 1, 2);
    if (leaf == 0) {
        suite_check_record(suite, &plan, 2, 1, 0, 2);
        suite_check_record(suite, &plan, 2, 0, 0, 1);
        suite_check_record(suite, &plan, 3, 0, 1, 0);
        plan_set_order(&plan, "0 1");
        suite_check_record(suite, &plan, 2, 0, 0, 2);
        suite_check_record(suite, &plan, 2, 1, 0, 2);
    }
    plan_fini(&plan);
}

/* Constraints hold for intermediates too, unless these are self-issued (RFC 5280 4.2.1.10). */
static void intermediates(struct suite *suite)
{
    static const char *const subjects[] = {"O=Other,CN=CA 1", "O=Example,CN=CA 1",
        "CN=ca.example.net", "CN=ca.example.com", "CN=CA 2"};
    static const char *const values[] = {"critical,permitted;DNS:example.com",
        "critical,permitted;dirName:dir_example", "critical,excluded;dirName:dir_other"};
    struct plan plan;

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            for (int at = 0; at < 4; at++) {
                plan_init(&plan, 4, KEY_P256, "constraint %s at %d over the CA %s", values[j], at,
                    subjects[i]);
                snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "O=Example,CN=x");
                snprintf(plan.recipes[1].subject, RECIPE_NAME_MAX, "%s", subjects[i]);
                recipe_issue(&plan.recipes[0], &plan.recipes[1]);
                recipe_set(&plan.recipes[at], "nameConstraints", values[j]);
                suite_few(suite, &plan);
            }
        }
    }
}

void cases_constraints(struct suite *suite)
{
    for (size_t i = 0; i < sizeof constraints / sizeof constraints[0]; i++)
        for (size_t leaf = 0; leaf < sizeof leaves / sizeof leaves[0]; leaf++)
            for (int at = 1; at <= 2; at++)
                if (leaf == 0 || (size_t)at == 1 + (i + leaf) % 2)
                    constrain(suite, i, leaf, at);
    intermediates(suite);
}
