/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c - danectl check: looks at every address of every MX host of a destination, as a
 * monitoring system does daily.
 *
 * daned says, on its control socket, what DNS has and which records bind; here every server is
 * asked for its certificate, which is held against them. The exit status is what Nagios wants: 0
 * OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, which is also that of a wrong command line.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/command.h"
#include "client-shims/danectl/control_client.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/destination.h"

enum { NAGIOS_OK = 0, NAGIOS_WARNING = 1, NAGIOS_CRITICAL = 2, NAGIOS_UNKNOWN = 3 };
enum { TIMEOUT_S = 30, TIMEOUT_MAX_S = 600, WARN_DAYS = 14, WARN_DAYS_MAX = 3650 };

static const char usage[] =
    "usage: danectl [-s CONTROL_SOCKET] check [--timeout SECONDS] [--warn-days DAYS] [--at TIME]\n"
    "                     [--resolve HOST=ADDRESS]... [--connect-port PORT] [--json] DESTINATION\n"
    "  --timeout       for all of it; 30 unless given\n"
    "  --warn-days     warn of a certificate that expires in fewer days; 14 unless given\n"
    "  --at            hold dates against this time: +14d, +36h, or seconds since 1970\n"
    "  --resolve       an address of an MX host, and not those that it has in DNS\n"
    "  --connect-port  connect to this port, and not to that of the destination\n"
    "  -s, --socket    the control socket of daned\n"
    "  --json          print an object\n"
    "Prints one line, then a table; ends as Nagios wants it: 0 OK, 1 WARNING, 2 CRITICAL,\n"
    "3 UNKNOWN.\n";

uint64_t check_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void check_find(struct check *check, enum check_level level, const struct check_host *host,
    const struct check_address *address, const char *format, ...)
{
    va_list arguments;

    check->findings =
        alloc_array(check->findings, check->finding_count + 1, sizeof *check->findings);
    struct check_finding *finding = &check->findings[check->finding_count++];
    finding->level = level;
    finding->host = host;
    finding->address = address;
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
    if (level > check->level)
        check->level = level;
}

/* Reads "+14d", "+36h", or seconds since 1970. */
static bool read_time(const char *text, int64_t *at_out)
{
    size_t len = strlen(text);
    int64_t count;

    if (text[0] != '+')
        return option_read_number(text, len, 0, INT64_MAX, at_out);
    if (len < 3 || (text[len - 1] != 'd' && text[len - 1] != 'h') ||
        !option_read_number(text + 1, len - 2, 0, 100000, &count))
        return false;
    *at_out += count * (text[len - 1] == 'd' ? 86400 : 3600);
    return true;
}

static const char *take_time(const struct option_row *row, const char *text)
{
    return read_time(text, row->target) ? NULL : "is no time: +14d, +36h, or seconds since 1970";
}

static const char *take_resolve(const struct option_row *row, const char *text)
{
    return check_add_resolve(row->target, text) ? NULL : "is no HOST=ADDRESS, or one too many";
}

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct check *check, int argc, char **argv)
{
    int64_t timeout_s = TIMEOUT_S;
    int64_t warn_days = WARN_DAYS;
    const struct option_row rows[] = {
        {"timeout", option_take_number, &timeout_s, 1, TIMEOUT_MAX_S},
        {"warn-days", option_take_number, &warn_days, 0, WARN_DAYS_MAX},
        {.name = "at", .take = take_time, .target = &check->now_s},
        {.name = "resolve", .take = take_resolve, .target = check},
        {.name = "connect-port", .take = option_take_port, .target = &check->connect_port},
        {.name = "socket", .take = option_take_socket},
        {.name = "json", .take = option_take_flag, .target = &check->json},
    };
    const struct option_table table = {
        "check", usage, NAGIOS_UNKNOWN, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    status = option_want_one(&table, argc, "DESTINATION");
    if (status >= 0)
        return status;
    check->warn_days = (int)warn_days;
    check->destination = argv[optind];
    check->deadline_ms = check_now_ms() + (uint64_t)timeout_s * 1000;
    return -1;
}

static int status_of(enum check_level level)
{
    switch (level) {
    case CHECK_OK:
        return NAGIOS_OK;
    case CHECK_WARNING:
        return NAGIOS_WARNING;
    case CHECK_CRITICAL:
        return NAGIOS_CRITICAL;
    case CHECK_UNKNOWN:
        break;
    }
    return NAGIOS_UNKNOWN;
}

/* Brings the destination into the form in which daned can be asked about it. */
static bool read_destination(struct check *check, char text_out[DESTINATION_TEXT_MAX])
{
    struct destination destination;
    enum destination_error error =
        destination_parse(check->destination, strlen(check->destination), &destination);

    if (error == DESTINATION_OK) {
        destination_to_text(&destination, text_out);
        check->destination = text_out;
        return true;
    }
    check_find(check, CHECK_UNKNOWN, NULL, NULL, "malformed destination: %s",
        destination_error_text(error));
    return false;
}

static void run(struct check *check)
{
    char destination[DESTINATION_TEXT_MAX];
    const char *why = NULL;

    if (read_destination(check, destination)) {
        why = check_explain(check);
        if (why)
            check_find(check, CHECK_UNKNOWN, NULL, NULL, "daned cannot be asked at %s: %s",
                control_client_path(), why);
    }
    if (check->level == CHECK_OK) {
        check_find_addresses(check);
        check_probe_all(check);
        check_judge(check);
    }
    check_print(check);
}

void check_release(struct check *check)
{
    for (size_t i = 0; i < check->address_count; i++) {
        for (size_t j = 0; j < check->addresses[i].chain_count; j++) {
            free(check->addresses[i].chains[j].data);
            free(check->addresses[i].chains[j].verdict);
        }
    }
    for (size_t i = 0; i < check->host_count; i++)
        free(check->hosts[i].data);
    free(check->hosts);
    free(check->addresses);
    free(check->findings);
    json_decref(check->explained);
}

int command_check(int argc, char **argv)
{
    struct check check = {.now_s = time(NULL)};
    int status = read_options(&check, argc, argv);

    if (status >= 0)
        return status;
    run(&check);
    /* A result that nobody could read is none. */
    status = output_end("check", status_of(check.level));
    check_release(&check);
    return status > NAGIOS_UNKNOWN ? NAGIOS_UNKNOWN : status;
}
