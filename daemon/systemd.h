/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * systemd.h - the one door to libsystemd: what the service manager gives us, and what it is told.
 *
 * Without a manager, or built without the library, telling it does nothing and it gives nothing.
 */
#ifndef DANED_SYSTEMD_H
#define DANED_SYSTEMD_H

#include <stddef.h>
#include <stdint.h>

#define SYSTEMD_NAME_MAX 255 /* octets of a FileDescriptorName */

struct systemd_socket {
    int fd; /* closes on exec */
    char name[SYSTEMD_NAME_MAX + 1];
};

/*
 * Gives the descriptors that the manager has opened for this process, at most cap of them. To be
 * called once: their announcement is taken out of the environment. The caller owns them. Returns
 * how many there are; -1, with a sentence in error_out, if they cannot be had.
 */
int systemd_take_sockets(
    struct systemd_socket *sockets_out, size_t cap, char *error_out, size_t error_cap);

/* Sends the manager assignments, one a line, as in sd_notify(3). */
void systemd_notify(const char *assignments);

/* Within how many milliseconds the manager wants a sign of life each time; 0: it wants none. */
uint64_t systemd_watchdog_ms(void);

#endif
