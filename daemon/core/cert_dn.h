/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_dn.h - whether two distinguished names are the same (RFC 5280 7.1).
 *
 * As in OpenSSL's X509_NAME_cmp: of strings that are text the characters are compared, whatever
 * their ASN.1 type, with ASCII case folded, blanks at the ends left out, and several blanks taken
 * for one. Other values are compared by their octets. The order of the RDNs counts; that of the
 * attributes in one RDN does not. Names given here are whole (all octets) and well-formed, as
 * certificate_parse leaves them.
 */
#ifndef DANED_CORE_CERT_DN_H
#define DANED_CORE_CERT_DN_H

#include <stdbool.h>

#include "daemon/core/der.h"

/* In one RDN; more are only compared by their octets. Each is held against each. */
#define CERT_DN_ATTRIBUTES_MAX 4

/* Whether two Names are the same. Takes time in proportion to their length. */
bool cert_dn_equal(struct der_span a, struct der_span b);

/* Whether name is base, or below it: the RDNs of base are the first ones of name, or base is empty.
 */
bool cert_dn_is_below(struct der_span name, struct der_span base);

/* Whether the Name has no RDN at all. */
bool cert_dn_is_empty(struct der_span name);

/* A walk over the attributes of a Name, in their order. */
struct cert_dn_walk {
    struct der_reader name;
    struct der_reader rdn;
};

/* Sets *walk to the start of a Name. */
void cert_dn_walk_init(struct cert_dn_walk *walk, struct der_span name);

/* Gives the next attribute: the content of its type, and its value. Returns false at the end. */
bool cert_dn_walk_next(
    struct cert_dn_walk *walk, struct der_span *type_out, struct der_element *value_out);

#endif
