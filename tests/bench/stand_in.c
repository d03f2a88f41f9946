/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stand_in.c - an answering stand-in for the resolver: DNS over TCP on loopback, as fast as may be.
 *
 * One thread on epoll. What has come on a connection is answered with one write. Prints the port
 * that it was given, then serves until it is killed. It trusts its clients, which are the
 * benchmark's own: a malformed query ends it, so that no measurement rests on one.
 *
 *   bench_stand_in HOSTS TTL-SECONDS
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/fail.h"
#include "tests/bench/stand_in_dns.h"

enum { EVENTS_MAX = 64, INPUT_MAX = 65536, QUERIES_MAX = 512 };

/* Where the answers to one round of queries wait for their write. */
#define OUTPUT_MAX (QUERIES_MAX * (STAND_IN_REPLY_MAX + 2))

struct client {
    int fd;
    size_t input_len;
    uint8_t input[INPUT_MAX];
    size_t output_at; /* written so far */
    size_t output_len;
    uint8_t output[OUTPUT_MAX];
};

static struct stand_in_options options;

static int listen_on_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 128) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        fail("stand-in: cannot listen: %s", strerror(errno));
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int operation, int fd, uint32_t events, void *arg)
{
    struct epoll_event event = {.events = events, .data.ptr = arg};

    if (epoll_ctl(epoll, operation, fd, &event) != 0)
        fail("stand-in: cannot watch a descriptor: %s", strerror(errno));
}

static void accept_client(int epoll, int listening)
{
    int on = 1;
    struct client *client = must_calloc(1, sizeof *client);

    client->fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client->fd < 0)
        fail("stand-in: cannot accept: %s", strerror(errno));
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(epoll, EPOLL_CTL_ADD, client->fd, EPOLLIN, client);
}

static void drop_client(struct client *client)
{
    close(client->fd);
    free(client);
}

/* Answers the whole queries that have come, as far as there is room. */
static void answer_all(struct client *client, uint32_t now_s)
{
    size_t at = 0;

    while (
        client->input_len - at >= 2 && OUTPUT_MAX - client->output_len >= STAND_IN_REPLY_MAX + 2u) {
        size_t query_len = (size_t)client->input[at] << 8 | client->input[at + 1];
        if (client->input_len - at - 2 < query_len)
            break;
        uint8_t *out = client->output + client->output_len;
        size_t len = stand_in_answer(&options, client->input + at + 2, query_len, now_s, out + 2);
        if (len == 0)
            fail("stand-in: a malformed query of %zu octets", query_len);
        out[0] = (uint8_t)(len >> 8);
        out[1] = (uint8_t)len;
        client->output_len += len + 2;
        at += query_len + 2;
    }
    client->input_len -= at;
    memmove(client->input, client->input + at, client->input_len);
}

/* Writes what is there. Returns false if the client is gone. */
static bool write_all(int epoll, struct client *client)
{
    ssize_t count = send(client->fd, client->output + client->output_at,
        client->output_len - client->output_at, MSG_NOSIGNAL);

    if (count < 0 && errno != EAGAIN)
        return false;
    if (count > 0)
        client->output_at += (size_t)count;
    if (client->output_at < client->output_len) {
        /* It reads nothing more before this is written. */
        watch(epoll, EPOLL_CTL_MOD, client->fd, EPOLLOUT, client);
    } else {
        client->output_at = client->output_len = 0;
    }
    return true;
}

/* Reads and answers. Returns false if the client is gone. */
static bool serve_client(int epoll, struct client *client, uint32_t ready)
{
    struct timespec now;

    if ((ready & EPOLLOUT) != 0) {
        if (!write_all(epoll, client))
            return false;
        if (client->output_len > 0)
            return true;
        watch(epoll, EPOLL_CTL_MOD, client->fd, EPOLLIN, client);
    } else {
        ssize_t count = recv(client->fd, client->input + client->input_len,
            sizeof client->input - client->input_len, 0);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            return false;
        client->input_len += count > 0 ? (size_t)count : 0;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    do {
        answer_all(client, (uint32_t)now.tv_sec);
        if (client->output_len == 0)
            return true;
        if (!write_all(epoll, client))
            return false;
    } while (client->output_len == 0);
    return true;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_MAX];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (argc != 3 || epoll < 0)
        fail("usage: %s HOSTS TTL-SECONDS", argv[0]);
    options.host_count = must_number(argv[1], "the number of hosts");
    options.ttl_s = (uint32_t)must_number(argv[2], "the TTL");
    if (options.host_count == 0)
        fail("stand-in: no host");
    int listening = listen_on_loopback();
    watch(epoll, EPOLL_CTL_ADD, listening, EPOLLIN, NULL);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR)
            fail("stand-in: cannot wait: %s", strerror(errno));
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (client == NULL)
                accept_client(epoll, listening);
            else if (!serve_client(epoll, client, events[i].events))
                drop_client(client);
        }
    }
}
