/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target.h - a server that is asked over a number of connections, one request in flight on each:
 * Postfix's pattern.
 *
 * Limits: TARGET_REPLY_MAX octets of a reply that is compared; a longer one counts as wrong.
 */
#ifndef DANED_TESTS_BENCH_TARGET_H
#define DANED_TESTS_BENCH_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/names.h"

#define TARGET_REPLY_MAX 256

enum target_protocol {
    TARGET_SOCKETMAP, /* map "dane" */
    TARGET_REDIS,     /* GET */
};

struct connection {
    int fd;
    size_t reply_len;      /* octets of a reply that is not all there */
    uint64_t scheduled_ns; /* paced: when the request should have gone out */
    bool in_flight;
    char reply[TARGET_REPLY_MAX];
};

struct target {
    char name[32];
    enum target_protocol protocol;
    char expect[TARGET_REPLY_MAX]; /* the reply as it is on the wire */
    size_t expect_len;
    pid_t pid; /* of the server */
    int epoll;
    size_t connection_count;
    struct connection *connections;
    struct names names;
    size_t in_flight;
    uint64_t wrong; /* replies that were not the expected one */
};

/*
 * Connects count times to the unix socket at path, without asking anything. expect is what each
 * reply must say: the payload of a socketmap netstring, or the value of a redis key. Ends the
 * program if it cannot.
 */
void target_init(struct target *target, const char *name, enum target_protocol protocol,
    const char *path, size_t count, pid_t pid, const char *expect);

/* Closes the connections. */
void target_fini(struct target *target);

/* Sends the next request on a connection that is free. */
void target_ask(struct target *target, struct connection *connection);

/*
 * Reads what there is on a connection with a request in flight. Returns true if the reply is there,
 * and the connection free; a wrong one is counted, and the first is printed. Ends the program if
 * the server has closed.
 */
bool target_receive(struct target *target, struct connection *connection);

#endif
