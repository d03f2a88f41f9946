/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup_level.c - the level of a destination: what is known of it without a lookup, and what is
 * kept of one.
 *
 * All that a hit takes is here: an override, or the level that the cache has. What a lookup decides
 * is kept in the cache, and is compared with the level that was decided before it.
 */
#include "daemon/io/lookup_inside.h"

static enum cache_kind cache_kind_of(const struct destination *destination)
{
    return destination->kind == DESTINATION_HOST ? CACHE_HOST : CACHE_DOMAIN;
}

bool lookups_find_override(const struct lookups *lookups, const struct destination *destination,
    struct override_match *match_out)
{
    enum { SECONDS_PER_DAY = 86400 };

    return lookups->options.overrides &&
           overrides_find(lookups->options.overrides, destination,
               lookups->options.questions.wall_s() / SECONDS_PER_DAY, match_out);
}

struct answer lookups_override_answer(const struct override *override)
{
    enum level level = LEVEL_MAY;
    struct answer answer;

    switch (override->level) {
    case OVERRIDE_DANE_REQUIRED:
        level = LEVEL_DANE_REQUIRED;
        break;
    case OVERRIDE_DANE:
        level = LEVEL_DANE;
        break;
    case OVERRIDE_ENCRYPT:
        level = LEVEL_ENCRYPT;
        break;
    case OVERRIDE_AUTO:
        /* It decides nothing, so that nobody may take this for a decision. */
        level = LEVEL_DEFER;
        break;
    case OVERRIDE_MAY:
    case OVERRIDE_SKIP:
        break;
    }
    answer = answer_plain(level, REASON_OVERRIDE);
    answer.skip = override->level == OVERRIDE_SKIP;
    return answer;
}

bool lookups_overridden(
    struct lookups *lookups, const struct destination *destination, struct answer *answer_out)
{
    struct override_match match;

    if (!lookups_find_override(lookups, destination, &match) ||
        match.override->level == OVERRIDE_AUTO)
        return false;
    *answer_out = lookups_override_answer(match.override);
    if (lookups->options.on_overridden)
        lookups->options.on_overridden(lookups->options.arg, destination, &match);
    return true;
}

bool lookups_cached(struct lookups *lookups, const struct destination *destination, uint64_t now_ms,
    struct answer *answer_out)
{
    struct cache_value level;

    /* ".example.com" has no level; that of "example.com" stands under the same name and port. */
    if (destination->kind == DESTINATION_PARENT)
        return false;
    if (!cache_get(lookups->cache, cache_kind_of(destination), destination->port,
            &destination->name, now_ms, &level))
        return false;
    answer_unpack(level.octets, level.len, level.expires_ms, answer_out);
    return true;
}

struct answer lookups_read_level(const struct cache_item *item)
{
    struct answer answer;

    answer_unpack(item->value, item->len, item->expires_ms, &answer);
    return answer;
}

bool lookups_known(struct lookups *lookups, const struct destination *destination, uint64_t now_ms,
    struct answer *answer_out)
{
    if (lookups_overridden(lookups, destination, answer_out))
        return true;
    if (destination->kind == DESTINATION_ADDRESS) {
        *answer_out = answer_plain(LEVEL_MAY, REASON_ADDRESS_LITERAL);
        return true;
    }
    return lookups_cached(lookups, destination, now_ms, answer_out);
}

/* The last level that was decided for a destination and is remembered; DEFER: there is none. */
static enum level last_decided(
    const struct lookups *lookups, const struct destination *destination, uint64_t now_ms)
{
    struct cache_value last;

    if (!cache_last(lookups->cache, cache_kind_of(destination), destination->port,
            &destination->name, &last) ||
        now_ms > last.expires_ms + CACHE_REMEMBER_MS)
        return LEVEL_DEFER;
    return answer_unpack_decided(last.octets);
}

/* Whether an answer says that nothing could be found out: on-self-test-failure = may is no decision
 * about a destination. */
static bool is_failure(const struct answer *answer)
{
    return answer->level == LEVEL_DEFER || answer->reason == REASON_NOT_VALIDATING;
}

/* Whether a level that was decided is there and still to be served. */
static bool has_level(
    const struct lookups *lookups, const struct destination *destination, uint64_t now_ms)
{
    struct cache_value last;
    struct answer answer;

    if (!cache_last(lookups->cache, cache_kind_of(destination), destination->port,
            &destination->name, &last) ||
        last.expires_ms <= now_ms)
        return false;
    answer_unpack(last.octets, last.len, last.expires_ms, &answer);
    return !is_failure(&answer);
}

void lookups_keep_level(struct lookups *lookups, const struct destination *destination,
    const struct answer *answer, enum lookup_mode mode, uint64_t now_ms)
{
    uint8_t packed[ANSWER_PACKED_MAX];

    if (answer->expires_ms == UINT64_MAX)
        return;
    /*
     * A look that fails says nothing against what is known: that of a second one, that of one for
     * which some fact had to leave the cache before the level, or one that is not kept at all.
     */
    bool is_second = mode == LOOKS_ANEW || mode == REFRESHES;
    if (is_failure(answer) &&
        (is_second || answer->expires_ms <= now_ms || has_level(lookups, destination, now_ms))) {
        /* Or what has failed would be asked for again at each step of the upkeep. */
        if (mode == REFRESHES)
            cache_put_off(lookups->cache, cache_kind_of(destination), destination->port,
                &destination->name, now_ms);
        return;
    }
    /*
     * Only decided levels are compared: one that could not be found out is neither weaker nor
     * stronger than another. It must not hide the one before it either, or who can make lookups
     * fail for a while would do so first.
     */
    enum level decided = last_decided(lookups, destination, now_ms);
    if (!is_failure(answer)) {
        if (decided != LEVEL_DEFER && !level_at_least(answer->level, decided) &&
            lookups->options.on_downgraded)
            lookups->options.on_downgraded(lookups->options.arg, destination, decided, answer);
        decided = answer->level;
    }
    cache_put(lookups->cache, cache_kind_of(destination), destination->port, &destination->name,
        packed, answer_pack(answer, decided, packed), answer->expires_ms, now_ms);
}
