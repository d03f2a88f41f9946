/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_malformed.c - certificates that are damaged, at every place.
 */
#include "tests/chain/cases.h"

static void damaged(struct suite *suite)
{
    static const struct {
        const char *text;
        enum recipe_damage damage;
    } kinds[] = {
        {"cut short", DAMAGE_CUT},
        {"trailing octet", DAMAGE_TRAILING},
        {"bad tag inside", DAMAGE_TBS},
        {"empty", DAMAGE_EMPTY},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int at = 0; at < 4; at++) {
            /* 3 is a stranger: presented, and no part of the chain. */
            plan_init(&plan, 4, KEY_P256, "%s at %d", kinds[i].text, at);
            recipe_issue(&plan.recipes[2], &plan.recipes[2]);
            plan.recipes[at].damage = kinds[i].damage;
            for (int selector = 0; selector <= 1; selector++) {
                for (int matching_type = 0; matching_type <= 2; matching_type++) {
                    suite_check_record(suite, &plan, 3, selector, matching_type, 0);
                    suite_check_record(suite, &plan, 2, selector, matching_type, 1);
                    suite_check_record(suite, &plan, 2, selector, matching_type, 2);
                }
            }
            plan_fini(&plan);
        }
    }
}

static void bad_dates(struct suite *suite)
{
    static const char *const dates[] = {"", "Z", "491332000000Z", "4912310000Z", "491231000000",
        "491231000000+0000", "49123100000aZ", "491231246060Z", "490229000000Z", "20491231000000Z"};
    struct plan plan;

    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        for (int at = 0; at < 3; at++) {
            plan_init(&plan, 3, KEY_P256, "bad date \"%s\" at %d", dates[i], at);
            plan.recipes[at].not_after_text = dates[i];
            suite_most(suite, &plan);
        }
    }
}

static void bad_extensions(struct suite *suite)
{
    static const char *const extensions[][2] = {
        {"basicConstraints", "DER:0500"},
        {"basicConstraints", "DER:30030101"},
        {"basicConstraints", "DER:30060101ff02"},
        {"basicConstraints", "DER:300301010a"},
        {"keyUsage", "DER:0500"},
        {"keyUsage", "DER:0300"},
        {"keyUsage", "DER:030100"},
        {"keyUsage", "DER:03020000"},
        {"extendedKeyUsage", "DER:0500"},
        {"extendedKeyUsage", "DER:3000"},
        {"extendedKeyUsage", "DER:300206"},
        {"subjectAltName", "DER:0500"},
        {"subjectAltName", "DER:3000"},
        {"subjectAltName", "DER:30048202"},
        {"subjectAltName", "DER:3002870a"},
        {"subjectAltName", "DER:30028700"},
        {"subjectAltName", "DER:300589036d782e"},
        {"nameConstraints", "DER:0500"},
        {"nameConstraints", "DER:3002a000ff"},
        {"subjectKeyIdentifier", "DER:0500"},
        {"authorityKeyIdentifier", "DER:0500"},
        {"nsCertType", "DER:0500"},
        {"certificatePolicies", "DER:0500"},
        {"crlDistributionPoints", "DER:0500"},
        {"authorityInfoAccess", "DER:0500"},
        {"issuerAltName", "DER:0500"},
        {"1.2.3.4.5", "DER:0badcafe"},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        for (int at = 0; at < 3; at++) {
            plan_init(
                &plan, 3, KEY_P256, "bad %s %s at %d", extensions[i][0], extensions[i][1], at);
            recipe_set(&plan.recipes[at], extensions[i][0], extensions[i][1]);
            suite_few(suite, &plan);
        }
    }
}

static void doubled_extensions(struct suite *suite)
{
    static const char *const extensions[][2] = {
        {"basicConstraints", "CA:TRUE"},
        {"keyUsage", "keyCertSign,digitalSignature"},
        {"extendedKeyUsage", "serverAuth"},
        {"subjectAltName", "DNS:mx.example.com"},
        {"nameConstraints", "permitted;DNS:example.com"},
        {"subjectKeyIdentifier", "hash"},
        {"authorityKeyIdentifier", "keyid"},
        {"certificatePolicies", "1.2.3.4"},
        {"1.2.3.4.5", "DER:0500"},
        {"authorityInfoAccess", "OCSP;URI:http://example.com/"},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        for (int at = 0; at < 3; at++) {
            plan_init(&plan, 3, KEY_P256, "twice %s at %d", extensions[i][0], at);
            recipe_set(&plan.recipes[at], extensions[i][0], extensions[i][1]);
            recipe_add(&plan.recipes[at], extensions[i][0], extensions[i][1]);
            suite_few(suite, &plan);
        }
    }
}

static void other_algorithms(struct suite *suite)
{
    struct plan plan;

    for (int at = 0; at < 3; at++) {
        plan_init(&plan, 3, KEY_P256, "two signature algorithms at %d", at);
        plan.recipes[at].other_inner_algorithm = true;
        suite_few(suite, &plan);
    }
}

void cases_malformed(struct suite *suite)
{
    damaged(suite);
    bad_dates(suite);
    bad_extensions(suite);
    doubled_extensions(suite);
    other_algorithms(suite);
}
