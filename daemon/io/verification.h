/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verification.h - one chain that a peer presented, held against the TLSA records of one host, or
 * of several of which it is not known which one the peer is.
 *
 * Owns copies of all that it looks at, so that it can run on libuv's thread pool while the request
 * that asked for it, and the facts it came from, are gone.
 */
#ifndef DANED_IO_VERIFICATION_H
#define DANED_IO_VERIFICATION_H

#include <uv.h>

#include "daemon/core/chain.h"
#include "daemon/core/verdict.h"
#include "proto/span.h"

#define VERIFICATION_TEXT_MAX 2048 /* octets of the text of a result, with its NUL */
#define VERIFICATION_HOSTS_MAX 4   /* that a chain is held against; it matches none of the others */

struct verification;

/* The result is there; runs from the loop, once, unless verification_abandon() came first. */
typedef void verification_done_cb(void *arg);

/*
 * Takes the chain of a request: base64 words, leaf first, of which the first CHAIN_CERTS_MAX are
 * kept. *kept_bytes (borrowed until the verification is freed) grows by the octets that it keeps,
 * records included, as long as it does. Returns NULL if it is no chain. Freed with
 * verification_abandon().
 */
struct verification *verification_new(struct span chain_words, size_t *kept_bytes);

/*
 * Adds what the chain is held against: the records and the reference names of host, at the time of
 * day at_s. original is the name of the destination. It is accepted if it is by any of those added,
 * of which there must be one before it is verified.
 */
void verification_against(struct verification *verification, const struct verdict *verdict,
    const struct host_verdict *host, const struct dname *original, int64_t at_s);

/*
 * Verifies. Returns true if the result is there already: usage 3 takes no signature. Otherwise the
 * work is under way on the thread pool, and done(arg) will run.
 */
bool verification_start(
    struct verification *verification, uv_loop_t *loop, verification_done_cb *done, void *arg);

/* Whether the chain was accepted; text_out gets what matched, or why nothing did. */
bool verification_result(
    const struct verification *verification, char text_out[VERIFICATION_TEXT_MAX]);

/* Frees the verification, as soon as its work is over if it is under way. NULL is fine. */
void verification_abandon(struct verification *verification);

#endif
