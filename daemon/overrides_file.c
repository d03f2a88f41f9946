/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overrides_file.c - reads the file of the operator's overrides.
 */
#include "daemon/overrides_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/alloc.h"

static enum config_status fail(struct config_error *error, const char *what, const char *why)
{
    error->line = 0;
    snprintf(error->text, sizeof error->text, "%s: %s", what, why);
    return CONFIG_BAD;
}

static enum config_status read_all(int fd, size_t size, char *text, struct config_error *error)
{
    size_t len = 0;

    while (len < size) {
        ssize_t got = read(fd, text + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(error, "cannot read the overrides", strerror(errno));
        if (got == 0)
            return fail(error, "cannot read the overrides", "the file changed while it was read");
        len += (size_t)got;
    }
    return CONFIG_OK;
}

static enum config_status load(int fd, struct overrides **overrides_out, struct config_error *error)
{
    struct stat status;
    struct overrides_error parse_error;
    enum config_status result;

    if (fstat(fd, &status) != 0)
        return fail(error, "cannot look at the overrides", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fail(error, "cannot read the overrides", "it is not a regular file");
    if (status.st_size < 0 || (size_t)status.st_size > OVERRIDES_FILE_MAX)
        return fail(error, "cannot read the overrides", "the file is over 64 MiB");
    size_t size = (size_t)status.st_size;
    char *text = alloc_zeroed(size + 1);
    result = read_all(fd, size, text, error);
    if (result == CONFIG_OK && !overrides_parse(text, size, overrides_out, &parse_error)) {
        error->line = (int)parse_error.line;
        snprintf(error->text, sizeof error->text, "%s", parse_error.text);
        result = CONFIG_BAD;
    }
    free(text);
    return result;
}

enum config_status overrides_file_load(const char *path, bool must_exist,
    struct overrides **overrides_out, struct config_error *error_out)
{
    *overrides_out = NULL;
    if (path[0] == '\0')
        return CONFIG_OK;
    snprintf(error_out->file, sizeof error_out->file, "%s", path);
    /* A FIFO must not hold up the start. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && !must_exist && strcmp(path, OVERRIDES_DEFAULT_FILE) == 0)
        return CONFIG_OK;
    if (fd < 0)
        return fail(error_out, "cannot open the overrides", strerror(errno));
    enum config_status result = load(fd, overrides_out, error_out);
    close(fd);
    return result;
}
