/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_check.c - what the certificates of a usage 2 path must be.
 */
#include "daemon/core/chain_check.h"

#include "daemon/core/cert_algorithm.h"
#include "daemon/core/cert_names.h"
#include "daemon/core/name_constraints.h"

static enum chain_why why_of_key(enum cert_key_quality quality)
{
    switch (quality) {
    case CERT_KEY_GOOD:
        return CHAIN_WHY_NONE;
    case CERT_KEY_UNKNOWN_KIND:
        return CHAIN_WHY_KEY_UNKNOWN;
    case CERT_KEY_MALFORMED:
        return CHAIN_WHY_KEY_MALFORMED;
    case CERT_KEY_WEAK:
        return CHAIN_WHY_KEY_WEAK;
    case CERT_KEY_EXPLICIT_CURVE:
        return CHAIN_WHY_KEY_EXPLICIT_CURVE;
    case CERT_KEY_TOO_LARGE:
        return CHAIN_WHY_KEY_TOO_LARGE;
    case CERT_KEY_EXPONENT:
        return CHAIN_WHY_KEY_EXPONENT;
    }
    return CHAIN_WHY_KEY_UNKNOWN;
}

enum chain_why chain_check_issuer_key(const struct certificate_key *key)
{
    return why_of_key(cert_key_quality(key));
}

static enum chain_why check_leaf_key(const struct certificate_key *key)
{
    enum cert_key_quality quality = cert_key_quality(key);

    /* No signature is checked with it here, so that it may cost what it likes. */
    if (quality == CERT_KEY_TOO_LARGE || quality == CERT_KEY_EXPONENT)
        return CHAIN_WHY_NONE;
    return why_of_key(quality);
}

static enum chain_why check_dates(const struct certificate *certificate, int64_t at_s)
{
    /* RFC 5280 4.1.2.5: "the period of time from notBefore through notAfter, inclusive". */
    if (at_s < certificate->not_before)
        return CHAIN_WHY_NOT_YET_VALID;
    return at_s > certificate->not_after ? CHAIN_WHY_EXPIRED : CHAIN_WHY_NONE;
}

/* What OpenSSL's purpose "TLS server" asks of every certificate of a path. */
static enum chain_why check_any(const struct certificate_extensions *extensions)
{
    /* RFC 5280 4.2: a system "MUST reject the certificate if it encounters a critical extension it
     * does not recognize". */
    if (extensions->has_unknown_critical)
        return CHAIN_WHY_UNKNOWN_CRITICAL;
    /* RFC 5280 4.2.1.12: an application may "require that a particular purpose be indicated", even
     * if anyExtendedKeyUsage is; as OpenSSL does, for CAs too. */
    if (extensions->has_extended_key_usage && !extensions->allows_server_auth &&
        !extensions->allows_sgc)
        return CHAIN_WHY_EXTENDED_KEY_USAGE;
    return CHAIN_WHY_NONE;
}

static enum chain_why check_names(
    const struct certificate *leaf, const struct chain_question *question)
{
    /* RFC 7672 3.2.2: with usage 2 the certificate must name one of the reference identifiers. */
    for (size_t i = 0; i < question->name_count && i < CHAIN_NAMES_MAX; i++)
        if (cert_names_match(leaf, &question->names[i]))
            return CHAIN_WHY_NONE;
    return CHAIN_WHY_WRONG_NAME;
}

enum chain_why chain_check_leaf(
    const struct certificate *leaf, const struct chain_question *question)
{
    const struct certificate_extensions *extensions = &leaf->extensions;
    const uint16_t for_tls =
        KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT | KEY_USAGE_KEY_AGREEMENT;
    enum chain_why why = check_any(extensions);

    if (why == CHAIN_WHY_NONE)
        why = check_leaf_key(&leaf->key);
    if (why != CHAIN_WHY_NONE)
        return why;
    if (extensions->has_key_usage && (extensions->key_usage & for_tls) == 0)
        return CHAIN_WHY_KEY_USAGE;
    if (extensions->has_netscape_type && !(extensions->netscape_type & NETSCAPE_TYPE_SSL_SERVER))
        return CHAIN_WHY_NETSCAPE_TYPE;
    why = check_dates(leaf, question->at_s);
    if (why == CHAIN_WHY_NONE)
        why = check_names(leaf, question);
    return why;
}

/* Whether a certificate without basicConstraints passes for a CA, as it does for OpenSSL where it
 * is the last one of a path. */
static bool is_old_ca(const struct chain_node *node)
{
    const struct certificate_extensions *extensions = &node->certificate.extensions;

    return (node->certificate.version == 0 && node->is_self_signed) || extensions->has_key_usage ||
           (extensions->has_netscape_type && (extensions->netscape_type & NETSCAPE_TYPE_SSL_CA));
}

enum chain_why chain_check_issuer(const struct chain_node *node)
{
    const struct certificate_extensions *extensions = &node->certificate.extensions;

    if (!node->is_parsed)
        return CHAIN_WHY_MALFORMED;
    enum chain_why why = check_any(extensions);
    if (why != CHAIN_WHY_NONE)
        return why;
    /* RFC 5280 6.1.4 (n): "If a key usage extension is present, verify that the keyCertSign bit is
     * set." */
    if (extensions->has_key_usage && !(extensions->key_usage & KEY_USAGE_CERT_SIGN))
        return CHAIN_WHY_KEY_USAGE;
    if (extensions->has_basic_constraints ? !extensions->is_ca : !is_old_ca(node))
        return CHAIN_WHY_NOT_A_CA;
    return chain_check_issuer_key(&node->certificate.key);
}

enum chain_why chain_check_signature_algorithm(const struct certificate *certificate)
{
    switch (cert_signature_quality(certificate)) {
    case CERT_SIGNATURE_STRONG:
        return CHAIN_WHY_NONE;
    case CERT_SIGNATURE_WEAK_HASH:
        return CHAIN_WHY_SIGNATURE_WEAK;
    case CERT_SIGNATURE_UNKNOWN:
        break;
    }
    return CHAIN_WHY_SIGNATURE_UNKNOWN;
}

static enum chain_why why_of_constraints(enum name_constraints_result result)
{
    switch (result) {
    case NAME_CONSTRAINTS_OK:
        return CHAIN_WHY_NONE;
    case NAME_CONSTRAINTS_NOT_PERMITTED:
        return CHAIN_WHY_NAME_NOT_PERMITTED;
    case NAME_CONSTRAINTS_EXCLUDED:
        return CHAIN_WHY_NAME_EXCLUDED;
    case NAME_CONSTRAINTS_UNSUPPORTED:
        return CHAIN_WHY_NAME_CONSTRAINT_UNSUPPORTED;
    case NAME_CONSTRAINTS_MALFORMED:
        return CHAIN_WHY_NAME_CONSTRAINT_MALFORMED;
    case NAME_CONSTRAINTS_TOO_MUCH_WORK:
        break;
    }
    return CHAIN_WHY_TOO_MUCH_WORK;
}

/*
 * Name constraints of all CAs above, the trust anchor's included: RFC 5280 does not ask for that,
 * but an anchor that has some expects them to be kept.
 */
static struct chain_reason check_constraints(
    const struct chain_node *const *path, size_t len, unsigned *budget)
{
    for (size_t i = 0; i < len; i++) {
        /* RFC 5280 4.2.1.10: "Name constraints are not applied to self-issued certificates (unless
         * the certificate is the final certificate in the path)". */
        if (i > 0 && path[i]->is_self_issued)
            continue;
        for (size_t above = i + 1; above < len; above++) {
            enum chain_why why = why_of_constraints(name_constraints_check(
                &path[above]->certificate, &path[i]->certificate, i == 0, budget));
            if (why != CHAIN_WHY_NONE)
                return (struct chain_reason){why, (unsigned)i};
        }
    }
    return (struct chain_reason){CHAIN_WHY_NONE, 0};
}

/* Whether the dates of the node at i count. */
static bool has_dates(const struct chain_node *node, bool is_anchor)
{
    /* RFC 5280 6.1 takes a trust anchor for a name and a key, without dates. OpenSSL holds a
     * self-signed one to its own all the same, and any other not. */
    return !is_anchor || node->is_self_signed;
}

struct chain_reason chain_check_path(const struct chain_node *const *path, size_t len,
    bool is_below_bare_key, int64_t at_s, unsigned *budget)
{
    uint32_t cas_below = 0; /* that are not self-issued */

    for (size_t i = 0; i < len; i++) {
        const struct certificate_extensions *extensions = &path[i]->certificate.extensions;
        bool is_anchor = i + 1 == len && !is_below_bare_key;
        enum chain_why why = CHAIN_WHY_NONE;

        if (has_dates(path[i], is_anchor))
            why = check_dates(&path[i]->certificate, at_s);
        /* RFC 5280 6.1.4 (k): "If certificate i is a version 3 certificate, verify that the
         * basicConstraints extension is present and that cA is set to TRUE." The last one of a path
         * was shown to be a CA by chain_check_issuer, in whichever way. */
        if (why == CHAIN_WHY_NONE && i > 0 && i + 1 < len && !extensions->has_basic_constraints)
            why = CHAIN_WHY_NOT_A_CA;
        /* RFC 5280 4.2.1.9: pathLenConstraint "gives the maximum number of non-self-issued
         * intermediate certificates that may follow this certificate". */
        if (why == CHAIN_WHY_NONE && i > 0 && extensions->has_path_len &&
            cas_below > extensions->path_len)
            why = CHAIN_WHY_PATH_LEN;
        if (why != CHAIN_WHY_NONE)
            return (struct chain_reason){why, (unsigned)i};
        if (i > 0 && !path[i]->is_self_issued)
            cas_below++;
    }
    return check_constraints(path, len, budget);
}
