/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_judge.c - says what is wrong with what was seen, and how bad that is.
 *
 * Critical is what makes mail wait at those who ask for DANE: a chain that does not match, no
 * STARTTLS, a lookup that fails, no address that answers. A warning is what will be critical later,
 * or what leaves mail without protection. Unknown is what could not be seen from here.
 */
#include <stdio.h>
#include <string.h>

#include "client-shims/danectl/check.h"
#include "daemon/core/alloc.h"
#include "daemon/core/certificate.h"
#include "daemon/io/verify_wolfssl.h"

enum { DAY_S = 86400, JUDGE_MS = 5000 };

static struct chain_question question_for(
    const struct check *check, const struct check_host *host, const struct check_chain *chain)
{
    return (struct chain_question){
        .certs = chain->certs,
        .cert_count = chain->cert_count,
        .records = host->records,
        .record_count = host->record_count,
        .names = host->names,
        .name_count = host->name_count,
        .at_s = check->now_s,
    };
}

void check_chain_label(const struct check_address *address, size_t chain, char *out, size_t cap)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < CHECK_TRIES && len < cap; i++) {
        const struct check_try *try = &address->tries[i];
        if (try->made && try->reached == CHECK_TLS && try->chain == chain)
            len += (size_t)snprintf(out + len, cap - len, "%s%s %s", len > 0 ? ", " : "",
                try->protocol, address->chains[chain].key);
    }
}

/* "its certificate", or which one it is of several. */
static void certificate_text(
    const struct check_address *address, size_t chain, char *out, size_t cap)
{
    char label[CHECK_TEXT_MAX / 4];

    check_chain_label(address, chain, label, sizeof label);
    if (address->chain_count == 1)
        snprintf(out, cap, "its certificate");
    else
        snprintf(out, cap, "its certificate for %s", label);
}

/*
 * Holds the chain against each record alone, to say of each whether it matches. A destination can
 * have so many addresses, chains and records that this would take minutes: it ends before.
 */
static void judge_records(
    struct check *check, const struct check_host *host, struct check_chain *chain)
{
    struct chain_report report;

    chain->verdict = alloc_array_zeroed(host->record_count, sizeof *chain->verdict);
    for (size_t i = 0; i < host->record_count; i++) {
        struct chain_question question = question_for(check, host, chain);
        question.records = &host->records[i];
        question.record_count = 1;
        bool is_late = check_now_ms() >= check->judge_deadline_ms;
        check->unjudged = check->unjudged || is_late;
        if (!host->counts[i])
            snprintf(chain->verdict[i], CHECK_TEXT_MAX, "%s", host->usability[i]);
        else if (is_late)
            snprintf(chain->verdict[i], CHECK_TEXT_MAX, "there was no time to look at it");
        else if (chain_verify(&question, &verify_wolfssl_crypto, &report) != CHAIN_MATCHED)
            chain_reason_text(&question, &report, 0, chain->verdict[i], CHECK_TEXT_MAX);
    }
}

/* The earliest end of what the verdict rests on: of the leaf, and for usage 2 of all up to the
 * certificate that matched. */
static void note_expiry(
    const struct check_host *host, struct check_chain *chain, const struct chain_report *report)
{
    size_t last = 0;

    if (report->outcome == CHAIN_MATCHED && host->records[report->record].usage == TLSA_DANE_TA)
        last = report->depth;
    for (size_t i = 0; i <= last && i < chain->cert_count; i++) {
        struct certificate certificate;
        struct der_span der = {chain->certs[i].der, chain->certs[i].len};
        if (certificate_parse(der, &certificate) != CERTIFICATE_OK)
            continue;
        if (!chain->has_expiry || certificate.not_after < chain->expires_s)
            chain->expires_s = certificate.not_after;
        chain->has_expiry = true;
    }
}

static void judge_expiry(struct check *check, const struct check_address *address, size_t number)
{
    const struct check_chain *chain = &address->chains[number];
    char what[CHECK_TEXT_MAX / 2];

    if (!chain->has_expiry)
        return;
    int64_t left_s = chain->expires_s - check->now_s;
    long long days = (long long)(left_s / DAY_S);
    certificate_text(address, number, what, sizeof what);
    if (left_s < 0)
        check_find(check, CHECK_WARNING, address->host, address,
            "%s expired %lld days ago (DANE-EE passes over that, RFC 7672 3.1.1)", what, -days);
    else if (days < check->warn_days)
        check_find(
            check, CHECK_WARNING, address->host, address, "%s expires in %lld days", what, days);
}

enum chain_why check_why_refused(
    const struct chain_question *question, const struct chain_report *report, char *out, size_t cap)
{
    size_t best = 0;

    /* What is wrong with a certificate says more than that a record differs. */
    for (size_t i = 0; i < report->reason_count; i++)
        if (report->reasons[i].why > report->reasons[best].why)
            best = i;
    if (report->reason_count == 0) {
        snprintf(out, cap, "no TLSA record is usable");
        return CHAIN_WHY_UNUSABLE;
    }
    chain_reason_text(question, report, best, out, cap);
    return report->reasons[best].why;
}

static void find_mismatch(struct check *check, const struct check_address *address, size_t number,
    const struct chain_question *question, const struct chain_report *report)
{
    char what[CHECK_TEXT_MAX / 4];
    char why[CHECK_TEXT_MAX / 2];

    certificate_text(address, number, what, sizeof what);
    check_why_refused(question, report, why, sizeof why);
    if (report->reason_count == 0)
        check_find(check, CHECK_CRITICAL, address->host, address, "%s", why);
    else
        check_find(check, CHECK_CRITICAL, address->host, address, "no TLSA record matches %s: %s",
            what, why);
}

static void judge_chain(struct check *check, struct check_address *address, size_t number)
{
    struct check_chain *chain = &address->chains[number];
    const struct check_host *host = address->host;
    struct chain_question question = question_for(check, host, chain);
    struct chain_report report;

    chain_verify(&question, &verify_wolfssl_crypto, &report);
    chain->judged = true;
    chain->matched = report.outcome == CHAIN_MATCHED;
    chain->matched_record = chain->matched ? report.record : 0;
    note_expiry(host, chain, &report);
    judge_records(check, host, chain);
    if (chain->matched)
        judge_expiry(check, address, number);
    else
        find_mismatch(check, address, number, &question, &report);
}

/* The chains of an address, and the handshakes that might have shown one more. */
static void judge_chains(struct check *check, struct check_address *address)
{
    for (size_t i = 0; i < address->chain_count; i++)
        judge_chain(check, address, i);
    for (size_t i = 1; i < CHECK_TRIES; i++)
        if (check_try_is_missing(&address->tries[i]))
            check_find(check, CHECK_WARNING, address->host, address,
                "its certificate for %s, if it has one, is not seen: %s", check_offer_text(i),
                address->tries[i].why);
}

/* A host without records that bind: its certificate is shown, and held against nothing. */
static void judge_unbound(struct check_address *address)
{
    struct chain_report report = {.outcome = CHAIN_UNUSABLE};

    for (size_t i = 0; i < address->chain_count; i++)
        note_expiry(address->host, &address->chains[i], &report);
}

static void judge_address(struct check *check, struct check_address *address, bool any_answers)
{
    const struct check_host *host = address->host;
    const struct check_try *first = &address->tries[0];
    bool wants_tls = host->state != CHECK_STATE_NONE;

    switch (first->reached) {
    case CHECK_UNTRIED:
        check_find(check, any_answers ? CHECK_WARNING : CHECK_UNKNOWN, host, address,
            "it cannot be checked from here: %s", first->why);
        break;
    case CHECK_UNREACHED:
    case CHECK_NO_SMTP:
        check_find(
            check, any_answers ? CHECK_WARNING : CHECK_CRITICAL, host, address, "%s", first->why);
        break;
    case CHECK_NO_STARTTLS:
    case CHECK_NO_TLS:
        check_find(
            check, wants_tls ? CHECK_CRITICAL : CHECK_WARNING, host, address, "%s", first->why);
        break;
    case CHECK_TLS:
        if (host->state == CHECK_STATE_DANE)
            judge_chains(check, address);
        else
            judge_unbound(address);
        break;
    }
}

/* Why something could not be looked up: with the question, if daned names it. */
static const char *blame(const json_t *tree, const char *why, char out[CHECK_TEXT_MAX])
{
    const json_t *failure = json_object_get(tree, "failure");
    const char *type = json_string_value(json_object_get(failure, "type"));
    const char *name = json_string_value(json_object_get(failure, "name"));
    const char *cause = json_string_value(json_object_get(failure, "cause"));

    if (!type || !name || !cause)
        return why;
    snprintf(out, CHECK_TEXT_MAX, "%s: %s of %s: %s", why, type, name, cause);
    return out;
}

static void judge_host(struct check *check, const struct check_host *host)
{
    const json_t *hosts = json_object_get(check->explained, "hosts");
    char text[CHECK_TEXT_MAX];

    if (!host->name[0]) {
        check_find(check, CHECK_UNKNOWN, NULL, NULL, "there are more MX hosts than are looked at");
        return;
    }
    switch (host->state) {
    case CHECK_STATE_DANE:
        break;
    case CHECK_STATE_ENCRYPT:
        check_find(check, CHECK_WARNING, host, NULL,
            "it has TLSA records, but none that SMTP can use: nothing is authenticated");
        break;
    case CHECK_STATE_NONE:
        check_find(check, CHECK_WARNING, host, NULL, "DANE does not protect it: %s", host->why);
        break;
    case CHECK_STATE_TEMPFAIL:
        check_find(check, CHECK_CRITICAL, host, NULL, "mail to it waits: %s",
            blame(json_array_get(hosts, (size_t)(host - check->hosts)), host->why, text));
        break;
    case CHECK_STATE_NO_ADDRESS:
        check_find(check, CHECK_WARNING, host, NULL, "it has no address");
        break;
    }
    if (host->lookup_failure)
        check_find(check, CHECK_UNKNOWN, host, NULL, "its addresses: %s", host->lookup_failure);
    if (host->records_omitted)
        check_find(check, CHECK_WARNING, host, NULL, "only the first %d of its records are checked",
            CHECK_RECORDS_MAX);
}

/* Whether some address of the host presents a chain that the record matches. */
static bool is_in_use(const struct check *check, const struct check_host *host, size_t record)
{
    for (size_t i = 0; i < check->address_count; i++) {
        const struct check_address *address = &check->addresses[i];
        for (size_t j = 0; address->host == host && j < address->chain_count; j++)
            if (address->chains[j].judged && !address->chains[j].verdict[record][0])
                return true;
    }
    return false;
}

/*
 * Whether a record stands ready for what comes after a chain that matches: beside the record that
 * it was accepted by there is another that counts, and that nothing presented now needs (3 + 3), or
 * one of usage 2 that is met as well, and will be by the next certificate of that CA (3 + 2).
 */
static bool is_ready(
    const struct check *check, const struct check_host *host, const struct check_chain *chain)
{
    for (size_t i = 0; i < host->record_count; i++) {
        if (i == chain->matched_record || !host->counts[i])
            continue;
        bool is_anchor = host->records[i].usage == TLSA_DANE_TA && !chain->verdict[i][0];
        if (is_anchor || !is_in_use(check, host, i))
            return true;
    }
    return false;
}

/* The records are the host's, and so is the finding: one, whichever of its addresses it is of. */
static void judge_rollover(struct check *check, struct check_host *host)
{
    bool any = false;

    host->ready = true;
    for (size_t i = 0; i < check->address_count; i++) {
        const struct check_address *address = &check->addresses[i];
        for (size_t j = 0; address->host == host && j < address->chain_count; j++) {
            any = any || address->chains[j].matched;
            if (address->chains[j].matched && !is_ready(check, host, &address->chains[j]))
                host->ready = false;
        }
    }
    host->ready = host->ready && any;
    if (any && !host->ready)
        check_find(check, CHECK_WARNING, host, NULL,
            "no TLSA record for its next certificate stands ready beside those in use");
}

static void judge_destination(struct check *check)
{
    const char *level = json_string_value(json_object_get(check->explained, "level"));
    const char *why = json_string_value(json_object_get(check->explained, "why"));
    const json_t *mx = json_object_get(check->explained, "mx");
    const char *status = json_string_value(json_object_get(mx, "status"));
    char text[CHECK_TEXT_MAX];
    bool has_dane = false;

    for (size_t i = 0; i < check->host_count; i++)
        has_dane = has_dane || check->hosts[i].state == CHECK_STATE_DANE;
    if (strcmp(level, "defer") == 0)
        check_find(check, CHECK_CRITICAL, NULL, NULL, "mail waits: %s",
            blame(check->explained, why, text));
    else if (check->host_count == 0)
        check_find(check, CHECK_UNKNOWN, NULL, NULL, "there is nothing to check: %s", why);
    if (has_dane && status && strcmp(status, "insecure") == 0)
        check_find(check, CHECK_WARNING, NULL, NULL,
            "its MX records are not signed: who can forge them leads mail to another host");
}

void check_judge(struct check *check)
{
    bool any_answers = false;

    check->judge_deadline_ms = check_now_ms() + JUDGE_MS;
    judge_destination(check);
    for (size_t i = 0; i < check->host_count; i++)
        judge_host(check, &check->hosts[i]);
    for (size_t i = 0; i < check->address_count; i++)
        any_answers = any_answers || check->addresses[i].tries[0].reached >= CHECK_NO_STARTTLS;
    for (size_t i = 0; i < check->address_count; i++)
        judge_address(check, &check->addresses[i], any_answers);
    if (check->unjudged)
        check_find(check, CHECK_UNKNOWN, NULL, NULL,
            "there are too many addresses and records to hold each against each");
    for (size_t i = 0; i < check->host_count; i++)
        judge_rollover(check, &check->hosts[i]);
}
