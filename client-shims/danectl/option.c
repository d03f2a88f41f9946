/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.c - reads the options of a subcommand by its table.
 */
#include "client-shims/danectl/option.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/control_client.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/destination.h"

bool option_read_number(
    const char *text, size_t len, int64_t least, int64_t most, int64_t *value_out)
{
    if (len == 0 || len > 12 || strspn(text, "0123456789") < len)
        return false;
    *value_out = 0;
    for (size_t i = 0; i < len; i++)
        *value_out = *value_out * 10 + (text[i] - '0');
    return *value_out >= least && *value_out <= most;
}

const char *option_take_flag(const struct option_row *row, const char *text)
{
    (void)text;
    *(bool *)row->target = true;
    return NULL;
}

const char *option_take_text(const struct option_row *row, const char *text)
{
    *(const char **)row->target = text;
    return NULL;
}

const char *option_take_number(const struct option_row *row, const char *text)
{
    static char why[80];

    if (option_read_number(text, strlen(text), row->least, row->most, row->target))
        return NULL;
    snprintf(why, sizeof why, "is no number from %" PRId64 " to %" PRId64, row->least, row->most);
    return why;
}

const char *option_take_port(const struct option_row *row, const char *text)
{
    int64_t port;

    if (!option_read_number(text, strlen(text), 1, UINT16_MAX, &port))
        return "is no port from 1 to 65535";
    *(uint16_t *)row->target = (uint16_t)port;
    return NULL;
}

const char *option_take_host(const struct option_row *row, const char *text)
{
    struct in_addr address;
    struct destination host;
    enum destination_error error = destination_parse(text, strlen(text), &host);

    if (error != DESTINATION_OK)
        return destination_error_text(error);
    if (host.kind != DESTINATION_DOMAIN || strchr(text, ':') ||
        inet_pton(AF_INET, text, &address) == 1)
        return "is no host name";
    *(struct dname *)row->target = host.name;
    return NULL;
}

const char *option_take_socket(const struct option_row *row, const char *text)
{
    (void)row;
    control_client_set_path(text);
    return NULL;
}

int option_misused(const struct option_table *table, const char *missing)
{
    if (missing)
        fprintf(stderr, "danectl %s: %s is missing\n", table->command, missing);
    else
        fprintf(stderr, "danectl %s: there is an argument too many\n", table->command);
    fputs(table->usage, stderr);
    return table->usage_status;
}

int option_want_one(const struct option_table *table, int argc, const char *operand)
{
    if (optind + 1 == argc)
        return -1;
    return option_misused(table, optind == argc ? operand : NULL);
}

static int refuse(const struct option_table *table, const struct option_row *row, const char *why)
{
    char what[256];

    snprintf(what, sizeof what, "--%s %s", row->name, optarg ? optarg : "");
    return output_fail(table->command, table->usage_status, what, why);
}

/* The rows as getopt wants them: each gives its number, from 1, and --help the one behind. */
static void make_options(const struct option_table *table, struct option out[OPTION_ROWS_MAX + 2])
{
    size_t count = table->count;

    for (size_t i = 0; i < count; i++) {
        const struct option_row *row = &table->rows[i];
        int has_value = row->take == option_take_flag ? no_argument : required_argument;
        out[i] = (struct option){row->name, has_value, NULL, (int)i + 1};
    }
    out[count] = (struct option){"help", no_argument, NULL, (int)count + 1};
    out[count + 1] = (struct option){NULL, 0, NULL, 0};
}

int option_read(const struct option_table *table, int argc, char **argv)
{
    struct option options[OPTION_ROWS_MAX + 2];
    const struct option_row *socket_row = NULL;
    static char name[64];
    int got;

    make_options(table, options);
    /* getopt begins with it when it says what is wrong. */
    snprintf(name, sizeof name, "danectl %s", table->command);
    argv[0] = name;
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].take == option_take_socket)
            socket_row = &table->rows[i];
    while ((got = getopt_long(argc, argv, socket_row ? "s:" : "", options, NULL)) != -1) {
        if (got == (int)table->count + 1) {
            fputs(table->usage, stdout);
            return EX_OK;
        }
        if (got == '?') {
            fputs(table->usage, stderr);
            return table->usage_status;
        }
        const struct option_row *row = got == 's' ? socket_row : &table->rows[got - 1];
        const char *why = row->take(row, optarg);
        if (why)
            return refuse(table, row, why);
    }
    return -1;
}
