/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge_openssl.c - the second opinion: OpenSSL's DANE code, called as its TLS client calls it.
 */
#include "tests/chain/judge.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define SECURITY_LEVEL 1 /* Postfix's */

static SSL_CTX *tls;
static X509_STORE *empty_store;

static void init_once(void)
{
    if (tls != NULL)
        return;
    tls = SSL_CTX_new(TLS_client_method());
    empty_store = X509_STORE_new();
    MUST(tls != NULL && empty_store != NULL);
    MUST(SSL_CTX_dane_enable(tls) == 1);
    SSL_CTX_dane_set_flags(tls, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    SSL_CTX_set_security_level(tls, SECURITY_LEVEL);
}

void judge_openssl_fini(void)
{
    SSL_CTX_free(tls);
    X509_STORE_free(empty_store);
}

const char *judge_verdict_text(enum verdict verdict)
{
    static const char *const texts[] = {"matched", "refused", "unusable"};
    return texts[verdict];
}

static SSL *new_connection(const struct plan *plan)
{
    SSL *ssl = SSL_new(tls);

    MUST(ssl != NULL);
    MUST(SSL_dane_enable(ssl, plan->names[0]) == 1);
    for (int i = 1; i < plan->name_count; i++)
        MUST(SSL_add1_host(ssl, plan->names[i]) == 1);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_time(param, (time_t)plan->at);
    X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
    return ssl;
}

/* Gives the number of usable records. An SMTP client leaves out usages 0 and 1 (RFC 7672 3.1.3). */
static int add_records(SSL *ssl, const struct plan *plan)
{
    int usable = 0;

    for (int i = 0; i < plan->record_count; i++) {
        const struct plan_record *record = &plan->records[i];
        if (record->usage < 2)
            continue;
        int added = SSL_dane_tlsa_add(ssl, record->usage, record->selector, record->matching_type,
            plan->rdata[i].data, plan->rdata[i].len);
        ERR_clear_error();
        if (added > 0)
            usable++;
    }
    return usable;
}

/* Gives the chain. In the TLS client, what is not one whole certificate each ends the handshake. */
static bool read_chain(const struct plan *plan, STACK_OF(X509) * chain)
{
    for (int i = 0; i < plan->order_count; i++) {
        X509 *cert = plan->parsed[plan->order[i]];
        if (cert == NULL)
            return false;
        MUST(X509_up_ref(cert) == 1 && sk_X509_push(chain, cert) > 0);
    }
    return true;
}

static void verify(SSL *ssl, STACK_OF(X509) * chain, struct judgement *judgement)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    EVP_PKEY *bare_key = NULL;
    uint8_t usage;
    uint8_t selector;
    uint8_t matching_type;

    MUST(context != NULL);
    MUST(X509_STORE_CTX_init(context, empty_store, sk_X509_value(chain, 0), chain) == 1);
    MUST(X509_STORE_CTX_set_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl) == 1);
    X509_STORE_CTX_set0_dane(context, SSL_get0_dane(ssl));
    MUST(X509_STORE_CTX_set_default(context, "ssl_server") == 1);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    MUST(X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl)) == 1);

    int ok = X509_verify_cert(context);
    int error = X509_STORE_CTX_get_error(context);
    SSL_set_verify_result(ssl, error);
    snprintf(judgement->why, sizeof judgement->why, "%s at depth %d",
        X509_verify_cert_error_string(error), X509_STORE_CTX_get_error_depth(context));
    if (ok == 1 && error == X509_V_OK) {
        judgement->depth = SSL_get0_dane_authority(ssl, NULL, &bare_key);
        MUST(judgement->depth >= 0);
        /* Of a bare key it tells the depth of the certificate that the key signed; daned tells the
         * depth that the anchor would have. */
        if (bare_key != NULL)
            judgement->depth++;
        MUST(SSL_get0_dane_tlsa(ssl, &usage, &selector, &matching_type, NULL, NULL) >= 0);
        judgement->verdict = VERDICT_MATCHED;
        judgement->usage = usage;
        judgement->selector = selector;
        judgement->matching_type = matching_type;
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
}

void judge_by_openssl(const struct plan *plan, struct judgement *judgement_out)
{
    STACK_OF(X509) *chain = sk_X509_new_null();

    init_once();
    memset(judgement_out, 0, sizeof *judgement_out);
    judgement_out->verdict = VERDICT_REFUSED;
    SSL *ssl = new_connection(plan);
    if (add_records(ssl, plan) == 0) {
        judgement_out->verdict = VERDICT_UNUSABLE;
        snprintf(judgement_out->why, sizeof judgement_out->why, "no usable record");
    } else if (!read_chain(plan, chain)) {
        snprintf(judgement_out->why, sizeof judgement_out->why, "a certificate does not parse");
    } else {
        verify(ssl, chain, judgement_out);
    }
    sk_X509_pop_free(chain, X509_free);
    SSL_free(ssl);
}
