/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_report.c - what became of a chain, in words.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "daemon/core/chain.h"

#define SECONDS_A_DAY 86400

/* Room for a record in a list: its fields, and enough of its data to find it in the zone. */
#define SHORT_RECORD_MAX 36

/* A text that grows; what does not fit is cut. */
struct text {
    char *out;
    size_t cap;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int written = vsnprintf(text->out + text->len, text->cap - text->len, format, arguments);
    va_end(arguments);
    if (written > 0)
        text->len += (size_t)written;
    if (text->len > text->cap - 1)
        text->len = text->cap - 1;
}

/* What about all of these can be said of the leaf and the question. */
static void put_end(
    struct text *text, const struct chain_question *question, const struct chain_report *report)
{
    char name[DNAME_TEXT_MAX];

    for (size_t i = 0; i < question->name_count && i < CHAIN_NAMES_MAX; i++)
        put(text, "%s%s", i == 0 ? " names=" : ",", dname_to_text(&question->names[i], name));
    if (!report->leaf_parsed)
        return;
    int64_t left = report->leaf_not_after_s - question->at_s;
    int64_t days = left / SECONDS_A_DAY - (left % SECONDS_A_DAY < 0 ? 1 : 0);
    put(text, " days=%" PRId64, days);
}

static void put_reason(struct text *text, const struct chain_question *question,
    const struct chain_report *report, size_t i)
{
    enum about { RECORD, CERTIFICATE };
    static const struct {
        enum about about;
        const char *text;
    } whys[] = {
#define X(name, about, text) {about, text},
        CHAIN_WHYS(X)
#undef X
    };
    const struct chain_reason *reason = &report->reasons[i];

    if (reason->why == CHAIN_WHY_UNUSABLE)
        put(text, "the record is unusable (%s)",
            tlsa_usability_text(tlsa_usability(&question->records[i])));
    else if (whys[reason->why].about == RECORD)
        put(text, "the record %s", whys[reason->why].text);
    else
        put(text, "the certificate at depth %u %s", reason->depth, whys[reason->why].text);
}

size_t chain_reason_text(const struct chain_question *question, const struct chain_report *report,
    size_t i, char *out, size_t cap)
{
    struct text text = {out, cap, 0};

    out[0] = '\0';
    put_reason(&text, question, report, i);
    return text.len;
}

size_t chain_report_text(
    const struct chain_question *question, const struct chain_report *report, char *out, size_t cap)
{
    struct text text = {out, cap, 0};
    char record_text[SHORT_RECORD_MAX];

    out[0] = '\0';
    if (report->outcome == CHAIN_MATCHED) {
        const struct tlsa_record *record = &question->records[report->record];
        put(&text, "usage=%u selector=%u matching_type=%u depth=%u", record->usage,
            record->selector, record->matching_type, report->depth);
        if (report->anchor_in_record)
            put(&text, " anchor=record");
        put_end(&text, question, report);
        return text.len;
    }
    for (size_t i = 0; i < report->reason_count; i++) {
        tlsa_to_text(&question->records[i], record_text, sizeof record_text);
        put(&text, "%s[%s] ", i == 0 ? "" : "; ", record_text);
        put_reason(&text, question, report, i);
    }
    if (report->reason_count < question->record_count)
        put(&text, "; and %zu more", question->record_count - report->reason_count);
    if (question->record_count == 0)
        put(&text, "there is no record");
    put(&text, ";");
    put_end(&text, question, report);
    return text.len;
}
