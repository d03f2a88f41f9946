/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon.h - the running daemon: what is wired to what, from start to stop.
 */
#ifndef DANED_DAEMON_H
#define DANED_DAEMON_H

#include <stdbool.h>

#include "daemon/config.h"
#include "daemon/core/overrides.h"

/* How the daemon was started; kept for reloads. */
struct daemon_options {
    const char *config_file;
    bool config_must_exist; /* it was named on the command line */
    bool verbose;           /* log at debug, whatever the configuration says */
};

/*
 * Runs until SIGTERM or SIGINT. Takes config and overrides. Returns the status to exit with; what
 * went wrong is in the log.
 */
int daemon_run(
    const struct daemon_options *options, struct config *config, struct overrides *overrides);

#endif
