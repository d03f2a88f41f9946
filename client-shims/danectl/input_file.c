/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input_file.c - reads a whole file, or standard input, that a subcommand is given.
 */
#include "client-shims/danectl/input_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"

int input_file_read(const char *command, const char *path, uint8_t **data_out, size_t *len_out)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *stream = is_stdin ? stdin : fopen(path, "re");

    *data_out = NULL;
    if (!stream)
        return output_fail(command, EX_NOINPUT, path, strerror(errno));
    uint8_t *data = alloc_zeroed(INPUT_FILE_MAX + 1);
    *len_out = fread(data, 1, INPUT_FILE_MAX + 1, stream);
    int error = ferror(stream) ? errno : 0;
    if (!is_stdin)
        fclose(stream);
    if (error == 0 && *len_out <= INPUT_FILE_MAX) {
        *data_out = data;
        return 0;
    }
    free(data);
    if (error != 0)
        return output_fail(command, EX_IOERR, path, strerror(error));
    return output_fail(command, EX_DATAERR, path, "is longer than 1 MiB");
}
