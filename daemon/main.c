/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - the command line of daned.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/overrides_file.h"

#ifdef HAVE_SYSTEMD
#define WITH_SYSTEMD " +libsystemd"
#else
#define WITH_SYSTEMD ""
#endif
#ifdef HAVE_SECCOMP
#define WITH_SECCOMP " +libseccomp"
#else
#define WITH_SECCOMP ""
#endif

static const char usage[] =
    "usage: daned [-c FILE] [-t] [-v] [-V] [-h]\n"
    "\n"
    "Answers Postfix and Exim which TLS policy a destination needs, from DNSSEC-validated\n"
    "DNS. Stays in the foreground.\n"
    "\n"
    "  -c, --config FILE  read this configuration, not " CONFIG_DEFAULT_FILE "\n"
    "  -t, --test         check the configuration and the overrides, and exit: 0 if good, 78 if\n"
    "                     not; with -v, print the configuration that would be in effect\n"
    "  -v, --verbose      log at level debug\n"
    "  -V, --version      print the version, and exit\n"
    "  -h, --help         print this, and exit\n"
    "\n"
    "See daned(8), daned.conf(5), destinations(5).\n";

struct command_line {
    struct daemon_options daemon;
    bool test;
};

/* Returns -1 to go on, or the status to exit with. */
static int parse_command_line(int argc, char **argv, struct command_line *line)
{
    static const struct option long_options[] = {
        {"config", required_argument, NULL, 'c'},
        {"test", no_argument, NULL, 't'},
        {"verbose", no_argument, NULL, 'v'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "c:tvVh", long_options, NULL)) != -1) {
        switch (option) {
        case 'c':
            line->daemon.config_file = optarg;
            line->daemon.config_must_exist = true;
            break;
        case 't':
            line->test = true;
            break;
        case 'v':
            line->daemon.verbose = true;
            break;
        case 'V':
            puts("daned " PACKAGE_VERSION WITH_SYSTEMD WITH_SECCOMP);
            return EX_OK;
        case 'h':
            fputs(usage, stdout);
            return EX_OK;
        default:
            fputs(usage, stderr);
            return EX_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "daned: unexpected argument \"%s\"\n%s", argv[optind], usage);
        return EX_USAGE;
    }
    return -1;
}

/*
 * What would be the end of the process by default, and must not be: a log that nobody reads any
 * more, a file at its limit, and a reload that is asked for before the loop watches for it. That
 * one waits until daemon_run() lets it through.
 */
static void settle_signals(void)
{
    sigset_t held;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&held);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

int main(int argc, char **argv)
{
    struct command_line line = {.daemon = {.config_file = CONFIG_DEFAULT_FILE}};
    struct config *config;
    struct overrides *overrides;
    struct config_error error;
    char text[1024];
    int status = parse_command_line(argc, argv, &line);

    if (status >= 0)
        return status;
    settle_signals();
    if (config_load(line.daemon.config_file, line.daemon.config_must_exist, &config, &error) !=
        CONFIG_OK) {
        fprintf(stderr, "daned: %s\n", config_error_text(&error, text, sizeof text));
        return EX_CONFIG;
    }
    if (overrides_file_load(config->policy.destinations, false, &overrides, &error) != CONFIG_OK) {
        fprintf(stderr, "daned: %s\n", config_error_text(&error, text, sizeof text));
        config_free(config);
        return EX_CONFIG;
    }
    if (!line.test)
        return daemon_run(&line.daemon, config, overrides);
    if (line.daemon.verbose)
        config_print(config, stdout);
    else
        printf("%s: the configuration is good\n", line.daemon.config_file);
    overrides_free(overrides);
    config_free(config);
    return EX_OK;
}
