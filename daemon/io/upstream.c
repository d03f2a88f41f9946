/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upstream.c - one validating resolver: questions over TCP, each with its own deadline.
 *
 * A question goes to getdns, which writes it to the TCP connection of the upstream's channel (one
 * getdns context is one channel). What getdns calls back with is only noted down; the upstream's
 * one timer then hands it on, with no getdns call under it. So a callback may ask again, close the
 * upstream, or make a channel superfluous, and getdns cannot call back inside upstream_ask().
 *
 * Failure modes: a question that fails, or that waits in vain while nothing at all comes over its
 * channel, retires the channel. The next question opens a new one, with none of what getdns
 * remembers of a broken connection (its back-off, a byte stream out of step). The retired channel
 * is destroyed when getdns has let go of its last question. A connection error is the end of every
 * question on that connection. A question past its deadline is cancelled in getdns; its late reply
 * is ignored, and one that comes under the number of another question is found out by its question
 * section.
 *
 * Every upstream_query is freed when both sides are done with it: getdns has called back, and the
 * callback of the one who asked has run or was dropped.
 */

#include "daemon/io/upstream.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <arpa/inet.h>
#include <getdns/getdns_extra.h>

#include "daemon/core/alloc.h"
#include "daemon/io/getdns_loop.h"

/* How long an idle connection is kept. Shorter than the 30 s after which unbound closes it. */
#define IDLE_MS 5000

/* getdns' own time-out is only a safety net behind ours. */
#define GETDNS_EXTRA_MS 10000

/* One getdns context, hence one TCP connection. */
struct channel {
    struct upstream *upstream;
    getdns_context *context;
    size_t asked;      /* questions that getdns has not called back yet */
    uint64_t heard_ms; /* when the last reply came */
    bool retired;
    bool broken; /* the connection failed: nothing more will come over it */
    LIST_ENTRY(channel) link;
};

struct upstream_query {
    struct channel *channel; /* NULL: getdns has never seen it */
    getdns_transaction_t transaction;
    struct dname name;
    uint16_t type;
    uint64_t asked_ms;
    uint64_t deadline_ms;
    bool with_getdns; /* getdns will still call back */
    bool delivered;   /* the callback has run, or was dropped */
    struct getdns_reply *reply;
    enum dns_cause cause;
    upstream_reply_cb *callback;
    void *arg;
    TAILQ_ENTRY(upstream_query) link; /* in waiting or done; in neither once delivered */
};

TAILQ_HEAD(query_list, upstream_query);
LIST_HEAD(channel_list, channel);

struct upstream {
    uv_loop_t *loop;
    struct sockaddr_storage address;
    char text[UPSTREAM_TEXT_MAX];
    getdns_dict *extensions;
    uv_timer_t timer;             /* the first deadline; at once if something is done */
    struct query_list waiting;    /* ordered by deadline */
    struct query_list done;       /* to be handed on */
    struct channel *current;      /* NULL: the next question opens one */
    struct channel_list channels; /* all that are not destroyed, the current one too */
    unsigned failures;
    size_t open; /* the timer, and every channel whose handles are not all closed */
    bool closing;
    upstream_closed_cb *closed;
    void *closed_arg;
};

static void on_channel_closed(void *arg);

static void let_go(struct upstream *upstream)
{
    if (--upstream->open > 0)
        return;
    upstream_closed_cb *closed = upstream->closed;
    void *arg = upstream->closed_arg;
    getdns_dict_destroy(upstream->extensions);
    free(upstream);
    closed(arg);
}

/* ---- channels ---- */

/* Gives the list of one address that getdns wants; the caller destroys it. NULL if it refuses. */
static getdns_list *new_address_list(const struct sockaddr_storage *address)
{
    getdns_dict *dict = getdns_dict_create();
    getdns_list *list = getdns_list_create();
    getdns_bindata octets;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    uint16_t port;
    bool good = dict != NULL && list != NULL;

    if (address->ss_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        octets.size = sizeof v6.sin6_addr;
        octets.data = (uint8_t *)&v6.sin6_addr;
        port = ntohs(v6.sin6_port);
    } else {
        memcpy(&v4, address, sizeof v4);
        octets.size = sizeof v4.sin_addr;
        octets.data = (uint8_t *)&v4.sin_addr;
        port = ntohs(v4.sin_port);
    }
    good = good &&
           getdns_dict_util_set_string(dict, "address_type",
               address->ss_family == AF_INET6 ? "IPv6" : "IPv4") == GETDNS_RETURN_GOOD &&
           getdns_dict_set_bindata(dict, "address_data", &octets) == GETDNS_RETURN_GOOD &&
           getdns_dict_set_int(dict, "port", port) == GETDNS_RETURN_GOOD &&
           getdns_list_set_dict(list, 0, dict) == GETDNS_RETURN_GOOD;
    getdns_dict_destroy(dict);
    if (!good) {
        getdns_list_destroy(list);
        return NULL;
    }
    return list;
}

/* A TCP stub, nothing else: no /etc/hosts, no search list, no UDP, none of the system's servers. */
static bool set_up_context(getdns_context *context, const struct sockaddr_storage *address)
{
    getdns_namespace_t namespaces[] = {GETDNS_NAMESPACE_DNS};
    getdns_transport_list_t transports[] = {GETDNS_TRANSPORT_TCP};
    getdns_list *addresses = new_address_list(address);
    bool good =
        addresses != NULL &&
        getdns_context_set_namespaces(context, 1, namespaces) == GETDNS_RETURN_GOOD &&
        getdns_context_set_append_name(context, GETDNS_APPEND_NAME_NEVER) == GETDNS_RETURN_GOOD &&
        getdns_context_set_resolution_type(context, GETDNS_RESOLUTION_STUB) == GETDNS_RETURN_GOOD &&
        getdns_context_set_dns_transport_list(context, 1, transports) == GETDNS_RETURN_GOOD &&
        getdns_context_set_upstream_recursive_servers(context, addresses) == GETDNS_RETURN_GOOD &&
        getdns_context_set_idle_timeout(context, IDLE_MS) == GETDNS_RETURN_GOOD &&
        getdns_context_set_tls_backoff_time(context, 1) == GETDNS_RETURN_GOOD;

    getdns_list_destroy(addresses);
    return good;
}

/* Opens a channel and makes it the current one. Returns false if getdns cannot. */
static bool open_channel(struct upstream *upstream, uint64_t timeout_ms)
{
    struct channel *channel;
    getdns_context *context;

    if (getdns_context_create(&context, 0) != GETDNS_RETURN_GOOD)
        return false;
    channel = alloc_zeroed(sizeof *channel);
    if (!set_up_context(context, &upstream->address) ||
        getdns_context_set_timeout(context, timeout_ms + GETDNS_EXTRA_MS) != GETDNS_RETURN_GOOD ||
        !getdns_loop_attach(upstream->loop, context, on_channel_closed, channel)) {
        getdns_context_destroy(context);
        free(channel);
        return false;
    }
    channel->upstream = upstream;
    channel->context = context;
    upstream->open++;
    LIST_INSERT_HEAD(&upstream->channels, channel, link);
    upstream->current = channel;
    return true;
}

static void retire_channel(struct channel *channel)
{
    channel->retired = true;
    if (channel->upstream->current == channel)
        channel->upstream->current = NULL;
}

/* Never from inside a getdns callback: getdns aborts then. */
static void destroy_channel(struct channel *channel)
{
    LIST_REMOVE(channel, link);
    getdns_context_destroy(channel->context);
}

/* The adapter's handles are closed: nothing can refer to the channel any more. */
static void on_channel_closed(void *arg)
{
    struct channel *channel = arg;
    struct upstream *upstream = channel->upstream;

    free(channel);
    let_go(upstream);
}

static void destroy_idle_retired_channels(struct upstream *upstream)
{
    struct channel *channel = LIST_FIRST(&upstream->channels);

    while (channel != NULL) {
        struct channel *next = LIST_NEXT(channel, link);
        if (channel->retired && channel->asked == 0)
            destroy_channel(channel);
        channel = next;
    }
}

/* ---- queries ---- */

static void free_if_unused(struct upstream_query *query)
{
    if (query->with_getdns || !query->delivered)
        return;
    getdns_reply_free(query->reply);
    free(query);
}

static void on_timer(uv_timer_t *timer);

/* Sets the timer for what comes next: handing on at once, or the first deadline. */
static void set_timer(struct upstream *upstream)
{
    struct upstream_query *first = TAILQ_FIRST(&upstream->waiting);
    bool retired_one = false;
    uint64_t now_ms = uv_now(upstream->loop);
    struct channel *channel;

    LIST_FOREACH(channel, &upstream->channels, link)
    retired_one = retired_one || (channel->retired && channel->asked == 0);
    if (!TAILQ_EMPTY(&upstream->done) || retired_one)
        uv_timer_start(&upstream->timer, on_timer, 0, 0);
    else if (first != NULL)
        uv_timer_start(&upstream->timer, on_timer,
            first->deadline_ms > now_ms ? first->deadline_ms - now_ms : 0, 0);
    else
        uv_timer_stop(&upstream->timer);
}

/* Moves a waiting query to those that are handed on by the timer. */
static void finish_query(struct upstream *upstream, struct upstream_query *query,
    struct getdns_reply *reply, enum dns_cause cause)
{
    TAILQ_REMOVE(&upstream->waiting, query, link);
    query->reply = reply;
    query->cause = cause;
    TAILQ_INSERT_TAIL(&upstream->done, query, link);
}

/* Decides whether a response is a reply to the query at all. Takes nothing. */
static enum dns_cause read_response(const struct upstream_query *query,
    getdns_callback_type_t outcome, const getdns_dict *response, struct getdns_reply **reply_out)
{
    struct getdns_reply *reply;
    enum dns_cause cause;

    *reply_out = NULL;
    if (outcome == GETDNS_CALLBACK_TIMEOUT)
        return CAUSE_TIMEOUT;
    if (outcome != GETDNS_CALLBACK_COMPLETE)
        return CAUSE_UNREACHABLE;
    cause = getdns_reply_read(response, &reply);
    if (cause != CAUSE_NONE)
        return cause;
    if (!reply->dns.qr)
        cause = CAUSE_MALFORMED;
    else if (reply->dns.qname.len == 0 || !dname_equal(&reply->dns.qname, &query->name) ||
             reply->dns.qtype != query->type)
        cause = CAUSE_UNRELATED;
    else if (reply->dns.tc)
        cause = CAUSE_TRUNCATED;
    if (cause != CAUSE_NONE) {
        getdns_reply_free(reply);
        return cause;
    }
    *reply_out = reply;
    return CAUSE_NONE;
}

/* getdns' callback; it may come from inside getdns_general() and getdns_cancel_callback(). */
static void on_response(getdns_context *context, getdns_callback_type_t outcome,
    getdns_dict *response, void *arg, getdns_transaction_t transaction)
{
    struct upstream_query *query = arg;
    struct channel *channel = query->channel;
    struct upstream *upstream = channel->upstream;

    (void)context;
    (void)transaction;
    query->with_getdns = false;
    channel->asked--;
    if (query->delivered) {
        free_if_unused(query);
    } else if (query->cause == CAUSE_NONE) { /* otherwise it was cancelled, and has its cause */
        struct getdns_reply *reply;
        enum dns_cause cause = read_response(query, outcome, response, &reply);
        if (cause == CAUSE_NONE)
            channel->heard_ms = uv_now(upstream->loop);
        else
            retire_channel(channel);
        if (reply != NULL)
            reply->connection = getdns_loop_connection(channel->context);
        channel->broken = channel->broken || cause == CAUSE_UNREACHABLE;
        finish_query(upstream, query, reply, cause);
    }
    getdns_dict_destroy(response);
    if (!upstream->closing)
        set_timer(upstream);
}

/* Hands the query to getdns. Returns false if that fails; getdns will not call back then. */
static bool send_query(struct upstream *upstream, struct upstream_query *query, uint64_t timeout_ms)
{
    char text[DNAME_TEXT_MAX + 1];
    size_t len;

    if (upstream->current == NULL && !open_channel(upstream, timeout_ms))
        return false;
    dname_to_text(&query->name, text);
    len = strlen(text);
    if (!dname_is_root(&query->name)) {
        text[len] = '.';
        text[len + 1] = '\0';
    }
    query->channel = upstream->current;
    query->with_getdns = true;
    query->channel->asked++;
    if (getdns_general(query->channel->context, text, query->type, upstream->extensions, query,
            &query->transaction, on_response) == GETDNS_RETURN_GOOD)
        return true;
    if (query->with_getdns) {
        query->with_getdns = false;
        query->channel->asked--;
        retire_channel(query->channel);
        return false;
    }
    return true; /* it failed, but has already called back */
}

static void insert_by_deadline(struct upstream *upstream, struct upstream_query *query)
{
    struct upstream_query *before = TAILQ_LAST(&upstream->waiting, query_list);

    /* From the end: nearly every question is the last to end, or the last but a few. */
    while (before != NULL && before->deadline_ms > query->deadline_ms)
        before = TAILQ_PREV(before, query_list, link);
    if (before != NULL)
        TAILQ_INSERT_AFTER(&upstream->waiting, before, query, link);
    else
        TAILQ_INSERT_HEAD(&upstream->waiting, query, link);
}

void upstream_ask(struct upstream *upstream, const struct dname *name, uint16_t type,
    uint64_t timeout_ms, upstream_reply_cb *callback, void *arg)
{
    struct upstream_query *query = alloc_zeroed(sizeof *query);

    query->name = *name;
    query->type = type;
    query->asked_ms = uv_now(upstream->loop);
    query->deadline_ms = query->asked_ms + timeout_ms;
    query->cause = CAUSE_NONE;
    query->callback = callback;
    query->arg = arg;
    insert_by_deadline(upstream, query);
    if (!send_query(upstream, query, timeout_ms))
        finish_query(upstream, query, NULL, CAUSE_UNREACHABLE);
    set_timer(upstream);
}

/* Ends queries past their deadline. */
static void expire_queries(struct upstream *upstream)
{
    uint64_t now_ms = uv_now(upstream->loop);
    struct upstream_query *query;

    while ((query = TAILQ_FIRST(&upstream->waiting)) != NULL && query->deadline_ms <= now_ms) {
        /* A slow answer is no fault of the channel; silence ever since the question is. */
        if (query->channel->heard_ms < query->asked_ms)
            retire_channel(query->channel);
        finish_query(upstream, query, NULL, CAUSE_TIMEOUT);
        if (query->with_getdns)
            getdns_cancel_callback(query->channel->context, query->transaction);
    }
}

/*
 * Ends the queries of broken connections. getdns calls most of them back by itself, but it forgets
 * some when the connection is reset under its writing, and those would wait for their deadline.
 */
static void end_broken_queries(struct upstream *upstream)
{
    struct upstream_query *query = TAILQ_FIRST(&upstream->waiting);
    bool is_broken = false;
    struct channel *channel;

    LIST_FOREACH(channel, &upstream->channels, link)
    is_broken = is_broken || channel->broken;
    while (is_broken && query != NULL) {
        struct upstream_query *next = TAILQ_NEXT(query, link);
        if (query->channel->broken) {
            finish_query(upstream, query, NULL, CAUSE_UNREACHABLE);
            if (query->with_getdns)
                getdns_cancel_callback(query->channel->context, query->transaction);
        }
        query = next;
    }
}

static void deliver_queries(struct upstream *upstream)
{
    struct upstream_query *query;

    while (!upstream->closing && (query = TAILQ_FIRST(&upstream->done)) != NULL) {
        struct getdns_reply *reply = query->reply;
        enum dns_cause cause = query->cause;
        upstream_reply_cb *callback = query->callback;
        void *arg = query->arg;

        TAILQ_REMOVE(&upstream->done, query, link);
        query->reply = NULL;
        query->delivered = true;
        free_if_unused(query);
        upstream->failures = cause == CAUSE_NONE ? 0 : upstream->failures + 1;
        callback(arg, reply, cause);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct upstream *upstream = timer->data;

    expire_queries(upstream);
    end_broken_queries(upstream);
    deliver_queries(upstream);
    if (upstream->closing)
        return;
    destroy_idle_retired_channels(upstream);
    set_timer(upstream);
}

/* ---- life ---- */

static void write_text(struct upstream *upstream)
{
    char host[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    unsigned port;

    if (upstream->address.ss_family == AF_INET6) {
        memcpy(&v6, &upstream->address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
        port = ntohs(v6.sin6_port);
    } else {
        memcpy(&v4, &upstream->address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
        port = ntohs(v4.sin_port);
    }
    snprintf(upstream->text, sizeof upstream->text, "%s@%u", host, port);
}

struct upstream *upstream_new(uv_loop_t *loop, const struct sockaddr_storage *address)
{
    struct upstream *upstream = alloc_zeroed(sizeof *upstream);

    upstream->loop = loop;
    upstream->address = *address;
    write_text(upstream);
    TAILQ_INIT(&upstream->waiting);
    TAILQ_INIT(&upstream->done);
    LIST_INIT(&upstream->channels);
    /* No "dnssec_" extension: those set CD, and the resolver would no longer refuse bogus data. */
    upstream->extensions = getdns_dict_create();
    if (upstream->extensions == NULL || getdns_dict_set_int(upstream->extensions,
                                            "/add_opt_parameters/do_bit", 1) != GETDNS_RETURN_GOOD)
        alloc_failed();
    uv_timer_init(loop, &upstream->timer);
    upstream->timer.data = upstream;
    upstream->open = 1;
    return upstream;
}

const char *upstream_text(const struct upstream *upstream)
{
    return upstream->text;
}

unsigned upstream_failures(const struct upstream *upstream)
{
    return upstream->failures;
}

static void drop_queries(struct query_list *list)
{
    struct upstream_query *query;

    while ((query = TAILQ_FIRST(list)) != NULL) {
        TAILQ_REMOVE(list, query, link);
        query->delivered = true;
        if (query->with_getdns)
            getdns_cancel_callback(query->channel->context, query->transaction);
        else
            free_if_unused(query);
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

void upstream_close(struct upstream *upstream, upstream_closed_cb *closed, void *arg)
{
    upstream->closing = true;
    upstream->closed = closed;
    upstream->closed_arg = arg;
    drop_queries(&upstream->waiting);
    drop_queries(&upstream->done);
    upstream->current = NULL;
    while (!LIST_EMPTY(&upstream->channels))
        destroy_channel(LIST_FIRST(&upstream->channels));
    uv_close((uv_handle_t *)&upstream->timer, on_timer_closed);
}
