/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.h - a resolver on a loop of its own, and questions whose outcome is kept, for the tests.
 */
#ifndef DANED_TESTS_RESOLVER_BENCH_H
#define DANED_TESTS_RESOLVER_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include <uv.h>

#include "daemon/io/resolver_getdns.h"

/* The ports of world.sh. */
enum { PORT_VALIDATING = 5301, PORT_SPARE, PORT_SILENT, PORT_LIAR, PORT_NOBODY, PORT_RELAY };

/* The validating resolver alone, and the relay in front of it alone. */
extern const uint16_t validating[1];
extern const uint16_t relayed[1];

/* What became of one question. */
struct outcome {
    unsigned calls; /* of the callback */
    enum dns_cause cause;
    bool replied;
    bool ad;
    uint8_t rcode;
    uint16_t ede;
    size_t counts[256];      /* answer records by type */
    size_t soa_count;        /* of the authority section */
    uint8_t address[4];      /* of the last A record */
    struct dname last_cname; /* target of the last CNAME record */
    uint32_t expiration;     /* of the last RRSIG */
    uint32_t soa_minimum;    /* of the last SOA of the authority section */
    uint64_t took_ms;
    uint64_t asked_ms;
    uv_loop_t *loop;
};

struct bench {
    uv_loop_t loop;
    struct resolver *resolver;
    enum resolver_state state;
    unsigned state_changes;
    enum upstream_state upstreams[RESOLVER_UPSTREAMS_MAX];
    unsigned news; /* calls of on_upstream */
    unsigned warnings;
    char why[2048]; /* of the last news */
    bool closed;
};

extern bool case_failed;

/* A case goes on after a failed check, so that it can take its bench down. */
#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) {                                          \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            case_failed = true;                                      \
        }                                                            \
    } while (0)

/* Opens a resolver on count ports of the world's address (environment TEST_ADDRESS). */
void bench_open(struct bench *bench, const uint16_t *ports, size_t count, uint64_t timeout_ms);

/* Closes the resolver, unless that is done already, and checks that nothing is left on the loop. */
void bench_close(struct bench *bench);

/* Runs the loop until *number >= wanted. Fails the case after 60 s. */
void bench_run_until(struct bench *bench, const unsigned *number, unsigned wanted);

/* Runs the loop until the resolver's state is this one. Fails the case after 60 s. */
void bench_run_until_state(struct bench *bench, enum resolver_state state);

/* Asks; *outcome is filled in later. The name is text. Returns what resolver_ask() says. */
enum dns_cause bench_ask(
    struct bench *bench, const char *name, uint16_t type, struct outcome *outcome);

/* Asks, and runs the loop until the answer is there. */
void bench_query(struct bench *bench, const char *name, uint16_t type, struct outcome *outcome);

/* Runs world.sh with a command and a server; fails the case if that fails. */
void world(const char *command, const char *server);

/*
 * Opens a bench on the relay, which passes everything, and waits until count upstreams have passed,
 * and have answered for the second bogus name: no question of the self-test is under way then.
 */
void open_relayed(struct bench *bench, const uint16_t *ports, size_t count, uint64_t timeout_ms);

/* Sends a signal ("STOP") to the resolver on PORT_SPARE; fails the case if that fails. */
void signal_spare(const char *signal_name);

/* Makes every TCP connection of this process take little more than it has taken already. */
void shrink_send_buffers(void);

/* Asks for the addresses of count long names, number from and on, into outcomes of that number. */
void bench_ask_crowd(struct bench *bench, struct outcome *outcomes, unsigned from, unsigned count);

/* How many descriptors this process has open. */
size_t open_descriptors(void);

#endif
