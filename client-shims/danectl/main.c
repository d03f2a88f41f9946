/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - danectl: finds the subcommand and runs it.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} commands[] = {
    {"status", command_control, "show what daned runs with"},
    {"stats", command_control, "show the numbers that daned counts"},
    {"explain", command_control, "say why a destination gets its answer"},
    {"dump", command_control, "show all that is in the cache"},
    {"flush", command_control, "forget a destination, or everything"},
    {"reload", command_control, "read the configuration and the overrides anew"},
    {"log", command_control, "change what is logged"},
    {"policy", command_policy, "ask the daemon for the level of a destination"},
    {"verify", command_verify,
        "hold a chain of certificates against TLSA records, given or looked up"},
    {"tlsa", command_tlsa, "print the TLSA record for a certificate or key"},
    {"check", command_check, "check every address of every MX host of a destination"},
    {"rollover", command_rollover, "say whether a new certificate may be deployed now"},
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_usage(FILE *to)
{
    fprintf(to, "usage: danectl [-s CONTROL_SOCKET] COMMAND ...\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].about);
    fprintf(to, "danectl COMMAND --help says more.\n");
}

int main(int argc, char **argv)
{
    while (argc > 2 && strcmp(argv[1], "-s") == 0) {
        command_control_set_socket(argv[2]);
        argc -= 2;
        argv += 2;
    }
    if (argc < 2) {
        print_usage(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts("danectl " PACKAGE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(argv[1], "-s") == 0)
        fprintf(stderr, "danectl: -s: CONTROL_SOCKET is missing\n");
    else if (argv[1][0] == '-')
        fprintf(stderr, "danectl: %s: options of a command stand behind it\n", argv[1]);
    else
        fprintf(stderr, "danectl: unknown command: %s\n", argv[1]);
    print_usage(stderr);
    return EX_USAGE;
}
