/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain.c - holds a chain against TLSA records: which record matches which certificate.
 */
#include "daemon/core/chain.h"

#include <string.h>

#include "daemon/core/chain_path.h"

/* What records are compared with, of one certificate; digests are made when first asked for. */
struct subject {
    const struct chain_crypto *crypto;
    struct der_span full[2]; /* by selector; the key is absent if it cannot be found */
    bool has_digest[2][2];   /* by selector, and by matching type - 1 */
    uint8_t digests[2][2][64];
};

static void subject_init(
    struct subject *subject, const struct chain_crypto *crypto, struct der_span der)
{
    memset(subject, 0, sizeof *subject);
    subject->crypto = crypto;
    subject->full[TLSA_CERT] = der;
    certificate_find_spki(der, &subject->full[TLSA_SPKI]);
}

static const uint8_t *digest_of(struct subject *subject, uint8_t selector, uint8_t matching_type)
{
    struct der_span full = subject->full[selector];
    uint8_t *digest = subject->digests[selector][matching_type - 1];
    bool *is_made = &subject->has_digest[selector][matching_type - 1];

    if (!*is_made && matching_type == TLSA_SHA2_256)
        subject->crypto->sha256(full.data, full.len, digest);
    else if (!*is_made)
        subject->crypto->sha512(full.data, full.len, digest);
    *is_made = true;
    return digest;
}

/* Whether the data of the record are those of the certificate, whatever its usage. */
static bool has_data_of(const struct tlsa_record *record, struct subject *subject)
{
    struct der_span data = {record->data, record->data_len};

    if (record->selector > TLSA_SPKI || subject->full[record->selector].data == NULL)
        return false;
    switch (record->matching_type) {
    case TLSA_FULL:
        return der_span_equal(data, subject->full[record->selector]);
    case TLSA_SHA2_256:
        return data.len == TLSA_SHA2_256_LEN &&
               memcmp(data.data, digest_of(subject, record->selector, TLSA_SHA2_256), data.len) ==
                   0;
    case TLSA_SHA2_512:
        return data.len == TLSA_SHA2_512_LEN &&
               memcmp(data.data, digest_of(subject, record->selector, TLSA_SHA2_512), data.len) ==
                   0;
    default:
        return false;
    }
}

/* Gives the first record of the usage that counts and matches, or CHAIN_NO_RECORD. */
static size_t find_record(const struct chain_question *question, const struct tlsa_agility *agility,
    uint8_t usage, struct subject *subject)
{
    for (size_t i = 0; i < question->record_count; i++) {
        const struct tlsa_record *record = &question->records[i];
        if (record->usage == usage && has_data_of(record, subject) &&
            tlsa_agility_counts(agility, record))
            return i;
    }
    return CHAIN_NO_RECORD;
}

static struct der_span cert_span(const struct chain_cert *cert)
{
    return (struct der_span){cert->der, cert->len};
}

/* The reason that records of a usage have if nothing more is known; those that do not count have
 * one of their own. Sets the outcome, too. */
static void set_reasons(const struct chain_question *question, const struct tlsa_agility *agility,
    struct chain_report *report)
{
    report->outcome = CHAIN_UNUSABLE;
    report->reason_count =
        question->record_count < CHAIN_REASONS_MAX ? question->record_count : CHAIN_REASONS_MAX;
    for (size_t i = 0; i < question->record_count; i++) {
        const struct tlsa_record *record = &question->records[i];
        enum chain_why why = CHAIN_WHY_NONE;
        if (tlsa_usability(record) != TLSA_USABLE) {
            why = CHAIN_WHY_UNUSABLE;
        } else {
            report->outcome = CHAIN_REFUSED;
            if (!tlsa_agility_counts(agility, record))
                why = CHAIN_WHY_WEAKER_DIGEST;
            else if (question->cert_count == 0)
                why = CHAIN_WHY_NO_LEAF;
            else if (record->usage == TLSA_DANE_EE)
                why = CHAIN_WHY_LEAF_DIFFERS;
        }
        if (i < report->reason_count)
            report->reasons[i].why = why;
    }
}

static void set_agility(const struct chain_question *question, struct tlsa_agility *agility_out)
{
    tlsa_agility_init(agility_out);
    for (size_t i = 0; i < question->record_count; i++)
        tlsa_agility_add(agility_out, &question->records[i]);
}

/*
 * The part that both entries share: sets all of the report, matches usage 3, and gives the leaf as
 * far as it could be read.
 */
static bool match_leaf(const struct chain_question *question, const struct chain_crypto *crypto,
    const struct tlsa_agility *agility, struct chain_report *report, struct certificate *leaf_out)
{
    struct subject subject;

    memset(report, 0, sizeof *report);
    memset(leaf_out, 0, sizeof *leaf_out);
    set_reasons(question, agility, report);
    if (question->cert_count == 0)
        return false;
    struct der_span leaf = cert_span(&question->certs[0]);
    report->leaf_parsed = certificate_parse(leaf, leaf_out) == CERTIFICATE_OK;
    if (report->leaf_parsed)
        report->leaf_not_after_s = leaf_out->not_after;
    if (report->outcome == CHAIN_UNUSABLE)
        return false;
    /* RFC 7671 5.1: with DANE-EE(3) the match of the leaf is all there is: no name, no dates, no
     * other certificate. */
    subject_init(&subject, crypto, leaf);
    size_t record = find_record(question, agility, TLSA_DANE_EE, &subject);
    if (record == CHAIN_NO_RECORD)
        return false;
    report->outcome = CHAIN_MATCHED;
    report->record = record;
    return true;
}

bool chain_match_ee(const struct chain_question *question, const struct chain_crypto *crypto,
    struct chain_report *report_out)
{
    struct tlsa_agility agility;
    struct certificate leaf;

    set_agility(question, &agility);
    return match_leaf(question, crypto, &agility, report_out, &leaf);
}

/* Adds a certificate to those that a path may be made of, unless it is there already. */
static struct chain_node *add_node(struct chain_search *search, struct der_span der)
{
    struct chain_node *node = &search->nodes[search->node_count];

    memset(node, 0, sizeof *node);
    enum certificate_status status = certificate_parse(der, &node->certificate);
    node->is_parsed = status == CERTIFICATE_OK;
    node->is_left_out = !certificate_has_structure(status);
    node->record = CHAIN_NO_RECORD;
    for (size_t i = 0; i < search->node_count && !node->is_left_out; i++)
        if (!search->nodes[i].is_left_out)
            node->is_left_out =
                der_span_equal(node->certificate.der, search->nodes[i].certificate.der);
    if (!node->is_left_out)
        chain_search_describe(search, node);
    search->node_count++;
    return node;
}

static void add_presented(struct chain_search *search, struct subject *subjects,
    const struct chain_question *question, const struct tlsa_agility *agility)
{
    for (size_t i = 0; i < question->cert_count && i < CHAIN_CERTS_MAX; i++) {
        struct der_span der = cert_span(&question->certs[i]);
        struct chain_node *node = add_node(search, der);
        /* RFC 7671 5.2: a trust anchor issues; "2 1 0" with the key of a self-signed leaf is
         * looked at as a bare key, and else the leaf is none. */
        if (i == 0 || node->is_left_out)
            continue;
        subject_init(&subjects[i], search->crypto, der);
        node->record = find_record(question, agility, TLSA_DANE_TA, &subjects[i]);
    }
}

/* Adds what full records hold: trust anchors that the peer need not present. */
static void add_from_records(struct chain_search *search, struct subject *subjects,
    const struct chain_question *question, struct chain_report *report)
{
    size_t node_count_max = search->node_count + CHAIN_ANCHORS_MAX;

    for (size_t i = 0; i < question->record_count; i++) {
        const struct tlsa_record *record = &question->records[i];
        if (record->usage != TLSA_DANE_TA || record->matching_type != TLSA_FULL ||
            tlsa_usability(record) != TLSA_USABLE)
            continue;
        struct der_span data = {record->data, record->data_len};
        bool is_key = record->selector == TLSA_SPKI;
        if (is_key ? search->key_count == CHAIN_ANCHORS_MAX
                   : search->node_count == node_count_max) {
            if (i < report->reason_count)
                report->reasons[i].why = CHAIN_WHY_TOO_MANY_ANCHORS;
            continue;
        }
        if (is_key) {
            struct chain_bare_key *key = &search->keys[search->key_count++];
            memset(key, 0, sizeof *key);
            certificate_parse_key(data, &key->key);
            key->record = i;
        } else {
            struct chain_node *node = add_node(search, data);
            subject_init(&subjects[search->node_count - 1], search->crypto, data);
            node->is_from_record = true;
            node->record = i;
        }
    }
}

/* Says why the record did not lead to an anchor, after a search in vain. */
static struct chain_reason reason_for(const struct chain_search *search, struct subject *subjects,
    const struct chain_question *question, size_t index)
{
    const struct tlsa_record *record = &question->records[index];
    struct chain_reason reason = {CHAIN_WHY_NO_CERTIFICATE, 0};

    for (size_t i = 0; i < search->key_count; i++)
        if (search->keys[i].record == index) {
            reason.why = CHAIN_WHY_BARE_KEY_UNUSED;
            if (search->keys[i].reason.why != CHAIN_WHY_NONE)
                return search->keys[i].reason;
        }
    for (size_t i = 1; i < search->node_count; i++) {
        const struct chain_node *node = &search->nodes[i];
        if (node->record == CHAIN_NO_RECORD || node->is_left_out ||
            !has_data_of(record, &subjects[i]))
            continue;
        if (node->reason.why != CHAIN_WHY_NONE)
            return node->reason;
        reason.why = CHAIN_WHY_UNREACHED;
    }
    /* Where there is something to reach, what came first in the way says more. */
    if (reason.why != CHAIN_WHY_NO_CERTIFICATE && search->obstacle.why != CHAIN_WHY_NONE)
        return search->obstacle;
    return reason;
}

static bool has_open_records(
    const struct chain_question *question, const struct tlsa_agility *agility)
{
    for (size_t i = 0; i < question->record_count; i++)
        if (question->records[i].usage == TLSA_DANE_TA &&
            tlsa_agility_counts(agility, &question->records[i]))
            return true;
    return false;
}

/* Whether there is anything that a path could end at: without, each signature would be in vain. */
static bool has_anchor(const struct chain_search *search)
{
    for (size_t i = 1; i < search->node_count; i++)
        if (search->nodes[i].record != CHAIN_NO_RECORD)
            return true;
    return search->key_count > 0;
}

static bool match_anchor(const struct chain_question *question, const struct chain_crypto *crypto,
    const struct tlsa_agility *agility, const struct certificate *leaf, struct chain_report *report)
{
    struct chain_search search;
    struct subject subjects[CHAIN_NODES_MAX]; /* of the nodes; that of the leaf is not used */

    memset(&search, 0, sizeof search);
    search.crypto = crypto;
    search.at_s = question->at_s;
    search.report = report;
    search.budget = CHAIN_WORK_MAX;
    search.signatures_us = CHAIN_SIGNATURES_US_MAX - question->spent_us;
    add_presented(&search, subjects, question, agility);
    add_from_records(&search, subjects, question, report);

    enum chain_why why = CHAIN_WHY_MALFORMED;
    if (report->leaf_parsed)
        why = chain_check_leaf(leaf, question);
    bool is_found = why == CHAIN_WHY_NONE && has_anchor(&search) && chain_search_run(&search);
    report->work = CHAIN_WORK_MAX - search.budget;
    if (is_found)
        return true;
    if (why != CHAIN_WHY_NONE)
        search.obstacle.why = why;
    for (size_t i = 0; i < report->reason_count; i++)
        if (report->reasons[i].why == CHAIN_WHY_NONE)
            report->reasons[i] = reason_for(&search, subjects, question, i);
    return false;
}

enum chain_outcome chain_verify(const struct chain_question *question,
    const struct chain_crypto *crypto, struct chain_report *report_out)
{
    struct tlsa_agility agility;
    struct certificate leaf;

    set_agility(question, &agility);
    if (!match_leaf(question, crypto, &agility, report_out, &leaf) &&
        report_out->outcome == CHAIN_REFUSED && question->cert_count > 0 &&
        has_open_records(question, &agility) &&
        match_anchor(question, crypto, &agility, &leaf, report_out))
        report_out->outcome = CHAIN_MATCHED;
    return report_out->outcome;
}
