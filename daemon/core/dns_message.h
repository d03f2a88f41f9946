/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_message.h - DNS messages in wire format (RFC 1035 4): writes a query, reads a reply.
 *
 * Strict: a count that does not fit, a name that is none, a pointer that does not lead backwards,
 * rdata that its type does not allow, or an octet behind the last record make the whole reply
 * malformed. Half a reply would be a denial of what the other half said. Limits:
 * DNS_MESSAGE_RRS_MAX records in all.
 */
#ifndef DANED_CORE_DNS_MESSAGE_H
#define DANED_CORE_DNS_MESSAGE_H

#include "daemon/core/dns.h"

#define DNS_MESSAGE_MAX 65535
#define DNS_MESSAGE_RRS_MAX 4096
#define DNS_QUERY_MAX (12 + DNAME_MAX + 4 + 11) /* octets of a query */

/* One reply on the heap. All that it points to lives as long as it. */
struct dns_message {
    struct dns_reply reply; /* for core/chase.h */
    uint16_t id;
    bool aa;                         /* authoritative answer */
    size_t ns_count;                 /* NS records of the authority section */
    const struct dns_rr *ns;         /* their rdata is the name, uncompressed */
    size_t additional_count;         /* A and AAAA records of the additional section */
    const struct dns_rr *additional; /* none else */
    struct dns_rr *rrs;              /* of all the sections */
    uint8_t *rdata;                  /* of all the records */
};

/*
 * Writes a query for (name, type, IN) with EDNS and DO (RFC 6891, RFC 4035 3.2.1). recurse is the
 * RD bit; CD is never set. Returns its octets.
 */
size_t dns_query_write(uint16_t id, const struct dname *name, uint16_t type, bool recurse,
    uint8_t query_out[DNS_QUERY_MAX]);

/*
 * Reads wire[0..len), which must be one whole reply: QR set, opcode QUERY. Returns it, to be freed
 * with dns_message_free(), or NULL if it is malformed. The id, the question, TC and the response
 * code are reported, not judged.
 */
struct dns_message *dns_message_read(const uint8_t *wire, size_t len);

/* Frees it; NULL is allowed. */
void dns_message_free(struct dns_message *message);

#endif
