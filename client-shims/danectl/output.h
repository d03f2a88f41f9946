/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.h - what the subcommands of danectl have in common when they say something.
 */
#ifndef DANED_DANECTL_OUTPUT_H
#define DANED_DANECTL_OUTPUT_H

#include <jansson.h>

/* Writes "danectl COMMAND: WHAT: WHY" to standard error. Returns status, to exit with. */
int output_fail(const char *command, int status, const char *what, const char *why);

#define OUTPUT_LINE_MAX 2048 /* octets of a line, with the NUL */

/*
 * Prints a line of printable ASCII, cut at OUTPUT_LINE_MAX, and without "|", behind which Nagios
 * looks for numbers.
 */
void output_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Gives a text from the command line as JSON, to be released by the caller; null for NULL. What is
 * not UTF-8 is shown as proto/printable shows it.
 */
json_t *output_json_text(const char *text);

/* Writes the object, and a line end, to standard output; takes it. */
void output_json(json_t *object);

/*
 * Writes out what is left of standard output. Returns status, or EX_IOERR if that failed: who
 * reads only the output must not take silence for consent.
 */
int output_end(const char *command, int status);

#endif
