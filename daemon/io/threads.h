/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * threads.h - makes libuv start the threads of its pool now, or says that there can be none.
 *
 * libuv starts them when the first work comes, and aborts the process if it cannot: in the middle
 * of somebody's request, without a word. At the start of a daemon that is said, and nobody waits
 * yet.
 */
#ifndef DANED_IO_THREADS_H
#define DANED_IO_THREADS_H

#include <uv.h>

/* Starts the pool. Returns 0, or the errno for which no thread can be had. */
int threads_start(uv_loop_t *loop);

#endif
