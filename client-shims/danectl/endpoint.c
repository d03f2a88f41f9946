/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint.c - an address and a port, and a connection to it that does not block.
 */
#include "client-shims/danectl/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { V4_LEN = 4, V6_LEN = 16 };

bool endpoint_from_octets(
    const uint8_t *octets, size_t len, uint16_t port, struct endpoint *endpoint_out)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (len != V4_LEN && len != V6_LEN)
        return false;
    memset(endpoint_out, 0, sizeof *endpoint_out);
    if (len == V4_LEN) {
        memcpy(&v4.sin_addr, octets, len);
        memcpy(&endpoint_out->sockaddr, &v4, sizeof v4);
        endpoint_out->len = sizeof v4;
    } else {
        memcpy(&v6.sin6_addr, octets, len);
        memcpy(&endpoint_out->sockaddr, &v6, sizeof v6);
        endpoint_out->len = sizeof v6;
    }
    inet_ntop(
        len == V4_LEN ? AF_INET : AF_INET6, octets, endpoint_out->text, sizeof endpoint_out->text);
    return true;
}

bool endpoint_from_text(const char *text, size_t len, uint16_t port, struct endpoint *endpoint_out)
{
    char digits[INET6_ADDRSTRLEN];
    uint8_t octets[V6_LEN];

    if (len >= sizeof digits || memchr(text, '\0', len))
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (inet_pton(AF_INET, digits, octets) == 1)
        return endpoint_from_octets(octets, V4_LEN, port, endpoint_out);
    return inet_pton(AF_INET6, digits, octets) == 1 &&
           endpoint_from_octets(octets, V6_LEN, port, endpoint_out);
}

bool endpoint_is_loopback(const struct endpoint *endpoint)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (endpoint->sockaddr.ss_family == AF_INET) {
        memcpy(&v4, &endpoint->sockaddr, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    memcpy(&v6, &endpoint->sockaddr, sizeof v6);
    return endpoint->sockaddr.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return a->len == b->len && memcmp(&a->sockaddr, &b->sockaddr, a->len) == 0;
}

int endpoint_connect(const struct sockaddr_storage *sockaddr, socklen_t len)
{
    int fd = socket(sockaddr->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);

    if (fd < 0 || connect(fd, (const struct sockaddr *)sockaddr, len) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int endpoint_connected(int fd)
{
    int error = 0;
    socklen_t len = sizeof error;

    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

bool endpoint_is_unroutable(int error)
{
    return error == ENETUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}
