/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_loop.h - lets a getdns context run on a libuv loop.
 *
 * Debian's own libgetdns_ex_uv crashes on TCP, therefore this one, on getdns' public event loop
 * interface alone. An adapter belongs to its context: getdns_context_destroy() ends it, and its
 * libuv handles close in the turns of the loop after that.
 */
#ifndef DANED_IO_GETDNS_LOOP_H
#define DANED_IO_GETDNS_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <getdns/getdns.h>
#include <uv.h>

/* The last handle of an adapter is closed; its context is long gone. */
typedef void getdns_loop_closed_cb(void *arg);

/*
 * Puts *context on *loop. closed(arg) runs once, after getdns_context_destroy(context) and when no
 * handle is left, always from the loop and never inside getdns_context_destroy(). Returns false if
 * getdns refuses; closed then never runs, and the context is to be destroyed.
 */
bool getdns_loop_attach(
    uv_loop_t *loop, getdns_context *context, getdns_loop_closed_cb *closed, void *arg);

/*
 * Gives the number of the connection that *context is reading from: meaningful inside getdns'
 * callback for a reply, 0 at any other time. No other connection of this process has, or will soon
 * have, the same number, whether getdns opened it anew behind our back or not.
 */
uint64_t getdns_loop_connection(getdns_context *context);

#endif
