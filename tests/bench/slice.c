/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slice.c - a stretch of load on one target.
 *
 * Fails if the server is silent for SILENCE_MS while requests are in flight.
 */
#include "tests/bench/slice.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "tests/bench/fail.h"
#include "tests/bench/times.h"

enum { EVENTS_MAX = 256, SILENCE_MS = 30000 };

struct costs {
    uint64_t wall_ns;
    uint64_t server_ns;
    uint64_t own_ns;
    uint64_t wrong;
};

static void begin(const struct target *target, struct costs *costs_out)
{
    costs_out->wrong = target->wrong;
    costs_out->own_ns = times_own_cpu();
    costs_out->server_ns = times_cpu_of(target->pid);
    costs_out->wall_ns = times_wall();
}

static void end(const struct target *target, const struct costs *costs, struct slice *slice)
{
    /* The kernel adds up what a process has used when that stops to run, or at its next tick. */
    const struct timespec until_it_sleeps = {0, 1000000};

    slice->wall_ns = times_wall() - costs->wall_ns;
    slice->own_cpu_ns = times_own_cpu() - costs->own_ns;
    nanosleep(&until_it_sleeps, NULL);
    slice->server_cpu_ns = times_cpu_of(target->pid) - costs->server_ns;
    slice->wrong = target->wrong - costs->wrong;
}

/* Waits for replies, at most for timeout_ns. Returns how many connections have something. */
static size_t wait_for_replies(
    struct target *target, struct epoll_event events[EVENTS_MAX], uint64_t timeout_ns)
{
    struct timespec timeout = {
        (time_t)(timeout_ns / TIMES_SECOND), (long)(timeout_ns % TIMES_SECOND)};
    int count = epoll_pwait2(target->epoll, events, EVENTS_MAX, &timeout, NULL);

    if (count < 0 && errno != EINTR)
        fail("cannot wait for replies: %s", strerror(errno));
    return count > 0 ? (size_t)count : 0;
}

static void wait_or_fail(
    struct target *target, struct epoll_event events[EVENTS_MAX], size_t *count_out)
{
    *count_out = wait_for_replies(target, events, (uint64_t)SILENCE_MS * 1000000u);
    if (*count_out == 0)
        fail("%s is silent for %d s with %zu requests in flight", target->name, SILENCE_MS / 1000,
            target->in_flight);
}

void slice_closed(
    struct target *target, uint64_t duration_ns, uint64_t limit, struct slice *slice_out)
{
    struct epoll_event events[EVENTS_MAX];
    struct costs costs;
    uint64_t sent = 0;
    size_t count;

    memset(slice_out, 0, sizeof *slice_out);
    begin(target, &costs);
    uint64_t stop_ns = duration_ns > 0 ? costs.wall_ns + duration_ns : UINT64_MAX;
    for (size_t i = 0; i < target->connection_count && (limit == 0 || sent < limit); i++, sent++)
        target_ask(target, &target->connections[i]);
    while (target->in_flight > 0) {
        wait_or_fail(target, events, &count);
        bool over = times_wall() >= stop_ns;
        for (size_t i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!target_receive(target, connection))
                continue;
            slice_out->requests++;
            if (over || (limit > 0 && sent >= limit))
                continue;
            target_ask(target, connection);
            sent++;
        }
    }
    end(target, &costs, slice_out);
}

/* The state of a paced slice. */
struct pace {
    struct target *target;
    uint64_t start_ns;
    uint64_t rate;
    uint64_t due; /* requests whose time has come */
    uint64_t sent;
    uint64_t answered;
    uint64_t total;
    uint64_t *latencies_ns; /* of each reply, as they came */
    struct connection **free;
    size_t free_count;
};

static uint64_t scheduled_ns(const struct pace *pace, uint64_t number)
{
    return pace->start_ns + number * TIMES_SECOND / pace->rate;
}

/* Sends what is due, as far as there are free connections. */
static void send_due(struct pace *pace)
{
    while (pace->sent < pace->due && pace->free_count > 0) {
        struct connection *connection = pace->free[--pace->free_count];
        connection->scheduled_ns = scheduled_ns(pace, pace->sent++);
        target_ask(pace->target, connection);
    }
}

static void receive_all(struct pace *pace, const struct epoll_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;
        if (!target_receive(pace->target, connection))
            continue;
        pace->latencies_ns[pace->answered++] = times_wall() - connection->scheduled_ns;
        pace->free[pace->free_count++] = connection;
    }
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

/* The least latency that is not exceeded by more than a part of 1 in one_in of the replies. */
static uint64_t quantile(const struct pace *pace, uint64_t one_in)
{
    uint64_t above = pace->answered / one_in;

    return pace->latencies_ns[pace->answered - 1 - (above < pace->answered ? above : 0)];
}

static void run_pace(struct pace *pace)
{
    struct epoll_event events[EVENTS_MAX];

    while (pace->answered < pace->total) {
        uint64_t now_ns = times_wall();
        while (pace->due < pace->total && scheduled_ns(pace, pace->due) <= now_ns)
            pace->due++;
        send_due(pace);
        size_t count;
        if (pace->due < pace->total) {
            uint64_t next_ns = scheduled_ns(pace, pace->due);
            now_ns = times_wall();
            count = wait_for_replies(pace->target, events, next_ns > now_ns ? next_ns - now_ns : 0);
        } else {
            wait_or_fail(pace->target, events, &count);
        }
        receive_all(pace, events, count);
    }
}

void slice_paced(
    struct target *target, uint64_t rate, uint64_t duration_ns, struct slice *slice_out)
{
    struct pace pace = {.target = target, .rate = rate};
    struct costs costs;

    memset(slice_out, 0, sizeof *slice_out);
    pace.total = rate * duration_ns / TIMES_SECOND;
    if (pace.total == 0)
        fail("no request is due in so short a time");
    pace.latencies_ns = must_calloc(pace.total, sizeof *pace.latencies_ns);
    /* The pages are there before the first request is due. */
    memset(pace.latencies_ns, 1, pace.total * sizeof *pace.latencies_ns);
    pace.free = must_calloc(target->connection_count, sizeof(struct connection *));
    for (size_t i = 0; i < target->connection_count; i++)
        pace.free[pace.free_count++] = &target->connections[i];
    begin(target, &costs);
    pace.start_ns = costs.wall_ns;
    run_pace(&pace);
    end(target, &costs, slice_out);
    slice_out->requests = pace.answered;
    qsort(pace.latencies_ns, pace.answered, sizeof *pace.latencies_ns, compare_numbers);
    slice_out->p50_ns = quantile(&pace, 2);
    slice_out->p99_ns = quantile(&pace, 100);
    slice_out->p999_ns = quantile(&pace, 1000);
    slice_out->max_ns = pace.latencies_ns[pace.answered - 1];
    free(pace.free);
    free(pace.latencies_ns);
}
