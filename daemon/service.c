/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * service.c - daned as a service: when it is ready, how it is, that it lives.
 */
#include "daemon/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/systemd.h"
#include "proto/printable.h"

/* Sends assignments, and the text as status: a line end in it would forge an assignment. */
static void notify(const char *assignments, const char *status)
{
    char shown[SERVICE_STATUS_MAX];
    char text[sizeof shown + 64];

    printable_copy(shown, sizeof shown, status, strlen(status));
    snprintf(text, sizeof text, "%sSTATUS=%s", assignments, shown);
    systemd_notify(text);
}

static void say_ready(struct service *service)
{
    service->ready = true;
    uv_timer_stop(&service->ready_timer);
    notify("READY=1\n", service->status);
}

static void on_ready_timer(uv_timer_t *timer)
{
    say_ready(timer->data);
}

static void on_alive_timer(uv_timer_t *timer)
{
    (void)timer;
    systemd_notify("WATCHDOG=1");
}

void service_start(struct service *service, uv_loop_t *loop, const struct config *config)
{
    uint64_t alive_ms = systemd_watchdog_ms() / 2;

    *service = (struct service){.status = "no resolver is proven yet"};
    uv_timer_init(loop, &service->ready_timer);
    uv_timer_init(loop, &service->alive_timer);
    service->ready_timer.data = service;
    uv_timer_start(&service->ready_timer, on_ready_timer,
        SERVICE_READY_MS + 2 * config->resolver.timeout_ms, 0);
    if (alive_ms > 0)
        uv_timer_start(&service->alive_timer, on_alive_timer, alive_ms, alive_ms);
    notify("", service->status);
}

void service_tell(struct service *service, const struct config *config, const struct status *status)
{
    size_t count = config->resolver.address.count;
    size_t passed = 0;
    size_t failed = 0;
    size_t worst = 0; /* one that has failed, or else one that has no verdict */

    for (size_t i = 0; i < count; i++) {
        passed += status->upstreams[i].state == UPSTREAM_PASSED;
        failed += status->upstreams[i].state == UPSTREAM_FAILED;
        if (status->upstreams[i].state == UPSTREAM_FAILED)
            worst = i;
    }
    if (passed > 0)
        snprintf(service->status, sizeof service->status, "%zu of %zu resolvers validate", passed,
            count);
    else
        snprintf(service->status, sizeof service->status, "no resolver %s: %.*s: %s",
            failed > 0 ? "validates" : "is proven yet", UPSTREAM_TEXT_MAX,
            config->resolver.address.items[worst].text, status->upstreams[worst].why);
    if (!service->ready && (passed > 0 || failed == count))
        say_ready(service);
    else
        notify("", service->status);
}

void service_begin_reload(struct service *service)
{
    char text[64];

    /* Before it is ready, it is not reloading either, but starting. */
    if (!service->ready)
        return;
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, uv_hrtime() / 1000);
    systemd_notify(text);
}

void service_end_reload(struct service *service, const char *refused)
{
    notify(service->ready ? "READY=1\n" : "", refused ? refused : service->status);
}

void service_stop(struct service *service)
{
    uv_timer_stop(&service->ready_timer);
    service->ready = true;
    notify("STOPPING=1\n", "finishing the requests at hand");
}

void service_close(struct service *service)
{
    uv_close((uv_handle_t *)&service->ready_timer, NULL);
    uv_close((uv_handle_t *)&service->alive_timer, NULL);
}
