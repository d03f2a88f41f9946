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

#include <cmocka.h>

#include "daemon/io/clock.h"
#include "tests/unit/io/scene.h"

enum { TTL_MS = 3600 * 1000, HITS = 500, NAMES = 2000 };

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

static void put_level(struct cache *cache, unsigned number)
{
    struct answer answer = answer_plain(LEVEL_DANE_REQUIRED, REASON_ALL_HOSTS_DANE);
    uint8_t packed[ANSWER_PACKED_MAX];
    size_t len = answer_pack(&answer, answer.level, packed);
    uint64_t now_ms = clock_now_ms();
    struct dname name;
    char text[32];

    snprintf(text, sizeof text, "n%u.example", number);
    assert_true(dname_from_text(text, strlen(text), &name));
    cache_put(cache, CACHE_DOMAIN, 25, &name, packed, len, now_ms + TTL_MS, now_ms);
}

/* Asks for a name, and turns the loop until the answer is there. */
static void ask(struct scene *scene, const char *map, unsigned number, const char *wanted)
{
    char payload[64];
    char text[80];
    char reply[128];
    size_t got = 0;
    uint64_t end_ms = clock_now_ms() + SCENE_PATIENCE_MS;
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
    static const struct siphash_key key = {{1, 2}};
    struct lookup_options options = {.questions = {.now_ms = clock_now_ms, .wall_s = clock_wall_s}};
    struct cache *cache = cache_new(16 << 20, &key);
    struct lookups *lookups = lookups_new(cache, NULL, &options);
    struct scene scene;

    (void)state;
    for (unsigned i = 0; i < NAMES; i++)
        put_level(cache, i);
    scene_open(&scene, &protocol_socketmap, lookups);
    ask(&scene, "policy", 0, "12:OK dane-only,");
    /* Otherwise the hooks are not there, and would prove nothing. */
    assert_true(allocations > 5);
    unsigned long before = allocations;
    for (unsigned i = 0; i < HITS; i++)
        ask(&scene, i % 2 ? "policy" : "dane", i * 3, "12:OK dane-only,");
    assert_int_equal(allocations, before);
    scene_close(&scene);
    lookups_free(lookups);
    cache_free(cache);
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
