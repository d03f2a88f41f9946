/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_file.h - keeps the cache over a restart: loads it once, and saves it every few minutes and
 * at the end.
 *
 * Loading is done at once, before the first answer. Saving goes by small slices: the loop reads a
 * few hundred entries and goes on with its other work; a thread of the pool writes them. Nothing
 * that fails here keeps the daemon from its work: the log and danectl status say what is wrong, and
 * the next time it is tried again.
 */
#ifndef DANED_IO_CACHE_FILE_H
#define DANED_IO_CACHE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "daemon/core/cache.h"

struct cache_file_options {
    const char *path; /* absolute; "": nothing is kept. Copied. */
    uint64_t interval_ms;
    uint32_t policy;  /* stands for the options under which levels are decided */
    uint64_t sources; /* and for the resolvers that facts are learned from */
    uint32_t max_ttl_s;
    uint32_t negative_max_ttl_s;
};

#define CACHE_FILE_ERROR_MAX 512

struct cache_file;

/* Makes it, without looking for the file. cache must outlive it. Ended with cache_file_close(). */
struct cache_file *cache_file_new(
    uv_loop_t *loop, struct cache *cache, const struct cache_file_options *options);

/*
 * Puts what the file has into the cache, which must be empty, and begins to save it now and then.
 * What must not be believed, or is damaged, is set aside under another name, and the cache stays
 * empty.
 */
void cache_file_start(struct cache_file *file);

/* Says under which options levels are decided from now on. */
void cache_file_set_policy(struct cache_file *file, uint32_t policy);

/*
 * Saves the cache at once, or again behind the save that is under way, and not only after the next
 * wait: what the operator has made it forget must not come back, however the process ends.
 */
void cache_file_save_soon(struct cache_file *file);

typedef void cache_file_closed_cb(void *arg);

/*
 * Saves the cache, if it has changed, as fast as it goes; frees file, and then runs closed(arg),
 * from the loop.
 */
void cache_file_close(struct cache_file *file, cache_file_closed_cb *closed, void *arg);

/* What there is to say about it. */
struct cache_file_report {
    const char *path;       /* borrowed; "": nothing is kept */
    uint64_t loaded_facts;  /* at the start */
    int64_t saved_wall_s;   /* when it was saved last; 0: not since the start */
    uint64_t saved_records; /* then */
    const char *error;      /* borrowed; "" if the last try, of loading or saving, went well */
};

/* Gives the report. */
struct cache_file_report cache_file_report(const struct cache_file *file);

#endif
