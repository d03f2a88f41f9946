/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - the lookups of daned, and who looks after its cache, on a fake resolver and a time
 * that the test makes pass.
 */
#ifndef DANED_TESTS_SCENARIO_ENGINE_H
#define DANED_TESTS_SCENARIO_ENGINE_H

#include "daemon/io/upkeep.h"
#include "tests/scenario/fake_resolver.h"

#define ENGINE_WALL_START INT64_C(1790000000) /* seconds since 1970 */

struct engine {
    struct fake_resolver fake;
    struct cache *cache;
    struct lookups *lookups;
    struct upkeep upkeep; /* without its timer */
    struct stats stats;
};

/* The options that daned has by itself. */
struct lookup_options engine_default_options(void);

/* Starts with an empty cache, and with prefetch. One engine at a time. */
void engine_init(
    struct engine *engine, const struct world *world, const struct lookup_options *options);
void engine_fini(struct engine *engine);

/* The time: one for all engines. */
uint64_t engine_now_ms(void);
int64_t engine_wall_s(void);
void engine_reset_time(void);
void engine_pass_ms(uint64_t ms);

/* clock_ahead_ms() of this time. */
int64_t engine_ahead_ms(void);

/*
 * Lets time pass with the cache looked after: every second, as the timer does of a cache that is
 * not large, and once at the end. What is asked for then is answered at once, in its order.
 */
void engine_live(struct engine *engine, uint64_t ms);

/*
 * Decides a destination and answers every question on the way; seed 0 answers them in their order,
 * another seed in an order of its own. *verdict_out is a copy whose facts are gone by then; show,
 * unless NULL, is called with the verdict while they are there. Returns false if it never ended.
 */
typedef void engine_show(void *arg, const struct verdict *verdict);
bool engine_decide(struct engine *engine, const struct destination *destination, uint32_t seed,
    engine_show *show, void *arg);

#endif
