/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * protocol_exim.c - Exim's side: one request line, one reply line, and the connection is closed.
 */
#include "daemon/io/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/io/exim_verify.h"
#include "daemon/io/server.h"
#include "proto/exim_line.h"

static enum protocol_step reply_policy(
    struct replies *replies, enum level level, enum reason reason, uint32_t ttl_s)
{
    struct answer answer = answer_plain(level, reason);

    stats_count_answer(replies->stats, STATS_EXIM, &answer);
    replies->len += exim_encode_policy_reply(level_text(level), ttl_s, reason_token(reason),
        replies->data + replies->len, replies->cap - replies->len);
    return PROTOCOL_LAST;
}

static enum protocol_step reply_answer(
    struct replies *replies, const struct answer *answer, uint64_t now_ms)
{
    return reply_policy(replies, answer->level, answer->reason, answer_ttl(answer, now_ms));
}

/*
 * The destination's verdict is there, and one host of it was asked for. Returns PROTOCOL_PENDING
 * with *alone_out set if the host must be looked up by itself: an insecure MX lookup says nothing
 * of who the hosts are (RFC 7672 2.2.1), so that each is judged on its own.
 */
static enum protocol_step answer_host(const struct request *request, const struct verdict *verdict,
    uint64_t now_ms, struct replies *replies, bool *alone_out)
{
    struct answer whole = answer_of(verdict);
    const struct host_verdict *host;

    *alone_out = false;
    if (request->host_alone) {
        host = policy_find_host(verdict, &request->host);
        /* By itself a host is always "[host]"; its level must not be promoted here. */
        whole.level = host ? host_state_level(host->state) : LEVEL_DEFER;
        return reply_answer(replies, &whole, now_ms);
    }
    /* A level that no host has decided stands for each: no such domain, MX lookup failed, ... */
    if (verdict->host_count == 0 || verdict->reason == REASON_INSECURE_MX_MAY ||
        verdict->reason == REASON_NOT_VALIDATING)
        return reply_answer(replies, &whole, now_ms);
    host = policy_find_host(verdict, &request->host);
    if (host) {
        whole.level = policy_host_level(verdict, host);
        return reply_answer(replies, &whole, now_ms);
    }
    if (verdict->mx_status == DNS_SECURE)
        return reply_policy(replies, LEVEL_DEFER, REASON_NOT_AN_MX_HOST, 0);
    *alone_out = true;
    return PROTOCOL_PENDING;
}

/* Words a verdict, or asks for another one: then *alone_out is set. */
static enum protocol_step word(const struct request *request, const struct verdict *verdict,
    uint64_t now_ms, struct replies *replies, bool *alone_out)
{
    *alone_out = false;
    if (request->host.len > 0)
        return answer_host(request, verdict, now_ms, replies, alone_out);
    struct answer answer = answer_of(verdict);
    return reply_answer(replies, &answer, now_ms);
}

/* Looks up what the request stands at, as often as it takes: the destination, then the host alone.
 */
static enum protocol_step decide(
    struct server *server, struct request *request, uint64_t now_ms, struct replies *replies)
{
    const struct verdict *verdict;
    enum protocol_step step;
    bool alone;

    for (;;) {
        if (lookups_decide(server->lookups, &request->destination, now_ms, &request->waiter,
                &verdict) == LOOKUP_PENDING)
            return PROTOCOL_PENDING;
        step = word(request, verdict, now_ms, replies, &alone);
        if (!alone)
            return step;
        request->host_alone = true;
        request->destination.kind = DESTINATION_HOST;
        request->destination.name = request->host;
    }
}

static bool parse_host(struct span text, struct dname *host_out)
{
    struct destination host;

    if (destination_parse(text.data, text.len, &host) != DESTINATION_OK ||
        host.kind != DESTINATION_DOMAIN || memchr(text.data, ':', text.len))
        return false;
    *host_out = host.name;
    return true;
}

static enum protocol_step take_policy(struct server *server, const struct exim_request *line,
    uint64_t now_ms, struct replies *replies, struct request **request_out)
{
    struct request asked = {.host = {.len = 0}};
    struct answer answer;

    if (destination_parse(line->destination.data, line->destination.len, &asked.destination) !=
            DESTINATION_OK ||
        asked.destination.kind == DESTINATION_PARENT)
        return reply_policy(replies, LEVEL_DEFER, REASON_BAD_REQUEST, 0);
    /* The host of an address is that address, in Exim's own spelling: it says nothing more. */
    if (asked.destination.kind != DESTINATION_ADDRESS && line->host.data &&
        !parse_host(line->host, &asked.host))
        return reply_policy(replies, LEVEL_DEFER, REASON_BAD_REQUEST, 0);
    /* An override or an address stands for every host; a cached level does not. */
    bool known = asked.host.len == 0
                     ? lookups_known(server->lookups, &asked.destination, now_ms, &answer)
                     : lookups_overridden(server->lookups, &asked.destination, &answer);
    if (known) {
        server_log_answer(&asked.destination, &answer, "cache");
        return reply_answer(replies, &answer, now_ms);
    }
    struct request *request = alloc_zeroed(sizeof *request);
    *request = asked;
    enum protocol_step step = decide(server, request, now_ms, replies);
    if (step == PROTOCOL_PENDING)
        *request_out = request;
    else
        free(request);
    return step;
}

static enum protocol_step take(struct server *server, const struct input *input, uint64_t now_ms,
    struct replies *replies, size_t *used_out, struct request **request_out)
{
    struct exim_request line;
    const char *reason;

    *used_out = 0;
    /* A long line is looked at when it may have ended, not for each octet that comes. */
    if (!input->eof && input->len - input->fresh > EXIM_POLICY_MAX &&
        input->len <= EXIM_VERIFY_MAX &&
        !memchr(input->data + input->len - input->fresh, '\n', input->fresh))
        return PROTOCOL_MORE;
    switch (exim_line_parse(input->data, input->len, input->eof, &line, &reason)) {
    case EXIM_LINE_MORE:
        return PROTOCOL_MORE;
    case EXIM_LINE_BAD:
        if (line.verb == EXIM_VERIFY)
            return exim_verify_reply(replies, EXIM_DENY, reason);
        return reply_policy(replies, LEVEL_DEFER, REASON_BAD_REQUEST, 0);
    case EXIM_LINE_OK:
        break;
    }
    *used_out = input->len;
    if (line.verb == EXIM_VERIFY)
        return exim_verify_take(server, &line, now_ms, replies, request_out);
    return take_policy(server, &line, now_ms, replies, request_out);
}

static enum protocol_step answer(struct server *server, struct request *request,
    enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
    struct replies *replies)
{
    bool alone;

    if (request->verify)
        return exim_verify_answer(server, request, wake, verdict, now_ms, replies);
    if (wake != PROTOCOL_VERDICT)
        return reply_policy(replies, LEVEL_DEFER, REASON_NO_ANSWER_IN_TIME, 0);
    enum protocol_step step = word(request, verdict, now_ms, replies, &alone);
    if (!alone)
        return step;
    request->host_alone = true;
    request->destination.kind = DESTINATION_HOST;
    request->destination.name = request->host;
    return decide(server, request, now_ms, replies);
}

const struct protocol protocol_exim = {
    .name = "exim",
    .answer_ms = 4400,
    .request_ms = 10000,
    .take = take,
    .answer = answer,
};
