/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover.h - what the parts of "danectl rollover" share: the names, their servers, what they say.
 *
 * rollover.c reads the command line and puts the parts together. rollover_lookup.c asks the
 * validating resolver, rollover_zone.c finds the servers of each name, rollover_servers.c asks
 * them, rollover_match.c holds both certificates against what they say, rollover_decide.c decides,
 * rollover_print.c prints. All of it is owned by struct rollover. What the host serves is seen with
 * the means of "danectl check".
 */
#ifndef DANED_DANECTL_ROLLOVER_H
#define DANED_DANECTL_ROLLOVER_H

#include "client-shims/danectl/chain_file.h"
#include "client-shims/danectl/check.h"
#include "client-shims/danectl/dns_exchange.h"
#include "client-shims/danectl/rollover_decide.h"
#include "daemon/core/chase.h"
#include "daemon/core/policy.h"

#define ROLLOVER_LINKS_MAX (FACT_LINKS_MAX + 1) /* names: of the records, and aliases of it */
#define ROLLOVER_NAMES_MAX 32                   /* name servers of one zone */
#define ROLLOVER_SERVERS_MAX 128                /* addresses of the name servers of one zone */
#define ROLLOVER_SET_MAX 256                    /* records of one set; a greater one is refused */
#define ROLLOVER_RECORDS_MAX 256                /* different records that are listed */
#define ROLLOVER_STEP_MS 10000                  /* that the name servers of one step may take */
#define ROLLOVER_JUDGE_MS 10000                 /* after the deadline, for matching certificates */

/* A set of TLSA records. */
struct rollover_set {
    struct tlsa_record records[ROLLOVER_SET_MAX]; /* their data is borrowed */
    size_t count;
    bool is_too_large; /* one that was left out could make others not count: it accepts nothing */
};

/* One address of a name server, and what it says. */
struct rollover_server {
    struct dname name;
    struct endpoint endpoint; /* len 0: none was found */
    enum rollover_server_state state;
    char why[CHECK_TEXT_MAX];  /* more about the state; empty: nothing */
    struct dns_message *reply; /* to the question for the records; NULL: none that counts */
    struct dname alias;        /* it has a CNAME there; length 0: none */
    struct rollover_set *set;  /* NULL: it has no TLSA records */
    bool has_serial;           /* of the zone's SOA */
    uint32_t serial;
    uint32_t ttl_s;
    bool has_signature; /* that ends last, of those over what stands there */
    int64_t signed_from_s;
    int64_t signed_until_s;
};

/* One name at which the records, or an alias of it, stand; and the servers of its zone. */
struct rollover_link {
    struct dname owner;
    struct dname zone; /* length 0: it was not found */
    struct rollover_server *servers;
    size_t server_count;
};

/* What an address of the host serves now. */
struct rollover_address {
    enum rollover_served served;
    char why[CHECK_TEXT_MAX]; /* more about that; empty: nothing */
};

/* One record of any of the sets. */
struct rollover_record {
    struct tlsa_record record;
    bool is_new;     /* it matches the new certificate */
    bool is_current; /* it matches what some address serves now */
};

struct rollover {
    /* What is asked for. */
    struct destination host;
    struct chain_file chain; /* the new certificate */
    struct endpoint resolver;
    uint16_t ns_port;
    const char *state_path; /* NULL: none */
    int64_t given_since_s;  /* -1: none is given */
    uint32_t given_ttl_s;
    int64_t now_s; /* the time of day: of the beginning; once all is seen, of that */
    uint64_t deadline_ms;
    bool json;
    /* What the resolver says. */
    struct evidence evidence;
    struct verdict *verdict;
    enum rollover_lookup lookup;
    char lookup_why[CHECK_TEXT_MAX + DNAME_TEXT_MAX];
    struct dname base; /* the TLSA base domain */
    struct dname names[CHAIN_NAMES_MAX];
    size_t name_count;
    const struct fact *tlsa; /* what it has at the TLSA name, borrowed; NULL: it cannot say */
    struct rollover_set *resolver_set; /* NULL: it has none */
    /* What the name servers say. */
    struct rollover_link links[ROLLOVER_LINKS_MAX];
    size_t link_count;
    enum rollover_survey survey;
    char survey_why[CHECK_TEXT_MAX + DNAME_TEXT_MAX];
    /* What is served now: one host, all its addresses. */
    struct check served;
    char host_text[DNAME_TEXT_MAX];
    char sni[DNAME_TEXT_MAX];
    struct rollover_address *addresses; /* of the same index as those of served */
    bool new_is_served;                 /* at every address that was seen */
    /* What all of it comes to. */
    struct rollover_record records[ROLLOVER_RECORDS_MAX];
    size_t record_count;
    char certificate[2 * TLSA_SHA2_256_LEN + 1]; /* the SHA-256 of the new one */
    struct rollover_server_fact *server_facts;
    const struct rollover_server **fact_servers; /* of the same index */
    enum rollover_served *address_facts;
    struct rollover_facts facts;
    struct rollover_decision decision;
};

/* ---- rollover_lookup.c ---- */

/* One question to the resolver, followed along its CNAMEs, and the answer. */
struct rollover_answer {
    struct chase chase;
    struct fact *fact;         /* what it came to */
    struct dns_message *reply; /* the last one; NULL: none */
};

/* Asks the resolver all of the questions, side by side; each answer was set up by
 * rollover_answer_init, and has its fact afterwards. */
void rollover_answer_init(struct rollover_answer *answer, const struct dname *name, uint16_t type);
void rollover_ask_resolver(
    struct rollover *rollover, struct rollover_answer *answers, size_t count);
void rollover_answer_fini(struct rollover_answer *answer);

/* Finds the host's TLSA base domain as daned does, and what the resolver says of the records:
 * lookup, base, names, tlsa, resolver_set. */
void rollover_look_up(struct rollover *rollover);

/* ---- rollover_zone.c ---- */

/*
 * Finds the zone of the link's owner, and all servers of it: those that the zone itself names, and
 * those that its parent delegates to, each with every address. What cannot be found is noted in
 * survey and survey_why.
 */
void rollover_find_servers(struct rollover *rollover, struct rollover_link *link);

/* ---- rollover_servers.c ---- */

/* Surveys the TLSA name, and every name that an alias there leads to. */
void rollover_survey_servers(struct rollover *rollover);

/* When the name servers of a step that begins now must have answered. */
uint64_t rollover_step_deadline(const struct rollover *rollover);

/* Gives an empty set, to be freed by the caller. */
struct rollover_set *rollover_set_new(void);

/* Adds TLSA rdata, borrowed, of one message. What is too short to be a record is left out. */
void rollover_set_add(struct rollover_set *set, const uint8_t *rdata, size_t len);

/* ---- rollover_match.c ---- */

/* Sees what the host serves, holds it and the new chain against all sets, and gathers the facts,
 * but for the time. */
void rollover_see_served(struct rollover *rollover);
void rollover_gather(struct rollover *rollover);

/* ---- rollover_print.c ---- */

/* Prints all of it: the verdict in the first line, then the details; or JSON. */
void rollover_print(const struct rollover *rollover);

/* "2025-11-25T20:51:00Z", into out, which has room for ROLLOVER_TIME_MAX octets. Returns out. */
#define ROLLOVER_TIME_MAX 32
const char *rollover_time_text(int64_t at_s, char *out);

#endif
