/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain.h - verifies the certificate chain of a peer against TLSA records (RFC 7671, 7672 3).
 *
 * A pure function. Hashes and signature checks come through struct chain_crypto, the seam to the
 * TLS library. Bounded in certificates, signatures and work, whatever the peer presents: past a
 * bound the chain is refused, and the report says so.
 *
 * Where the RFCs are silent this decides as OpenSSL 3.0 does at security level 1 in its DANE code,
 * with the flags that Postfix sets. It is wider than that in these ways: every path is tried, where
 * OpenSSL takes the first issuer that looks right; a key identifier that differs only puts a
 * candidate last; the key of a leaf that matches a usage 3 record may be of any kind. And narrower:
 * cert_algorithm.h and name_constraints.h say what keys, signatures and constraints are not known
 * here; a certificate that a bare key (2 1 0) has signed must not be signed with SHA-1 either.
 */
#ifndef DANED_CORE_CHAIN_H
#define DANED_CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/certificate.h"
#include "daemon/core/dname.h"
#include "daemon/core/tlsa.h"

#define CHAIN_CERTS_MAX 10      /* certificates that are looked at; the rest is ignored */
#define CHAIN_SIGNATURES_MAX 16 /* signature checks for one question */
/*
 * What these may cost in all, as cert_signature_cost_us() reckons it. Five checks with the dearest
 * curve, P-521, must do: a chain of five certificates under a bare key.
 */
#define CHAIN_SIGNATURES_US_MAX 14000
#define CHAIN_NAMES_MAX 3   /* reference names */
#define CHAIN_ANCHORS_MAX 6 /* 2 0 0 records, and as many 2 1 0, that can be anchors themselves */
#define CHAIN_STEPS_MAX 200 /* paths, or parts of one, that are looked at */
#define CHAIN_WORK_MAX 2000000 /* on names and hashes of signatures; about a nanosecond each */
#define CHAIN_REASONS_MAX 64   /* records whose reason is reported; all are looked at */

/* One certificate as the peer presented it; borrowed. */
struct chain_cert {
    const uint8_t *der;
    size_t len;
};

struct chain_question {
    const struct chain_cert *certs; /* leaf first, in the order presented */
    size_t cert_count;
    const struct tlsa_record *records; /* the whole TLSA RRset */
    size_t record_count;
    const struct dname *names; /* reference names, for usage 2 */
    size_t name_count;
    int64_t at_s;      /* the time of day that dates are held against */
    unsigned spent_us; /* of CHAIN_SIGNATURES_US_MAX: what other questions on this chain took */
};

/* What a signature check says. Only GOOD is good. */
enum chain_signature {
    CHAIN_SIGNATURE_GOOD,
    CHAIN_SIGNATURE_BAD,
    CHAIN_SIGNATURE_UNSUPPORTED, /* the library cannot check it */
};

/* What the TLS library does for us. */
struct chain_crypto {
    void (*sha256)(const uint8_t *data, size_t len, uint8_t digest_out[32]);
    void (*sha512)(const uint8_t *data, size_t len, uint8_t digest_out[64]);
    /* Checks the signature of certificate by the key of its issuer. */
    enum chain_signature (*signature)(
        const struct certificate *certificate, const struct certificate_key *issuer);
};

enum chain_outcome {
    CHAIN_MATCHED,
    CHAIN_REFUSED,
    CHAIN_UNUSABLE, /* there is no usable record: nothing to hold the chain against */
};

/*
 * Why a record did not match: X(name, about, text). The text completes "the record ..." if about is
 * RECORD, or "the certificate at depth N ..." if it is CERTIFICATE.
 */
#define CHAIN_WHYS(X)                                                                          \
    X(NONE, RECORD, "was not needed")                                                          \
    X(UNUSABLE, RECORD, "is unusable")                                                         \
    X(WEAKER_DIGEST, RECORD, "does not count beside one with a stronger digest")               \
    X(NO_LEAF, RECORD, "has nothing to match: no certificate was presented")                   \
    X(LEAF_DIFFERS, RECORD, "does not match the leaf")                                         \
    X(NO_CERTIFICATE, RECORD, "matches no certificate above the leaf")                         \
    X(BARE_KEY_UNUSED, RECORD, "has a key that signed no certificate on a path from the leaf") \
    X(UNREACHED, RECORD, "matches a certificate that no path from the leaf leads to")          \
    X(TOO_MANY_ANCHORS, RECORD, "is one of too many that are trust anchors themselves")        \
    X(TOO_MANY_SIGNATURES, RECORD, "was not reached within the signature checks allowed")      \
    X(TOO_MUCH_WORK, RECORD, "was not reached with a reasonable amount of work")               \
    X(MALFORMED, CERTIFICATE, "is malformed")                                                  \
    X(WRONG_NAME, CERTIFICATE, "does not name the host")                                       \
    X(EXPIRED, CERTIFICATE, "has expired")                                                     \
    X(NOT_YET_VALID, CERTIFICATE, "is not valid yet")                                          \
    X(UNKNOWN_CRITICAL, CERTIFICATE, "has an unknown critical extension")                      \
    X(NOT_A_CA, CERTIFICATE, "is not that of a CA")                                            \
    X(PATH_LEN, CERTIFICATE, "allows fewer CAs below it")                                      \
    X(KEY_USAGE, CERTIFICATE, "has a keyUsage that does not allow this use")                   \
    X(EXTENDED_KEY_USAGE, CERTIFICATE, "has an extKeyUsage without serverAuth")                \
    X(NETSCAPE_TYPE, CERTIFICATE, "has a Netscape certificate type that is not for servers")   \
    X(NAME_NOT_PERMITTED, CERTIFICATE, "has a name outside of those that a CA permits")        \
    X(NAME_EXCLUDED, CERTIFICATE, "has a name that a CA excludes")                             \
    X(NAME_CONSTRAINT_UNSUPPORTED, CERTIFICATE, "is under an unsupported name constraint")     \
    X(NAME_CONSTRAINT_MALFORMED, CERTIFICATE, "has a malformed name, or constraint on it")     \
    X(KEY_UNKNOWN, CERTIFICATE, "has a key of an unknown kind")                                \
    X(KEY_MALFORMED, CERTIFICATE, "has a malformed key")                                       \
    X(KEY_WEAK, CERTIFICATE, "has a key that is too weak")                                     \
    X(KEY_EXPLICIT_CURVE, CERTIFICATE, "has a key on a curve without a name")                  \
    X(KEY_TOO_LARGE, CERTIFICATE, "has an RSA key above 4096 bits, which cannot be checked")   \
    X(KEY_EXPONENT, CERTIFICATE, "has an RSA key with an exponent above 8 octets")             \
    X(SIGNATURE_WEAK, CERTIFICATE, "is signed with MD5 or SHA-1")                              \
    X(SIGNATURE_UNKNOWN, CERTIFICATE, "is signed in an unknown way")                           \
    X(SIGNATURE_BAD, CERTIFICATE, "is not signed by its issuer")                               \
    X(SIGNATURE_UNSUPPORTED, CERTIFICATE, "has a signature that cannot be checked")

enum chain_why {
#define X(name, about, text) CHAIN_WHY_##name,
    CHAIN_WHYS(X)
#undef X
};

struct chain_reason {
    enum chain_why why;
    unsigned depth; /* of the certificate, for a why that is about one */
};

struct chain_report {
    enum chain_outcome outcome;
    /* If matched: */
    size_t record;         /* the index of the record */
    unsigned depth;        /* of the certificate that matched: 0 is the leaf */
    bool anchor_in_record; /* the record itself is the trust anchor; depth is what it would have */
    /* If refused, or unusable: why, for each of the first records. */
    size_t reason_count;
    struct chain_reason reasons[CHAIN_REASONS_MAX];
    /* What it took. */
    unsigned signatures;
    unsigned signatures_us; /* as cert_signature_cost_us() reckons them */
    unsigned steps;
    unsigned work;
    /* About the leaf. */
    bool leaf_parsed;
    int64_t leaf_not_after_s; /* if leaf_parsed */
};

/*
 * Holds the leaf against the records of usage 3 that count: bytes only, no signature, so cheap
 * enough for an event loop. Returns whether one matches, and sets all of *report_out; if none
 * does, the outcome is REFUSED or UNUSABLE, and the reasons are those of the usage 3 records.
 */
bool chain_match_ee(const struct chain_question *question, const struct chain_crypto *crypto,
    struct chain_report *report_out);

/*
 * All of it: usage 3 first, then usage 2, which may check CHAIN_SIGNATURES_MAX signatures that cost
 * CHAIN_SIGNATURES_US_MAX. Returns the outcome, and sets all of *report_out.
 */
enum chain_outcome chain_verify(const struct chain_question *question,
    const struct chain_crypto *crypto, struct chain_report *report_out);

/*
 * Writes one line for people into out, at most cap octets with the NUL (cap is at least 1), cut if
 * it does not fit: "usage=3 selector=1 matching_type=1 depth=0 ..." if matched, else why each
 * record did not match; always the reference names, and the days until the leaf expires. All of it
 * is printable ASCII. Returns the length without the NUL.
 */
size_t chain_report_text(const struct chain_question *question, const struct chain_report *report,
    char *out, size_t cap);

/*
 * Writes why record i did not match ("the certificate at depth 1 has expired"), in the same way.
 * i is below report->reason_count.
 */
size_t chain_reason_text(const struct chain_question *question, const struct chain_report *report,
    size_t i, char *out, size_t cap);

#endif
