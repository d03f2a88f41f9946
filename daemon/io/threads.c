/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * threads.c - starts as many threads as the pool has, all alive at once, before the pool does.
 *
 * Their stacks stay with libc, for the pool to take.
 */
#include "daemon/io/threads.h"

#include <pthread.h>
#include <stdlib.h>

#include "daemon/core/alloc.h"

enum { POOL_SIZE = 4 }; /* libuv's, if UV_THREADPOOL_SIZE does not say otherwise */

static pthread_mutex_t all_are_there = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_all(void *arg)
{
    pthread_mutex_lock(&all_are_there);
    pthread_mutex_unlock(&all_are_there);
    return arg;
}

static int try_threads(void)
{
    pthread_t threads[POOL_SIZE];
    size_t count = 0;
    int error = 0;

    pthread_mutex_lock(&all_are_there);
    while (count < POOL_SIZE && error == 0) {
        error = pthread_create(&threads[count], NULL, wait_for_all, NULL);
        count += error == 0 ? 1 : 0;
    }
    pthread_mutex_unlock(&all_are_there);
    while (count > 0)
        pthread_join(threads[--count], NULL);
    return error;
}

static void do_nothing(uv_work_t *work)
{
    (void)work;
}

static void on_done(uv_work_t *work, int status)
{
    (void)status;
    free(work);
}

int threads_start(uv_loop_t *loop)
{
    int error = try_threads();

    if (error == 0) {
        uv_work_t *work = alloc_zeroed(sizeof *work);
        if (uv_queue_work(loop, work, do_nothing, on_done) != 0)
            free(work);
    }
    return error;
}
