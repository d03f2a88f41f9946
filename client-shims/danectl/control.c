/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.c - the subcommands that talk to daned on its control socket: status, stats, explain,
 * dump, flush, reload, log.
 *
 * The reply is passed on as it comes, however long it is. What ends badly has a status of its own:
 * 1 if daned replies with an error or its reply breaks off, 69 if it cannot be asked.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "client-shims/danectl/command.h"
#include "client-shims/danectl/control_client.h"
#include "client-shims/danectl/control_print.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "proto/control_line.h"
#include "proto/line.h"

struct control {
    const char *name;
    const char *argument; /* or NULL */
    bool json;
};

static const struct {
    const char *name;
    const char *argument; /* as the usage names it; NULL: none */
    const char *about;
} forms[] = {
    {"status", NULL, "what daned runs with: resolvers, listeners, cache, overrides"},
    {"stats", NULL, "the numbers that daned counts"},
    {"explain", "DESTINATION", "why a destination gets its answer, and what to do about it"},
    {"dump", NULL, "all that is in the cache, a line each"},
    {"flush", "DESTINATION | --all", "forget a destination, or everything"},
    {"reload", NULL, "read the configuration and the overrides anew"},
    {"log", "error | warning | info | debug", "change what is logged, until the next reload"},
};

static size_t form_of(const char *name)
{
    size_t i = 0;

    while (strcmp(forms[i].name, name) != 0)
        i++;
    return i;
}

void command_control_set_socket(const char *path)
{
    control_client_set_path(path);
}

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct control *control, int argc, char **argv)
{
    size_t form = form_of(control->name);
    const char *argument = forms[form].argument;
    bool has_all = strcmp(control->name, "flush") == 0;
    bool all = false;
    char usage[1024];
    const struct option_row rows[] = {
        {.name = "json", .take = option_take_flag, .target = &control->json},
        {.name = "socket", .take = option_take_socket},
        {.name = "all", .take = option_take_flag, .target = &all},
    };
    const struct option_table table = {
        control->name, usage, EX_USAGE, rows, sizeof rows / sizeof rows[0] - (has_all ? 0 : 1)};

    snprintf(usage, sizeof usage,
        "usage: danectl [-s CONTROL_SOCKET] %s [--json]%s%s\n"
        "%s.\n"
        "  -s, --socket  the control socket of daned, if not %s\n"
        "  --json        reply as JSON\n"
        "%s"
        "Ends with 0, with 1 if daned replies with an error, with 69 if it cannot be asked.\n",
        control->name, argument ? " " : "", argument ? argument : "", forms[form].about,
        control_client_path(), has_all ? "  --all         forget everything\n" : "");
    int status = option_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (all)
        control->argument = "--all";
    else if (optind < argc)
        control->argument = argv[optind++];
    if (argument && !control->argument)
        return option_misused(&table, argument);
    if (optind != argc || (!argument && control->argument))
        return option_misused(&table, NULL);
    return -1;
}

static int ask(const struct control *control, int fd)
{
    struct control_print print;
    char line[CONTROL_LINE_MAX];
    char data[16384];
    ssize_t len;

    int line_len =
        snprintf(line, sizeof line, "%s%s%s%s\n", control->name, control->argument ? " " : "",
            control->argument ? control->argument : "", control->json ? " json" : "");
    if (control_client_send(fd, line, (size_t)line_len) != 0)
        return output_fail(control->name, EX_UNAVAILABLE, "cannot ask daned", strerror(errno));
    control_print_init(&print, control->name, control->json);
    while ((len = control_client_receive(fd, data, sizeof data, CONTROL_CLIENT_WAIT_MS)) > 0)
        control_print_add(&print, data, (size_t)len);
    if (len < 0)
        return output_fail(control->name, EX_UNAVAILABLE, "no reply", strerror(errno));
    switch (control_print_end(&print)) {
    case CONTROL_PRINT_OK:
        break;
    case CONTROL_PRINT_ERROR:
        return output_end(control->name, 1);
    case CONTROL_PRINT_CUT:
        return output_fail(control->name, 1, "the reply", "it broke off before its end");
    }
    return output_end(control->name, EX_OK);
}

int command_control(int argc, char **argv)
{
    struct control control = {.name = argv[0]};
    int status = read_options(&control, argc, argv);

    if (status >= 0)
        return status;
    if (control.argument &&
        (!line_is_word(span_of(control.argument)) || strlen(control.argument) > CONTROL_WORD_MAX))
        return output_fail(control.name, EX_USAGE, "the argument",
            "it is empty, longer than 1024 octets, or has a blank or a control character in it");
    int fd = control_client_connect(CONTROL_CLIENT_WAIT_MS);
    if (fd < 0)
        return output_fail(
            control.name, EX_UNAVAILABLE, control_client_path(), control_client_failure(errno));
    status = ask(&control, fd);
    close(fd);
    return status;
}
