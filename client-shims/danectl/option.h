/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.h - reads the options of a subcommand by its table, and the values that several have.
 */
#ifndef DANED_DANECTL_OPTION_H
#define DANED_DANECTL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_ROWS_MAX 16 /* of one subcommand */

struct option_row;

/*
 * Takes the value of an option, which is borrowed as long as the process runs (NULL for one without
 * a value), into the target of its row. Returns NULL, or what is wrong with it; static storage.
 */
typedef const char *option_take(const struct option_row *row, const char *text);

/* One option. */
struct option_row {
    const char *name; /* without its dashes */
    option_take *take;
    void *target;
    int64_t least; /* of option_take_number */
    int64_t most;
};

/* Common ones, and what their targets are. */
option_take option_take_flag;   /* bool: the option has no value */
option_take option_take_text;   /* const char * */
option_take option_take_number; /* int64_t: decimal digits alone, from least to most */
option_take option_take_port;   /* uint16_t: 1 to 65535 */
option_take option_take_host;   /* struct dname: without brackets, port or address */
option_take option_take_socket; /* none: the control socket; it is -s, too */

struct option_table {
    const char *command;
    const char *usage; /* what --help prints, and a mistake */
    int usage_status;  /* to exit with after a mistake */
    const struct option_row *rows;
    size_t count;
};

/*
 * Reads the options of argv, whose place does not matter; --help besides. Returns -1 to go on, with
 * the operands from argv[optind] on, or the status to exit with: 0 after --help; else what is wrong
 * is on standard error.
 */
int option_read(const struct option_table *table, int argc, char **argv);

/*
 * Says on standard error which argument is missing (NULL: there is one too many), and how the
 * subcommand is used; returns the status to exit with.
 */
int option_misused(const struct option_table *table, const char *missing);

/*
 * Whether there is one operand, as option_read() has left them: -1. If not, says so; operand is how
 * the usage calls it. Returns the status to exit with then.
 */
int option_want_one(const struct option_table *table, int argc, const char *operand);

/* Reads text[0..len), decimal digits alone, as a number from least to most. Returns whether it is
 * one. */
bool option_read_number(
    const char *text, size_t len, int64_t least, int64_t most, int64_t *value_out);

#endif
