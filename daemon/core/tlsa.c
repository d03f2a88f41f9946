/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tlsa.c - one TLSA record: usability, digest agility, text.
 */
#include "daemon/core/tlsa.h"

#include <stdio.h>
#include <string.h>

#include "daemon/core/certificate.h"
#include "daemon/core/der.h"

#define FIELDS_LEN 3

bool tlsa_from_rdata(const uint8_t *rdata, size_t len, struct tlsa_record *record_out)
{
    if (len <= FIELDS_LEN || len > UINT16_MAX)
        return false;
    record_out->usage = rdata[0];
    record_out->selector = rdata[1];
    record_out->matching_type = rdata[2];
    record_out->data_len = (uint16_t)(len - FIELDS_LEN);
    record_out->data = rdata + FIELDS_LEN;
    return true;
}

/* Whether the data of a record with matching type 0 is what its selector says. */
static bool full_data_is_sound(const struct tlsa_record *record)
{
    struct der_span data = {record->data, record->data_len};
    struct certificate certificate;
    struct certificate_key key;

    /* A leaf matches by its octets alone, so that the data need only look like one. A trust anchor
     * has to be worked with: its name, its key. */
    if (record->usage == TLSA_DANE_EE)
        return record->selector == TLSA_CERT ? certificate_frame(data)
                                             : certificate_key_frame(data);
    if (record->selector == TLSA_CERT)
        return certificate_has_structure(certificate_parse(data, &certificate));
    return certificate_parse_key(data, &key);
}

enum tlsa_usability tlsa_usability(const struct tlsa_record *record)
{
    /* RFC 7672 3.1.3: what an SMTP client does with PKIX-TA(0) and PKIX-EE(1) is undefined, and it
     * may take them for unusable, as any other usage that it does not support. */
    if (record->usage == TLSA_PKIX_TA || record->usage == TLSA_PKIX_EE)
        return TLSA_USAGE_PKIX;
    if (record->usage != TLSA_DANE_TA && record->usage != TLSA_DANE_EE)
        return TLSA_USAGE_UNKNOWN;
    if (record->selector != TLSA_CERT && record->selector != TLSA_SPKI)
        return TLSA_SELECTOR_UNKNOWN;
    switch (record->matching_type) {
    case TLSA_FULL:
        return full_data_is_sound(record) ? TLSA_USABLE : TLSA_DATA_MALFORMED;
    case TLSA_SHA2_256:
        return record->data_len == TLSA_SHA2_256_LEN ? TLSA_USABLE : TLSA_DIGEST_LENGTH;
    case TLSA_SHA2_512:
        return record->data_len == TLSA_SHA2_512_LEN ? TLSA_USABLE : TLSA_DIGEST_LENGTH;
    default:
        return TLSA_MATCHING_TYPE_UNKNOWN;
    }
}

const char *tlsa_usability_text(enum tlsa_usability usability)
{
    static const char *const texts[] = {
#define X(name, text) text,
        TLSA_USABILITIES(X)
#undef X
    };
    return texts[usability];
}

static bool is_digest(const struct tlsa_record *record)
{
    return record->matching_type == TLSA_SHA2_256 || record->matching_type == TLSA_SHA2_512;
}

void tlsa_agility_init(struct tlsa_agility *agility)
{
    memset(agility, 0, sizeof *agility);
}

void tlsa_agility_add(struct tlsa_agility *agility, const struct tlsa_record *record)
{
    if (!is_digest(record) || tlsa_usability(record) != TLSA_USABLE)
        return;
    uint8_t *strongest = &agility->strongest[record->usage - TLSA_DANE_TA][record->selector];
    if (record->matching_type > *strongest)
        *strongest = record->matching_type;
}

bool tlsa_agility_counts(const struct tlsa_agility *agility, const struct tlsa_record *record)
{
    if (tlsa_usability(record) != TLSA_USABLE)
        return false;
    /* RFC 7671 9: digest agility is among the digests of one usage and selector; records with the
     * matching type Full(0) are always processed beside whichever digest is the strongest. */
    if (!is_digest(record))
        return true;
    return record->matching_type ==
           agility->strongest[record->usage - TLSA_DANE_TA][record->selector];
}

bool tlsa_counts(const struct tlsa_record *records, size_t count, size_t i)
{
    struct tlsa_agility agility;

    tlsa_agility_init(&agility);
    for (size_t at = 0; at < count; at++)
        tlsa_agility_add(&agility, &records[at]);
    return tlsa_agility_counts(&agility, &records[i]);
}

size_t tlsa_to_text(const struct tlsa_record *record, char *out, size_t cap)
{
    static const char digits[] = "0123456789abcdef";
    static const char dots[] = "...";
    int written =
        snprintf(out, cap, "%u %u %u ", record->usage, record->selector, record->matching_type);

    if (written < 0 || (size_t)written >= cap)
        return strlen(out);
    size_t len = (size_t)written;
    size_t room = cap - len - 1;
    size_t octets = record->data_len;
    bool is_cut = 2 * octets > room;
    if (is_cut) {
        if (room < sizeof dots - 1)
            return len;
        octets = (room - (sizeof dots - 1)) / 2;
    }
    for (size_t i = 0; i < octets; i++) {
        out[len++] = digits[record->data[i] >> 4];
        out[len++] = digits[record->data[i] & 0xf];
    }
    if (is_cut) {
        memcpy(out + len, dots, sizeof dots);
        return len + sizeof dots - 1;
    }
    out[len] = '\0';
    return len;
}
