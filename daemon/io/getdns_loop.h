/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_loop.h - lets a getdns context run on a libuv loop.
 *
 * Debian's own libgetdns_ex_uv crashes on TCP, therefore this one, on getdns' public event loop
 * interface alone. An adapter belongs to its context: getdns_context_destroy() ends it, and its
 * libuv handles close in the turns of the loop after that.
 *
 * It keeps no time-outs of questions: whoever asks has a deadline, and cancels by it. The time-outs
 * of connections are kept.
 */
#ifndef DANED_IO_GETDNS_LOOP_H
#define DANED_IO_GETDNS_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <getdns/getdns.h>
#include <uv.h>

/* The last handle of an adapter is closed; its context is long gone. */
typedef void getdns_loop_closed_cb(void *arg);

/* The loop has called getdns, which may have called back, and has returned. */
typedef void getdns_loop_returned_cb(void *arg);

struct getdns_loop;

/*
 * Puts *context on *loop, and gives the adapter, which ends with the context. closed(arg) runs
 * once, after getdns_context_destroy(context) and when no handle is left, always from the loop and
 * never inside getdns_context_destroy(). Gives NULL if getdns refuses; closed then never runs, and
 * the context is to be destroyed. closed may be NULL.
 */
struct getdns_loop *getdns_loop_attach(
    uv_loop_t *loop, getdns_context *context, getdns_loop_closed_cb *closed, void *arg);

/*
 * Has returned(arg) called, with the argument of getdns_loop_attach(), after each call of getdns
 * from the loop. No getdns call is under it: it may destroy the context.
 */
void getdns_loop_on_return(struct getdns_loop *adapter, getdns_loop_returned_cb *returned);

/*
 * To be called before and after other calls of getdns on the context, but for the one that
 * destroys it: then what getdns has to write is written before the loop waits, and its connection
 * need not be looked at anew. Either of the two may make getdns call back.
 */
void getdns_loop_enter(struct getdns_loop *adapter);
void getdns_loop_leave(struct getdns_loop *adapter);

/*
 * Gives the number of the connection that getdns is reading from: meaningful inside getdns'
 * callback for a reply, 0 at any other time. No other connection of this process has, or will soon
 * have, the same number, whether getdns opened it anew behind our back or not.
 */
uint64_t getdns_loop_connection(const struct getdns_loop *adapter);

/*
 * Whether the connection has not taken all that getdns had to write when it was last written to.
 * The last question may be half written then, and getdns remembers where it goes on: inside the
 * question, even if that is cancelled and freed. So nothing more must be written.
 */
bool getdns_loop_is_stuck(const struct getdns_loop *adapter);

#endif
