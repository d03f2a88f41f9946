/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_check.h - the checks of a configuration that look at more than one value.
 */
#ifndef DANED_CONFIG_CHECK_H
#define DANED_CONFIG_CHECK_H

#include <stdbool.h>

#include "daemon/config.h"
#include "daemon/config_scan.h"

/*
 * Whether every section and option of the file exists, stands where it belongs, and is given once.
 * Returns false with line and text of *error_out set if not; an unknown name gets the nearest one
 * as a suggestion.
 */
bool config_check_names(const struct config_scan *scan, struct config_error *error_out);

/*
 * Whether the values go together. Every listener of config has its section in scan, in the same
 * order. Returns false with line and text of *error_out set if not.
 */
bool config_check_values(
    const struct config *config, const struct config_scan *scan, struct config_error *error_out);

/* Gives the index of the n-th (from 0) section of that name in scan, or CONFIG_NO_SECTION. */
size_t config_check_section(const struct config_scan *scan, const char *name, size_t n);

#endif
