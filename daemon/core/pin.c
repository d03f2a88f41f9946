/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pin.c - a verdict as a list of key fingerprints.
 */
#include "daemon/core/pin.h"

#include <string.h>

#include "daemon/core/tlsa.h"

enum { DIGEST_LEN = 32 };

struct text {
    char *out;
    size_t len;
    size_t cap;
    bool full;
};

static void append(struct text *text, const char *data, size_t len)
{
    if (text->full || len > text->cap - text->len) {
        text->full = true;
        return;
    }
    memcpy(text->out + text->len, data, len);
    text->len += len;
}

/* Appends a digest, once: many MX hosts share one key. */
static void append_digest(struct text *text, size_t list_at, const uint8_t digest[DIGEST_LEN])
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * DIGEST_LEN];

    for (size_t i = 0; i < DIGEST_LEN; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    for (size_t at = list_at; at + sizeof hex <= text->len; at += sizeof hex + 1)
        if (memcmp(text->out + at, hex, sizeof hex) == 0)
            return;
    if (text->len > list_at)
        append(text, "|", 1);
    append(text, hex, sizeof hex);
}

static void summarize(const struct fact *tlsa, struct tlsa_agility *agility)
{
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;
    struct tlsa_record record;

    tlsa_agility_init(agility);
    while (fact_next_record(tlsa, &cursor, &rdata, &len))
        if (tlsa_from_rdata(rdata, len, &record))
            tlsa_agility_add(agility, &record);
}

static bool append_host(
    struct text *text, size_t list_at, const struct host_verdict *host, pin_sha256 *sha256)
{
    struct tlsa_agility agility;
    size_t cursor = 0;
    const uint8_t *rdata;
    uint16_t len;
    struct tlsa_record record;
    uint8_t digest[DIGEST_LEN];

    summarize(host->tlsa, &agility);
    while (!text->full && fact_next_record(host->tlsa, &cursor, &rdata, &len)) {
        if (!tlsa_from_rdata(rdata, len, &record) || !tlsa_agility_counts(&agility, &record))
            continue;
        /* Postfix compares fingerprints with the leaf alone, and under one digest. */
        if (record.usage != TLSA_DANE_EE || record.matching_type == TLSA_SHA2_512)
            return false;
        if (record.matching_type == TLSA_FULL) {
            sha256(record.data, record.data_len, digest);
            append_digest(text, list_at, digest);
        } else {
            append_digest(text, list_at, record.data);
        }
    }
    return true;
}

size_t pin_write(const struct verdict *verdict, pin_sha256 *sha256, char *out, size_t cap)
{
    static const char head[] = "fingerprint match=";
    static const char tail[] = " servername=hostname";
    struct text text = {.out = out, .cap = cap < PIN_TEXT_MAX ? cap : PIN_TEXT_MAX};
    size_t list_at = sizeof head - 1;

    if (verdict->level != LEVEL_DANE_REQUIRED || verdict->mx_status != DNS_SECURE)
        return 0;
    append(&text, head, sizeof head - 1);
    for (size_t i = 0; i < verdict->host_count; i++) {
        const struct host_verdict *host = &verdict->hosts[i];
        if (host->state == HOST_NO_ADDRESS)
            continue;
        if (host->state != HOST_DANE || !dname_equal(&host->tlsa_base, &host->name))
            return 0;
        if (!append_host(&text, list_at, host, sha256))
            return 0;
    }
    if (text.len == list_at)
        return 0;
    append(&text, tail, sizeof tail - 1);
    return text.full ? 0 : text.len;
}
