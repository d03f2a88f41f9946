/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_client.c - a connection to daned's control socket.
 */
#include "client-shims/danectl/control_client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static const char *socket_path = "/run/daned/control.sock";

void control_client_set_path(const char *path)
{
    socket_path = path;
}

const char *control_client_path(void)
{
    return socket_path;
}

int control_client_connect(int wait_ms)
{
    struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000L};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = strncmp(socket_path, "unix:", 5) == 0 ? socket_path + 5 : socket_path;

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* unix(7): it bounds connect(2) too. Zero would be no bound. */
    if (wait_ms > 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0 &&
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = wait_ms <= 0 || errno == EAGAIN ? ETIMEDOUT : errno;
    close(fd);
    errno = error;
    return -1;
}

const char *control_client_failure(int error)
{
    switch (error) {
    case ENOENT:
        return "there is no such socket; does daned run, and listen here?";
    case ECONNREFUSED:
        return "nobody listens; does daned run?";
    case EACCES:
        return "permission denied; be root, or the owner of the socket";
    default:
        return strerror(error);
    }
}

int control_client_send(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -1;
        data += sent;
        len -= (size_t)sent;
    }
    return 0;
}

ssize_t control_client_receive(int fd, char *data, size_t cap, int wait_ms)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    int ready;

    do
        ready = poll(&watched, 1, wait_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        errno = ETIMEDOUT;
    if (ready <= 0)
        return -1;
    return recv(fd, data, cap, 0);
}
