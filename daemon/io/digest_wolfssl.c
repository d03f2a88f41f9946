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

void digest_sha256(const uint8_t *data, size_t len, uint8_t digest_out[32])
{
    if (wc_Sha256Hash(data, (word32)len, digest_out) == 0)
        return;
    /* A digest that was not made must not be compared with anything. */
    log_write(LOG_LEVEL_ERROR, "wolfCrypt cannot compute SHA-256; stopping");
    exit(EX_SOFTWARE);
}
