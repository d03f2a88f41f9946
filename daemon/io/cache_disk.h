/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_disk.h - the file of the cache on its disk: the calls that block.
 *
 * The file is replaced as a whole: what is new is written to a temporary file beside it, synced,
 * and renamed over it, so that whatever happens there is an old one or a new one. It is believed
 * only if nobody else can have written it: a regular file, no link, of the user that daned runs as,
 * which nobody else may write to. Whoever may write to its directory, or is root, is trusted.
 */
#ifndef DANED_IO_CACHE_DISK_H
#define DANED_IO_CACHE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The names of one cache on its disk; all zero: none. */
struct cache_paths {
    char *file;
    char *temporary; /* file, with ".tmp" */
    char *aside;     /* file, with ".damaged" */
};

/* Sets the names. Ended with cache_paths_fini(). */
void cache_paths_init(struct cache_paths *paths, const char *file);
void cache_paths_fini(struct cache_paths *paths);

enum cache_disk_found {
    CACHE_DISK_OPEN,    /* *fd_out is for the caller to read and close; it has *size_out octets */
    CACHE_DISK_NONE,    /* there is no file */
    CACHE_DISK_REFUSED, /* there is one that must not be believed */
    CACHE_DISK_UNREADABLE, /* it cannot be opened */
};

/*
 * Opens the file for reading, without following a link or waiting for anything. If it is refused or
 * unreadable, *why_out, of static storage or strerror(3)'s, completes "the file ...".
 */
enum cache_disk_found cache_disk_open(
    const struct cache_paths *paths, int *fd_out, size_t *size_out, const char **why_out);

/* Renames the file to paths->aside, over what is there. Returns 0 or an errno. */
int cache_disk_set_aside(const struct cache_paths *paths);

/* Whether a file can be made in the directory; 0, or the errno that says why not. */
int cache_disk_check_directory(const struct cache_paths *paths);

/* One file on its way, over several calls of cache_disk_write(). */
struct cache_disk_job {
    struct cache_paths paths; /* borrowed from the caller */
    int fd;                   /* of the temporary file; -1: none is open */
    bool is_first;            /* make the temporary file first */
    bool is_last;             /* put it in its place afterwards */
    const uint8_t *data;
    size_t len;
    const char *failed; /* what has failed, for people; NULL: nothing */
    int error;          /* the errno */
};

/*
 * Writes data. If that fails, job->failed and job->error say why; then, and behind the last data,
 * the temporary file is gone and job->fd is -1. For any thread.
 */
void cache_disk_write(struct cache_disk_job *job);

/* Gives up: closes and removes the temporary file, if there is one. */
void cache_disk_abandon(struct cache_disk_job *job);

#endif
