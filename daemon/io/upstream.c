/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upstream.c - one validating resolver: questions over TCP, each with its own deadline.
 *
 * A question goes to getdns, which writes it to the TCP connection of the upstream's channel
 * (io/upstream_channel.h). What getdns calls back with is only noted down. It is handed on when
 * getdns has returned to the loop, or by the upstream's one timer, with no getdns call under it. So
 * a callback may ask again, close the upstream, or make a channel superfluous, and getdns cannot
 * call back inside upstream_ask().
 *
 * Failure modes: a question that fails, or that waits in vain while nothing at all comes over its
 * channel, retires the channel. The next question opens a new one, with none of what getdns
 * remembers of a broken connection (its back-off, a byte stream out of step). The retired channel
 * is destroyed when getdns has let go of its last question. A connection error is the end of every
 * question on that connection, and so is a deadline while the connection does not take what is to
 * be written to it. A question past its deadline is cancelled in getdns; its late reply is ignored,
 * and one that comes under the number of another question is found out by its question section.
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
#include "daemon/io/upstream_channel.h"

struct upstream_query {
    struct channel *channel; /* NULL: getdns has never seen it */
    getdns_transaction_t transaction;
    struct dname name;
    uint16_t type;
    uint64_t asked_ms;
    uint64_t deadline_ms;
    bool with_getdns; /* getdns will still call back */
    bool delivered;   /* the callback has run, or was dropped */
    struct dns_message *message;
    uint64_t connection; /* that it came over */
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
    struct getdns_memory *memory; /* of all its channels */
    uv_timer_t timer;             /* not after the first deadline; at once if something is done */
    uint64_t timer_ms;            /* when it is due; UINT64_MAX: not set */
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

static void let_go(struct upstream *upstream)
{
    if (--upstream->open > 0)
        return;
    upstream_closed_cb *closed = upstream->closed;
    void *arg = upstream->closed_arg;
    getdns_memory_free(upstream->memory);
    free(upstream);
    closed(arg);
}

/* ---- channels ---- */

static void on_channel_returned(void *arg);
static void on_channel_closed(void *arg);

/* Opens a channel and makes it the current one. Returns false if getdns cannot. */
static bool open_channel(struct upstream *upstream)
{
    struct channel *channel = channel_new(upstream->loop, upstream, upstream->memory,
        &upstream->address, on_channel_returned, on_channel_closed);

    if (channel == NULL)
        return false;
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

static void end_channel(struct channel *channel)
{
    LIST_REMOVE(channel, link);
    channel_end(channel);
}

/* The adapter's handles are closed: nothing can refer to the channel any more. */
static void on_channel_closed(void *arg)
{
    struct channel *channel = arg;
    struct upstream *upstream = channel->upstream;

    free(channel);
    let_go(upstream);
}

static void end_idle_retired_channels(struct upstream *upstream)
{
    struct channel *channel = LIST_FIRST(&upstream->channels);

    while (channel != NULL) {
        struct channel *next = LIST_NEXT(channel, link);
        if (channel->retired && channel->asked == 0)
            end_channel(channel);
        channel = next;
    }
}

/* ---- queries ---- */

static void free_if_unused(struct upstream_query *query)
{
    if (query->with_getdns || !query->delivered)
        return;
    dns_message_free(query->message);
    free(query);
}

static void on_timer(uv_timer_t *timer);

/*
 * Sets the timer for what comes next: handing on at once, or the first deadline. One that is due
 * sooner is left: it finds nothing and sets itself anew, once, and not with every question.
 */
static void set_timer(struct upstream *upstream)
{
    const struct upstream_query *first = TAILQ_FIRST(&upstream->waiting);
    uint64_t now_ms = uv_now(upstream->loop);
    uint64_t due_ms = first != NULL ? first->deadline_ms : UINT64_MAX;
    struct channel *channel;

    LIST_FOREACH(channel, &upstream->channels, link)
    if (channel->retired && channel->asked == 0)
        due_ms = now_ms;
    if (!TAILQ_EMPTY(&upstream->done))
        due_ms = now_ms;
    if (due_ms >= upstream->timer_ms)
        return;
    upstream->timer_ms = due_ms;
    uv_timer_start(&upstream->timer, on_timer, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

/* Moves a waiting query to those that are handed on by the timer. */
static void finish_query(struct upstream *upstream, struct upstream_query *query,
    struct dns_message *message, enum dns_cause cause)
{
    TAILQ_REMOVE(&upstream->waiting, query, link);
    query->message = message;
    query->cause = cause;
    TAILQ_INSERT_TAIL(&upstream->done, query, link);
}

/*
 * Gives the message of a response that is a reply to the query, or NULL and why it is none. getdns
 * has read it too, but stops silently at the first record that it cannot read: only the octets are
 * taken from it.
 */
static struct dns_message *read_response(const struct upstream_query *query,
    getdns_callback_type_t outcome, const getdns_dict *response, enum dns_cause *cause_out)
{
    struct dns_message *message;
    getdns_bindata *wire;

    *cause_out = outcome == GETDNS_CALLBACK_TIMEOUT ? CAUSE_TIMEOUT : CAUSE_UNREACHABLE;
    if (outcome != GETDNS_CALLBACK_COMPLETE)
        return NULL;
    *cause_out = CAUSE_MALFORMED;
    if (response == NULL ||
        getdns_dict_get_bindata(response, "/replies_full/0", &wire) != GETDNS_RETURN_GOOD)
        return NULL;
    message = dns_message_read(wire->data, wire->size);
    if (message == NULL)
        return NULL;
    *cause_out = CAUSE_NONE;
    if (message->reply.qname.len == 0 || !dname_equal(&message->reply.qname, &query->name) ||
        message->reply.qtype != query->type)
        *cause_out = CAUSE_UNRELATED;
    else if (message->reply.tc)
        *cause_out = CAUSE_TRUNCATED;
    if (*cause_out == CAUSE_NONE)
        return message;
    dns_message_free(message);
    return NULL;
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
        enum dns_cause cause;
        struct dns_message *message = read_response(query, outcome, response, &cause);
        if (cause == CAUSE_NONE)
            channel->heard_ms = uv_now(upstream->loop);
        else
            retire_channel(channel);
        query->connection = getdns_loop_connection(channel->adapter);
        channel->broken = channel->broken || cause == CAUSE_UNREACHABLE;
        finish_query(upstream, query, message, cause);
    }
    getdns_dict_destroy(response);
}

/* Hands the query to getdns. Returns false if that fails; getdns will not call back then. */
static bool send_query(struct upstream *upstream, struct upstream_query *query)
{
    char text[DNAME_TEXT_MAX + 1];
    getdns_return_t result;
    size_t len;

    if (upstream->current == NULL && !open_channel(upstream))
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
    getdns_loop_enter(query->channel->adapter);
    result = getdns_general(
        query->channel->context, text, query->type, NULL, query, &query->transaction, on_response);
    getdns_loop_leave(query->channel->adapter);
    /* If it is not with getdns, it has failed, but getdns has already called back. */
    if (result == GETDNS_RETURN_GOOD || !query->with_getdns)
        return true;
    query->with_getdns = false;
    query->channel->asked--;
    retire_channel(query->channel);
    return false;
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
    if (!send_query(upstream, query))
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
        if (getdns_loop_is_stuck(query->channel->adapter)) {
            retire_channel(query->channel);
            query->channel->broken = true;
        }
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
        struct dns_message *message = query->message;
        uint64_t connection = query->connection;
        enum dns_cause cause = query->cause;
        upstream_reply_cb *callback = query->callback;
        void *arg = query->arg;

        TAILQ_REMOVE(&upstream->done, query, link);
        query->message = NULL;
        query->delivered = true;
        free_if_unused(query);
        upstream->failures = cause == CAUSE_NONE ? 0 : upstream->failures + 1;
        callback(arg, message, connection, cause);
    }
}

/* Hands on what has come or failed. No getdns call is under this. */
static void go_on(struct upstream *upstream)
{
    end_broken_queries(upstream);
    deliver_queries(upstream);
    if (upstream->closing)
        return;
    end_idle_retired_channels(upstream);
    set_timer(upstream);
}

static void on_channel_returned(void *arg)
{
    struct channel *channel = arg;

    go_on(channel->upstream);
}

static void on_timer(uv_timer_t *timer)
{
    struct upstream *upstream = timer->data;

    upstream->timer_ms = UINT64_MAX;
    expire_queries(upstream);
    go_on(upstream);
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
    upstream->memory = getdns_memory_new();
    write_text(upstream);
    TAILQ_INIT(&upstream->waiting);
    TAILQ_INIT(&upstream->done);
    LIST_INIT(&upstream->channels);
    uv_timer_init(loop, &upstream->timer);
    upstream->timer.data = upstream;
    upstream->timer_ms = UINT64_MAX;
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
        end_channel(LIST_FIRST(&upstream->channels));
    uv_close((uv_handle_t *)&upstream->timer, on_timer_closed);
}
