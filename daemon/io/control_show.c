/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_show.c - how the trees that the control socket replies with become JSON or text.
 */
#include "daemon/io/control_show.h"

#include <string.h>
#include <time.h>

static int add_octets(const char *data, size_t len, void *text)
{
    text_add(text, data, len);
    return 0;
}

void show_json(struct text *text, const json_t *tree)
{
    json_dump_callback(tree, add_octets, text, JSON_COMPACT | JSON_ENSURE_ASCII);
    text_add(text, "\n", 1);
}

const char *show_text(const json_t *tree, const char *key)
{
    const char *value = json_string_value(json_object_get(tree, key));

    return value ? value : "";
}

json_int_t show_int(const json_t *tree, const char *key)
{
    return json_integer_value(json_object_get(tree, key));
}

const char *control_status_word(enum dns_status status)
{
    switch (status) {
    case DNS_SECURE:
        return "secure";
    case DNS_INSECURE:
        return "insecure";
    case DNS_ERROR:
        break;
    }
    return "error";
}

/* Gives the member key of tree, made as an object if it is not there. */
static json_t *member(json_t *tree, const char *key)
{
    json_t *child = json_object_get(tree, key);

    if (!child) {
        child = json_object();
        json_object_set_new(tree, key, child);
    }
    return child;
}

static void add_row(void *arg, const struct stats_row *row)
{
    json_t *tree = arg;
    char name[128];
    const char *key = name;

    snprintf(
        name, sizeof name, "%s%s", row->name + strlen("daned_"), row->suffix ? row->suffix : "");

    for (size_t i = 0; i < row->label_count; i++) {
        tree = member(tree, key);
        key = row->labels[i].value;
    }
    json_object_set_new(tree, key,
        row->is_micro ? json_real((double)row->value / 1e6) : json_integer((json_int_t)row->value));
}

json_t *control_stats_tree(const struct stats_sources *sources)
{
    json_t *tree = json_object();

    stats_visit(sources, add_row, tree);
    return tree;
}

static void show_number(struct text *text, const char *name, const json_t *value)
{
    if (json_is_real(value))
        text_addf(text, "%-40s %10.3f\n", name, json_real_value(value));
    else
        text_addf(text, "%-40s %10" JSON_INTEGER_FORMAT "\n", name, json_integer_value(value));
}

/* Writes a number, or the numbers of an object by their labels, the zeroes among these left out. */
static void show_numbers(struct text *text, const char *name, const json_t *value, unsigned depth)
{
    const char *key;
    json_t *child;
    char longer[256];

    if (!json_is_object(value)) {
        if (depth == 0 || json_integer_value(value) != 0)
            show_number(text, name, value);
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, child)
    {
        snprintf(longer, sizeof longer, "%s %s", name, key);
        show_numbers(text, longer, child, depth + 1);
    }
}

void control_show_stats(struct text *text, const json_t *tree)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)tree, key, value) show_numbers(text, key, value, 0);
}

static void show_uptime(struct text *text, json_int_t seconds)
{
    text_addf(text, "up         %" JSON_INTEGER_FORMAT " d %02d:%02d:%02d\n", seconds / 86400,
        (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void show_overrides(struct text *text, const json_t *overrides, const char *what)
{
    const json_t *list = json_object_get(overrides, what);
    char key[32];
    size_t i;
    const json_t *line;

    snprintf(key, sizeof key, "%s_count", what);
    json_int_t more = show_int(overrides, key) - (json_int_t)json_array_size(list);
    json_array_foreach(list, i, line)
    {
        text_addf(text, "  %-8s line %-4" JSON_INTEGER_FORMAT " %s %s", what,
            show_int(line, "line"), show_text(line, "key"), show_text(line, "level"));
        if (show_text(line, "expires")[0])
            text_addf(text, " expires=%s", show_text(line, "expires"));
        if (show_text(line, "why")[0])
            text_addf(text, " # %s", show_text(line, "why"));
        text_addf(text, "\n");
    }
    if (more > 0)
        text_addf(text, "  %-8s and %" JSON_INTEGER_FORMAT " more\n", what, more);
}

static void show_cache_file(struct text *text, const json_t *file)
{
    char when[40] = "not saved yet";
    time_t saved = (time_t)show_int(file, "saved_at");
    struct tm utc;

    if (json_is_null(file)) {
        text_addf(text, "cache file none: nothing is kept over a restart\n");
        return;
    }
    if (saved > 0 && gmtime_r(&saved, &utc))
        strftime(when, sizeof when, "saved at %Y-%m-%dT%H:%M:%SZ", &utc);
    text_addf(text, "cache file %s, %s", show_text(file, "path"), when);
    if (saved > 0)
        text_addf(text, " (%" JSON_INTEGER_FORMAT " records)", show_int(file, "saved_records"));
    text_addf(text, ", %" JSON_INTEGER_FORMAT " facts loaded at the start\n",
        show_int(file, "loaded_facts"));
    if (show_text(file, "error")[0])
        text_addf(text, "           %s\n", show_text(file, "error"));
}

void control_show_status(struct text *text, const json_t *tree)
{
    const json_t *cache = json_object_get(tree, "cache");
    const json_t *overrides = json_object_get(tree, "overrides");
    const json_t *log = json_object_get(tree, "log");
    size_t i;
    const json_t *one;

    text_addf(text, "daned %s\n", show_text(tree, "version"));
    show_uptime(text, show_int(tree, "uptime"));
    text_addf(text, "validating %s\n",
        json_is_true(json_object_get(tree, "validating"))
            ? "yes"
            : "no: no resolver has passed its self-test");
    json_array_foreach(json_object_get(tree, "resolvers"), i, one)
        text_addf(text, "resolver   %-20s %s%s%s\n", show_text(one, "address"),
            show_text(one, "state"), show_text(one, "why")[0] ? ": " : "", show_text(one, "why"));
    json_array_foreach(json_object_get(tree, "listeners"), i, one) text_addf(text,
        "listener   %-10s %-9s %s, %" JSON_INTEGER_FORMAT " connections\n", show_text(one, "name"),
        show_text(one, "protocol"), show_text(one, "address"), show_int(one, "connections"));
    text_addf(text,
        "cache      %" JSON_INTEGER_FORMAT " entries, %" JSON_INTEGER_FORMAT
        " of %" JSON_INTEGER_FORMAT " KiB\n",
        show_int(cache, "entries"), show_int(cache, "bytes") / 1024,
        show_int(cache, "size") / 1024);
    show_cache_file(text, json_object_get(cache, "file"));
    text_addf(text,
        "overrides  %" JSON_INTEGER_FORMAT ": %" JSON_INTEGER_FORMAT
        " expired, %" JSON_INTEGER_FORMAT " expire within 7 days, %" JSON_INTEGER_FORMAT
        " not used since the last reload\n",
        show_int(overrides, "count"), show_int(overrides, "expired_count"),
        show_int(overrides, "expiring_count"), show_int(overrides, "unused_count"));
    show_overrides(text, overrides, "expired");
    show_overrides(text, overrides, "expiring");
    show_overrides(text, overrides, "unused");
    text_addf(text, "log        level %s", show_text(log, "level"));
    if (show_int(log, "dropped") > 0)
        text_addf(text, ", %" JSON_INTEGER_FORMAT " lines dropped", show_int(log, "dropped"));
    text_addf(text, "\n");
}
