/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon.c - the running daemon.
 *
 * Start: descriptors, sockets (while still root), the user, the resolver, the lookups; then the
 * loop. A reload reads and checks everything before it changes anything. Stop: listeners drain,
 * then the resolver closes, the cache is saved, and the loop has nothing left and ends. What the
 * configuration says of cache, resolver and lookups is put into effect by daemon_engine.c.
 */
#include "daemon/daemon_inside.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/confinement.h"
#include "daemon/core/alloc.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"
#include "daemon/io/resolver_getdns.h"
#include "daemon/io/threads.h"
#include "daemon/overrides_file.h"
#include "daemon/privileges.h"

enum {
    DESCRIPTORS_WANTED = 65536,
    DESCRIPTORS_RESERVED = 256, /* for the resolvers, the log, the loop, files */
    DRAIN_MS = 5000,
};

static void log_configure(const struct config *config, bool verbose)
{
    struct log_options options = {
        .target = config->log.target,
        .level = verbose ? LOG_LEVEL_DEBUG : config->log.level,
        .format = config->log.format,
        .fd = STDERR_FILENO,
    };

    log_init(&options);
}

static bool refuse_reload(const struct config_error *error, char result_out[CONTROL_RESULT_MAX])
{
    config_error_text(error, result_out, CONTROL_RESULT_MAX);
    log_write(LOG_LEVEL_ERROR, "reload refused, nothing was changed: %s", result_out);
    return false;
}

static int64_t today(void)
{
    enum { SECONDS_PER_DAY = 86400 };

    return clock_wall_s() / SECONDS_PER_DAY;
}

/*
 * Reads everything anew; what is bad leaves all as it was. Returns whether it was taken, and says
 * in result_out what was, or why not.
 */
static bool read_anew(struct daemon *daemon, char result_out[CONTROL_RESULT_MAX])
{
    struct config *config;
    struct overrides *overrides;
    struct config_error error;

    if (config_load(daemon->options.config_file, daemon->options.config_must_exist, &config,
            &error) != CONFIG_OK)
        return refuse_reload(&error, result_out);
    /* An editor's rename must not take away what the operator has laid down. */
    bool must_exist = daemon->overrides != NULL;
    if (overrides_file_load(config->policy.destinations, must_exist, &overrides, &error) !=
        CONFIG_OK) {
        config_free(config);
        return refuse_reload(&error, result_out);
    }
    /* The only option of the resolver that takes effect at once. */
    enum config_on_self_test_failure on_failure = config->resolver.on_self_test_failure;
    config->resolver.on_self_test_failure = daemon->config->resolver.on_self_test_failure;
    bool later = strcmp(config->user, daemon->config->user) != 0 ||
                 strcmp(config->cache.file, daemon->config->cache.file) != 0 ||
                 config->cache.save_interval_ms != daemon->config->cache.save_interval_ms ||
                 memcmp(config->listen, daemon->config->listen, sizeof config->listen) != 0 ||
                 memcmp(&config->resolver, &daemon->config->resolver, sizeof config->resolver) != 0;
    /* What is not changed at a reload keeps telling what runs. */
    memcpy(config->user, daemon->config->user, sizeof config->user);
    memcpy(config->cache.file, daemon->config->cache.file, sizeof config->cache.file);
    config->cache.save_interval_ms = daemon->config->cache.save_interval_ms;
    memcpy(config->listen, daemon->config->listen, sizeof config->listen);
    config->listen_count = daemon->config->listen_count;
    config->resolver = daemon->config->resolver;
    config->resolver.on_self_test_failure = on_failure;

    struct config *old_config = daemon->config;
    struct overrides *old_overrides = daemon->overrides;
    daemon->config = config;
    daemon->overrides = overrides;
    status_set_overrides(&daemon->status, overrides);
    struct lookup_options options = daemon_lookup_options(daemon);
    lookups_set_options(daemon->lookups, &options);
    daemon->upkeep.prefetch = config->cache.prefetch;
    cache_file_set_policy(daemon->cache_file, daemon_policy_number(&options.policy));
    cache_resize(daemon->cache, (size_t)config->cache.size);
    log_configure(config, daemon->options.verbose);
    config_free(old_config);
    overrides_free(old_overrides);
    status_log_expired(overrides, today());
    size_t count = overrides ? overrides_count(overrides) : 0;
    snprintf(result_out, CONTROL_RESULT_MAX, "reloaded: %zu %s%s", count,
        count == 1 ? "override" : "overrides",
        later ? "; changes of user, listen, resolver and cache file take effect with the next start"
              : "");
    log_write(later ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "%s", result_out);
    return true;
}

/* As read_anew(), and the service manager is told. */
static bool reload(void *arg, char result_out[CONTROL_RESULT_MAX])
{
    struct daemon *daemon = arg;

    service_begin_reload(&daemon->service);
    bool taken = read_anew(daemon, result_out);
    service_end_reload(&daemon->service, taken ? NULL : result_out);
    return taken;
}

static json_t *status_of(void *arg, uint64_t now_ms)
{
    const struct daemon *daemon = arg;
    struct status_sources sources = {
        .config = daemon->config,
        .overrides = daemon->overrides,
        .listeners = &daemon->listeners,
        .cache = daemon->cache,
        .cache_file = daemon->cache_file,
        .resolver = daemon->resolver,
        .today = today(),
    };

    return status_tree(&daemon->status, &sources, now_ms);
}

/* Of a flush, and of a jump of the time of day. */
static void on_forgotten(void *arg)
{
    const struct daemon *daemon = arg;

    cache_file_save_soon(daemon->cache_file);
}

static bool count_connections(
    void *arg, size_t index, const char **name_out, size_t *connections_out)
{
    const struct daemon *daemon = arg;

    return listeners_count_connections(&daemon->listeners, index, name_out, connections_out);
}

static bool next_expiry(void *arg, uint64_t *time_s_out)
{
    struct daemon *daemon = arg;

    return status_next_expiry(&daemon->status, daemon->overrides, today(), time_s_out);
}

static void start_control(struct daemon *daemon)
{
    daemon->control = (struct control_hooks){
        .sources =
            {
                .stats = &daemon->server.stats,
                .cache = daemon->cache,
                .lookups = daemon->lookups,
                .resolver = daemon->resolver,
                .listener = count_connections,
                .next_expiry = next_expiry,
                .arg = daemon,
            },
        .cache = daemon->cache,
        .reload = reload,
        .flushed = on_forgotten,
        .status = status_of,
        .arg = daemon,
    };
    daemon->server.control = &daemon->control;
}

static const int signal_numbers[3] = {SIGHUP, SIGTERM, SIGINT};

/* Holds the signals back (SIG_BLOCK) until there is a loop to take them (SIG_UNBLOCK). main() has
 * held HUP since long before; whoever started us may have held others. */
static void hold_signals(int how)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < 3; i++)
        sigaddset(&set, signal_numbers[i]);
    sigprocmask(how, &set, NULL);
}

static void on_cache_saved(void *arg)
{
    struct daemon *daemon = arg;

    daemon->cache_file = NULL;
    /* What comes now is too late, and must not turn a good end into one by a signal. */
    hold_signals(SIG_BLOCK);
    for (size_t i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&daemon->signals[i], NULL);
    uv_close((uv_handle_t *)&daemon->drain_timer, NULL);
    service_close(&daemon->service); /* signs of life to the very end of the saving */
}

static void on_resolver_closed(void *arg)
{
    struct daemon *daemon = arg;

    cache_file_close(daemon->cache_file, on_cache_saved, daemon);
}

static void on_listeners_gone(void *arg)
{
    struct daemon *daemon = arg;

    resolver_getdns_close(daemon->resolver, on_resolver_closed, daemon);
}

static void on_drain_timer(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;

    listeners_hurry(&daemon->listeners);
}

static void stop(struct daemon *daemon)
{
    /* A second signal ends the patience with clients that still wait. */
    if (daemon->stopping) {
        listeners_hurry(&daemon->listeners);
        return;
    }
    daemon->stopping = true;
    service_stop(&daemon->service);
    upkeep_close(&daemon->upkeep);
    uv_timer_start(&daemon->drain_timer, on_drain_timer, DRAIN_MS, 0);
    listeners_drain(&daemon->listeners, on_listeners_gone, daemon);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *daemon = handle->data;

    if (number == SIGHUP) {
        char result[CONTROL_RESULT_MAX];
        /* A daemon that stops has no use for it, and must not be kept from its end. */
        if (!daemon->stopping)
            reload(daemon, result);
        return;
    }
    log_write(LOG_LEVEL_INFO, "stopping on signal %d", number);
    stop(daemon);
}

static void watch_signals(struct daemon *daemon)
{
    for (size_t i = 0; i < 3; i++) {
        uv_signal_init(&daemon->loop, &daemon->signals[i]);
        daemon->signals[i].data = daemon;
        uv_signal_start(&daemon->signals[i], on_signal, signal_numbers[i]);
    }
    hold_signals(SIG_UNBLOCK);
    uv_timer_init(&daemon->loop, &daemon->drain_timer);
    daemon->drain_timer.data = daemon;
}

/* ahead_ms is of before the cache was loaded. */
static void start_lookups(struct daemon *daemon, int64_t ahead_ms)
{
    struct lookup_options options = daemon_lookup_options(daemon);

    daemon_start_resolver(daemon);
    daemon->lookups = lookups_new(daemon->cache, daemon->resolver, &options);
    server_init(&daemon->server, &daemon->loop, daemon->lookups);
    upkeep_init(&daemon->upkeep, daemon->cache, daemon->lookups, &daemon->server.stats, ahead_ms);
    daemon->upkeep.prefetch = daemon->config->cache.prefetch;
    daemon->upkeep.forgotten = on_forgotten;
    daemon->upkeep.arg = daemon;
    upkeep_start(&daemon->upkeep, &daemon->loop);
    start_control(daemon);
}

static void start_loop(struct daemon *daemon)
{
    if (uv_loop_init(&daemon->loop) != 0) {
        log_write(LOG_LEVEL_ERROR, "the kernel gives no event loop; stopping");
        exit(EX_OSERR);
    }
    int error = threads_start(&daemon->loop);
    if (error != 0) {
        log_write(LOG_LEVEL_ERROR, "no threads can be started: %s; stopping", strerror(error));
        exit(EX_OSERR);
    }
}

static void run(struct daemon *daemon)
{
    start_loop(daemon);
    watch_signals(daemon);
    status_init(&daemon->status, daemon->overrides, clock_now_ms());
    status_log_expired(daemon->overrides, today());
    int64_t ahead_ms = clock_ahead_ms();
    daemon_start_cache(daemon);
    start_lookups(daemon, ahead_ms);
    listeners_start(&daemon->listeners, &daemon->server);
    log_write(LOG_LEVEL_INFO,
        "daned " PACKAGE_VERSION " serves on %zu listeners, with %zu overrides",
        daemon->listeners.count,
        daemon->overrides ? overrides_count(daemon->overrides) : (size_t)0);
    service_start(&daemon->service, &daemon->loop, daemon->config);
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
    server_fini(&daemon->server);
    lookups_free(daemon->lookups);
    cache_free(daemon->cache);
    status_fini(&daemon->status);
    uv_loop_close(&daemon->loop);
    log_write(LOG_LEVEL_INFO, "stopped");
}

int daemon_run(
    const struct daemon_options *options, struct config *config, struct overrides *overrides)
{
    struct daemon *daemon = alloc_zeroed(sizeof *daemon);
    char error[LISTENER_ERROR_MAX];
    int status;

    daemon->options = *options;
    daemon->config = config;
    daemon->overrides = overrides;
    log_configure(config, options->verbose);
    /* Clients can connect, and be waited for, before the loop runs: then TERM must drain, too. */
    hold_signals(SIG_BLOCK);
    size_t descriptors = privileges_raise_descriptors(DESCRIPTORS_WANTED);
    size_t connections = descriptors > 2 * DESCRIPTORS_RESERVED ? descriptors - DESCRIPTORS_RESERVED
                                                                : descriptors / 2;
    status = listeners_open(&daemon->listeners, config, connections);
    if (status == 0) {
        status = privileges_drop(config->user, error, sizeof error);
        if (status != 0) {
            log_write(LOG_LEVEL_ERROR, "%s", error);
            listeners_discard(&daemon->listeners);
        }
    }
    if (status == 0) {
        if (!confinement_enter(error, sizeof error))
            log_write(LOG_LEVEL_WARNING, "%s; going on without", error);
        run(daemon);
    }
    overrides_free(daemon->overrides);
    config_free(daemon->config);
    free(daemon);
    return status;
}
