/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_check.h - the inside of chain.c: what the certificates of a usage 2 path must be
 * (RFC 5280 6.1, 4.2.1). Signatures and the search for a path are in chain_path.h.
 */
#ifndef DANED_CORE_CHAIN_CHECK_H
#define DANED_CORE_CHAIN_CHECK_H

#include "daemon/core/chain.h"

#define CHAIN_NO_RECORD SIZE_MAX

/* A certificate that may become part of a path. */
struct chain_node {
    struct certificate certificate;
    bool is_parsed;             /* with CERTIFICATE_OK; if not, only the reasons below count */
    bool is_left_out;           /* the leaf again, or another one again */
    bool is_from_record;        /* a record of 2 0 0, and not presented */
    bool is_self_issued;        /* subject and issuer are the same */
    bool is_self_signed;        /* likewise, and nothing says that its key did not sign it */
    size_t record;              /* the first record of usage 2 that it matches, or none */
    enum chain_why problem;     /* why it can be the issuer of nothing, or NONE */
    struct chain_reason reason; /* why it did not become the trust anchor, or NONE */
};

/* Says what is wrong with the leaf, wherever a path may lead; NONE if nothing is. */
enum chain_why chain_check_leaf(
    const struct certificate *leaf, const struct chain_question *question);

/* Says why a node can be the issuer of nothing; NONE if it can be. */
enum chain_why chain_check_issuer(const struct chain_node *node);

/* Says whether a signature algorithm is taken; NONE if it is. */
enum chain_why chain_check_signature_algorithm(const struct certificate *certificate);

/* Says what is wrong with a key that is to check signatures; NONE if nothing is. */
enum chain_why chain_check_issuer_key(const struct certificate_key *key);

/*
 * Says what is wrong with a whole path, leaf first, of nodes that passed what is above, and whose
 * signatures were checked: dates, basicConstraints, path lengths, name constraints. The last node
 * is the trust anchor, unless is_below_bare_key. Takes work from *budget.
 */
struct chain_reason chain_check_path(const struct chain_node *const *path, size_t len,
    bool is_below_bare_key, int64_t at_s, unsigned *budget);

#endif
