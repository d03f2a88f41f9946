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

/* Takes one option. Returns false if its value is none. */
static bool take_option(
    struct check *check, const char *name, const char *text, int64_t *timeout_out)
{
    int64_t value = 0;
    size_t len = strlen(text);

    if (strcmp(name, "timeout") == 0)
        return option_read_number(text, len, 1, TIMEOUT_MAX_S, timeout_out);
    if (strcmp(name, "at") == 0)
        return read_time(text, &check->now_s);
    if (strcmp(name, "resolve") == 0)
        return check_add_resolve(check, text);
    if (strcmp(name, "warn-days") == 0) {
        bool good = option_read_number(text, len, 0, WARN_DAYS_MAX, &value);
        check->warn_days = (int)value;
        return good;
    }
    bool good = option_read_number(text, len, 1, UINT16_MAX, &value);
    check->connect_port = (uint16_t)value;
    return good;
}

/* Reads the options; returns -1 to go on, or the status to exit with. */
static int read_options(struct check *check, int argc, char **argv)
{
    enum { VALUE = 1, JSON, HELP };
    static const struct option options[] = {
        {"timeout", required_argument, NULL, VALUE},
        {"warn-days", required_argument, NULL, VALUE},
        {"at", required_argument, NULL, VALUE},
        {"resolve", required_argument, NULL, VALUE},
        {"connect-port", required_argument, NULL, VALUE},
        {"socket", required_argument, NULL, 's'},
        {"json", no_argument, NULL, JSON},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    int64_t timeout_s = TIMEOUT_S;
    int option;
    int index = 0;

    while ((option = getopt_long(argc, argv, "s:", options, &index)) != -1) {
        switch (option) {
        case VALUE:
            if (!take_option(check, options[index].name, optarg, &timeout_s))
                return output_fail("check", NAGIOS_UNKNOWN, options[index].name, "no such value");
            break;
        case 's':
            control_client_set_path(optarg);
            break;
        case JSON:
            check->json = true;
            break;
        case HELP:
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return NAGIOS_UNKNOWN;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return NAGIOS_UNKNOWN;
    }
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
    struct check check = {.now_s = time(NULL), .warn_days = WARN_DAYS};
    int status = read_options(&check, argc, argv);

    if (status >= 0)
        return status;
    run(&check);
    /* A result that nobody could read is none. */
    status = output_end("check", status_of(check.level));
    check_release(&check);
    return status > NAGIOS_UNKNOWN ? NAGIOS_UNKNOWN : status;
}
