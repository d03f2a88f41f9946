/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate.h - one X.509 certificate (RFC 5280 4.1, 4.2) read into borrowed spans.
 *
 * Three depths of reading, from the most tolerant on:
 *  - certificate_frame and certificate_find_spki: enough for a usage 3 record, which matches the
 *    leaf by its octets whatever is in it (RFC 7672 3.1.1);
 *  - the structure: every field is where it belongs. A 2 0 0 record must have it to be usable;
 *  - the content: dates, and the extensions that decide about a chain. A certificate whose content
 *    fails can be no part of a usage 2 chain.
 * certificate_parse does the last two, in this order, and says by its status which one failed.
 *
 * Where RFC 5280 leaves room, or the world is looser, this follows OpenSSL 3.0 at its default
 * flags. Known differences from it: BER that is not DER is refused (OpenSSL's d2i takes it);
 * text after the value inside an extension, a version above 3, more than CERTIFICATE_EXTENSIONS_MAX
 * extensions, a second instance of an extension that OpenSSL does not know, and an empty RDN are
 * failures here; RFC 3779 extensions are unknown here; CRL distribution points are not read; a key
 * that is of no known kind is no failure here.
 * No signature is checked here, and no octet outside of the span that is given is read.
 */
#ifndef DANED_CORE_CERTIFICATE_H
#define DANED_CORE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/der.h"

#define CERTIFICATE_EXTENSIONS_MAX 64 /* ten are many; every one is compared with every other */

/*
 * What certificate_parse says: X(name, kind, text). The text completes "the certificate ...".
 * Kind is STRUCTURE or CONTENT, as described above.
 */
#define CERTIFICATE_STATUSES(X)                                                       \
    X(OK, OK, "is well-formed")                                                       \
    X(FRAME, STRUCTURE, "is not a DER SEQUENCE of SEQUENCE, SEQUENCE and BIT STRING") \
    X(BAD_VERSION, STRUCTURE, "has a malformed version")                              \
    X(BAD_SERIAL, STRUCTURE, "has a malformed serial number")                         \
    X(BAD_ALGORITHM, STRUCTURE, "has a malformed signature algorithm")                \
    X(BAD_ISSUER, STRUCTURE, "has a malformed issuer name")                           \
    X(BAD_VALIDITY, STRUCTURE, "has a malformed validity")                            \
    X(BAD_SUBJECT, STRUCTURE, "has a malformed subject name")                         \
    X(BAD_KEY, STRUCTURE, "has a malformed public key")                               \
    X(BAD_SIGNATURE, STRUCTURE, "has a malformed signature")                          \
    X(BAD_TAIL, STRUCTURE, "has something malformed after its public key")            \
    X(BAD_EXTENSIONS, STRUCTURE, "has a malformed list of extensions")                \
    X(VERSION, CONTENT, "is of a version other than 1, 2 and 3")                      \
    X(ALGORITHM_MISMATCH, CONTENT, "names two different signature algorithms")        \
    X(SIGNATURE_BITS, CONTENT, "has a signature that is not whole octets")            \
    X(NOT_BEFORE, CONTENT, "has a malformed notBefore date")                          \
    X(NOT_AFTER, CONTENT, "has a malformed notAfter date")                            \
    X(TOO_MANY_EXTENSIONS, CONTENT, "has more than 64 extensions")                    \
    X(DUPLICATE_EXTENSION, CONTENT, "has the same extension twice")                   \
    X(BASIC_CONSTRAINTS, CONTENT, "has malformed basicConstraints")                   \
    X(KEY_USAGE, CONTENT, "has a malformed or empty keyUsage")                        \
    X(EXTENDED_KEY_USAGE, CONTENT, "has a malformed extKeyUsage")                     \
    X(SUBJECT_ALT_NAME, CONTENT, "has a malformed subjectAltName")                    \
    X(NAME_CONSTRAINTS, CONTENT, "has malformed nameConstraints")                     \
    X(SUBJECT_KEY_ID, CONTENT, "has a malformed subjectKeyIdentifier")                \
    X(AUTHORITY_KEY_ID, CONTENT, "has a malformed authorityKeyIdentifier")            \
    X(NETSCAPE_TYPE, CONTENT, "has a malformed Netscape certificate type")            \
    X(PROXY, CONTENT, "is a proxy certificate (RFC 3820)")

enum certificate_status {
#define X(name, kind, text) CERTIFICATE_##name,
    CERTIFICATE_STATUSES(X)
#undef X
};

/* The bits of keyUsage (RFC 5280 4.2.1.3): its first octet, and the second shifted left by 8. */
enum certificate_key_usage {
    KEY_USAGE_DIGITAL_SIGNATURE = 0x80,
    KEY_USAGE_KEY_ENCIPHERMENT = 0x20,
    KEY_USAGE_KEY_AGREEMENT = 0x08,
    KEY_USAGE_CERT_SIGN = 0x04,
};

/* The bits of the Netscape certificate type, which OpenSSL still honours where it is present. */
enum certificate_netscape_type {
    NETSCAPE_TYPE_SSL_SERVER = 0x40,
    NETSCAPE_TYPE_SSL_CA = 0x04,
};

/* AlgorithmIdentifier: the content of its OID, and its parameters whole (or absent). */
struct certificate_algorithm {
    struct der_span oid;
    struct der_span parameters;
};

/* SubjectPublicKeyInfo. */
struct certificate_key {
    struct der_span spki; /* all octets: what selector 1 speaks of */
    struct certificate_algorithm algorithm;
    struct der_span bits; /* the key itself, without the octet that counts unused bits */
};

/* What the extensions say; a span or flag of an extension that is absent is empty or false. */
struct certificate_extensions {
    bool has_basic_constraints;
    bool is_ca;
    bool has_path_len;
    uint32_t path_len; /* UINT32_MAX: that or more */

    bool has_key_usage;
    uint16_t key_usage; /* enum certificate_key_usage */

    bool has_extended_key_usage;
    bool allows_server_auth; /* id-kp-serverAuth */
    bool allows_any;         /* anyExtendedKeyUsage */
    bool allows_sgc;         /* server gated crypto: OpenSSL takes it for serverAuth */

    bool has_netscape_type;
    uint8_t netscape_type; /* enum certificate_netscape_type */

    bool has_subject_alt_name;
    struct der_span subject_alt_name; /* for certificate_next_name */

    bool has_name_constraints;
    struct der_span permitted; /* for certificate_next_subtree; absent: none */
    struct der_span excluded;

    bool has_subject_key_id;
    struct der_span subject_key_id;
    struct der_span authority_key_id; /* absent: none */
    struct der_span authority_issuer; /* GeneralNames, for certificate_next_name */
    struct der_span authority_serial; /* content of an INTEGER */

    bool has_unknown_critical;
    struct der_span unknown_critical; /* the content of the OID of the first one */
};

/* A certificate. All spans are borrowed from the octets that were parsed. */
struct certificate {
    struct der_span der; /* all octets: what selector 0 speaks of */
    struct der_span tbs; /* all octets of tbsCertificate: what is signed */
    uint32_t version;    /* as encoded: 0 for version 1, 2 for version 3; UINT32_MAX: negative */
    struct der_span serial;
    struct certificate_algorithm signature_algorithm;
    struct der_span signature;
    struct der_span issuer;  /* Name, all octets */
    struct der_span subject; /* Name, all octets */
    struct certificate_key key;
    int64_t not_before; /* seconds since 1970-01-01 UTC, this second included */
    int64_t not_after;  /* likewise, this second included */
    struct certificate_extensions extensions;
};

/* The choices of GeneralName (RFC 5280 4.2.1.6). */
enum general_name_kind {
    GENERAL_NAME_OTHER = 0,
    GENERAL_NAME_EMAIL = 1,
    GENERAL_NAME_DNS = 2,
    GENERAL_NAME_X400 = 3,
    GENERAL_NAME_DIRECTORY = 4,
    GENERAL_NAME_EDI = 5,
    GENERAL_NAME_URI = 6,
    GENERAL_NAME_IP = 7,
    GENERAL_NAME_REGISTERED_ID = 8,
};

/* One GeneralName: its content; of a directoryName the Name inside, all octets. */
struct general_name {
    enum general_name_kind kind;
    struct der_span value;
};

/*
 * Reads a certificate that must fill all of der. Returns CERTIFICATE_OK, or the first thing that
 * is wrong. If that is of the kind CONTENT, the structure's fields of *certificate_out (der, tbs,
 * version, serial, signature_algorithm, signature, issuer, subject, key) are valid and the others
 * are not to be used; if of the kind STRUCTURE, none is.
 */
enum certificate_status certificate_parse(struct der_span der, struct certificate *certificate_out);

/* Whether the structure is sound: the status is CERTIFICATE_OK or of the kind CONTENT. */
bool certificate_has_structure(enum certificate_status status);

/* Gives the text of a status; static storage. */
const char *certificate_status_text(enum certificate_status status);

/* Reads a SubjectPublicKeyInfo that must fill all of der. Returns false if it is malformed. */
bool certificate_parse_key(struct der_span der, struct certificate_key *key_out);

/*
 * Reads an AlgorithmIdentifier from its content octets. Returns false if it is malformed, or
 * something follows the parameters.
 */
bool certificate_parse_algorithm(
    struct der_span content, struct certificate_algorithm *algorithm_out);

/* Whether der is, as far as its outer frame goes, one Certificate and nothing more. */
bool certificate_frame(struct der_span der);

/* Likewise for one SubjectPublicKeyInfo: SEQUENCE of a SEQUENCE that begins with an OBJECT
 * IDENTIFIER, and a BIT STRING. */
bool certificate_key_frame(struct der_span der);

/*
 * Finds the SubjectPublicKeyInfo (all octets) in a certificate by the tags before it, whatever is
 * in these fields and behind. Returns false, and an absent span, if the frame or a tag is wrong.
 */
bool certificate_find_spki(struct der_span der, struct der_span *spki_out);

/*
 * Walks GeneralNames: names is a reader over subject_alt_name or authority_issuer. Returns false
 * at the end, and on a failure (not to be had on spans of a parsed certificate). What is inside a
 * name was looked at when the certificate was parsed, and is not again: a walk costs no more for
 * long names.
 */
bool certificate_next_name(struct der_reader *names, struct general_name *name_out);

/*
 * Walks GeneralSubtrees: subtrees is a reader over permitted or excluded. *has_bounds_out says
 * that minimum (other than 0) or maximum is there, which RFC 5280 4.2.1.10 does not allow.
 * Returns as certificate_next_name.
 */
bool certificate_next_subtree(
    struct der_reader *subtrees, struct general_name *base_out, bool *has_bounds_out);

#endif
