/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recipe.h - one certificate as the chain matrix wants it, right or wrong, and its making.
 */
#ifndef DANED_TESTS_CHAIN_RECIPE_H
#define DANED_TESTS_CHAIN_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/chain/keys.h"

#define RECIPE_EXTENSIONS_MAX 16
#define RECIPE_NAME_MAX 160
#define RECIPE_VALUE_MAX 1024

/* The time that dates are held against, unless a case says otherwise: 2023-11-14T22:13:20Z. */
#define RECIPE_NOW 1700000000
#define RECIPE_YEAR (365 * 86400)

/* One extension, in the notation of x509v3_config(5): "critical," may begin the value, "DER:" gives
 * raw octets. */
struct recipe_extension {
    char name[64];
    char value[RECIPE_VALUE_MAX];
};

/* What is done to the octets after the signature. */
enum recipe_damage {
    DAMAGE_NONE,
    DAMAGE_CUT,       /* the last octet is missing */
    DAMAGE_TRAILING,  /* one octet too many */
    DAMAGE_SIGNATURE, /* one bit of the signature is flipped */
    DAMAGE_TBS,       /* the outer SEQUENCE is intact, the serial number's tag is not */
    DAMAGE_EMPTY,     /* no octet at all */
};

/*
 * Names are written "CN=value,O=value"; "CN/P=" asks for a PrintableString, "/T" a TeletexString,
 * "/B" a BMPString, "/I" an IA5String, instead of a UTF8String; "\0" is a NUL, "+CN=" puts the
 * pair into the RDN before. Empty: the empty name.
 */
struct recipe {
    char subject[RECIPE_NAME_MAX];
    char issuer[RECIPE_NAME_MAX];
    struct key key;
    struct key signer;
    int version; /* 1 to 3; more is written as it is */
    unsigned serial;
    int64_t not_before;
    int64_t not_after;
    const char *not_after_text; /* in place of not_after: a UTCTime, whatever is in it */
    const char *digest;         /* NULL: SHA256, or none for Ed25519 and Ed448 */
    bool pss;                   /* an RSA signer signs with PSS */
    bool other_inner_algorithm; /* tbsCertificate names another algorithm */
    enum recipe_damage damage;
    int extension_count;
    struct recipe_extension extensions[RECIPE_EXTENSIONS_MAX];
};

/* The octets of a certificate; owned by who made them, freed by free(). */
struct blob {
    uint8_t *data;
    size_t len;
};

/* Sets *recipe to a sound self-signed CA, or end entity, of that subject and key. */
void recipe_init_ca(struct recipe *recipe, const char *subject, struct key key);
void recipe_init_leaf(struct recipe *recipe, const char *subject, struct key key);

/* Makes issuer the issuer of *recipe: its name and key. */
void recipe_issue(struct recipe *recipe, const struct recipe *issuer);

/* Sets the extension of that name, in place of one that is there; adds one beside; removes it. */
void recipe_set(struct recipe *recipe, const char *name, const char *value);
void recipe_add(struct recipe *recipe, const char *name, const char *value);
void recipe_drop(struct recipe *recipe, const char *name);

/* Sets the subjectAltName to one dNSName of any octets. */
void recipe_set_raw_dns(struct recipe *recipe, const void *name, size_t len);

/* Makes the certificate. */
struct blob recipe_make(const struct recipe *recipe);

/* Frees what recipe_make keeps. */
void recipe_fini(void);

/* Writes the recipe for a reader, on lines that begin with prefix. */
void recipe_print(const struct recipe *recipe, const char *prefix, FILE *out);

#endif
