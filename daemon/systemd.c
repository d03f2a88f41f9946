/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * systemd.c - the one door to libsystemd.
 */
#include "daemon/systemd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD

#include <systemd/sd-daemon.h>

int systemd_take_sockets(
    struct systemd_socket *sockets_out, size_t cap, char *error_out, size_t error_cap)
{
    char **names = NULL;
    int count = sd_listen_fds_with_names(1, &names);

    if (count < 0)
        snprintf(error_out, error_cap, "the service manager's sockets cannot be taken: %s",
            strerror(-count));
    for (int i = 0; i < count; i++) {
        if ((size_t)i < cap) {
            sockets_out[i].fd = SD_LISTEN_FDS_START + i;
            snprintf(sockets_out[i].name, sizeof sockets_out[i].name, "%s", names[i]);
        }
        free(names[i]);
    }
    free(names);
    if (count > 0 && (size_t)count > cap) {
        snprintf(error_out, error_cap,
            "the service manager hands over %d sockets, and at most %zu can be used", count, cap);
        return -1;
    }
    return count < 0 ? -1 : count;
}

void systemd_notify(const char *assignments)
{
    sd_notify(0, assignments);
}

uint64_t systemd_watchdog_ms(void)
{
    uint64_t limit_us;

    return sd_watchdog_enabled(0, &limit_us) > 0 ? limit_us / 1000 : 0;
}

#else

int systemd_take_sockets(
    struct systemd_socket *sockets_out, size_t cap, char *error_out, size_t error_cap)
{
    (void)sockets_out;
    (void)cap;
    const char *pid = getenv("LISTEN_PID");
    /* Somebody else's, left in the environment, is none of our business (sd_listen_fds(3)). */
    if (!getenv("LISTEN_FDS") || !pid || strtoll(pid, NULL, 10) != getpid())
        return 0;
    /* Opening the same addresses again would fail, and say nothing of the reason. */
    snprintf(error_out, error_cap,
        "the service manager hands over sockets (LISTEN_FDS), but this daned was built without "
        "libsystemd");
    return -1;
}

void systemd_notify(const char *assignments)
{
    (void)assignments;
}

uint64_t systemd_watchdog_ms(void)
{
    return 0;
}

#endif
