/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop_shim.c - measures how long one iteration of daned's loop takes, without a change to daned.
 *
 * Loaded by LD_PRELOAD, it stands between libuv and the kernel: the CPU time of the thread from one
 * return of epoll_wait() to its next call is one iteration. It keeps the longest in a file that
 * both sides map (BENCH_SHIM_FILE, made by the runner), so that the runner reads and resets it at
 * any time. While "measuring" there is 0 it passes calls on and nothing else.
 *
 * It can also bring forward what daned does every few minutes: it knows the timers that were
 * started for more than LONG_MS, and lets them fire when the runner asks for it.
 *
 * Limits: TIMERS_MAX such timers. Only the loop of the first timer counts: libmicrohttpd waits on
 * another epoll descriptor inside a callback.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <uv.h>

#include "tests/bench/fail.h"

enum { TIMERS_MAX = 32, LONG_MS = 60000 };

/* What is in the file, all of 8 octets; the runner writes those marked so. */
struct shared {
    volatile uint64_t measuring; /* runner: 0 or 1 */
    volatile uint64_t reset;     /* runner: another number begins anew */
    volatile uint64_t fire;      /* runner: another number lets the long timers fire */
    volatile uint64_t reset_seen;
    volatile uint64_t fire_seen;
    volatile uint64_t longest_ns;
    volatile uint64_t iterations;
    volatile uint64_t fired; /* timers, ever */
};

typedef int epoll_wait_function(int, struct epoll_event *, int, int);
typedef int epoll_pwait_function(int, struct epoll_event *, int, int, const sigset_t *);
typedef int timer_start_function(uv_timer_t *, uv_timer_cb, uint64_t, uint64_t);
typedef int timer_stop_function(uv_timer_t *);
typedef void close_function(uv_handle_t *, uv_close_cb);

static struct {
    epoll_wait_function *epoll_wait;
    epoll_pwait_function *epoll_pwait;
    timer_start_function *timer_start;
    timer_stop_function *timer_stop;
    close_function *close;
} real;

static struct shared *shared;
static uv_timer_t *timers[TIMERS_MAX];
static uv_timer_cb callbacks[TIMERS_MAX];
static int loop_fd = -1;
static bool in_iteration;
static uint64_t begun_ns;

/* ISO C has no cast from an object to a function; POSIX asks for this way. */
static void find(const char *name, void *function_out)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL)
        fail("shim: there is no %s", name);
    *(void **)function_out = found;
}

static void set_up(void)
{
    const char *path = getenv("BENCH_SHIM_FILE");
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;

    if (fd < 0)
        fail("shim: BENCH_SHIM_FILE does not name a file");
    void *mapped = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        fail("shim: cannot map %s", path);
    close(fd);
    shared = mapped;
    find("epoll_wait", &real.epoll_wait);
    find("epoll_pwait", &real.epoll_pwait);
    find("uv_timer_start", &real.timer_start);
    find("uv_timer_stop", &real.timer_stop);
    find("uv_close", &real.close);
}

static uint64_t thread_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Lets the long timers fire in this iteration. Returns whether there was one. */
static bool fire_timers(void)
{
    bool fired = false;

    for (size_t i = 0; i < TIMERS_MAX; i++) {
        if (timers[i] == NULL)
            continue;
        real.timer_start(timers[i], callbacks[i], 0, uv_timer_get_repeat(timers[i]));
        timers[i] = NULL;
        shared->fired++;
        fired = true;
    }
    return fired;
}

/* The loop is about to wait: the iteration is over. Returns whether timers were made to fire. */
static bool before_wait(int fd)
{
    if (shared == NULL)
        set_up();
    if (fd != loop_fd)
        return false;
    if (in_iteration) {
        uint64_t took_ns = thread_cpu_ns() - begun_ns;
        in_iteration = false;
        shared->iterations++;
        if (took_ns > shared->longest_ns)
            shared->longest_ns = took_ns;
    }
    if (shared->reset != shared->reset_seen) {
        shared->longest_ns = 0;
        shared->iterations = 0;
        shared->reset_seen = shared->reset;
    }
    if (shared->fire == shared->fire_seen)
        return false;
    shared->fire_seen = shared->fire;
    return fire_timers();
}

static void after_wait(int fd)
{
    if (fd == loop_fd && shared->measuring != 0) {
        in_iteration = true;
        begun_ns = thread_cpu_ns();
    }
}

__attribute__((visibility("default"))) int epoll_wait(
    int fd, struct epoll_event *events, int max, int timeout_ms)
{
    bool fired = before_wait(fd);
    int count = real.epoll_wait(fd, events, max, fired ? 0 : timeout_ms);

    after_wait(fd);
    return count;
}

__attribute__((visibility("default"))) int epoll_pwait(
    int fd, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
    bool fired = before_wait(fd);
    int count = real.epoll_pwait(fd, events, max, fired ? 0 : timeout_ms, mask);

    after_wait(fd);
    return count;
}

static void forget(const void *handle)
{
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if ((const void *)timers[i] == handle)
            timers[i] = NULL;
}

static void remember(uv_timer_t *timer, uv_timer_cb callback)
{
    for (size_t i = 0; i < TIMERS_MAX; i++) {
        if (timers[i] == NULL) {
            timers[i] = timer;
            callbacks[i] = callback;
            return;
        }
    }
}

__attribute__((visibility("default"))) int uv_timer_start(
    uv_timer_t *timer, uv_timer_cb callback, uint64_t timeout_ms, uint64_t repeat_ms)
{
    if (shared == NULL)
        set_up();
    if (loop_fd < 0)
        loop_fd = uv_backend_fd(timer->loop);
    forget(timer);
    /* It may stop the timer first, by way of the function below. */
    int status = real.timer_start(timer, callback, timeout_ms, repeat_ms);
    if (timeout_ms > LONG_MS)
        remember(timer, callback);
    return status;
}

__attribute__((visibility("default"))) int uv_timer_stop(uv_timer_t *timer)
{
    if (shared == NULL)
        set_up();
    forget(timer);
    return real.timer_stop(timer);
}

__attribute__((visibility("default"))) void uv_close(uv_handle_t *handle, uv_close_cb callback)
{
    if (shared == NULL)
        set_up();
    forget(handle);
    real.close(handle, callback);
}
