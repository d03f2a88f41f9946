/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * digest_wolfssl.c - hashes, from wolfCrypt.
 */
#include "daemon/io/digest.h"

#include <stdlib.h>
#include <sysexits.h>

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/types.h>

#include "daemon/io/log.h"

/* A digest that was not made must not be compared with anything. */
static _Noreturn void give_up(const char *digest)
{
    log_write(LOG_LEVEL_ERROR, "wolfCrypt cannot compute %s; stopping", digest);
    exit(EX_SOFTWARE);
}

void digest_sha256(const uint8_t *data, size_t len, uint8_t digest_out[32])
{
    if (wc_Sha256Hash(data, (word32)len, digest_out) != 0)
        give_up("SHA-256");
}

void digest_sha512(const uint8_t *data, size_t len, uint8_t digest_out[64])
{
    if (wc_Sha512Hash(data, (word32)len, digest_out) != 0)
        give_up("SHA-512");
}
