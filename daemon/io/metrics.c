/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metrics.c - the listener of protocol metrics.
 *
 * libmicrohttpd speaks HTTP, without a thread: its epoll descriptor is watched by the one loop, and
 * run() lets it do what there is to do. Its time-out counts silence only, so that a client that
 * sends an octet now and then would stay for ever: a slot for each connection has the time at which
 * it ends, and expire() shuts its socket then.
 *
 * What can fail: the client goes away, sends nonsense or too much (libmicrohttpd replies with an
 * error or closes), does not send or does not read (its time ends). None of it ends the daemon.
 */
#include "daemon/io/metrics.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/core/alloc.h"
#include "daemon/io/clock.h"
#include "daemon/io/control.h"
#include "daemon/io/metrics_text.h"

/* Octets of one connection's buffers: a request line and headers that are longer get an error. */
enum { CONNECTION_MEMORY = 16384 };

struct slot {
    int fd; /* -1: the slot is free, or was told to end */
    bool used;
    uint64_t due_ms;
};

struct metrics {
    struct listener *listener; /* for the socket's file */
    int fd;                    /* until libmicrohttpd has it */
    uint64_t connection_ms;
    const struct stats_sources *sources;
    struct MHD_Daemon *http;
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned open_handles;
    size_t count;
    struct slot slots[METRICS_CONNECTIONS_MAX];
    void (*on_gone)(void *arg, struct metrics *metrics);
    void *arg;
};

struct metrics *metrics_new(struct listener *listener, uint64_t idle_ms)
{
    struct metrics *metrics = alloc_zeroed(sizeof *metrics);

    metrics->listener = listener;
    metrics->fd = listener_take_fd(listener);
    metrics->connection_ms = idle_ms < METRICS_CONNECTION_MS ? idle_ms : METRICS_CONNECTION_MS;
    return metrics;
}

void metrics_discard(struct metrics *metrics)
{
    if (metrics->fd >= 0)
        close(metrics->fd);
    listener_discard(metrics->listener);
    free(metrics);
}

size_t metrics_connections(const struct metrics *metrics)
{
    return metrics->count;
}

/* A connection has begun or ended. */
static void on_connection(void *arg, struct MHD_Connection *connection, void **slot_inout,
    enum MHD_ConnectionNotificationCode what)
{
    struct metrics *metrics = arg;
    struct slot *slot = *slot_inout;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (slot)
            slot->used = false;
        metrics->count--;
        return;
    }
    metrics->count++;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    for (size_t i = 0; info && i < METRICS_CONNECTIONS_MAX; i++) {
        slot = &metrics->slots[i];
        if (slot->used)
            continue;
        *slot = (struct slot){info->connect_fd, true, clock_now_ms() + metrics->connection_ms};
        *slot_inout = slot;
        return;
    }
}

/* Ends the connections whose time has come. Returns when the next one is due; UINT64_MAX: never. */
static uint64_t expire(struct metrics *metrics, uint64_t now_ms)
{
    uint64_t next_ms = UINT64_MAX;

    for (size_t i = 0; i < METRICS_CONNECTIONS_MAX; i++) {
        struct slot *slot = &metrics->slots[i];
        if (!slot->used || slot->fd < 0)
            continue;
        if (slot->due_ms <= now_ms) {
            /* libmicrohttpd owns the descriptor: it sees the end, and closes it. */
            shutdown(slot->fd, SHUT_RDWR);
            slot->fd = -1;
        } else if (slot->due_ms < next_ms) {
            next_ms = slot->due_ms;
        }
    }
    return next_ms;
}

static void on_timer(uv_timer_t *timer);

/* Lets libmicrohttpd do what there is to do, and sees to it that it is called again in time. */
static void run(struct metrics *metrics)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    size_t before;

    /* Where a connection has ended there may be room for one of the backlog again. */
    do {
        before = metrics->count;
        MHD_run(metrics->http);
    } while (metrics->count < before);
    uint64_t now_ms = clock_now_ms();
    uint64_t next_ms = expire(metrics, now_ms);
    if (MHD_get_timeout(metrics->http, &wait_ms) == MHD_YES && wait_ms < next_ms - now_ms)
        next_ms = now_ms + wait_ms;
    if (next_ms == UINT64_MAX)
        uv_timer_stop(&metrics->timer);
    else
        uv_timer_start(&metrics->timer, on_timer, next_ms - now_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    run(poll->data);
}

/* Queues a reply of len octets, which are copied, and closes the connection behind it. */
static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type,
    const char *data, size_t len)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, (void *)(uintptr_t)data, MHD_RESPMEM_MUST_COPY);

    if (!response)
        return MHD_NO;
    bool good = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) == MHD_YES &&
                MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
    if (good && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        good = MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET") == MHD_YES;
    enum MHD_Result result = good ? MHD_queue_response(connection, status, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result reply_sentence(
    struct MHD_Connection *connection, unsigned status, const char *sentence)
{
    return reply(connection, status, "text/plain; charset=utf-8", sentence, strlen(sentence));
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len,
    void **seen_inout)
{
    struct metrics *metrics = arg;

    (void)version;
    (void)upload;
    /* What is wrong is refused before a body is read. */
    if (strcmp(url, "/metrics") != 0)
        return reply_sentence(
            connection, MHD_HTTP_NOT_FOUND, "there is nothing here but /metrics\n");
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return reply_sentence(
            connection, MHD_HTTP_METHOD_NOT_ALLOWED, "the only method here is GET\n");
    /* The first call has the headers only, and is not the place for a reply that is no error. */
    if (!*seen_inout) {
        *seen_inout = metrics;
        return MHD_YES;
    }
    if (*upload_len > 0) {
        *upload_len = 0;
        return MHD_YES;
    }
    struct text text = {.data = NULL};
    metrics_text(metrics->sources, &text);
    enum MHD_Result result = reply(connection, MHD_HTTP_OK, METRICS_TEXT_TYPE, text.data, text.len);
    text_fini(&text);
    return result;
}

int metrics_start(struct metrics *metrics, struct server *server)
{
    metrics->sources = &server->control->sources;
    metrics->http = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, metrics,
        MHD_OPTION_LISTEN_SOCKET, metrics->fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)METRICS_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, metrics, MHD_OPTION_END);
    if (!metrics->http)
        return UV_ENOMEM;
    metrics->fd = -1;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(metrics->http, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info)
        return UV_ENOTSUP;
    uv_timer_init(server->loop, &metrics->timer);
    int error = uv_poll_init(server->loop, &metrics->poll, info->epoll_fd);
    if (error != 0)
        return error;
    metrics->open_handles = 2;
    metrics->timer.data = metrics->poll.data = metrics;
    return uv_poll_start(&metrics->poll, UV_READABLE, on_poll);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct metrics *metrics = handle->data;

    metrics->open_handles--;
    if (metrics->open_handles > 0)
        return;
    metrics->on_gone(metrics->arg, metrics);
    metrics_discard(metrics);
}

void metrics_drain(
    struct metrics *metrics, void (*on_gone)(void *arg, struct metrics *metrics), void *arg)
{
    metrics->on_gone = on_gone;
    metrics->arg = arg;
    /* The loop must let go of the descriptor before libmicrohttpd closes it. */
    uv_poll_stop(&metrics->poll);
    uv_close((uv_handle_t *)&metrics->poll, on_handle_closed);
    uv_close((uv_handle_t *)&metrics->timer, on_handle_closed);
    MHD_stop_daemon(metrics->http);
}
