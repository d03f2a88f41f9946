/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics_text.c - the table of all numbers in Prometheus's text format 0.0.4.
 */
#include "daemon/io/metrics_text.h"

#include <inttypes.h>
#include <string.h>

static const char *type_word(enum stats_type type)
{
    switch (type) {
    case STATS_COUNTER:
        return "counter";
    case STATS_HISTOGRAM:
        return "histogram";
    case STATS_GAUGE:
        break;
    }
    return "gauge";
}

/* "label_value can be any sequence of UTF-8 characters, but the backslash (\), double-quote ("),
 * and line feed (\n) characters have to be escaped" (the format's own description). */
static void add_value(struct text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            text_add(text, "\\n", 2);
        else {
            if (*value == '\\' || *value == '"')
                text_add(text, "\\", 1);
            text_add(text, value, 1);
        }
    }
}

void metrics_text_row(void *arg, const struct stats_row *row)
{
    struct metrics_writer *writer = arg;
    struct text *text = writer->text;

    if (!writer->name || strcmp(writer->name, row->name) != 0)
        text_addf(text, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
            type_word(row->type));
    writer->name = row->name;
    text_addf(text, "%s%s", row->name, row->suffix ? row->suffix : "");
    for (size_t i = 0; i < row->label_count; i++) {
        text_addf(text, "%s%s=\"", i == 0 ? "{" : ",", row->labels[i].name);
        add_value(text, row->labels[i].value);
        text_add(text, "\"", 1);
    }
    text_addf(text, "%s ", row->label_count > 0 ? "}" : "");
    if (row->is_micro)
        text_addf(text, "%" PRIu64 ".%06" PRIu64 "\n", row->value / 1000000, row->value % 1000000);
    else
        text_addf(text, "%" PRIu64 "\n", row->value);
}

void metrics_text(const struct stats_sources *sources, struct text *text)
{
    struct metrics_writer writer = {.text = text, .name = NULL};

    stats_visit(sources, metrics_text_row, &writer);
}
