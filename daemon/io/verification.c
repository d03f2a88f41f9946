/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verification.c - one chain held against the TLSA records of one host, or of its aliases.
 *
 * The happy path: verification_new() decodes the chain, verification_against() copies the records,
 * verification_start() matches usage 3 at once or queues the rest, on_worked() tells the request.
 * Each host has records and names of its own: they are not mixed.
 *
 * What can fail: the request ends before the work does (abandoned is set, and on_worked() frees),
 * or the thread pool takes no work (then it is done on the spot: it is bounded in time).
 */
#include "daemon/io/verification.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/io/signature_memo.h"
#include "proto/exim_line.h"

/* What the chain is held against. */
struct against {
    struct against *next;
    struct chain_question question;
    struct chain_report report;
    struct dname names[CHAIN_NAMES_MAX];
    struct fact *fact;
    struct tlsa_record *records; /* of fact */
};

struct verification {
    uv_work_t work;
    struct chain_cert certs[CHAIN_CERTS_MAX];
    size_t cert_count;
    uint8_t *der;       /* the certificates, one behind the other */
    size_t kept_len;    /* octets of the certificates and of the facts */
    size_t *kept_bytes; /* of all verifications; kept_len among them */
    struct against *first;
    size_t count;
    const struct against *result; /* that which matched, else the first */
    verification_done_cb *done;
    void *arg;
    bool working;
    bool abandoned;
};

static void keep(struct verification *verification, size_t len)
{
    verification->kept_len += len;
    *verification->kept_bytes += len;
}

static void free_verification(struct verification *verification)
{
    *verification->kept_bytes -= verification->kept_len;
    while (verification->first) {
        struct against *against = verification->first;
        verification->first = against->next;
        free(against->fact);
        free(against->records);
        free(against);
    }
    free(verification->der);
    free(verification);
}

struct verification *verification_new(struct span chain_words, size_t *kept_bytes)
{
    struct verification *verification = alloc_zeroed(sizeof *verification);
    struct exim_chain chain;
    enum exim_chain_status status = EXIM_CHAIN_END;
    size_t used = 0;
    size_t len;

    /* Base64 is longer than what it stands for. */
    verification->der = alloc_zeroed(chain_words.len);
    verification->kept_bytes = kept_bytes;
    keep(verification, chain_words.len);
    exim_chain_init(&chain, chain_words);
    while (verification->cert_count < CHAIN_CERTS_MAX &&
           (status = exim_chain_next(
                &chain, verification->der + used, chain_words.len - used, &len)) == EXIM_CHAIN_OK) {
        verification->certs[verification->cert_count++] =
            (struct chain_cert){verification->der + used, len};
        used += len;
    }
    if (status == EXIM_CHAIN_BAD || verification->cert_count == 0) {
        free_verification(verification);
        return NULL;
    }
    return verification;
}

void verification_against(struct verification *verification, const struct verdict *verdict,
    const struct host_verdict *host, const struct dname *original, int64_t at_s)
{
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;

    if (verification->count == VERIFICATION_HOSTS_MAX)
        return;
    struct against *against = alloc_zeroed(sizeof *against);
    struct chain_question *question = &against->question;
    against->fact = fact_copy(host->tlsa);
    keep(verification, sizeof *against->fact + against->fact->data_len);
    against->records = alloc_array_zeroed(against->fact->record_count, sizeof *against->records);
    while (fact_next_record(against->fact, &cursor, &rdata, &len))
        if (tlsa_from_rdata(rdata, len, &against->records[question->record_count]))
            question->record_count++;
    question->certs = verification->certs;
    question->cert_count = verification->cert_count;
    question->records = against->records;
    question->name_count = verdict_reference_names(verdict, host, original, against->names);
    question->names = against->names;
    question->at_s = at_s;
    struct against **end = &verification->first;
    while (*end)
        end = &(*end)->next;
    *end = against;
    verification->count++;
}

static void work(uv_work_t *request)
{
    struct verification *verification = request->data;
    unsigned spent_us = 0;

    verification->result = verification->first;
    for (struct against *against = verification->first; against; against = against->next) {
        /* A peer gets no more time because it may be one of several hosts. */
        against->question.spent_us = spent_us;
        if (chain_verify(&against->question, &signature_memo_crypto, &against->report) ==
            CHAIN_MATCHED) {
            verification->result = against;
            return;
        }
        spent_us += against->report.signatures_us;
    }
}

/* Whether a record of usage 3 matches: no signature is needed. */
static bool match_at_once(struct verification *verification)
{
    for (struct against *against = verification->first; against; against = against->next) {
        if (chain_match_ee(&against->question, &signature_memo_crypto, &against->report)) {
            verification->result = against;
            return true;
        }
    }
    return false;
}

static void on_worked(uv_work_t *request, int status)
{
    struct verification *verification = request->data;

    (void)status;
    verification->working = false;
    if (verification->abandoned)
        free_verification(verification);
    else
        verification->done(verification->arg);
}

bool verification_start(
    struct verification *verification, uv_loop_t *loop, verification_done_cb *done, void *arg)
{
    if (match_at_once(verification))
        return true;
    verification->done = done;
    verification->arg = arg;
    verification->work.data = verification;
    if (uv_queue_work(loop, &verification->work, work, on_worked) != 0) {
        work(&verification->work);
        return true;
    }
    verification->working = true;
    return false;
}

bool verification_result(
    const struct verification *verification, char text_out[VERIFICATION_TEXT_MAX])
{
    const struct against *result = verification->result;

    chain_report_text(&result->question, &result->report, text_out, VERIFICATION_TEXT_MAX);
    return result->report.outcome == CHAIN_MATCHED;
}

void verification_abandon(struct verification *verification)
{
    if (!verification)
        return;
    verification->abandoned = true;
    if (!verification->working)
        free_verification(verification);
}
