/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache_file.c - keeps the cache over a restart.
 *
 * The path of a save: the timer ends a wait; begin() takes the times; fill() reads a slice of the
 * cache into the writer, and pauses, or hands a frame to the pool; on_written() fills on; behind
 * the last frame the file is in its place, and the timer starts the next wait. In a hurry, at the
 * end, there are no pauses.
 *
 * What can fail: the disk. Then the save is given up, the old file stays, and the next wait begins.
 */
#include "daemon/io/cache_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/core/alloc.h"
#include "daemon/core/snapshot.h"
#include "daemon/io/cache_disk.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"

enum {
    ENTRIES_PER_SLICE = 256, /* some 30 microseconds in a large cache */
    PAUSE_MS = 1,            /* between two slices */
    READ_SIZE = 4 * SNAPSHOT_IN_MAX,
    OCTETS_PER_RECORD = 64, /* roughly */
};

enum state {
    WAITING, /* the timer begins the next save */
    PAUSING, /* the timer goes on with this one */
    WRITING, /* a job is on the pool */
    CLOSING, /* the timer is being closed */
};

struct cache_file {
    struct cache *cache;
    struct cache_paths paths; /* without a file: nothing is kept */
    struct cache_file_options options;
    uv_timer_t timer;
    uv_work_t work;
    enum state state;
    struct cache_disk_job job;
    struct snapshot_writer *writer; /* while a save is under way */
    struct cache_walk walk;
    uint64_t changes;       /* of the cache, when this save was begun, */
    uint64_t saved_changes; /* and of the last one that went well */
    bool must_restart;      /* what is on the pool is not wanted any more */
    bool must_follow;       /* the next save follows this one without a wait */
    bool is_closing;
    cache_file_closed_cb *closed;
    void *closed_arg;
    struct cache_file_report report;
    char error[CACHE_FILE_ERROR_MAX];
};

/* What an operator can do about an error. */
static const char *advice_for(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "make its directory, and give it to the user that daned runs as";
    case EACCES:
    case EPERM:
        return "the user that daned runs as must be able to make files in its directory";
    case EROFS:
        return "let daned write there (in a systemd unit: StateDirectory= or ReadWritePaths=)";
    case ENOSPC:
    case EDQUOT:
        return "make room on the disk";
    case EISDIR:
        return "a directory is in its place";
    default:
        return "the cache will be lost with the next restart";
    }
}

/* Says once what is wrong; each time is too often for a disk that stays full. */
static void complain(struct cache_file *file, const char *what, int error)
{
    char text[sizeof file->error];

    snprintf(text, sizeof text, "%s: %s; %s", what, strerror(error), advice_for(error));
    if (strcmp(text, file->error) == 0)
        return;
    memcpy(file->error, text, sizeof text);
    log_write(LOG_LEVEL_ERROR, "the cache is not saved to %s: %s", file->paths.file, file->error);
}

static struct snapshot_times times_of_now(void)
{
    struct snapshot_times times = {.wall_ms = clock_wall_ms(), .boot_ms = clock_now_ms()};

    clock_boot_id(times.boot_id);
    return times;
}

/* ---- loading ---- */

/* The file must not be believed: out of the way with it. */
static void set_aside(struct cache_file *file, const char *why)
{
    int error = cache_disk_set_aside(&file->paths);

    snprintf(file->error, sizeof file->error, "%s", why);
    if (error == 0)
        log_write(LOG_LEVEL_WARNING,
            "the cache file %s %s; it is set aside as %s, and the cache starts empty",
            file->paths.file, why, file->paths.aside);
    else
        log_write(LOG_LEVEL_WARNING,
            "the cache file %s %s, and cannot be set aside as %s: %s; the cache starts empty",
            file->paths.file, why, file->paths.aside, strerror(error));
}

/* Reads on until the buffer is full or the file ends; returns false if the disk fails. */
static bool fill_buffer(int fd, uint8_t *buffer, size_t *have, bool *is_all)
{
    while (*have < READ_SIZE && !*is_all) {
        ssize_t got = read(fd, buffer + *have, READ_SIZE - *have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        *is_all = got == 0;
        *have += (size_t)got;
    }
    return true;
}

/* Reads the whole file; gives NULL, or what is wrong with it. */
static const char *read_file(int fd, struct snapshot_reader *reader)
{
    uint8_t *buffer = alloc_array(NULL, READ_SIZE, 1);
    enum snapshot_fault fault = SNAPSHOT_FAULT_NONE;
    enum snapshot_step step = SNAPSHOT_MORE;
    const char *why = NULL;
    size_t at = 0;
    size_t have = 0;
    bool is_all = false;

    while (!why && (step == SNAPSHOT_MORE || step == SNAPSHOT_READ)) {
        if (step == SNAPSHOT_MORE) {
            memmove(buffer, buffer + at, have - at);
            have -= at;
            at = 0;
            if (!fill_buffer(fd, buffer, &have, &is_all)) {
                why = strerror(errno);
                cache_clear(reader->target->cache);
                break;
            }
        }
        size_t used = 0;
        step = snapshot_read(reader, buffer + at, have - at, is_all, &used, &fault);
        at += used;
    }
    free(buffer);
    return why || step == SNAPSHOT_END ? why : snapshot_fault_text(fault);
}

static void load_from(struct cache_file *file, int fd, size_t size)
{
    struct snapshot_target target = {
        .cache = file->cache,
        .times = times_of_now(),
        .policy = file->options.policy,
        .sources = file->options.sources,
        .max_ttl_s = file->options.max_ttl_s,
        .negative_max_ttl_s = file->options.negative_max_ttl_s,
    };
    struct snapshot_reader reader;
    struct cache_counts counts;

    cache_expect(file->cache, size / OCTETS_PER_RECORD);
    snapshot_reader_init(&reader, &target);
    const char *why = read_file(fd, &reader);
    if (why) {
        set_aside(file, why);
        return;
    }
    cache_count(file->cache, &counts);
    file->saved_changes = counts.changes;
    file->report.loaded_facts = reader.facts;
    log_write(LOG_LEVEL_INFO,
        "%" PRIu64 " facts loaded from the cache file %s, saved %" PRIu64 " s ago", reader.facts,
        file->paths.file, reader.age_ms / 1000);
}

static void load(struct cache_file *file)
{
    const char *why;
    int fd;
    size_t size;
    int error;

    switch (cache_disk_open(&file->paths, &fd, &size, &why)) {
    case CACHE_DISK_OPEN:
        load_from(file, fd, size);
        close(fd);
        break;
    case CACHE_DISK_NONE:
        /* Better said now than in some minutes. */
        error = cache_disk_check_directory(&file->paths);
        if (error != 0)
            complain(file, "looking at its directory", error);
        break;
    case CACHE_DISK_REFUSED:
        set_aside(file, why);
        break;
    case CACHE_DISK_UNREADABLE:
        snprintf(file->error, sizeof file->error, "reading: %s", why);
        log_write(LOG_LEVEL_ERROR, "the cache file %s cannot be read: %s; the cache starts empty",
            file->paths.file, why);
        break;
    }
}

/* ---- saving ---- */

static void begin(struct cache_file *file);
static void fill(struct cache_file *file);

static void on_timer(uv_timer_t *timer)
{
    struct cache_file *file = timer->data;

    if (file->state == PAUSING)
        fill(file);
    else
        begin(file);
}

static void pause_for(struct cache_file *file, enum state state, uint64_t ms)
{
    file->state = state;
    uv_timer_start(&file->timer, on_timer, ms, 0);
}

static void on_closed(uv_handle_t *handle)
{
    struct cache_file *file = handle->data;
    cache_file_closed_cb *closed = file->closed;
    void *arg = file->closed_arg;

    cache_paths_fini(&file->paths);
    free(file);
    closed(arg);
}

/* A save is over, or none was needed. */
static void wait_or_close(struct cache_file *file)
{
    cache_walk_stop(&file->walk);
    free(file->writer);
    file->writer = NULL;
    if (file->is_closing) {
        file->state = CLOSING;
        uv_close((uv_handle_t *)&file->timer, on_closed);
        return;
    }
    pause_for(file, WAITING, file->must_follow ? 0 : file->options.interval_ms);
}

static void begin(struct cache_file *file)
{
    struct cache_counts counts;
    struct snapshot_times times = times_of_now();

    cache_count(file->cache, &counts);
    file->must_restart = file->must_follow = false;
    file->changes = counts.changes;
    if (file->options.path[0] == '\0' || counts.changes == file->saved_changes) {
        wait_or_close(file);
        return;
    }
    if (!file->writer)
        file->writer = alloc_array(NULL, 1, sizeof *file->writer);
    snapshot_begin(file->writer, &times, file->options.policy, file->options.sources);
    cache_walk_stop(&file->walk);
    cache_walk_start(&file->walk, file->cache);
    file->job = (struct cache_disk_job){.paths = file->paths, .fd = -1, .is_first = true};
    fill(file);
}

static void on_saved(struct cache_file *file)
{
    enum log_level level = file->is_closing ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;

    if (file->error[0] != '\0')
        level = LOG_LEVEL_INFO;
    file->error[0] = '\0';
    file->saved_changes = file->changes;
    file->report.saved_wall_s = clock_wall_s();
    file->report.saved_records = file->writer->records;
    log_write(level, "%" PRIu64 " records saved to the cache file %s", file->writer->records,
        file->paths.file);
}

static void run_job(uv_work_t *work)
{
    struct cache_file *file = work->data;

    cache_disk_write(&file->job);
}

static void on_written(uv_work_t *work, int status)
{
    struct cache_file *file = work->data;

    (void)status; /* never cancelled */
    if (file->must_restart) {
        cache_disk_abandon(&file->job);
        begin(file);
    } else if (file->job.failed) {
        complain(file, file->job.failed, file->job.error);
        wait_or_close(file);
    } else if (file->job.is_last) {
        on_saved(file);
        wait_or_close(file);
    } else {
        file->job.is_first = false;
        snapshot_taken(file->writer);
        if (file->is_closing)
            fill(file);
        else
            pause_for(file, PAUSING, PAUSE_MS);
    }
}

static void add_item(void *arg, const struct cache_item *item)
{
    snapshot_add(arg, item);
}

/* Reads a slice of the cache, and hands what there is to the pool if it is worth it. */
static void fill(struct cache_file *file)
{
    struct snapshot_writer *writer = file->writer;
    uint64_t now_ms = clock_now_ms();
    unsigned entries = 0;

    do
        file->job.is_last = !cache_walk_step(&file->walk, now_ms, true, 1, add_item, writer);
    while (!file->job.is_last && writer->len < SNAPSHOT_ENOUGH &&
           (file->is_closing || ++entries < ENTRIES_PER_SLICE));
    if (!file->job.is_last && writer->len < SNAPSHOT_ENOUGH) {
        pause_for(file, PAUSING, PAUSE_MS);
        return;
    }
    if (file->job.is_last)
        snapshot_end(writer);
    else
        snapshot_close(writer);
    file->job.data = writer->out;
    file->job.len = writer->len;
    file->state = WRITING;
    file->work.data = file;
    uv_queue_work(file->timer.loop, &file->work, run_job, on_written);
}

/* ---- from start to end ---- */

struct cache_file *cache_file_new(
    uv_loop_t *loop, struct cache *cache, const struct cache_file_options *options)
{
    struct cache_file *file = alloc_zeroed(sizeof *file);

    file->cache = cache;
    file->options = *options;
    cache_paths_init(&file->paths, options->path);
    file->options.path = file->paths.file;
    uv_timer_init(loop, &file->timer);
    file->timer.data = file;
    return file;
}

void cache_file_start(struct cache_file *file)
{
    if (file->options.path[0] != '\0')
        load(file);
    pause_for(file, WAITING, file->options.interval_ms);
}

void cache_file_set_policy(struct cache_file *file, uint32_t policy)
{
    file->options.policy = policy;
}

void cache_file_save_soon(struct cache_file *file)
{
    if (file->state == WAITING)
        pause_for(file, WAITING, 0);
    else
        file->must_follow = true;
}

void cache_file_close(struct cache_file *file, cache_file_closed_cb *closed, void *arg)
{
    file->is_closing = true;
    file->closed = closed;
    file->closed_arg = arg;
    /* What a save under way has read already may be older than what there is now. */
    if (file->state == WRITING) {
        file->must_restart = true;
        return;
    }
    if (file->state == PAUSING)
        cache_disk_abandon(&file->job);
    uv_timer_stop(&file->timer);
    begin(file);
}

struct cache_file_report cache_file_report(const struct cache_file *file)
{
    struct cache_file_report report = file->report;

    report.path = file->options.path;
    report.error = file->error;
    return report;
}
