/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_exchange.c - asks name servers over TCP.
 *
 * connect, write all the questions, read the replies in whatever order they come (RFC 7766 6.2.1);
 * the id of a query is the place of its question. Whatever goes wrong ends the one server, with
 * why. A server that closes after some of the replies is connected to again for the others, as long
 * as each connection brings one at least. At the deadline all that still run have failed.
 */
#include "client-shims/danectl/dns_exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-shims/danectl/check.h"
#include "daemon/core/alloc.h"

enum { LENGTH_LEN = 2 }; /* RFC 1035 4.2.2: in front of each message */

/* One conversation with a server. */
struct talk {
    struct dns_exchange *exchange;
    int fd; /* -1: it has ended */
    bool connected;
    bool progressed; /* this connection has brought a reply */
    short events;    /* that it waits for */
    uint8_t *queries;
    size_t queries_len;
    size_t sent;
    size_t got;
    uint8_t replies[LENGTH_LEN + DNS_MESSAGE_MAX];
};

static void hang_up(struct talk *talk)
{
    if (talk->fd >= 0)
        close(talk->fd);
    talk->fd = -1;
}

static void end(struct talk *talk, enum dns_exchange_end how, const char *what, const char *why)
{
    struct dns_exchange *exchange = talk->exchange;

    exchange->end = how;
    snprintf(exchange->why, sizeof exchange->why, "%s%s%s", what, why[0] ? ": " : "", why);
    hang_up(talk);
}

static void end_unconnected(struct talk *talk, int error)
{
    end(talk, endpoint_is_unroutable(error) ? DNS_EXCHANGE_UNROUTABLE : DNS_EXCHANGE_UNREACHED,
        "no connection", strerror(error));
}

/* Begins a connection, with the questions that have no reply yet. */
static void start(struct talk *talk)
{
    struct dns_exchange *exchange = talk->exchange;

    talk->connected = talk->progressed = false;
    talk->queries_len = talk->sent = talk->got = 0;
    for (size_t i = 0; i < exchange->question_count; i++) {
        const struct dns_exchange_question *question = &exchange->questions[i];
        uint8_t *at = talk->queries + talk->queries_len;
        if (question->reply)
            continue;
        size_t len = dns_query_write(
            (uint16_t)i, &question->name, question->type, exchange->recurse, at + LENGTH_LEN);
        at[0] = (uint8_t)(len >> 8);
        at[1] = (uint8_t)len;
        talk->queries_len += LENGTH_LEN + len;
    }
    talk->events = POLLOUT;
    talk->fd = endpoint_connect(&exchange->server.sockaddr, exchange->server.len);
    if (talk->fd < 0)
        end_unconnected(talk, errno);
}

/* Whether a message is a reply to the question. An error may come without the question. */
static bool is_reply_to(
    const struct dns_message *message, const struct dns_exchange_question *question)
{
    const struct dns_reply *reply = &message->reply;

    if (reply->qname.len == 0)
        return reply->rcode != DNS_NOERROR && reply->rcode != DNS_NXDOMAIN;
    return reply->qtype == question->type && dname_equal(&reply->qname, &question->name);
}

/* Takes a whole message. Returns whether it is a reply to one of our questions, the first. */
static bool take_message(struct talk *talk, const uint8_t *wire, size_t len)
{
    struct dns_exchange *exchange = talk->exchange;
    struct dns_message *message = dns_message_read(wire, len);

    if (message && message->id < exchange->question_count) {
        struct dns_exchange_question *question = &exchange->questions[message->id];
        if (!question->reply && is_reply_to(message, question)) {
            question->reply = message;
            talk->progressed = true;
            return true;
        }
    }
    dns_message_free(message);
    return false;
}

static bool is_answered(const struct dns_exchange *exchange)
{
    for (size_t i = 0; i < exchange->question_count; i++)
        if (!exchange->questions[i].reply)
            return false;
    return true;
}

/* Takes every whole message of what has come. */
static void take_messages(struct talk *talk)
{
    size_t used = 0;

    while (talk->got - used >= LENGTH_LEN) {
        const uint8_t *at = talk->replies + used;
        size_t len = (size_t)(at[0] << 8 | at[1]);
        if (talk->got - used - LENGTH_LEN < len)
            break;
        if (!take_message(talk, at + LENGTH_LEN, len)) {
            end(talk, DNS_EXCHANGE_BROKEN, "what it sends is no reply to our question", "");
            return;
        }
        used += LENGTH_LEN + len;
    }
    talk->got -= used;
    memmove(talk->replies, talk->replies + used, talk->got);
    if (is_answered(talk->exchange))
        end(talk, DNS_EXCHANGE_DONE, "", "");
}

static void on_readable(struct talk *talk)
{
    ssize_t got = recv(talk->fd, talk->replies + talk->got, sizeof talk->replies - talk->got, 0);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0) {
        talk->got += (size_t)got;
        take_messages(talk);
        return;
    }
    int error = got < 0 ? errno : 0;
    if (!talk->progressed) {
        end(talk, DNS_EXCHANGE_BROKEN, "it closes the connection", error ? strerror(error) : "");
        return;
    }
    hang_up(talk);
    start(talk);
}

static void on_writable(struct talk *talk)
{
    ssize_t sent =
        send(talk->fd, talk->queries + talk->sent, talk->queries_len - talk->sent, MSG_NOSIGNAL);

    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (sent > 0)
        talk->sent += (size_t)sent;
    /* An error shows in reading, too, behind what had come before it. */
    talk->events = sent > 0 && talk->sent < talk->queries_len ? POLLIN | POLLOUT : POLLIN;
}

static void go_on(struct talk *talk, short events)
{
    if (!talk->connected) {
        int error = endpoint_connected(talk->fd);
        if (error != 0) {
            end_unconnected(talk, error);
            return;
        }
        talk->connected = true;
    }
    if (events & POLLOUT)
        on_writable(talk);
    if (events & ~POLLOUT)
        on_readable(talk);
}

void dns_exchange_run(struct dns_exchange *exchanges, size_t count, uint64_t deadline_ms)
{
    struct talk *talks = alloc_array_zeroed(count + 1, sizeof *talks);
    struct pollfd *watched = alloc_array_zeroed(count + 1, sizeof *watched);
    size_t running = 1;

    for (size_t i = 0; i < count; i++) {
        talks[i].exchange = &exchanges[i];
        talks[i].queries =
            alloc_array(NULL, exchanges[i].question_count, LENGTH_LEN + DNS_QUERY_MAX);
        start(&talks[i]);
    }
    while (running > 0) {
        uint64_t now_ms = check_now_ms();
        running = 0;
        for (size_t i = 0; i < count; i++) {
            watched[i] = (struct pollfd){.fd = talks[i].fd, .events = talks[i].events};
            running += talks[i].fd >= 0 ? 1 : 0;
        }
        if (running == 0 || now_ms >= deadline_ms)
            break;
        poll(watched, count, (int)(deadline_ms - now_ms));
        for (size_t i = 0; i < count; i++)
            if (watched[i].fd >= 0 && watched[i].revents)
                go_on(&talks[i], watched[i].revents);
    }
    for (size_t i = 0; i < count; i++) {
        if (talks[i].fd >= 0)
            end(&talks[i], talks[i].connected ? DNS_EXCHANGE_LATE : DNS_EXCHANGE_UNREACHED,
                talks[i].connected ? "no answer in time" : "no connection in time", "");
        free(talks[i].queries);
    }
    free(talks);
    free(watched);
}
