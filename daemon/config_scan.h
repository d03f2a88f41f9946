/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_scan.h - reads the text of a configuration before libconfuse does, and refuses what
 * libconfuse 3.3 would let pass or misread.
 *
 * libconfuse accepts a file that ends inside a section or a comment, takes the last of two equal
 * options and merges two equal sections, puts the environment in the place of ${NAME}, appends with
 * +=, cuts a value at a NUL (also one written as an escape), skips characters that it does not
 * know, counts a line too many for every comment, and understands section|option as a name. So this
 * scanner checks the whole grammar, notes the true line of everything, and blanks the comments out;
 * libconfuse then parses text that both understand in the same way.
 *
 *     file    = { NAME value | NAME [TITLE] "{" { NAME value } "}" }
 *     value   = "=" TEXT | "=" "{" [ TEXT { "," TEXT } [ "," ] ] "}"
 *     TEXT    = a word of letters, digits and . _ - / : @ % [ ], or a quoted string on one line
 *               in which the backslash stands only before a backslash or the quote
 *     comment = # or // to the end of the line, or between slash-star and star-slash
 */
#ifndef DANED_CONFIG_SCAN_H
#define DANED_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/config.h"

#define CONFIG_ITEMS_MAX 512 /* options and sections of one file; the table allows far fewer */
#define CONFIG_NAME_MAX 31   /* octets of the name of an option or a section */

#define CONFIG_NO_SECTION ((size_t)-1)

struct config_item {
    char name[CONFIG_NAME_MAX + 1];
    char title[CONFIG_TITLE_MAX + 1]; /* of a section; "" if it has none */
    bool is_section;
    bool has_title;
    bool is_list;   /* an option whose value is in braces */
    size_t section; /* of an option: index of its section's item, or CONFIG_NO_SECTION */
    size_t ordinal; /* of a section: how many of the same name came before it */
    int line;       /* from 1 */
};

struct config_scan {
    size_t count;
    struct config_item items[CONFIG_ITEMS_MAX];
};

/*
 * Scans len octets of text, blanks its comments out in place, and lists its sections and options in
 * their order. Returns false, with line and text of *error_out set, at the first mistake of syntax.
 * Names are not looked up here.
 */
bool config_scan_text(
    char *text, size_t len, struct config_scan *scan_out, struct config_error *error_out);

/* Finds an option of a section (index of its item, or CONFIG_NO_SECTION); NULL if it is not given.
 */
const struct config_item *config_scan_find(
    const struct config_scan *scan, size_t section, const char *name);

#endif
