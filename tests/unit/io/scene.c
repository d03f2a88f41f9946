/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene.c - a loop with a server and one client.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/io/scene.h"

static void on_due(void *owner, uint64_t due_ms)
{
    (void)owner;
    (void)due_ms;
}

static void on_empty(void *owner)
{
    (void)owner;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct scene *scene = stream->data;

    assert_int_equal(status, 0);
    assert_int_equal(session_accept(&scene->group, stream, true, true), 0);
}

void scene_open(struct scene *scene, const struct protocol *protocol, struct lookups *lookups)
{
    memset(scene, 0, sizeof *scene);
    snprintf(scene->directory, sizeof scene->directory, "/tmp/daned-test.XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->address.sun_family = AF_UNIX;
    snprintf(scene->address.sun_path, sizeof scene->address.sun_path, "%s/s", scene->directory);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    server_init(&scene->server, &scene->loop, lookups);
    scene->group = (struct session_group){.server = &scene->server,
        .protocol = protocol,
        .time_out_ms = {SCENE_PATIENCE_MS, SCENE_PARTIAL_MS, SCENE_PATIENCE_MS, SCENE_PATIENCE_MS},
        .on_due = on_due,
        .on_empty = on_empty};
    assert_int_equal(uv_pipe_init(&scene->loop, &scene->listening, 0), 0);
    scene->listening.data = scene;
    assert_int_equal(uv_pipe_bind(&scene->listening, scene->address.sun_path), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&scene->listening, 1, on_connection), 0);
    scene->client = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(scene->client >= 0);
    assert_int_equal(
        connect(scene->client, (struct sockaddr *)&scene->address, sizeof scene->address), 0);
}

void scene_close(struct scene *scene)
{
    close(scene->client);
    session_group_close(&scene->group);
    uv_close((uv_handle_t *)&scene->listening, NULL);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(scene->group.count, 0);
    assert_int_equal(scene->group.kept_bytes, 0);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    server_fini(&scene->server);
    rmdir(scene->directory);
}
