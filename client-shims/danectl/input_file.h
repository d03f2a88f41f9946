/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input_file.h - reads a whole file, or standard input, that a subcommand is given.
 *
 * Limit: INPUT_FILE_MAX octets; a longer file is refused.
 */
#ifndef DANED_DANECTL_INPUT_FILE_H
#define DANED_DANECTL_INPUT_FILE_H

#include <stddef.h>
#include <stdint.h>

#define INPUT_FILE_MAX ((size_t)1024 * 1024)

/*
 * Reads path, "-" for standard input. Returns 0 and gives the octets, to be freed by the caller; or
 * says on standard error, in the name of the subcommand, what is wrong, and returns the status to
 * exit with, and NULL.
 */
int input_file_read(const char *command, const char *path, uint8_t **data_out, size_t *len_out);

#endif
