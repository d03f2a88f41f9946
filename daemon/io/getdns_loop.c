/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_loop.c - lets a getdns context run on a libuv loop.
 *
 * getdns schedules an event (a descriptor to be read or written, with or without a time-out) and
 * clears it again, several times for each question, mostly from inside the event's own callback
 * and to the same effect. Each descriptor has a watch with one uv_poll_t and one uv_timer_t. A
 * watch that is cleared while getdns is at work is laid aside until getdns returns, and taken up
 * again if it is for the same connection: so the kernel hears nothing of all that. Only a watch
 * that is still aside then is closed, and freed when the last of its handles has closed.
 *
 * The descriptors are getdns' own: it closes them, always after it has cleared their events, but
 * perhaps before the watch is gone. Therefore a watch polls a duplicate, which keeps what epoll
 * knows in step with what is open, and is recognised by the connection: getdns may have opened
 * another one under the same number.
 *
 * What getdns has to write is written before the loop waits again: so all questions of one turn of
 * the loop leave in one piece. An open connection nearly always takes them; it is polled for only
 * if it does not.
 *
 * Failure modes: a poll error is passed on as "ready", so that getdns meets the socket's error
 * itself; an event that libuv refuses is refused to getdns, which then fails the question.
 */

#include "daemon/io/getdns_loop.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <getdns/getdns_extra.h>

#include "daemon/core/alloc.h"

/* getdns says "no time-out" with this number. */
#define NO_TIMEOUT UINT64_MAX

/*
 * getdns wants to close an idle connection after 0 ms if the server has not promised edns-tcp-
 * keepalive (RFC 7828), as unbound does not by default. Then no second question would ever come
 * over the connection of a reply, and io/confirmation.h needs that; and each question of a lookup
 * would pay for a connection of its own. Servers wait for some seconds (RFC 7766 6.2.3).
 */
#define IDLE_LEAST_MS 1000

/* getdns reads the length of a reply and the reply in two calls, and writes one question a call. */
enum { READS_PER_REPLY = 2, REPLIES_AT_ONCE = 8, WRITES_AT_ONCE = 256 };

struct watch;

struct getdns_loop {
    getdns_eventloop base; /* first: getdns hands a pointer to it back to us */
    uv_loop_t *loop;
    unsigned depth;        /* of calls that getdns has not returned from */
    unsigned calls;        /* of getdns, by others, since something is to be written */
    unsigned schedules;    /* ever */
    struct watch *aside;   /* cleared since getdns was called, and not closed yet; or NULL */
    struct watch *writer;  /* is to be written to before the loop waits; or NULL */
    struct watch *stuck;   /* has not taken all that was to be written to it; or NULL */
    uv_idle_t idle;        /* writes; as long as it is active, the loop does not wait */
    struct watch *reading; /* whose read callback is running; or NULL */
    size_t watches;        /* whose handles are not all closed yet */
    bool released;         /* getdns is done with this adapter */
    getdns_loop_returned_cb *returned;
    getdns_loop_closed_cb *closed;
    void *arg;
};

struct watch {
    struct getdns_loop *owner;
    getdns_eventloop_event *event; /* NULL once getdns has cleared it */
    uv_poll_t poll;
    uv_timer_t timer;
    int fd;        /* getdns' own */
    int duplicate; /* that is polled */
    uint64_t connection;
    int polled;       /* UV_READABLE and UV_WRITABLE, as the kernel knows */
    bool is_writable; /* it has been, and has taken all since */
    unsigned open;    /* handles that have not closed yet */
};

static struct getdns_loop *adapter_of(getdns_eventloop *base)
{
    return (struct getdns_loop *)(void *)base;
}

/*
 * A socket's inode number: the kernel counts them up, so that it tells a new connection even if it
 * has the descriptor, and the ports, of the last one. 0: there is none.
 */
static uint64_t connection_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/* ---- closing ---- */

static void on_idle_closed(uv_handle_t *handle)
{
    struct getdns_loop *adapter = handle->data;
    getdns_loop_closed_cb *closed = adapter->closed;
    void *arg = adapter->arg;

    free(adapter);
    if (closed != NULL)
        closed(arg);
}

static void end_if_idle(struct getdns_loop *adapter)
{
    if (adapter->released && adapter->watches == 0)
        uv_close((uv_handle_t *)&adapter->idle, on_idle_closed);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct getdns_loop *adapter = watch->owner;

    if (--watch->open > 0)
        return;
    free(watch);
    adapter->watches--;
    end_if_idle(adapter);
}

/* Closing a handle takes its descriptor out of epoll at once. */
static void close_watch(struct watch *watch)
{
    struct getdns_loop *adapter = watch->owner;

    watch->event = NULL;
    if (adapter->aside == watch)
        adapter->aside = NULL;
    if (adapter->writer == watch)
        adapter->writer = NULL;
    if (adapter->stuck == watch)
        adapter->stuck = NULL;
    uv_close((uv_handle_t *)&watch->poll, on_handle_closed);
    uv_close((uv_handle_t *)&watch->timer, on_handle_closed);
    close(watch->duplicate);
}

/* ---- polling ---- */

static void on_poll(uv_poll_t *poll, int status, int ready);

/* Polls for what the event wants, unless that is done already. Returns false if libuv cannot. */
static bool poll_watch(struct watch *watch)
{
    int wanted = (watch->event->read_cb != NULL ? UV_READABLE : 0) |
                 (watch->event->write_cb != NULL ? UV_WRITABLE : 0);

    if (watch->polled == wanted)
        return true;
    watch->polled = wanted;
    return uv_poll_start(&watch->poll, wanted, on_poll) == 0;
}

static bool wants_to_write(const struct watch *watch)
{
    return watch->event != NULL && watch->event->write_cb != NULL;
}

static void hold_back(const struct watch *watch, int on)
{
#ifdef TCP_CORK
    setsockopt(watch->duplicate, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
#endif
}

/* Writes what there is to write, in one piece. What the connection does not take is polled for. */
static void write_now(struct getdns_loop *adapter)
{
    struct watch *watch = adapter->writer;
    int writes = 0;

    if (adapter->calls > 1)
        hold_back(watch, 1);
    while (adapter->writer == watch && wants_to_write(watch) && writes++ < WRITES_AT_ONCE)
        watch->event->write_cb(watch->event->userarg);
    if (adapter->writer != watch)
        return;
    if (adapter->calls > 1)
        hold_back(watch, 0);
    adapter->calls = 0;
    adapter->writer = NULL;
    watch->is_writable = !wants_to_write(watch);
    adapter->stuck = watch->is_writable ? NULL : watch;
    if (watch->event != NULL)
        poll_watch(watch);
}

void getdns_loop_enter(struct getdns_loop *adapter)
{
    adapter->depth++;
}

void getdns_loop_leave(struct getdns_loop *adapter)
{
    if (adapter->writer != NULL)
        adapter->calls++;
    if (--adapter->depth == 0 && adapter->aside != NULL)
        close_watch(adapter->aside);
}

/* The loop's call of getdns is over: what getdns has called back with can be handed on. */
static void return_to_loop(struct getdns_loop *adapter)
{
    getdns_loop_leave(adapter);
    if (adapter->returned != NULL)
        adapter->returned(adapter->arg);
}

static void on_idle(uv_idle_t *idle)
{
    struct getdns_loop *adapter = idle->data;

    uv_idle_stop(idle);
    /* Writing can fail; then getdns calls back, and there may be more to write. */
    while (adapter->writer != NULL) {
        getdns_loop_enter(adapter);
        write_now(adapter);
        return_to_loop(adapter);
    }
}

static void write_soon(struct watch *watch)
{
    watch->owner->writer = watch;
    uv_idle_start(&watch->owner->idle, on_idle);
}

/* Whether replies are awaited. getdns gives a connection a time-out when it is idle. */
static bool awaits_more(const struct watch *watch)
{
    return watch->event != NULL && watch->event->read_cb != NULL &&
           watch->event->timeout_cb == NULL;
}

static bool has_more(const struct watch *watch)
{
    uint8_t octet;

    return awaits_more(watch) &&
           recv(watch->duplicate, &octet, sizeof octet, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Lets getdns read the replies that have come. */
static void read_now(struct watch *watch)
{
    struct getdns_loop *adapter = watch->owner;
    unsigned before;
    int replies = 0;

    adapter->reading = watch;
    do {
        before = adapter->schedules;
        for (int i = 0; i < READS_PER_REPLY && watch->event != NULL && watch->event->read_cb; i++)
            watch->event->read_cb(watch->event->userarg);
        /* With each whole reply, and only then, getdns schedules anew. */
    } while (adapter->schedules != before && ++replies < REPLIES_AT_ONCE && has_more(watch));
    adapter->reading = NULL;
}

/*
 * unbound leaves Nagle's algorithm on, so that its next reply waits for our ACK of the last one,
 * which the kernel would put off for 40 ms. What we write soon carries it. Linux forgets this flag
 * as it goes on.
 */
static void acknowledge(struct watch *watch)
{
#ifdef TCP_QUICKACK
    int on = 1;

    if (watch->owner->writer != watch && awaits_more(watch))
        setsockopt(watch->duplicate, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

static void on_poll(uv_poll_t *poll, int status, int ready)
{
    struct watch *watch = poll->data;
    struct getdns_loop *adapter = watch->owner;

    if (watch->event == NULL)
        return;
    if (status < 0) {
        /* libuv polls no longer, but there may be replies in front of the error. */
        ready = UV_READABLE | UV_WRITABLE;
        watch->polled = 0;
    }
    getdns_loop_enter(adapter);
    if ((ready & UV_READABLE) != 0)
        read_now(watch);
    if ((ready & UV_WRITABLE) != 0 && watch->event != NULL) {
        watch->is_writable = true;
        write_soon(watch);
    }
    if (watch->event != NULL && adapter->writer != watch)
        poll_watch(watch);
    return_to_loop(adapter);
    acknowledge(watch);
}

static void on_timer(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    struct getdns_loop *adapter = watch->owner;

    if (watch->event == NULL || watch->event->timeout_cb == NULL)
        return;
    getdns_loop_enter(adapter);
    watch->event->timeout_cb(watch->event->userarg);
    return_to_loop(adapter);
}

/* Gives a watch for fd that polls for nothing yet. NULL if there are no descriptors left. */
static struct watch *new_watch(struct getdns_loop *adapter, int fd, uint64_t connection)
{
    int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    struct watch *watch;
    int on = 1;

    if (duplicate < 0)
        return NULL;
    watch = alloc_zeroed(sizeof *watch);
    if (uv_poll_init(adapter->loop, &watch->poll, duplicate) != 0) {
        close(duplicate);
        free(watch);
        return NULL;
    }
    uv_timer_init(adapter->loop, &watch->timer);
    watch->poll.data = watch->timer.data = watch;
    watch->owner = adapter;
    watch->fd = fd;
    watch->duplicate = duplicate;
    watch->connection = connection;
    watch->open = 2;
    adapter->watches++;
    /* getdns writes question by question; without this each waits for the ACK of the last. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return watch;
}

/* ---- what getdns calls ---- */

static getdns_return_t clear_event(getdns_eventloop *base, getdns_eventloop_event *event)
{
    struct getdns_loop *adapter = adapter_of(base);
    struct watch *watch = event->ev;

    if (watch == NULL)
        return GETDNS_RETURN_GOOD;
    event->ev = NULL;
    watch->event = NULL;
    uv_timer_stop(&watch->timer);
    if (adapter->depth == 0) {
        close_watch(watch);
    } else {
        if (adapter->aside != NULL)
            close_watch(adapter->aside);
        adapter->aside = watch;
    }
    return GETDNS_RETURN_GOOD;
}

/* Gives the watch laid aside if it is for fd, else a new one; NULL if libuv cannot. */
static struct watch *take_watch(struct getdns_loop *adapter, int fd)
{
    struct watch *aside = adapter->aside;
    uint64_t connection = connection_of(fd);

    if (aside == NULL || aside->fd != fd)
        return new_watch(adapter, fd, connection);
    if (aside->connection != connection || connection == 0) {
        close_watch(aside);
        return new_watch(adapter, fd, connection);
    }
    adapter->aside = NULL;
    return aside;
}

static getdns_return_t schedule_event(
    getdns_eventloop *base, int fd, uint64_t timeout_ms, getdns_eventloop_event *event)
{
    struct getdns_loop *adapter = adapter_of(base);
    struct watch *watch;

    event->ev = NULL;
    /* A time-out alone is that of a question. */
    if (event->read_cb == NULL && event->write_cb == NULL)
        return GETDNS_RETURN_GOOD;
    watch = take_watch(adapter, fd);
    if (watch == NULL)
        return GETDNS_RETURN_GENERIC_ERROR;
    watch->event = event;
    adapter->schedules++;
    if (wants_to_write(watch) && watch->is_writable && adapter->depth > 0) {
        write_soon(watch);
    } else if (!poll_watch(watch)) {
        close_watch(watch);
        return GETDNS_RETURN_GENERIC_ERROR;
    }
    if (event->timeout_cb != NULL && timeout_ms != NO_TIMEOUT)
        uv_timer_start(
            &watch->timer, on_timer, timeout_ms < IDLE_LEAST_MS ? IDLE_LEAST_MS : timeout_ms, 0);
    event->ev = watch;
    return GETDNS_RETURN_GOOD;
}

static void cleanup(getdns_eventloop *base)
{
    struct getdns_loop *adapter = adapter_of(base);

    adapter->released = true;
    end_if_idle(adapter);
}

/* The next two serve getdns' synchronous calls, of which daned makes none. */

static void run(getdns_eventloop *base)
{
    uv_run(adapter_of(base)->loop, UV_RUN_DEFAULT);
}

static void run_once(getdns_eventloop *base, int blocking)
{
    uv_run(adapter_of(base)->loop, blocking ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

/* ---- what we call ---- */

struct getdns_loop *getdns_loop_attach(
    uv_loop_t *loop, getdns_context *context, getdns_loop_closed_cb *closed, void *arg)
{
    static getdns_eventloop_vmt methods = {cleanup, schedule_event, clear_event, run, run_once};
    struct getdns_loop *adapter = alloc_zeroed(sizeof *adapter);

    adapter->base.vmt = &methods;
    adapter->loop = loop;
    adapter->closed = closed;
    adapter->arg = arg;
    uv_idle_init(loop, &adapter->idle);
    adapter->idle.data = adapter;
    if (getdns_context_set_eventloop(context, &adapter->base) != GETDNS_RETURN_GOOD) {
        adapter->closed = NULL;
        cleanup(&adapter->base);
        return NULL;
    }
    return adapter;
}

void getdns_loop_on_return(struct getdns_loop *adapter, getdns_loop_returned_cb *returned)
{
    adapter->returned = returned;
}

uint64_t getdns_loop_connection(const struct getdns_loop *adapter)
{
    return adapter->reading != NULL ? adapter->reading->connection : 0;
}

bool getdns_loop_is_stuck(const struct getdns_loop *adapter)
{
    return adapter->stuck != NULL;
}
