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

#include <cmocka.h>

#include "daemon/io/clock.h"
#include "tests/unit/io/scene.h"

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

/* Sends octets, and turns the loop until there is a reply. */
static void exchange(struct scene *scene, const char *text)
{
    uint64_t end_ms = clock_now_ms() + SCENE_PATIENCE_MS;
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
    scene_open(&scene, &protocol, NULL);
    exchange(&scene, "a;b");
    uint64_t first_ms = clock_now_ms();
    while (clock_now_ms() == first_ms)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    exchange(&scene, ";c");
    session_group_expire(&scene.group, first_ms + SCENE_PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 1);
    session_group_expire(&scene.group, clock_now_ms() + SCENE_PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 0);
    scene_close(&scene);
}

static void a_request_that_comes_in_pieces_gains_no_time(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, &protocol, NULL);
    exchange(&scene, "a;b");
    uint64_t first_ms = clock_now_ms();
    while (clock_now_ms() == first_ms)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(send(scene.client, "b", 1, 0), 1);
    while (scene.group.kept_bytes < 2)
        uv_run(&scene.loop, UV_RUN_NOWAIT);
    session_group_expire(&scene.group, first_ms + SCENE_PARTIAL_MS);
    uv_run(&scene.loop, UV_RUN_NOWAIT);
    assert_int_equal(scene.group.count, 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_behind_a_whole_one_has_its_own_time),
        cmocka_unit_test(a_request_that_comes_in_pieces_gains_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
