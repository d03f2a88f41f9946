/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - the subcommands of danectl: one file each, and one line in the table of main.c.
 *
 * A command is given its own name as argv[0], reads its options itself, writes to standard output
 * what was asked for and to standard error what went wrong, and returns the exit status.
 */
#ifndef DANED_DANECTL_COMMAND_H
#define DANED_DANECTL_COMMAND_H

/* Holds a chain of certificates against TLSA records, without a daemon. */
int command_verify(int argc, char **argv);

#endif
