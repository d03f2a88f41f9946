/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_hit.c - an answer from the cache, from the octets that come to those that go: it allocates
 * nothing.
 *
 * The linker leads every allocation of the project's own code to the counters here (--wrap), and
 * libuv's go through its own hook.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/io/clock.h"
#include "daemon/io/session.h"

enum { TTL_MS = 3600 * 1000, PATIENCE_MS = 20000, HITS = 500, NAMES = 2000 };

static unsigned long allocations;

/* What the linker calls instead, and what it calls the real ones. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_reallocarray(void *block, size_t count, size_t size);
void *__real_mmap(void *at, size_t size, int access, int flags, int fd, off_t offset);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_reallocarray(void *block, size_t count, size_t size);
void *__wrap_mmap(void *at, size_t size, int access, int flags, int fd, off_t offset);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    allocations++;
    return __real_realloc(block, size);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
    allocations++;
    return __real_reallocarray(block, count, size);
}

void *__wrap_mmap(void *at, size_t size, int access, int flags, int fd, off_t offset)
{
    allocations++;
    return __real_mmap(at, size, access, flags, fd, offset);
}

struct scene {
    uv_loop_t loop;
    uv_pipe_t listening;
    struct cache *cache;
    struct lookups *lookups;
    struct server server;
    struct session_group group;
    char directory[32];
    struct sockaddr_un address;
    int client;
};

static void on_due(void *owner, uint64_t due_ms)
{
    (void)owner;
    (void)due_ms;
}

static void on_empty(void *owner)
{
    (void)owner;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct scene *scene = stream->data;

    assert_int_equal(status, 0);
    assert_int_equal(session_accept(&scene->group, stream, true, true), 0);
}

static void put_level(struct scene *scene, unsigned number)
{
    struct answer answer = answer_plain(LEVEL_DANE_REQUIRED, REASON_ALL_HOSTS_DANE);
    uint8_t packed[ANSWER_PACKED_MAX];
    size_t len = answer_pack(&answer, answer.level, packed);
    uint64_t now_ms = clock_now_ms();
    struct dname name;
    char text[32];

    snprintf(text, sizeof text, "n%u.example", number);
    assert_true(dname_from_text(text, strlen(text), &name));
    cache_put(scene->cache, CACHE_DOMAIN, 25, &name, packed, len, now_ms + TTL_MS, now_ms);
}

static void open_scene(struct scene *scene)
{
    static const struct siphash_key key = {{1, 2}};
    struct lookup_options options = {.questions = {.now_ms = clock_now_ms, .wall_s = clock_wall_s}};

    memset(scene, 0, sizeof *scene);
    snprintf(scene->directory, sizeof scene->directory, "/tmp/daned-test.XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->address.sun_family = AF_UNIX;
    snprintf(scene->address.sun_path, sizeof scene->address.sun_path, "%s/s", scene->directory);
    assert_int_equal(uv_loop_init(&scene->loop), 0);
    scene->cache = cache_new(16 << 20, &key);
    for (unsigned i = 0; i < NAMES; i++)
        put_level(scene, i);
    scene->lookups = lookups_new(scene->cache, NULL, &options);
    server_init(&scene->server, &scene->loop, scene->lookups);
    scene->group = (struct session_group){.server = &scene->server,
        .protocol = &protocol_socketmap,
        .time_out_ms = {PATIENCE_MS, PATIENCE_MS, PATIENCE_MS, PATIENCE_MS},
        .on_due = on_due,
        .on_empty = on_empty};
    assert_int_equal(uv_pipe_init(&scene->loop, &scene->listening, 0), 0);
    scene->listening.data = scene;
    assert_int_equal(uv_pipe_bind(&scene->listening, scene->address.sun_path), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&scene->listening, 1, on_connection), 0);
    scene->client = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(scene->client >= 0);
    assert_int_equal(
        connect(scene->client, (struct sockaddr *)&scene->address, sizeof scene->address), 0);
}

static void close_scene(struct scene *scene)
{
    close(scene->client);
    session_group_close(&scene->group);
    uv_close((uv_handle_t *)&scene->listening, NULL);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    server_fini(&scene->server);
    lookups_free(scene->lookups);
    cache_free(scene->cache);
    rmdir(scene->directory);
}

/* Asks for a name, and turns the loop until the answer is there. */
static void ask(struct scene *scene, const char *map, unsigned number, const char *wanted)
{
    char payload[64];
    char text[80];
    char reply[128];
    size_t got = 0;
    uint64_t end_ms = clock_now_ms() + PATIENCE_MS;
    int payload_len = snprintf(payload, sizeof payload, "%s n%u.example", map, number);
    int len = snprintf(text, sizeof text, "%d:%s,", payload_len, payload);

    assert_int_equal(send(scene->client, text, (size_t)len, 0), len);
    while (got < strlen(wanted)) {
        ssize_t part = recv(scene->client, reply + got, sizeof reply - got, MSG_DONTWAIT);
        if (part > 0)
            got += (size_t)part;
        assert_true(clock_now_ms() < end_ms);
        uv_run(&scene->loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(got, strlen(wanted));
    assert_memory_equal(reply, wanted, got);
}

static void a_hit_allocates_nothing(void **state)
{
    struct scene scene;

    (void)state;
    open_scene(&scene);
    ask(&scene, "policy", 0, "12:OK dane-only,");
    /* Otherwise the hooks are not there, and would prove nothing. */
    assert_true(allocations > 5);
    unsigned long before = allocations;
    for (unsigned i = 0; i < HITS; i++)
        ask(&scene, i % 2 ? "policy" : "dane", i * 3, "12:OK dane-only,");
    assert_int_equal(allocations, before);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hit_allocates_nothing),
    };

    if (uv_replace_allocator(__wrap_malloc, __wrap_realloc, __wrap_calloc, free) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
