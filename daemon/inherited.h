/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inherited.h - listening sockets that the service manager has opened for us, by their addresses.
 *
 * A socket belongs to the listen section that has its address. One that belongs to none would take
 * connections that nobody ever serves, so that it is a mistake which ends the start; as is a second
 * one with the same address (two units with one path, or SO_REUSEPORT). Its name
 * (FileDescriptorName) need not say anything; but if it is that of another section than the one
 * with its address, unit and configuration contradict each other, and that is a mistake, too.
 */
#ifndef DANED_INHERITED_H
#define DANED_INHERITED_H

#include <stdbool.h>

#include "daemon/config.h"
#include "daemon/io/listener.h"
#include "daemon/systemd.h"

struct inherited_socket {
    struct systemd_socket given; /* fd is -1 once it is taken */
    struct config_address address;
};

struct inherited {
    size_t count;
    struct inherited_socket sockets[CONFIG_LISTENERS_MAX];
};

/*
 * Takes the sockets from the service manager, and compares them with the sections of config. False,
 * with a sentence in error_out and nothing open, if they do not go together. To be called once.
 */
bool inherited_take_all(
    struct inherited *inherited, const struct config *config, char error_out[LISTENER_ERROR_MAX]);

/* Gives the descriptor of the socket that listen has the address of, to be closed by the caller;
 * -1: there is none. */
int inherited_take(struct inherited *inherited, const struct config_listen *listen);

/* Closes the sockets that were not taken. */
void inherited_close(struct inherited *inherited);

#endif
