/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint.h - an address and a port, and a connection to it that does not block.
 */
#ifndef DANED_DANECTL_ENDPOINT_H
#define DANED_DANECTL_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
    struct sockaddr_storage sockaddr;
    socklen_t len;               /* 0: there is none */
    char text[INET6_ADDRSTRLEN]; /* the address alone, as inet_ntop() writes it */
};

/* Sets *endpoint_out from the 4 or 16 octets of an address. Returns false if they are others. */
bool endpoint_from_octets(
    const uint8_t *octets, size_t len, uint16_t port, struct endpoint *endpoint_out);

/* Likewise from an address in digits, IPv4 or IPv6, that must fill text[0..len). */
bool endpoint_from_text(const char *text, size_t len, uint16_t port, struct endpoint *endpoint_out);

/* Whether the address is of this machine alone: 127.0.0.0/8 or ::1. */
bool endpoint_is_loopback(const struct endpoint *endpoint);

/* Whether both are the same address and port. */
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/*
 * Begins a TCP connection. Returns its descriptor, to be closed by the caller, which is writable
 * once there is a result; or -1 with errno.
 */
int endpoint_connect(const struct sockaddr_storage *sockaddr, socklen_t len);

/* What became of a connection that was begun: 0, or the number of the error. */
int endpoint_connected(int fd);

/* Whether an error of either says that there is no way to such addresses from here. */
bool endpoint_is_unroutable(int error);

#endif
