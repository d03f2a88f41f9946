/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_address.c - finds the addresses of the hosts.
 *
 * By the system's own resolver, all hosts side by side, a thread each: an address proves nothing
 * here, the certificate does. The option --resolve goes before it. (getaddrinfo_a would do the
 * same, but gai_suspend of the GNU C library 2.36 leaves its own stack in the list of waiters if
 * another question is answered while it returns, and the process crashes.)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/endpoint.h"
#include "daemon/core/alloc.h"

/* The question for the addresses of one host. */
struct question {
    char name[DNAME_TEXT_MAX];
    struct check_host *host;
    bool done; /* under the lock, as are the two below */
    int error;
    struct addrinfo *result;
};

/* Questions not answered in time are still written to: they live as long as the process. */
static struct question questions[CHECK_HOSTS_MAX + 1];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered; /* one more is done */

static bool is_checked(const struct check_host *host)
{
    return host->name[0] &&
           (host->state == CHECK_STATE_DANE || host->state == CHECK_STATE_ENCRYPT ||
               host->state == CHECK_STATE_NONE);
}

static void add_address(
    struct check *check, struct check_host *host, const struct sockaddr *sockaddr, socklen_t len)
{
    struct check_address *address = &check->addresses[check->address_count];
    uint16_t port = htons(check->connect_port ? check->connect_port : host->port);

    if (check->address_count == CHECK_ADDRESSES_MAX) {
        host->lookup_failure = "too many addresses to check all of them";
        return;
    }
    if (len > sizeof address->sockaddr)
        return;
    memcpy(&address->sockaddr, sockaddr, len);
    address->sockaddr_len = len;
    if (sockaddr->sa_family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)&address->sockaddr;
        in->sin_port = port;
        inet_ntop(AF_INET, &in->sin_addr, address->text, sizeof address->text);
    } else if (sockaddr->sa_family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->sockaddr;
        in6->sin6_port = port;
        inet_ntop(AF_INET6, &in6->sin6_addr, address->text, sizeof address->text);
    } else {
        return;
    }
    address->host = host;
    check->address_count++;
}

bool check_add_resolve(struct check *check, const char *text)
{
    struct endpoint endpoint;
    const char *equals = strchr(text, '=');

    if (check->resolve_count == CHECK_RESOLVE_MAX || !equals || equals == text ||
        !endpoint_from_text(equals + 1, strlen(equals + 1), 0, &endpoint))
        return false;
    check->resolve[check->resolve_count++] = text;
    return true;
}

/* Takes the addresses that are given for the host. Returns whether there are any. */
static bool add_given(struct check *check, struct check_host *host)
{
    size_t before = check->address_count;
    size_t len = strlen(host->name);

    for (size_t i = 0; i < check->resolve_count; i++) {
        const char *given = check->resolve[i];
        struct endpoint endpoint;
        if (strncasecmp(given, host->name, len) == 0 && given[len] == '=' &&
            endpoint_from_text(given + len + 1, strlen(given + len + 1), 0, &endpoint))
            add_address(check, host, (const struct sockaddr *)&endpoint.sockaddr, endpoint.len);
    }
    return check->address_count > before;
}

/* One thread: asks, and may outlive the rest of the program. */
static void *ask(void *arg)
{
    struct question *question = arg;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *result = NULL;
    int error = getaddrinfo(question->name, NULL, &hints, &result);

    pthread_mutex_lock(&lock);
    question->error = error;
    question->result = result;
    question->done = true;
    pthread_cond_signal(&answered);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Starts the thread of a question; if there can be none, the question is done with an error. */
static void start(struct question *question)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, ask, question) == 0) {
        pthread_detach(thread);
        return;
    }
    pthread_mutex_lock(&lock);
    question->error = EAI_SYSTEM;
    question->done = true;
    pthread_mutex_unlock(&lock);
}

static bool all_done(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!questions[i].done)
            return false;
    return true;
}

static void take_answer(struct check *check, const struct question *question)
{
    struct check_host *host = question->host;

    if (!question->done)
        host->lookup_failure = "the lookup of its addresses is not done in time";
    else if (question->error == EAI_SYSTEM)
        host->lookup_failure = "the lookup of its addresses failed";
    else if (question->error != 0)
        host->lookup_failure = gai_strerror(question->error);
    if (!question->done || question->error != 0)
        return;
    for (const struct addrinfo *info = question->result; info; info = info->ai_next)
        add_address(check, host, info->ai_addr, info->ai_addrlen);
    freeaddrinfo(question->result);
}

/* Waits until all of the questions are answered, or the deadline has passed; takes the answers. */
static void take_answers(struct check *check, size_t count)
{
    const struct timespec deadline = {
        (time_t)(check->deadline_ms / 1000), (long)(check->deadline_ms % 1000) * 1000000};

    pthread_mutex_lock(&lock);
    while (!all_done(count))
        if (pthread_cond_timedwait(&answered, &lock, &deadline) != 0)
            break;
    for (size_t i = 0; i < count; i++)
        take_answer(check, &questions[i]);
    pthread_mutex_unlock(&lock);
}

void check_find_addresses(struct check *check)
{
    pthread_condattr_t attributes;
    size_t count = 0;

    check->addresses = alloc_array_zeroed(CHECK_ADDRESSES_MAX, sizeof *check->addresses);
    for (size_t i = 0; i < check->host_count; i++) {
        struct check_host *host = &check->hosts[i];
        if (!is_checked(host) || add_given(check, host))
            continue;
        struct question *question = &questions[count++];
        snprintf(question->name, sizeof question->name, "%s", host->name);
        question->host = host;
    }
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* that of check->deadline_ms */
    pthread_cond_init(&answered, &attributes);
    pthread_condattr_destroy(&attributes);
    for (size_t i = 0; i < count; i++)
        start(&questions[i]);
    take_answers(check, count);
}
