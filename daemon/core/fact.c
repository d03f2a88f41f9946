/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact.c - making and reading facts.
 */
#include "daemon/core/fact.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

struct fact *fact_new(enum fact_outcome outcome, enum dns_status status, uint32_t ttl,
    const struct fact_path *path, const struct dns_rr *const *records, size_t count)
{
    size_t data_len = path ? path->len : 0;

    for (size_t i = 0; i < count; i++)
        data_len += 2 + (size_t)records[i]->rdata_len;
    struct fact *fact = alloc_zeroed(sizeof *fact + data_len);
    fact->outcome = (uint8_t)outcome;
    fact->status = (uint8_t)status;
    fact->ttl = ttl;
    fact->data_len = (uint32_t)data_len;
    fact->record_count = (uint16_t)count;
    uint8_t *out = fact->data;
    if (path && path->count > 0) {
        fact->link_count = path->count;
        fact->path_len = path->len;
        memcpy(out, path->names, path->len);
        out += path->len;
    }
    for (size_t i = 0; i < count; i++) {
        out[0] = (uint8_t)(records[i]->rdata_len >> 8);
        out[1] = (uint8_t)records[i]->rdata_len;
        if (records[i]->rdata_len > 0)
            memcpy(out + 2, records[i]->rdata, records[i]->rdata_len);
        out += 2 + records[i]->rdata_len;
    }
    return fact;
}

struct fact *fact_new_error(enum dns_cause cause)
{
    struct fact *fact = fact_new(FACT_ERROR, DNS_ERROR, 0, NULL, NULL, 0);

    fact->cause = (uint8_t)cause;
    return fact;
}

struct fact *fact_copy(const struct fact *fact)
{
    struct fact *copy = alloc_zeroed(sizeof *fact + fact->data_len);

    memcpy(copy, fact, sizeof *fact + fact->data_len);
    return copy;
}

/* The packed form: these octets, then the data as it is. */
enum { AT_OUTCOME, AT_STATUS, AT_CAUSE, AT_OMITTED, AT_LINK_COUNT = 5, PACKED_FIXED };

size_t fact_packed_size(const struct fact *fact)
{
    return PACKED_FIXED + fact->data_len;
}

void fact_pack(const struct fact *fact, uint8_t *out)
{
    out[AT_OUTCOME] = fact->outcome;
    out[AT_STATUS] = fact->status;
    out[AT_CAUSE] = fact->cause;
    out[AT_OMITTED] = (uint8_t)(fact->omitted >> 8);
    out[AT_OMITTED + 1] = (uint8_t)fact->omitted;
    out[AT_LINK_COUNT] = fact->link_count;
    memcpy(out + PACKED_FIXED, fact->data, fact->data_len);
}

bool fact_rdata_is_well_formed(uint16_t type, const uint8_t *rdata, size_t len)
{
    struct dname name;

    switch (type) {
    case DNS_A:
        return len == 4;
    case DNS_AAAA:
        return len == 16;
    case DNS_MX:
        return len > 2 && dname_from_wire(rdata + 2, len - 2, &name);
    case DNS_CNAME:
        return dname_from_wire(rdata, len, &name);
    case DNS_TLSA:
        return len >= 3;
    default:
        return true;
    }
}

/* Whether the octets are a name as it is kept: in lower case. */
static bool is_folded_name(const uint8_t *octets, size_t len)
{
    struct dname name;

    return dname_from_wire(octets, len, &name) && memcmp(name.wire, octets, len) == 0;
}

/* Whether what stands in the fixed octets can go together. */
static bool head_is_sound(uint16_t type, const struct fact *fact)
{
    if (fact->outcome == FACT_ERROR)
        return fact->status == DNS_ERROR && fact->cause != CAUSE_NONE &&
               fact->cause < DNS_CAUSE_COUNT && fact->data_len == 0 && fact->omitted == 0;
    if (fact->outcome > FACT_RECORDS || fact->cause != CAUSE_NONE ||
        (fact->status != DNS_SECURE && fact->status != DNS_INSECURE))
        return false;
    return fact->omitted == 0 || (type == DNS_MX && fact->outcome == FACT_RECORDS);
}

/* Measures the path. Returns false if its names are not as they must be. */
static bool measure_path(struct fact *fact)
{
    size_t at = 0;

    if (fact->link_count > FACT_LINKS_MAX)
        return false;
    for (unsigned i = 0; i < fact->link_count; i++) {
        size_t len = dname_wire_len(fact->data + at, fact->data_len - at);
        if (len == 0 || !is_folded_name(fact->data + at, len))
            return false;
        at += len;
    }
    fact->path_len = (uint16_t)at;
    return true;
}

/* Counts the records behind the path. Returns false if they are not as they must be. */
static bool count_records(uint16_t type, struct fact *fact)
{
    bool has_data = fact->outcome == FACT_RECORDS && (type == DNS_MX || type == DNS_TLSA);
    size_t at = fact->path_len;

    while (fact->data_len - at >= 2) {
        size_t len = (size_t)(fact->data[at] << 8 | fact->data[at + 1]);
        at += 2;
        if (fact->data_len - at < len || !fact_rdata_is_well_formed(type, fact->data + at, len) ||
            (type == DNS_MX && !is_folded_name(fact->data + at + 2, len - 2)))
            return false;
        at += len;
        fact->record_count++;
    }
    return at == fact->data_len && (fact->record_count > 0) == has_data &&
           (type != DNS_MX || fact->record_count <= FACT_MX_MAX);
}

struct fact *fact_unpack(uint16_t type, const uint8_t *octets, size_t len, uint64_t expires_ms)
{
    /* A record has 2 octets at least, so that their number fits into record_count. */
    if (len < PACKED_FIXED || len - PACKED_FIXED > 2 * UINT16_MAX)
        return NULL;
    struct fact *fact = alloc_zeroed(sizeof *fact + len - PACKED_FIXED);

    fact->expires_ms = expires_ms;
    fact->data_len = (uint32_t)(len - PACKED_FIXED);
    fact->outcome = octets[AT_OUTCOME];
    fact->status = octets[AT_STATUS];
    fact->cause = octets[AT_CAUSE];
    fact->omitted = (uint16_t)(octets[AT_OMITTED] << 8 | octets[AT_OMITTED + 1]);
    fact->link_count = octets[AT_LINK_COUNT];
    memcpy(fact->data, octets + PACKED_FIXED, fact->data_len);
    if (head_is_sound(type, fact) && measure_path(fact) && count_records(type, fact))
        return fact;
    free(fact);
    return NULL;
}

bool fact_packed_is_error(const uint8_t *octets, size_t len)
{
    return len <= AT_OUTCOME || octets[AT_OUTCOME] == FACT_ERROR;
}

uint32_t fact_ttl_cap(const struct fact *fact, uint32_t max_ttl_s, uint32_t negative_max_ttl_s)
{
    bool is_denial = fact->outcome == FACT_NODATA || fact->outcome == FACT_NXDOMAIN;

    return is_denial && negative_max_ttl_s < max_ttl_s ? negative_max_ttl_s : max_ttl_s;
}

bool fact_next_link(const struct fact *fact, size_t *cursor, struct dname *target_out)
{
    size_t len = dname_wire_len(fact->data + *cursor, fact->path_len - *cursor);

    if (len == 0)
        return false;
    target_out->len = (uint8_t)len;
    memcpy(target_out->wire, fact->data + *cursor, len);
    *cursor += len;
    return true;
}

bool fact_canonical(const struct fact *fact, struct dname *canonical_out)
{
    size_t cursor = 0;

    while (fact_next_link(fact, &cursor, canonical_out))
        ;
    return fact->link_count > 0;
}

bool fact_next_record(
    const struct fact *fact, size_t *cursor, const uint8_t **rdata_out, uint16_t *rdata_len_out)
{
    size_t at = *cursor == 0 ? fact->path_len : *cursor;

    if (fact->record_count == 0 || at >= fact->data_len)
        return false;
    uint16_t len = (uint16_t)(fact->data[at] << 8 | fact->data[at + 1]);
    *rdata_out = fact->data + at + 2;
    *rdata_len_out = len;
    *cursor = at + 2 + len;
    return true;
}

void fact_read_mx(
    const uint8_t *rdata, uint16_t rdata_len, uint16_t *preference_out, struct dname *host_out)
{
    *preference_out = (uint16_t)(rdata[0] << 8 | rdata[1]);
    if (!dname_from_wire(rdata + 2, (size_t)rdata_len - 2, host_out))
        host_out->len = 0;
}
