/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_getdns_loop.c - daemon/io/getdns_loop: what is to be written is written before the loop
 * waits. The test takes the part of getdns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <getdns/getdns_extra.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/io/getdns_loop.h"

/* One context with its adapter, and a connection. */
struct side {
    getdns_context *context;
    struct getdns_loop *adapter;
    int fds[2];
    getdns_eventloop_event event;
    unsigned writes;
    struct side *next; /* is to be written to as soon as this one was; or NULL */
};

static getdns_eventloop *base_of(struct side *side)
{
    return (getdns_eventloop *)(void *)side->adapter;
}

static void schedule(struct side *side, getdns_eventloop_callback write_cb)
{
    getdns_eventloop *base = base_of(side);

    if (side->event.ev)
        base->vmt->clear(base, &side->event);
    side->event.write_cb = write_cb;
    assert_int_equal(
        base->vmt->schedule(base, side->fds[0], UINT64_MAX, &side->event), GETDNS_RETURN_GOOD);
}

static void on_readable(void *arg)
{
    (void)arg;
}

static void on_writable(void *arg)
{
    struct side *side = arg;

    side->writes++;
    schedule(side, NULL);
}

static void write_to(struct side *side)
{
    getdns_loop_enter(side->adapter);
    schedule(side, on_writable);
    getdns_loop_leave(side->adapter);
}

static void on_returned(void *arg)
{
    struct side *side = arg;
    struct side *next = side->next;

    side->next = NULL;
    if (next)
        write_to(next);
}

static void start(struct side *side, uv_loop_t *loop)
{
    memset(side, 0, sizeof *side);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, side->fds), 0);
    assert_int_equal(getdns_context_create(&side->context, 0), GETDNS_RETURN_GOOD);
    side->adapter = getdns_loop_attach(loop, side->context, NULL, side);
    assert_non_null(side->adapter);
    getdns_loop_on_return(side->adapter, on_returned);
    side->event = (getdns_eventloop_event){.userarg = side, .read_cb = on_readable};
    write_to(side);
    while (side->writes == 0)
        uv_run(loop, UV_RUN_NOWAIT);
}

static void end(struct side *side)
{
    base_of(side)->vmt->clear(base_of(side), &side->event);
    getdns_context_destroy(side->context);
    close(side->fds[0]);
    close(side->fds[1]);
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer;
    fail();
}

/* As a second attempt does, if the connection of the first is found lost at its writing. */
static void what_is_asked_while_another_context_is_written_to_does_not_wait(void **state)
{
    struct side first, second;
    uv_loop_t loop;
    uv_timer_t timer; /* somebody else's, far away */

    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_timer, 600000, 0);
    start(&first, &loop);
    start(&second, &loop);
    first.next = &second;
    write_to(&first);
    while (first.writes < 2)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(second.writes == 2 || uv_backend_timeout(&loop) == 0);
    while (second.writes < 2)
        uv_run(&loop, UV_RUN_NOWAIT);
    end(&first);
    end(&second);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_while_another_context_is_written_to_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
