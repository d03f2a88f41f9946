/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns.h - the words of DNS as daned uses them: types, DNSSEC status, and one reply as plain data.
 *
 * A struct dns_reply is what a resolver (io/resolver.h) hands to the core: already parsed, not yet
 * believed. core/chase.h decides what it means. Names inside are lower-cased wire format.
 */
#ifndef DANED_CORE_DNS_H
#define DANED_CORE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_MX = 15,
    DNS_AAAA = 28,
    DNS_DNAME = 39,
    DNS_RRSIG = 46,
    DNS_TLSA = 52,
};

enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_REFUSED = 5,
    DNS_NOTAUTH = 9,
};

/*
 * DNSSEC status as in RFC 4035 4.3. Bogus and indeterminate data reach a stub only as a failed
 * lookup, so that they are all DNS_ERROR here; enum dns_cause keeps them apart for people.
 * Ordered: a conjunction is the least of its parts.
 */
enum dns_status { DNS_ERROR = 0, DNS_INSECURE = 1, DNS_SECURE = 2 };

/* Why a lookup failed: X(name, text). The text completes "MX of example.com: ...". */
#define DNS_CAUSES(X)                                                                     \
    X(NONE, "no error")                                                                   \
    X(TIMEOUT, "no answer from the resolver in time")                                     \
    X(UNREACHABLE, "the resolver cannot be reached")                                      \
    X(BOGUS, "DNSSEC validation failed (bogus)")                                          \
    X(SERVFAIL, "SERVFAIL (DNSSEC validation failed, or its name servers do not answer)") \
    X(REFUSED, "REFUSED by the resolver")                                                 \
    X(RCODE, "an unexpected response code")                                               \
    X(TRUNCATED, "a truncated reply")                                                     \
    X(MALFORMED, "a malformed reply")                                                     \
    X(CONTRADICTORY, "a reply that contradicts itself")                                   \
    X(UNRELATED, "a reply without any record of the name that was asked")                 \
    X(NO_SOA, "a denial without SOA record")                                              \
    X(CNAME_CHAIN, "a CNAME loop, or more than 10 CNAME records in a row")                \
    X(NOT_VALIDATING, "the resolver does not validate DNSSEC")                            \
    X(UNPROVEN, "the resolver has not proven in time that it still validates DNSSEC")     \
    X(OVERLOADED, "too many lookups at once")                                             \
    X(SHUTDOWN, "daned is stopping")

enum dns_cause {
#define X(name, text) CAUSE_##name,
    DNS_CAUSES(X)
#undef X
};

#define X(name, text) +1
enum { DNS_CAUSE_COUNT = DNS_CAUSES(X) };
#undef X

/* One resource record. rdata is uncompressed wire format; names in it are lower-cased. */
struct dns_rr {
    struct dname owner;
    uint16_t type;
    uint32_t ttl;         /* seconds, as received */
    uint16_t rdata_len;   /* octets */
    const uint8_t *rdata; /* owned by the reply */
};

/*
 * One reply to (qname, qtype, IN). Only answer records of class IN, and the SOA records of the
 * authority section, are handed on; everything else in the message is ignored.
 */
struct dns_reply {
    bool qr;            /* the QR bit: a query echoed back is not a reply */
    bool tc;            /* truncated */
    bool ad;            /* authenticated data, from a resolver that is trusted with it */
    uint8_t rcode;      /* enum dns_rcode, or any other value of the header */
    uint16_t ede;       /* RFC 8914 INFO-CODE, or DNS_NO_EDE */
    struct dname qname; /* of the reply's question section; length 0: there was none */
    uint16_t qtype;
    size_t answer_count;
    const struct dns_rr *answer;
    size_t soa_count;
    const struct dns_rr *soa; /* SOA records of the authority section */
};

#define DNS_NO_EDE 0xffffu

/* Gives the sentence for a cause; static storage. */
const char *dns_cause_text(enum dns_cause cause);

/* Whether daned asks for records of this type. */
bool dns_type_is_asked(uint16_t type);

/* Gives the mnemonic of a type ("MX"), or "TYPE" for one that daned does not ask; static storage.
 */
const char *dns_type_text(uint16_t type);

#endif
