/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_loop.c - lets a getdns context run on a libuv loop.
 *
 * getdns schedules an event (a descriptor to be read or written, a time-out, or both) and clears it
 * again, often from inside the event's own callback. Each scheduled event gets one uv_poll_t and
 * one uv_timer_t, embedded in one block that is freed when the last of its handles has closed. The
 * descriptors are getdns' own: it closes them, always after it has cleared their events.
 *
 * Failure modes: a poll error is passed on as "ready", so that getdns meets the socket's error
 * itself; an event that libuv refuses is refused to getdns, which then fails the question.
 */

#include "daemon/io/getdns_loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

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

struct getdns_loop {
    getdns_eventloop base; /* first: getdns hands a pointer to it back to us */
    uv_loop_t *loop;
    uv_timer_t farewell; /* calls closed from the loop, not from inside getdns */
    size_t events;       /* whose handles are not all closed yet */
    bool released;       /* getdns is done with this adapter */
    int reading;         /* the descriptor whose read callback is running, or -1 */
    getdns_loop_closed_cb *closed;
    void *arg;
};

struct loop_event {
    struct getdns_loop *owner;
    getdns_eventloop_event *event; /* NULL once getdns has cleared it */
    uv_poll_t poll;
    uv_timer_t timer;
    int fd;
    bool has_poll;
    bool has_timer;
    unsigned open; /* handles that have not closed yet */
};

static struct getdns_loop *adapter_of(getdns_eventloop *base)
{
    return (struct getdns_loop *)(void *)base;
}

static void on_farewell_closed(uv_handle_t *handle)
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
    if (adapter->released && adapter->events == 0)
        uv_close((uv_handle_t *)&adapter->farewell, on_farewell_closed);
}

static void on_event_closed(uv_handle_t *handle)
{
    struct loop_event *scheduled = handle->data;
    struct getdns_loop *adapter = scheduled->owner;

    if (--scheduled->open > 0)
        return;
    free(scheduled);
    adapter->events--;
    end_if_idle(adapter);
}

static void on_poll(uv_poll_t *poll, int status, int ready)
{
    struct loop_event *scheduled = poll->data;
    struct getdns_loop *adapter = scheduled->owner;
    getdns_eventloop_event *event = scheduled->event;

    if (event == NULL)
        return;
    if (status < 0)
        ready = UV_READABLE | UV_WRITABLE;
    /*
     * Read before write: one reply takes two read events, so that a long write queue would starve
     * the replies. Only one of the two runs, because the first may have cleared the event; the poll
     * is level-triggered, and the other comes with the next turn.
     */
    if ((ready & UV_READABLE) != 0 && event->read_cb != NULL) {
        adapter->reading = scheduled->fd;
        event->read_cb(event->userarg);
        adapter->reading = -1;
    } else if ((ready & UV_WRITABLE) != 0 && event->write_cb != NULL) {
        event->write_cb(event->userarg);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct loop_event *scheduled = timer->data;

    if (scheduled->event != NULL && scheduled->event->timeout_cb != NULL)
        scheduled->event->timeout_cb(scheduled->event->userarg);
}

/* Starts to close every handle of an event; on_event_closed() frees it. */
static void close_handles(struct loop_event *scheduled)
{
    scheduled->event = NULL;
    if (scheduled->has_poll)
        uv_close((uv_handle_t *)&scheduled->poll, on_event_closed);
    if (scheduled->has_timer)
        uv_close((uv_handle_t *)&scheduled->timer, on_event_closed);
}

static getdns_return_t clear_event(getdns_eventloop *base, getdns_eventloop_event *event)
{
    struct loop_event *scheduled = event->ev;

    (void)base;
    if (scheduled != NULL) {
        event->ev = NULL;
        /* Closing takes the descriptor out of epoll at once: getdns may close it right away. */
        close_handles(scheduled);
    }
    return GETDNS_RETURN_GOOD;
}

/* Starts to watch fd. Returns false if libuv cannot. */
static bool start_poll(struct loop_event *scheduled, int fd)
{
    const getdns_eventloop_event *event = scheduled->event;
    int wanted =
        (event->read_cb != NULL ? UV_READABLE : 0) | (event->write_cb != NULL ? UV_WRITABLE : 0);
    int on = 1;

    if (fd < 0 || uv_poll_init(scheduled->owner->loop, &scheduled->poll, fd) != 0)
        return false;
    scheduled->poll.data = scheduled;
    scheduled->fd = fd;
    scheduled->has_poll = true;
    scheduled->open++;
    /* getdns writes question by question; without this each waits for the ACK of the last. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef TCP_QUICKACK
    /* The same from the other side: unbound leaves Nagle's algorithm on, so that its next reply
     * waits for our ACK of the last one, which the kernel would put off for 40 ms. Linux forgets
     * this flag as it goes on; getdns schedules anew after each reply. */
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
    return uv_poll_start(&scheduled->poll, wanted, on_poll) == 0;
}

static getdns_return_t schedule_event(
    getdns_eventloop *base, int fd, uint64_t timeout_ms, getdns_eventloop_event *event)
{
    struct getdns_loop *adapter = adapter_of(base);
    struct loop_event *scheduled;
    bool wants_poll = event->read_cb != NULL || event->write_cb != NULL;
    bool wants_timer = event->timeout_cb != NULL && timeout_ms != NO_TIMEOUT;

    event->ev = NULL;
    if (wants_poll && timeout_ms < IDLE_LEAST_MS)
        timeout_ms = IDLE_LEAST_MS;
    if (!wants_poll && !wants_timer)
        return GETDNS_RETURN_GOOD;
    scheduled = alloc_zeroed(sizeof *scheduled);
    scheduled->owner = adapter;
    scheduled->event = event;
    adapter->events++;
    if (wants_poll && !start_poll(scheduled, fd)) {
        if (scheduled->open > 0) {
            close_handles(scheduled);
        } else {
            adapter->events--;
            free(scheduled);
        }
        return GETDNS_RETURN_GENERIC_ERROR;
    }
    if (wants_timer) {
        uv_timer_init(adapter->loop, &scheduled->timer);
        scheduled->timer.data = scheduled;
        scheduled->has_timer = true;
        scheduled->open++;
        uv_timer_start(&scheduled->timer, on_timer, timeout_ms, 0);
    }
    event->ev = scheduled;
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

bool getdns_loop_attach(
    uv_loop_t *loop, getdns_context *context, getdns_loop_closed_cb *closed, void *arg)
{
    static getdns_eventloop_vmt methods = {cleanup, schedule_event, clear_event, run, run_once};
    struct getdns_loop *adapter = alloc_zeroed(sizeof *adapter);

    adapter->base.vmt = &methods;
    adapter->loop = loop;
    adapter->reading = -1;
    adapter->closed = closed;
    adapter->arg = arg;
    uv_timer_init(loop, &adapter->farewell);
    adapter->farewell.data = adapter;
    if (getdns_context_set_eventloop(context, &adapter->base) != GETDNS_RETURN_GOOD) {
        adapter->closed = NULL;
        cleanup(&adapter->base);
        return false;
    }
    return true;
}

uint64_t getdns_loop_connection(getdns_context *context)
{
    getdns_eventloop *base = NULL;
    struct stat status;

    if (getdns_context_get_eventloop(context, &base) != GETDNS_RETURN_GOOD || base == NULL ||
        adapter_of(base)->reading < 0 || fstat(adapter_of(base)->reading, &status) != 0)
        return 0;
    /* A socket's inode number: the kernel counts them up, so that it tells a new connection even
     * if it has the descriptor, and the ports, of the last one. */
    return status.st_ino;
}
