/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_print.c - prints what a rollover has come to: the verdict in the first line, below it
 * what every server has; for programs, JSON of the form of rollover.schema.json.
 */
#include "client-shims/danectl/rollover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/certificate.h"
#include "daemon/io/verify_wolfssl.h"

#define FINDING_MAX (CHECK_TEXT_MAX + 2 * DNAME_TEXT_MAX) /* octets of a sentence, with its NUL */

enum { SERVER_WIDTH = 44, STATE_WIDTH = 18, ADDRESS_WIDTH = 26, RECORD_SHOWN = 32 };

const char *rollover_time_text(int64_t at_s, char *out)
{
    time_t at = (time_t)at_s;
    struct tm parts;

    if (!gmtime_r(&at, &parts) ||
        strftime(out, ROLLOVER_TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(out, ROLLOVER_TIME_MAX, "%lld", (long long)at_s);
    return out;
}

/* ---- sentences ---- */

/* "ns1.example.com [192.0.2.1]" */
static void server_place(const struct rollover_server *server, char *out, size_t cap)
{
    char name[DNAME_TEXT_MAX];
    const char *address = server->endpoint.text;

    snprintf(out, cap, "%s%s%s%s", dname_to_text(&server->name, name), address[0] ? " [" : "",
        address, address[0] ? "]" : "");
}

static const char *issue_why(const struct rollover *rollover, enum rollover_issue issue)
{
    switch ((int)issue) {
    case ROLLOVER_ISSUE_INSECURE:
    case ROLLOVER_ISSUE_NOT_VALIDATING:
    case ROLLOVER_ISSUE_LOOKUP_FAILED:
        return rollover->lookup_why;
    case ROLLOVER_ISSUE_SURVEY_FAILED:
        return rollover->survey_why;
    case ROLLOVER_ISSUE_NOWHERE:
        for (size_t i = 0; i < rollover->facts.server_count; i++)
            if (rollover->fact_servers[i]->state == ROLLOVER_LACKS)
                return rollover->fact_servers[i]->why;
        return "";
    case ROLLOVER_ISSUE_NONE_SEEN:
        return rollover->served.host_count > 0 && rollover->served.hosts[0].lookup_failure
                   ? rollover->served.hosts[0].lookup_failure
                   : "";
    default:
        return "";
    }
}

static void finding_text(
    const struct rollover *rollover, const struct rollover_finding *finding, char *out, size_t cap)
{
    char place[DNAME_TEXT_MAX + 64];
    const struct rollover_server *server;
    const char *why = issue_why(rollover, finding->issue);

    switch (rollover_issue_about(finding->issue)) {
    case ROLLOVER_ABOUT_SERVER:
        server = rollover->fact_servers[finding->index];
        server_place(server, place, sizeof place);
        snprintf(out, cap, "%s: it %s%s%s", place, rollover_server_text(server->state),
            server->why[0] ? ": " : "", server->why);
        return;
    case ROLLOVER_ABOUT_ADDRESS:
        why = rollover->addresses[finding->index].why;
        snprintf(out, cap, "%s [%s]: %s%s%s", rollover->host_text,
            rollover->served.addresses[finding->index].text, rollover_issue_text(finding->issue),
            why[0] ? ": " : "", why);
        return;
    case ROLLOVER_ABOUT_NOTHING:
        break;
    }
    snprintf(out, cap, "%s%s%s", rollover_issue_text(finding->issue), why[0] ? ": " : "", why);
}

/* The whole in one sentence: until when, and the first of the worst; or that it is good. */
static void summary_text(const struct rollover *rollover, char *out, size_t cap)
{
    const struct rollover_decision *decision = &rollover->decision;
    const struct rollover_finding *worst = NULL;
    char text[FINDING_MAX] = "";
    char until[ROLLOVER_TIME_MAX];
    char more[40] = "";
    size_t others = 0;

    if (decision->verdict == ROLLOVER_READY) {
        snprintf(out, cap, "%s",
            rollover->new_is_served ? "the new certificate may be deployed, and is served already"
                                    : "the new certificate may be deployed now");
        return;
    }
    for (size_t i = decision->finding_count; i-- > 0;) {
        others += decision->findings[i].verdict > ROLLOVER_READY ? 1 : 0;
        if (decision->findings[i].verdict == decision->verdict)
            worst = &decision->findings[i];
    }
    if (worst)
        finding_text(rollover, worst, text, sizeof text);
    if (others > 1)
        snprintf(more, sizeof more, " (and %zu more)", others - 1);
    if (decision->until_s > 0)
        snprintf(
            out, cap, "until %s: %s%s", rollover_time_text(decision->until_s, until), text, more);
    else
        snprintf(out, cap, "%s%s", text, more);
}

static const char *lookup_token(enum rollover_lookup lookup)
{
    static const char *const tokens[] = {
        [ROLLOVER_LOOKUP_SECURE] = "secure",
        [ROLLOVER_LOOKUP_DENIED] = "none",
        [ROLLOVER_LOOKUP_FAILED] = "error",
        [ROLLOVER_LOOKUP_INSECURE] = "insecure",
        [ROLLOVER_LOOKUP_NOT_VALIDATING] = "not-validating",
    };

    return tokens[lookup];
}

/* ---- for people ---- */

static void print_server(const struct rollover_server *server)
{
    char place[DNAME_TEXT_MAX + 64];
    char from[ROLLOVER_TIME_MAX];
    char until[ROLLOVER_TIME_MAX];
    char signature[2 * ROLLOVER_TIME_MAX + 40] = "";
    char serial[32] = "";

    server_place(server, place, sizeof place);
    if (server->has_serial)
        snprintf(serial, sizeof serial, " serial %lu", (unsigned long)server->serial);
    if (server->has_signature)
        snprintf(signature, sizeof signature, " TTL %lu signed from %s until %s",
            (unsigned long)server->ttl_s, rollover_time_text(server->signed_from_s, from),
            rollover_time_text(server->signed_until_s, until));
    output_line("    %-*s %-*s%s%s", SERVER_WIDTH, place, STATE_WIDTH,
        rollover_server_token(server->state), serial, signature);
}

static void print_servers(const struct rollover *rollover)
{
    char owner[DNAME_TEXT_MAX];
    char zone[DNAME_TEXT_MAX];

    for (size_t i = 0; i < rollover->link_count; i++) {
        const struct rollover_link *link = &rollover->links[i];
        output_line("  %s, zone %s", dname_to_text(&link->owner, owner),
            link->zone.len > 0 ? dname_to_text(&link->zone, zone) : "unknown");
        for (size_t j = 0; j < link->server_count; j++)
            print_server(&link->servers[j]);
    }
}

static void print_resolver(const struct rollover *rollover)
{
    const struct rollover_facts *facts = &rollover->facts;

    if (rollover->tlsa)
        output_line("  resolver %s: %s, %s the record, TTL %lu", rollover->resolver.text,
            lookup_token(rollover->lookup), facts->resolver_accepts ? "has" : "does not have",
            (unsigned long)facts->resolver_ttl_s);
    else
        output_line("  resolver %s: %s", rollover->resolver.text, lookup_token(rollover->lookup));
}

static void print_records(const struct rollover *rollover)
{
    char text[TLSA_TEXT_MAX];

    if (rollover->record_count > 0)
        output_line("  TLSA records");
    for (size_t i = 0; i < rollover->record_count; i++) {
        const struct rollover_record *record = &rollover->records[i];
        tlsa_to_text(&record->record, text, RECORD_SHOWN);
        output_line("    %-*s %s%s%s", RECORD_SHOWN, text, record->is_new ? "new" : "",
            record->is_new && record->is_current ? " and current" : "",
            record->is_new ? "" : (record->is_current ? "current" : "neither"));
    }
}

static const char *served_text(enum rollover_served served)
{
    switch (served) {
    case ROLLOVER_SERVED_MATCHES:
    case ROLLOVER_SERVED_PARTLY:
        return "match";
    case ROLLOVER_SERVED_DIFFERS:
        return "MISMATCH";
    case ROLLOVER_SERVED_NOTHING:
        return "no TLS";
    case ROLLOVER_SERVED_UNSEEN:
        return "unseen";
    case ROLLOVER_SERVED_UNJUDGED:
        break;
    }
    return "not judged";
}

static void print_addresses(const struct rollover *rollover)
{
    if (rollover->served.address_count > 0)
        output_line("  %s now", rollover->host_text);
    for (size_t i = 0; i < rollover->served.address_count; i++)
        output_line("    %-*s %s", ADDRESS_WIDTH, rollover->served.addresses[i].text,
            served_text(rollover->addresses[i].served));
}

/* The record that is to be published first: of usage 3, at the name where it was looked for last.
 */
static void print_record_to_publish(const struct rollover *rollover)
{
    const struct chain_cert *leaf = &rollover->chain.certs[0];
    struct der_span spki;
    uint8_t digest[TLSA_SHA2_256_LEN];
    struct tlsa_record record = {TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256, sizeof digest, digest};
    char owner[DNAME_TEXT_MAX];
    char text[TLSA_TEXT_MAX];

    if (!certificate_find_spki((struct der_span){leaf->der, leaf->len}, &spki))
        return;
    verify_wolfssl_crypto.sha256(spki.data, spki.len, digest);
    tlsa_to_text(&record, text, sizeof text);
    output_line("  Publish, beside what is there:");
    output_line("    %s. IN TLSA %s",
        dname_to_text(&rollover->links[rollover->link_count - 1].owner, owner), text);
}

/* The records that are for nothing but what is served now. */
static void print_records_to_remove(const struct rollover *rollover)
{
    char text[TLSA_TEXT_MAX];
    bool any = false;

    for (size_t i = 0; i < rollover->record_count; i++) {
        const struct rollover_record *record = &rollover->records[i];
        if (record->is_new || !record->is_current)
            continue;
        if (!any)
            output_line("  When every address serves the new certificate, and %lu s more have "
                        "passed, remove:",
                (unsigned long)rollover->facts.ttl_s);
        any = true;
        tlsa_to_text(&record->record, text, sizeof text);
        output_line("    %s", text);
    }
}

static bool has_issue(const struct rollover *rollover, enum rollover_issue issue)
{
    for (size_t i = 0; i < rollover->decision.finding_count; i++)
        if (rollover->decision.findings[i].issue == issue)
            return true;
    return false;
}

/* What remains to be done, in its order. */
static void print_steps(const struct rollover *rollover)
{
    char since[ROLLOVER_TIME_MAX];

    if (has_issue(rollover, ROLLOVER_ISSUE_NOWHERE))
        print_record_to_publish(rollover);
    if (rollover_published(&rollover->facts) != ROLLOVER_PUBLISHED_YES)
        return;
    if (!rollover->state_path && rollover->given_since_s < 0)
        output_line("  Every server was seen to publish it now: the next time, say so with "
                    "--published-since %s, or let --state FILE keep it.",
            rollover_time_text(rollover->facts.since_s, since));
    if (rollover->decision.verdict != ROLLOVER_NO)
        print_records_to_remove(rollover);
}

static void print_findings(const struct rollover *rollover)
{
    char text[FINDING_MAX];

    for (size_t i = 0; i < rollover->decision.finding_count; i++) {
        const struct rollover_finding *finding = &rollover->decision.findings[i];
        finding_text(rollover, finding, text, sizeof text);
        output_line("  %-8s %s",
            finding->verdict == ROLLOVER_READY ? "remark" : rollover_verdict_text(finding->verdict),
            text);
    }
}

/* ---- for programs ---- */

static json_t *json_of(json_t *json)
{
    if (!json)
        alloc_failed();
    return json;
}

static json_t *time_json(bool has, int64_t at_s)
{
    return has ? json_integer(at_s) : json_null();
}

static json_t *name_json(const struct dname *name)
{
    char text[DNAME_TEXT_MAX];

    return name->len > 0 ? json_of(json_string(dname_to_text(name, text))) : json_null();
}

/* Gives "3 1 1 0123...", whole. */
static json_t *record_json(const struct tlsa_record *record)
{
    size_t cap = 2 * (size_t)record->data_len + 16;
    char *text = alloc_zeroed(cap);

    tlsa_to_text(record, text, cap);
    json_t *json = json_of(json_string(text));
    free(text);
    return json;
}

static json_t *server_json(const struct rollover_server *server)
{
    json_t *records = json_array();
    const char *address = server->endpoint.text;

    for (size_t i = 0; server->set && i < server->set->count; i++)
        json_array_append_new(records, record_json(&server->set->records[i]));
    return json_of(
        json_pack("{s:o,s:s?,s:s,s:o,s:o,s:I,s:o,s:o,s:o,s:o}", "name", name_json(&server->name),
            "address", address[0] ? address : NULL, "state", rollover_server_token(server->state),
            "why", output_json_text(server->why[0] ? server->why : NULL), "serial",
            time_json(server->has_serial, server->serial), "ttl", (json_int_t)server->ttl_s,
            "signed_from", time_json(server->has_signature, server->signed_from_s), "signed_until",
            time_json(server->has_signature, server->signed_until_s), "alias",
            name_json(&server->alias), "records", records));
}

static json_t *links_json(const struct rollover *rollover)
{
    json_t *links = json_array();

    for (size_t i = 0; i < rollover->link_count; i++) {
        const struct rollover_link *link = &rollover->links[i];
        json_t *servers = json_array();
        for (size_t j = 0; j < link->server_count; j++)
            json_array_append_new(servers, server_json(&link->servers[j]));
        json_array_append_new(
            links, json_of(json_pack("{s:o,s:o,s:o}", "owner", name_json(&link->owner), "zone",
                       name_json(&link->zone), "servers", servers)));
    }
    return links;
}

static json_t *records_json(const struct rollover *rollover)
{
    json_t *records = json_array();

    for (size_t i = 0; i < rollover->record_count; i++)
        json_array_append_new(records,
            json_of(json_pack("{s:o,s:b,s:b}", "record", record_json(&rollover->records[i].record),
                "new", rollover->records[i].is_new, "current", rollover->records[i].is_current)));
    return records;
}

static json_t *addresses_json(const struct rollover *rollover)
{
    json_t *addresses = json_array();

    for (size_t i = 0; i < rollover->served.address_count; i++) {
        const struct check_address *address = &rollover->served.addresses[i];
        enum rollover_served served = rollover->addresses[i].served;
        const char *why = rollover->addresses[i].why;
        json_array_append_new(addresses,
            json_of(json_pack("{s:s,s:s,s:o,s:o}", "address", address->text, "reached",
                check_reached_text(address->tries[0].reached), "why",
                output_json_text(why[0] ? why : NULL), "matches",
                served <= ROLLOVER_SERVED_DIFFERS ? json_boolean(served != ROLLOVER_SERVED_DIFFERS)
                                                  : json_null())));
    }
    return addresses;
}

static json_t *findings_json(const struct rollover *rollover)
{
    json_t *findings = json_array();
    char text[FINDING_MAX];

    for (size_t i = 0; i < rollover->decision.finding_count; i++) {
        const struct rollover_finding *finding = &rollover->decision.findings[i];
        finding_text(rollover, finding, text, sizeof text);
        json_array_append_new(findings,
            json_of(json_pack("{s:s,s:s,s:o}", "verdict", rollover_verdict_text(finding->verdict),
                "issue", rollover_issue_token(finding->issue), "text", output_json_text(text))));
    }
    return findings;
}

static void print_json(const struct rollover *rollover, const char *summary)
{
    const struct rollover_facts *facts = &rollover->facts;
    const struct rollover_decision *decision = &rollover->decision;
    bool published = rollover_published(facts) == ROLLOVER_PUBLISHED_YES;
    json_t *resolver = json_of(json_pack("{s:s,s:s,s:b,s:I}", "address", rollover->resolver.text,
        "status", lookup_token(rollover->lookup), "accepts_new", facts->resolver_accepts, "ttl",
        (json_int_t)facts->resolver_ttl_s));

    output_json(
        json_of(json_pack("{s:s,s:i,s:s,s:o,s:I,s:o,s:b,s:o,s:I,s:s,s:b,s:o,s:o,s:o,s:o,s:o}",
            "host", rollover->host_text, "port", (int)rollover->host.port, "verdict",
            rollover_verdict_text(decision->verdict), "summary", output_json_text(summary), "at",
            (json_int_t)rollover->now_s, "until",
            time_json(decision->until_s > 0, decision->until_s), "published", published, "since",
            time_json(published, facts->since_s), "ttl", (json_int_t)facts->ttl_s, "certificate",
            rollover->certificate, "served", rollover->new_is_served, "resolver", resolver, "names",
            links_json(rollover), "records", records_json(rollover), "addresses",
            addresses_json(rollover), "findings", findings_json(rollover))));
}

void rollover_print(const struct rollover *rollover)
{
    char summary[FINDING_MAX + 64];

    summary_text(rollover, summary, sizeof summary);
    if (rollover->json) {
        print_json(rollover, summary);
        return;
    }
    output_line("%s %s:%u: %s", rollover_verdict_text(rollover->decision.verdict),
        rollover->host_text, (unsigned)rollover->host.port, summary);
    output_line("  new certificate, SHA-256 %s", rollover->certificate);
    print_servers(rollover);
    print_resolver(rollover);
    print_records(rollover);
    print_addresses(rollover);
    print_findings(rollover);
    print_steps(rollover);
}
