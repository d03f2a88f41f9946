/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.c - plain counters of what daned does, and one table of all numbers it can show.
 */
#include "daemon/io/stats.h"

#include "daemon/core/cache.h"
#include "daemon/io/resolver_getdns.h"

static const char *const protocol_labels[] = {
#define X(name, label) [STATS_##name] = label,
    STATS_PROTOCOLS(X)
#undef X
};

static const char *const result_labels[] = {
#define X(name, label) [STATS_##name] = label,
    STATS_RESULTS(X)
#undef X
};

static const char *const verify_labels[] = {
#define X(name, label) [STATS_VERIFY_##name] = label,
    STATS_VERIFIES(X)
#undef X
};

static const uint64_t bucket_us[] = {
#define X(us, label) us,
    STATS_BUCKETS(X)
#undef X
};

static const char *const bucket_labels[] = {
#define X(us, label) label,
    STATS_BUCKETS(X)
#undef X
};

static enum stats_result result_of(const struct answer *answer)
{
    if (answer->skip)
        return STATS_NOT_FOUND;
    if (answer->reason == REASON_BAD_REQUEST)
        return STATS_REFUSED;
    switch (answer->level) {
    case LEVEL_MAY:
        return STATS_MAY;
    case LEVEL_ENCRYPT:
        return STATS_ENCRYPT;
    case LEVEL_DANE:
        return STATS_DANE;
    case LEVEL_DANE_REQUIRED:
        return STATS_DANE_REQUIRED;
    case LEVEL_DEFER:
        break;
    }
    return STATS_DEFER;
}

void stats_count_answer(
    struct stats *stats, enum stats_protocol protocol, const struct answer *answer)
{
    stats->requests[protocol][result_of(answer)]++;
}

void stats_count_duration(struct stats *stats, uint64_t took_us)
{
    size_t i = 0;

    while (took_us > bucket_us[i])
        i++;
    stats->durations[i]++;
    stats->duration_us += took_us;
}

struct visit {
    stats_row_cb *callback;
    void *arg;
};

static void show(const struct visit *visit, const char *name, const char *help,
    enum stats_type type, uint64_t value)
{
    struct stats_row row = {.name = name, .help = help, .type = type, .value = value};

    visit->callback(visit->arg, &row);
}

static void show_requests(const struct visit *visit, const struct stats *stats)
{
    for (size_t i = 0; i < STATS_PROTOCOL_COUNT; i++)
        for (size_t j = 0; j < STATS_RESULT_COUNT; j++) {
            /* A policy has no "done", and a command nothing but that and "refused". */
            if (j != STATS_REFUSED && (i == STATS_CONTROL) != (j == STATS_DONE))
                continue;
            struct stats_row row = {
                .name = "daned_requests_total",
                .help = "Requests answered, by protocol and by what was answered",
                .type = STATS_COUNTER,
                .label_count = 2,
                .labels = {{"protocol", protocol_labels[i]}, {"result", result_labels[j]}},
                .value = stats->requests[i][j],
            };
            visit->callback(visit->arg, &row);
        }
    for (size_t i = 0; i < STATS_VERIFY_COUNT; i++) {
        struct stats_row row = {
            .name = "daned_verify_total",
            .help = "Certificate chains that an MTA had verified, by verdict",
            .type = STATS_COUNTER,
            .label_count = 1,
            .labels = {{"result", verify_labels[i]}},
            .value = stats->verify[i],
        };
        visit->callback(visit->arg, &row);
    }
}

static void show_durations(const struct visit *visit, const struct stats *stats)
{
    struct stats_row row = {
        .name = "daned_request_duration_seconds",
        .help = "Time from a request that was taken to its reply, VERIFY and commands included",
        .suffix = "_bucket",
        .type = STATS_HISTOGRAM,
        .label_count = 1,
        .labels = {{"le", NULL}},
    };

    for (size_t i = 0; i < STATS_BUCKET_COUNT; i++) {
        row.labels[0].value = bucket_labels[i];
        row.value += stats->durations[i];
        visit->callback(visit->arg, &row);
    }
    row.label_count = 0;
    row.suffix = "_count";
    visit->callback(visit->arg, &row);
    row.suffix = "_sum";
    row.is_micro = true;
    row.value = stats->duration_us;
    visit->callback(visit->arg, &row);
}

static void show_build(const struct visit *visit)
{
    struct stats_row row = {
        .name = "daned_build_info",
        .help = "Always 1; the label has the version",
        .type = STATS_GAUGE,
        .label_count = 1,
        .labels = {{"version", PACKAGE_VERSION}},
        .value = 1,
    };

    visit->callback(visit->arg, &row);
}

static void show_cache(
    const struct visit *visit, const struct stats *stats, const struct cache *cache)
{
    struct cache_counts counts;

    cache_count(cache, &counts);
    show(
        visit, "daned_cache_entries", "Facts and levels in the cache", STATS_GAUGE, counts.entries);
    show(visit, "daned_cache_bytes", "Memory that the cache takes", STATS_GAUGE, counts.bytes);
    show(visit, "daned_cache_hits_total", "Questions to the cache that it answered", STATS_COUNTER,
        counts.hits);
    show(visit, "daned_cache_misses_total", "Questions to the cache that it could not answer",
        STATS_COUNTER, counts.misses);
    show(visit, "daned_cache_prefetches_total", "Entries looked up again before they ran out",
        STATS_COUNTER, stats->prefetches);
    show(visit, "daned_cache_evictions_total", "Entries dropped before their time to make room",
        STATS_COUNTER, counts.evictions);
}

static void show_dns(
    const struct visit *visit, const struct lookups *lookups, const struct resolver *resolver)
{
    const struct resolver_counts *counts = resolver_getdns_counts(resolver);

    for (size_t i = 0; i < RESOLVER_COUNTED_COUNT; i++)
        for (size_t j = 0; j < RESOLVER_RESULT_COUNT; j++) {
            struct stats_row row = {
                .name = "daned_dns_queries_total",
                .help = "Questions to the resolvers, by type and by how they ended",
                .type = STATS_COUNTER,
                .label_count = 2,
                .labels = {{"type", resolver_counted_label((enum resolver_counted)i)},
                    {"result", resolver_result_label((enum resolver_result)j)}},
                .value = counts->queries[i][j],
            };
            visit->callback(visit->arg, &row);
        }
    show(visit, "daned_dns_retries_total", "Questions to the resolvers that were asked again",
        STATS_COUNTER, counts->retries);
    show(visit, "daned_dns_in_flight", "Questions to the resolvers that wait for their answers",
        STATS_GAUGE, counts->in_flight + counts->held);
    show(visit, "daned_dns_waiting", "Questions that wait for their turn to be sent", STATS_GAUGE,
        lookups_questions_waiting(lookups));
    show(visit, "daned_lookups_in_flight", "Destinations that are being looked up", STATS_GAUGE,
        lookups_in_flight(lookups));
    show(visit, "daned_resolver_validating", "Whether a resolver has passed its self-test",
        STATS_GAUGE, resolver_getdns_state(resolver) == RESOLVER_VALIDATING);
}

void stats_visit(const struct stats_sources *sources, stats_row_cb *callback, void *arg)
{
    struct visit visit = {callback, arg};
    struct stats_row row = {
        .name = "daned_connections",
        .help = "Open connections, by listener",
        .type = STATS_GAUGE,
        .label_count = 1,
        .labels = {{"listener", NULL}},
    };
    size_t connections;
    uint64_t time_s;

    show_requests(&visit, sources->stats);
    show_durations(&visit, sources->stats);
    show(&visit, "daned_policy_downgrades_total",
        "Destinations whose level was weaker when it was decided again", STATS_COUNTER,
        sources->stats->downgrades);
    /* One number, however many overrides there are; "status" names them. */
    if (sources->next_expiry(sources->arg, &time_s))
        show(&visit, "daned_override_next_expiry_timestamp_seconds",
            "Time at which the next of the overrides expires; not there if none does", STATS_GAUGE,
            time_s);
    show_cache(&visit, sources->stats, sources->cache);
    show_dns(&visit, sources->lookups, sources->resolver);
    for (size_t i = 0; sources->listener(sources->arg, i, &row.labels[0].value, &connections);
         i++) {
        row.value = connections;
        callback(arg, &row);
    }
    show_build(&visit);
}
