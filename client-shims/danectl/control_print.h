/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_print.h - passes a reply of the control socket on: errors to standard error, the rest to
 * standard output, with colours if that is a terminal and NO_COLOR is not set.
 */
#ifndef DANED_DANECTL_CONTROL_PRINT_H
#define DANED_DANECTL_CONTROL_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_PRINT_LINE_MAX 4096 /* octets of a line that are looked at for its colour */

/* A reply on its way. */
struct control_print {
    const char *command;
    bool json;
    bool colour;
    bool error; /* the reply is an error */
    bool begun; /* some of it is printed */
    bool whole; /* the last line ended, and a dump has its last line */
    bool in_long_line;
    size_t line_len;
    char line[CONTROL_PRINT_LINE_MAX];
};

enum control_print_end {
    CONTROL_PRINT_OK,
    CONTROL_PRINT_ERROR, /* daned replied with an error */
    CONTROL_PRINT_CUT,   /* the reply is not whole */
};

/* Starts; command is the subcommand, borrowed. */
void control_print_init(struct control_print *print, const char *command, bool json);

/* Prints what has come. Control characters are shown as '?': they have no place in a reply. */
void control_print_add(struct control_print *print, const char *data, size_t len);

/* The reply has ended: prints what is left, and says what it was. */
enum control_print_end control_print_end(struct control_print *print);

#endif
