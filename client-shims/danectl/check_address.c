/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_address.c - finds the addresses of the hosts.
 *
 * By the system's own resolver, all hosts side by side (getaddrinfo_a of the GNU C library): an
 * address proves nothing here, the certificate does. The option --resolve goes before it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/endpoint.h"
#include "daemon/core/alloc.h"

/* Questions that were not answered in time are still written to: they live until the process ends.
 */
static struct gaicb questions[CHECK_HOSTS_MAX + 1];
static struct gaicb *question_list[CHECK_HOSTS_MAX + 1];
static struct addrinfo hints;

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

/* Waits until all of the questions are answered, or the deadline has passed. */
static void wait_for_answers(const struct check *check, int count)
{
    bool pending = true;

    while (pending) {
        uint64_t now_ms = check_now_ms();
        if (now_ms >= check->deadline_ms)
            return;
        uint64_t left_ms = check->deadline_ms - now_ms;
        struct timespec left = {(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};
        gai_suspend((const struct gaicb *const *)question_list, count, &left);
        pending = false;
        for (int i = 0; i < count; i++)
            if (gai_error(question_list[i]) == EAI_INPROGRESS)
                pending = true;
    }
}

static void take_answer(struct check *check, struct check_host *host, struct gaicb *question)
{
    int error = gai_error(question);

    if (error == EAI_INPROGRESS)
        host->lookup_failure = "the lookup of its addresses is not done in time";
    else if (error == EAI_SYSTEM)
        host->lookup_failure = "the lookup of its addresses failed";
    else if (error != 0)
        host->lookup_failure = gai_strerror(error);
    for (const struct addrinfo *info = error == 0 ? question->ar_result : NULL; info;
         info = info->ai_next)
        add_address(check, host, info->ai_addr, info->ai_addrlen);
    if (error == 0)
        freeaddrinfo(question->ar_result);
}

void check_find_addresses(struct check *check)
{
    struct check_host *asked[CHECK_HOSTS_MAX + 1];
    int count = 0;

    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    check->addresses = alloc_array_zeroed(CHECK_ADDRESSES_MAX, sizeof *check->addresses);
    for (size_t i = 0; i < check->host_count; i++) {
        struct check_host *host = &check->hosts[i];
        if (!is_checked(host) || add_given(check, host))
            continue;
        questions[count] = (struct gaicb){.ar_name = host->name, .ar_request = &hints};
        question_list[count] = &questions[count];
        asked[count++] = host;
    }
    if (count == 0)
        return;
    if (getaddrinfo_a(GAI_NOWAIT, question_list, count, NULL) == 0)
        wait_for_answers(check, count);
    for (int i = 0; i < count; i++)
        take_answer(check, asked[i], question_list[i]);
}
