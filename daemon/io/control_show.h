/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_show.h - how the trees that the control socket replies with become JSON or text.
 *
 * Every command makes one tree; the text for people is written from that same tree, so that the two
 * forms cannot tell different things.
 */
#ifndef DANED_IO_CONTROL_SHOW_H
#define DANED_IO_CONTROL_SHOW_H

#include <jansson.h>

#include "daemon/core/dns.h"
#include "daemon/io/stats.h"
#include "daemon/io/text.h"

/* Adds the tree as one line of ASCII JSON. */
void show_json(struct text *text, const json_t *tree);

/* A member of an object: its text, "" if it is no text; its number, 0 if it is none. */
const char *show_text(const json_t *tree, const char *key);
json_int_t show_int(const json_t *tree, const char *key);

/* The word for a DNSSEC status: "secure", "insecure", "error"; static storage. */
const char *control_status_word(enum dns_status status);

/*
 * The numbers of stats_visit() as one tree, to be freed by the caller: {"requests_total":
 * {"exim": {"dane": 1}}, "cache_entries": 2}. Names are those of the metrics without "daned_".
 */
json_t *control_stats_tree(const struct stats_sources *sources);

/* Writes that tree for people: one number a line. */
void control_show_stats(struct text *text, const json_t *tree);

/*
 * Writes the state of the daemon for people. The tree, made by the daemon: {"version", "uptime",
 * "validating", "resolvers": [{"address", "state", "why"}], "listeners": [{"name", "protocol",
 * "address", "connections"}], "cache": {"entries", "bytes", "size"}, "overrides": {"count",
 * "expired_count", "unused_count", "expired": [{"key", "level", "line", "expires"}], "unused":
 * likewise}, "log": {"level", "dropped"}}.
 */
void control_show_status(struct text *text, const json_t *tree);

#endif
