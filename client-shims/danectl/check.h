/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.h - what the parts of "danectl check" share: hosts, addresses, findings.
 *
 * check.c reads the command line and puts the parts together. check_explain.c makes the hosts out
 * of what daned explains, check_address.c finds their addresses, check_probe.c talks to each of
 * them, check_judge.c says what is wrong, check_print.c prints it. All of it is owned by struct
 * check.
 */
#ifndef DANED_DANECTL_CHECK_H
#define DANED_DANECTL_CHECK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <jansson.h>

#include "daemon/core/chain.h"
#include "daemon/core/dname.h"
#include "daemon/core/tlsa.h"

#define CHECK_HOSTS_MAX 64             /* as many as daned looks at */
#define CHECK_RECORDS_MAX 100          /* of a host; daned explains no more */
#define CHECK_ADDRESSES_MAX 256        /* of all hosts together */
#define CHECK_REPLY_MAX 16384          /* octets of one SMTP reply */
#define CHECK_CERT_MAX ((size_t)65536) /* octets of one certificate */
#define CHECK_TEXT_MAX 400             /* octets of a sentence, with its NUL */
#define CHECK_RESOLVE_MAX 64           /* options --resolve */

/* How bad it is, from good to bad. */
enum check_level { CHECK_OK, CHECK_WARNING, CHECK_UNKNOWN, CHECK_CRITICAL };

/* The states of a host, as rules the lookup has (RFC 7672 2.2). */
enum check_state {
    CHECK_STATE_DANE,
    CHECK_STATE_ENCRYPT,
    CHECK_STATE_NONE,
    CHECK_STATE_TEMPFAIL,
    CHECK_STATE_NO_ADDRESS,
};

/* One MX host, from what daned explains. Texts are borrowed from that tree. */
struct check_host {
    const char *name;
    const char *sni; /* the TLSA base domain; NULL: there are no secure records */
    const char *why;
    const char *state_text;
    enum check_state state;
    uint16_t port;
    struct tlsa_record records[CHECK_RECORDS_MAX];
    bool counts[CHECK_RECORDS_MAX];
    const char *usability[CHECK_RECORDS_MAX];
    size_t record_count;
    bool records_omitted;
    struct dname names[CHAIN_NAMES_MAX];
    size_t name_count;
    uint8_t *data;              /* the octets of the records */
    const char *lookup_failure; /* of its addresses; NULL: none */
    bool ready;                 /* a record for its next certificate is there */
};

/* How far an address let us come. */
enum check_reached {
    CHECK_UNTRIED,     /* it cannot be seen from here: no way to it, or no such handshake */
    CHECK_UNREACHED,   /* it does not take the connection, or not in time */
    CHECK_NO_SMTP,     /* it does not speak SMTP with us, or not in time */
    CHECK_NO_STARTTLS, /* it does not offer, or does not grant it */
    CHECK_NO_TLS,      /* the handshake failed */
    CHECK_TLS,         /* there is a chain */
};

/*
 * The handshakes with one address, each on a connection of its own. The first offers everything, as
 * an MTA does, and says how far the address lets us come. Each of the others offers one version and
 * one kind of key, for which a server may have a certificate of its own; of these, one that would
 * show what has been seen is not made.
 */
#define CHECK_TRIES 5

/* One handshake that was made. */
struct check_try {
    bool made;
    enum check_reached reached;
    bool declined;            /* it has no certificate for what was offered: it broke off */
    char why[CHECK_TEXT_MAX]; /* it came no further */
    char protocol[16];        /* "TLSv1.3" */
    char cipher[64];
    size_t chain; /* after CHECK_TLS: which one of the address */
};

/* One chain that an address presents, in one handshake or in several. */
struct check_chain {
    uint8_t *data; /* the certificates */
    struct chain_cert certs[CHAIN_CERTS_MAX];
    size_t cert_count;
    const char *key; /* of the leaf, "RSA"; static storage */
    /* What check_judge.c says. */
    bool judged;
    bool matched;
    size_t matched_record;
    char (*verdict)[CHECK_TEXT_MAX]; /* of each record of the host; empty: it matches */
    bool has_expiry;
    int64_t expires_s;
};

/* One address of a host, and what became of it. */
struct check_address {
    struct check_host *host;
    struct sockaddr_storage sockaddr;
    socklen_t sockaddr_len;
    char text[INET6_ADDRSTRLEN];
    struct check_try tries[CHECK_TRIES];
    struct check_chain chains[CHECK_TRIES];
    size_t chain_count;
};

/* One thing that is not as it should be. */
struct check_finding {
    enum check_level level;
    const struct check_host *host;       /* or NULL */
    const struct check_address *address; /* or NULL */
    char text[CHECK_TEXT_MAX];
};

struct check {
    const char *destination;
    int64_t now_s;        /* the time of day that dates are held against */
    uint64_t deadline_ms; /* of the monotonic clock */
    uint64_t judge_deadline_ms;
    bool unjudged; /* that deadline has passed before all was judged */
    int warn_days;
    uint16_t connect_port;                  /* 0: the port of the destination */
    const char *resolve[CHECK_RESOLVE_MAX]; /* "HOST=ADDRESS" */
    size_t resolve_count;
    bool json;
    json_t *explained;
    struct check_host *hosts;
    size_t host_count;
    struct check_address *addresses;
    size_t address_count;
    struct check_finding *findings;
    size_t finding_count;
    enum check_level level;
};

/* Milliseconds of the monotonic clock. */
uint64_t check_now_ms(void);

/* Adds a finding, about host and address if they are not NULL, and raises the level. */
void check_find(struct check *check, enum check_level level, const struct check_host *host,
    const struct check_address *address, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * Asks daned to explain the destination, and makes the hosts out of it. Returns NULL, or a sentence
 * that says why there are none; static storage, or it lives as long as *check.
 */
const char *check_explain(struct check *check);

/* Takes "HOST=ADDRESS", borrowed: an address of a host. Returns false if it is none, or one too
 * many. */
bool check_add_resolve(struct check *check, const char *text);

/*
 * Finds the addresses of the hosts in the states dane, encrypt and none, side by side, before the
 * deadline; what fails is noted in the host.
 */
void check_find_addresses(struct check *check);

/*
 * Talks to all addresses, side by side, before the deadline; with one address, one handshake after
 * the other.
 */
void check_probe_all(struct check *check);

/* What the handshake number i offers: "TLSv1.2 RSA"; static storage. */
const char *check_offer_text(size_t i);

/* Whether a handshake that was to be made says nothing: it did not come so far. */
bool check_try_is_missing(const struct check_try *try);

/*
 * Writes how a chain is presented, "TLSv1.3 RSA, TLSv1.2 RSA", into out, cut at cap octets with the
 * NUL.
 */
void check_chain_label(const struct check_address *address, size_t chain, char *out, size_t cap);

/* Judges what was seen, and adds the findings. */
void check_judge(struct check *check);

/* Writes the most telling reason why no record matched: out has room for cap octets. Returns it;
 * CHAIN_WHY_UNUSABLE if there is no record to match. */
enum chain_why check_why_refused(const struct chain_question *question,
    const struct chain_report *report, char *out, size_t cap);

/* Prints all of it: a summary of one line, then the table; or JSON. */
void check_print(const struct check *check);

/* Gives a word for how far an address let us come ("no-starttls"); static storage. */
const char *check_reached_text(enum check_reached reached);

/* Frees all that *check owns; not *check itself. */
void check_release(struct check *check);

/* Gives "OK", "WARNING", "UNKNOWN" or "CRITICAL"; static storage. */
const char *check_level_text(enum check_level level);

#endif
