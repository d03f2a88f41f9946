/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_names.h - whether a certificate names a host (RFC 6125 6.4, RFC 7672 3.2.2).
 *
 * Decides as OpenSSL 3.0's X509_check_host with X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, which is how
 * Postfix asks it. The common names of the subject are looked at only if the subjectAltName has no
 * dNSName at all.
 */
#ifndef DANED_CORE_CERT_NAMES_H
#define DANED_CORE_CERT_NAMES_H

#include <stdbool.h>

#include "daemon/core/certificate.h"
#include "daemon/core/dname.h"

/*
 * Whether the certificate (parsed with CERTIFICATE_OK) names the reference. A reference that is
 * "no name", the root, or has a label with a dot inside, matches nothing.
 */
bool cert_names_match(const struct certificate *certificate, const struct dname *reference);

/*
 * Whether one presented name, ASCII without a trailing dot, matches the reference. ASCII case is
 * folded. A wildcard is "*" as the whole left-most label, with at least two labels behind it; it
 * stands for exactly one label of letters, digits and hyphens. Anything else in a presented name
 * only matches literally. Like OpenSSL, this takes no wildcard in front of labels with other
 * characters, or with a hyphen at an edge.
 */
bool cert_names_match_one(struct der_span presented, const struct dname *reference);

#endif
