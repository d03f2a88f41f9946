/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_tls_wolfssl.h - a TLS session that takes any certificate, and keeps the chain as it came:
 * the one file of danectl that knows wolfSSL's sessions.
 *
 * It proves nothing by itself: chain.h is to be asked about the chain. Limits: wolfSSL takes at
 * most 9 certificates; more fail the handshake.
 */
#ifndef DANED_DANECTL_CHECK_TLS_WOLFSSL_H
#define DANED_DANECTL_CHECK_TLS_WOLFSSL_H

#include <stddef.h>

#include "daemon/core/chain.h"

struct check_tls;

enum check_tls_status {
    CHECK_TLS_DONE,
    CHECK_TLS_WANTS_READ,
    CHECK_TLS_WANTS_WRITE,
    CHECK_TLS_FAILED,
};

/*
 * Begins a session on the connected descriptor fd, which stays the caller's and does not block; sni
 * may be NULL. TLS 1.2 and 1.3. Returns NULL if the library has not enough memory.
 */
struct check_tls *check_tls_new(int fd, const char *sni);

/* Goes on with the handshake; after a failure, check_tls_error says why. */
enum check_tls_status check_tls_handshake(struct check_tls *tls);

/* Writes why the handshake failed into out, cut at cap octets with the NUL. */
void check_tls_error(struct check_tls *tls, char *out, size_t cap);

/* Gives the chain, leaf first, borrowed from the session; returns how many. */
size_t check_tls_chain(const struct check_tls *tls, struct chain_cert certs_out[CHAIN_CERTS_MAX]);

/* The version of the protocol ("TLSv1.3") and the cipher; they live as long as the session. */
const char *check_tls_protocol(const struct check_tls *tls);
const char *check_tls_cipher(const struct check_tls *tls);

/* Says goodbye, if the handshake was done, without waiting for a reply. */
void check_tls_quit(struct check_tls *tls);

void check_tls_free(struct check_tls *tls); /* NULL does nothing */

#endif
