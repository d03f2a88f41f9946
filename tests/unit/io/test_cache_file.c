/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_cache_file.c - the cache from one process to the next, by way of a directory of the test's
 * own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/core/fact_cache.h"
#include "daemon/io/cache_file.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"
#include "tests/unit/core/numbered.h"

enum { MEBI = 1 << 20, TTL_MS = 3600 * 1000, PATIENCE_MS = 20000, NOBODY = 65534 };

static const struct siphash_key key = {{1, 2}};

/* One process: a loop, a cache, and the file. */
struct scene {
    char directory[32];
    char path[64];
    uv_loop_t loop;
    struct cache *cache;
    struct cache_file *file;
    bool is_closed;
    FILE *log;
};

static const char *path_of(const struct scene *scene, const char *end)
{
    static char path[128];

    snprintf(path, sizeof path, "%s%s", scene->path, end);
    return path;
}

static void start(struct scene *scene, uint64_t interval_ms)
{
    struct cache_file_options options = {.path = scene->path,
        .interval_ms = interval_ms,
        .policy = 1,
        .max_ttl_s = 86400,
        .negative_max_ttl_s = 3600};

    assert_int_equal(uv_loop_init(&scene->loop), 0);
    scene->cache = cache_new(16 * MEBI, &key);
    scene->file = cache_file_new(&scene->loop, scene->cache, &options);
    scene->is_closed = false;
    cache_file_start(scene->file);
}

static void on_closed(void *arg)
{
    struct scene *scene = arg;

    scene->is_closed = true;
}

static void end(struct scene *scene)
{
    cache_file_close(scene->file, on_closed, scene);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_true(scene->is_closed);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    cache_free(scene->cache);
}

static void restart(struct scene *scene)
{
    end(scene);
    start(scene, TTL_MS);
}

static int set_up(void **state)
{
    struct log_options options = {
        .target = LOG_TARGET_STDERR, .level = LOG_LEVEL_ERROR, .format = LOG_FORMAT_TEXT};
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->log = tmpfile();
    assert_non_null(scene->log);
    options.fd = fileno(scene->log);
    log_init(&options);
    snprintf(scene->directory, sizeof scene->directory, "/tmp/daned-test.XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    snprintf(scene->path, sizeof scene->path, "%s/state", scene->directory);
    assert_int_equal(mkdir(scene->path, 0700), 0);
    snprintf(scene->path, sizeof scene->path, "%s/state/cache", scene->directory);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    char command[64];

    snprintf(command, sizeof command, "rm -rf '%s'", scene->directory);
    assert_int_equal(system(command), 0);
    fclose(scene->log);
    free(scene);
    return 0;
}

static void put(struct scene *scene, unsigned number)
{
    struct dname name = numbered(number);
    struct fact *fact = fact_new(FACT_NODATA, DNS_SECURE, 3600, NULL, NULL, 0);
    uint64_t now_ms = clock_now_ms();

    fact->expires_ms = now_ms + TTL_MS;
    fact_cache_put(scene->cache, DNS_MX, &name, fact, now_ms);
    free(fact);
}

static bool has(struct scene *scene, unsigned number)
{
    struct dname name = numbered(number);
    struct cache_value value;
    uint64_t now_ms = clock_now_ms();

    if (!cache_get(scene->cache, CACHE_FACT, DNS_MX, &name, now_ms, &value))
        return false;
    assert_true(value.expires_ms <= now_ms + TTL_MS);
    return true;
}

static struct cache_file_report report_of(const struct scene *scene)
{
    return cache_file_report(scene->file);
}

/* Turns the loop until a file is there. */
static void wait_for_file(struct scene *scene, const char *path)
{
    uint64_t end_ms = clock_now_ms() + PATIENCE_MS;

    while (access(path, F_OK) != 0) {
        assert_true(clock_now_ms() < end_ms);
        uv_run(&scene->loop, UV_RUN_NOWAIT);
    }
}

/* How many lines of the log have a text. */
static unsigned logged(struct scene *scene, const char *text)
{
    char line[512];
    unsigned count = 0;

    rewind(scene->log);
    while (fgets(line, sizeof line, scene->log))
        count += strstr(line, text) != NULL;
    return count;
}

static ino_t inode_of(const char *path)
{
    struct stat stat;

    assert_int_equal(lstat(path, &stat), 0);
    return stat.st_ino;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void what_is_known_at_the_end_is_known_at_the_start(void **state)
{
    struct scene *scene = *state;
    struct stat stat;

    start(scene, TTL_MS);
    assert_string_equal(report_of(scene).error, "");
    for (unsigned i = 0; i < 5000; i++)
        put(scene, i);
    restart(scene);
    for (unsigned i = 0; i < 5000; i++)
        assert_true(has(scene, i));
    assert_int_equal(report_of(scene).loaded_facts, 5000);
    assert_string_equal(report_of(scene).error, "");
    assert_int_equal(lstat(scene->path, &stat), 0);
    assert_int_equal(stat.st_mode & 07777, 0600);
    assert_int_not_equal(access(path_of(scene, ".tmp"), F_OK), 0);
    /* Nothing has changed: the file is left as it is. */
    restart(scene);
    assert_int_equal(inode_of(scene->path), stat.st_ino);
    assert_true(has(scene, 4999));
    end(scene);
}

static void the_empty_path_keeps_nothing(void **state)
{
    struct scene *scene = *state;

    scene->path[0] = '\0';
    start(scene, TTL_MS);
    put(scene, 1);
    restart(scene);
    assert_false(has(scene, 1));
    end(scene);
}

static void it_is_saved_while_the_process_runs(void **state)
{
    struct scene *scene = *state;

    start(scene, 1);
    put(scene, 1);
    wait_for_file(scene, scene->path);
    while (report_of(scene).saved_wall_s == 0)
        uv_run(&scene->loop, UV_RUN_ONCE);
    assert_int_equal(report_of(scene).saved_records, 1);
    ino_t inode = inode_of(scene->path);
    end(scene);
    assert_int_equal(inode_of(scene->path), inode);
}

static void what_is_forgotten_is_soon_forgotten_on_the_disk_too(void **state)
{
    struct scene *scene = *state;
    uint64_t end_ms = clock_now_ms() + PATIENCE_MS;

    start(scene, TTL_MS);
    for (unsigned i = 0; i < 20000; i++)
        put(scene, i);
    cache_file_save_soon(scene->file);
    wait_for_file(scene, path_of(scene, ".tmp"));
    /* In the middle of a save, which has written some of it already. */
    cache_clear(scene->cache);
    put(scene, 20000);
    cache_file_save_soon(scene->file);
    while (report_of(scene).saved_records != 1) {
        assert_true(clock_now_ms() < end_ms);
        uv_run(&scene->loop, UV_RUN_ONCE);
    }
    end(scene);
}

static void an_end_in_the_middle_of_a_save_saves_what_is_known_by_then(void **state)
{
    struct scene *scene = *state;

    start(scene, 1);
    for (unsigned i = 0; i < 20000; i++)
        put(scene, i);
    /* Without a turn of the loop while the file is looked for: a write is under way by then. */
    for (unsigned i = 0; i == 0 || access(path_of(scene, ".tmp"), F_OK) != 0; i++)
        if (i % 1000 == 0)
            uv_run(&scene->loop, UV_RUN_NOWAIT);
    for (unsigned i = 20000; i < 20100; i++)
        put(scene, i);
    /* What is in the temporary file already, and must not come back. */
    struct dname first = numbered(0);
    assert_true(cache_remove(scene->cache, CACHE_FACT, DNS_MX, &first));
    restart(scene);
    assert_false(has(scene, 0));
    for (unsigned i = 1; i < 20100; i++)
        assert_true(has(scene, i));
    end(scene);
}

static void a_temporary_file_that_was_left_is_no_hindrance(void **state)
{
    struct scene *scene = *state;

    start(scene, TTL_MS);
    put(scene, 1);
    write_file(path_of(scene, ".tmp"), "left", 0400);
    restart(scene);
    assert_true(has(scene, 1));
    assert_int_not_equal(access(path_of(scene, ".tmp"), F_OK), 0);
    end(scene);
}

/* The file that is there must not be believed, and is set aside; a new one takes its place. */
static void expect_set_aside(struct scene *scene, const char *why)
{
    ino_t inode = inode_of(scene->path);

    start(scene, TTL_MS);
    assert_false(has(scene, 1));
    assert_non_null(strstr(report_of(scene).error, why));
    assert_int_not_equal(access(scene->path, F_OK), 0);
    assert_int_equal(inode_of(path_of(scene, ".damaged")), inode);
    put(scene, 2);
    restart(scene);
    assert_false(has(scene, 1));
    assert_true(has(scene, 2));
    assert_string_equal(report_of(scene).error, "");
    end(scene);
}

/* Makes a good file, with 1 in it. */
static void make_good_file(struct scene *scene)
{
    start(scene, TTL_MS);
    put(scene, 1);
    end(scene);
}

static void a_foreign_file_is_set_aside(void **state)
{
    struct scene *scene = *state;

    write_file(scene->path, "#!/bin/sh\n", 0600);
    write_file(path_of(scene, ".damaged"), "an older one", 0600);
    expect_set_aside(scene, "is not a cache of daned");
}

static void a_damaged_file_is_set_aside(void **state)
{
    struct scene *scene = *state;

    make_good_file(scene);
    FILE *file = fopen(scene->path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, -30, SEEK_END), 0);
    assert_int_equal(fputc('x', file), 'x');
    assert_int_equal(fclose(file), 0);
    expect_set_aside(scene, "a checksum is wrong");
}

static void a_cut_file_is_set_aside(void **state)
{
    struct scene *scene = *state;

    make_good_file(scene);
    assert_int_equal(truncate(scene->path, 100), 0);
    expect_set_aside(scene, "is cut short");
}

static void a_link_to_a_good_file_is_not_followed(void **state)
{
    struct scene *scene = *state;
    char target[96];

    make_good_file(scene);
    snprintf(target, sizeof target, "%s/elsewhere", scene->directory);
    assert_int_equal(rename(scene->path, target), 0);
    assert_int_equal(symlink(target, scene->path), 0);
    ino_t inode = inode_of(target);
    expect_set_aside(scene, "is a symbolic link");
    assert_int_equal(inode_of(target), inode);
}

static void a_file_that_others_may_write_to_is_not_believed(void **state)
{
    struct scene *scene = *state;

    make_good_file(scene);
    assert_int_equal(chmod(scene->path, 0620), 0);
    expect_set_aside(scene, "can be written to by other users");
    make_good_file(scene);
    assert_int_equal(chmod(scene->path, 0602), 0);
    expect_set_aside(scene, "can be written to by other users");
}

static void a_file_of_another_user_is_not_believed(void **state)
{
    struct scene *scene = *state;

    /* Only root can give a file away. */
    if (geteuid() != 0)
        skip();
    make_good_file(scene);
    assert_int_equal(chown(scene->path, NOBODY, NOBODY), 0);
    expect_set_aside(scene, "belongs to another user");
}

static void what_is_no_file_is_not_waited_for(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(mkfifo(scene->path, 0600), 0);
    expect_set_aside(scene, "is not a regular file");
}

static void without_a_directory_it_is_said_and_tried_again(void **state)
{
    struct scene *scene = *state;
    char state_directory[64];

    snprintf(state_directory, sizeof state_directory, "%s/state", scene->directory);
    assert_int_equal(rmdir(state_directory), 0);
    start(scene, 1);
    assert_non_null(strstr(report_of(scene).error, "No such file or directory"));
    assert_non_null(strstr(report_of(scene).error, "make its directory"));
    put(scene, 1);
    /* Each turn is a try, or the end of one: it is said once what is wrong. */
    for (unsigned i = 0; i < 30; i++)
        uv_run(&scene->loop, UV_RUN_ONCE);
    assert_non_null(strstr(report_of(scene).error, "making the temporary file"));
    assert_int_equal(logged(scene, "making the temporary file: No such file or directory"), 1);
    assert_int_equal(mkdir(state_directory, 0700), 0);
    while (report_of(scene).error[0] != '\0')
        uv_run(&scene->loop, UV_RUN_ONCE);
    restart(scene);
    assert_true(has(scene, 1));
    end(scene);
}

static void a_save_that_fails_leaves_the_old_file(void **state)
{
    struct scene *scene = *state;

    make_good_file(scene);
    start(scene, TTL_MS);
    put(scene, 2);
    /* Something that unlink(2) cannot remove is where the temporary file ought to be. */
    assert_int_equal(mkdir(path_of(scene, ".tmp"), 0700), 0);
    restart(scene);
    assert_true(has(scene, 1));
    assert_false(has(scene, 2));
    end(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_is_known_at_the_end_is_known_at_the_start),
        TEST(the_empty_path_keeps_nothing),
        TEST(it_is_saved_while_the_process_runs),
        TEST(what_is_forgotten_is_soon_forgotten_on_the_disk_too),
        TEST(an_end_in_the_middle_of_a_save_saves_what_is_known_by_then),
        TEST(a_temporary_file_that_was_left_is_no_hindrance),
        TEST(a_foreign_file_is_set_aside),
        TEST(a_damaged_file_is_set_aside),
        TEST(a_cut_file_is_set_aside),
        TEST(a_link_to_a_good_file_is_not_followed),
        TEST(a_file_that_others_may_write_to_is_not_believed),
        TEST(a_file_of_another_user_is_not_believed),
        TEST(what_is_no_file_is_not_waited_for),
        TEST(without_a_directory_it_is_said_and_tried_again),
        TEST(a_save_that_fails_leaves_the_old_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
