/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain.c - everything about one answer, as one tree.
 */
#include "daemon/io/explain.h"

#include <string.h>

#include "daemon/core/alias.h"
#include "daemon/core/map.h"
#include "daemon/core/tlsa.h"
#include "daemon/io/control_show.h"
#include "daemon/io/explain_hints.h"
#include "daemon/io/lookup.h"

static json_t *name_or_null(const struct dname *name)
{
    char text[DNAME_TEXT_MAX];

    return name->len == 0 ? json_null() : json_string(dname_to_text(name, text));
}

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

/* Seconds until expires_ms; null if nothing has run on which it depends. */
static json_t *seconds_left(uint64_t expires_ms, uint64_t now_ms)
{
    if (expires_ms == UINT64_MAX)
        return json_null();
    return json_integer(expires_ms > now_ms ? (json_int_t)((expires_ms - now_ms) / 1000) : 0);
}

static json_t *failure_tree(const struct failure *failure)
{
    if (failure->cause == CAUSE_NONE || failure->question.name.len == 0)
        return json_null();
    return json_pack("{s:s, s:o, s:s}", "type", dns_type_text(failure->question.type), "name",
        name_or_null(&failure->question.name), "cause", dns_cause_text(failure->cause));
}

static json_t *override_tree(const struct override *override)
{
    if (!override)
        return json_null();
    return json_pack("{s:s, s:s, s:o, s:i, s:s}", "key", override->key, "level",
        override_level_text(override->level), "expires", text_or_null(override->expires_text),
        "line", (int) override->line, "why", override->why);
}

/* What an MTA is told, overrides included. */
static struct answer told(const struct explain_subject *subject)
{
    if (subject->override && subject->override->level != OVERRIDE_AUTO)
        return lookups_override_answer(subject->override);
    return answer_of(subject->verdict);
}

/* The CNAMEs that the answer to (name, type) has come by, each with its own status. */
static json_t *cnames_tree(
    const struct explain_subject *subject, const struct dname *name, uint16_t type)
{
    struct alias_link links[FACT_LINKS_MAX];
    size_t count = alias_links(subject->verdict->evidence, name, type, links);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *status = links[i].status == DNS_ERROR
                             ? json_null()
                             : json_string(control_status_word(links[i].status));
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o}", "owner", name_or_null(&links[i].owner), "target",
                      name_or_null(&links[i].target), "status", status));
    }
    return list;
}

/* ---- MX ---- */

static void add_exchange(json_t *records, uint16_t preference, const struct dname *host)
{
    json_array_append_new(records,
        json_pack("{s:i, s:o}", "preference", (int)preference, "host", name_or_null(host)));
}

/* A verdict does not list the records of a null MX: the fact does. */
static json_t *mx_records(const struct explain_subject *subject)
{
    const struct verdict *verdict = subject->verdict;
    json_t *records = json_array();
    const struct fact *mx = evidence_find(verdict->evidence, &subject->destination->name, DNS_MX);
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;
    uint16_t preference;
    struct dname host;

    if (verdict->mx == MX_RECORDS)
        for (size_t i = 0; i < verdict->host_count; i++)
            if (verdict->hosts[i].name.len > 0)
                add_exchange(records, verdict->hosts[i].preference, &verdict->hosts[i].name);
    if (verdict->mx == MX_NULL && mx)
        while (fact_next_record(mx, &cursor, &rdata, &len)) {
            fact_read_mx(rdata, len, &preference, &host);
            add_exchange(records, preference, &host);
        }
    return records;
}

static const char *mx_kind(enum mx_state state)
{
    switch (state) {
    case MX_RECORDS:
        return "records";
    case MX_IMPLICIT:
        return "implicit";
    case MX_NULL:
        return "null";
    case MX_NO_DOMAIN:
        return "no-such-domain";
    case MX_FAILED:
        return "failed";
    case MX_NOT_ASKED:
        break;
    }
    return "not-asked";
}

static json_t *mx_tree(const struct explain_subject *subject, uint64_t now_ms)
{
    const struct verdict *verdict = subject->verdict;
    bool asked = verdict->mx != MX_NOT_ASKED;
    json_t *status = asked ? json_string(control_status_word(verdict->mx_status)) : json_null();
    json_t *ttl = asked ? seconds_left(verdict->mx_expires_ms, now_ms) : json_null();

    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "status", status, "kind",
        mx_kind(verdict->mx), "records", mx_records(subject), "ttl", ttl, "canonical",
        asked ? name_or_null(&verdict->mx_canonical) : json_null(), "cnames",
        cnames_tree(subject, &subject->destination->name, DNS_MX));
}

/* ---- one host ---- */

static json_t *data_text(const struct tlsa_record *record)
{
    static const char digits[] = "0123456789abcdef";
    struct text text = {NULL, 0, 0};

    for (size_t i = 0; i < record->data_len; i++) {
        char octet[2] = {digits[record->data[i] >> 4], digits[record->data[i] & 15]};
        text_add(&text, octet, sizeof octet);
    }
    json_t *value = json_stringn(text.data ? text.data : "", text.len);
    text_fini(&text);
    return value;
}

/* A record, and why it counts or not; agility is NULL for those of an RRset that is not secure. */
static json_t *record_tree(const struct tlsa_record *record, const struct tlsa_agility *agility)
{
    enum tlsa_usability usability = tlsa_usability(record);
    bool usable = agility && usability == TLSA_USABLE;
    bool counts = agility && tlsa_agility_counts(agility, record);
    const char *why = tlsa_usability_text(usability);

    if (!agility)
        why = "it is not secure, so that anybody may have written it (RFC 7672 2.2)";
    else if (usable && !counts)
        why = "a record with a stronger digest stands beside it (RFC 7671 9)";
    return json_pack("{s:i, s:i, s:i, s:o, s:s, s:b, s:b, s:s}", "usage", record->usage, "selector",
        record->selector, "matching_type", record->matching_type, "data", data_text(record),
        "status", agility ? "secure" : "insecure", "usable", usable, "counts", counts, "why", why);
}

static json_t *records_tree(const struct fact *tlsa, bool is_secure, json_int_t *omitted_out)
{
    json_t *records = json_array();
    struct tlsa_agility agility;
    struct tlsa_record record;
    const uint8_t *rdata;
    uint16_t len;
    size_t cursor = 0;

    *omitted_out = 0;
    if (!tlsa)
        return records;
    tlsa_agility_init(&agility);
    while (fact_next_record(tlsa, &cursor, &rdata, &len))
        if (tlsa_from_rdata(rdata, len, &record))
            tlsa_agility_add(&agility, &record);
    cursor = 0;
    while (fact_next_record(tlsa, &cursor, &rdata, &len)) {
        if (json_array_size(records) >= EXPLAIN_RECORDS_MAX)
            (*omitted_out)++;
        else if (tlsa_from_rdata(rdata, len, &record))
            json_array_append_new(records, record_tree(&record, is_secure ? &agility : NULL));
    }
    return records;
}

/* The TLSA RRset: that which binds or, for want of one, one that proves nothing. */
static void add_tlsa(json_t *tree, const struct explain_subject *subject,
    const struct host_verdict *host, uint64_t now_ms)
{
    const struct fact *tlsa = host->tlsa ? host->tlsa : host->insecure_tlsa;
    struct dname owner;
    struct dname canonical;
    json_int_t omitted;

    if (!tlsa || !fact_canonical(tlsa, &canonical))
        canonical.len = 0;
    if (!host_tlsa_owner(host, subject->destination->port, &owner))
        owner.len = 0;
    json_object_set_new(tree, "tlsa_base", name_or_null(&host->tlsa_base));
    json_object_set_new(tree, "tlsa_name", name_or_null(&owner));
    json_object_set_new(tree, "tlsa_canonical", name_or_null(&canonical));
    json_object_set_new(tree, "tlsa_cnames", cnames_tree(subject, &owner, DNS_TLSA));
    json_object_set_new(tree, "tlsa_status",
        tlsa ? json_string(control_status_word((enum dns_status)tlsa->status)) : json_null());
    json_object_set_new(
        tree, "tlsa_ttl", tlsa ? seconds_left(tlsa->expires_ms, now_ms) : json_null());
    json_object_set_new(tree, "records", records_tree(tlsa, host->tlsa != NULL, &omitted));
    json_object_set_new(tree, "records_omitted", json_integer(omitted));
}

static json_t *reference_names(
    const struct explain_subject *subject, const struct host_verdict *host)
{
    struct dname names[3];
    size_t count =
        verdict_reference_names(subject->verdict, host, &subject->destination->name, names);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, name_or_null(&names[i]));
    return list;
}

static const char *address_word(const struct host_verdict *host)
{
    if (host->state == HOST_NO_ADDRESS)
        return "none";
    return control_status_word(host->address);
}

static json_t *host_tree(
    const struct explain_subject *subject, const struct host_verdict *host, uint64_t now_ms)
{
    uint16_t port = subject->destination->port;
    struct answer answer = told(subject);
    char hint[EXPLAIN_HINT_MAX];
    char name[DNAME_TEXT_MAX];
    json_t *tree = json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s}", "host",
        dname_to_text(&host->name, name), "port", (int)port, "preference", (int)host->preference,
        "state", host_state_text(host->state), "why", host_reason_text(host->why), "section",
        host_reason_section(host->why), "effect", explain_host_effect(&answer, host->state),
        "address", address_word(host));

    explain_host_hint(host, port, hint);
    json_object_set_new(tree, "address_ttl", seconds_left(host->address_expires_ms, now_ms));
    json_object_set_new(tree, "canonical", name_or_null(&host->canonical));
    json_object_set_new(tree, "cnames",
        cnames_tree(
            subject, &host->name, alias_address_type(subject->verdict->evidence, &host->name)));
    add_tlsa(tree, subject, host, now_ms);
    json_object_set_new(tree, "sni", name_or_null(&host->tlsa_base));
    json_object_set_new(tree, "reference_names", reference_names(subject, host));
    json_object_set_new(tree, "failure", failure_tree(&host->failure));
    json_object_set_new(tree, "hint", text_or_null(hint));
    return tree;
}

static json_t *hosts_tree(const struct explain_subject *subject, uint64_t now_ms)
{
    json_t *hosts = json_array();

    /* Hosts that nothing depended on were not looked up: there is nothing to explain. */
    for (size_t i = 0; i < subject->verdict->host_count; i++)
        if (subject->verdict->hosts[i].state != HOST_UNDECIDED)
            json_array_append_new(hosts, host_tree(subject, &subject->verdict->hosts[i], now_ms));
    return hosts;
}

/* ---- the whole ---- */

/* What an MTA is told, in words, and what it will do. */
static void add_mta(json_t *tree, const struct explain_subject *subject)
{
    struct answer answer = told(subject);
    char reply[MAP_TEXT_MAX];
    size_t len;

    enum socketmap_status status = map_word(MAP_DANE, &answer, reply, &len);
    const char *word = status == SOCKETMAP_OK         ? "OK "
                       : status == SOCKETMAP_NOTFOUND ? "NOTFOUND"
                                                      : "TEMP ";

    json_object_set_new(tree, "postfix",
        json_pack("{s:o, s:s}", "reply",
            json_sprintf("%s%.*s", word, (int)(status == SOCKETMAP_NOTFOUND ? 0 : len), reply),
            "effect", explain_postfix(&answer)));
    json_object_set_new(tree, "exim",
        json_pack(
            "{s:s, s:s}", "level", level_text(answer.level), "effect", explain_exim(&answer)));
}

json_t *explain_tree(const struct explain_subject *subject, uint64_t now_ms)
{
    const struct verdict *verdict = subject->verdict;
    struct answer answer = answer_of(verdict);
    char destination[DESTINATION_TEXT_MAX];
    char hint[EXPLAIN_HINT_MAX];

    destination_to_text(subject->destination, destination);
    explain_level_hint(verdict, hint);
    json_t *tree = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "destination", destination,
        "level", level_text(verdict->level), "reason", reason_token(verdict->reason), "why",
        reason_text(verdict->reason), "section", reason_section(verdict->reason), "ttl",
        (json_int_t)answer_ttl(&answer, now_ms), "cached", subject->cached);
    json_object_set_new(tree, "failure", failure_tree(&verdict->failure));
    json_object_set_new(tree, "hint", text_or_null(hint));
    json_object_set_new(tree, "override", override_tree(subject->override));
    add_mta(tree, subject);
    json_object_set_new(tree, "mx", mx_tree(subject, now_ms));
    json_object_set_new(tree, "hosts", hosts_tree(subject, now_ms));
    return tree;
}
