/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_decide.h - whether a new certificate may be deployed: the decision alone, from facts.
 *
 * A pure function. READY is said only where everything is known and good; what time or a server
 * that comes back can mend is WAIT; what takes a hand is NO.
 *
 * How long the records have been published cannot be seen in DNS. The inception of a signature
 * says nothing: signers set it back, some by a week, and a secondary may have got it a moment ago.
 * Therefore since_s is the time at which somebody has seen the records at every server.
 */
#ifndef DANED_DANECTL_ROLLOVER_DECIDE_H
#define DANED_DANECTL_ROLLOVER_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds more than the TTL: for answers that were under way when the last server changed, and for
 * clients that have looked the records up and connect only now. */
#define ROLLOVER_MARGIN_S 60

/* From good to bad. */
enum rollover_verdict { ROLLOVER_READY, ROLLOVER_WAIT, ROLLOVER_NO };

/* What one server has at the TLSA name: X(name, token of the JSON, text that completes "it ...").
 */
#define ROLLOVER_SERVER_STATES(X)                                                      \
    X(PUBLISHES, "publishes", "publishes the record")                                  \
    X(LEADS_ON, "alias", "has an alias there, which is looked at below")               \
    X(LACKS, "lacks", "does not publish the record")                                   \
    X(UNSIGNED, "unsigned", "has no signature over what stands there")                 \
    X(EXPIRED, "expired", "has no signature that is valid now over what stands there") \
    X(REFUSES, "refuses", "refuses to answer")                                         \
    X(NOT_AUTHORITATIVE, "not-authoritative", "is not authoritative for the zone")     \
    X(NO_ADDRESS, "no-address", "has no address")                                      \
    X(FAILS, "fails", "gives no answer that can be used")                              \
    X(UNREACHED, "unreached", "cannot be reached")                                     \
    X(UNROUTABLE, "unroutable", "cannot be reached: there is no way to such addresses from here")

enum rollover_server_state {
#define X(name, token, text) ROLLOVER_##name,
    ROLLOVER_SERVER_STATES(X)
#undef X
};

/* One address of a name server. */
struct rollover_server_fact {
    enum rollover_server_state state;
    size_t group; /* the same number: the same server, at another address */
};

/* What an address of the host serves now. */
enum rollover_served {
    ROLLOVER_SERVED_MATCHES,
    ROLLOVER_SERVED_PARTLY,  /* what was seen matches; another certificate may not have been seen */
    ROLLOVER_SERVED_DIFFERS, /* a set of records does not accept it */
    ROLLOVER_SERVED_NOTHING, /* no STARTTLS, or no handshake */
    ROLLOVER_SERVED_UNSEEN,  /* it could not be asked */
    ROLLOVER_SERVED_UNJUDGED, /* there are no records to hold it against */
};

/* What the validating resolver says about the host. */
enum rollover_lookup {
    ROLLOVER_LOOKUP_SECURE,         /* there are records */
    ROLLOVER_LOOKUP_DENIED,         /* there are none, and that is secure */
    ROLLOVER_LOOKUP_FAILED,         /* it cannot say */
    ROLLOVER_LOOKUP_INSECURE,       /* DANE does not protect the host */
    ROLLOVER_LOOKUP_NOT_VALIDATING, /* its word counts for nothing */
};

/* Whether all servers that answer for the records are known. */
enum rollover_survey {
    ROLLOVER_SURVEY_WHOLE,
    ROLLOVER_SURVEY_FAILED,  /* a lookup failed */
    ROLLOVER_SURVEY_ENDLESS, /* there are too many, or aliases lead in a circle */
};

struct rollover_facts {
    int64_t now_s;
    enum rollover_lookup lookup;
    bool resolver_accepts;   /* its set of records accepts the new certificate */
    uint32_t resolver_ttl_s; /* of what it says */
    enum rollover_survey survey;
    const struct rollover_server_fact *servers;
    size_t server_count;
    bool sets_differ; /* between the servers */
    const enum rollover_served *addresses;
    size_t address_count;
    bool new_is_out_of_date; /* the new certificate has expired, or is not valid yet */
    int64_t since_s;         /* since when every server publishes, if they do now */
    uint32_t ttl_s;          /* the greatest that the records have, or had */
};

/*
 * What there is to say: X(name, what index is of, token of the JSON, text). The text of one about a
 * server is that of its state.
 */
#define ROLLOVER_ISSUES(X)                                                                         \
    X(INSECURE, NOTHING, "insecure", "DANE does not protect it")                                   \
    X(NOT_VALIDATING, NOTHING, "not-validating", "the resolver does not validate DNSSEC")          \
    X(LOOKUP_FAILED, NOTHING, "lookup-failed", "the resolver cannot say what it has")              \
    X(SURVEY_FAILED, NOTHING, "servers-unknown", "not all its name servers are known")             \
    X(NOWHERE, NOTHING, "nowhere", "no name server publishes a record for the new certificate")    \
    X(SERVER, SERVER, "server", "")                                                                \
    X(SETS_DIFFER, NOTHING, "sets-differ", "the name servers have different sets of records")      \
    X(RESOLVER_LACKS, NOTHING, "resolver-lacks", "the resolver still has the records from before") \
    X(TOO_SOON, NOTHING, "too-soon", "caches may still have the records from before")              \
    X(SERVED_DIFFERS, ADDRESS, "served-differs",                                                   \
        "what it serves now does not match, mail to it waits already")                             \
    X(SERVED_NOTHING, ADDRESS, "no-tls",                                                           \
        "it does not serve TLS, with TLSA records mail to it waits")                               \
    X(SERVED_PARTLY, ADDRESS, "partly", "not all that it serves now could be seen")                \
    X(SERVED_UNSEEN, ADDRESS, "unseen", "what it serves now could not be seen")                    \
    X(NONE_SEEN, NOTHING, "none-seen", "what the host serves now could not be seen")               \
    X(OUT_OF_DATE, NOTHING, "out-of-date", "the new certificate has expired, or is not valid yet")

enum rollover_issue {
#define X(name, about, token, text) ROLLOVER_ISSUE_##name,
    ROLLOVER_ISSUES(X)
#undef X
};

enum rollover_about { ROLLOVER_ABOUT_NOTHING, ROLLOVER_ABOUT_SERVER, ROLLOVER_ABOUT_ADDRESS };

struct rollover_finding {
    enum rollover_verdict verdict; /* that it leads to; READY: it is a remark */
    enum rollover_issue issue;
    size_t index; /* of the server or the address in the facts, if it is about one */
};

struct rollover_decision {
    enum rollover_verdict verdict;
    int64_t until_s; /* of a WAIT for nothing but time: until then; else 0 */
    struct rollover_finding *findings;
    size_t finding_count;
};

/* Whether every server publishes a record that accepts the new certificate. */
enum rollover_published {
    ROLLOVER_PUBLISHED_YES,
    ROLLOVER_PUBLISHED_NO,      /* one at least was seen not to */
    ROLLOVER_PUBLISHED_UNKNOWN, /* none was seen not to, but not all could be asked */
};

/* Looks at the servers alone; since_s and ttl_s need not be set. */
enum rollover_published rollover_published(const struct rollover_facts *facts);

/* Decides; *decision_out is to be released. */
void rollover_decide(const struct rollover_facts *facts, struct rollover_decision *decision_out);
void rollover_decision_fini(struct rollover_decision *decision);

/* The words of the lists above; static storage. */
const char *rollover_verdict_text(enum rollover_verdict verdict);
const char *rollover_server_token(enum rollover_server_state state);
const char *rollover_server_text(enum rollover_server_state state);
const char *rollover_issue_token(enum rollover_issue issue);
const char *rollover_issue_text(enum rollover_issue issue);
enum rollover_about rollover_issue_about(enum rollover_issue issue);

#endif
