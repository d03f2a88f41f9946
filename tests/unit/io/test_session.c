/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_session.c - the time that a connection is given, on a protocol whose requests end in ';'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/io/clock.h"
#include "daemon/io/session.h"

enum { PARTIAL_MS = 5000, PATIENCE_MS = 20000 };

struct scene {
    uv_loop_t loop;
    uv_pipe_t listening;
    struct server server;
    struct session_group group;
    char directory[32];
    struct sockaddr_un address;
    int client;
};

static enum protocol_step take(struct server *server, const struct input *input, uint64_t now_ms,
    struct replies *replies, size_t *used_out, struct request **request_out)
{
    const char *end = input->len > 0 ? memchr(input->data, ';', input->len) : NULL;

    (void)server;
    (void)now_ms;
    (void)request_out;
    if (!end)
        return PROTOCOL_MORE;
    replies->data[replies->len++] = '!';
    *used_out = (size_t)(end - input->data) + 1;
    return PROTOCOL_REPLIED;
}

static const struct protocol protocol = {.name = "test", .take = take};

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

static void open_scene(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    snprintf(scene->directory, sizeof scene->directory, "/tmp/daned-test.XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->address.sun_family = AF_UNIX;
    snprintf(scene->address.sun_path, sizeof scene->address.sun_path, "%s/s", scene->directory);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    server_init(&scene->server, &scene->loop, NULL);
    scene->group = (struct session_group){.server = &scene->server,
        .protocol = &protocol,
        .time_out_ms = {PATIENCE_MS, PARTIAL_MS, PATIENCE_MS, PATIENCE_MS},
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

static void close_scene(struct scene *scene)
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

/* Sends octets, and turns the loop until there is a reply. */
static void exchange(struct scene *scene, const char *text)
{
    uint64_t end_ms = clock_now_ms() + PATIENCE_MS;
    char reply;

    assert_int_equal(send(scene->client, text, strlen(text), 0), strlen(text));
    while (recv(scene->client, &reply, 1, MSG_DONTWAIT) != 1) {
        assert_true(clock_now_ms() < end_ms);
        uv_run(&scene->loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(reply, '!');
}

static void a_request_behind_a_whole_one_has_its_own_time(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    exchange(&scene, "a;b");
    uint64_t first_ms = clock_now_ms();
    while (clock_now_ms() == first_ms)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    exchange(&scene, ";c");
    session_group_expire(&scene.group, first_ms + PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 1);
    session_group_expire(&scene.group, clock_now_ms() + PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 0);
    close_scene(&scene);
}

static void a_request_that_comes_in_pieces_gains_no_time(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    exchange(&scene, "a;b");
    uint64_t first_ms = clock_now_ms();
    while (clock_now_ms() == first_ms)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(send(scene.client, "b", 1, 0), 1);
    while (scene.group.kept_bytes < 2)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    session_group_expire(&scene.group, first_ms + PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 0);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_behind_a_whole_one_has_its_own_time),
        cmocka_unit_test(a_request_that_comes_in_pieces_gains_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
