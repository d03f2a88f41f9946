/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_dump.c - shows the whole cache, a little at a time.
 *
 * The lines are written as they stand, JSON too: a tree for each of millions would take ten times
 * as long, and the loop has other work. All of what is shown is printable ASCII.
 */
#include "daemon/io/control_dump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/fact.h"
#include "daemon/core/tlsa.h"
#include "daemon/io/control_show.h"
#include "daemon/io/lookup.h"

enum {
    TEXT_ENOUGH = 2048, /* octets that one step makes, and what is over of its last line */
    ENTRIES_MAX = 1024, /* that one step looks at */
    RECORDS_SHOWN = 16, /* of one fact; the rest is counted */
};

struct step {
    struct control_dump *dump;
    struct text *text;
    uint64_t now_ms;
};

static void add(struct text *text, const char *words)
{
    text_add(text, words, strlen(words));
}

/* Adds a string of JSON, or null. */
static void add_string(struct text *text, const char *words)
{
    if (!words) {
        add(text, "null");
        return;
    }
    add(text, "\"");
    for (size_t len; *words; words += len) {
        len = strcspn(words, "\"\\");
        text_add(text, words, len);
        if (words[len]) {
            add(text, "\\");
            text_add(text, words + len, 1);
            len++;
        }
    }
    add(text, "\"");
}

/* Adds a member of a JSON object: name comes with what stands before it and the colon. */
static void add_member(struct text *text, const char *name, const char *words)
{
    add(text, name);
    add_string(text, words);
}

/* Writes a record of MX or TLSA for people; gives the text, which is in out or empty. */
static const char *record_text(
    uint16_t type, const uint8_t *rdata, uint16_t len, char out[TLSA_TEXT_MAX + DNAME_TEXT_MAX])
{
    struct tlsa_record tlsa;
    struct dname host;
    uint16_t preference;

    out[0] = '\0';
    if (type == DNS_TLSA && tlsa_from_rdata(rdata, len, &tlsa)) {
        tlsa_to_text(&tlsa, out, TLSA_TEXT_MAX);
    } else if (type == DNS_MX) {
        fact_read_mx(rdata, len, &preference, &host);
        int printed = snprintf(out, TLSA_TEXT_MAX, "%u ", preference);
        dname_to_text(&host, out + printed);
    }
    return out;
}

/*
 * Adds the records that are kept as they are, of MX and TLSA: in JSON as strings, else behind ": ".
 * Gives how many are not shown.
 */
static size_t add_records(struct text *text, uint16_t type, const struct fact *fact, bool json)
{
    char record[TLSA_TEXT_MAX + DNAME_TEXT_MAX];
    size_t cursor = 0;
    size_t count = 0;
    const uint8_t *rdata;
    uint16_t len;

    while (fact_next_record(fact, &cursor, &rdata, &len)) {
        if (count++ >= RECORDS_SHOWN)
            continue;
        record_text(type, rdata, len, record);
        if (json) {
            add_member(text, count > 1 ? "," : "", record);
        } else {
            add(text, count > 1 ? ", " : ": ");
            add(text, record);
        }
    }
    return (count > RECORDS_SHOWN ? count - RECORDS_SHOWN : 0) + fact->omitted;
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

/* What is shown of a fact beside its records. */
struct fact_words {
    const char *type;
    const char *name;
    const char *outcome;
    const char *status;
    const char *canonical; /* NULL: no alias */
    const char *why;       /* NULL: no error */
};

static void add_fact_json(struct text *text, const struct fact_words *words, uint16_t type,
    const struct fact *fact, uint64_t ttl_s)
{
    add_member(text, "{\"kind\":\"fact\",\"type\":", words->type);
    add_member(text, ",\"name\":", words->name);
    text_addf(text, ",\"ttl\":%" PRIu64, ttl_s);
    add_member(text, ",\"outcome\":", words->outcome);
    add_member(text, ",\"status\":", words->status);
    add(text, ",\"records\":[");
    size_t omitted = add_records(text, type, fact, true);
    text_addf(text, "],\"omitted\":%zu", omitted);
    add_member(text, ",\"canonical\":", words->canonical);
    add_member(text, ",\"why\":", words->why);
    add(text, "}\n");
}

static void add_fact_line(struct text *text, const struct fact_words *words, uint16_t type,
    const struct fact *fact, uint64_t ttl_s)
{
    text_addf(text, "fact   %7" PRIu64 "  %-8s %-5s %s  %s", ttl_s, words->status, words->type,
        words->name, words->outcome);
    if (words->canonical)
        text_addf(text, " at %s", words->canonical);
    if (words->why)
        text_addf(text, ": %s", words->why);
    size_t omitted = add_records(text, type, fact, false);
    if (omitted > 0)
        text_addf(text, ", and %zu more", omitted);
    add(text, "\n");
}

static void add_fact(struct step *step, const struct cache_item *item, uint64_t ttl_s)
{
    struct fact *fact = fact_unpack(item->sub, item->value, item->len, item->expires_ms);
    char name[DNAME_TEXT_MAX];
    char canonical_name[DNAME_TEXT_MAX];
    struct dname canonical;

    /* The cache keeps nothing else. */
    if (!fact)
        return;
    struct fact_words words = {
        .type = dns_type_text(item->sub),
        .name = dname_to_text(&item->name, name),
        .outcome = outcome_text(fact),
        .status = control_status_word((enum dns_status)fact->status),
        .canonical =
            fact_canonical(fact, &canonical) ? dname_to_text(&canonical, canonical_name) : NULL,
        .why = fact->outcome == FACT_ERROR ? dns_cause_text((enum dns_cause)fact->cause) : NULL,
    };
    if (step->dump->json)
        add_fact_json(step->text, &words, item->sub, fact, ttl_s);
    else
        add_fact_line(step->text, &words, item->sub, fact, ttl_s);
    free(fact);
}

static void add_level(struct step *step, const struct cache_item *item, uint64_t ttl_s)
{
    struct destination destination = {
        .kind = item->kind == CACHE_HOST ? DESTINATION_HOST : DESTINATION_DOMAIN,
        .port = item->sub,
        .name = item->name,
    };
    struct answer answer = lookups_read_level(item);
    char text[DESTINATION_TEXT_MAX];

    destination_to_text(&destination, text);
    if (!step->dump->json) {
        text_addf(step->text, "level  %7" PRIu64 "  %-13s %s  %s\n", ttl_s,
            level_text(answer.level), text, reason_token(answer.reason));
        return;
    }
    add_member(step->text, "{\"kind\":\"level\",\"destination\":", text);
    text_addf(step->text, ",\"ttl\":%" PRIu64, ttl_s);
    add_member(step->text, ",\"level\":", level_text(answer.level));
    add_member(step->text, ",\"reason\":", reason_token(answer.reason));
    add(step->text, "}\n");
}

static void show_item(void *arg, const struct cache_item *item)
{
    struct step *step = arg;
    uint64_t ttl_s = (item->expires_ms - step->now_ms) / 1000;

    if (item->kind == CACHE_FACT)
        add_fact(step, item, ttl_s);
    else
        add_level(step, item, ttl_s);
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
