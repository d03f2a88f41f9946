/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c - one connection of a client.
 *
 * The happy path: on_read() hands what came to work(), which lets the protocol take one request
 * after the other; each reply goes to the shared buffer, and one write sends them all. A request
 * that waits for a lookup stops the reading until on_verdict() has its reply, so that replies keep
 * the order of the requests, and a client that sends too much is slowed by its own socket.
 *
 * What can fail: the client goes away (on_read() or the write says so), sends half a request, or
 * does not read: its list's time-out closes it. The lookup takes too long: expire() gives the
 * protocol's late reply, and the lookup goes on without the session.
 */
#include "daemon/io/session.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/io/clock.h"
#include "daemon/io/verification.h"

struct session {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    struct session_group *group;
    struct session *previous;
    struct session *next;
    uint64_t since_ms;       /* since when it is in its list */
    struct request *request; /* waits for a lookup */
    char *input;             /* what came and is not used yet */
    size_t input_len;
    size_t output_len; /* of its replies that the socket has not taken yet */
    enum session_state state;
    unsigned
        writes; /* that the socket has not taken yet: at most one before and one behind a wait */
    uint64_t taken_us; /* when the request was taken that waits, or whose reply comes in parts */
    bool reading;
    bool eof;   /* the client will send nothing more */
    bool last;  /* close behind the replies that are on their way */
    bool parts; /* the reply to request comes in parts */
};

/* What could not be written at once. */
struct rest {
    uv_write_t request;
    struct session *session;
    size_t len;
    char data[];
};

static void leave_list(struct session *session)
{
    struct session_list *list = &session->group->lists[session->state];

    if (session->previous)
        session->previous->next = session->next;
    else
        list->first = session->next;
    if (session->next)
        session->next->previous = session->previous;
    else
        list->last = session->previous;
    session->previous = session->next = NULL;
}

static void join_list(struct session *session, enum session_state state, uint64_t now_ms)
{
    struct session_group *group = session->group;
    struct session_list *list = &group->lists[state];

    session->state = state;
    session->since_ms = now_ms;
    session->previous = list->last;
    session->next = NULL;
    if (list->last)
        list->last->next = session;
    else
        list->first = session;
    list->last = session;
    if (list->first == session)
        group->on_due(group->owner, now_ms + group->time_out_ms[state]);
}

static void move(struct session *session, enum session_state state, uint64_t now_ms)
{
    /* A request that comes octet by octet gains no time, nor does one that needs two lookups. */
    if (session->state == state && state != SESSION_IDLE)
        return;
    leave_list(session);
    join_list(session, state, now_ms);
}

static void drop_request(struct session *session)
{
    if (!session->request)
        return;
    lookups_forget(&session->request->waiter);
    verification_abandon(session->request->verification);
    if (session->group->protocol->drop)
        session->group->protocol->drop(session->request);
    free(session->request);
    session->request = NULL;
    session->parts = false;
}

static void on_closed(uv_handle_t *handle)
{
    struct session *session = handle->data;
    struct session_group *group = session->group;

    free(session);
    group->count--;
    if (group->count == 0)
        group->on_empty(group->owner);
}

/* Every change of what is kept is counted. */
static void set_kept(struct session *session, size_t *which, size_t len)
{
    session->group->kept_bytes += len;
    session->group->kept_bytes -= *which;
    *which = len;
}

/* input is NULL or of len octets, and the session's. */
static void set_input(struct session *session, char *input, size_t len)
{
    set_kept(session, &session->input_len, len);
    session->input = input;
}

static void close_session(struct session *session)
{
    if (session->state == SESSION_CLOSING)
        return;
    leave_list(session);
    drop_request(session);
    free(session->input);
    set_input(session, NULL, 0);
    /* libuv lets go of what was queued before it calls on_closed(), in this turn of the loop. */
    set_kept(session, &session->output_len, 0);
    session->state = SESSION_CLOSING;
    uv_close(&session->uv.handle, on_closed);
}

static void work(
    struct session *session, const char *data, size_t len, size_t fresh, uint64_t now_us);
static void next_part(struct session *session, uint64_t now_ms);

static void on_written(uv_write_t *request, int status)
{
    struct rest *rest = request->data;
    struct session *session = rest->session;
    size_t len = rest->len;

    free(rest);
    session->writes--;
    if (session->state == SESSION_CLOSING)
        return;
    set_kept(session, &session->output_len, session->output_len - len);
    if (status < 0)
        close_session(session);
    else if (session->parts && session->writes == 0)
        next_part(session, clock_now_ms());
    else if (!session->request && session->writes == 0)
        work(session, session->input, session->input_len, 0, clock_now_us());
}

/*
 * Thousands of clients that send most of a long request each, or ask and do not read, must not take
 * all memory: those that have waited longest go, and if they are not enough, this one, which keeps
 * more than before. Returns false if this one is closed.
 */
static bool limit_kept(struct session *session)
{
    static const enum session_state order[] = {SESSION_PARTIAL, SESSION_WRITING};
    struct session_group *group = session->group;

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        while (group->kept_bytes > SESSION_KEPT_MAX && group->lists[order[i]].first)
            close_session(group->lists[order[i]].first);
    if (group->kept_bytes > SESSION_KEPT_MAX)
        close_session(session);
    return session->state != SESSION_CLOSING;
}

/*
 * Sends the replies that are in the shared buffer; what the socket does not take is queued. A part
 * of a reply is always queued, even an empty one: on_written() then asks for the next one in
 * another turn of the loop. Returns false if the session is being closed.
 */
static bool flush(struct session *session)
{
    struct replies *replies = &session->group->server->replies;
    size_t len = replies->len;
    size_t done = 0;

    replies->len = 0;
    if (len == 0 && !session->parts)
        return true;
    uv_buf_t buffer = uv_buf_init(replies->data, (unsigned)len);
    int written = session->parts ? UV_EAGAIN : uv_try_write(&session->uv.stream, &buffer, 1);
    if (written >= 0)
        done = (size_t)written;
    if (done == len && !session->parts)
        return true;
    if (written < 0 && written != UV_EAGAIN) {
        close_session(session);
        return false;
    }
    struct rest *rest = alloc_zeroed(sizeof *rest + (len - done));
    memcpy(rest->data, replies->data + done, len - done);
    rest->session = session;
    rest->len = len - done;
    rest->request.data = rest;
    buffer = uv_buf_init(rest->data, (unsigned)(len - done));
    if (uv_write(&rest->request, &session->uv.stream, &buffer, 1, on_written) != 0) {
        free(rest);
        close_session(session);
        return false;
    }
    session->writes++;
    set_kept(session, &session->output_len, session->output_len + (len - done));
    return limit_kept(session);
}

/* Keeps what is not used yet: data is inside session->input, or in the shared read buffer. */
static void keep_input(struct session *session, const char *data, size_t len)
{
    if (len > 0 && session->input && data >= session->input &&
        data <= session->input + session->input_len) {
        memmove(session->input, data, len);
        set_input(session, session->input, len);
    } else {
        char *input = NULL;
        if (len > 0) {
            input = alloc_array(NULL, len, 1);
            memcpy(input, data, len);
        }
        free(session->input);
        set_input(session, input, len);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct session *session = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(session->group->server->read_buffer, SERVER_READ_MAX);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct session *session = stream->data;

    if (count == 0)
        return;
    if (count < 0 && count != UV_EOF) {
        close_session(session);
        return;
    }
    size_t fresh = count > 0 ? (size_t)count : 0;
    session->eof = count < 0;
    if (session->input_len == 0) {
        work(session, buffer->base, fresh, fresh, clock_now_us());
        return;
    }
    char *input = alloc_array(session->input, session->input_len + fresh, 1);
    if (fresh > 0)
        memcpy(input + session->input_len, buffer->base, fresh);
    set_input(session, input, session->input_len + fresh);
    work(session, session->input, session->input_len, fresh, clock_now_us());
}

/* A session that waits for a lookup or for its client to read takes no more requests. */
static void watch_input(struct session *session)
{
    bool wanted =
        session->state != SESSION_WAITING && session->state != SESSION_WRITING && !session->eof;

    if (wanted == session->reading)
        return;
    session->reading = wanted;
    if (!wanted)
        uv_read_stop(&session->uv.stream);
    else if (uv_read_start(&session->uv.stream, on_alloc, on_read) != 0)
        close_session(session);
}

static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict);
static void on_resumed(void *request);

/* The reply is complete: counts how long the request took. Returns the time. */
static uint64_t count_duration(const struct session *session)
{
    uint64_t now_us = clock_now_us();

    stats_count_duration(&session->group->server->stats, now_us - session->taken_us);
    return now_us;
}

/* Lets the protocol take requests from input until it needs more, waits, or has had enough. */
static bool take_requests(struct session *session, struct input *input, uint64_t now_us)
{
    struct server *server = session->group->server;
    uint64_t taken_us = now_us;

    while (!session->request && session->writes == 0 && !session->last &&
           (input->len > 0 || input->eof)) {
        size_t used = 0;
        struct request *request = NULL;
        enum protocol_step step = session->group->protocol->take(
            server, input, now_us / 1000, &server->replies, &used, &request);
        input->data += used;
        input->len -= used;
        if (input->fresh > input->len)
            input->fresh = input->len;
        if (step == PROTOCOL_MORE)
            break;
        session->taken_us = taken_us;
        if (step == PROTOCOL_REPLIED || step == PROTOCOL_LAST)
            taken_us = count_duration(session);
        if (step == PROTOCOL_LAST)
            session->last = true;
        if (step == PROTOCOL_PENDING || step == PROTOCOL_PART) {
            session->parts = step == PROTOCOL_PART;
            request->session = session;
            request->waiter.callback = on_verdict;
            request->resume = on_resumed;
            session->request = request;
        }
        if (server->replies.len >= SERVER_READ_MAX && !flush(session))
            return false;
    }
    return flush(session);
}

/* A part is on its way: each one has the whole time-out, however many there are. */
static void await_part(struct session *session, uint64_t now_ms)
{
    leave_list(session);
    join_list(session, SESSION_WRITING, now_ms);
}

/*
 * Works on data[0..len), of which the last fresh octets are new, and settles what the session waits
 * for next. The shared reply buffer is empty before, or has the reply to the request before.
 */
static void work(
    struct session *session, const char *data, size_t len, size_t fresh, uint64_t now_us)
{
    struct input input = {.data = data, .len = len, .fresh = fresh, .eof = session->eof};
    uint64_t now_ms = now_us / 1000;

    if (!take_requests(session, &input, now_us))
        return;
    if (session->parts) {
        await_part(session, now_ms);
    } else if (session->request) {
        move(session, SESSION_WAITING, now_ms);
    } else if (session->writes > 0) {
        move(session, SESSION_WRITING, now_ms);
    } else if (session->last || session->eof || (session->group->draining && input.len == 0)) {
        close_session(session);
        return;
    } else {
        /* What stands behind a whole request is a new one, with a time of its own. */
        if (input.len == 0 || input.data != data)
            move(session, SESSION_IDLE, now_ms);
        if (input.len > 0)
            move(session, SESSION_PARTIAL, now_ms);
    }
    keep_input(session, input.data, input.len);
    watch_input(session);
    limit_kept(session);
}

/* A request that waited, or whose reply comes in parts, has come to this step. */
static void go_on(struct session *session, enum protocol_step step, uint64_t now_ms)
{
    session->parts = step == PROTOCOL_PART;
    if (session->parts) {
        if (flush(session))
            await_part(session, now_ms);
        return;
    }
    uint64_t now_us = count_duration(session);
    drop_request(session);
    if (step == PROTOCOL_LAST)
        session->last = true;
    work(session, session->input, session->input_len, 0, now_us);
}

/* What the request waited for is there, or takes too long: replies and goes on. */
static void answer_request(
    struct session *session, enum protocol_wake wake, const struct verdict *verdict)
{
    struct server *server = session->group->server;
    uint64_t now_ms = clock_now_ms();
    enum protocol_step step = session->group->protocol->answer(
        server, session->request, wake, verdict, now_ms, &server->replies);

    if (step == PROTOCOL_PENDING)
        return;
    go_on(session, step, now_ms);
}

static void next_part(struct session *session, uint64_t now_ms)
{
    struct server *server = session->group->server;

    go_on(session,
        session->group->protocol->more(server, session->request, now_ms, &server->replies), now_ms);
}

static void on_verdict(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    answer_request(((struct request *)(void *)waiter)->session, PROTOCOL_VERDICT, verdict);
}

static void on_resumed(void *request)
{
    answer_request(((struct request *)request)->session, PROTOCOL_RESUMED, NULL);
}

int session_accept(struct session_group *group, uv_stream_t *listening, bool is_pipe, bool keep)
{
    struct session *session = alloc_zeroed(sizeof *session);
    int error = is_pipe ? uv_pipe_init(group->server->loop, &session->uv.pipe, 0)
                        : uv_tcp_init(group->server->loop, &session->uv.tcp);

    if (error != 0) {
        free(session);
        return error;
    }
    session->uv.handle.data = session;
    session->group = group;
    group->count++;
    join_list(session, SESSION_IDLE, clock_now_ms());
    error = uv_accept(listening, &session->uv.stream);
    if (error != 0 || !keep) {
        close_session(session);
        return error;
    }
    if (!is_pipe)
        uv_tcp_nodelay(&session->uv.tcp, 1);
    watch_input(session);
    return 0;
}

static bool is_due(
    const struct session_group *group, const struct session *session, uint64_t now_ms)
{
    return session->since_ms + group->time_out_ms[session->state] <= now_ms;
}

uint64_t session_group_expire(struct session_group *group, uint64_t now_ms)
{
    uint64_t next_ms = UINT64_MAX;

    for (int state = 0; state < SESSION_STATES; state++) {
        struct session *session;
        while ((session = group->lists[state].first) != NULL && is_due(group, session, now_ms)) {
            if (state != SESSION_WAITING) {
                close_session(session);
                continue;
            }
            lookups_forget(&session->request->waiter);
            answer_request(session, PROTOCOL_LATE, NULL);
        }
    }
    for (int state = 0; state < SESSION_STATES; state++) {
        const struct session *session = group->lists[state].first;
        if (session && session->since_ms + group->time_out_ms[state] < next_ms)
            next_ms = session->since_ms + group->time_out_ms[state];
    }
    return next_ms;
}

bool session_group_evict(struct session_group *group)
{
    /* A client that has begun a request and does not end it goes before one that is only idle. */
    static const enum session_state order[] = {SESSION_PARTIAL, SESSION_IDLE, SESSION_WRITING};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (group->lists[order[i]].first) {
            close_session(group->lists[order[i]].first);
            return true;
        }
    }
    return false;
}

void session_group_drain(struct session_group *group, uint64_t now_ms)
{
    static const enum session_state states[] = {SESSION_IDLE, SESSION_PARTIAL};

    group->draining = true;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (group->time_out_ms[states[i]] > SESSION_DRAIN_MS)
            group->time_out_ms[states[i]] = SESSION_DRAIN_MS;
    uint64_t next_ms = session_group_expire(group, now_ms);
    if (next_ms != UINT64_MAX)
        group->on_due(group->owner, next_ms);
}

void session_group_close(struct session_group *group)
{
    for (int state = 0; state < SESSION_STATES; state++)
        while (group->lists[state].first)
            close_session(group->lists[state].first);
}
