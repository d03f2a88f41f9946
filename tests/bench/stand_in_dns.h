/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stand_in_dns.h - the names that the stand-in for the resolver knows: millions, none of them
 * stored.
 *
 * Below bench.example, everything signed, NUMBER in decimal:
 *   dNUMBER           MX 10 mxNUMBER-modulo-H, where H is the number of shared hosts
 *   uNUMBER           MX 10 mxuNUMBER: a host of its own
 *   xNUMBER-MOMENT    as dNUMBER, with a TTL that ends at MOMENT, in seconds of Unix time
 *   mxANYTHING        A and AAAA
 *   _25._tcp.mxANYTHING  TLSA 3 1 1
 *   bogus             SERVFAIL, as from a resolver that validates
 * bench.example itself has a SOA. Every other type and name is denied, with that SOA. Each RRset
 * has one RRSIG, of the length of an ECDSA P-256 one, if DO is set; AD is always set.
 */
#ifndef DANED_TESTS_BENCH_STAND_IN_DNS_H
#define DANED_TESTS_BENCH_STAND_IN_DNS_H

#include <stddef.h>
#include <stdint.h>

#define STAND_IN_QUERY_MIN 17   /* octets: header, root name, type, class */
#define STAND_IN_REPLY_MAX 1024 /* octets; no reply is longer */

struct stand_in_options {
    uint64_t host_count; /* H */
    uint32_t ttl_s;
};

/*
 * Writes the reply to query[0..len) into out; now_s is Unix time. Returns its octets, or 0 if the
 * query is malformed.
 */
size_t stand_in_answer(const struct stand_in_options *options, const uint8_t *query, size_t len,
    uint32_t now_s, uint8_t out[STAND_IN_REPLY_MAX]);

#endif
