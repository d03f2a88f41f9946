/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_print.c - prints what a check has found: for Nagios the first line, for people the table
 * below it, for programs JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"

enum { DAY_S = 86400, ADDRESS_WIDTH = 26, RECORD_CAP = 32 };

const char *check_level_text(enum check_level level)
{
    switch (level) {
    case CHECK_OK:
        return "OK";
    case CHECK_WARNING:
        return "WARNING";
    case CHECK_CRITICAL:
        return "CRITICAL";
    case CHECK_UNKNOWN:
        break;
    }
    return "UNKNOWN";
}

const char *check_reached_text(enum check_reached reached)
{
    switch (reached) {
    case CHECK_UNTRIED:
        return "untried";
    case CHECK_UNREACHED:
        return "unreached";
    case CHECK_NO_SMTP:
        return "no-smtp";
    case CHECK_NO_STARTTLS:
        return "no-starttls";
    case CHECK_NO_TLS:
        return "no-tls";
    case CHECK_TLS:
        break;
    }
    return "tls";
}

static const char *verdict_text(const struct check_chain *chain)
{
    if (!chain->judged)
        return "not judged";
    return chain->matched ? "match" : "MISMATCH";
}

/* Whether all chains of an address match, and there is one. */
static bool matches(const struct check_address *address)
{
    for (size_t i = 0; i < address->chain_count; i++)
        if (!address->chains[i].matched)
            return false;
    return address->chain_count > 0;
}

static long long days_left(const struct check *check, const struct check_chain *chain)
{
    return (long long)((chain->expires_s - check->now_s) / DAY_S);
}

/* The chain of an address that expires first; NULL if none says when. */
static const struct check_chain *first_to_expire(const struct check_address *address)
{
    const struct check_chain *first = NULL;

    for (size_t i = 0; i < address->chain_count; i++) {
        const struct check_chain *chain = &address->chains[i];
        if (chain->has_expiry && (!first || chain->expires_s < first->expires_s))
            first = chain;
    }
    return first;
}

/* "mx.example.com [192.0.2.1]: ", or as much of that as there is. */
static void place_text(const struct check_finding *finding, char *out, size_t cap)
{
    snprintf(out, cap, "%s%s%s%s%s", finding->host ? finding->host->name : "",
        finding->address ? " [" : "", finding->address ? finding->address->text : "",
        finding->address ? "]" : "", finding->host ? ": " : "");
}

/* The whole in one sentence: the first of the worst, or what is good. */
static void summary_text(const struct check *check, char *out, size_t cap)
{
    const struct check_finding *worst = NULL;
    char place[DNAME_TEXT_MAX + 64];
    const struct check_chain *first = NULL;
    size_t matched = 0;

    for (size_t i = check->finding_count; i-- > 0;)
        if (check->findings[i].level == check->level)
            worst = &check->findings[i];
    if (worst) {
        place_text(worst, place, sizeof place);
        int len = snprintf(out, cap, "%s%s", place, worst->text);
        if (check->finding_count > 1 && len > 0 && (size_t)len < cap)
            snprintf(out + len, cap - (size_t)len, " (and %zu more)", check->finding_count - 1);
        return;
    }
    for (size_t i = 0; i < check->address_count; i++) {
        const struct check_chain *chain = first_to_expire(&check->addresses[i]);
        matched += matches(&check->addresses[i]) ? 1 : 0;
        if (chain && (!first || chain->expires_s < first->expires_s))
            first = chain;
    }
    int len = snprintf(out, cap, "%zu of %zu addresses match", matched, check->address_count);
    if (first)
        snprintf(out + len, cap - (size_t)len, ", the first certificate expires in %lld days",
            days_left(check, first));
}

/* ---- for people ---- */

static void print_records(const struct check_host *host, const struct check_chain *chain)
{
    char record[TLSA_TEXT_MAX];

    for (size_t i = 0; chain->judged && i < host->record_count; i++) {
        tlsa_to_text(&host->records[i], record, RECORD_CAP);
        output_line("      %-*s %s", RECORD_CAP - 1, record,
            chain->verdict[i][0] ? chain->verdict[i] : "matches");
    }
}

/* A line for each chain, the address in the first alone. */
static void print_address(const struct check *check, const struct check_address *address)
{
    const struct check_try *first = &address->tries[0];
    char label[CHECK_TEXT_MAX];
    char expiry[32];

    if (first->reached != CHECK_TLS)
        output_line("    %-*s %-12s %s", ADDRESS_WIDTH, address->text,
            check_reached_text(first->reached), first->why);
    for (size_t i = 0; i < address->chain_count; i++) {
        const struct check_chain *chain = &address->chains[i];
        check_chain_label(address, i, label, sizeof label);
        snprintf(expiry, sizeof expiry, "%lld days", days_left(check, chain));
        output_line("    %-*s %-12s %-10s %s", ADDRESS_WIDTH, i == 0 ? address->text : "",
            verdict_text(chain), chain->has_expiry ? expiry : "-", label);
        print_records(address->host, chain);
    }
}

static void print_table(const struct check *check)
{
    char place[DNAME_TEXT_MAX + 64];

    for (size_t i = 0; i < check->host_count; i++) {
        const struct check_host *host = &check->hosts[i];
        output_line("  %s: %s%s%s%s", host->name, host->state_text,
            host->sni ? ", TLSA records at " : "", host->sni ? host->sni : "",
            host->ready ? ", one stands ready for the next certificate" : "");
        for (size_t j = 0; j < check->address_count; j++)
            if (check->addresses[j].host == host)
                print_address(check, &check->addresses[j]);
    }
    for (size_t i = 0; i < check->finding_count; i++) {
        place_text(&check->findings[i], place, sizeof place);
        output_line("  %-8s %s%s", check_level_text(check->findings[i].level), place,
            check->findings[i].text);
    }
}

/* ---- for programs ---- */

static json_t *record_json(const struct check_host *host, const struct check_chain *chain, size_t i)
{
    const struct tlsa_record *record = &host->records[i];
    const char *why = chain->verdict[i];
    size_t cap = 2 * (size_t)record->data_len + 16;
    char *text = alloc_zeroed(cap);

    tlsa_to_text(record, text, cap);
    json_t *json = json_pack("{s:s,s:b,s:b,s:s?}", "record", text, "counts", host->counts[i],
        "matches", !why[0], "why", why[0] ? why : NULL);
    free(text);
    return json;
}

/* When a chain expires; null if it does not say. */
static void add_expiry(json_t *json, const struct check *check, const struct check_chain *chain)
{
    json_object_set_new(json, "expires", chain ? json_integer(chain->expires_s) : json_null());
    json_object_set_new(json, "days", chain ? json_integer(days_left(check, chain)) : json_null());
}

static json_t *chain_json(
    const struct check *check, const struct check_address *address, size_t number)
{
    const struct check_chain *chain = &address->chains[number];
    json_t *handshakes = json_array();
    json_t *records = json_array();

    for (size_t i = 0; i < CHECK_TRIES; i++) {
        const struct check_try *try = &address->tries[i];
        if (try->made && try->reached == CHECK_TLS && try->chain == number)
            json_array_append_new(handshakes,
                json_pack("{s:s,s:s}", "protocol", try->protocol, "cipher", try->cipher));
    }
    for (size_t i = 0; chain->judged && i < address->host->record_count; i++)
        json_array_append_new(records, record_json(address->host, chain, i));
    json_t *json = json_pack("{s:s,s:o,s:i,s:o,s:o}", "key", chain->key, "handshakes", handshakes,
        "certificates", (int)chain->cert_count, "matches",
        chain->judged ? json_boolean(chain->matched) : json_null(), "records", records);
    add_expiry(json, check, chain->has_expiry ? chain : NULL);
    return json;
}

static json_t *address_json(const struct check *check, const struct check_address *address)
{
    const struct check_try *first = &address->tries[0];
    bool judged = address->chain_count > 0 && address->chains[0].judged;
    json_t *chains = json_array();
    json_t *unseen = json_array();

    for (size_t i = 0; i < address->chain_count; i++)
        json_array_append_new(chains, chain_json(check, address, i));
    for (size_t i = 1; i < CHECK_TRIES; i++)
        if (check_try_is_missing(&address->tries[i]))
            json_array_append_new(unseen,
                json_pack("{s:s,s:s}", "offer", check_offer_text(i), "why", address->tries[i].why));
    json_t *json = json_pack("{s:s,s:s,s:s?,s:o,s:o,s:o}", "address", address->text, "reached",
        check_reached_text(first->reached), "why", first->why[0] ? first->why : NULL, "matches",
        judged ? json_boolean(matches(address)) : json_null(), "chains", chains, "unseen", unseen);
    if (!json)
        alloc_failed();
    add_expiry(json, check, first_to_expire(address));
    return json;
}

static json_t *hosts_json(const struct check *check)
{
    json_t *hosts = json_array();

    for (size_t i = 0; i < check->host_count; i++) {
        const struct check_host *host = &check->hosts[i];
        json_t *addresses = json_array();
        for (size_t j = 0; j < check->address_count; j++)
            if (check->addresses[j].host == host)
                json_array_append_new(addresses, address_json(check, &check->addresses[j]));
        json_array_append_new(
            hosts, json_pack("{s:s,s:i,s:s,s:s,s:s?,s:b,s:o}", "host", host->name, "port",
                       (int)host->port, "state", host->state_text, "why", host->why, "sni",
                       host->sni, "rollover_ready", host->ready, "addresses", addresses));
    }
    return hosts;
}

static json_t *findings_json(const struct check *check)
{
    json_t *findings = json_array();

    for (size_t i = 0; i < check->finding_count; i++) {
        const struct check_finding *finding = &check->findings[i];
        json_array_append_new(
            findings, json_pack("{s:s,s:s?,s:s?,s:o}", "status", check_level_text(finding->level),
                          "host", finding->host ? finding->host->name : NULL, "address",
                          finding->address ? finding->address->text : NULL, "text",
                          output_json_text(finding->text)));
    }
    return findings;
}

void check_print(const struct check *check)
{
    char summary[OUTPUT_LINE_MAX];
    const json_t *level = json_object_get(check->explained, "level");

    summary_text(check, summary, sizeof summary);
    if (!check->json) {
        output_line("DANE %s: %s: %s", check_level_text(check->level), check->destination, summary);
        print_table(check);
        return;
    }
    output_json(json_pack("{s:o,s:s,s:o,s:I,s:s?,s:o,s:o}", "destination",
        output_json_text(check->destination), "status", check_level_text(check->level), "summary",
        output_json_text(summary), "at", (json_int_t)check->now_s, "level",
        json_string_value(level), "hosts", hosts_json(check), "findings", findings_json(check)));
}
