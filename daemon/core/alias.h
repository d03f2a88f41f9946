/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alias.h - the chains of CNAMEs that a verdict rests on, link by link.
 *
 * Nothing is decided by this: a chain is secure if every part of it is (RFC 7672 2.1.3), and that a
 * reply says as a whole. It is for whoever wants to know which link is not: each CNAME record of an
 * insecure chain is then asked for by itself.
 */
#ifndef DANED_CORE_ALIAS_H
#define DANED_CORE_ALIAS_H

#include "daemon/core/destination.h"
#include "daemon/core/evidence.h"
#include "daemon/core/verdict.h"

struct alias_link {
    struct dname owner;
    struct dname target;
    enum dns_status status; /* of this CNAME record alone; DNS_ERROR: that could not be found out */
};

/*
 * Whether all is known of the links of a final verdict's chains: of the destination, of each host
 * that was looked up, of its TLSA records. If not, the questions that are lacking are noted in the
 * evidence, from which the verdict was made; the first host is due when they are answered.
 */
bool alias_links_known(const struct destination *destination, const struct verdict *verdict,
    struct evidence *evidence);

/* Gives the links that the answer to (name, type) has come by. Returns how many; 0: no alias. */
size_t alias_links(const struct evidence *evidence, const struct dname *name, uint16_t type,
    struct alias_link links_out[FACT_LINKS_MAX]);

/* The type of address, DNS_A or DNS_AAAA, whose answer shows what a host is an alias of. */
uint16_t alias_address_type(const struct evidence *evidence, const struct dname *host);

#endif
