/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fact.c - making and reading facts.
 */
#include "daemon/core/fact.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

struct fact *fact_new(enum fact_outcome outcome, enum dns_status status, uint32_t ttl,
    const struct dname *canonical, const struct dns_rr *const *records, size_t count)
{
    size_t canonical_len = canonical ? canonical->len : 0;
    size_t data_len = canonical_len;

    for (size_t i = 0; i < count; i++)
        data_len += 2 + (size_t)records[i]->rdata_len;
    struct fact *fact = alloc_zeroed(sizeof *fact + data_len);
    fact->outcome = (uint8_t)outcome;
    fact->status = (uint8_t)status;
    fact->ttl = ttl;
    fact->data_len = (uint32_t)data_len;
    fact->record_count = (uint16_t)count;
    fact->canonical_len = (uint8_t)canonical_len;
    uint8_t *out = fact->data;
    if (canonical_len > 0)
        memcpy(out, canonical->wire, canonical_len);
    out += canonical_len;
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

size_t fact_size(const struct fact *fact)
{
    return sizeof *fact + fact->data_len;
}

struct fact *fact_copy(const struct fact *fact)
{
    struct fact *copy = alloc_zeroed(fact_size(fact));

    memcpy(copy, fact, fact_size(fact));
    return copy;
}

bool fact_canonical(const struct fact *fact, struct dname *canonical_out)
{
    if (fact->canonical_len == 0)
        return false;
    canonical_out->len = fact->canonical_len;
    memcpy(canonical_out->wire, fact->data, fact->canonical_len);
    return true;
}

bool fact_next_record(
    const struct fact *fact, size_t *cursor, const uint8_t **rdata_out, uint16_t *rdata_len_out)
{
    size_t at = *cursor == 0 ? fact->canonical_len : *cursor;

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
