/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tlsa.h - one TLSA record (RFC 6698 2.1): its fields, whether SMTP can use it, and which records
 * of a set count (digest agility, RFC 7671 9).
 */
#ifndef DANED_CORE_TLSA_H
#define DANED_CORE_TLSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The fields' values (RFC 6698 7, named as in RFC 7218). Other values occur, and are unusable. */
enum tlsa_usage { TLSA_PKIX_TA = 0, TLSA_PKIX_EE = 1, TLSA_DANE_TA = 2, TLSA_DANE_EE = 3 };
enum tlsa_selector { TLSA_CERT = 0, TLSA_SPKI = 1 };
enum tlsa_matching_type { TLSA_FULL = 0, TLSA_SHA2_256 = 1, TLSA_SHA2_512 = 2 };

#define TLSA_SHA2_256_LEN 32
#define TLSA_SHA2_512_LEN 64

/* Room for the text of a record with the longest digest, with its NUL: "255 255 255 ", the digits.
 */
#define TLSA_TEXT_MAX (12 + 2 * TLSA_SHA2_512_LEN + 1)

struct tlsa_record {
    uint8_t usage;
    uint8_t selector;
    uint8_t matching_type;
    uint16_t data_len;
    const uint8_t *data; /* borrowed */
};

/* Whether a record is usable, and why not: X(name, text). */
#define TLSA_USABILITIES(X)                                       \
    X(USABLE, "usable")                                           \
    X(USAGE_PKIX, "usage 0 and 1 (PKIX) cannot be used for SMTP") \
    X(USAGE_UNKNOWN, "unknown certificate usage")                 \
    X(SELECTOR_UNKNOWN, "unknown selector")                       \
    X(MATCHING_TYPE_UNKNOWN, "unknown matching type")             \
    X(DIGEST_LENGTH, "the data is not as long as the digest")     \
    X(DATA_MALFORMED, "the data is no certificate or public key")

enum tlsa_usability {
#define X(name, text) TLSA_##name,
    TLSA_USABILITIES(X)
#undef X
};

/*
 * For usage 2 and 3 (first index: usage - 2) and selector 0 and 1: the strongest digest (matching
 * type 1 or 2) among the usable records of a set; 0 if none has a digest.
 */
struct tlsa_agility {
    uint8_t strongest[2][2];
};

/*
 * Reads TLSA rdata; *record_out borrows it. Returns false, and leaves *record_out alone, if it is
 * shorter than 4 octets (the 3 fields, and at least one of data) or longer than rdata can be.
 */
bool tlsa_from_rdata(const uint8_t *rdata, size_t len, struct tlsa_record *record_out);

/*
 * Says whether the record can be used for SMTP, or the first reason why not.
 *
 * A full certificate of usage 2 is usable if its structure is sound, even if a date or an
 * extension in it is not: such a record then matches nothing, and delivery fails. To call it
 * unusable would turn a destination that asked to be authenticated into one that is not, and
 * OpenSSL takes it too. Takes time in proportion to the data of a record with matching type 0.
 */
enum tlsa_usability tlsa_usability(const struct tlsa_record *record);

/* Gives the text of a usability; static storage. */
const char *tlsa_usability_text(enum tlsa_usability usability);

/* Sets *agility to that of an empty set. */
void tlsa_agility_init(struct tlsa_agility *agility);

/* Adds one record, usable or not, of the set to its summary. The order does not matter. */
void tlsa_agility_add(struct tlsa_agility *agility, const struct tlsa_record *record);

/*
 * Whether a record of the set counts, once all of its records were added: it is usable, and no
 * usable record of the same usage and selector has a stronger digest. Matching type 0 always counts
 * if usable.
 */
bool tlsa_agility_counts(const struct tlsa_agility *agility, const struct tlsa_record *record);

/*
 * Whether records[i] counts, in one call. Looks at all records: to ask for every i, make a
 * struct tlsa_agility once instead.
 */
bool tlsa_counts(const struct tlsa_record *records, size_t count, size_t i);

/*
 * Writes "3 1 1 0123abcd..." into out, at most cap octets with the NUL (cap is at least 1). Data
 * that does not fit is cut after a whole octet, and "..." put instead. TLSA_TEXT_MAX holds every
 * digest whole. Returns the length without the NUL.
 */
size_t tlsa_to_text(const struct tlsa_record *record, char *out, size_t cap);

#endif
