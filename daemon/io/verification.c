/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verification.c - one chain held against one host's TLSA records.
 *
 * The happy path: verification_new() decodes the chain, verification_against() copies the records,
 * verification_start() matches usage 3 at once or queues the rest, on_worked() tells the request.
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

struct verification {
    uv_work_t work;
    struct chain_question question;
    struct chain_report report;
    struct chain_cert certs[CHAIN_CERTS_MAX];
    struct dname names[CHAIN_NAMES_MAX];
    uint8_t *der; /* the certificates, one behind the other */
    size_t der_len;
    size_t *kept_bytes; /* of all verifications; der_len among them */
    struct fact *fact;
    struct tlsa_record *records; /* of fact */
    verification_done_cb *done;
    void *arg;
    bool working;
    bool abandoned;
};

static void free_verification(struct verification *verification)
{
    *verification->kept_bytes -= verification->der_len;
    free(verification->der);
    free(verification->fact);
    free(verification->records);
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
    verification->der_len = chain_words.len;
    verification->kept_bytes = kept_bytes;
    *kept_bytes += chain_words.len;
    exim_chain_init(&chain, chain_words);
    while (verification->question.cert_count < CHAIN_CERTS_MAX &&
           (status = exim_chain_next(
                &chain, verification->der + used, chain_words.len - used, &len)) == EXIM_CHAIN_OK) {
        verification->certs[verification->question.cert_count++] =
            (struct chain_cert){verification->der + used, len};
        used += len;
    }
    if (status == EXIM_CHAIN_BAD || verification->question.cert_count == 0) {
        free_verification(verification);
        return NULL;
    }
    verification->question.certs = verification->certs;
    return verification;
}

void verification_against(struct verification *verification, const struct verdict *verdict,
    const struct host_verdict *host, const struct dname *original, int64_t at_s)
{
    struct chain_question *question = &verification->question;
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;

    verification->fact = fact_copy(host->tlsa);
    verification->records =
        alloc_array_zeroed(verification->fact->record_count, sizeof *verification->records);
    while (fact_next_record(verification->fact, &cursor, &rdata, &len))
        if (tlsa_from_rdata(rdata, len, &verification->records[question->record_count]))
            question->record_count++;
    question->records = verification->records;
    question->name_count = verdict_reference_names(verdict, host, original, verification->names);
    question->names = verification->names;
    question->at_s = at_s;
}

static void work(uv_work_t *request)
{
    struct verification *verification = request->data;

    chain_verify(&verification->question, &signature_memo_crypto, &verification->report);
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
    if (chain_match_ee(&verification->question, &signature_memo_crypto, &verification->report))
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
    chain_report_text(
        &verification->question, &verification->report, text_out, VERIFICATION_TEXT_MAX);
    return verification->report.outcome == CHAIN_MATCHED;
}

void verification_abandon(struct verification *verification)
{
    if (!verification)
        return;
    verification->abandoned = true;
    if (!verification->working)
        free_verification(verification);
}
