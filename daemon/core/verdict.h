/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict.h - what daned answers for a destination: the level, the reason, the hosts.
 *
 * The words that users see (levels, reason tokens, host states) are listed here once.
 */
#ifndef DANED_CORE_VERDICT_H
#define DANED_CORE_VERDICT_H

#include "daemon/core/dns.h"
#include "daemon/core/fact.h"

/*
 * In the order of strength, weakest first: a later one never lets a message out on a connection
 * that an earlier one would have refused. "dane" stands above "encrypt" because the MTA then
 * judges each host itself and mandates TLS where the host's TLSA records are unusable.
 */
#define LEVELS(X)                     \
    X(MAY, "may")                     \
    X(ENCRYPT, "encrypt")             \
    X(DANE, "dane")                   \
    X(DANE_REQUIRED, "dane-required") \
    X(DEFER, "defer")

enum level {
#define X(name, text) LEVEL_##name,
    LEVELS(X)
#undef X
};

/* Why a level was chosen: X(name, token, RFC or manual section, sentence). */
#define REASONS(X)                                                                                 \
    X(ALL_HOSTS_DANE, "all-hosts-dane", "RFC 7672 2.2",                                            \
        "every MX host has usable TLSA records, and the MX lookup is secure")                      \
    X(INSECURE_MX, "insecure-mx", "RFC 7672 2.2.1",                                                \
        "every MX host has usable TLSA records, but the MX lookup is not secure")                  \
    X(PROMOTE_OFF, "promote-off", "daned.conf(5) promote",                                         \
        "every MX host has usable TLSA records; promotion to dane-required is switched off")       \
    X(MIXED_HOSTS, "mixed-hosts", "RFC 7672 2.2", "the MX hosts differ: each is judged by itself") \
    X(NO_SUCH_DOMAIN, "no-such-domain", "RFC 7672 2.2.1", "the domain does not exist")             \
    X(NULL_MX, "null-mx", "RFC 7505 3", "the domain accepts no mail (null MX)")                    \
    X(NO_ADDRESS, "no-address", "RFC 7672 2.2.2", "no MX host has an address")                     \
    X(TLSA_UNUSABLE, "tlsa-unusable", "RFC 7672 2.2",                                              \
        "the MX hosts have TLSA records, but none is usable: TLS is mandatory, unauthenticated")   \
    X(NO_TLSA, "no-tlsa", "RFC 7672 2.2", "no MX host has secure TLSA records")                    \
    X(ADDRESS_LITERAL, "address-literal", "RFC 7672 2.2", "DANE cannot apply to an address")       \
    X(INSECURE_MX_MAY, "insecure-mx-may", "daned.conf(5) insecure-mx",                             \
        "the MX lookup is not secure, and the configuration asks for no more then")                \
    X(MX_LOOKUP_FAILED, "mx-lookup-failed", "RFC 7672 2.1.1", "the MX lookup failed")              \
    X(HOSTS_FAILED, "hosts-failed", "RFC 7672 2.1.1", "the lookups of every MX host failed")       \
    X(NOT_VALIDATING, "not-validating", "RFC 7672 2.1.1", "no resolver validates DNSSEC")          \
    X(RESOLVER_UNREACHABLE, "resolver-unreachable", "RFC 7672 2.1.1", "no resolver answers")       \
    X(OVERLOADED, "overloaded", "daned(8)", "too many lookups at once")                            \
    X(NO_ANSWER_IN_TIME, "no-answer-in-time", "daned(8)", "the lookup takes too long; it goes on") \
    X(BAD_REQUEST, "bad-request", "daned(8)", "the request is malformed")                          \
    X(NOT_AN_MX_HOST, "not-an-mx-host", "RFC 7672 2.2.1",                                          \
        "the host is none of the destination's MX hosts")                                          \
    X(OVERRIDE, "override", "destinations(5)", "the operator's override decides")                  \
    X(STOPPING, "stopping", "daned(8)", "daned is stopping")

enum reason {
#define X(name, token, section, text) REASON_##name,
    REASONS(X)
#undef X
};

/*
 * The state of one MX host (RFC 7672 2.2): X(name, text). A host that was not looked up, as nothing
 * depended on it, is undecided.
 */
#define HOST_STATES(X)        \
    X(UNDECIDED, "undecided") \
    X(DANE, "dane")           \
    X(ENCRYPT, "encrypt")     \
    X(NONE, "none")           \
    X(TEMPFAIL, "tempfail")   \
    X(NO_ADDRESS, "no-address")

enum host_state {
#define X(name, text) HOST_##name,
    HOST_STATES(X)
#undef X
};

/* Why a host is in its state: X(name, section, sentence). */
#define HOST_REASONS(X)                                                                         \
    X(USABLE_TLSA, "RFC 7672 2.2", "it has secure, usable TLSA records")                        \
    X(UNUSABLE_TLSA, "RFC 7672 2.2", "it has secure TLSA records, none of them usable")         \
    X(ADDRESS_INSECURE, "RFC 7672 2.2.2", "its address records are not secure")                 \
    X(ALIAS_INSECURE, "RFC 7672 2.2.2", "its address records and its own CNAME are not secure") \
    X(TLSA_NONE, "RFC 7672 2.2.3", "it has no TLSA records")                                    \
    X(ALIAS_TLSA_NONE, "RFC 7672 2.2.2",                                                        \
        "its address records are not secure, and it has no TLSA records with its own name")     \
    X(TLSA_INSECURE, "RFC 7672 2.2.3", "its TLSA records are not secure")                       \
    X(LITERAL, "RFC 7672 2.2", "the MX record names an address, to which DANE cannot apply")    \
    X(ADDRESS_FAILED, "RFC 7672 2.1.1", "its address lookup failed")                            \
    X(CNAME_FAILED, "RFC 7672 2.1.1", "the lookup of its CNAME failed")                         \
    X(TLSA_FAILED, "RFC 7672 2.1.1", "its TLSA lookup failed")                                  \
    X(NOWHERE, "RFC 7672 2.2.2", "it has no address")                                           \
    X(BEYOND_LIMIT, "daned(8)", "there are too many MX hosts; it was not looked up")

enum host_reason {
#define X(name, section, text) HOST_REASON_##name,
    HOST_REASONS(X)
#undef X
};

struct evidence;

/* What one lookup that failed was for. */
struct failure {
    enum dns_cause cause; /* CAUSE_NONE: nothing failed */
    struct question_name {
        struct dname name;
        uint16_t type;
    } question;
};

struct host_verdict {
    struct dname name;
    uint16_t preference;
    enum host_state state;
    enum host_reason why;
    enum dns_status address;     /* of its addresses; DNS_ERROR if they could not be looked up */
    uint64_t address_expires_ms; /* of the address facts that decided; UINT64_MAX: none did */
    bool has_address;
    struct dname canonical;  /* its CNAME expansion; "no name" if it is no alias */
    struct dname tlsa_base;  /* RFC 7672 2.2.3; "no name" if there is none */
    const struct fact *tlsa; /* the secure TLSA RRset; borrowed from the evidence, or NULL */
    /* Without one: a TLSA RRset that proves nothing, as it is not secure, and where it was found.
     */
    const struct fact *insecure_tlsa;
    struct dname insecure_base;
    struct failure failure;
};

/* The MX hosts that are kept, and one entry that stands for all beyond them. */
#define VERDICT_HOSTS_MAX (FACT_MX_MAX + 1)

enum mx_state {
    MX_NOT_ASKED, /* "[host]": no MX lookup */
    MX_RECORDS,
    MX_IMPLICIT, /* RFC 5321 5.1: no MX records, the domain is its own host */
    MX_NULL,
    MX_NO_DOMAIN,
    MX_FAILED,
};

struct verdict {
    enum level level;
    enum reason reason;
    struct failure failure; /* of a level DEFER: the lookup that is to blame */
    uint64_t expires_ms;    /* the least over every fact that decided; UINT64_MAX: none did */
    enum mx_state mx;
    enum dns_status mx_status;
    uint64_t mx_expires_ms;    /* of the MX fact alone */
    struct dname mx_canonical; /* CNAME expansion of the domain; "no name" if it is no alias */
    const struct evidence *evidence; /* of which it was made, and from which it borrows */
    size_t host_count;
    struct host_verdict hosts[VERDICT_HOSTS_MAX];
};

/* Whether TLSA records were found for a host, secure or not; gives the name that they have. */
bool host_tlsa_owner(const struct host_verdict *host, uint16_t port, struct dname *owner_out);

/* Texts; all of static storage. */
const char *level_text(enum level level);
const char *reason_token(enum reason reason);
const char *reason_section(enum reason reason);
const char *reason_text(enum reason reason);
const char *host_state_text(enum host_state state);
const char *host_reason_text(enum host_reason why);
const char *host_reason_section(enum host_reason why);

/* Whether a is at least as strong as b (the order of enum level). */
bool level_at_least(enum level a, enum level b);

/*
 * The names one of which the certificate must bear for DANE-TA(2) (RFC 7672 3.2.2), the TLSA base
 * domain first. original is the name of the destination. Returns how many (at most 3) were
 * written; 0 if the host has no TLSA base domain.
 */
size_t verdict_reference_names(const struct verdict *verdict, const struct host_verdict *host,
    const struct dname *original, struct dname names_out[3]);

#endif
