/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - the subcommands of danectl: one file each, and one line in the table of main.c.
 *
 * A command is given its own name as argv[0], reads its options itself, writes to standard output
 * what was asked for and to standard error what went wrong, and returns the exit status.
 */
#ifndef DANED_DANECTL_COMMAND_H
#define DANED_DANECTL_COMMAND_H

#include <stdbool.h>

/* Holds a chain of certificates against TLSA records, without a daemon. */
int command_verify(int argc, char **argv);

/* The form of verify that asks a daemon, how it is used, and whether these arguments are for it. */
extern const char command_verify_daemon_usage[];
int command_verify_daemon(int argc, char **argv);
bool command_verify_wants_daemon(int argc, char **argv);

/* Asks a daemon for the level of a destination. */
int command_policy(int argc, char **argv);

/* Prints the TLSA record for a certificate, a certificate request or a public key. */
int command_tlsa(int argc, char **argv);

/* Checks every address of every MX host of a destination. */
int command_check(int argc, char **argv);

/* Says whether a new certificate may be deployed now. */
int command_rollover(int argc, char **argv);

/* The commands that daned runs on its control socket: argv[0] says which. */
int command_control(int argc, char **argv);

/* Sets the path of that socket, borrowed. */
void command_control_set_socket(const char *path);

#endif
