/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon_engine.c - the cache, the resolver and the options of the lookups, as the configuration
 * has them; and what these tell: each decision, override, downgrade and self-test in the log.
 */
#include "daemon/daemon_inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include "daemon/io/clock.h"
#include "daemon/io/log.h"
#include "daemon/io/resolver_getdns.h"

static void on_decided(void *arg, const struct destination *destination,
    const struct answer *answer, uint32_t ttl_s, uint64_t took_ms, bool asked_dns)
{
    enum log_level level = asked_dns ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
    char text[DESTINATION_TEXT_MAX];
    char why[ANSWER_WHY_MAX];

    (void)arg;
    if (!log_enabled(level))
        return;
    destination_to_text(destination, text);
    answer_why(answer, why);
    struct log_field fields[] = {
        log_text("destination", text),
        log_text("answer", level_text(answer->level)),
        log_text("reason", reason_token(answer->reason)),
        log_number("ttl", ttl_s),
        log_number("ms", (int64_t)took_ms),
        log_text("why", why),
    };
    log_event(level, "decision", fields, sizeof fields / sizeof fields[0]);
}

static void on_overridden(
    void *arg, const struct destination *destination, const struct override_match *match)
{
    const struct override *override = match->override;
    /* An override that weakens must be seen in the log each time; one that strengthens need not. */
    enum log_level level =
        override->level == OVERRIDE_DANE_REQUIRED || override->level == OVERRIDE_DANE
            ? LOG_LEVEL_DEBUG
            : LOG_LEVEL_INFO;
    struct daemon *daemon = arg;
    char text[DESTINATION_TEXT_MAX];

    daemon->status.override_uses[match->index]++;
    if (!log_enabled(level))
        return;
    destination_to_text(destination, text);
    struct log_field fields[] = {
        log_text("destination", text),
        log_text("answer", override_level_text(override->level)),
        log_text("key", override->key),
        log_number("line", override->line),
        log_text("expires", override->expires_text),
        log_text("why", override->why),
    };
    log_event(level, "override", fields, sizeof fields / sizeof fields[0]);
}

static void on_downgraded(
    void *arg, const struct destination *destination, enum level was, const struct answer *answer)
{
    struct daemon *daemon = arg;
    char text[DESTINATION_TEXT_MAX];

    daemon->server.stats.downgrades++;
    destination_to_text(destination, text);
    struct log_field fields[] = {
        log_text("destination", text),
        log_text("was", level_text(was)),
        log_text("now", level_text(answer->level)),
        log_text("reason", reason_token(answer->reason)),
    };
    log_event(LOG_LEVEL_WARNING, "downgrade", fields, sizeof fields / sizeof fields[0]);
}

struct lookup_options daemon_lookup_options(struct daemon *daemon)
{
    const struct config *config = daemon->config;

    return (struct lookup_options){
        .policy =
            {
                .promote = config->policy.promote,
                .insecure_mx_may = config->policy.insecure_mx == CONFIG_INSECURE_MX_MAY,
                .not_validating_may = config->resolver.on_self_test_failure == CONFIG_FAILURE_MAY,
            },
        .questions =
            {
                .max_ttl_s = (uint32_t)(config->cache.max_ttl_ms / 1000),
                .negative_max_ttl_s = (uint32_t)(config->cache.negative_max_ttl_ms / 1000),
                .error_ttl_s = (uint32_t)(config->cache.error_ttl_ms / 1000),
                .now_ms = clock_now_ms,
                .wall_s = clock_wall_s,
            },
        .overrides = daemon->overrides,
        .on_decided = on_decided,
        .on_overridden = on_overridden,
        .on_downgraded = on_downgraded,
        .arg = daemon,
    };
}

uint32_t daemon_policy_number(const struct policy_options *policy)
{
    return (policy->promote ? 1u : 0) | (policy->insecure_mx_may ? 2u : 0) |
           (policy->not_validating_may ? 4u : 0);
}

/* Stands for the resolvers: what was learned from others is not believed over a restart. */
static uint64_t sources_number(const struct config_resolver *config)
{
    struct siphash_key key = {{0, 0}};

    for (size_t i = 0; i < config->address.count; i++) {
        const char *text = config->address.items[i].text;
        key.half[0] = siphash(&key, text, strlen(text));
    }
    return key.half[0];
}

void daemon_start_cache(struct daemon *daemon)
{
    const struct config_cache *config = &daemon->config->cache;
    struct lookup_options options = daemon_lookup_options(daemon);
    struct cache_file_options file_options = {
        .path = config->file,
        .interval_ms = config->save_interval_ms,
        .policy = daemon_policy_number(&options.policy),
        .sources = sources_number(&daemon->config->resolver),
        .max_ttl_s = options.questions.max_ttl_s,
        .negative_max_ttl_s = options.questions.negative_max_ttl_s,
    };
    struct siphash_key key;

    if (getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key) {
        log_write(LOG_LEVEL_ERROR, "the kernel gives no random octets; stopping");
        exit(EX_OSERR);
    }
    daemon->cache = cache_new((size_t)config->size, &key);
    daemon->cache_file = cache_file_new(&daemon->loop, daemon->cache, &file_options);
    cache_file_start(daemon->cache_file);
}

static void on_upstream(void *arg, size_t index, enum upstream_state old_state,
    enum upstream_state new_state, const char *why)
{
    struct daemon *daemon = arg;
    enum log_level level = LOG_LEVEL_WARNING;

    status_set_upstream(&daemon->status, index, new_state, why);
    if (new_state == UPSTREAM_PASSED && old_state != UPSTREAM_PASSED)
        level = LOG_LEVEL_INFO;
    else if (new_state == UPSTREAM_FAILED)
        level = LOG_LEVEL_ERROR;
    log_write(level, "resolver %s: %s", daemon->config->resolver.address.items[index].text, why);
    service_tell(&daemon->service, daemon->config, &daemon->status);
}

static void on_resolver_warning(void *arg, size_t index, const char *why)
{
    const struct daemon *daemon = arg;

    log_write(LOG_LEVEL_WARNING, "resolver %s: %s",
        daemon->config->resolver.address.items[index].text, why);
}

void daemon_start_resolver(struct daemon *daemon)
{
    const struct config_resolver *config = &daemon->config->resolver;
    struct resolver_getdns_options options = {
        .address_count = config->address.count,
        .timeout_ms = config->timeout_ms,
        .interval_ms = config->self_test_interval_ms,
        .self_test_count = config->self_test.count,
        .bogus_count = config->self_test_bogus.count,
        .on_upstream = on_upstream,
        .on_warning = on_resolver_warning,
        .arg = daemon,
    };
    struct dname self_test[CONFIG_DOMAINS_MAX];
    struct dname bogus[CONFIG_DOMAINS_MAX];

    for (size_t i = 0; i < config->address.count; i++) {
        options.addresses[i] = config->address.items[i].address;
        if (config_resolver_is_unprivileged(&config->address.items[i]))
            log_write(LOG_LEVEL_WARNING,
                "resolver %s: the port is above 1023, so that any local user could pose as the "
                "resolver while it is down",
                config->address.items[i].text);
    }
    for (size_t i = 0; i < config->self_test.count; i++)
        self_test[i] = config->self_test.items[i].name;
    for (size_t i = 0; i < config->self_test_bogus.count; i++)
        bogus[i] = config->self_test_bogus.items[i].name;
    options.self_test = self_test;
    options.bogus = bogus;
    daemon->resolver = resolver_getdns_new(&daemon->loop, &options);
}
