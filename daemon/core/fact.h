/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact.h - what one DNS lookup came to, as one flat value.
 *
 * A fact is a single block of memory without pointers. It says nothing of the question; whoever
 * keeps it knows the key. It is kept packed (fact_pack()), in the cache and in files: as few octets
 * as will do, the same on every machine, without its times, which the keeper knows.
 */
#ifndef DANED_CORE_FACT_H
#define DANED_CORE_FACT_H

#include "daemon/core/dns.h"

enum fact_outcome {
    FACT_ERROR,    /* never read as "no such record" */
    FACT_NXDOMAIN, /* a denial of the name */
    FACT_NODATA,   /* a denial of the type */
    FACT_RECORDS,
};

/* MX hosts beyond this number are dropped and counted in omitted. */
#define FACT_MX_MAX 64

/* More CNAMEs behind one another than these are an error, so that every name of a chain is kept. */
#define FACT_LINKS_MAX 10

/* The names that a chain of CNAMEs leads to, in their order: the last is the canonical one. */
struct fact_path {
    const uint8_t *names; /* in lower-cased wire form, one behind the other */
    uint16_t len;         /* octets of names */
    uint8_t count;        /* links of the chain, FACT_LINKS_MAX at most */
};

struct fact {
    uint64_t expires_ms;   /* set by whoever keeps the fact; not after it is it served */
    uint32_t ttl;          /* seconds it may live from when it was learned; 0 once unpacked */
    uint32_t data_len;     /* octets of data */
    uint16_t record_count; /* in data */
    uint16_t omitted;      /* MX hosts that did not fit */
    uint16_t path_len;     /* octets of the names of the path; 0 if no CNAME was met */
    uint8_t outcome;       /* enum fact_outcome */
    uint8_t status;        /* enum dns_status; DNS_ERROR exactly when outcome is FACT_ERROR */
    uint8_t cause;         /* enum dns_cause of a FACT_ERROR, else CAUSE_NONE */
    uint8_t link_count;    /* CNAMEs that were met, and names of the path */
    uint8_t data[];        /* the path; then for each record 2 octets of length and rdata */
};

/*
 * Makes a fact from records, each an uncompressed rdata, in their order. path is NULL, or without a
 * name, if no CNAME was met. The caller frees it with free(). Never NULL. expires_ms is 0.
 */
struct fact *fact_new(enum fact_outcome outcome, enum dns_status status, uint32_t ttl,
    const struct fact_path *path, const struct dns_rr *const *records, size_t count);

/* Makes a FACT_ERROR with its cause; ttl 0. The caller frees it with free(). Never NULL. */
struct fact *fact_new_error(enum dns_cause cause);

/* Octets that fact_pack() writes. */
size_t fact_packed_size(const struct fact *fact);

/* Writes the fact in packed form to out, which has room for fact_packed_size() octets. */
void fact_pack(const struct fact *fact, uint8_t *out);

/*
 * Makes the fact of this type whose packed form this is, to be freed with free(). Returns NULL
 * unless it is one that fact_pack() could have written of a DNS answer, to the last octet.
 */
struct fact *fact_unpack(uint16_t type, const uint8_t *octets, size_t len, uint64_t expires_ms);

/* Whether the packed form is that of a FACT_ERROR. */
bool fact_packed_is_error(const uint8_t *octets, size_t len);

/* Seconds that a fact with an answer is kept at most, by the limits for all and for denials. */
uint32_t fact_ttl_cap(const struct fact *fact, uint32_t max_ttl_s, uint32_t negative_max_ttl_s);

/*
 * Whether rdata is what a record of its type may have; always for a type that daned does not read.
 */
bool fact_rdata_is_well_formed(uint16_t type, const uint8_t *rdata, size_t len);

/* Gives a copy of its own, to be freed with free(). */
struct fact *fact_copy(const struct fact *fact);

/*
 * Walks the names that the chain of CNAMEs leads to: *cursor starts at 0. Returns false behind the
 * last.
 */
bool fact_next_link(const struct fact *fact, size_t *cursor, struct dname *target_out);

/* Whether the lookup met a CNAME; if so, gives the last name of the chain. */
bool fact_canonical(const struct fact *fact, struct dname *canonical_out);

/*
 * Walks the records: *cursor starts at 0. Returns false behind the last. *rdata_out is borrowed
 * from the fact.
 */
bool fact_next_record(
    const struct fact *fact, size_t *cursor, const uint8_t **rdata_out, uint16_t *rdata_len_out);

/* Reads MX rdata as a fact keeps it (checked when the fact was made). */
void fact_read_mx(
    const uint8_t *rdata, uint16_t rdata_len, uint16_t *preference_out, struct dname *host_out);

#endif
