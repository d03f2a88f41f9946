/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_hints.c - what can be done about an answer.
 *
 * "Its owner" is whoever runs the domain or the host: most of what is wrong is wrong over there.
 */
#include "daemon/io/explain_hints.h"

#include <stdio.h>

/* What to do about a lookup that failed. */
static void failure_hint(const struct failure *failure, char out[EXPLAIN_HINT_MAX])
{
    char name[DNAME_TEXT_MAX];
    const char *type = dns_type_text(failure->question.type);

    out[0] = '\0';
    switch (failure->cause) {
    case CAUSE_BOGUS:
    case CAUSE_SERVFAIL:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Compare \"dig %s %s\" with \"dig +cd %s %s\". Answered only with +cd: the DNSSEC of "
            "the domain is broken, and its owner must repair it. Answered by neither: its name "
            "servers do not work.",
            type, dname_to_text(&failure->question.name, name), type, name);
        break;
    case CAUSE_TIMEOUT:
        snprintf(out, EXPLAIN_HINT_MAX,
            "See if \"dig %s %s\" is answered: the name servers of the domain, or the way to them, "
            "are too slow or do not work.",
            type, dname_to_text(&failure->question.name, name));
        break;
    case CAUSE_UNREACHABLE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Start the resolver, or correct \"address\" of section resolver in daned.conf.");
        break;
    case CAUSE_NOT_VALIDATING:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Make the resolver validate DNSSEC; \"danectl status\" says what each one answered.");
        break;
    case CAUSE_UNPROVEN:
        snprintf(out, EXPLAIN_HINT_MAX,
            "See if the resolver, and the way to it, are overloaded or change all the time: it "
            "must answer the self-test over the connection that its answer has come over.");
        break;
    case CAUSE_REFUSED:
        snprintf(out, EXPLAIN_HINT_MAX, "Allow this machine to ask the resolver.");
        break;
    case CAUSE_RCODE:
    case CAUSE_TRUNCATED:
    case CAUSE_MALFORMED:
    case CAUSE_CONTRADICTORY:
    case CAUSE_UNRELATED:
    case CAUSE_NO_SOA:
    case CAUSE_CNAME_CHAIN:
        snprintf(out, EXPLAIN_HINT_MAX,
            "See what \"dig %s %s\" answers: its owner must repair the zone or its name servers.",
            type, dname_to_text(&failure->question.name, name));
        break;
    case CAUSE_OVERLOADED:
    case CAUSE_SHUTDOWN:
        snprintf(out, EXPLAIN_HINT_MAX, "Ask again in a moment.");
        break;
    case CAUSE_NONE:
        break;
    }
}

static const char *level_sentence(enum reason reason)
{
    switch (reason) {
    case REASON_INSECURE_MX:
        return "Its owner: sign the domain with DNSSEC, so that its MX records are protected too.";
    case REASON_PROMOTE_OFF:
        return "With \"promote = yes\" in daned.conf it would be dane-required.";
    case REASON_NO_SUCH_DOMAIN:
        return "Check the spelling. If the domain is new, \"danectl flush\" makes daned look "
               "again.";
    case REASON_NULL_MX:
        return "Nothing is wrong: the domain says that it takes no mail.";
    case REASON_NO_ADDRESS:
        return "Its owner: give the MX hosts address records (A, AAAA).";
    case REASON_ADDRESS_LITERAL:
        return "Name a host, as in [mx.example.com], if DANE is wanted.";
    case REASON_INSECURE_MX_MAY:
        return "With \"insecure-mx = dane\" in daned.conf the MX hosts would be looked up.";
    case REASON_MIXED_HOSTS:
    case REASON_TLSA_UNUSABLE:
    case REASON_NO_TLSA:
    case REASON_HOSTS_FAILED:
    case REASON_ALL_HOSTS_DANE:
    case REASON_MX_LOOKUP_FAILED:
    case REASON_NOT_VALIDATING:
    case REASON_RESOLVER_UNREACHABLE:
    case REASON_OVERLOADED:
    case REASON_NO_ANSWER_IN_TIME:
    case REASON_BAD_REQUEST:
    case REASON_NOT_AN_MX_HOST:
    case REASON_OVERRIDE:
    case REASON_STOPPING:
        break;
    }
    return "";
}

void explain_level_hint(const struct verdict *verdict, char out[EXPLAIN_HINT_MAX])
{
    if (verdict->failure.cause != CAUSE_NONE && verdict->reason != REASON_HOSTS_FAILED)
        failure_hint(&verdict->failure, out);
    else if (verdict->reason == REASON_INSECURE_MX && verdict->mx_canonical.len > 0)
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: sign with DNSSEC all zones that the domain is an alias in, and that at the "
            "end, so that its MX records are protected too.");
    else
        snprintf(out, EXPLAIN_HINT_MAX, "%s", level_sentence(verdict->reason));
}

void explain_host_hint(const struct host_verdict *host, uint16_t port, char out[EXPLAIN_HINT_MAX])
{
    char name[DNAME_TEXT_MAX];
    const struct dname *base = host->canonical.len > 0 ? &host->canonical : &host->name;

    out[0] = '\0';
    if (host->state == HOST_UNDECIDED)
        return;
    switch (host->why) {
    case HOST_REASON_USABLE_TLSA:
        return;
    case HOST_REASON_UNUSABLE_TLSA:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: publish a TLSA record that SMTP can use, best \"3 1 1\" of the host's key "
            "(\"danectl tlsa\" prints it).");
        return;
    case HOST_REASON_ADDRESS_INSECURE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: sign the zone of the host with DNSSEC; TLSA records mean nothing before.");
        return;
    case HOST_REASON_ALIAS_INSECURE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: sign the zones of the host and of what it is an alias of with DNSSEC.");
        return;
    case HOST_REASON_TLSA_NONE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: publish TLSA records at _%u._tcp.%s (\"danectl tlsa\" prints them).", port,
            dname_to_text(base, name));
        return;
    case HOST_REASON_ALIAS_TLSA_NONE:
        /* RFC 7672 2.2.2: what an insecure chain leads to is not looked at. */
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: sign with DNSSEC all zones that the host is an alias in, so that TLSA "
            "records at the end count; or publish some at _%u._tcp.%s (\"danectl tlsa\" prints "
            "them).",
            port, dname_to_text(&host->name, name));
        return;
    case HOST_REASON_TLSA_INSECURE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: the records at _%u._tcp.%s lead out of the signed zone; they must be "
            "signed.",
            port, dname_to_text(base, name));
        return;
    case HOST_REASON_LITERAL:
        snprintf(out, EXPLAIN_HINT_MAX, "Its owner: name a host in the MX record.");
        return;
    case HOST_REASON_ADDRESS_FAILED:
    case HOST_REASON_CNAME_FAILED:
    case HOST_REASON_TLSA_FAILED:
        failure_hint(&host->failure, out);
        return;
    case HOST_REASON_NOWHERE:
        snprintf(out, EXPLAIN_HINT_MAX,
            "Its owner: give the host address records, or take it out of the MX records.");
        return;
    case HOST_REASON_BEYOND_LIMIT:
        snprintf(out, EXPLAIN_HINT_MAX, "Its owner: have no more than %d MX hosts.", FACT_MX_MAX);
        return;
    }
}

/* There is no host of which daned knows an address. */
static bool is_nowhere(const struct answer *answer)
{
    return answer->reason == REASON_NO_SUCH_DOMAIN || answer->reason == REASON_NULL_MX ||
           answer->reason == REASON_NO_ADDRESS;
}

static const char *const nowhere_text = "finds nothing to deliver to, as daned did; a host that it "
                                        "finds all the same is judged by DANE";

const char *explain_postfix(const struct answer *answer)
{
    if (answer->skip)
        return "decides by its next table, or by smtp_tls_security_level";
    if (is_nowhere(answer))
        return nowhere_text;
    switch (answer->level) {
    case LEVEL_DANE_REQUIRED:
        return "delivers only to hosts whose certificate fits their TLSA records; else mail waits";
    case LEVEL_DANE:
        return "judges each MX host by its own TLSA records: with them, the certificate must fit "
               "or the host is passed over; without, TLS is used if it is offered";
    case LEVEL_ENCRYPT:
        return "delivers only over TLS, and does not look at the certificate";
    case LEVEL_MAY:
        return "decides by its next table, or by smtp_tls_security_level";
    case LEVEL_DEFER:
        break;
    }
    return "keeps the mail in its queue and asks again later";
}

const char *explain_exim(const struct answer *answer)
{
    if (is_nowhere(answer))
        return nowhere_text;
    switch (answer->level) {
    case LEVEL_DANE_REQUIRED:
        return "delivers only to hosts whose certificate fits their TLSA records; else mail waits";
    case LEVEL_DANE:
        return "has each host's certificate verified by daned; without TLSA records TLS is used if "
               "it is offered";
    case LEVEL_ENCRYPT:
        return "delivers only over TLS, and does not look at the certificate";
    case LEVEL_MAY:
        return "uses TLS if it is offered";
    case LEVEL_DEFER:
        break;
    }
    return "keeps the mail in its queue and asks again later";
}

/* Under "dane" and "dane-required" each host is judged by itself. */
static const char *dane_host_effect(bool required, enum host_state state)
{
    switch (state) {
    case HOST_DANE:
        return "only if its certificate fits a TLSA record";
    case HOST_ENCRYPT:
        return required ? "none: no TLSA record can be fitted, as dane-required asks for"
                        : "over TLS only, whatever its certificate";
    case HOST_NONE:
        return required ? "none: no TLSA record can be fitted, as dane-required asks for"
                        : "over TLS if the host offers it";
    case HOST_NO_ADDRESS:
        return "none: there is nothing to connect to";
    case HOST_TEMPFAIL:
    case HOST_UNDECIDED:
        break;
    }
    return "none as long as the lookup fails; the MTA tries the next host";
}

const char *explain_host_effect(const struct answer *answer, enum host_state state)
{
    if (answer->skip)
        return "as the settings of the MTA say";
    switch (answer->level) {
    case LEVEL_MAY:
        return "as the settings of the MTA say";
    case LEVEL_ENCRYPT:
        return "over TLS only, whatever its certificate";
    case LEVEL_DANE:
    case LEVEL_DANE_REQUIRED:
        return dane_host_effect(answer->level == LEVEL_DANE_REQUIRED, state);
    case LEVEL_DEFER:
        break;
    }
    return "none for now: it waits in the queue";
}
