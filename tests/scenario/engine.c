/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.c - the lookups of daned, and who looks after its cache, on a fake resolver and a time
 * that the test makes pass.
 */
#include "tests/scenario/engine.h"

#include <string.h>

enum { CACHE_SIZE = 4 << 20, DAY = 86400, HOUR = 3600, ERROR_TTL = 30, SECOND_MS = 1000 };

static const uint64_t start_ms = 1000000;
static uint64_t now_ms = 1000000;

uint64_t engine_now_ms(void)
{
    return now_ms;
}

int64_t engine_wall_s(void)
{
    return ENGINE_WALL_START + (int64_t)((now_ms - start_ms) / 1000);
}

void engine_reset_time(void)
{
    now_ms = start_ms;
}

void engine_pass_ms(uint64_t ms)
{
    now_ms += ms;
}

int64_t engine_ahead_ms(void)
{
    return engine_wall_s() * SECOND_MS - (int64_t)now_ms;
}

struct lookup_options engine_default_options(void)
{
    return (struct lookup_options){
        .policy = {.promote = true},
        .questions = {.max_ttl_s = DAY,
            .negative_max_ttl_s = HOUR,
            .error_ttl_s = ERROR_TTL,
            .now_ms = engine_now_ms,
            .wall_s = engine_wall_s},
    };
}

void engine_init(
    struct engine *engine, const struct world *world, const struct lookup_options *options)
{
    static const struct siphash_key key = {{1, 2}};

    fake_resolver_init(&engine->fake, world, engine_wall_s());
    engine->cache = cache_new(CACHE_SIZE, &key);
    engine->lookups = lookups_new(engine->cache, &engine->fake.resolver, options);
    engine->stats = (struct stats){0};
    upkeep_init(&engine->upkeep, engine->cache, engine->lookups, &engine->stats, engine_ahead_ms());
    engine->upkeep.prefetch = true;
}

void engine_fini(struct engine *engine)
{
    lookups_free(engine->lookups);
    cache_free(engine->cache);
    fake_resolver_fini(&engine->fake);
}

void engine_live(struct engine *engine, uint64_t ms)
{
    while (ms > 0) {
        uint64_t step_ms = ms < SECOND_MS ? ms : SECOND_MS;
        engine_pass_ms(step_ms);
        ms -= step_ms;
        upkeep_step(&engine->upkeep, engine_now_ms(), engine_ahead_ms());
        while (engine->fake.waiting_count > 0)
            fake_resolver_answer(&engine->fake, 0);
    }
}

struct shown {
    struct lookup_waiter waiter; /* first */
    engine_show *show;
    void *arg;
    bool ended;
};

static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct shown *shown = (struct shown *)(void *)waiter;

    shown->ended = true;
    shown->show(shown->arg, verdict);
}

bool engine_decide(struct engine *engine, const struct destination *destination, uint32_t seed,
    engine_show *show, void *arg)
{
    struct shown shown = {.waiter = {.callback = on_verdict}, .show = show, .arg = arg};
    const struct verdict *verdict;
    uint32_t random = seed;

    if (lookups_decide(engine->lookups, destination, engine_now_ms(), &shown.waiter, &verdict) ==
        LOOKUP_READY)
        on_verdict(&shown.waiter, verdict);
    while (engine->fake.waiting_count > 0) {
        random = random * 1664525u + 1013904223u;
        fake_resolver_answer(
            &engine->fake, seed == 0 ? 0 : (random >> 16) % engine->fake.waiting_count);
    }
    if (!shown.ended)
        lookups_forget(&shown.waiter);
    return shown.ended && lookups_in_flight(engine->lookups) == 0 &&
           lookups_questions_in_flight(engine->lookups) == 0;
}
