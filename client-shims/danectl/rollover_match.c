/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_match.c - holds both certificates, the new one and the one that is served, against every
 * set of records that a client can come by, and gathers the facts for the decision.
 */
#include "client-shims/danectl/rollover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/certificate.h"
#include "daemon/io/verify_wolfssl.h"

/*
 * Whether the set accepts the chain; if not, and out is not NULL, why: empty if it is simply for
 * other certificates. Long after the deadline nothing is accepted any more.
 */
static bool accepts(const struct rollover *rollover, const struct rollover_set *set,
    const struct chain_cert *certs, size_t cert_count, char *out, size_t cap)
{
    struct chain_report report;
    struct chain_question question = {
        .certs = certs,
        .cert_count = cert_count,
        .records = set->records,
        .record_count = set->count,
        .names = rollover->names,
        .name_count = rollover->name_count,
        .at_s = rollover->now_s,
    };
    bool is_late = check_now_ms() >= rollover->deadline_ms + ROLLOVER_JUDGE_MS;

    if (out)
        out[0] = '\0';
    if (set->is_too_large || is_late) {
        if (out)
            snprintf(out, cap, "%s",
                is_late ? "there was no time to look at it" : "the set has too many records");
        return false;
    }
    if (chain_verify(&question, &verify_wolfssl_crypto, &report) == CHAIN_MATCHED)
        return true;
    /* That a record is for another certificate is no news. */
    if (out && check_why_refused(&question, &report, out, cap) == CHAIN_WHY_LEAF_DIFFERS)
        out[0] = '\0';
    return false;
}

static bool accepts_new(
    const struct rollover *rollover, const struct rollover_set *set, char *out, size_t cap)
{
    return accepts(rollover, set, rollover->chain.certs, rollover->chain.cert_count, out, cap);
}

/* Whether a record matches the chain by itself. */
static bool matches(const struct rollover *rollover, const struct tlsa_record *record,
    const struct chain_cert *certs, size_t cert_count)
{
    struct rollover_set set = {.records = {*record}, .count = 1};

    return accepts(rollover, &set, certs, cert_count, NULL, 0);
}

/* ---- what is served now ---- */

void rollover_see_served(struct rollover *rollover)
{
    struct check *check = &rollover->served;

    check->hosts = alloc_zeroed(sizeof *check->hosts);
    check->host_count = 1;
    check->hosts[0].name = rollover->host_text;
    check->hosts[0].sni = dname_to_text(&rollover->base, rollover->sni);
    check->hosts[0].state = CHECK_STATE_DANE;
    check->hosts[0].port = rollover->host.port;
    check->deadline_ms = rollover->deadline_ms;
    check->json = rollover->json;
    check_find_addresses(check);
    check_probe_all(check);
}

/*
 * Holds a chain that is served against one set; NULL, there is none, accepts everything. Returns
 * false, with the reason, if it fails.
 */
static bool is_accepted_by(const struct rollover *rollover, const struct check_chain *chain,
    const struct rollover_set *set, const char *whose, char why_out[CHECK_TEXT_MAX])
{
    char why[CHECK_TEXT_MAX / 2];

    if (!set || accepts(rollover, set, chain->certs, chain->cert_count, why, sizeof why))
        return true;
    snprintf(
        why_out, CHECK_TEXT_MAX, "by the records of %.100s%s%s", whose, why[0] ? ": " : "", why);
    return false;
}

/* Holds a chain that is served against every set: each of them is what some client goes by. */
static enum rollover_served judge_chain(
    const struct rollover *rollover, const struct check_chain *chain, char why_out[CHECK_TEXT_MAX])
{
    char name[DNAME_TEXT_MAX];
    bool any = rollover->resolver_set != NULL;

    if (!is_accepted_by(rollover, chain, rollover->resolver_set, "the resolver", why_out))
        return ROLLOVER_SERVED_DIFFERS;
    for (size_t i = 0; i < rollover->link_count; i++) {
        const struct rollover_link *link = &rollover->links[i];
        for (size_t j = 0; j < link->server_count; j++) {
            const struct rollover_server *server = &link->servers[j];
            any = any || server->set;
            if (!is_accepted_by(
                    rollover, chain, server->set, dname_to_text(&server->name, name), why_out))
                return ROLLOVER_SERVED_DIFFERS;
        }
    }
    return any ? ROLLOVER_SERVED_MATCHES : ROLLOVER_SERVED_UNJUDGED;
}

/* Judges an address by all the chains that it serves: which one a client gets is up to that. */
static void judge_address(const struct rollover *rollover, const struct check_address *address,
    struct rollover_address *out)
{
    out->served = ROLLOVER_SERVED_UNSEEN;
    snprintf(out->why, sizeof out->why, "%s", address->tries[0].why);
    switch (address->tries[0].reached) {
    case CHECK_TLS:
        break;
    case CHECK_NO_STARTTLS:
    case CHECK_NO_TLS:
        out->served = ROLLOVER_SERVED_NOTHING;
        return;
    case CHECK_UNTRIED:
    case CHECK_UNREACHED:
    case CHECK_NO_SMTP:
        return;
    }
    for (size_t i = 0; i < address->chain_count; i++) {
        out->served = judge_chain(rollover, &address->chains[i], out->why);
        if (out->served == ROLLOVER_SERVED_DIFFERS)
            return;
    }
    for (size_t i = 1; i < CHECK_TRIES && out->served == ROLLOVER_SERVED_MATCHES; i++) {
        if (!check_try_is_missing(&address->tries[i]))
            continue;
        out->served = ROLLOVER_SERVED_PARTLY;
        snprintf(
            out->why, sizeof out->why, "%s: %.300s", check_offer_text(i), address->tries[i].why);
    }
}

static bool serves_new(const struct rollover *rollover, const struct check_address *address)
{
    const struct chain_cert *new = &rollover->chain.certs[0];

    for (size_t i = 0; i < address->chain_count; i++) {
        const struct check_chain *chain = &address->chains[i];
        if (chain->cert_count > 0 && chain->certs[0].len == new->len &&
            memcmp(chain->certs[0].der, new->der, new->len) == 0)
            return true;
    }
    return false;
}

static void judge_addresses(struct rollover *rollover)
{
    const struct check *check = &rollover->served;
    size_t seen = 0;
    size_t new = 0;

    rollover->addresses = alloc_array_zeroed(check->address_count + 1, sizeof *rollover->addresses);
    rollover->address_facts =
        alloc_array_zeroed(check->address_count + 1, sizeof *rollover->address_facts);
    for (size_t i = 0; i < check->address_count; i++) {
        const struct check_address *address = &check->addresses[i];
        judge_address(rollover, address, &rollover->addresses[i]);
        rollover->address_facts[i] = rollover->addresses[i].served;
        seen += address->chain_count > 0 ? 1 : 0;
        new += serves_new(rollover, address) ? 1 : 0;
    }
    rollover->new_is_served = seen > 0 && new == seen;
}

/* ---- what the name servers have ---- */

static bool same_record(const struct tlsa_record *a, const struct tlsa_record *b)
{
    return a->usage == b->usage && a->selector == b->selector &&
           a->matching_type == b->matching_type && a->data_len == b->data_len &&
           memcmp(a->data, b->data, a->data_len) == 0;
}

static bool has_record(const struct rollover_set *set, const struct tlsa_record *record)
{
    for (size_t i = 0; i < set->count; i++)
        if (same_record(&set->records[i], record))
            return true;
    return false;
}

static bool same_set(const struct rollover_set *a, const struct rollover_set *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!has_record(b, &a->records[i]))
            return false;
    for (size_t i = 0; i < b->count; i++)
        if (!has_record(a, &b->records[i]))
            return false;
    return true;
}

/* Whether the servers of a link have different sets of records. */
static bool sets_differ(const struct rollover_link *link)
{
    const struct rollover_set *first = NULL;

    for (size_t i = 0; i < link->server_count; i++) {
        const struct rollover_set *set = link->servers[i].set;
        if (set && first && !same_set(first, set))
            return true;
        first = set ? set : first;
    }
    return false;
}

/* A server that has sound records publishes, if these accept the new certificate. */
static void judge_server(const struct rollover *rollover, struct rollover_server *server)
{
    if (server->state == ROLLOVER_LACKS && server->set &&
        accepts_new(rollover, server->set, server->why, sizeof server->why))
        server->state = ROLLOVER_PUBLISHES;
}

/* Adds a server to the facts; its group is that of the first server of the same name. */
static void add_fact(struct rollover *rollover, const struct rollover_server *server, size_t first)
{
    size_t index = rollover->facts.server_count++;
    size_t group = index;

    for (size_t i = first; i < index && group == index; i++)
        if (dname_equal(&rollover->fact_servers[i]->name, &server->name))
            group = i;
    rollover->fact_servers[index] = server;
    rollover->server_facts[index] = (struct rollover_server_fact){server->state, group};
}

static void gather_servers(struct rollover *rollover)
{
    struct rollover_facts *facts = &rollover->facts;
    size_t count = 0;

    for (size_t i = 0; i < rollover->link_count; i++)
        count += rollover->links[i].server_count;
    rollover->fact_servers = alloc_array_zeroed(count + 1, sizeof(struct rollover_server *));
    rollover->server_facts = alloc_array_zeroed(count + 1, sizeof *rollover->server_facts);
    facts->servers = rollover->server_facts;
    facts->ttl_s = rollover->given_ttl_s;
    for (size_t i = 0; i < rollover->link_count; i++) {
        struct rollover_link *link = &rollover->links[i];
        size_t first = facts->server_count;
        for (size_t j = 0; j < link->server_count; j++) {
            struct rollover_server *server = &link->servers[j];
            judge_server(rollover, server);
            add_fact(rollover, server, first);
            if (server->ttl_s > facts->ttl_s)
                facts->ttl_s = server->ttl_s;
        }
        facts->sets_differ = facts->sets_differ || sets_differ(link);
    }
}

/* ---- the records one by one ---- */

static void add_record(struct rollover *rollover, const struct tlsa_record *record)
{
    const struct check *check = &rollover->served;

    for (size_t i = 0; i < rollover->record_count; i++)
        if (same_record(&rollover->records[i].record, record))
            return;
    if (rollover->record_count == ROLLOVER_RECORDS_MAX)
        return;
    struct rollover_record *entry = &rollover->records[rollover->record_count++];
    entry->record = *record;
    entry->is_new = matches(rollover, record, rollover->chain.certs, rollover->chain.cert_count);
    for (size_t i = 0; i < check->address_count; i++)
        for (size_t j = 0; j < check->addresses[i].chain_count && !entry->is_current; j++)
            entry->is_current = matches(rollover, record, check->addresses[i].chains[j].certs,
                check->addresses[i].chains[j].cert_count);
}

static void add_records(struct rollover *rollover, const struct rollover_set *set)
{
    for (size_t i = 0; set && i < set->count; i++)
        add_record(rollover, &set->records[i]);
}

static void gather_records(struct rollover *rollover)
{
    for (size_t i = 0; i < rollover->link_count; i++)
        for (size_t j = 0; j < rollover->links[i].server_count; j++)
            add_records(rollover, rollover->links[i].servers[j].set);
    add_records(rollover, rollover->resolver_set);
}

/* ---- all of it ---- */

static bool is_out_of_date(const struct rollover *rollover)
{
    const struct chain_cert *leaf = &rollover->chain.certs[0];
    struct certificate certificate;

    return certificate_parse((struct der_span){leaf->der, leaf->len}, &certificate) ==
               CERTIFICATE_OK &&
           (rollover->now_s < certificate.not_before || rollover->now_s > certificate.not_after);
}

void rollover_gather(struct rollover *rollover)
{
    struct rollover_facts *facts = &rollover->facts;

    facts->now_s = rollover->now_s;
    facts->lookup = rollover->lookup;
    facts->survey = rollover->survey;
    facts->resolver_ttl_s = rollover->tlsa ? rollover->tlsa->ttl : 0;
    facts->resolver_accepts =
        rollover->resolver_set && accepts_new(rollover, rollover->resolver_set, NULL, 0);
    facts->new_is_out_of_date = is_out_of_date(rollover);
    gather_servers(rollover);
    judge_addresses(rollover);
    facts->addresses = rollover->address_facts;
    facts->address_count = rollover->served.address_count;
    gather_records(rollover);
}
