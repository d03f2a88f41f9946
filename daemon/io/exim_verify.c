/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exim_verify.c - the VERIFY request: may the MTA talk to the peer whose chain it forwards?
 *
 * The happy path: take() reads the request, decide() gets the destination's verdict, judge() finds
 * the host in it, and, if the host has TLSA records, the verification (verification.h) has the last
 * word. An insecure MX lookup leads to a second one, for the host alone; a host that the cached
 * answer lacks is looked up once more.
 *
 * Whatever is not accepted for a stated reason is refused, or answered TEMP: both keep the message.
 */
#include "daemon/io/exim_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/judge.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"
#include "daemon/io/server.h"
#include "daemon/io/verification.h"
#include "proto/printable.h"

enum { REPLY_TEXT_MAX = 3000 };

enum protocol_step exim_verify_reply(
    struct replies *replies, enum exim_verdict verdict, const char *text)
{
    char shown[REPLY_TEXT_MAX];
    size_t len = printable_copy(shown, sizeof shown, text, strlen(text));

    switch (verdict) {
    case EXIM_ACCEPT:
        replies->stats->verify[STATS_VERIFY_ACCEPTED]++;
        break;
    case EXIM_DENY:
        replies->stats->verify[STATS_VERIFY_DENIED]++;
        break;
    case EXIM_TEMP:
        replies->stats->verify[STATS_VERIFY_LATER]++;
        break;
    }
    replies->len += exim_encode_verify_reply(
        verdict, shown, len, replies->data + replies->len, replies->cap - replies->len);
    return PROTOCOL_LAST;
}

/* Replies, and says so in the log: this is what a postmaster looks for when mail waits. */
static enum protocol_step finish(const struct request *request, struct replies *replies,
    enum exim_verdict verdict, const char *why)
{
    char domain[DESTINATION_TEXT_MAX];
    char host[DNAME_TEXT_MAX];
    char text[VERIFICATION_TEXT_MAX + 512];

    destination_to_text(&request->destination, domain);
    dname_to_text(&request->host, host);
    struct log_field fields[] = {
        log_text("destination", domain),
        log_text("host", host),
        log_text("result", exim_verdict_word(verdict)),
        log_text("why", why),
    };
    log_event(verdict == EXIM_ACCEPT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "verify", fields,
        sizeof fields / sizeof fields[0]);
    snprintf(text, sizeof text, "%s host=%.300s", why, host);
    return exim_verify_reply(replies, verdict, text);
}

static enum protocol_step finish_verification(
    const struct request *request, struct replies *replies)
{
    char text[VERIFICATION_TEXT_MAX];
    bool accepted = verification_result(request->verification, text);

    return finish(request, replies, accepted ? EXIM_ACCEPT : EXIM_DENY, text);
}

/* The thread pool is done. The session has set resume when it was told to wait. */
static void on_verified(void *arg)
{
    struct request *request = arg;

    request->resume(request);
}

/*
 * Holds the chain against the records of the host; of each alias that it may be, if it is named by
 * the target of several. The destination's name is one that the certificate may bear (RFC
 * 7672 3.2.2), but not that of a host judged alone: it came from an insecure MX lookup, behind
 * which only the TLSA base domain counts.
 */
static enum protocol_step verify(struct server *server, struct request *request,
    const struct verdict *verdict, const struct host_verdict *host, struct replies *replies)
{
    int64_t now_s = clock_wall_s();

    for (; host; host = policy_next_host(verdict, &request->host, host)) {
        const struct dname *original =
            request->host_alone ? &host->tlsa_base : &request->destination.name;
        verification_against(request->verification, verdict, host, original, now_s);
    }
    if (!verification_start(request->verification, server->loop, on_verified, request))
        return PROTOCOL_PENDING;
    return finish_verification(request, replies);
}

/* What is to be done next with a verdict. */
enum next { NEXT_DONE, NEXT_DECIDE, NEXT_DECIDE_ANEW };

static enum next judge(struct server *server, struct request *request,
    const struct verdict *verdict, struct replies *replies, enum protocol_step *step_out)
{
    const struct host_verdict *host;
    char why[JUDGE_WHY_MAX];

    switch (judge_host(
        verdict, &request->host, request->overridden ? &request->answer : NULL, &host, why)) {
    case JUDGE_ACCEPT:
        *step_out = finish(request, replies, EXIM_ACCEPT, why);
        return NEXT_DONE;
    case JUDGE_REFUSE:
        *step_out = finish(request, replies, EXIM_DENY, why);
        return NEXT_DONE;
    case JUDGE_LATER:
        *step_out = finish(request, replies, EXIM_TEMP, why);
        return NEXT_DONE;
    case JUDGE_CHAIN:
        *step_out = verify(server, request, verdict, host, replies);
        return NEXT_DONE;
    case JUDGE_STRANGER:
        /* The MX records may have changed since they were cached: once more, from DNS. */
        if (!request->looked_again) {
            request->looked_again = true;
            return NEXT_DECIDE_ANEW;
        }
        *step_out = finish(request, replies, EXIM_DENY, why);
        return NEXT_DONE;
    case JUDGE_ALONE:
        request->host_alone = true;
        request->destination.kind = DESTINATION_HOST;
        request->destination.name = request->host;
        return NEXT_DECIDE;
    }
    *step_out = finish(request, replies, EXIM_TEMP, "daned: no judgement");
    return NEXT_DONE;
}

static enum protocol_step go_on(struct server *server, struct request *request,
    const struct verdict *verdict, uint64_t now_ms, struct replies *replies)
{
    enum protocol_step step = PROTOCOL_LAST;
    enum next next = verdict ? judge(server, request, verdict, replies, &step) : NEXT_DECIDE;

    while (next != NEXT_DONE) {
        enum lookup_status status =
            next == NEXT_DECIDE_ANEW ? lookups_decide_anew(server->lookups, &request->destination,
                                           now_ms, &request->waiter, &verdict)
                                     : lookups_decide(server->lookups, &request->destination,
                                           now_ms, &request->waiter, &verdict);
        if (status == LOOKUP_PENDING)
            return PROTOCOL_PENDING;
        next = judge(server, request, verdict, replies, &step);
    }
    return step;
}

/*
 * Reads domain, host and port. The port is the one that the MTA connects to, under which the TLSA
 * records are; a domain that names another one is a mistake in the MTA's configuration.
 */
static const char *read_request(const struct exim_request *line, struct request *request)
{
    struct destination host;
    char port_key[16];
    struct destination port;
    enum destination_error error =
        destination_parse(line->domain.data, line->domain.len, &request->destination);

    if (error != DESTINATION_OK || request->destination.kind == DESTINATION_PARENT)
        return "bad-request: malformed domain";
    /* The port is read as that of a key, so that names of services and bounds are the same. */
    if (line->port.len > sizeof port_key - sizeof "h:")
        return "bad-request: malformed port";
    int len = snprintf(port_key, sizeof port_key, "h:%.*s", (int)line->port.len, line->port.data);
    if (destination_parse(port_key, (size_t)len, &port) != DESTINATION_OK)
        return "bad-request: malformed port";
    if (request->destination.port != port.port && request->destination.port != 25)
        return "bad-request: domain and port name different ports";
    request->destination.port = port.port;
    if (request->destination.kind == DESTINATION_ADDRESS)
        return NULL;
    error = destination_parse(line->host.data, line->host.len, &host);
    if (error != DESTINATION_OK || host.kind != DESTINATION_DOMAIN ||
        memchr(line->host.data, ':', line->host.len))
        return "bad-request: malformed host";
    request->host = host.name;
    return NULL;
}

enum protocol_step exim_verify_take(struct server *server, const struct exim_request *line,
    uint64_t now_ms, struct replies *replies, struct request **request_out)
{
    struct request asked = {.verify = true};
    const char *error = read_request(line, &asked);

    if (error)
        return finish(&asked, replies, EXIM_DENY, error);
    if (asked.destination.kind == DESTINATION_ADDRESS)
        return finish(&asked, replies, EXIM_ACCEPT, "address-literal: DANE cannot apply");
    asked.overridden = lookups_overridden(server->lookups, &asked.destination, &asked.answer);
    if (asked.overridden && judge_override_accepts(&asked.answer))
        return finish(
            &asked, replies, EXIM_ACCEPT, "override: the operator's override asks for no more");
    if (server->chain_bytes >= SERVER_CHAINS_MAX)
        return finish(&asked, replies, EXIM_TEMP, "overloaded: too many chains are under way");
    asked.verification = verification_new(line->chain, &server->chain_bytes);
    if (!asked.verification)
        return finish(&asked, replies, EXIM_DENY, "bad-request: malformed chain");
    struct request *request = alloc_zeroed(sizeof *request);
    *request = asked;
    enum protocol_step step = go_on(server, request, NULL, now_ms, replies);
    if (step == PROTOCOL_PENDING) {
        *request_out = request;
        return step;
    }
    verification_abandon(request->verification);
    free(request);
    return step;
}

enum protocol_step exim_verify_answer(struct server *server, struct request *request,
    enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
    struct replies *replies)
{
    switch (wake) {
    case PROTOCOL_VERDICT:
        return go_on(server, request, verdict, now_ms, replies);
    case PROTOCOL_RESUMED:
        return finish_verification(request, replies);
    case PROTOCOL_LATE:
        break;
    }
    return finish(request, replies, EXIM_TEMP, "no-answer-in-time: the lookup takes too long");
}
