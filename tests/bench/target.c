/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target.c - a server that is asked over a number of connections.
 */
#include "tests/bench/target.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/fail.h"

#define REQUEST_MAX 512

static void set_expectation(struct target *target, const char *expect)
{
    size_t cap = sizeof target->expect;
    int len = target->protocol == TARGET_REDIS
                  ? snprintf(target->expect, cap, "$%zu\r\n%s\r\n", strlen(expect), expect)
                  : snprintf(target->expect, cap, "%zu:%s,", strlen(expect), expect);

    if (len < 0 || (size_t)len >= sizeof target->expect)
        fail("the expected reply is too long");
    target->expect_len = (size_t)len;
}

static int connect_once(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof address.sun_path)
        fail("the path is too long: %s", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    /* It waits for room in the backlog, and only what follows must not wait. */
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect to %s: %s", path, strerror(errno));
    return fd;
}

void target_init(struct target *target, const char *name, enum target_protocol protocol,
    const char *path, size_t count, pid_t pid, const char *expect)
{
    memset(target, 0, sizeof *target);
    snprintf(target->name, sizeof target->name, "%s", name);
    target->protocol = protocol;
    target->pid = pid;
    set_expectation(target, expect);
    target->connection_count = count;
    target->connections = must_calloc(count, sizeof *target->connections);
    target->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (target->epoll < 0)
        fail("no epoll descriptor: %s", strerror(errno));
    for (size_t i = 0; i < count; i++) {
        struct connection *connection = &target->connections[i];
        /* Edge-triggered: the kernel need not look again at each connection that had a reply. */
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = connection};
        connection->fd = connect_once(path);
        if (epoll_ctl(target->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0)
            fail("cannot watch a connection: %s", strerror(errno));
    }
}

void target_fini(struct target *target)
{
    for (size_t i = 0; i < target->connection_count; i++)
        close(target->connections[i].fd);
    close(target->epoll);
    free(target->connections);
    target->connections = NULL;
    target->connection_count = 0;
}

static size_t put(char *out, const char *text)
{
    size_t len = strlen(text);

    memcpy(out, text, len);
    return len;
}

/* By hand: printf would cost the generator more than its system calls. */
static size_t write_request(struct target *target, char out[REQUEST_MAX])
{
    char name[NAMES_TEXT_MAX];
    size_t name_len = names_next(&target->names, name);
    size_t at = 0;

    if (target->protocol == TARGET_REDIS) {
        at += put(out + at, "*2\r\n$3\r\nGET\r\n$");
        at += names_put_number(name_len, out + at);
        at += put(out + at, "\r\n");
    } else {
        at += names_put_number(name_len + strlen("dane "), out + at);
        at += put(out + at, ":dane ");
    }
    memcpy(out + at, name, name_len);
    at += name_len;
    return at + put(out + at, target->protocol == TARGET_REDIS ? "\r\n" : ",");
}

void target_ask(struct target *target, struct connection *connection)
{
    char request[REQUEST_MAX];
    size_t len = write_request(target, request);

    if (send(connection->fd, request, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
        fail("%s does not take a request: %s", target->name, strerror(errno));
    connection->in_flight = true;
    connection->reply_len = 0;
    target->in_flight++;
}

static bool complete(struct target *target, struct connection *connection, bool right)
{
    if (!right && target->wrong++ == 0)
        fprintf(stderr, "bench: %s: expected \"%.*s\", got \"%.*s\"\n", target->name,
            (int)target->expect_len, target->expect, (int)connection->reply_len, connection->reply);
    connection->in_flight = false;
    target->in_flight--;
    return true;
}

bool target_receive(struct target *target, struct connection *connection)
{
    ssize_t count = recv(connection->fd, connection->reply + connection->reply_len,
        sizeof connection->reply - connection->reply_len, MSG_DONTWAIT);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (count <= 0)
        fail("%s has closed a connection", target->name);
    if (!connection->in_flight)
        fail("%s replies without a request", target->name);
    connection->reply_len += (size_t)count;
    size_t len = connection->reply_len;
    if (len <= target->expect_len && memcmp(connection->reply, target->expect, len) == 0)
        return len == target->expect_len && complete(target, connection, true);
    /* Another reply: servers write theirs in one piece, so that this is all of it. */
    return complete(target, connection, false);
}
