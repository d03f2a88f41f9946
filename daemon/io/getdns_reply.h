/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_reply.h - translates a getdns response into a struct dns_reply.
 *
 * Nothing that getdns says is taken for granted: an item that is missing or of an odd type, a
 * number out of its range, a name that is none, and records that the header counts but getdns
 * could not read, all make the whole reply malformed. Half a reply would be a denial of what the
 * other half said.
 *
 * Limits: GETDNS_REPLY_RRS_MAX records in a section, GETDNS_REPLY_RDATA_MAX octets of rdata.
 */
#ifndef DANED_IO_GETDNS_REPLY_H
#define DANED_IO_GETDNS_REPLY_H

#include <getdns/getdns.h>

#include "daemon/core/dns.h"

#define GETDNS_REPLY_RRS_MAX 4096
#define GETDNS_REPLY_RDATA_MAX (1024u * 1024u)

/* One reply on the heap. dns, and all it points to, lives as long as this. */
struct getdns_reply {
    struct dns_reply dns;
    struct dns_rr *answer;
    struct dns_rr *soa;
    uint8_t *rdata;      /* of all the records, one behind the other */
    uint64_t connection; /* that it came over, as getdns_loop_connection(); noted by upstream.c */
};

/*
 * Reads the first reply of response, which is borrowed. Returns CAUSE_NONE and gives *reply_out, to
 * be freed with getdns_reply_free(); or CAUSE_MALFORMED, and *reply_out is NULL. The bits QR and TC
 * and the question are reported, not judged.
 */
enum dns_cause getdns_reply_read(const getdns_dict *response, struct getdns_reply **reply_out);

/* Frees reply; NULL is allowed. */
void getdns_reply_free(struct getdns_reply *reply);

#endif
