/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * protocol_socketmap.c - Postfix's side: requests in netstrings, any number on a connection.
 *
 * A request that cannot be read ends the connection, as nobody knows where the next one begins. A
 * key or a map that makes no sense does not.
 */
#include "daemon/io/protocol.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/pin.h"
#include "daemon/io/digest.h"
#include "daemon/io/server.h"
#include "proto/netstring.h"
#include "proto/socketmap.h"

static void reply(
    struct replies *replies, enum socketmap_status status, const char *text, size_t len)
{
    replies->len += socketmap_encode(
        status, text, len, replies->data + replies->len, replies->cap - replies->len);
}

static enum protocol_step reply_not_found(struct replies *replies)
{
    replies->stats->requests[STATS_SOCKETMAP][STATS_NOT_FOUND]++;
    reply(replies, SOCKETMAP_NOTFOUND, "", 0);
    return PROTOCOL_REPLIED;
}

static void reply_in_words(struct replies *replies, enum map map, const struct answer *answer)
{
    char text[MAP_TEXT_MAX];
    size_t len;
    enum socketmap_status status = map_word(map, answer, text, &len);

    reply(replies, status, text, len);
}

/* A reply that says a level and nothing else, as nearly all do, is worded once. */
static void reply_with_level(struct replies *replies, enum map map, const struct answer *answer)
{
    static struct worded {
        size_t len; /* 0: not yet */
        char wire[32];
    } all[MAP_DRY_RUN + 1][LEVEL_DEFER];
    struct worded *worded = &all[map][answer->level];

    if (worded->len == 0) {
        struct replies only = {.data = worded->wire, .cap = sizeof worded->wire};
        reply_in_words(&only, map, answer);
        worded->len = only.len;
    }
    memcpy(replies->data + replies->len, worded->wire, sizeof worded->wire);
    replies->len += worded->len;
}

static void reply_with_answer(struct replies *replies, enum map map, const struct answer *answer)
{
    stats_count_answer(replies->stats, STATS_SOCKETMAP, answer);
    if (answer->skip || answer->level == LEVEL_DEFER)
        reply_in_words(replies, map, answer);
    else
        reply_with_level(replies, map, answer);
}

/* A verdict is there: words it for the request's map. */
static void reply_with_verdict(
    struct replies *replies, const struct request *request, const struct verdict *verdict)
{
    static char pins[PIN_TEXT_MAX]; /* too large for a stack; used within this call only */
    struct answer answer = request->overridden ? request->answer : answer_of(verdict);

    if (request->map == MAP_PIN) {
        size_t len = pin_write(verdict, digest_sha256, pins, sizeof pins);
        if (len > 0) {
            stats_count_answer(replies->stats, STATS_SOCKETMAP, &answer);
            reply(replies, SOCKETMAP_OK, pins, len);
            return;
        }
    }
    reply_with_answer(replies, request->map, &answer);
}

/* Whether the answer is known without a verdict. Map "pin" needs the facts behind dane-required. */
static bool is_known(struct server *server, const struct destination *destination, enum map map,
    uint64_t now_ms, struct answer *answer_out)
{
    return lookups_known(server->lookups, destination, now_ms, answer_out) &&
           !(map == MAP_PIN && answer_out->level == LEVEL_DANE_REQUIRED &&
               destination->kind != DESTINATION_ADDRESS);
}

static enum protocol_step ask(struct server *server, const struct destination *destination,
    enum map map, uint64_t now_ms, struct replies *replies, struct request **request_out)
{
    struct answer answer;
    const struct verdict *verdict;

    if (map == MAP_DRY_RUN) {
        server_try(server, destination, now_ms);
        return reply_not_found(replies);
    }
    if (is_known(server, destination, map, now_ms, &answer)) {
        server_log_answer(destination, &answer, "cache");
        reply_with_answer(replies, map, &answer);
        return PROTOCOL_REPLIED;
    }
    struct request *request = alloc_zeroed(sizeof *request);
    request->destination = *destination;
    request->map = map;
    request->overridden =
        lookups_overridden(server->lookups, &request->destination, &request->answer);
    if (lookups_decide(server->lookups, &request->destination, now_ms, &request->waiter,
            &verdict) == LOOKUP_PENDING) {
        *request_out = request;
        return PROTOCOL_PENDING;
    }
    reply_with_verdict(replies, request, verdict);
    free(request);
    return PROTOCOL_REPLIED;
}

static enum protocol_step refuse(
    struct replies *replies, const char *reason, enum protocol_step step)
{
    replies->stats->requests[STATS_SOCKETMAP][STATS_REFUSED]++;
    reply(replies, SOCKETMAP_PERM, reason, strlen(reason));
    return step;
}

static enum protocol_step take(struct server *server, const struct input *input, uint64_t now_ms,
    struct replies *replies, size_t *used_out, struct request **request_out)
{
    struct span payload;
    struct socketmap_request wire;
    struct destination destination;
    enum map map;
    const char *reason;

    switch (netstring_parse(input->data, input->len, SOCKETMAP_REQUEST_MAX, &payload, used_out)) {
    case NETSTRING_MORE:
        return PROTOCOL_MORE;
    case NETSTRING_BAD:
        return refuse(
            replies, "malformed netstring, or over 10000 octets of payload", PROTOCOL_LAST);
    case NETSTRING_OK:
        break;
    }
    if (!socketmap_parse_request(payload, &wire, &reason))
        return refuse(replies, reason, PROTOCOL_LAST);
    if (!map_find(wire.map, &map))
        return refuse(replies, "unknown map (known: policy, dane, pin, dry-run)", PROTOCOL_REPLIED);
    enum destination_error error = destination_parse(wire.key.data, wire.key.len, &destination);
    if (error != DESTINATION_OK) {
        char text[256] = "malformed destination: ";
        strncat(text, destination_error_text(error), sizeof text - strlen(text) - 1);
        return refuse(replies, text, PROTOCOL_REPLIED);
    }
    if (destination.kind == DESTINATION_PARENT)
        return reply_not_found(replies);
    return ask(server, &destination, map, now_ms, replies, request_out);
}

static enum protocol_step answer(struct server *server, struct request *request,
    enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
    struct replies *replies)
{
    (void)server;
    (void)now_ms;
    if (wake == PROTOCOL_VERDICT) {
        reply_with_verdict(replies, request, verdict);
        return PROTOCOL_REPLIED;
    }
    /* Too late. An override needs no facts, but for the pins that "pin" would have added. */
    struct answer late = answer_plain(LEVEL_DEFER, REASON_NO_ANSWER_IN_TIME);
    reply_with_answer(replies, request->map, request->overridden ? &request->answer : &late);
    return PROTOCOL_REPLIED;
}

const struct protocol protocol_socketmap = {
    .name = "socketmap",
    .answer_ms = 19000,
    .request_ms = 30000,
    .take = take,
    .answer = answer,
};
