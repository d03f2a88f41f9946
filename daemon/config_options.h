/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_options.h - the table of all options: one row each, and everything follows it.
 *
 * A new option is: a field in config.h, a row in config_options.c, a paragraph in daned.conf(5) and
 * in the sample file. The unit test compares these.
 */
#ifndef DANED_CONFIG_OPTIONS_H
#define DANED_CONFIG_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* What a value is; says which parser (config_value.c) and which field type belong to the row. */
enum config_type {
    CONFIG_DURATION,  /* uint64_t, milliseconds; "500ms", "4s", "5m", "1h", "1d" */
    CONFIG_SIZE,      /* uint64_t, octets; "512K", "64M", "1G", "1T" */
    CONFIG_SWITCH,    /* bool; "yes", "no" */
    CONFIG_WORD,      /* an enum; one of the words */
    CONFIG_ACCOUNT,   /* char[CONFIG_USER_MAX + 1]; the name of a user or a group */
    CONFIG_PATH,      /* char[CONFIG_VALUE_MAX + 1]; absolute */
    CONFIG_MODE,      /* unsigned; octal */
    CONFIG_RESOLVERS, /* struct config_addresses; a list of "ADDRESS@PORT" */
    CONFIG_DOMAINS,   /* struct config_domains; a list of domain names */
    CONFIG_SOCKET,    /* struct config_address; "unix:/path", "inet:HOST:PORT" */
};

struct config_option {
    const char *section; /* "" at the top of the file */
    const char *name;
    enum config_type type;
    const char *preset; /* the default in the syntax of the file; NULL: must be given */
    uint64_t least;     /* in the unit of the field; of a list: elements; of a text: octets */
    uint64_t most;
    const char *words; /* of CONFIG_WORD, "defer|may", in the order of the enum; else NULL */
    size_t offset; /* of the field in struct config, in section "listen" in struct config_listen */
    const char *help; /* what it is for, one sentence */
};

extern const struct config_option config_options[];
extern const size_t config_option_count;

/* The sections in the order of the file, NULL at the end; "listen" has a title and may repeat. */
extern const char *const config_sections[];

/* The listeners if the file has none, in the syntax of the file. */
extern const char config_default_listeners[];

/* Finds a row; NULL if there is none. */
const struct config_option *config_option_find(const char *section, const char *name);

#endif
