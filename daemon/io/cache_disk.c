/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_disk.c - the file of the cache on its disk.
 */
#include "daemon/io/cache_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/core/alloc.h"

static char *joined(const char *file, const char *end)
{
    size_t size = strlen(file) + strlen(end) + 1;
    char *path = alloc_array(NULL, size, 1);

    snprintf(path, size, "%s%s", file, end);
    return path;
}

void cache_paths_init(struct cache_paths *paths, const char *file)
{
    paths->file = joined(file, "");
    paths->temporary = joined(file, ".tmp");
    paths->aside = joined(file, ".damaged");
}

void cache_paths_fini(struct cache_paths *paths)
{
    free(paths->file);
    free(paths->temporary);
    free(paths->aside);
    *paths = (struct cache_paths){NULL, NULL, NULL};
}

/* Why a file that could be opened must not be believed, or NULL and its size. */
static const char *why_not_believed(int fd, size_t *size_out)
{
    struct stat stat;

    if (fstat(fd, &stat) != 0)
        return strerror(errno);
    if (!S_ISREG(stat.st_mode))
        return "is not a regular file";
    if (stat.st_uid != geteuid())
        return "belongs to another user";
    if ((stat.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "can be written to by other users";
    *size_out = (size_t)stat.st_size;
    return NULL;
}

enum cache_disk_found cache_disk_open(
    const struct cache_paths *paths, int *fd_out, size_t *size_out, const char **why_out)
{
    int fd = open(paths->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return CACHE_DISK_NONE;
    if (fd < 0 && errno == ELOOP) {
        *why_out = "is a symbolic link";
        return CACHE_DISK_REFUSED;
    }
    if (fd < 0) {
        *why_out = strerror(errno);
        return CACHE_DISK_UNREADABLE;
    }
    *why_out = why_not_believed(fd, size_out);
    if (*why_out) {
        close(fd);
        return CACHE_DISK_REFUSED;
    }
    *fd_out = fd;
    return CACHE_DISK_OPEN;
}

int cache_disk_set_aside(const struct cache_paths *paths)
{
    return rename(paths->file, paths->aside) == 0 ? 0 : errno;
}

/* Opens the directory of the file; -1 with errno. */
static int open_directory(const struct cache_paths *paths)
{
    char *path = joined(paths->file, "");
    char *slash = strrchr(path, '/');

    /* The path is absolute; that of a file in the root keeps its slash. */
    if (slash)
        slash[slash == path ? 1 : 0] = '\0';
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    free(path);
    errno = error;
    return fd;
}

int cache_disk_check_directory(const struct cache_paths *paths)
{
    int fd = open_directory(paths);
    int error = 0;

    if (fd < 0)
        return errno;
    if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
        error = errno;
    close(fd);
    return error;
}

static bool fail(struct cache_disk_job *job, const char *what)
{
    job->failed = what;
    job->error = errno;
    return false;
}

static bool make(struct cache_disk_job *job)
{
    /* One that was left by a daned that was killed, or is in the way for another reason. */
    if (unlink(job->paths.temporary) != 0 && errno != ENOENT)
        return fail(job, "removing the old temporary file");
    job->fd = open(job->paths.temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        S_IRUSR | S_IWUSR);
    return job->fd >= 0 || fail(job, "making the temporary file");
}

static bool write_data(struct cache_disk_job *job)
{
    size_t done = 0;

    while (done < job->len) {
        ssize_t written = write(job->fd, job->data + done, job->len - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(job, "writing");
        done += (size_t)written;
    }
    return true;
}

/* Makes the new name last. The file is in its place by then, whatever comes of this. */
static bool sync_directory(struct cache_disk_job *job)
{
    int fd = open_directory(&job->paths);

    if (fd < 0)
        return fail(job, "opening its directory");
    /* Not every file system can sync a directory. */
    bool is_good = fsync(fd) == 0 || errno == EINVAL || fail(job, "syncing its directory");
    close(fd);
    return is_good;
}

static bool put_in_place(struct cache_disk_job *job)
{
    if (fsync(job->fd) != 0)
        return fail(job, "syncing");
    int fd = job->fd;
    job->fd = -1;
    if (close(fd) != 0)
        return fail(job, "closing");
    if (rename(job->paths.temporary, job->paths.file) != 0)
        return fail(job, "renaming the temporary file");
    return sync_directory(job);
}

void cache_disk_abandon(struct cache_disk_job *job)
{
    if (job->fd >= 0)
        close(job->fd);
    job->fd = -1;
    unlink(job->paths.temporary);
}

void cache_disk_write(struct cache_disk_job *job)
{
    job->failed = NULL;
    if ((job->is_first && !make(job)) || !write_data(job) || (job->is_last && !put_in_place(job)))
        cache_disk_abandon(job);
}
