/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_keys.c - kinds of keys, signatures and digests; how long a chain is; dates.
 */
#include "tests/chain/cases.h"

static void every_kind(struct suite *suite)
{
    static const enum key_kind kinds[] = {KEY_P256, KEY_P384, KEY_P521, KEY_ED25519, KEY_ED448,
        KEY_RSA2048, KEY_RSA3072, KEY_RSA4096, KEY_PSS};
    struct plan plan;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int count = 1; count <= 5; count++) {
            plan_init(
                &plan, count, kinds[i], "key %s, %d certificates", keys_kind_text(kinds[i]), count);
            suite_product(suite, &plan);
        }
    }
}

/* A kind of key that is not everyday's at the leaf, in the middle, at the top. */
static void rare_kinds(struct suite *suite)
{
    static const enum key_kind kinds[] = {KEY_P224, KEY_K256, KEY_BRAINPOOL, KEY_RSA4608,
        KEY_RSA1024, KEY_RSA1016, KEY_RSA512, KEY_RSA_EXPONENT, KEY_PSS_BOUND, KEY_X25519,
        KEY_RSA2048, KEY_ED25519, KEY_PSS};
    struct plan plan;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int at = 0; at < 3; at++) {
            struct key key = {kinds[i], (unsigned)at};
            if (kinds[i] == KEY_X25519 && at > 0)
                continue;
            plan_init(&plan, 3, KEY_P256, "one key %s at %d", keys_kind_text(kinds[i]), at);
            plan.recipes[at].key = key;
            if (at == 2)
                recipe_issue(&plan.recipes[2], &plan.recipes[2]);
            if (at > 0)
                recipe_issue(&plan.recipes[at - 1], &plan.recipes[at]);
            suite_most(suite, &plan);
        }
    }
}

static void digests(struct suite *suite)
{
    static const char *const names[] = {
        "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256"};
    static const enum key_kind kinds[] = {KEY_P256, KEY_RSA2048, KEY_PSS};
    struct plan plan;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
            for (int at = 0; at < 3; at++) {
                /* Only PKCS#1 has an identifier for MD5; PSS has none for SHA-3. */
                if ((i == 0 && kinds[kind] != KEY_RSA2048) || (i == 6 && kinds[kind] == KEY_PSS))
                    continue;
                plan_init(&plan, 3, kinds[kind], "digest %s with %s at %d", names[i],
                    keys_kind_text(kinds[kind]), at);
                plan.recipes[at].digest = names[i];
                suite_few(suite, &plan);
            }
        }
    }
}

static void digests_of_a_lone_leaf(struct suite *suite)
{
    static const char *const names[] = {"SHA1", "SHA256", "SHA512"};
    struct plan plan;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        plan_init(&plan, 1, KEY_P256, "digest %s, self-signed leaf", names[i]);
        plan.recipes[0].digest = names[i];
        suite_product(suite, &plan);
    }
}

static void pss_signatures(struct suite *suite)
{
    static const char *const names[] = {"SHA1", "SHA256", "SHA384", "SHA512"};
    struct plan plan;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (int at = 0; at < 3; at++) {
            plan_init(
                &plan, 3, KEY_RSA2048, "PSS signature, %s, by an RSA key at %d", names[i], at);
            plan.recipes[at].pss = true;
            plan.recipes[at].digest = names[i];
            suite_few(suite, &plan);
        }
    }
}

static void broken_signatures(struct suite *suite)
{
    struct plan plan;

    for (int at = 0; at < 4; at++) {
        plan_init(&plan, 4, KEY_P256, "broken signature at %d", at);
        plan.recipes[at].damage = DAMAGE_SIGNATURE;
        suite_most(suite, &plan);
        plan_init(&plan, 4, KEY_P256, "signature by another key at %d", at);
        plan.recipes[at].signer = (struct key){KEY_P256, 9};
        suite_most(suite, &plan);
        plan_init(&plan, 4, KEY_P256, "signature by a key of another kind at %d", at);
        plan.recipes[at].signer = (struct key){KEY_RSA2048, 0};
        suite_most(suite, &plan);
    }
}

static void dates(struct suite *suite)
{
    static const struct {
        const char *text;
        int64_t from;
        int64_t to;
    } spans[] = {
        {"expired", -RECIPE_YEAR, -86400},
        {"expired a second ago", -RECIPE_YEAR, -1},
        {"expires now", -RECIPE_YEAR, 0},
        {"valid from now", 0, RECIPE_YEAR},
        {"valid in a second", 1, RECIPE_YEAR},
        {"not yet valid", 86400, RECIPE_YEAR},
        {"dates the wrong way round", RECIPE_YEAR, -RECIPE_YEAR},
        {"valid until 2080", -RECIPE_YEAR, 56LL * RECIPE_YEAR},
        {"valid from 1930", -93LL * RECIPE_YEAR, RECIPE_YEAR},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        for (int at = 0; at < 5; at++) {
            plan_init(&plan, 5, KEY_P256, "%s at %d", spans[i].text, at);
            plan.recipes[at].not_before = RECIPE_NOW + spans[i].from;
            plan.recipes[at].not_after = RECIPE_NOW + spans[i].to;
            suite_most(suite, &plan);
        }
        plan_init(&plan, 1, KEY_P256, "%s, self-signed leaf", spans[i].text);
        plan.recipes[0].not_before = RECIPE_NOW + spans[i].from;
        plan.recipes[0].not_after = RECIPE_NOW + spans[i].to;
        suite_most(suite, &plan);
    }
}

static void many_certificates(struct suite *suite)
{
    struct plan plan;

    for (int count = 6; count <= 12; count++) {
        plan_init(&plan, count, KEY_P256, "long chain of %d", count);
        suite_few(suite, &plan);
    }
}

void cases_keys(struct suite *suite)
{
    every_kind(suite);
    rare_kinds(suite);
    digests(suite);
    digests_of_a_lone_leaf(suite);
    pss_signatures(suite);
    broken_signatures(suite);
    dates(suite);
    many_certificates(suite);
}
