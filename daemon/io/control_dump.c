/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_dump.c - shows the whole cache, a little at a time.
 */
#include "daemon/io/control_dump.h"

#include <stdlib.h>

#include <jansson.h>

#include "daemon/core/fact.h"
#include "daemon/core/tlsa.h"
#include "daemon/io/control_show.h"
#include "daemon/io/lookup.h"

enum {
    TEXT_ENOUGH = 32768, /* octets that one step makes, and what is over of its last line */
    ENTRIES_MAX = 1024,  /* that one step looks at */
    RECORDS_SHOWN = 16,  /* of one fact; the rest is counted */
};

struct step {
    struct control_dump *dump;
    struct text *text;
    uint64_t now_ms;
};

static json_t *record_of(uint16_t type, const uint8_t *rdata, uint16_t len)
{
    char text[TLSA_TEXT_MAX];
    char name[DNAME_TEXT_MAX];
    struct tlsa_record tlsa;
    struct dname host;
    uint16_t preference;

    if (type == DNS_TLSA && tlsa_from_rdata(rdata, len, &tlsa)) {
        tlsa_to_text(&tlsa, text, sizeof text);
        return json_string(text);
    }
    if (type == DNS_MX) {
        fact_read_mx(rdata, len, &preference, &host);
        return json_sprintf("%u %s", preference, dname_to_text(&host, name));
    }
    return NULL;
}

/* The records that are kept as they are: of MX and TLSA. */
static json_t *records_of(uint16_t type, const struct fact *fact, size_t *omitted_out)
{
    json_t *records = json_array();
    size_t cursor = 0;
    size_t count = 0;
    const uint8_t *rdata;
    uint16_t len;

    *omitted_out = 0;
    if ((type != DNS_MX && type != DNS_TLSA) || fact->outcome != FACT_RECORDS)
        return records;
    while (fact_next_record(fact, &cursor, &rdata, &len)) {
        if (count++ < RECORDS_SHOWN)
            json_array_append_new(records, record_of(type, rdata, len));
        else
            (*omitted_out)++;
    }
    *omitted_out += fact->omitted;
    return records;
}

static const char *outcome_text(const struct fact *fact)
{
    switch ((enum fact_outcome)fact->outcome) {
    case FACT_NXDOMAIN:
        return "nxdomain";
    case FACT_NODATA:
        return "nodata";
    case FACT_RECORDS:
        return "records";
    case FACT_ERROR:
        break;
    }
    return "error";
}

/* NULL for what is no fact, which the cache does not keep. */
static json_t *fact_tree(const struct cache_item *item, int64_t ttl_s)
{
    struct fact *fact = fact_unpack(item->sub, item->value, item->len, item->expires_ms);
    char name[DNAME_TEXT_MAX];
    struct dname canonical;
    size_t omitted;

    if (!fact)
        return NULL;
    json_t *records = records_of(item->sub, fact, &omitted);
    json_t *tree = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:o, s:I}", "kind", "fact", "type",
        dns_type_text(item->sub), "name", dname_to_text(&item->name, name), "ttl",
        (json_int_t)ttl_s, "outcome", outcome_text(fact), "status",
        control_status_word((enum dns_status)fact->status), "records", records, "omitted",
        (json_int_t)omitted);

    json_object_set_new(tree, "canonical",
        fact_canonical(fact, &canonical) ? json_string(dname_to_text(&canonical, name))
                                         : json_null());
    json_object_set_new(tree, "why",
        fact->outcome == FACT_ERROR ? json_string(dns_cause_text((enum dns_cause)fact->cause))
                                    : json_null());
    free(fact);
    return tree;
}

static json_t *level_tree(const struct cache_item *item, int64_t ttl_s)
{
    struct destination destination = {
        .kind = item->kind == CACHE_HOST ? DESTINATION_HOST : DESTINATION_DOMAIN,
        .port = item->sub,
        .name = item->name,
    };
    struct answer answer = lookups_read_level(item);
    char text[DESTINATION_TEXT_MAX];

    destination_to_text(&destination, text);
    return json_pack("{s:s, s:s, s:I, s:s, s:s}", "kind", "level", "destination", text, "ttl",
        (json_int_t)ttl_s, "level", level_text(answer.level), "reason",
        reason_token(answer.reason));
}

static void write_level(struct text *text, const json_t *tree)
{
    text_addf(text, "level  %7" JSON_INTEGER_FORMAT "  %-13s %s  %s\n", show_int(tree, "ttl"),
        show_text(tree, "level"), show_text(tree, "destination"), show_text(tree, "reason"));
}

static void write_fact(struct text *text, const json_t *tree)
{
    const json_t *records = json_object_get(tree, "records");
    size_t i;
    const json_t *record;

    text_addf(text, "fact   %7" JSON_INTEGER_FORMAT "  %-8s %-5s %s  %s", show_int(tree, "ttl"),
        show_text(tree, "status"), show_text(tree, "type"), show_text(tree, "name"),
        show_text(tree, "outcome"));
    if (show_text(tree, "canonical")[0])
        text_addf(text, " at %s", show_text(tree, "canonical"));
    if (show_text(tree, "why")[0])
        text_addf(text, ": %s", show_text(tree, "why"));
    json_array_foreach(records, i, record)
        text_addf(text, "%s %s", i == 0 ? ":" : ",", json_string_value(record));
    if (show_int(tree, "omitted") > 0)
        text_addf(text, ", and %" JSON_INTEGER_FORMAT " more", show_int(tree, "omitted"));
    text_addf(text, "\n");
}

static void show_item(void *arg, const struct cache_item *item)
{
    struct step *step = arg;
    int64_t ttl_s = (int64_t)((item->expires_ms - step->now_ms) / 1000);
    json_t *tree = item->kind == CACHE_FACT ? fact_tree(item, ttl_s) : level_tree(item, ttl_s);

    if (!tree)
        return;
    if (step->dump->json)
        show_json(step->text, tree);
    else if (item->kind == CACHE_FACT)
        write_fact(step->text, tree);
    else
        write_level(step->text, tree);
    json_decref(tree);
    step->dump->lines++;
}

void control_dump_step(
    struct control_dump *dump, struct cache *cache, uint64_t now_ms, struct text *text)
{
    struct step step = {dump, text, now_ms};
    size_t start = text->len;

    if (!dump->walk.cache)
        cache_walk_start(&dump->walk, cache);
    for (unsigned i = 0; i < ENTRIES_MAX && !dump->over && text->len - start < TEXT_ENOUGH; i++)
        dump->over = !cache_walk_step(&dump->walk, now_ms, false, 1, show_item, &step);
    if (!dump->over)
        return;
    /* Without this line a dump that broke off would look like a whole one. */
    if (dump->json)
        text_addf(text, "{\"kind\":\"end\",\"lines\":%llu}\n", (unsigned long long)dump->lines);
    else
        text_addf(text, "# end of %llu lines\n", (unsigned long long)dump->lines);
}

void control_dump_end(struct control_dump *dump)
{
    cache_walk_stop(&dump->walk);
}
