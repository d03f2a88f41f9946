/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * service.h - daned as a service: when it is ready, how it is, that it lives.
 *
 * Ready is a daned whose resolvers have been judged: one has passed its self-test, or all have
 * failed it. A resolver that never answers must not hold up the boot of a mail server, and daned
 * is of use before that too (overrides, address literals, the cache; everything else defers): so
 * it says that it is ready after a bound as well, and its status says what is not proven. It does
 * not end: it would be started over and over, while its clients wait or are refused.
 */
#ifndef DANED_SERVICE_H
#define DANED_SERVICE_H

#include <uv.h>

#include "daemon/config.h"
#include "daemon/status.h"

/* Octets of a line of status, with its NUL: the longest of an upstream, and words. */
#define SERVICE_STATUS_MAX (UPSTREAM_TEXT_MAX + SELF_TEST_WHY_MAX + 64)

struct service {
    uv_timer_t ready_timer; /* runs until the bound */
    uv_timer_t alive_timer; /* runs if the manager wants signs of life */
    bool ready;             /* has been said, or will not be */
    char status[SERVICE_STATUS_MAX];
};

/*
 * Starts the signs of life, and the time after which daned is ready whatever the resolvers do: two
 * time-outs of a question, so that one attempt may fail, and SERVICE_READY_MS.
 */
#define SERVICE_READY_MS 2000
void service_start(struct service *service, uv_loop_t *loop, const struct config *config);

/* Tells how the resolvers are; to be called at each change. */
void service_tell(
    struct service *service, const struct config *config, const struct status *status);

/* Tells that a reload begins; and that it has ended, with a sentence if it was refused, or NULL. */
void service_begin_reload(struct service *service);
void service_end_reload(struct service *service, const char *refused);

/* Tells that daned stops. */
void service_stop(struct service *service);

/* Closes the handles; the loop must run once more before service is freed. */
void service_close(struct service *service);

#endif
