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

enum { DAY_S = 86400, ADDRESS_WIDTH = 26 };

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

static const char *verdict_text(const struct check_address *address)
{
    if (address->reached != CHECK_TLS)
        return check_reached_text(address->reached);
    if (!address->judged)
        return "not judged";
    return address->matched ? "match" : "MISMATCH";
}

static long long days_left(const struct check *check, const struct check_address *address)
{
    return (long long)((address->expires_s - check->now_s) / DAY_S);
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
    size_t matched = 0;
    long long days = INT64_MAX;

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
        const struct check_address *address = &check->addresses[i];
        matched += address->matched ? 1 : 0;
        if (address->has_expiry && days_left(check, address) < days)
            days = days_left(check, address);
    }
    int len = snprintf(out, cap, "%zu of %zu addresses match", matched, check->address_count);
    if (days != INT64_MAX)
        snprintf(
            out + len, cap - (size_t)len, ", the first certificate expires in %lld days", days);
}

/* ---- for people ---- */

static void print_records(const struct check_address *address)
{
    char record[TLSA_TEXT_MAX];

    for (size_t i = 0; address->judged && i < address->host->record_count; i++) {
        tlsa_to_text(&address->host->records[i], record, 32);
        output_line(
            "      %s %s", record, address->verdict[i][0] ? address->verdict[i] : "matches");
    }
}

static void print_address(const struct check *check, const struct check_address *address)
{
    char expiry[64] = "";

    if (address->has_expiry)
        snprintf(expiry, sizeof expiry, "%lld days", days_left(check, address));
    output_line("    %-*s %-12s %-8s %-10s %s", ADDRESS_WIDTH, address->text, verdict_text(address),
        address->protocol, expiry,
        address->judged ? (address->ready ? "next record ready" : "no next record") : address->why);
    print_records(address);
}

static void print_table(const struct check *check)
{
    char place[DNAME_TEXT_MAX + 64];

    for (size_t i = 0; i < check->host_count; i++) {
        const struct check_host *host = &check->hosts[i];
        output_line("  %s: %s%s%s", host->name, host->state_text,
            host->sni ? ", TLSA records at " : "", host->sni ? host->sni : "");
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

static json_t *record_json(const struct check_address *address, size_t i)
{
    const struct tlsa_record *record = &address->host->records[i];
    const char *why = address->verdict[i];
    size_t cap = 2 * (size_t)record->data_len + 16;
    char *text = alloc_zeroed(cap);

    tlsa_to_text(record, text, cap);
    json_t *json = json_pack("{s:s,s:b,s:b,s:s?}", "record", text, "counts",
        address->host->counts[i], "matches", !why[0], "why", why[0] ? why : NULL);
    free(text);
    return json;
}

static json_t *address_json(const struct check *check, const struct check_address *address)
{
    json_t *records = json_array();
    bool has_chain = address->reached == CHECK_TLS;

    for (size_t i = 0; address->judged && i < address->host->record_count; i++)
        json_array_append_new(records, record_json(address, i));
    json_t *json = json_pack("{s:s,s:s,s:s?,s:s?,s:s?,s:i,s:o,s:o,s:o,s:o,s:o}", "address",
        address->text, "reached", check_reached_text(address->reached), "why",
        address->why[0] ? address->why : NULL, "protocol", has_chain ? address->protocol : NULL,
        "cipher", has_chain ? address->cipher : NULL, "certificates", (int)address->cert_count,
        "matches", address->judged ? json_boolean(address->matched) : json_null(), "records",
        records, "expires", address->has_expiry ? json_integer(address->expires_s) : json_null(),
        "days", address->has_expiry ? json_integer(days_left(check, address)) : json_null(),
        "rollover_ready", address->judged ? json_boolean(address->ready) : json_null());
    if (!json)
        alloc_failed();
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
        json_array_append_new(hosts, json_pack("{s:s,s:i,s:s,s:s,s:s?,s:o}", "host", host->name,
                                         "port", (int)host->port, "state", host->state_text, "why",
                                         host->why, "sni", host->sni, "addresses", addresses));
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
