/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * echo.c - the floor: a libuv program that parses the netstring and answers a constant.
 *
 * What daned costs above this is what daned does. One read, one write and its share of an
 * epoll_wait for each request; no allocation. It knows no hostile client: more than one request in
 * flight on a connection, or half a one, ends it.
 *
 *   bench_echo SOCKET REPLY [confined]
 *
 * "confined": as daned is, with its threads and its filter of system calls, which every call pays
 * for: what is above that floor is user code of daned's.
 */
#include <string.h>

#include <uv.h>

#include "daemon/confinement.h"
#include "daemon/io/threads.h"
#include "proto/netstring.h"
#include "proto/socketmap.h"
#include "tests/bench/fail.h"

static char reply[SOCKETMAP_REPLY_WIRE_MAX];
static size_t reply_len;
static char input[65536];

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(input, sizeof input);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct span payload;
    size_t used;

    if (count == 0)
        return;
    if (count < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    if (netstring_parse(buffer->base, (size_t)count, SOCKETMAP_REQUEST_MAX, &payload, &used) !=
            NETSTRING_OK ||
        used != (size_t)count)
        fail("echo: not one whole request");
    uv_buf_t out = uv_buf_init(reply, (unsigned)reply_len);
    if (uv_try_write(stream, &out, 1) != (int)reply_len)
        fail("echo: the reply is not taken");
}

static void on_connection(uv_stream_t *listening, int status)
{
    uv_pipe_t *client = must_calloc(1, sizeof *client);

    if (status != 0 || uv_pipe_init(listening->loop, client, 0) != 0 ||
        uv_accept(listening, (uv_stream_t *)client) != 0 ||
        uv_read_start((uv_stream_t *)client, on_alloc, on_read) != 0)
        fail("echo: cannot accept: %s", uv_strerror(status));
}

static void confine(uv_loop_t *loop)
{
    char error[256];

    if (!confinement_enter(error, sizeof error))
        fail("echo: %s", error);
    if (threads_start(loop) != 0)
        fail("echo: no threads");
}

int main(int argc, char **argv)
{
    enum { BACKLOG = 4096 };
    uv_loop_t *loop = uv_default_loop();
    uv_pipe_t listening;

    if (argc < 3 || argc > 4)
        fail("usage: %s SOCKET REPLY [confined]", argv[0]);
    reply_len = netstring_encode(argv[2], strlen(argv[2]), reply, sizeof reply);
    uv_pipe_init(loop, &listening, 0);
    if (uv_pipe_bind(&listening, argv[1]) != 0 ||
        uv_listen((uv_stream_t *)&listening, BACKLOG, on_connection) != 0)
        fail("echo: cannot listen on %s", argv[1]);
    if (argc == 4)
        confine(loop);
    return uv_run(loop, UV_RUN_DEFAULT);
}
