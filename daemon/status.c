/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.c - the state of the running daemon as one tree.
 */
#include "daemon/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/io/log.h"
#include "proto/printable.h"

enum { EXPIRED_LOGGED = 20, SECONDS_PER_DAY = 86400 };

void status_init(struct status *status, const struct overrides *overrides, uint64_t now_ms)
{
    *status = (struct status){.started_ms = now_ms};
    status_set_overrides(status, overrides);
}

void status_fini(struct status *status)
{
    free(status->override_uses);
    status->override_uses = NULL;
}

void status_set_upstream(
    struct status *status, size_t index, enum upstream_state state, const char *why)
{
    struct status_upstream *upstream = &status->upstreams[index];

    upstream->state = state;
    snprintf(upstream->why, sizeof upstream->why, "%s", why);
}

void status_set_overrides(struct status *status, const struct overrides *overrides)
{
    size_t count = overrides ? overrides_count(overrides) : 0;

    free(status->override_uses);
    status->override_uses =
        count > 0 ? alloc_array_zeroed(count, sizeof *status->override_uses) : NULL;
    status->next_expiry_of = -1;
}

bool status_next_expiry(
    struct status *status, const struct overrides *overrides, int64_t today, uint64_t *time_s_out)
{
    if (status->next_expiry_of != today) {
        status->next_expiry = overrides ? overrides_next_expiry(overrides, today) : OVERRIDE_NEVER;
        status->next_expiry_of = today;
    }
    if (status->next_expiry == OVERRIDE_NEVER)
        return false;
    *time_s_out = (uint64_t)(status->next_expiry + 1) * SECONDS_PER_DAY;
    return true;
}

void status_log_expired(const struct overrides *overrides, int64_t today)
{
    size_t expired = 0;

    for (size_t i = 0; overrides && i < overrides_count(overrides); i++) {
        const struct override *override = overrides_at(overrides, i);
        if (!override_is_expired(override, today) || expired++ >= EXPIRED_LOGGED)
            continue;
        log_write(LOG_LEVEL_WARNING, "override of %s in line %u is ignored: it expired on %s",
            override->key, override->line, override->expires_text);
    }
    if (expired > EXPIRED_LOGGED)
        log_write(LOG_LEVEL_WARNING, "%zu more overrides have expired and are ignored",
            expired - EXPIRED_LOGGED);
}

static const char *state_word(enum upstream_state state)
{
    switch (state) {
    case UPSTREAM_PASSED:
        return "validating";
    case UPSTREAM_FAILED:
        return "failed";
    case UPSTREAM_UNTESTED:
        break;
    }
    return "untested";
}

static json_t *resolvers_tree(const struct status *status, const struct config *config)
{
    json_t *list = json_array();
    char address[2 * UPSTREAM_TEXT_MAX];
    char why[SELF_TEST_WHY_MAX];

    for (size_t i = 0; i < config->resolver.address.count; i++) {
        const struct status_upstream *upstream = &status->upstreams[i];
        const char *text = config->resolver.address.items[i].text;
        printable_copy(address, sizeof address, text, strlen(text));
        printable_copy(why, sizeof why, upstream->why, strlen(upstream->why));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "address", address, "state",
                                        state_word(upstream->state), "why", why));
    }
    return list;
}

static json_t *listeners_tree(const struct config *config, const struct listeners *listeners)
{
    json_t *list = json_array();
    const char *name;
    size_t connections;
    char shown[CONFIG_VALUE_MAX + 1];

    for (size_t i = 0; listeners_count_connections(listeners, i, &name, &connections); i++) {
        const struct config_listen *listen = config_find_listen(config, name);
        if (!listen)
            continue;
        printable_copy(shown, sizeof shown, listen->address.text, strlen(listen->address.text));
        json_t *one =
            json_pack("{s:s, s:s, s:I}", "protocol", config_protocol_text(listen->protocol),
                "address", shown, "connections", (json_int_t)connections);
        printable_copy(shown, sizeof shown, name, strlen(name));
        json_object_set_new(one, "name", json_string(shown));
        json_array_append_new(list, one);
    }
    return list;
}

static void list_override(json_t *list, const struct override *override)
{
    if (json_array_size(list) >= STATUS_OVERRIDES_MAX)
        return;
    json_array_append_new(
        list, json_pack("{s:s, s:s, s:i, s:s?, s:s}", "key", override->key, "level",
                  override_level_text(override->level), "line", (int) override->line, "expires",
                  override->expires_text[0] ? override->expires_text : NULL, "why", override->why));
}

static json_t *overrides_tree(
    const struct status *status, const struct overrides *overrides, int64_t today)
{
    size_t count = overrides ? overrides_count(overrides) : 0;
    json_t *expired = json_array();
    json_t *expiring = json_array();
    json_t *unused = json_array();
    json_int_t expired_count = 0;
    json_int_t expiring_count = 0;
    json_int_t unused_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct override *override = overrides_at(overrides, i);
        if (override_is_expired(override, today)) {
            expired_count++;
            list_override(expired, override);
            continue;
        }
        if (override->expires < today + STATUS_SOON_DAYS) {
            expiring_count++;
            list_override(expiring, override);
        }
        if (status->override_uses[i] == 0 && override->level != OVERRIDE_AUTO) {
            unused_count++;
            list_override(unused, override);
        }
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "count", (json_int_t)count,
        "expired_count", expired_count, "expiring_count", expiring_count, "unused_count",
        unused_count, "expired", expired, "expiring", expiring, "unused", unused);
}

static json_t *cache_tree(const struct cache *cache, const struct cache_file *cache_file)
{
    struct cache_file_report report = cache_file_report(cache_file);
    struct cache_counts counts;
    char path[CONFIG_VALUE_MAX + 1];
    char error[CACHE_FILE_ERROR_MAX];
    json_t *file = json_null();

    cache_count(cache, &counts);
    printable_copy(path, sizeof path, report.path, strlen(report.path));
    printable_copy(error, sizeof error, report.error, strlen(report.error));
    if (path[0] != '\0')
        file = json_pack("{s:s, s:I, s:I, s:I, s:s}", "path", path, "loaded_facts",
            (json_int_t)report.loaded_facts, "saved_at", (json_int_t)report.saved_wall_s,
            "saved_records", (json_int_t)report.saved_records, "error", error);
    return json_pack("{s:I, s:I, s:I, s:o}", "entries", (json_int_t)counts.entries, "bytes",
        (json_int_t)counts.bytes, "size", (json_int_t)cache_size(cache), "file", file);
}

static enum log_level current_level(void)
{
    enum log_level level = LOG_LEVEL_DEBUG;

    while (level > LOG_LEVEL_ERROR && !log_enabled(level))
        level--;
    return level;
}

json_t *status_tree(
    const struct status *status, const struct status_sources *sources, uint64_t now_ms)
{
    json_t *log = json_pack("{s:s, s:I}", "level", log_level_text(current_level()), "dropped",
        (json_int_t)log_dropped());
    return json_pack("{s:s, s:I, s:b, s:o, s:o, s:o, s:o, s:o}", "version", PACKAGE_VERSION,
        "uptime", (json_int_t)((now_ms - status->started_ms) / 1000), "validating",
        resolver_getdns_state(sources->resolver) == RESOLVER_VALIDATING, "resolvers",
        resolvers_tree(status, sources->config), "listeners",
        listeners_tree(sources->config, sources->listeners), "cache",
        cache_tree(sources->cache, sources->cache_file), "overrides",
        overrides_tree(status, sources->overrides, sources->today), "log", log);
}
