/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * protocol_control.c - the operator's side: one command a connection, one reply, text or JSON.
 *
 * take() reads the line and runs the command of the table below; it puts its reply into the
 * request's text. What does not fit in one write goes out in parts (more()), and a dump makes its
 * text only as the client takes it. "explain" and "flush" may wait for a lookup, as any request.
 */
#include "daemon/io/protocol.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/io/control.h"
#include "daemon/io/control_dump.h"
#include "daemon/io/control_flush.h"
#include "daemon/io/control_show.h"
#include "daemon/io/explain.h"
#include "daemon/io/explain_text.h"
#include "daemon/io/log.h"
#include "daemon/io/server.h"
#include "proto/control_line.h"
#include "proto/printable.h"

enum { PART_MAX = 65536 }; /* octets of one part of a reply */

struct control {
    struct request request; /* first: a control is its request */
    /* What is to be done with the verdict that is waited for: writes the reply. */
    void (*conclude)(struct server *server, struct control *control, const struct verdict *verdict,
        uint64_t now_ms);
    bool json;
    bool cached;  /* the level was in the cache before that */
    bool dumping; /* text gets more as long as this is set */
    bool failed;  /* the reply is an error */
    struct text text;
    size_t sent; /* octets of text */
    struct control_dump dump;
};

static void fail(struct control *control, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct control *control, const char *format, ...)
{
    char why[CONTROL_RESULT_MAX + 256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    control->failed = true;
    text_clear(&control->text);
    if (control->json) {
        json_t *tree = json_pack("{s:s}", "error", why);
        show_json(&control->text, tree);
        json_decref(tree);
    } else {
        text_addf(&control->text, "error: %s\n", why);
    }
}

/* Replies with a tree, which it takes, in the form that is wanted. */
static void show(
    struct control *control, json_t *tree, void (*write)(struct text *, const json_t *))
{
    if (control->json)
        show_json(&control->text, tree);
    else
        write(&control->text, tree);
    json_decref(tree);
}

/* ---- explain, flush ---- */

static void explain(
    struct server *server, struct control *control, const struct verdict *verdict, uint64_t now_ms)
{
    const struct destination *destination = &control->request.destination;
    struct override_match match;
    struct explain_subject subject = {
        .destination = destination, .verdict = verdict, .cached = control->cached};

    if (lookups_find_override(server->lookups, destination, &match))
        subject.override = match.override;
    show(control, explain_tree(&subject, now_ms), explain_text);
}

/* Reads the destination of a command. Returns false, with the reply written, if it is none. */
static bool read_destination(struct control *control, struct span word)
{
    enum destination_error error =
        destination_parse(word.data, word.len, &control->request.destination);

    if (error == DESTINATION_OK && control->request.destination.kind != DESTINATION_PARENT)
        return true;
    fail(control, "malformed destination: %s",
        error == DESTINATION_OK ? "a parent domain (.example.com) is always answered \"not found\""
                                : destination_error_text(error));
    return false;
}

/* Looks up the destination, to conclude. Returns false if that takes a while. */
static bool look_up(struct server *server, struct control *control, uint64_t now_ms)
{
    const struct verdict *verdict;
    struct answer known;

    control->cached =
        control->request.destination.kind != DESTINATION_ADDRESS &&
        lookups_cached(server->lookups, &control->request.destination, now_ms, &known);
    if (lookups_decide_fully(server->lookups, &control->request.destination, now_ms,
            &control->request.waiter, &verdict) == LOOKUP_PENDING)
        return false;
    control->conclude(server, control, verdict, now_ms);
    return true;
}

static bool run_explain(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    control->conclude = explain;
    return !read_destination(control, line->args[0]) || look_up(server, control, now_ms);
}

static void write_flushed(struct text *text, const json_t *tree)
{
    json_int_t dropped = show_int(tree, "dropped");

    text_addf(text, "ok: %" JSON_INTEGER_FORMAT " %s dropped\n", dropped,
        dropped == 1 ? "entry" : "entries");
}

static void show_flushed(struct control *control, size_t dropped)
{
    show(control, json_pack("{s:b, s:I}", "ok", 1, "dropped", (json_int_t)dropped), write_flushed);
}

static void flush(
    struct server *server, struct control *control, const struct verdict *verdict, uint64_t now_ms)
{
    size_t dropped = control_flush(server->control->cache, &control->request.destination, verdict) +
                     (control->cached ? 1 : 0);

    (void)now_ms;
    server->control->flushed(server->control->arg);
    if (verdict->mx == MX_FAILED || verdict->reason == REASON_OVERLOADED)
        fail(control,
            "its MX hosts cannot be looked up (%s): of them nothing was dropped, of all else %zu "
            "%s; "
            "\"danectl flush --all\" drops everything",
            verdict->mx == MX_FAILED ? dns_cause_text(verdict->failure.cause)
                                     : reason_text(verdict->reason),
            dropped, dropped == 1 ? "entry" : "entries");
    else
        show_flushed(control, dropped);
}

static bool run_flush(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    struct cache_counts counts;

    control->conclude = flush;
    if (!span_is(line->args[0], "--all"))
        return !read_destination(control, line->args[0]) || look_up(server, control, now_ms);
    cache_count(server->control->cache, &counts);
    cache_clear(server->control->cache);
    server->control->flushed(server->control->arg);
    show_flushed(control, counts.entries);
    return true;
}

/* ---- the other commands ---- */

static bool run_status(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    (void)line;
    show(control, server->control->status(server->control->arg, now_ms), control_show_status);
    return true;
}

static bool run_stats(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    (void)line;
    (void)now_ms;
    show(control, control_stats_tree(&server->control->sources), control_show_stats);
    return true;
}

static bool run_dump(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    (void)server;
    (void)line;
    (void)now_ms;
    control->dumping = true;
    control->dump.json = control->json;
    return true;
}

static void write_result(struct text *text, const json_t *tree)
{
    text_addf(text, "ok: %s\n", show_text(tree, "result"));
}

static bool run_reload(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    char result[CONTROL_RESULT_MAX];

    (void)line;
    (void)now_ms;
    if (server->control->reload(server->control->arg, result))
        show(control, json_pack("{s:b, s:s}", "ok", 1, "result", result), write_result);
    else
        fail(control, "%s", result);
    return true;
}

static bool run_log(struct server *server, struct control *control,
    const struct control_request *line, uint64_t now_ms)
{
    char word[16] = "";
    enum log_level level;

    (void)server;
    (void)now_ms;
    if (line->args[0].len < sizeof word)
        memcpy(word, line->args[0].data, line->args[0].len);
    if (!log_level_from_text(word, &level)) {
        fail(control, "unknown level (known: %s)", "error, warning, info, debug");
        return true;
    }
    log_set_level(level);
    log_write(level, "log level is %s now, until the next reload", log_level_text(level));
    show(control,
        json_pack("{s:b, s:o}", "ok", 1, "result",
            json_sprintf("log level is %s until the next reload", log_level_text(level))),
        write_result);
    return true;
}

static const struct command {
    const char *name;
    size_t arg_count;
    const char *args; /* how they are named in an error */
    /* Writes the reply; returns false if it waits for a lookup. */
    bool (*run)(struct server *server, struct control *control, const struct control_request *line,
        uint64_t now_ms);
} commands[] = {
    {"status", 0, "no argument", run_status},
    {"stats", 0, "no argument", run_stats},
    {"explain", 1, "one argument: DESTINATION", run_explain},
    {"dump", 0, "no argument", run_dump},
    {"flush", 1, "one argument: DESTINATION or --all", run_flush},
    {"reload", 0, "no argument", run_reload},
    {"log", 1, "one argument: error, warning, info or debug", run_log},
};

static bool run(struct server *server, struct control *control, const struct control_request *line,
    uint64_t now_ms)
{
    char word[64];

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!span_is(line->command, commands[i].name))
            continue;
        if (line->arg_count == commands[i].arg_count)
            return commands[i].run(server, control, line, now_ms);
        fail(control, "the command takes %s", commands[i].args);
        return true;
    }
    printable_copy(word, sizeof word, line->command.data, line->command.len);
    fail(control,
        "unknown command \"%s\" (known: status, stats, explain, dump, flush, reload, log)", word);
    return true;
}

/* ---- the reply on its way ---- */

/* Writes what comes next of the reply. Once all is written, the text is empty. */
static enum protocol_step send_part(
    struct server *server, struct control *control, uint64_t now_ms, struct replies *replies)
{
    if (control->sent == control->text.len) {
        text_clear(&control->text);
        control->sent = 0;
        if (control->dumping) {
            control_dump_step(&control->dump, server->control->cache, now_ms, &control->text);
            control->dumping = !control->dump.over;
        }
    }
    size_t len = control->text.len - control->sent;
    if (len > PART_MAX)
        len = PART_MAX;
    if (len > 0)
        memcpy(replies->data + replies->len, control->text.data + control->sent, len);
    replies->len += len;
    control->sent += len;
    return control->dumping || control->sent < control->text.len ? PROTOCOL_PART : PROTOCOL_LAST;
}

/* The reply is ready: counts it, and sends it or its first part. */
static enum protocol_step reply(
    struct server *server, struct control *control, uint64_t now_ms, struct replies *replies)
{
    replies->stats->requests[STATS_CONTROL][control->failed ? STATS_REFUSED : STATS_DONE]++;
    return send_part(server, control, now_ms, replies);
}

static void drop(struct request *request)
{
    struct control *control = (struct control *)(void *)request;

    text_fini(&control->text);
    control_dump_end(&control->dump);
}

static enum protocol_step take(struct server *server, const struct input *input, uint64_t now_ms,
    struct replies *replies, size_t *used_out, struct request **request_out)
{
    struct control_request line = {.arg_count = 0};
    const char *reason;
    enum control_line_status status =
        control_line_parse(input->data, input->len, input->eof, &line, &reason);
    enum protocol_step step = PROTOCOL_PENDING;

    *used_out = 0;
    if (status == CONTROL_LINE_MORE)
        return PROTOCOL_MORE;
    *used_out = input->len;
    struct control *control = alloc_zeroed(sizeof *control);
    control->json = line.json;
    if (status == CONTROL_LINE_BAD)
        fail(control, "malformed command: %s", reason);
    if (control->failed || run(server, control, &line, now_ms))
        step = reply(server, control, now_ms, replies);
    if (step != PROTOCOL_LAST) {
        *request_out = &control->request;
        return step;
    }
    drop(&control->request);
    free(control);
    return step;
}

static enum protocol_step answer(struct server *server, struct request *request,
    enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
    struct replies *replies)
{
    struct control *control = (struct control *)(void *)request;

    if (wake == PROTOCOL_VERDICT)
        control->conclude(server, control, verdict, now_ms);
    else
        fail(control, "the lookup takes too long; %s",
            control->conclude == flush ? "nothing was dropped; it goes on, flush again in a moment"
                                       : "it goes on, ask again in a moment");
    return reply(server, control, now_ms, replies);
}

static enum protocol_step more(
    struct server *server, struct request *request, uint64_t now_ms, struct replies *replies)
{
    return send_part(server, (struct control *)(void *)request, now_ms, replies);
}

const struct protocol protocol_control = {
    .name = "control",
    .answer_ms = 20000,
    .request_ms = 10000,
    .take = take,
    .answer = answer,
    .more = more,
    .drop = drop,
};
