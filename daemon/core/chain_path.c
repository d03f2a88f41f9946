/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_path.c - searches a path of signatures from the leaf to a trust anchor.
 */
#include "daemon/core/chain_path.h"

#include "daemon/core/cert_algorithm.h"
#include "daemon/core/cert_dn.h"

#define NAME_WORK 4 /* for each octet of two names that are compared */
#define HASH_WORK 5 /* for each octet that is hashed for a signature */
#define WALK_WORK 4 /* for each octet of GeneralNames that are walked; a name has two or more */

static void meet(struct chain_search *search, enum chain_why why, size_t depth)
{
    if (search->obstacle.why == CHAIN_WHY_NONE)
        search->obstacle = (struct chain_reason){why, (unsigned)depth};
}

/* Ends the search at a bound: that is what to report, whatever was met before. */
static void stop(struct chain_search *search, enum chain_why why)
{
    search->has_stopped = true;
    search->obstacle = (struct chain_reason){why, 0};
}

static void refuse(struct chain_reason *reason, enum chain_why why, size_t depth)
{
    if (reason->why == CHAIN_WHY_NONE)
        *reason = (struct chain_reason){why, (unsigned)depth};
}

static bool spend(struct chain_search *search, size_t units)
{
    if (units > search->budget) {
        search->budget = 0;
        stop(search, CHAIN_WHY_TOO_MUCH_WORK);
        return false;
    }
    search->budget -= (unsigned)units;
    return true;
}

static bool names_equal(struct chain_search *search, struct der_span a, struct der_span b)
{
    if (der_span_equal(a, b))
        return true;
    return spend(search, NAME_WORK * (a.len + b.len)) && cert_dn_equal(a, b);
}

/* Whether the authorityKeyIdentifier of subject speaks of another issuer (RFC 5280 4.2.1.1). */
static bool identifier_differs(struct chain_search *search, const struct certificate *issuer,
    const struct certificate *subject)
{
    const struct certificate_extensions *of_subject = &subject->extensions;
    struct der_reader names;
    struct general_name name;

    if (of_subject->authority_key_id.data != NULL && issuer->extensions.has_subject_key_id &&
        !der_span_equal(of_subject->authority_key_id, issuer->extensions.subject_key_id))
        return true;
    if (of_subject->authority_serial.data != NULL &&
        !der_span_equal(of_subject->authority_serial, issuer->serial))
        return true;
    /* Asked anew for each candidate, each time that the search comes by. */
    if (!spend(search, WALK_WORK * of_subject->authority_issuer.len))
        return true;
    der_reader_init(&names, of_subject->authority_issuer);
    while (certificate_next_name(&names, &name))
        if (name.kind == GENERAL_NAME_DIRECTORY)
            return !names_equal(search, name.value, issuer->issuer);
    return false;
}

void chain_search_describe(struct chain_search *search, struct chain_node *node)
{
    const struct certificate *certificate = &node->certificate;

    if (node->is_parsed) {
        node->is_self_issued = names_equal(search, certificate->subject, certificate->issuer);
        node->is_self_signed = node->is_self_issued &&
                               cert_signature_fits_key(certificate, &certificate->key) &&
                               !identifier_differs(search, certificate, certificate);
    }
    node->problem = chain_check_issuer(node);
}

/* Whether the name of issuer is that of the issuer of subject. */
static bool is_named(struct chain_search *search, size_t issuer, size_t subject)
{
    uint8_t *known = &search->named[issuer][subject];

    if (*known == CHAIN_PAIR_UNKNOWN)
        *known = names_equal(search, search->nodes[issuer].certificate.subject,
                     search->nodes[subject].certificate.issuer)
                     ? CHAIN_PAIR_YES
                     : CHAIN_PAIR_NO;
    return *known == CHAIN_PAIR_YES;
}

/* Checks a signature, if the bounds allow; says what stands against it, or NONE. */
static enum chain_why check_signature(struct chain_search *search,
    const struct certificate *certificate, const struct certificate_key *key)
{
    if (!cert_signature_fits_key(certificate, key))
        return CHAIN_WHY_SIGNATURE_BAD;
    unsigned cost_us = cert_signature_cost_us(key);
    if (search->report->signatures == CHAIN_SIGNATURES_MAX || cost_us > search->signatures_us) {
        stop(search, CHAIN_WHY_TOO_MANY_SIGNATURES);
        return CHAIN_WHY_TOO_MANY_SIGNATURES;
    }
    if (!spend(search, HASH_WORK * certificate->tbs.len))
        return CHAIN_WHY_TOO_MUCH_WORK;
    search->report->signatures++;
    search->report->signatures_us += cost_us;
    search->signatures_us -= cost_us;
    switch (search->crypto->signature(certificate, key)) {
    case CHAIN_SIGNATURE_GOOD:
        return CHAIN_WHY_NONE;
    case CHAIN_SIGNATURE_BAD:
        return CHAIN_WHY_SIGNATURE_BAD;
    case CHAIN_SIGNATURE_UNSUPPORTED:
        break;
    }
    return CHAIN_WHY_SIGNATURE_UNSUPPORTED;
}

/* Likewise, remembering in *known whether there was anything. */
static enum chain_why check_signature_once(
    struct chain_search *search, uint8_t *known, size_t subject, const struct certificate_key *key)
{
    enum chain_why why = CHAIN_WHY_SIGNATURE_BAD;

    if (*known == CHAIN_PAIR_YES)
        return CHAIN_WHY_NONE;
    if (*known == CHAIN_PAIR_UNKNOWN)
        why = check_signature(search, &search->nodes[subject].certificate, key);
    *known = why == CHAIN_WHY_NONE ? CHAIN_PAIR_YES : CHAIN_PAIR_NO;
    return why;
}

static struct chain_reason check_path(struct chain_search *search, bool is_below_bare_key)
{
    const struct chain_node *path[CHAIN_NODES_MAX];

    for (size_t i = 0; i < search->path_len; i++)
        path[i] = &search->nodes[search->path[i]];
    struct chain_reason reason =
        chain_check_path(path, search->path_len, is_below_bare_key, search->at_s, &search->budget);
    if (reason.why == CHAIN_WHY_TOO_MUCH_WORK)
        stop(search, reason.why);
    return reason;
}

static bool extend(struct chain_search *search);

/* Goes one step up, to a node whose name fits. */
static bool try_issuer(struct chain_search *search, size_t issuer)
{
    struct chain_node *node = &search->nodes[issuer];
    size_t depth = search->path_len;
    size_t subject = search->path[depth - 1];

    if (node->problem != CHAIN_WHY_NONE) {
        meet(search, node->problem, depth);
        refuse(&node->reason, node->problem, depth);
        return false;
    }
    enum chain_why why = check_signature_once(
        search, &search->signed_by[issuer][subject], subject, &node->certificate.key);
    if (why != CHAIN_WHY_NONE) {
        meet(search, why, depth - 1);
        return false;
    }
    search->path[search->path_len++] = (uint8_t)issuer;
    if (node->record != CHAIN_NO_RECORD) {
        struct chain_reason reason = check_path(search, false);
        if (reason.why == CHAIN_WHY_NONE) {
            search->report->record = node->record;
            search->report->depth = (unsigned)depth;
            search->report->anchor_in_record = node->is_from_record;
            return true;
        }
        refuse(&node->reason, reason.why, reason.depth);
    }
    if (extend(search))
        return true;
    search->path_len--;
    return false;
}

/* Tries a key of a record as the issuer of the last one of the path. */
static bool try_bare_key(struct chain_search *search, size_t index)
{
    struct chain_bare_key *key = &search->keys[index];
    size_t depth = search->path_len;
    size_t subject = search->path[depth - 1];

    /* That it did not sign is no obstacle worth telling: nothing says that it should have. */
    if (!cert_signature_fits_key(&search->nodes[subject].certificate, &key->key))
        return false;
    enum chain_why why = chain_check_issuer_key(&key->key);
    if (why != CHAIN_WHY_NONE) {
        refuse(&key->reason, why, depth);
        return false;
    }
    if (check_signature_once(search, &search->signed_by_key[index][subject], subject, &key->key) !=
        CHAIN_WHY_NONE)
        return false;
    struct chain_reason reason = check_path(search, true);
    if (reason.why != CHAIN_WHY_NONE) {
        refuse(&key->reason, reason.why, reason.depth);
        return false;
    }
    search->report->record = key->record;
    search->report->depth = (unsigned)depth;
    search->report->anchor_in_record = true;
    return true;
}

/* The less, the sooner a candidate is tried. */
static unsigned rank_issuer(struct chain_search *search, size_t issuer, size_t subject)
{
    const struct chain_node *node = &search->nodes[issuer];
    const struct certificate *certificate = &node->certificate;
    bool is_current =
        search->at_s >= certificate->not_before && search->at_s <= certificate->not_after;
    bool differs = node->is_parsed &&
                   identifier_differs(search, certificate, &search->nodes[subject].certificate);

    return (node->problem != CHAIN_WHY_NONE ? 8u : 0) + (differs ? 4u : 0) +
           (node->record == CHAIN_NO_RECORD ? 2u : 0) + (is_current ? 0 : 1u);
}

static bool is_on_path(const struct chain_search *search, size_t node)
{
    for (size_t i = 0; i < search->path_len; i++)
        if (search->path[i] == node)
            return true;
    return false;
}

/* Lists the nodes that may have issued the subject, the likeliest first; gives how many. */
static size_t list_issuers(
    struct chain_search *search, size_t subject, uint8_t issuers_out[CHAIN_NODES_MAX])
{
    unsigned ranks[CHAIN_NODES_MAX];
    size_t count = 0;

    for (size_t node = 1; node < search->node_count; node++) {
        if (search->nodes[node].is_left_out || is_on_path(search, node) ||
            !is_named(search, node, subject))
            continue;
        unsigned rank = rank_issuer(search, node, subject);
        size_t at = count++;
        for (; at > 0 && ranks[at - 1] > rank; at--) {
            ranks[at] = ranks[at - 1];
            issuers_out[at] = issuers_out[at - 1];
        }
        ranks[at] = rank;
        issuers_out[at] = (uint8_t)node;
    }
    return count;
}

/* Whether one of these nodes has the key of a record. It was tried as a certificate then, with all
 * that a certificate must be, and the bare key is not to be a way around that. One that is
 * malformed was not: it is as if the peer had left it out, as it is to OpenSSL. */
static bool is_key_of(const struct chain_search *search, const struct chain_bare_key *key,
    const uint8_t *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (search->nodes[nodes[i]].is_parsed &&
            der_span_equal(key->key.spki, search->nodes[nodes[i]].certificate.key.spki))
            return true;
    return false;
}

/*
 * Looks for a way from the last node of the path to an anchor; on success, the report says to
 * which. Calls itself at most once for every node of a path.
 */
static bool extend(struct chain_search *search)
{
    size_t subject = search->path[search->path_len - 1];
    const struct chain_node *node = &search->nodes[subject];
    uint8_t issuers[CHAIN_NODES_MAX];
    size_t count = 0;

    if (search->report->steps == CHAIN_STEPS_MAX)
        stop(search, CHAIN_WHY_TOO_MUCH_WORK);
    if (search->has_stopped)
        return false;
    search->report->steps++;
    enum chain_why why = chain_check_signature_algorithm(&node->certificate);
    if (why != CHAIN_WHY_NONE) {
        meet(search, why, search->path_len - 1);
        return false;
    }
    /* A self-signed certificate has no other issuer that would matter. */
    if (!node->is_self_signed)
        count = list_issuers(search, subject, issuers);
    for (size_t i = 0; i < count && !search->has_stopped; i++)
        if (try_issuer(search, issuers[i]))
            return true;
    for (size_t i = 0; i < search->key_count && !search->has_stopped; i++)
        if (!is_key_of(search, &search->keys[i], issuers, count) && try_bare_key(search, i))
            return true;
    return false;
}

bool chain_search_run(struct chain_search *search)
{
    search->path[0] = 0;
    search->path_len = 1;
    return extend(search);
}
