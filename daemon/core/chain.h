/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain.h - verifies the certificate chain of a peer against TLSA records (RFC 7671, 7672 3).
 *
 * A pure function. Hashes and signature checks come through struct chain_crypto, the seam to the
 * TLS library. Bounded in certificates, signatures and work, whatever the peer presents.
 */
#ifndef DANED_CORE_CHAIN_H
#define DANED_CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/certificate.h"
#include "daemon/core/dname.h"
#include "daemon/core/tlsa.h"

#define CHAIN_CERTS_MAX 10      /* certificates that are looked at; the rest is ignored */
#define CHAIN_SIGNATURES_MAX 16 /* signature checks for one question */
#define CHAIN_NAMES_MAX 3       /* reference names */

/* One certificate as the peer presented it; borrowed. */
struct chain_cert {
    const uint8_t *der;
    size_t len;
};

struct chain_question {
    const struct chain_cert *certs; /* leaf first, in the order presented */
    size_t cert_count;
    const struct tlsa_record *records; /* the whole TLSA RRset */
    size_t record_count;
    const struct dname *names; /* reference names, for usage 2 */
    size_t name_count;
    int64_t at_s; /* the time of day that dates are held against */
};

#endif
