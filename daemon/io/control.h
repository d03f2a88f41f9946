/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.h - what the control socket needs of the daemon around it.
 *
 * The commands themselves are in protocol_control.c and the control_*.c files.
 */
#ifndef DANED_IO_CONTROL_H
#define DANED_IO_CONTROL_H

#include <jansson.h>

#include "daemon/io/stats.h"
#include "daemon/io/text.h"

#define CONTROL_RESULT_MAX 1024 /* octets of the sentence of a result, with its NUL */

struct control_hooks {
    struct stats_sources sources; /* where the numbers of "stats" are */
    struct cache *cache;

    /*
     * Reads the configuration and the overrides anew. Returns true, with what was read in
     * result_out, or false with "FILE:LINE: reason"; then nothing has changed.
     */
    bool (*reload)(void *arg, char result_out[CONTROL_RESULT_MAX]);

    /* Told that the operator has made the cache forget something. */
    void (*flushed)(void *arg);

    /* Gives the state of the daemon, as control_show_status() reads it; the caller frees it. */
    json_t *(*status)(void *arg, uint64_t now_ms);

    void *arg;
};

#endif
