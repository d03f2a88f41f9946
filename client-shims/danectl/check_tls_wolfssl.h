/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_tls_wolfssl.h - a TLS session that takes any certificate, and keeps the chain as it came:
 * the one file of danectl that knows wolfSSL's sessions.
 *
 * It proves nothing by itself: chain.h is to be asked about the chain. Limits: wolfSSL takes at
 * most 9 certificates; more fail the handshake. It cannot do RSA above 4096 bits, and RSA keys for
 * PSS alone; and it ends the handshake for an unknown critical extension.
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
    CHECK_TLS_FAILED, /* the server broke off, or did not keep to the protocol */
    CHECK_TLS_UNABLE, /* the library cannot do what the certificate asks for */
};

enum check_tls_version { CHECK_TLS_ANY_VERSION, CHECK_TLS_1_2, CHECK_TLS_1_3 };
enum check_tls_key { CHECK_TLS_ANY_KEY, CHECK_TLS_RSA, CHECK_TLS_ECDSA };

/* What is offered to the server: any version is 1.2 or 1.3. */
struct check_tls_offer {
    enum check_tls_version version;
    enum check_tls_key key;
};

/*
 * Begins a session on the connected descriptor fd, which stays the caller's and does not block; sni
 * may be NULL. Returns NULL if the library cannot make the offer, or has not enough memory.
 */
struct check_tls *check_tls_new(int fd, const char *sni, const struct check_tls_offer *offer);

/* Goes on with the handshake; after a failure, check_tls_error says why. */
enum check_tls_status check_tls_handshake(struct check_tls *tls);

/* Writes why the handshake failed into out, cut at cap octets with the NUL. */
void check_tls_error(struct check_tls *tls, char *out, size_t cap);

/*
 * Gives the chain, leaf first, and how many certificates that are. They are in the octets that are
 * returned, to be freed by the caller; the session has no chain any more. NULL: there is none.
 */
uint8_t *check_tls_take_chain(
    struct check_tls *tls, struct chain_cert certs_out[CHAIN_CERTS_MAX], size_t *count_out);

/* The version of the protocol ("TLSv1.3") and the cipher; they live as long as the session. */
const char *check_tls_protocol(const struct check_tls *tls);
const char *check_tls_cipher(const struct check_tls *tls);

/* Says goodbye, if the handshake was done, without waiting for a reply. */
void check_tls_quit(struct check_tls *tls);

void check_tls_free(struct check_tls *tls); /* NULL does nothing */

#endif
