/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.c - what all sessions share.
 */
#include "daemon/io/server.h"

#include <stdlib.h>

#include "daemon/core/alloc.h"
#include "daemon/io/clock.h"
#include "daemon/io/log.h"

/* A lookup for "dry-run", whose client has its reply already. */
struct trial {
    struct lookup_waiter waiter; /* first: a waiter is its trial */
    struct server *server;
    struct trial *next;
    struct trial *previous;
    struct destination destination;
};

void server_init(struct server *server, uv_loop_t *loop, struct lookups *lookups)
{
    /* Replies are flushed when they pass SERVER_READ_MAX; one more must fit behind that. */
    size_t cap = SERVER_READ_MAX + PROTOCOL_REPLY_MAX;

    *server = (struct server){
        .loop = loop,
        .lookups = lookups,
        .read_buffer = alloc_zeroed(SERVER_READ_MAX),
        .replies = {.data = alloc_zeroed(cap), .cap = cap, .stats = &server->stats},
    };
}

static void free_trial(struct trial *trial)
{
    lookups_forget(&trial->waiter);
    if (trial->previous)
        trial->previous->next = trial->next;
    else
        trial->server->trials = trial->next;
    if (trial->next)
        trial->next->previous = trial->previous;
    trial->server->trial_count--;
    free(trial);
}

void server_fini(struct server *server)
{
    while (server->trials)
        free_trial(server->trials);
    free(server->read_buffer);
    free(server->replies.data);
}

static void log_answer(enum log_level level, const char *event,
    const struct destination *destination, const struct answer *answer, const char *from)
{
    char text[DESTINATION_TEXT_MAX];
    char why[ANSWER_WHY_MAX];

    if (!log_enabled(level))
        return;
    destination_to_text(destination, text);
    answer_why(answer, why);
    struct log_field fields[] = {
        log_text("destination", text),
        log_text("answer", answer->skip ? "skip" : level_text(answer->level)),
        log_text("why", why),
        log_number("ttl", answer_ttl(answer, clock_now_ms())),
        log_text("from", from),
    };
    log_event(level, event, fields, sizeof fields / sizeof fields[0]);
}

void server_log_answer(
    const struct destination *destination, const struct answer *answer, const char *from)
{
    log_answer(LOG_LEVEL_DEBUG, "answer", destination, answer, from);
}

static void on_trial_done(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    struct trial *trial = (struct trial *)(void *)waiter;
    struct answer answer = answer_of(verdict);

    log_answer(LOG_LEVEL_INFO, "dry-run", &trial->destination, &answer, "dns");
    free_trial(trial);
}

void server_try(struct server *server, const struct destination *destination, uint64_t now_ms)
{
    struct answer answer;
    const struct verdict *verdict;

    if (lookups_known(server->lookups, destination, now_ms, &answer)) {
        log_answer(LOG_LEVEL_INFO, "dry-run", destination, &answer, "cache");
        return;
    }
    if (server->trial_count == SERVER_TRIALS_MAX) {
        answer = answer_plain(LEVEL_DEFER, REASON_OVERLOADED);
        log_answer(LOG_LEVEL_INFO, "dry-run", destination, &answer, "daned");
        return;
    }
    struct trial *trial = alloc_zeroed(sizeof *trial);
    server->trial_count++;
    trial->server = server;
    trial->destination = *destination;
    trial->waiter.callback = on_trial_done;
    trial->next = server->trials;
    if (trial->next)
        trial->next->previous = trial;
    server->trials = trial;
    if (lookups_decide(server->lookups, destination, now_ms, &trial->waiter, &verdict) ==
        LOOKUP_READY)
        on_trial_done(&trial->waiter, verdict);
}
