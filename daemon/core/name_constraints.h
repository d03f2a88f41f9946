/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * name_constraints.h - whether a certificate keeps to the name constraints of a CA above it
 * (RFC 5280 4.2.1.10).
 *
 * Looked at are the subject, e-mail addresses in it, every subjectAltName, and, for a leaf that has
 * no dNSName there, common names that could be host names. Decides as OpenSSL 3.0 does for
 * dNSName, iPAddress, rfc822Name and directoryName. All other kinds fail closed: where both a
 * constraint and a name are of such a kind, the certificate is refused. (OpenSSL can also compare
 * URIs, and mailbox names in UTF-8, RFC 9598.)
 *
 * Hostile certificates can hold thousands of names and of constraints, each to be held against
 * each. What that costs comes out of a budget; past it the certificate is refused.
 */
#ifndef DANED_CORE_NAME_CONSTRAINTS_H
#define DANED_CORE_NAME_CONSTRAINTS_H

#include "daemon/core/certificate.h"

/* X(name, text): the text completes "the certificate ...". */
#define NAME_CONSTRAINTS_RESULTS(X)                                              \
    X(OK, "keeps to the name constraints")                                       \
    X(NOT_PERMITTED, "has a name outside of the permitted ones of a CA")         \
    X(EXCLUDED, "has a name that a CA excludes")                                 \
    X(UNSUPPORTED, "is under a name constraint of a kind that is not supported") \
    X(MALFORMED, "has, or is under, a malformed name constraint or name")        \
    X(TOO_MUCH_WORK, "has too many names for as many name constraints")

enum name_constraints_result {
#define X(name, text) NAME_CONSTRAINTS_##name,
    NAME_CONSTRAINTS_RESULTS(X)
#undef X
};

/*
 * Holds the names of certificate against the constraints of issuer (both parsed with
 * CERTIFICATE_OK; an issuer without constraints permits everything). is_leaf: look at common names
 * too. Takes what it costs from *budget, in units of about a nanosecond, and gives TOO_MUCH_WORK
 * once that is not enough.
 */
enum name_constraints_result name_constraints_check(const struct certificate *issuer,
    const struct certificate *certificate, bool is_leaf, unsigned *budget);

/* Gives the text of a result; static storage. */
const char *name_constraints_text(enum name_constraints_result result);

#endif
