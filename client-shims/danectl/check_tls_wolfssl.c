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
#include <wolfssl/wolfio.h>

#include "client-shims/danectl/check.h"
#include "daemon/core/alloc.h"
#include "proto/printable.h"

struct check_tls {
    WOLFSSL_CTX *context;
    WOLFSSL *session;
    int error;
    bool done;
    uint8_t *certs[CHAIN_CERTS_MAX];
    size_t lens[CHAIN_CERTS_MAX];
    size_t cert_count;
};

/* Called for every certificate of the chain; with the first call all of them are there. */
static int keep_chain(int verified, WOLFSSL_X509_STORE_CTX *store)
{
    struct check_tls *tls = store->userCtx;

    (void)verified;
    for (int i = 0; tls->cert_count == 0 && i < store->totalCerts && i < CHAIN_CERTS_MAX; i++) {
        size_t len = store->certs[i].length;
        if (len == 0 || len > CHECK_CERT_MAX)
            break;
        tls->certs[i] = alloc_zeroed(len);
        memcpy(tls->certs[i], store->certs[i].buffer, len);
        tls->lens[i] = len;
    }
    while (tls->cert_count < CHAIN_CERTS_MAX && tls->certs[tls->cert_count])
        tls->cert_count++;
    return 1;
}

struct check_tls *check_tls_new(int fd, const char *sni)
{
    struct check_tls *tls = alloc_zeroed(sizeof *tls);

    tls->context = wolfSSL_CTX_new(wolfSSLv23_client_method());
    if (tls->context &&
        wolfSSL_CTX_SetMinVersion(tls->context, WOLFSSL_TLSV1_2) == WOLFSSL_SUCCESS) {
        wolfSSL_CTX_set_verify(tls->context, WOLFSSL_VERIFY_NONE, keep_chain);
        tls->session = wolfSSL_new(tls->context);
    }
    if (!tls->session || wolfSSL_set_fd(tls->session, fd) != WOLFSSL_SUCCESS ||
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
    return CHECK_TLS_FAILED;
}

void check_tls_error(struct check_tls *tls, char *out, size_t cap)
{
    char text[WOLFSSL_MAX_ERROR_SZ];

    wolfSSL_ERR_error_string_n((unsigned long)tls->error, text, sizeof text);
    printable_copy(out, cap, text, strnlen(text, sizeof text));
}

size_t check_tls_chain(const struct check_tls *tls, struct chain_cert certs_out[CHAIN_CERTS_MAX])
{
    for (size_t i = 0; i < tls->cert_count; i++)
        certs_out[i] = (struct chain_cert){tls->certs[i], tls->lens[i]};
    return tls->cert_count;
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
    for (size_t i = 0; i < CHAIN_CERTS_MAX; i++)
        free(tls->certs[i]);
    free(tls);
}
