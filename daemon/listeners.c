/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listeners.c - all listeners of the configuration.
 */
#include "daemon/listeners.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/inherited.h"
#include "daemon/io/log.h"

/* NULL for metrics, which is served by other means. */
static const struct protocol *protocol_of(const struct config_listen *config)
{
    switch (config->protocol) {
    case CONFIG_PROTOCOL_SOCKETMAP:
        return &protocol_socketmap;
    case CONFIG_PROTOCOL_EXIM:
        return &protocol_exim;
    case CONFIG_PROTOCOL_CONTROL:
        return &protocol_control;
    case CONFIG_PROTOCOL_METRICS:
        break;
    }
    return NULL;
}

static bool find_owner(const struct config_listen *config, struct listener_options *options,
    char error_out[LISTENER_ERROR_MAX])
{
    options->owner = (uid_t)-1;
    options->group = (gid_t)-1;
    if (config->owner[0] != '\0') {
        errno = 0;
        const struct passwd *entry = getpwnam(config->owner);
        if (!entry) {
            snprintf(error_out, LISTENER_ERROR_MAX, "there is no user \"%s\"", config->owner);
            return false;
        }
        options->owner = entry->pw_uid;
    }
    if (config->group[0] != '\0') {
        const struct group *entry = getgrnam(config->group);
        if (!entry) {
            snprintf(error_out, LISTENER_ERROR_MAX, "there is no group \"%s\"", config->group);
            return false;
        }
        options->group = entry->gr_gid;
    }
    return true;
}

/* One that the service manager has opened is taken from it as it is, owner and mode included. */
static struct listener *open_one(const struct config_listen *config, struct inherited *inherited,
    const char *name, size_t connections_max, char error_out[LISTENER_ERROR_MAX])
{
    struct listener_options options = {
        .name = name,
        .protocol = protocol_of(config),
        .address = config->address.address,
        .address_len = config->address.address_len,
        .mode = (mode_t)config->mode,
        .idle_ms = config->idle_timeout_ms,
        .connections_max = connections_max,
    };

    int fd = inherited_take(inherited, config);
    if (fd >= 0) {
        log_write(LOG_LEVEL_DEBUG, "listen \"%s\" (%s): the socket is the service manager's", name,
            config->address.text);
        return listener_adopt(&options, fd, error_out);
    }
    if (!find_owner(config, &options, error_out))
        return NULL;
    return listener_open(&options, error_out);
}

static int open_all(struct listeners *listeners, const struct config *config,
    struct inherited *inherited, size_t connections_max)
{
    char error[LISTENER_ERROR_MAX];

    for (size_t i = 0; i < config->listen_count; i++) {
        const struct config_listen *listen = &config->listen[i];
        size_t slot = listeners->count;
        snprintf(listeners->names[slot], sizeof listeners->names[slot], "%s", listen->name);
        listeners->items[slot] = open_one(listen, inherited, listeners->names[slot],
            connections_max / config->listen_count, error);
        if (listeners->items[slot]) {
            if (listen->protocol == CONFIG_PROTOCOL_METRICS) {
                listeners->metrics[slot] =
                    metrics_new(listeners->items[slot], listen->idle_timeout_ms);
                listeners->items[slot] = NULL;
            }
            listeners->count++;
            continue;
        }
        log_write(listen->is_default ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
            "listen \"%s\" (%s): %s%s", listen->name, listen->address.text, error,
            listen->is_default ? "; skipped" : "");
        if (!listen->is_default) {
            listeners_discard(listeners);
            return EX_UNAVAILABLE;
        }
    }
    if (listeners->count > 0)
        return 0;
    log_write(LOG_LEVEL_ERROR, "there is no listener to serve on");
    return EX_UNAVAILABLE;
}

int listeners_open(struct listeners *listeners, const struct config *config, size_t connections_max)
{
    struct inherited inherited;
    char error[LISTENER_ERROR_MAX];

    if (!inherited_take_all(&inherited, config, error)) {
        log_write(LOG_LEVEL_ERROR, "%s", error);
        return EX_CONFIG;
    }
    int status = open_all(listeners, config, &inherited, connections_max);
    inherited_close(&inherited);
    return status;
}

void listeners_discard(struct listeners *listeners)
{
    while (listeners->count > 0) {
        listeners->count--;
        if (listeners->metrics[listeners->count])
            metrics_discard(listeners->metrics[listeners->count]);
        else
            listener_discard(listeners->items[listeners->count]);
    }
}

void listeners_start(struct listeners *listeners, struct server *server)
{
    for (size_t i = 0; i < listeners->count; i++) {
        int error = listeners->metrics[i] ? metrics_start(listeners->metrics[i], server)
                                          : listener_start(listeners->items[i], server);
        if (error == 0)
            continue;
        log_write(LOG_LEVEL_ERROR, "listen \"%s\": %s; stopping", listeners->names[i],
            uv_strerror(error));
        exit(EX_OSERR);
    }
}

/* It is freed behind this call, while others may still have sessions to hurry. */
bool listeners_count_connections(
    const struct listeners *listeners, size_t index, const char **name_out, size_t *count_out)
{
    if (index >= listeners->count || listeners->on_gone)
        return false;
    *name_out = listeners->names[index];
    *count_out = listeners->metrics[index] ? metrics_connections(listeners->metrics[index])
                                           : listener_connections(listeners->items[index]);
    return true;
}

static void count_gone(struct listeners *listeners)
{
    listeners->gone++;
    if (listeners->gone == listeners->count)
        listeners->on_gone(listeners->arg);
}

static void on_one_gone(void *arg, struct listener *listener)
{
    struct listeners *listeners = arg;

    for (size_t i = 0; i < listeners->count; i++)
        if (listeners->items[i] == listener)
            listeners->items[i] = NULL;
    count_gone(listeners);
}

static void on_metrics_gone(void *arg, struct metrics *metrics)
{
    struct listeners *listeners = arg;

    for (size_t i = 0; i < listeners->count; i++)
        if (listeners->metrics[i] == metrics)
            listeners->metrics[i] = NULL;
    count_gone(listeners);
}

void listeners_drain(struct listeners *listeners, void (*on_gone)(void *arg), void *arg)
{
    listeners->on_gone = on_gone;
    listeners->arg = arg;
    for (size_t i = 0; i < listeners->count; i++) {
        if (listeners->metrics[i])
            metrics_drain(listeners->metrics[i], on_metrics_gone, listeners);
        else
            listener_drain(listeners->items[i], on_one_gone, listeners);
    }
}

void listeners_hurry(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++)
        if (listeners->items[i])
            listener_hurry(listeners->items[i]);
}
