/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics_text.h - the table of all numbers in Prometheus's text format 0.0.4.
 */
#ifndef DANED_IO_METRICS_TEXT_H
#define DANED_IO_METRICS_TEXT_H

#include "daemon/io/stats.h"
#include "daemon/io/text.h"

/* What the text is, for HTTP. */
#define METRICS_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Puts every row of stats_visit() at the end of text, with HELP and TYPE before each name. */
void metrics_text(const struct stats_sources *sources, struct text *text);

/* Writes rows into text one by one: text, and the name whose HELP and TYPE were written last. */
struct metrics_writer {
    struct text *text;
    const char *name; /* NULL at the start */
};

/* Puts one row at the end; arg is a struct metrics_writer. A stats_row_cb. */
void metrics_text_row(void *arg, const struct stats_row *row);

#endif
