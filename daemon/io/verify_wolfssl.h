/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify_wolfssl.h - hashes and signature checks for chain.h; verify_wolfssl.c is the one file
 * behind it.
 */
#ifndef DANED_IO_VERIFY_WOLFSSL_H
#define DANED_IO_VERIFY_WOLFSSL_H

#include "daemon/core/chain.h"

/* May be used by several threads at once. */
extern const struct chain_crypto verify_wolfssl_crypto;

#endif
