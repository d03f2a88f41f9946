/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random_worlds.c - worlds that nobody thought of: daned against the oracle, with faults in some.
 *
 *   random_worlds [--seed N] [--worlds M]
 *
 * World number i of seed N is world number 0 of seed N + i: what fails is printed with the seed
 * that makes it alone, and the first such world as lines of a scenario.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/judge.h"

enum { DEFAULT_SEED = 1, DEFAULT_WORLDS = 3000, FAULTS_IN_EVERY = 10, HOSTS = 5, TARGETS = 4 };

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *dice, uint32_t sides)
{
    /* splitmix64 */
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % sides);
}

static bool chance(struct dice *dice, uint32_t percent)
{
    return roll(dice, 100) < percent;
}

static struct dname name_of(const char *text)
{
    struct dname name = {0};

    if (!dname_from_text(text, strlen(text), &name))
        abort();
    return name;
}

static struct dname numbered(const char *before, unsigned number, const char *after)
{
    char text[64];

    snprintf(text, sizeof text, "%s%u%s", before, number, after);
    return name_of(text);
}

static uint32_t random_ttl(struct dice *dice)
{
    static const uint32_t odd[] = {0, 1, 30, 86400, 172800, 0x7fffffff, 0x80000000};

    return chance(dice, 20) ? odd[roll(dice, 7)] : 60 + roll(dice, 4000);
}

static struct world_record record_of(
    struct dice *dice, const struct dname *owner, uint16_t type, bool secure)
{
    struct world_record record = world_any_record(owner, type);

    record.secure = secure;
    record.ttl = random_ttl(dice);
    record.original_ttl = record.ttl;
    record.has_signature = secure && chance(dice, 30);
    record.signature_end =
        ENGINE_WALL_START + (chance(dice, 10) ? -5 : (int64_t)roll(dice, 200000));
    return record;
}

static void add_pointer(struct world *world, struct dice *dice, const struct dname *owner,
    uint16_t type, const struct dname *target, bool secure)
{
    struct world_record record = record_of(dice, owner, type, secure);
    size_t at = type == DNS_MX ? 2 : 0;

    if (type == DNS_MX) {
        record.rdata[0] = 0;
        record.rdata[1] = (uint8_t)roll(dice, 3);
    } else {
        record.partial = chance(dice, 40);
    }
    memcpy(record.rdata + at, target->wire, target->len);
    record.rdata_len = (uint16_t)(at + target->len);
    world_add(world, &record);
}

static void add_tlsa(struct world *world, struct dice *dice, const struct dname *base, bool secure)
{
    struct dname owner;
    struct dname other = numbered("tlsa", roll(dice, 1000000), ".example");

    if (!dname_tlsa_owner(base, chance(dice, 90) ? 25 : 587, &owner))
        return;
    if (chance(dice, 15)) {
        add_pointer(world, dice, &owner, DNS_CNAME, &other, secure);
        owner = other;
        secure = chance(dice, 80);
    }
    for (uint32_t left = 1 + roll(dice, 3); left > 0; left--) {
        struct world_record record = record_of(dice, &owner, DNS_TLSA, secure);
        record.rdata[0] = (uint8_t)(chance(dice, 70) ? 2 + roll(dice, 2) : roll(dice, 5));
        record.rdata[1] = (uint8_t)(chance(dice, 80) ? roll(dice, 2) : roll(dice, 256));
        record.rdata[2] = (uint8_t)(chance(dice, 80) ? 1 + roll(dice, 2) : roll(dice, 256));
        uint32_t digest_len = 32u * record.rdata[2] % 128;
        record.rdata_len = (uint16_t)(3 + (chance(dice, 80) ? digest_len : roll(dice, 80)));
        memset(record.rdata + 3, (int)left, record.rdata_len - 3u);
        world_add(world, &record);
    }
}

static void add_addresses(
    struct world *world, struct dice *dice, const struct dname *owner, bool secure)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA};

    for (size_t i = 0; i < 2; i++) {
        if (!chance(dice, i == 0 ? 80 : 40))
            continue;
        bool other = chance(dice, 4);
        struct world_record record = record_of(dice, owner, types[i], secure != other);
        world_add(world, &record);
    }
}

/* A host: addresses, or an alias of a target, perhaps by a long way; perhaps TLSA records. */
static void add_host(struct world *world, struct dice *dice, const struct dname *host)
{
    bool secure = chance(dice, 75);

    if (chance(dice, 65)) {
        add_addresses(world, dice, host, secure);
    } else {
        struct dname at = *host;
        uint32_t between = chance(dice, 5) ? 8 + roll(dice, 4) : roll(dice, 3);
        for (uint32_t i = 0; i < between; i++) {
            struct dname next = numbered("link", roll(dice, 1000000), ".example");
            add_pointer(world, dice, &at, DNS_CNAME, &next, secure);
            at = next;
        }
        struct dname target = numbered("target", roll(dice, TARGETS), ".example");
        add_pointer(world, dice, &at, DNS_CNAME, &target, secure);
    }
    if (chance(dice, 60))
        add_tlsa(world, dice, host, chance(dice, 85));
}

static void add_domain(struct world *world, struct dice *dice)
{
    struct dname domain = name_of("domain.example");
    bool secure = chance(dice, 75);
    uint32_t count = chance(dice, 15) ? 0 : 1 + roll(dice, 4);

    if (chance(dice, 10)) {
        struct dname other = name_of("domain2.example");
        add_pointer(world, dice, &domain, DNS_CNAME, &other, secure);
        domain = other;
    }
    if (chance(dice, 2))
        count = 60 + roll(dice, 10);
    for (uint32_t i = 0; i < count; i++) {
        struct dname host = numbered("host", count > HOSTS ? i : roll(dice, HOSTS), ".example");
        if (chance(dice, 3))
            host = numbered("target", roll(dice, TARGETS), ".example");
        if (chance(dice, 3))
            host = numbered("192.0.2.", roll(dice, 400), "");
        if (chance(dice, 2))
            host = name_of(".");
        add_pointer(world, dice, &domain, DNS_MX, &host, secure);
    }
    if (count == 0 && chance(dice, 70))
        add_host(world, dice, &domain);
}

static void make_world(struct world *world, struct dice *dice)
{
    struct world_zone zone = {.apex = name_of("example"),
        .secure = chance(dice, 80),
        .ttl = random_ttl(dice),
        .minimum = random_ttl(dice)};
    static const uint16_t types[] = {DNS_A, DNS_AAAA, DNS_MX, DNS_CNAME, DNS_TLSA};

    world_add_zone(world, &zone);
    add_domain(world, dice);
    for (unsigned i = 0; i < HOSTS; i++) {
        struct dname host = numbered("host", i, ".example");
        add_host(world, dice, &host);
    }
    for (unsigned i = 0; i < TARGETS; i++) {
        struct dname target = numbered("target", i, ".example");
        add_addresses(world, dice, &target, chance(dice, 75));
        if (chance(dice, 60))
            add_tlsa(world, dice, &target, chance(dice, 85));
    }
    while (chance(dice, 40)) {
        const struct world_record *record =
            &world->records[roll(dice, (uint32_t)world->record_count)];
        struct dname name = record->owner;
        uint16_t type = chance(dice, 60) ? record->type : types[roll(dice, 5)];
        enum fault fault = (enum fault)roll(dice, FAULT_COUNT);
        if (fault != FAULT_IS_CNAME_LOOP || type != DNS_CNAME)
            world_hurt(world, &name, type, fault);
    }
}

static void make_destination(struct dice *dice, struct destination *destination)
{
    static const char *const keys[] = {"domain.example", "domain.example", "domain.example",
        "domain.example:587", "[host0.example]", "[host1.example]:587"};
    const char *key = keys[roll(dice, 6)];

    if (destination_parse(key, strlen(key), destination) != DESTINATION_OK)
        abort();
}

static void judge_one(struct judge *judge, uint32_t seed)
{
    struct dice dice = {seed};
    struct world world;
    struct destination destination;
    struct lookup_options options = engine_default_options();
    char where[40];

    options.policy.promote = chance(&dice, 80);
    options.policy.insecure_mx_may = chance(&dice, 15);
    options.questions.max_ttl_s = chance(&dice, 80) ? 86400 : 100;
    make_destination(&dice, &destination);
    world_init(&world);
    make_world(&world, &dice);
    snprintf(where, sizeof where, "--seed %u --worlds 1", seed);
    judge_world(judge, where, &world, &destination, &options, seed, seed % FAULTS_IN_EVERY == 0);
    world_fini(&world);
}

int main(int argc, char **argv)
{
    struct judge judge = {0};
    uint32_t seed = DEFAULT_SEED;
    uint32_t worlds = DEFAULT_WORLDS;

    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--seed") == 0) {
            seed = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        } else if (i + 1 < argc && strcmp(argv[i], "--worlds") == 0) {
            worlds = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        } else {
            fprintf(stderr, "usage: random_worlds [--seed N] [--worlds M]\n");
            return 64;
        }
    }
    engine_reset_time();
    for (uint32_t i = 0; i < worlds; i++)
        judge_one(&judge, seed + i);
    return judge_end(&judge);
}
