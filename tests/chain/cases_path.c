/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_path.c - how a path is found: order, duplicates, strangers, several issuers of one name,
 * cross-signing, spelling of names, key identifiers.
 */
#include "tests/chain/cases.h"

/* Writes a subject or issuer of a recipe. */
static void call(char *field, const char *name)
{
    snprintf(field, RECIPE_NAME_MAX, "%s", name);
}

static void orders(struct suite *suite)
{
    static const char *const values[] = {"0 1 2 3", "0 3 2 1", "0 2 1 3", "0 1 3", "0 2 3", "0 1 2",
        "0 1", "0", "0 1 1 2 2 3 3", "0 0 1 2 3", "1 0 2 3", "3 2 1 0", "0 3", "0 1 2 3 0"};
    struct plan plan;

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        plan_init(&plan, 4, KEY_P256, "presented %s", values[i]);
        plan_set_order(&plan, values[i]);
        suite_most(suite, &plan);
    }
}

/* Certificates that have nothing to do with the chain, before and after it. */
static void strangers(struct suite *suite)
{
    static const char *const orders_of[] = {"0 3 1 2", "0 1 2 3", "0 3 4 1 2", "0 4 1 3 2",
        "0 5 1 2", "0 1 2 5", "0 3 3 3 3 3 1 2", "0 3 4 5 3 4 5 3 1 2", "0 3 4 5 3 4 5 3 4 1 2",
        "0 3 4 5 3 4 5 3 4 5 1 2", "0 1 3 4 5 3 4 5 3 2", "0 1 3 4 5 3 4 5 3 4 2"};
    struct plan plan;

    for (size_t i = 0; i < sizeof orders_of / sizeof orders_of[0]; i++) {
        plan_init(&plan, 6, KEY_P256, "strangers 3 to 5, presented %s", orders_of[i]);
        /* 2 is the top of the chain; 3 is on its own, 4 is issued by 5, another leaf. */
        recipe_issue(&plan.recipes[2], &plan.recipes[2]);
        recipe_issue(&plan.recipes[3], &plan.recipes[3]);
        recipe_init_leaf(&plan.recipes[5], "O=Stranger", (struct key){KEY_P256, 5});
        recipe_issue(&plan.recipes[4], &plan.recipes[5]);
        plan_set_order(&plan, orders_of[i]);
        suite_most(suite, &plan);
    }
}

/* Two CAs of one name but of different keys; only the first signed the leaf. */
static void same_names(struct suite *suite)
{
    struct plan plan;

    for (int with_ids = 0; with_ids < 2; with_ids++) {
        for (int expired = 0; expired < 3; expired++) {
            for (int right_first = 0; right_first < 2; right_first++) {
                plan_init(&plan, 4, KEY_P256, "same name, right one %s%s, %s",
                    right_first ? "first" : "second", with_ids ? "" : ", without key identifiers",
                    expired == 0   ? "both valid"
                    : expired == 1 ? "wrong one expired"
                                   : "right one expired");
                /* 0 <- 1 <- 3; 2 is called as 1 is, and issued by 3 too. */
                call(plan.recipes[2].subject, "CN=CA 1");
                recipe_issue(&plan.recipes[1], &plan.recipes[3]);
                recipe_issue(&plan.recipes[2], &plan.recipes[3]);
                for (int i = 0; i < 4 && !with_ids; i++) {
                    recipe_drop(&plan.recipes[i], "subjectKeyIdentifier");
                    recipe_drop(&plan.recipes[i], "authorityKeyIdentifier");
                }
                if (expired != 0)
                    plan.recipes[expired == 1 ? 2 : 1].not_after = RECIPE_NOW - 1;
                plan_set_order(&plan, right_first ? "0 1 2 3" : "0 2 1 3");
                suite_most(suite, &plan);
            }
        }
    }
}

/* The same name and the same key: 1 and 2 both certify the leaf's issuer, as roots, or by others.
 */
static void cross_signed(struct suite *suite)
{
    static const char *const orders_of[] = {
        "0 1 2 3 4", "0 2 1 3 4", "0 1 3", "0 2 4", "0 1 2 3", "0 1 2 4", "0 2 1 3", "0 2 1 4"};
    struct plan plan;

    for (size_t i = 0; i < sizeof orders_of / sizeof orders_of[0]; i++) {
        for (int fault = 0; fault < 4; fault++) {
            plan_init(
                &plan, 5, KEY_P256, "cross-signed, presented %s, fault %d", orders_of[i], fault);
            /* 1 is issued by 3, 2 by 4; 3 and 4 are roots. */
            call(plan.recipes[2].subject, "CN=CA 1");
            plan.recipes[2].key = plan.recipes[1].key;
            plan.recipes[2].serial = 2;
            recipe_issue(&plan.recipes[1], &plan.recipes[3]);
            recipe_issue(&plan.recipes[2], &plan.recipes[4]);
            recipe_issue(&plan.recipes[3], &plan.recipes[3]);
            if (fault == 1)
                plan.recipes[1].not_after = RECIPE_NOW - 1;
            if (fault == 2)
                recipe_set(&plan.recipes[1], "basicConstraints", "critical,CA:FALSE");
            if (fault == 3)
                recipe_set(&plan.recipes[1], "nameConstraints", "critical,excluded;DNS:com");
            plan_set_order(&plan, orders_of[i]);
            suite_most(suite, &plan);
        }
    }
}

/* A root that is also presented as certified by an older one. */
static void root_and_cross(struct suite *suite)
{
    static const char *const orders_of[] = {
        "0 1 2 3 4", "0 1 3 2 4", "0 1 3 4", "0 1 2", "0 1 3", "0 1 4 3 2"};
    struct plan plan;

    for (size_t i = 0; i < sizeof orders_of / sizeof orders_of[0]; i++) {
        for (int expired = 0; expired < 5; expired++) {
            plan_init(&plan, 5, KEY_P256, "root and its cross, presented %s, expired %d",
                orders_of[i], expired);
            /* 2 is the root, self-signed; 3 the same name and key issued by 4. */
            call(plan.recipes[3].subject, "CN=CA 2");
            plan.recipes[3].key = plan.recipes[2].key;
            plan.recipes[3].serial = 2;
            recipe_issue(&plan.recipes[2], &plan.recipes[2]);
            recipe_issue(&plan.recipes[3], &plan.recipes[4]);
            if (expired > 0)
                plan.recipes[expired].not_after = RECIPE_NOW - 1;
            plan_set_order(&plan, orders_of[i]);
            suite_most(suite, &plan);
        }
    }
}

/* Two CAs that certify each other, with no root at all. */
static void circles(struct suite *suite)
{
    struct plan plan;

    plan_init(&plan, 3, KEY_P256, "a circle of two CAs");
    recipe_issue(&plan.recipes[2], &plan.recipes[1]);
    suite_most(suite, &plan);
    plan_init(&plan, 4, KEY_P256, "a circle of three CAs");
    recipe_issue(&plan.recipes[3], &plan.recipes[1]);
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "leaf and CA certify each other");
    recipe_issue(&plan.recipes[1], &plan.recipes[0]);
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "leaf and CA of one key");
    plan.recipes[1].key = plan.recipes[0].key;
    recipe_issue(&plan.recipes[1], &plan.recipes[1]);
    recipe_issue(&plan.recipes[0], &plan.recipes[1]);
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "leaf called as its CA");
    call(plan.recipes[0].subject, "CN=CA 1");
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "leaf called as its CA, without key identifiers");
    call(plan.recipes[0].subject, "CN=CA 1");
    for (int i = 0; i < 2; i++) {
        recipe_drop(&plan.recipes[i], "subjectKeyIdentifier");
        recipe_drop(&plan.recipes[i], "authorityKeyIdentifier");
    }
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "top is no self-signed CA but a leaf");
    recipe_init_leaf(&plan.recipes[1], "CN=CA 1", plan.recipes[1].key);
    suite_most(suite, &plan);
}

/* The issuer's name as the leaf and as the CA spell it. */
static void spellings(struct suite *suite)
{
    static const char *const pairs[][2] = {
        {"CN=My CA", "CN=MY ca"},
        {"CN=My CA", "CN=My  CA"},
        {"CN=My CA", "CN= My CA "},
        {"CN=My CA", "CN/P=My CA"},
        {"CN=My CA", "CN/P=my ca"},
        {"CN=My CA", "CN/T=My CA"},
        {"CN=My CA", "CN/B=My CA"},
        {"CN=My CA", "CN/I=My CA"},
        {"CN=My CA", "CN=MyCA"},
        {"CN=My CA", "CN=My CB"},
        {"CN=My CA", "O=My CA"},
        {"CN=My CA", "CN=My CA,O=x"},
        {"O=x,CN=My CA", "CN=My CA,O=x"},
        {"O=x,+CN=My CA", "CN=My CA,+O=x"},
        {"O=x,+CN=My CA", "O=x,CN=My CA"},
        {"CN=M\xc3\xa4", "CN=M\xc3\xa4"},
        {"CN=M\xc3\xa4", "CN=M\xc3\x84"},
        {"CN=M\xc3\xa4", "CN/T=M\xe4"},
        {"CN=M\xc3\xa4", "CN/B=M\xe4"},
        {"CN=My\\0CA", "CN=My\\0CA"},
        {"CN=My\tCA", "CN=My CA"},
        {"", ""},
        {"CN=", "CN="},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        for (int at = 1; at < 3; at++) {
            plan_init(&plan, 3, KEY_P256, "spelling %zu of the name of %d", i, at);
            call(plan.recipes[at].subject, pairs[i][0]);
            if (at == 2)
                call(plan.recipes[at].issuer, pairs[i][0]);
            call(plan.recipes[at - 1].issuer, pairs[i][1]);
            suite_most(suite, &plan);
        }
    }
}

/* An authorityKeyIdentifier that is right, absent, or somebody else's. */
static void key_identifiers(struct suite *suite)
{
    static const char *const issuers[] = {"", "keyid", "keyid,issuer:always", "issuer:always",
        "DER:300680040badcafe", "DER:3000", "DER:30038201ff",
        "DER:3018a113a411300f310d300b060355040a0c044f74686582010a"};
    static const char *const subjects[] = {"", "hash", "0badcafe", "DER:0400"};
    struct plan plan;

    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++) {
        for (size_t j = 0; j < sizeof subjects / sizeof subjects[0]; j++) {
            for (int at = 1; at < 3; at++) {
                plan_init(&plan, 3, KEY_P256, "AKI %s, SKI %s of %d", issuers[i], subjects[j], at);
                for (int k = 0; k < 3; k++)
                    recipe_drop(&plan.recipes[k], "authorityKeyIdentifier");
                recipe_drop(&plan.recipes[at], "subjectKeyIdentifier");
                if (*issuers[i] != '\0')
                    recipe_set(&plan.recipes[at - 1], "authorityKeyIdentifier", issuers[i]);
                if (*subjects[j] != '\0')
                    recipe_set(&plan.recipes[at], "subjectKeyIdentifier", subjects[j]);
                suite_few(suite, &plan);
            }
        }
    }
    for (unsigned serial = 1; serial <= 2; serial++) {
        plan_init(&plan, 3, KEY_P256, "AKI names serial 1, the CA has %u", serial);
        recipe_set(&plan.recipes[0], "authorityKeyIdentifier", "keyid,issuer:always");
        call(plan.recipes[1].issuer, plan.recipes[1].subject);
        plan.recipes[1].serial = serial;
        suite_most(suite, &plan);
        plan_init(&plan, 3, KEY_P256, "AKI of the top names serial 1, it has %u", serial);
        recipe_set(&plan.recipes[2], "authorityKeyIdentifier", "keyid,issuer:always");
        plan.recipes[2].serial = serial;
        suite_most(suite, &plan);
    }
}

/* A self-signed certificate whose key may not sign, or that is not what it seems. */
static void self_signed(struct suite *suite)
{
    struct plan plan;

    plan_init(&plan, 1, KEY_P256, "self-signed leaf that is a CA");
    recipe_init_ca(&plan.recipes[0], "O=Leaf", plan.recipes[0].key);
    recipe_set(&plan.recipes[0], "subjectAltName", "DNS:mx.example.com");
    suite_most(suite, &plan);
    plan_init(&plan, 1, KEY_P256, "self-signed leaf twice");
    plan_set_order(&plan, "0 0");
    suite_most(suite, &plan);
    plan_init(&plan, 1, KEY_P256, "self-issued leaf with a broken signature");
    plan.recipes[0].damage = DAMAGE_SIGNATURE;
    suite_most(suite, &plan);
    plan_init(&plan, 1, KEY_P256, "self-issued leaf signed by another key");
    plan.recipes[0].signer = (struct key){KEY_P256, 3};
    suite_most(suite, &plan);
    plan_init(&plan, 1, KEY_P256, "self-signed leaf of another name");
    recipe_set(&plan.recipes[0], "subjectAltName", "DNS:example.net");
    suite_most(suite, &plan);
    plan_init(&plan, 1, KEY_P256, "self-signed leaf of version 1");
    plan.recipes[0].version = 1;
    plan.recipes[0].extension_count = 0;
    call(plan.recipes[0].subject, "CN=mx.example.com");
    call(plan.recipes[0].issuer, "CN=mx.example.com");
    suite_most(suite, &plan);
    plan_init(&plan, 2, KEY_P256, "self-signed leaf with another of its name");
    plan.recipes[0].key = (struct key){KEY_P256, 1};
    call(plan.recipes[1].subject, "O=Leaf");
    recipe_issue(&plan.recipes[1], &plan.recipes[1]);
    recipe_issue(&plan.recipes[0], &plan.recipes[1]);
    suite_most(suite, &plan);
}

void cases_path(struct suite *suite)
{
    orders(suite);
    strangers(suite);
    same_names(suite);
    cross_signed(suite);
    root_and_cross(suite);
    circles(suite);
    spellings(suite);
    key_identifiers(suite);
    self_signed(suite);
}
