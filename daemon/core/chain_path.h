/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_path.h - the inside of chain.c: searches a path of signatures from the leaf to a trust
 * anchor, with backtracking (RFC 4158, RFC 7671 5.2).
 *
 * Peers present CAs in any order, twice, cross-signed, under one name with several keys, and some
 * that have nothing to do with the leaf. The search is depth first; each pair of certificates is
 * checked at most once. Names and key identifiers choose whom to ask first, and only a signature
 * decides. The bounds are those of chain.h: signatures, steps, work.
 */
#ifndef DANED_CORE_CHAIN_PATH_H
#define DANED_CORE_CHAIN_PATH_H

#include "daemon/core/chain_check.h"

#define CHAIN_NODES_MAX (CHAIN_CERTS_MAX + CHAIN_ANCHORS_MAX)

/* A record of 2 1 0: a trust anchor that is a key alone. */
struct chain_bare_key {
    struct certificate_key key;
    size_t record;
    struct chain_reason reason; /* why it did not become the trust anchor, or NONE */
};

/* What is known of a pair of certificates. */
enum chain_pair { CHAIN_PAIR_UNKNOWN, CHAIN_PAIR_NO, CHAIN_PAIR_YES };

struct chain_search {
    /* Set by the caller: the leaf is nodes[0], with CHAIN_NO_RECORD. */
    const struct chain_crypto *crypto;
    int64_t at_s;
    struct chain_report *report; /* counters; and record, depth, anchor_in_record when found */
    struct chain_node nodes[CHAIN_NODES_MAX];
    size_t node_count;
    struct chain_bare_key keys[CHAIN_ANCHORS_MAX];
    size_t key_count;
    unsigned budget;        /* work that may still be done */
    unsigned signatures_us; /* and what signature checks may still cost */

    /* Zero at the start. */
    struct chain_reason obstacle; /* the first one that was met */
    bool has_stopped;             /* at a bound */
    uint8_t path[CHAIN_NODES_MAX];
    size_t path_len;
    uint8_t named[CHAIN_NODES_MAX][CHAIN_NODES_MAX]; /* [issuer][subject]: names fit */
    uint8_t signed_by[CHAIN_NODES_MAX][CHAIN_NODES_MAX];
    uint8_t signed_by_key[CHAIN_ANCHORS_MAX][CHAIN_NODES_MAX];
};

/*
 * Fills in what the search knows of a node by itself: is_self_issued, is_self_signed and problem.
 * The node's certificate and is_parsed are set.
 */
void chain_search_describe(struct chain_search *search, struct chain_node *node);

/*
 * Searches. Returns whether a path was found; the report then says which record and depth. If not,
 * the reasons of nodes and keys, and the obstacle, say why.
 */
bool chain_search_run(struct chain_search *search);

#endif
