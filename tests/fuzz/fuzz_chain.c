/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_chain.c - whole chains and TLSA sets of hostile octets.
 *
 * An input is a row of parts: a letter (C for a certificate, R for the rdata of a record), two
 * octets of length, and as many octets. The TLS library is played by a stand-in that takes most
 * signatures for good, so that what lies behind them is reached.
 */
#include <string.h>

#include "daemon/core/chain.h"
#include "tests/fuzz/fuzz.h"

#define CERTS_MAX 14
#define RECORDS_MAX 12

static unsigned signatures;
static bool all_are_bad;

static void sum(const uint8_t *data, size_t len, uint8_t *out, size_t out_len)
{
    uint64_t hash = out_len;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < out_len; i++)
        out[i] = (uint8_t)(hash >> 8 * (i % 8));
}

static void sha256(const uint8_t *data, size_t len, uint8_t digest_out[32])
{
    sum(data, len, digest_out, 32);
}

static void sha512(const uint8_t *data, size_t len, uint8_t digest_out[64])
{
    sum(data, len, digest_out, 64);
}

static enum chain_signature check_signature(
    const struct certificate *certificate, const struct certificate_key *issuer)
{
    signatures++;
    FUZZ_CHECK(issuer->bits.len > 0 && certificate->tbs.len > 0);
    if (all_are_bad || certificate->signature.len == 0)
        return CHAIN_SIGNATURE_BAD;
    uint8_t last = certificate->signature.data[certificate->signature.len - 1];
    return last == 0   ? CHAIN_SIGNATURE_BAD
           : last == 1 ? CHAIN_SIGNATURE_UNSUPPORTED
                       : CHAIN_SIGNATURE_GOOD;
}

static const struct chain_crypto crypto = {sha256, sha512, check_signature};

/* What must hold of every match. */
static void check_match(const struct chain_question *question, const struct chain_report *report)
{
    FUZZ_CHECK(report->record < question->record_count);
    const struct tlsa_record *record = &question->records[report->record];
    FUZZ_CHECK(tlsa_counts(question->records, question->record_count, report->record));
    FUZZ_CHECK((record->usage == TLSA_DANE_EE) == (report->depth == 0));
    FUZZ_CHECK(record->usage == TLSA_DANE_EE || report->signatures > 0);
    FUZZ_CHECK(!report->anchor_in_record || record->matching_type == TLSA_FULL);
    FUZZ_CHECK(record->usage == TLSA_DANE_EE || report->leaf_parsed);
}

static void check_text(const struct chain_question *question, const struct chain_report *report)
{
    char text[2048];
    static const size_t caps[] = {1, 2, 40, 300, sizeof text};

    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        size_t len = chain_report_text(question, report, text, caps[i]);
        FUZZ_CHECK(len < caps[i] && strlen(text) == len);
        for (size_t at = 0; at < len; at++)
            FUZZ_CHECK(text[at] >= 0x20 && text[at] < 0x7f);
    }
}

static struct chain_report verify(const struct chain_question *question, bool with_bad_signatures)
{
    struct chain_report report;

    signatures = 0;
    all_are_bad = with_bad_signatures;
    chain_verify(question, &crypto, &report);
    FUZZ_CHECK(signatures == report.signatures && signatures <= CHAIN_SIGNATURES_MAX);
    FUZZ_CHECK(report.steps <= CHAIN_STEPS_MAX && report.work <= CHAIN_WORK_MAX);
    if (report.outcome == CHAIN_MATCHED)
        check_match(question, &report);
    check_text(question, &report);
    return report;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct chain_cert certs[CERTS_MAX];
    struct tlsa_record records[RECORDS_MAX];
    struct dname name;
    struct chain_question question = {certs, 0, records, 0, &name, 1, INT64_C(1800000000), 0};

    FUZZ_CHECK(dname_from_text("mx.example.com", 14, &name));
    while (size > 3) {
        uint8_t kind = data[0];
        size_t len = (size_t)(data[1] << 8 | data[2]);
        data += 3;
        size -= 3;
        if (len > size)
            len = size;
        if (kind == 'C' && question.cert_count < CERTS_MAX)
            certs[question.cert_count++] = (struct chain_cert){data, len};
        else if (kind == 'R' && question.record_count < RECORDS_MAX &&
                 tlsa_from_rdata(data, len, &records[question.record_count]))
            question.record_count++;
        data += len;
        size -= len;
    }

    struct chain_report report = verify(&question, false);
    struct chain_report ee;
    bool ee_matched = chain_match_ee(&question, &crypto, &ee);
    FUZZ_CHECK(ee_matched == (report.outcome == CHAIN_MATCHED && report.depth == 0));
    /* Without a good signature, usage 2 has nothing. */
    struct chain_report bad = verify(&question, true);
    FUZZ_CHECK((bad.outcome == CHAIN_MATCHED) == ee_matched);
    FUZZ_CHECK((bad.outcome == CHAIN_UNUSABLE) == (report.outcome == CHAIN_UNUSABLE));
    return 0;
}
