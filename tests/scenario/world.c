/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.c - a DNS world as plain data.
 */
#include "tests/scenario/world.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum { DEFAULT_TTL = 3600, DAY = 86400 };

void world_init(struct world *world)
{
    struct world_zone root = {.secure = true, .ttl = DAY, .minimum = DAY};

    memset(world, 0, sizeof *world);
    dname_from_text(".", 1, &root.apex);
    world_add_zone(world, &root);
}

void world_fini(struct world *world)
{
    free(world->records);
    free(world->zones);
    free(world->faults);
    memset(world, 0, sizeof *world);
}

void world_add(struct world *world, const struct world_record *record)
{
    world->records = alloc_array(world->records, world->record_count + 1, sizeof *world->records);
    world->records[world->record_count++] = *record;
}

void world_add_zone(struct world *world, const struct world_zone *zone)
{
    for (size_t i = 0; i < world->zone_count; i++) {
        if (dname_equal(&world->zones[i].apex, &zone->apex)) {
            world->zones[i] = *zone;
            return;
        }
    }
    world->zones = alloc_array(world->zones, world->zone_count + 1, sizeof *world->zones);
    world->zones[world->zone_count++] = *zone;
}

void world_hurt(struct world *world, const struct dname *name, uint16_t type, enum fault fault)
{
    world->faults = alloc_array(world->faults, world->fault_count + 1, sizeof *world->faults);
    world->faults[world->fault_count++] = (struct world_fault){*name, type, fault};
}

void world_heal(struct world *world)
{
    world->fault_count--;
}

const struct world_record *world_find(const struct world *world, const struct dname *name,
    uint16_t type, const struct world_record *after)
{
    for (size_t i = after ? (size_t)(after - world->records) + 1 : 0; i < world->record_count; i++)
        if (world->records[i].type == type && dname_equal(&world->records[i].owner, name))
            return &world->records[i];
    return NULL;
}

bool world_exists(const struct world *world, const struct dname *name)
{
    for (size_t i = 0; i < world->record_count; i++)
        if (dname_is_below(&world->records[i].owner, name))
            return true;
    for (size_t i = 0; i < world->zone_count; i++)
        if (dname_is_below(&world->zones[i].apex, name))
            return true;
    return false;
}

const struct world_zone *world_zone_of(const struct world *world, const struct dname *name)
{
    const struct world_zone *zone = &world->zones[0];

    for (size_t i = 1; i < world->zone_count; i++)
        if (world->zones[i].apex.len > zone->apex.len &&
            dname_is_below(name, &world->zones[i].apex))
            zone = &world->zones[i];
    return zone;
}

const struct world_fault *world_fault_of(
    const struct world *world, const struct dname *name, uint16_t type)
{
    for (size_t i = world->fault_count; i > 0; i--)
        if (world->faults[i - 1].type == type && dname_equal(&world->faults[i - 1].name, name))
            return &world->faults[i - 1];
    return NULL;
}

enum fault_class fault_class_of(enum fault fault)
{
    static const enum fault_class classes[] = {
#define X(name, word, class) [FAULT_IS_##name] = FAULT_##class,
        FAULTS(X)
#undef X
    };
    return classes[fault];
}

const char *fault_word(enum fault fault)
{
    static const char *const words[] = {
#define X(name, word, class) [FAULT_IS_##name] = word,
        FAULTS(X)
#undef X
    };
    return words[fault];
}

static void put_name(struct world_record *record, size_t at, const struct dname *name)
{
    memcpy(record->rdata + at, name->wire, name->len);
    record->rdata_len = (uint16_t)(at + name->len);
}

struct world_record world_any_record(const struct dname *owner, uint16_t type)
{
    struct world_record record = {.owner = *owner, .type = type, .ttl = DEFAULT_TTL};
    struct dname name;

    dname_from_text("lie.example", 11, &name);
    switch (type) {
    case DNS_AAAA:
        record.rdata_len = 16;
        break;
    case DNS_MX:
        put_name(&record, 2, &name);
        break;
    case DNS_CNAME:
        put_name(&record, 0, &name);
        break;
    case DNS_TLSA:
        record.rdata[0] = 3;
        record.rdata[1] = record.rdata[2] = 1;
        record.rdata_len = 3 + 32;
        break;
    default:
        record.rdata_len = 4;
        break;
    }
    return record;
}

static void read_rdata(struct world_record *record, struct words *words)
{
    struct dname name;
    uint32_t preference;
    const char *word;

    switch (record->type) {
    case DNS_A:
        word = words_next(words, "an address");
        record->rdata_len = 4;
        if (inet_pton(AF_INET, word, record->rdata) != 1)
            words_fail(words, "\"%s\" is no IPv4 address", word);
        break;
    case DNS_AAAA:
        word = words_next(words, "an address");
        record->rdata_len = 16;
        if (inet_pton(AF_INET6, word, record->rdata) != 1)
            words_fail(words, "\"%s\" is no IPv6 address", word);
        break;
    case DNS_MX:
        preference = words_number(words, "preference", UINT16_MAX);
        record->rdata[0] = (uint8_t)(preference >> 8);
        record->rdata[1] = (uint8_t)preference;
        name = words_name(words);
        put_name(record, 2, &name);
        break;
    case DNS_CNAME:
        name = words_name(words);
        put_name(record, 0, &name);
        break;
    default:
        for (size_t i = 0; i < 3; i++)
            record->rdata[i] = (uint8_t)words_number(words, "TLSA field", UINT8_MAX);
        record->rdata_len =
            (uint16_t)(3 + words_octets(words, record->rdata + 3, WORLD_RDATA_MAX - 3));
        break;
    }
}

void world_read_zone(struct world *world, struct words *words, int64_t wall_s)
{
    struct world_record record = {.secure = true, .ttl = DEFAULT_TTL};

    record.owner = words_name(words);
    record.type = words_type(words);
    if (words_take(words, "error")) {
        const char *word = words_next(words, "what goes wrong");
        for (enum fault fault = 0; fault < FAULT_COUNT; fault++) {
            if (strcmp(fault_word(fault), word) == 0) {
                world_hurt(world, &record.owner, record.type, fault);
                return;
            }
        }
        words_fail(words, "\"%s\" is nothing that can go wrong", word);
        return;
    }
    read_rdata(&record, words);
    record.original_ttl = INT32_MAX;
    record.signature_end = wall_s + 30 * DAY;
    while (!words_end(words) && !words->error[0]) {
        if (words_take(words, "insecure"))
            record.secure = false;
        else if (words_take(words, "partial"))
            record.partial = true;
        else if (words_take(words, "ttl"))
            record.ttl = words_number(words, "TTL", UINT32_MAX);
        else if (words_take(words, "expires"))
            record.has_signature = true,
            record.signature_end = wall_s + words_number(words, "seconds", UINT32_MAX);
        else if (words_take(words, "expired"))
            record.has_signature = true,
            record.signature_end = wall_s - words_number(words, "seconds", UINT32_MAX);
        else if (words_take(words, "original"))
            record.has_signature = true,
            record.original_ttl = words_number(words, "original TTL", UINT32_MAX);
        else if (!words_take(words, "secure"))
            words_fail(words, "\"%s\" says nothing of a record", words_next(words, "a word"));
    }
    if (!words->error[0])
        world_add(world, &record);
}

void world_read_soa(struct world *world, struct words *words)
{
    struct world_zone zone = {.secure = true, .ttl = DEFAULT_TTL, .minimum = DEFAULT_TTL};

    zone.apex = words_name(words);
    while (!words_end(words) && !words->error[0]) {
        if (words_take(words, "insecure"))
            zone.secure = false;
        else if (words_take(words, "ttl"))
            zone.ttl = words_number(words, "TTL", UINT32_MAX);
        else if (words_take(words, "minimum"))
            zone.minimum = words_number(words, "minimum", UINT32_MAX);
        else if (!words_take(words, "secure"))
            words_fail(words, "\"%s\" says nothing of a zone", words_next(words, "a word"));
    }
    if (!words->error[0])
        world_add_zone(world, &zone);
}

void world_read_drop(struct world *world, struct words *words)
{
    struct dname name = words_name(words);
    uint16_t type = words_type(words);
    size_t kept = 0;

    for (size_t i = 0; i < world->record_count; i++)
        if (world->records[i].type != type || !dname_equal(&world->records[i].owner, &name))
            world->records[kept++] = world->records[i];
    world->record_count = kept;
    kept = 0;
    for (size_t i = 0; i < world->fault_count; i++)
        if (world->faults[i].type != type || !dname_equal(&world->faults[i].name, &name))
            world->faults[kept++] = world->faults[i];
    world->fault_count = kept;
}

static void print_rdata(const struct world_record *record, FILE *out)
{
    char text[DNAME_TEXT_MAX];
    struct dname name = {0};
    size_t fields = record->type == DNS_MX ? 2 : 0;

    switch (record->type) {
    case DNS_A:
    case DNS_AAAA:
        fputs(
            inet_ntop(record->type == DNS_A ? AF_INET : AF_INET6, record->rdata, text, sizeof text),
            out);
        return;
    case DNS_MX:
    case DNS_CNAME:
        if (record->type == DNS_MX)
            fprintf(out, "%d ", record->rdata[0] << 8 | record->rdata[1]);
        dname_from_wire(record->rdata + fields, record->rdata_len - fields, &name);
        fputs(dname_to_text(&name, text), out);
        return;
    default:
        fprintf(out, "%u %u %u ", record->rdata[0], record->rdata[1], record->rdata[2]);
        for (size_t i = 3; i < record->rdata_len; i++)
            fprintf(out, "%02x", record->rdata[i]);
        if (record->rdata_len == 3)
            fputs("-", out);
    }
}

void world_print(const struct world *world, FILE *out)
{
    char text[DNAME_TEXT_MAX];

    for (size_t i = 0; i < world->zone_count; i++)
        fprintf(out, "soa %s %s ttl %u minimum %u\n", dname_to_text(&world->zones[i].apex, text),
            world->zones[i].secure ? "secure" : "insecure", world->zones[i].ttl,
            world->zones[i].minimum);
    for (size_t i = 0; i < world->record_count; i++) {
        const struct world_record *record = &world->records[i];
        fprintf(
            out, "zone %s %s ", dname_to_text(&record->owner, text), dns_type_text(record->type));
        print_rdata(record, out);
        fprintf(out, "%s ttl %u%s\n", record->secure ? "" : " insecure", record->ttl,
            record->partial ? " partial" : "");
    }
    for (size_t i = 0; i < world->fault_count; i++)
        fprintf(out, "zone %s %s error %s\n", dname_to_text(&world->faults[i].name, text),
            dns_type_text(world->faults[i].type), fault_word(world->faults[i].fault));
}
