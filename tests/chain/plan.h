/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - one case of the chain matrix: certificates, the order they are presented in, TLSA
 * records, reference names, the time.
 */
#ifndef DANED_TESTS_CHAIN_PLAN_H
#define DANED_TESTS_CHAIN_PLAN_H

#include <openssl/x509.h>

#include "tests/chain/recipe.h"

#define PLAN_RECIPES_MAX 16
#define PLAN_ORDER_MAX 24
#define PLAN_RECORDS_MAX 12
#define PLAN_NAMES_MAX 3
#define PLAN_TITLE_MAX 128

/* What is wrong with the data of a record. */
enum record_damage {
    RECORD_INTACT,
    RECORD_FLIPPED,  /* one bit of the last octet */
    RECORD_CUT,      /* the last octet is missing */
    RECORD_TRAILING, /* one octet too many */
    RECORD_GARBAGE,  /* all octets are 0x5a */
};

/* A TLSA record made from certificate number of. */
struct plan_record {
    uint8_t usage;
    uint8_t selector;
    uint8_t matching_type;
    int of;
    enum record_damage damage;
};

struct plan {
    char title[PLAN_TITLE_MAX];
    int recipe_count; /* 0 is the leaf; the last one is the top */
    struct recipe recipes[PLAN_RECIPES_MAX];
    int order_count;
    int order[PLAN_ORDER_MAX]; /* the certificates that are presented, by number */
    int record_count;
    struct plan_record records[PLAN_RECORDS_MAX];
    int name_count;
    char names[PLAN_NAMES_MAX][256]; /* the first is the TLSA base domain */
    int64_t at;

    struct blob certs[PLAN_RECIPES_MAX]; /* once made */
    X509 *parsed[PLAN_RECIPES_MAX];      /* by libcrypto, all octets; NULL if it cannot */
    struct blob rdata[PLAN_RECORDS_MAX]; /* the data of each record, without the three fields */
    bool is_made;
};

/*
 * Sets *plan to a sound chain: a leaf for mx.example.com, count - 2 intermediates and a self-signed
 * top ("CN=CA 1" and so on), with keys of that kind, presented whole, leaf first; no records. The
 * title is printf-like.
 */
void plan_init(struct plan *plan, int count, enum key_kind kind, const char *title, ...)
    __attribute__((format(printf, 4, 5)));

/* Gives the last certificate. */
struct recipe *plan_top(struct plan *plan);

/* Sets the reference names to one; adds another. */
void plan_set_name(struct plan *plan, const char *name);
void plan_add_name(struct plan *plan, const char *name);

/* Adds a record. */
void plan_add_record(struct plan *plan, struct plan_record record);

/* Sets the order in which certificates are presented: "0 2 1". */
void plan_set_order(struct plan *plan, const char *order);

/* Makes what is not yet made: the certificates, then the data of the records. */
void plan_make(struct plan *plan);

/* Removes the records and their data; the certificates are kept. */
void plan_clear_records(struct plan *plan);

/* Writes "title | 2 1 1 of 2, 3 0 1 of 0 flipped | shows 0 1 2" into out. */
void plan_describe(const struct plan *plan, char *out, size_t cap);

/* Writes everything there is to know about the case, on lines that begin with "# ". */
void plan_print(const struct plan *plan, FILE *out);

/* Frees what was made. */
void plan_fini(struct plan *plan);

#endif
