/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scripted_server.c - a server for one connection, in a thread of its own, that behaves as told.
 */
#include "tests/unit/client-shims/scripted_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LIMIT_MS = 20000, DRIP_MS = 1000 };

/* The test cannot go on. */
static void must(bool good, const char *what)
{
    if (!good) {
        perror(what);
        abort();
    }
}

static bool bind_inet(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(server->listener, (struct sockaddr *)&address, len) == 0, "bind");
    must(getsockname(server->listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    snprintf(server->address, sizeof server->address, "inet:127.0.0.1:%d", ntohs(address.sin_port));
    return true;
}

static bool bind_inet6(struct server *server)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t len = sizeof address;

    server->listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0)
        return false;
    if (bind(server->listener, (struct sockaddr *)&address, len) != 0) {
        close(server->listener);
        return false;
    }
    must(getsockname(server->listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    snprintf(server->address, sizeof server->address, "inet:[::1]:%d", ntohs(address.sin6_port));
    return true;
}

static bool bind_unix(struct server *server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(server->directory, sizeof server->directory, "/tmp/daned-test.XXXXXX");
    must(mkdtemp(server->directory) != NULL, "mkdtemp");
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", server->directory);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(server->listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    snprintf(server->address, sizeof server->address, "unix:%s", address.sun_path);
    return true;
}

bool server_listen(struct server *server, enum server_kind kind)
{
    bool good = false;

    server->directory[0] = '\0';
    server->queue_len = 0;
    server->request_len = 0;
    server->saw_end = false;
    switch (kind) {
    case SERVER_INET:
        good = bind_inet(server);
        break;
    case SERVER_INET6:
        good = bind_inet6(server);
        break;
    case SERVER_UNIX:
        good = bind_unix(server);
        break;
    }
    if (!good)
        return false;
    must(listen(server->listener, 1) == 0, "listen");
    must(fcntl(server->listener, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    return true;
}

bool server_was_called(struct server *server)
{
    int fd = accept(server->listener, NULL, NULL);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void server_fill_queue(struct server *server)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;

    must(getsockname(server->listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    while (server->queue_len < SERVER_QUEUE_MAX) {
        int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        must(fd >= 0, "socket");
        server->queue[server->queue_len++] = fd;
        if (connect(fd, (struct sockaddr *)&address, len) == 0)
            continue;
        if (errno == EAGAIN)
            return;
        must(errno == EINPROGRESS, "connect");
        /* Over loopback a connection that is let in is there at once. */
        struct pollfd pollfd = {fd, POLLOUT, 0};
        if (poll(&pollfd, 1, 50) == 0)
            return;
    }
    must(false, "server_fill_queue");
}

void server_close(struct server *server)
{
    for (size_t i = 0; i < server->queue_len; i++)
        close(server->queue[i]);
    close(server->listener);
    if (server->directory[0] != '\0') {
        unlink(server->address + strlen("unix:"));
        rmdir(server->directory);
    }
}

static void read_request(struct server *server, int fd)
{
    ssize_t n = 1;

    while (n > 0 && server->request_len < sizeof server->request) {
        n = recv(fd, server->request + server->request_len,
            sizeof server->request - server->request_len, 0);
        if (n > 0)
            server->request_len += (size_t)n;
    }
    server->saw_end = n == 0;
}

/*
 * Waits for the client to be gone, at most milliseconds. After its half-close only POLLHUP or an
 * error tells of that over a unix socket, and over TCP nothing until something is sent.
 */
static bool client_has_gone(int fd, int milliseconds)
{
    struct pollfd pollfd = {fd, 0, 0};

    return poll(&pollfd, 1, milliseconds) != 0;
}

static void send_reply(struct server *server, int fd, size_t piece, int pause_ms)
{
    for (size_t sent = 0; sent < server->reply_len;) {
        size_t len = server->reply_len - sent < piece ? server->reply_len - sent : piece;
        ssize_t n = send(fd, server->reply + sent, len, MSG_NOSIGNAL);
        if (n < 0 || (pause_ms > 0 && client_has_gone(fd, pause_ms)))
            return;
        sent += (size_t)n;
    }
}

/* A server that holds says an octet more now and then: over TCP only this shows the client's end.
 */
static void hold(int fd)
{
    for (int waited = 0; waited < LIMIT_MS; waited += 10) {
        if (client_has_gone(fd, 10))
            return;
        if (waited >= 1000 && send(fd, "x", 1, MSG_NOSIGNAL) < 0)
            return;
    }
}

static void *serve(void *arg)
{
    struct server *server = arg;
    struct pollfd pollfd = {server->listener, POLLIN, 0};

    must(poll(&pollfd, 1, LIMIT_MS) == 1, "nobody has connected");
    int fd = accept(server->listener, NULL, NULL);
    must(fd >= 0, "accept");
    if (server->mode != SERVER_DEAF && server->mode != SERVER_CLOSES)
        read_request(server, fd);
    switch (server->mode) {
    case SERVER_REPLIES:
        send_reply(server, fd, server->reply_len, 0);
        break;
    case SERVER_PIECES:
        send_reply(server, fd, 1, 0);
        break;
    case SERVER_DRIPS:
        send_reply(server, fd, 1, DRIP_MS);
        break;
    case SERVER_HOLDS:
        send_reply(server, fd, server->reply_len, 0);
        hold(fd);
        break;
    case SERVER_DEAF:
        client_has_gone(fd, LIMIT_MS);
        break;
    case SERVER_CLOSES:
        break;
    }
    close(fd);
    return NULL;
}

bool server_start(struct server *server, enum server_kind kind, enum server_mode mode,
    const char *reply, size_t reply_len)
{
    sigset_t all;
    sigset_t old;

    if (!server_listen(server, kind))
        return false;
    server->mode = mode;
    server->reply = reply;
    server->reply_len = reply_len;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    must(pthread_create(&server->thread, NULL, serve, server) == 0, "pthread_create");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return true;
}

void server_stop(struct server *server)
{
    pthread_join(server->thread, NULL);
    server_close(server);
}
