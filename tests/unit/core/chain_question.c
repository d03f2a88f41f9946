/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_question.c - a question about a chain, put together piece by piece.
 */
#include "tests/unit/core/chain_question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct build certs[CHAIN_CERTS_MAX + 4];
struct chain_cert cert_list[CHAIN_CERTS_MAX + 4];
struct tlsa_record records[RECORDS_MAX];
uint8_t record_data[RECORDS_MAX][4096];
struct dname names[CHAIN_NAMES_MAX];
struct chain_question question;
struct chain_report report;

int reset(void **state)
{
    (void)state;
    memset(&question, 0, sizeof question);
    question = (struct chain_question){cert_list, 0, records, 0, names, 1, NOW, 0};
    if (!dname_from_text("mx.example.com", strlen("mx.example.com"), &names[0]))
        abort();
    return 0;
}

struct der_span add_cert(const struct cert_spec *spec)
{
    size_t i = question.cert_count++;

    build_cert(&certs[i], spec);
    cert_list[i] = (struct chain_cert){certs[i].octets, certs[i].len};
    return build_span(&certs[i]);
}

void add_record(uint8_t usage, uint8_t selector, uint8_t matching_type, struct der_span der)
{
    size_t i = question.record_count++;
    struct der_span data = der;

    if (selector == TLSA_SPKI && !certificate_find_spki(der, &data))
        abort();
    records[i] = (struct tlsa_record){usage, selector, matching_type, 0, record_data[i]};
    if (matching_type == TLSA_FULL) {
        memcpy(record_data[i], data.data, data.len);
        records[i].data_len = (uint16_t)data.len;
    } else {
        records[i].data_len = matching_type == TLSA_SHA2_256 ? 32 : 64;
        put_sums(data.data, data.len, record_data[i], records[i].data_len);
    }
}

enum chain_outcome ask(void)
{
    fake_signatures = 0;
    enum chain_outcome outcome = chain_verify(&question, &fake_crypto, &report);
    assert_int_equal(outcome, report.outcome);
    assert_int_equal(fake_signatures, report.signatures);
    return outcome;
}

void assert_matched(size_t record, unsigned depth)
{
    enum chain_outcome outcome = ask();
    if (outcome != CHAIN_MATCHED) {
        char text[2000];
        chain_report_text(&question, &report, text, sizeof text);
        print_message("%s\n", text);
    }
    assert_int_equal(outcome, CHAIN_MATCHED);
    assert_int_equal(report.record, record);
    assert_int_equal(report.depth, depth);
}

void assert_refused(enum chain_why why, unsigned depth)
{
    assert_int_equal(ask(), CHAIN_REFUSED);
    assert_int_equal(report.reasons[0].why, why);
    assert_int_equal(report.reasons[0].depth, depth);
}

const struct build *leaf_extensions(void)
{
    static struct build extensions;
    extensions.len = 0;
    add_dns_names(&extensions, "mx.example.com", NULL);
    return &extensions;
}

const struct build *ca_extensions(void)
{
    static struct build extensions;
    extensions.len = 0;
    add_ca(&extensions);
    return &extensions;
}

struct cert_spec plain_leaf(void)
{
    return (struct cert_spec){.subject = "leaf",
        .issuer = "int",
        .key = "leaf",
        .signed_by = "int",
        .extensions = leaf_extensions()};
}

struct cert_spec plain_int(void)
{
    return (struct cert_spec){.subject = "int",
        .issuer = "root",
        .key = "int",
        .signed_by = "root",
        .extensions = ca_extensions()};
}

struct cert_spec plain_root(void)
{
    return (struct cert_spec){.subject = "root",
        .issuer = "root",
        .key = "root",
        .signed_by = "root",
        .extensions = ca_extensions()};
}

void add_three(const struct cert_spec *leaf, const struct cert_spec *intermediate,
    const struct cert_spec *root)
{
    struct cert_spec specs[3] = {plain_leaf(), plain_int(), plain_root()};

    add_cert(leaf ? leaf : &specs[0]);
    add_cert(intermediate ? intermediate : &specs[1]);
    add_record(TLSA_DANE_TA, TLSA_CERT, TLSA_SHA2_256, add_cert(root ? root : &specs[2]));
}
