/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signature_memo.h - the TLS library, with a memory of the signatures that it found good.
 *
 * A relay meets the same few thousand certificates again and again, and a signature that was good
 * once is good for ever: whether a path may still be taken is decided elsewhere, each time anew.
 */
#ifndef DANED_IO_SIGNATURE_MEMO_H
#define DANED_IO_SIGNATURE_MEMO_H

#include "daemon/core/chain.h"

#define SIGNATURE_MEMO_SLOTS 4096 /* of 32 octets each, for the whole process */

/*
 * As verify_wolfssl_crypto, and gives the same result for every signature. May be used by several
 * threads at once.
 */
extern const struct chain_crypto signature_memo_crypto;

#endif
