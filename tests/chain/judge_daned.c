/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge_daned.c - asks chain_verify, and holds its report to its own word.
 */
#include "tests/chain/judge.h"

#include <string.h>

#include "daemon/core/chain.h"
#include "daemon/io/verify_wolfssl.h"

/* What every report must be, whatever the question was. */
static void check_report(const struct chain_question *question, const struct chain_report *report)
{
    MUST(report->signatures <= CHAIN_SIGNATURES_MAX);
    MUST(report->reason_count <= question->record_count);
    if (report->outcome == CHAIN_MATCHED) {
        MUST(report->record < question->record_count);
        MUST(tlsa_counts(question->records, question->record_count, report->record));
        MUST(report->depth < CHAIN_CERTS_MAX || report->anchor_in_record);
    }
}

static void judge(const struct chain_question *question, struct judgement *judgement_out)
{
    struct chain_report report;
    struct chain_report ee;
    enum chain_outcome outcome = chain_verify(question, &verify_wolfssl_crypto, &report);

    MUST(outcome == report.outcome);
    check_report(question, &report);
    /* The quick answer for usage 3 is part of the whole one. */
    bool is_ee = outcome == CHAIN_MATCHED && question->records[report.record].usage == TLSA_DANE_EE;
    MUST(chain_match_ee(question, &verify_wolfssl_crypto, &ee) == is_ee);

    switch (outcome) {
    case CHAIN_MATCHED:
        judgement_out->verdict = VERDICT_MATCHED;
        judgement_out->usage = question->records[report.record].usage;
        judgement_out->selector = question->records[report.record].selector;
        judgement_out->matching_type = question->records[report.record].matching_type;
        judgement_out->depth = (int)report.depth;
        break;
    case CHAIN_REFUSED:
        judgement_out->verdict = VERDICT_REFUSED;
        break;
    case CHAIN_UNUSABLE:
        judgement_out->verdict = VERDICT_UNUSABLE;
        break;
    }
    chain_report_text(question, &report, judgement_out->why, sizeof judgement_out->why);
}

void judge_by_daned(const struct plan *plan, struct judgement *judgement_out)
{
    struct chain_cert certs[PLAN_ORDER_MAX];
    struct tlsa_record records[PLAN_RECORDS_MAX];
    struct dname names[PLAN_NAMES_MAX];
    struct chain_question question = {certs, (size_t)plan->order_count, records,
        (size_t)plan->record_count, names, (size_t)plan->name_count, plan->at, 0};

    memset(judgement_out, 0, sizeof *judgement_out);
    for (int i = 0; i < plan->order_count; i++) {
        const struct blob *cert = &plan->certs[plan->order[i]];
        certs[i] = (struct chain_cert){cert->data, cert->len};
    }
    for (int i = 0; i < plan->record_count; i++) {
        const struct plan_record *record = &plan->records[i];
        records[i] = (struct tlsa_record){record->usage, record->selector, record->matching_type,
            (uint16_t)plan->rdata[i].len, plan->rdata[i].data};
    }
    for (int i = 0; i < plan->name_count; i++)
        MUST(dname_from_text(plan->names[i], strlen(plan->names[i]), &names[i]));
    judge(&question, judgement_out);
}
