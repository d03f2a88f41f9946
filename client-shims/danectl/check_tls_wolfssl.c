/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_tls_wolfssl.c - a TLS session that takes any certificate, and keeps the chain as it came.
 *
 * With WOLFSSL_VERIFY_NONE wolfSSL verifies nothing, but calls back all the same, with the raw
 * certificates. (Its own copy of the chain drops certificates of more than 2048 octets silently.)
 */
#include "client-shims/danectl/check_tls_wolfssl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfio.h>

#include "client-shims/danectl/check.h"
#include "daemon/core/alloc.h"
#include "proto/printable.h"

struct check_tls {
    WOLFSSL_CTX *context;
    WOLFSSL *session;
    int error;
    bool done;
    uint8_t *data; /* the certificates, one behind the other */
    size_t lens[CHAIN_CERTS_MAX];
    size_t cert_count;
};

/* Called for every certificate of the chain; with the first call all of them are there. */
static int keep_chain(int verified, WOLFSSL_X509_STORE_CTX *store)
{
    struct check_tls *tls = store->userCtx;
    size_t len = 0;
    int count = 0;

    (void)verified;
    if (tls->data)
        return 1;
    while (count < store->totalCerts && count < CHAIN_CERTS_MAX && store->certs[count].length > 0 &&
           store->certs[count].length <= CHECK_CERT_MAX)
        len += store->certs[count++].length;
    tls->data = alloc_zeroed(len + 1);
    for (size_t used = 0; count-- > 0; used += tls->lens[tls->cert_count++]) {
        tls->lens[tls->cert_count] = store->certs[tls->cert_count].length;
        memcpy(tls->data + used, store->certs[tls->cert_count].buffer, tls->lens[tls->cert_count]);
    }
    return 1;
}

static WOLFSSL_METHOD *method_of(enum check_tls_version version)
{
    switch (version) {
    case CHECK_TLS_1_2:
        return wolfTLSv1_2_client_method();
    case CHECK_TLS_1_3:
        return wolfTLSv1_3_client_method();
    case CHECK_TLS_ANY_VERSION:
        break;
    }
    return wolfSSLv23_client_method();
}

/*
 * RFC 8446 4.2.3, RFC 5246 7.4.1.4.1: by the signature algorithms that a client lists, a server
 * chooses among its certificates, in 1.3 as in 1.2. The cipher suites are set before them, since
 * wolfSSL 5.7 offers none at all if it is given signature algorithms alone.
 */
static bool set_offer(WOLFSSL_CTX *context, const struct check_tls_offer *offer)
{
    const char *algorithms = NULL;

    switch (offer->key) {
    case CHECK_TLS_RSA:
        algorithms = "RSA+SHA256:RSA+SHA384:RSA+SHA512:"
                     "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512";
        break;
    case CHECK_TLS_ECDSA:
        algorithms = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512";
        break;
    case CHECK_TLS_ANY_KEY:
        break;
    }
    if (algorithms && (wolfSSL_CTX_set_cipher_list(context, "ALL") != WOLFSSL_SUCCESS ||
                          wolfSSL_CTX_set1_sigalgs_list(context, algorithms) != WOLFSSL_SUCCESS))
        return false;
    return offer->version != CHECK_TLS_ANY_VERSION ||
           wolfSSL_CTX_SetMinVersion(context, WOLFSSL_TLSV1_2) == WOLFSSL_SUCCESS;
}

/* A server that is offered no cipher suite refuses, as one does that has no such certificate. */
static bool has_cipher_suite(WOLFSSL *session)
{
    return wolfSSL_get_cipher_list_ex(session, 0) != NULL;
}

struct check_tls *check_tls_new(int fd, const char *sni, const struct check_tls_offer *offer)
{
    struct check_tls *tls = alloc_zeroed(sizeof *tls);

    tls->context = wolfSSL_CTX_new(method_of(offer->version));
    if (tls->context && set_offer(tls->context, offer)) {
        wolfSSL_CTX_set_verify(tls->context, WOLFSSL_VERIFY_NONE, keep_chain);
        tls->session = wolfSSL_new(tls->context);
    }
    if (!tls->session || !has_cipher_suite(tls->session) ||
        wolfSSL_set_fd(tls->session, fd) != WOLFSSL_SUCCESS ||
        (sni && wolfSSL_UseSNI(tls->session, WOLFSSL_SNI_HOST_NAME, sni,
                    (unsigned short)strlen(sni)) != WOLFSSL_SUCCESS)) {
        check_tls_free(tls);
        return NULL;
    }
    wolfSSL_SetCertCbCtx(tls->session, tls);
    wolfSSL_SetIOWriteFlags(tls->session, MSG_NOSIGNAL);
    return tls;
}

enum check_tls_status check_tls_handshake(struct check_tls *tls)
{
    int result = wolfSSL_connect(tls->session);

    if (result == WOLFSSL_SUCCESS) {
        tls->done = true;
        return CHECK_TLS_DONE;
    }
    tls->error = wolfSSL_get_error(tls->session, result);
    if (tls->error == WOLFSSL_ERROR_WANT_READ)
        return CHECK_TLS_WANTS_READ;
    if (tls->error == WOLFSSL_ERROR_WANT_WRITE)
        return CHECK_TLS_WANTS_WRITE;
    /* What its cryptography cannot do says nothing against the server. */
    return tls->error < MAX_CODE_E && tls->error > MIN_CODE_E ? CHECK_TLS_UNABLE : CHECK_TLS_FAILED;
}

void check_tls_error(struct check_tls *tls, char *out, size_t cap)
{
    char text[WOLFSSL_MAX_ERROR_SZ];

    wolfSSL_ERR_error_string_n((unsigned long)tls->error, text, sizeof text);
    printable_copy(out, cap, text, strnlen(text, sizeof text));
}

uint8_t *check_tls_take_chain(
    struct check_tls *tls, struct chain_cert certs_out[CHAIN_CERTS_MAX], size_t *count_out)
{
    uint8_t *data = tls->data;
    size_t used = 0;

    for (size_t i = 0; i < tls->cert_count; i++) {
        certs_out[i] = (struct chain_cert){data + used, tls->lens[i]};
        used += tls->lens[i];
    }
    *count_out = tls->cert_count;
    tls->data = NULL;
    tls->cert_count = 0;
    return data;
}

const char *check_tls_protocol(const struct check_tls *tls)
{
    return wolfSSL_get_version(tls->session);
}

const char *check_tls_cipher(const struct check_tls *tls)
{
    const char *cipher = wolfSSL_get_cipher_name(tls->session);

    return cipher ? cipher : "";
}

void check_tls_quit(struct check_tls *tls)
{
    static const char quit[] = "QUIT\r\n";

    if (!tls->done)
        return;
    /* Whether it arrives does not matter: the connection is closed next. */
    if (wolfSSL_write(tls->session, quit, sizeof quit - 1) > 0)
        wolfSSL_shutdown(tls->session);
}

void check_tls_free(struct check_tls *tls)
{
    if (!tls)
        return;
    if (tls->session)
        wolfSSL_free(tls->session);
    if (tls->context)
        wolfSSL_CTX_free(tls->context);
    free(tls->data);
    free(tls);
}
