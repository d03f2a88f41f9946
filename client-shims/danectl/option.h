/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.h - reads the values of options that more than one subcommand has.
 */
#ifndef DANED_DANECTL_OPTION_H
#define DANED_DANECTL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"

/* Reads text[0..len), decimal digits alone, as a number from least to most. Returns whether it is
 * one. */
bool option_read_number(
    const char *text, size_t len, int64_t least, int64_t most, int64_t *value_out);

/*
 * Reads the value of --host: the name of a host, without brackets, port or address. Returns 0, or
 * says on standard error, in the name of the subcommand, what is wrong, and returns EX_USAGE.
 */
int option_read_host(const char *command, const char *text, struct dname *name_out);

/* Likewise the value of --port. */
int option_read_port(const char *command, const char *text, uint16_t *port_out);

#endif
