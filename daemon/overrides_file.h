/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overrides_file.h - reads the file of the operator's overrides, destinations(5).
 */
#ifndef DANED_OVERRIDES_FILE_H
#define DANED_OVERRIDES_FILE_H

#include "daemon/config.h"
#include "daemon/core/overrides.h"

#define OVERRIDES_DEFAULT_FILE "/etc/daned/destinations"

/*
 * Reads the file at path. Gives CONFIG_OK and the overrides, to be freed with overrides_free();
 * NULL for an empty path, and for the default path where there is no file. Otherwise CONFIG_BAD,
 * with the file, the line and what is wrong in *error_out.
 */
enum config_status overrides_file_load(const char *path, bool must_exist,
    struct overrides **overrides_out, struct config_error *error_out);

#endif
