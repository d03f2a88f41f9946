/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.c - a resolver on a loop of its own, and questions whose outcome is kept, for the tests.
 */

#include "tests/integration/resolver/bench.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netinet/in.h>

#define LIMIT_MS 60000

bool case_failed;

const uint16_t validating[] = {PORT_VALIDATING};
const uint16_t relayed[] = {PORT_RELAY};

static void on_upstream(void *arg, size_t index, enum upstream_state old_state,
    enum upstream_state new_state, const char *why)
{
    struct bench *bench = arg;

    (void)old_state;
    bench->upstreams[index] = new_state;
    bench->news++;
    snprintf(bench->why, sizeof bench->why, "%s", why);
}

static void on_state(void *arg, enum resolver_state state)
{
    struct bench *bench = arg;

    bench->state = state;
    bench->state_changes++;
}

static void on_warning(void *arg, size_t index, const char *why)
{
    struct bench *bench = arg;

    (void)index;
    (void)why;
    bench->warnings++;
}

void bench_open(struct bench *bench, const uint16_t *ports, size_t count, uint64_t timeout_ms)
{
    static struct dname root, bogus[2];
    struct resolver_getdns_options options = {.address_count = count,
        .timeout_ms = timeout_ms,
        .interval_ms = 300000,
        .self_test = &root,
        .self_test_count = 1,
        .bogus = bogus,
        .bogus_count = 2,
        .on_upstream = on_upstream,
        .on_state = on_state,
        .on_warning = on_warning,
        .arg = bench};

    memset(bench, 0, sizeof *bench);
    CHECK(dname_from_text(".", 1, &root));
    /* The first is bogus; the second is not, so that there is a warning from a good resolver. */
    CHECK(dname_from_text("www.bogus.", 10, &bogus[0]));
    CHECK(dname_from_text("example.", 8, &bogus[1]));
    for (size_t i = 0; i < count; i++)
        uv_ip4_addr(getenv("TEST_ADDRESS"), ports[i], (struct sockaddr_in *)&options.addresses[i]);
    CHECK(uv_loop_init(&bench->loop) == 0);
    bench->resolver = resolver_getdns_new(&bench->loop, &options);
}

static void on_closed(void *arg)
{
    struct bench *bench = arg;

    bench->closed = true;
}

void bench_close(struct bench *bench)
{
    if (bench->resolver != NULL)
        resolver_getdns_close(bench->resolver, on_closed, bench);
    bench->resolver = NULL;
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    CHECK(bench->closed);
    CHECK(uv_loop_close(&bench->loop) == 0);
}

static void on_limit(uv_timer_t *timer)
{
    bool *is_over = timer->data;
    *is_over = true;
}

static void on_limit_closed(uv_handle_t *handle)
{
    bool *is_closed = handle->data;
    *is_closed = true;
}

/* Runs the loop until done(bench, arg), or 60 s are over. */
static void run_until(
    struct bench *bench, bool (*done)(const struct bench *, const void *), const void *arg)
{
    uv_timer_t limit;
    bool is_over = false, is_closed = false;

    uv_timer_init(&bench->loop, &limit);
    limit.data = &is_over;
    uv_timer_start(&limit, on_limit, LIMIT_MS, 0);
    while (!is_over && !done(bench, arg))
        uv_run(&bench->loop, UV_RUN_ONCE);
    CHECK(!is_over);
    limit.data = &is_closed;
    uv_close((uv_handle_t *)&limit, on_limit_closed);
    while (!is_closed)
        uv_run(&bench->loop, UV_RUN_NOWAIT);
}

struct goal {
    const unsigned *number;
    unsigned wanted;
};

static bool has_reached(const struct bench *bench, const void *arg)
{
    const struct goal *goal = arg;

    (void)bench;
    return *goal->number >= goal->wanted;
}

void bench_run_until(struct bench *bench, const unsigned *number, unsigned wanted)
{
    struct goal goal = {number, wanted};
    run_until(bench, has_reached, &goal);
}

static bool has_state(const struct bench *bench, const void *arg)
{
    return bench->state == *(const enum resolver_state *)arg;
}

void bench_run_until_state(struct bench *bench, enum resolver_state state)
{
    run_until(bench, has_state, &state);
    CHECK(bench->resolver == NULL || resolver_getdns_state(bench->resolver) == state);
}

static uint32_t read_u32(const uint8_t *wire)
{
    return (uint32_t)wire[0] << 24 | (uint32_t)wire[1] << 16 | (uint32_t)wire[2] << 8 | wire[3];
}

static void keep_record(struct outcome *outcome, const struct dns_rr *rr)
{
    outcome->counts[rr->type & 0xff]++;
    if (rr->type == DNS_A && rr->rdata_len == 4)
        memcpy(outcome->address, rr->rdata, 4);
    if (rr->type == DNS_CNAME)
        CHECK(dname_from_wire(rr->rdata, rr->rdata_len, &outcome->last_cname));
    if (rr->type == DNS_RRSIG && rr->rdata_len > 12)
        outcome->expiration = read_u32(rr->rdata + 8);
}

static void on_reply(void *arg, const struct dns_reply *reply, enum dns_cause cause)
{
    struct outcome *outcome = arg;

    outcome->calls++;
    outcome->cause = cause;
    outcome->took_ms = uv_now(outcome->loop) - outcome->asked_ms;
    outcome->replied = reply != NULL;
    if (reply == NULL)
        return;
    outcome->ad = reply->ad;
    outcome->rcode = reply->rcode;
    outcome->ede = reply->ede;
    outcome->soa_count = reply->soa_count;
    for (size_t i = 0; i < reply->answer_count; i++)
        keep_record(outcome, &reply->answer[i]);
    for (size_t i = 0; i < reply->soa_count; i++)
        outcome->soa_minimum = read_u32(reply->soa[i].rdata + reply->soa[i].rdata_len - 4);
}

enum dns_cause bench_ask(
    struct bench *bench, const char *name, uint16_t type, struct outcome *outcome)
{
    struct dname dname = {.len = 0};

    memset(outcome, 0, sizeof *outcome);
    uv_update_time(&bench->loop); /* world() may have kept the loop from running */
    outcome->loop = &bench->loop;
    outcome->asked_ms = uv_now(&bench->loop);
    CHECK(dname_from_text(name, strlen(name), &dname));
    return resolver_ask(bench->resolver, &dname, type, on_reply, outcome);
}

void bench_query(struct bench *bench, const char *name, uint16_t type, struct outcome *outcome)
{
    enum dns_cause cause = bench_ask(bench, name, type, outcome);

    CHECK(cause == CAUSE_NONE);
    CHECK(outcome->calls == 0);
    if (cause == CAUSE_NONE)
        bench_run_until(bench, &outcome->calls, 1);
    CHECK(outcome->calls == 1);
}

void world(const char *command, const char *server)
{
    char line[1024];

    snprintf(line, sizeof line, "\"$TEST_WORLD\" \"$TEST_DIR\" \"$TEST_ADDRESS\" %s %s", command,
        server);
    CHECK(system(line) == 0);
}

void open_relayed(struct bench *bench, const uint16_t *ports, size_t count, uint64_t timeout_ms)
{
    world("relay", "pass");
    bench_open(bench, ports, count, timeout_ms);
    bench_run_until(bench, &bench->news, (unsigned)count);
    bench_run_until(bench, &bench->warnings, (unsigned)count);
    for (size_t i = 0; i < count; i++)
        CHECK(bench->upstreams[i] == UPSTREAM_PASSED);
}

size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

void signal_spare(const char *signal_name)
{
    char command[512];

    snprintf(
        command, sizeof command, "kill -%s $(cat '%s/spare.pid')", signal_name, getenv("TEST_DIR"));
    CHECK(system(command) == 0);
}

void shrink_send_buffers(void)
{
    int least = 1;
    int is_tcp;
    socklen_t size = sizeof is_tcp;

    for (int fd = 0; fd < 256; fd++)
        if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &is_tcp, &size) == 0 && is_tcp == IPPROTO_TCP)
            setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
}

void bench_ask_crowd(struct bench *bench, struct outcome *outcomes, unsigned from, unsigned count)
{
    char name[256];

    for (unsigned i = from; i < from + count; i++) {
        snprintf(name, sizeof name, "s%u.%050d.%050d.%050d.many.example", i, 0, 0, 0);
        CHECK(bench_ask(bench, name, DNS_A, &outcomes[i]) == CAUSE_NONE);
    }
}
