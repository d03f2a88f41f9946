/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signature_memo.c - the TLS library, with a memory of the signatures that it found good.
 *
 * The memory is a table of SHA-256 digests, each of a key and a whole certificate that it signed;
 * a digest has one place, and takes it from the one before. Only what is good is kept: the result
 * for a pair never changes, so there is nothing to expire, and a stranger who fills the table with
 * certificates of his own makes others slower again, never wrong.
 */
#include "daemon/io/signature_memo.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "daemon/io/digest.h"
#include "daemon/io/verify_wolfssl.h"

struct pair_digest {
    uint8_t octets[32];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pair_digest good[SIGNATURE_MEMO_SLOTS]; /* all zero: nothing */

/* Two digests side by side, so that no certificate can borrow octets from its key. */
static struct pair_digest digest_of(
    const struct certificate *certificate, const struct certificate_key *issuer)
{
    uint8_t both[64];
    struct pair_digest pair;

    digest_sha256(issuer->spki.data, issuer->spki.len, both);
    digest_sha256(certificate->der.data, certificate->der.len, both + 32);
    digest_sha256(both, sizeof both, pair.octets);
    return pair;
}

static struct pair_digest *place_of(const struct pair_digest *pair)
{
    size_t number;

    memcpy(&number, pair->octets, sizeof number);
    return &good[number % SIGNATURE_MEMO_SLOTS];
}

static bool is_known(const struct pair_digest *pair)
{
    pthread_mutex_lock(&lock);
    bool known = memcmp(place_of(pair), pair, sizeof *pair) == 0;
    pthread_mutex_unlock(&lock);
    return known;
}

static void remember(const struct pair_digest *pair)
{
    pthread_mutex_lock(&lock);
    *place_of(pair) = *pair;
    pthread_mutex_unlock(&lock);
}

static enum chain_signature check_signature(
    const struct certificate *certificate, const struct certificate_key *issuer)
{
    struct pair_digest pair = digest_of(certificate, issuer);

    if (is_known(&pair))
        return CHAIN_SIGNATURE_GOOD;
    enum chain_signature result = verify_wolfssl_crypto.signature(certificate, issuer);
    if (result == CHAIN_SIGNATURE_GOOD)
        remember(&pair);
    return result;
}

const struct chain_crypto signature_memo_crypto = {
    .sha256 = digest_sha256,
    .sha512 = digest_sha512,
    .signature = check_signature,
};
