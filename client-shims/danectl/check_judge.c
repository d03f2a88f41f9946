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
#include "daemon/core/certificate.h"
#include "daemon/io/verify_wolfssl.h"

enum { DAY_S = 86400 };

static struct chain_question question_for(
    const struct check *check, const struct check_address *address)
{
    const struct check_host *host = address->host;

    return (struct chain_question){
        .certs = address->certs,
        .cert_count = address->cert_count,
        .records = host->records,
        .record_count = host->record_count,
        .names = host->names,
        .name_count = host->name_count,
        .at_s = check->now_s,
    };
}

/*
 * Holds the chain against each record alone, to say of each whether it matches, and looks for one
 * that is there for the next certificate: it counts, and is not met by the present leaf. A record
 * of usage 2 beside the one that matches is such a one in either case: the next certificate of that
 * CA will match it, whatever its key.
 */
static void judge_records(
    const struct check *check, struct check_address *address, const struct chain_report *whole)
{
    const struct check_host *host = address->host;
    struct chain_report report;

    for (size_t i = 0; i < host->record_count; i++) {
        struct chain_question question = question_for(check, address);
        char *verdict = address->verdict[i];
        question.records = &host->records[i];
        question.record_count = 1;
        bool matches = false;
        if (!host->counts[i])
            snprintf(verdict, CHECK_TEXT_MAX, "%s", host->usability[i]);
        else if (chain_verify(&question, &verify_wolfssl_crypto, &report) == CHAIN_MATCHED)
            matches = true;
        else
            chain_reason_text(&question, &report, 0, verdict, CHECK_TEXT_MAX);
        bool is_other = whole->outcome == CHAIN_MATCHED && i != whole->record && host->counts[i];
        if (is_other && (!matches || host->records[i].usage == TLSA_DANE_TA))
            address->ready = true;
    }
}

/* The earliest end of what the verdict rests on: of the leaf, and for usage 2 of all up to the
 * certificate that matched. */
static void note_expiry(struct check_address *address, const struct chain_report *report)
{
    size_t last = 0;

    if (report->outcome == CHAIN_MATCHED &&
        address->host->records[report->record].usage == TLSA_DANE_TA)
        last = report->depth;
    for (size_t i = 0; i <= last && i < address->cert_count; i++) {
        struct certificate certificate;
        struct der_span der = {address->certs[i].der, address->certs[i].len};
        if (certificate_parse(der, &certificate) != CERTIFICATE_OK)
            continue;
        if (!address->has_expiry || certificate.not_after < address->expires_s)
            address->expires_s = certificate.not_after;
        address->has_expiry = true;
    }
}

static void judge_expiry(struct check *check, const struct check_address *address)
{
    if (!address->has_expiry)
        return;
    int64_t left_s = address->expires_s - check->now_s;
    long long days = (long long)(left_s / DAY_S);

    if (left_s < 0)
        check_find(check, CHECK_WARNING, address->host, address,
            "the certificate expired %lld days ago (DANE-EE passes over that, RFC 7672 3.1.1)",
            -days);
    else if (days < check->warn_days)
        check_find(check, CHECK_WARNING, address->host, address,
            "the certificate expires in %lld days", days);
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

static void find_mismatch(struct check *check, const struct check_address *address,
    const struct chain_question *question, const struct chain_report *report)
{
    char why[CHECK_TEXT_MAX / 2];

    check_why_refused(question, report, why, sizeof why);
    check_find(check, CHECK_CRITICAL, address->host, address, "%s%s",
        report->reason_count > 0 ? "no TLSA record matches its certificate: " : "", why);
}

static void judge_chain(struct check *check, struct check_address *address)
{
    struct chain_question question = question_for(check, address);
    struct chain_report report;

    chain_verify(&question, &verify_wolfssl_crypto, &report);
    address->judged = true;
    address->matched = report.outcome == CHAIN_MATCHED;
    address->matched_record = address->matched ? report.record : 0;
    note_expiry(address, &report);
    judge_records(check, address, &report);
    if (address->matched)
        judge_expiry(check, address);
    else
        find_mismatch(check, address, &question, &report);
}

/* A host without records that bind: its certificate is shown, and held against nothing. */
static void judge_unbound(struct check_address *address)
{
    struct chain_report report = {.outcome = CHAIN_UNUSABLE};

    note_expiry(address, &report);
}

static void judge_address(struct check *check, struct check_address *address, bool any_answers)
{
    const struct check_host *host = address->host;
    bool wants_tls = host->state != CHECK_STATE_NONE;

    switch (address->reached) {
    case CHECK_UNTRIED:
        check_find(check, any_answers ? CHECK_WARNING : CHECK_UNKNOWN, host, address,
            "it cannot be checked from here: %s", address->why);
        break;
    case CHECK_UNREACHED:
    case CHECK_NO_SMTP:
        check_find(
            check, any_answers ? CHECK_WARNING : CHECK_CRITICAL, host, address, "%s", address->why);
        break;
    case CHECK_NO_STARTTLS:
    case CHECK_NO_TLS:
        check_find(
            check, wants_tls ? CHECK_CRITICAL : CHECK_WARNING, host, address, "%s", address->why);
        break;
    case CHECK_TLS:
        if (host->state == CHECK_STATE_DANE)
            judge_chain(check, address);
        else
            judge_unbound(address);
        break;
    }
}

static void judge_host(struct check *check, const struct check_host *host)
{
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
        check_find(check, CHECK_CRITICAL, host, NULL, "mail to it waits: %s", host->why);
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

/* A second record, once for each host: whether it is there depends on what its addresses present.
 */
static void judge_rollover(struct check *check, const struct check_host *host)
{
    for (size_t i = 0; i < check->address_count; i++) {
        const struct check_address *address = &check->addresses[i];
        if (address->host == host && address->matched && !address->ready) {
            check_find(
                check, CHECK_WARNING, host, NULL, "it has no TLSA record for its next certificate");
            return;
        }
    }
}

static void judge_destination(struct check *check)
{
    const char *level = json_string_value(json_object_get(check->explained, "level"));
    const char *why = json_string_value(json_object_get(check->explained, "why"));
    const json_t *mx = json_object_get(check->explained, "mx");
    const char *status = json_string_value(json_object_get(mx, "status"));
    bool has_dane = false;

    for (size_t i = 0; i < check->host_count; i++)
        has_dane = has_dane || check->hosts[i].state == CHECK_STATE_DANE;
    if (strcmp(level, "defer") == 0)
        check_find(check, CHECK_CRITICAL, NULL, NULL, "mail waits: %s", why);
    else if (check->host_count == 0)
        check_find(check, CHECK_UNKNOWN, NULL, NULL, "there is nothing to check: %s", why);
    if (has_dane && status && strcmp(status, "insecure") == 0)
        check_find(check, CHECK_WARNING, NULL, NULL,
            "its MX records are not signed: who can forge them leads mail to another host");
}

void check_judge(struct check *check)
{
    bool any_answers = false;

    judge_destination(check);
    for (size_t i = 0; i < check->host_count; i++)
        judge_host(check, &check->hosts[i]);
    for (size_t i = 0; i < check->address_count; i++)
        any_answers = any_answers || check->addresses[i].reached >= CHECK_NO_STARTTLS;
    for (size_t i = 0; i < check->address_count; i++)
        judge_address(check, &check->addresses[i], any_answers);
    for (size_t i = 0; i < check->host_count; i++)
        judge_rollover(check, &check->hosts[i]);
    verify_wolfssl_thread_end();
}
