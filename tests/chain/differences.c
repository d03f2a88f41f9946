/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * differences.c - the one table of intended differences.
 */
#include "tests/chain/differences.h"

#include <fnmatch.h>

#include <openssl/opensslv.h>

struct difference {
    const char *pattern; /* of the description, as for fnmatch(3) */
    enum verdict daned;
    enum verdict openssl;
    const char *reason;
};

/* The reasons. A limit of wolfSSL, a bound of ours, or where the RFC says otherwise than OpenSSL.
 */
#define BECAUSE_RSA_LARGE "RSA above 4096 bits cannot be checked by Debian's wolfSSL"
#define BECAUSE_RSA_SMALL                                                                      \
    "RSA below 1024 bits is refused on every usage 2 path; OpenSSL takes 1016 for 80 bits of " \
    "security, and does not look at a bare key"
#define BECAUSE_EXPONENT "an RSA exponent above 8 octets is refused: it is a way to make us work"
#define BECAUSE_FIRST_TEN "only the first ten certificates are looked at"
#define BECAUSE_WEAK_DIGEST                                                                     \
    "MD5 and SHA-1 are refused below every anchor; OpenSSL lets the certificate right under a " \
    "bare key pass, as if it were the anchor"
#define BECAUSE_LEAF_BYTES \
    "usage 3 matches the leaf by its octets, whatever its key is (RFC 7672 3.1.1)"
#define BECAUSE_LEAF_UNREAD "usage 3 matches a leaf that OpenSSL cannot parse"
#define BECAUSE_OTHER_UNREAD                                                                       \
    "OpenSSL ends the handshake at a certificate that it cannot parse; one that no path needs is " \
    "no harm"
#define BECAUSE_BACKTRACK \
    "where the first issuer of a name leads nowhere, the next one is tried; OpenSSL gives up"
#define BECAUSE_BACKTRACK_AKI                                                                   \
    "an issuer that the authorityKeyIdentifier does not speak of is tried last; OpenSSL never " \
    "tries it"
#define BECAUSE_KEY_FRAME                                                                     \
    "the point of an EC key is not looked at to say whether a record is usable (so delivery " \
    "fails, instead of going on without authentication)"
#define BECAUSE_MALFORMED                                                                        \
    "what is malformed is no part of a path (RFC 5280 4.2); OpenSSL does not look at this part " \
    "of it"
#define BECAUSE_LEFT_OUT                                                                      \
    "a malformed certificate is as if left out, so that a bare key of a record can take its " \
    "place; OpenSSL can read this one"
#define BECAUSE_TWICE                                                                          \
    "RFC 5280 4.2: a certificate must not include an extension twice; OpenSSL looks at those " \
    "that it reads"
#define BECAUSE_VERSION "there is no version 4 (RFC 5280 4.1.2.1)"
#define BECAUSE_INCLUSIVE \
    "RFC 5280 4.1.2.5: validity is through notAfter, inclusive; OpenSSL ends it a second earlier"
#define BECAUSE_RFC3779                                                                            \
    "RFC 5280 4.2: a critical extension that is not known must be refused; those of RFC 3779 are " \
    "not known"
#define BECAUSE_URI                                                                              \
    "constraints on kinds of names other than dNSName, iPAddress, rfc822Name and directoryName " \
    "fail closed"
#define BECAUSE_CRL "CRL distribution points are not read: revocation plays no part in DANE"
#define BECAUSE_SHA3 "wolfSSL has no RSA with SHA-3"
#define BECAUSE_SHA3_EC "no CA signs with ECDSA and SHA-3, which OpenSSL 3.0 does not know either"
#define BECAUSE_CERT_UNREAD                                                                   \
    "a certificate in a record is looked at when a path is searched, not to say whether the " \
    "record is usable (so delivery fails, instead of going on without authentication)"
#define BECAUSE_KEY_CANNOT_SIGN "a key that cannot sign cannot be that of a TLS server"

/* The more special row comes first. */
static const struct difference differences[] = {
    {"one key RSA-4608 at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_RSA_LARGE},
    {"one key RSA-1016 at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_RSA_SMALL},
    {"one key RSA-512 at 2 | 2 1 0 of 2 | shows 0 1", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_RSA_SMALL},
    {"one key RSA-512 at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_BYTES},
    {"one key RSA with a long exponent at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_EXPONENT},
    {"one key X25519 at 0 | 2 *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_KEY_CANNOT_SIGN},
    {"digest MD5 with RSA-2048 at 1 | 2 1 0 of 2 | shows 0 1", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_WEAK_DIGEST},
    {"digest SHA1, self-signed leaf | 2 1 0 of 0 | shows 0", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_WEAK_DIGEST},
    {"basicConstraints=DER:30060101ff0201ff, self-signed leaf | 2 1 0 *", VERDICT_REFUSED,
        VERDICT_MATCHED, BECAUSE_MALFORMED},
    {"version 4 at [123] | 2 1 0 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEFT_OUT},
    {"bad date * at 2 | 2 1 0 of 2 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEFT_OUT},
    {"digest SHA1 with * at 1 | 2 1 0 of 2 | shows 0 1", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_WEAK_DIGEST},
    {"PSS signature, SHA1, * at 1 | 2 1 0 of 2 | shows 0 1", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_WEAK_DIGEST},
    {"digest SHA3-256 with RSA-2048 at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_SHA3},
    {"expires now, self-signed leaf | 2 1 0 of 0 | shows 0", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_INCLUSIVE},
    {"expires now at ? | 2 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_INCLUSIVE},
    {"long chain of 1[12] | *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_FIRST_TEN},
    {"strangers 3 to 5, *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_FIRST_TEN},
    {"basicConstraints=DER:30060101ff0201ff at 0 *", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_MALFORMED},
    {"sbgp-ipAddrBlock=critical*", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_RFC3779},
    {"version 4*", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_VERSION},
    {"constraint critical,permitted;URI:*", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_URI},
    {"same name, right one second, without key identifiers, * | 2 ? ? of [13] | *", VERDICT_MATCHED,
        VERDICT_REFUSED, BECAUSE_BACKTRACK},
    {"same name, right one first, without key identifiers, right one expired | 2 ? ? of 1 | *",
        VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_BACKTRACK},
    /* Of those with a fault, only the paths that go around it. */
    {"cross-signed, presented *, fault 0 | 2 *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_BACKTRACK},
    {"cross-signed, presented *, fault 1 | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_BACKTRACK},
    {"cross-signed, presented *, fault [23] | 2 1 ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_BACKTRACK},
    {"cross-signed, presented *, fault [23] | 2 ? ? of [24] | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_BACKTRACK},
    {"root and its cross, presented *, expired 0 | 2 *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_BACKTRACK},
    {"root and its cross, presented *, expired 3 | 2 ? ? of 3 | *", VERDICT_MATCHED,
        VERDICT_REFUSED, BECAUSE_BACKTRACK},
    {"root and its cross, presented *, expired 4 | 2 ? ? of [23] | *", VERDICT_MATCHED,
        VERDICT_REFUSED, BECAUSE_BACKTRACK},
    {"root and its cross, presented *, expired 4 | 2 1 0 of 4 | shows 0 1 2 3", VERDICT_MATCHED,
        VERDICT_REFUSED, BECAUSE_BACKTRACK},
    {"AKI *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_BACKTRACK_AKI},
    {"set of records | 3 1 0 of 0 flipped *", VERDICT_REFUSED, VERDICT_UNUSABLE, BECAUSE_KEY_FRAME},
    {"set of records | 2 1 0 of 2 flipped *", VERDICT_REFUSED, VERDICT_UNUSABLE, BECAUSE_KEY_FRAME},
    {"cut short at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_UNREAD},
    {"trailing octet at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_UNREAD},
    {"empty at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_UNREAD},
    {"bad tag inside at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_UNREAD},
    {"bad tag inside at 0 | 3 0 0 *", VERDICT_MATCHED, VERDICT_UNUSABLE, BECAUSE_LEAF_UNREAD},
    /* Only where the path to the anchor does without it. */
    {"cut short at [123] | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"cut short at [23] | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"cut short at 3 | 2 ? ? of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"cut short at 1 | 2 1 0 of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"cut short at 2 | 2 1 0 of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"trailing octet at [123] | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"trailing octet at [23] | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"trailing octet at 3 | 2 ? ? of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"trailing octet at 1 | 2 1 0 of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"trailing octet at 2 | 2 1 0 of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"empty at [123] | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"empty at [23] | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"empty at 3 | 2 ? ? of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"empty at 1 | 2 1 0 of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"empty at 2 | 2 1 0 of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"bad tag inside at [123] | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"bad tag inside at [23] | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"bad tag inside at 3 | 2 ? ? of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"bad tag inside at 1 | 2 1 0 of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"bad tag inside at 2 | 2 1 0 of 2 | *", VERDICT_MATCHED, VERDICT_REFUSED,
        BECAUSE_OTHER_UNREAD},
    {"bad date *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_MALFORMED},
#if OPENSSL_VERSION_PREREQ(3, 4) /* seen with 3.5: such a date makes a certificate unreadable */
    {"bad date * at 0 | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEAF_UNREAD},
    {"bad date * at 0 | 3 0 0 *", VERDICT_MATCHED, VERDICT_UNUSABLE, BECAUSE_LEAF_UNREAD},
    {"bad date * at [12] | 3 *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"bad date * at 2 | 2 ? ? of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_OTHER_UNREAD},
    {"bad date * at 1 | 2 1 0 of 1 | *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_LEFT_OUT},
    {"bad date * | 2 0 0 of *", VERDICT_REFUSED, VERDICT_UNUSABLE, BECAUSE_CERT_UNREAD},
    {"digest SHA3-256 with P-256 at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_SHA3_EC},
#endif
    {"bad nameConstraints DER:3002a000ff at *", VERDICT_REFUSED, VERDICT_MATCHED,
        BECAUSE_MALFORMED},
    {"bad crlDistributionPoints *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_CRL},
    {"twice certificatePolicies *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_TWICE},
    {"twice 1.2.3.4.5 *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_TWICE},
    {"twice authorityInfoAccess *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_TWICE},
    {"two signature algorithms at *", VERDICT_REFUSED, VERDICT_MATCHED, BECAUSE_MALFORMED},
    {"random *, twin of a *", VERDICT_MATCHED, VERDICT_REFUSED, BECAUSE_BACKTRACK},
};

#define DIFFERENCE_COUNT (sizeof differences / sizeof differences[0])

static unsigned needed[DIFFERENCE_COUNT];

const char *differences_reason(const char *description, enum verdict daned, enum verdict openssl)
{
    for (size_t i = 0; i < DIFFERENCE_COUNT; i++) {
        const struct difference *row = &differences[i];
        if (row->daned == daned && row->openssl == openssl &&
            fnmatch(row->pattern, description, 0) == 0) {
            needed[i]++;
            return row->reason;
        }
    }
    return NULL;
}

int differences_print_unneeded(void)
{
    int unneeded = 0;

    for (size_t i = 0; i < DIFFERENCE_COUNT; i++) {
        if (needed[i] != 0)
            continue;
        printf("not ok the row \"%s\" (%s) is not needed by any case\n", differences[i].pattern,
            differences[i].reason);
        unneeded++;
    }
    return unneeded;
}
