/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_authority.c - whether a CA is one, for what, and how deep; extensions nobody knows.
 */
#include "tests/chain/cases.h"

#include <string.h>

/* One extension with one value ("" means: none) at one place, in a chain of four. */
static void at_each_place(
    struct suite *suite, const char *extension, const char *const *values, size_t value_count)
{
    struct plan plan;

    for (size_t i = 0; i < value_count; i++) {
        for (int at = 0; at < 4; at++) {
            plan_init(&plan, 4, KEY_P256, "%s=%s at %d", extension, values[i], at);
            recipe_drop(&plan.recipes[at], extension);
            if (*values[i] != '\0')
                recipe_set(&plan.recipes[at], extension, values[i]);
            suite_most(suite, &plan);
        }
        plan_init(&plan, 1, KEY_P256, "%s=%s, self-signed leaf", extension, values[i]);
        recipe_drop(&plan.recipes[0], extension);
        if (*values[i] != '\0')
            recipe_set(&plan.recipes[0], extension, values[i]);
        suite_most(suite, &plan);
    }
}

#define AT_EACH_PLACE(suite, extension, values) \
    at_each_place(suite, extension, values, sizeof values / sizeof values[0])

static void single_extensions(struct suite *suite)
{
    static const char *const basic[] = {"", "CA:FALSE", "critical,CA:FALSE", "CA:TRUE",
        "critical,CA:TRUE", "critical,CA:TRUE,pathlen:0", "critical,CA:TRUE,pathlen:1",
        "critical,CA:TRUE,pathlen:2", "critical,CA:FALSE,pathlen:0", "DER:3000",
        "DER:3006010100020100", "DER:3006010101020100", "DER:30060101ff0201ff", "DER:3003020100"};
    static const char *const usage[] = {"", "critical,digitalSignature", "digitalSignature",
        "critical,keyCertSign", "critical,cRLSign", "critical,keyEncipherment",
        "critical,keyAgreement", "critical,nonRepudiation", "digitalSignature,keyCertSign",
        "critical,encipherOnly", "critical,keyEncipherment,decipherOnly"};
    static const char *const extended[] = {"serverAuth", "critical,serverAuth", "clientAuth",
        "critical,clientAuth", "anyExtendedKeyUsage", "clientAuth,anyExtendedKeyUsage",
        "serverAuth,clientAuth", "emailProtection", "1.2.3.4", "msSGC", "nsSGC", "OCSPSigning",
        "timeStamping", "critical,timeStamping"};
    static const char *const netscape[] = {"server", "client", "sslCA", "objCA", "client,server"};
    static const char *const unknown[] = {"DER:0500", "critical,DER:0500"};
    static const char *const policies[] = {"1.2.3.4", "critical,1.2.3.4"};
    static const char *const policy_constraints[] = {
        "critical,requireExplicitPolicy:0", "critical,inhibitPolicyMapping:0"};

    AT_EACH_PLACE(suite, "basicConstraints", basic);
    AT_EACH_PLACE(suite, "keyUsage", usage);
    AT_EACH_PLACE(suite, "extendedKeyUsage", extended);
    AT_EACH_PLACE(suite, "nsCertType", netscape);
    AT_EACH_PLACE(suite, "1.2.3.4.5", unknown);
    AT_EACH_PLACE(suite, "certificatePolicies", policies);
    AT_EACH_PLACE(suite, "policyConstraints", policy_constraints);
}

/* Extensions that RFC 5280 names, marked critical: some are known to OpenSSL, some are not. */
static void critical_extensions(struct suite *suite)
{
    static const char *const known[][2] = {
        {"crlDistributionPoints", "critical,URI:http://example.com/crl"},
        {"authorityInfoAccess", "critical,OCSP;URI:http://example.com/"},
        {"issuerAltName", "critical,DNS:example.com"},
        {"subjectKeyIdentifier", "critical,hash"},
        {"authorityKeyIdentifier", "critical,DER:3000"},
        {"subjectAltName", "critical,DNS:mx.example.com"},
        {"inhibitAnyPolicy", "critical,0"},
        {"policyMappings", "critical,1.2.3.4:1.2.3.5"},
        {"tlsfeature", "critical,status_request"},
        {"noCheck", "critical,ignored"},
        {"freshestCRL", "critical,URI:http://example.com/crl"},
        {"sbgp-ipAddrBlock", "critical,IPv4:192.0.2.0/24"},
        {"nsComment", "critical,example"},
        {"proxyCertInfo", "critical,language:id-ppl-anyLanguage,pathlen:0"},
    };
    struct plan plan;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        for (int at = 0; at < 3; at++) {
            plan_init(&plan, 3, KEY_P256, "%s=%s at %d", known[i][0], known[i][1], at);
            recipe_set(&plan.recipes[at], known[i][0], known[i][1]);
            if (strcmp(known[i][0], "proxyCertInfo") == 0)
                recipe_drop(&plan.recipes[at], "subjectAltName");
            suite_few(suite, &plan);
        }
    }
}

/* Certificates of version 1 and 2 have no extensions to say that they are a CA. */
static void versions(struct suite *suite)
{
    struct plan plan;

    for (int version = 1; version <= 4; version++) {
        for (int at = 0; at < 4; at++) {
            plan_init(&plan, 4, KEY_P256, "version %d at %d", version, at);
            plan.recipes[at].version = version;
            plan.recipes[at].extension_count = 0;
            if (at == 0)
                snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "CN=mx.example.com");
            suite_most(suite, &plan);
            plan_init(&plan, 4, KEY_P256, "version %d with extensions at %d", version, at);
            plan.recipes[at].version = version;
            suite_most(suite, &plan);
        }
    }
}

/* pathlen counts the intermediates below that are not self-issued. */
static void path_lengths(struct suite *suite)
{
    struct plan plan;

    for (int pathlen = 0; pathlen <= 3; pathlen++) {
        for (int at = 1; at < 5; at++) {
            for (int self_issued = 0; self_issued < at; self_issued++) {
                char value[64];
                plan_init(&plan, 5, KEY_P256, "pathlen %d at %d, self-issued at %d", pathlen, at,
                    self_issued);
                snprintf(value, sizeof value, "critical,CA:TRUE,pathlen:%d", pathlen);
                recipe_set(&plan.recipes[at], "basicConstraints", value);
                if (self_issued > 0) {
                    snprintf(plan.recipes[self_issued].subject, RECIPE_NAME_MAX, "%s",
                        plan.recipes[self_issued + 1].subject);
                    recipe_issue(&plan.recipes[self_issued - 1], &plan.recipes[self_issued]);
                }
                suite_few(suite, &plan);
            }
        }
    }
    /* The leaf itself may be self-issued: RFC 5280 4.2.1.9 does not count the last one. */
    for (int pathlen = 0; pathlen <= 1; pathlen++) {
        char value[64];
        plan_init(&plan, 3, KEY_P256, "pathlen %d above a self-issued leaf", pathlen);
        snprintf(value, sizeof value, "critical,CA:TRUE,pathlen:%d", pathlen);
        recipe_set(&plan.recipes[2], "basicConstraints", value);
        snprintf(plan.recipes[0].subject, RECIPE_NAME_MAX, "CN=CA 1");
        suite_most(suite, &plan);
    }
}

void cases_authority(struct suite *suite)
{
    single_extensions(suite);
    critical_extensions(suite);
    versions(suite);
    path_lengths(suite);
}
