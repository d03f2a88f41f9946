/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daned_client.c - one connection to daned: a request line, a half-close, a reply line, its close.
 *
 * A call goes down one path: the arguments are checked and the request is measured, then the
 * connection is opened, written and read, each step waiting in poll() for no longer than what is
 * left of the deadline; last the whole reply is parsed. The first step that fails words the error,
 * and the later ones are not taken.
 *
 * Nothing is sent unless all of it is good, and a request that is cut short has no line end: daned
 * is never asked for something that the caller did not say. A reply counts only if it is whole: its
 * LF is there, nothing follows it, and daned has closed.
 *
 * Memory: about 12 kB of stack, however long the chain is.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "daned_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    CHUNK_MAX = 4096, /* octets of a request that are sent at once */
    RETRY_MS = 10     /* between two tries to connect to a unix socket whose queue is full */
};

/* One call, from its arguments to the reply. */
struct call {
    const char *address;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } peer;
    socklen_t peer_len;
    int fd; /* -1: none */
    int64_t deadline_ms;
    char chunk[CHUNK_MAX]; /* of the request, not sent yet */
    size_t chunk_len;
    char reply[DANED_REPLY_MAX + 1]; /* one more, to see that a reply is too long */
    size_t reply_len;
    enum daned_status status; /* of the first step that failed */
    char error[DANED_ERROR_MAX];
};

/*
 * Keeps the first failure. A path may have anything in it: what is not printable ASCII is not
 * shown. Returns false, for the caller to return.
 */
static bool fail(struct call *call, enum daned_status status, const char *what, const char *why)
{
    if (call->status != DANED_OK)
        return false;
    call->status = status;
    snprintf(call->error, sizeof call->error, "%s%s%s", what, why[0] != '\0' ? ": " : "", why);
    for (char *octet = call->error; *octet != '\0'; octet++) {
        if (*octet < 0x20 || *octet >= 0x7f)
            *octet = '?';
    }
    return false;
}

/* As fail, with what errno says. strerror() need not be safe with threads. */
static bool fail_errno(struct call *call, enum daned_status status, const char *what, int error)
{
    char why[64];
    const char *text = NULL;

    switch (error) {
    case ECONNREFUSED:
        text = "connection refused";
        break;
    case ECONNRESET:
    case EPIPE:
        text = "daned has closed the connection";
        break;
    case ENOENT:
        text = "no such socket";
        break;
    case EACCES:
    case EPERM:
        text = "permission denied";
        break;
    case EMFILE:
    case ENFILE:
        text = "too many open files";
        break;
    case ENETUNREACH:
    case EHOSTUNREACH:
        text = "unreachable";
        break;
    default:
        snprintf(why, sizeof why, "error %d", error);
        text = why;
        break;
    }
    return fail(call, status, what, text);
}

static int64_t now_ms(void)
{
    struct timespec now;

    /* With a clock that the system must have, this cannot fail. */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for events, at most pause_ms. Returns false if the deadline has passed, or on an error. */
static bool wait_for(struct call *call, short events, int pause_ms)
{
    struct pollfd pollfd;

    for (;;) {
        int64_t left = call->deadline_ms - now_ms();
        if (left <= 0)
            return fail(call, DANED_LATE, "daned has not replied before the deadline", "");
        int most = left < pause_ms ? (int)left : pause_ms;
        /* A negative descriptor is not looked at: then this is a pause. */
        pollfd.fd = events != 0 ? call->fd : -1;
        pollfd.events = events;
        pollfd.revents = 0;
        int ready = poll(&pollfd, 1, most);
        if (ready > 0 || (ready == 0 && events == 0))
            return true;
        if (ready < 0 && errno != EINTR)
            return fail_errno(call, DANED_BROKEN, "cannot wait for daned", errno);
    }
}

/* Reads a port, 1 to 65535, in decimal digits only. */
static bool read_port(const char *text, in_port_t *port_out)
{
    unsigned port = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 5)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    if (port == 0 || port > 65535)
        return false;
    *port_out = htons((uint16_t)port);
    return true;
}

/* Reads "A.B.C.D:PORT" or "[IPV6]:PORT". */
static bool read_inet(struct call *call, const char *text)
{
    char digits[INET6_ADDRSTRLEN];
    bool is_6 = text[0] == '[';
    const char *start = is_6 ? text + 1 : text;
    const char *end = strchr(start, is_6 ? ']' : ':');
    const char *colon = end != NULL && is_6 ? end + 1 : end;
    in_port_t port;

    if (end == NULL || *colon != ':' || (size_t)(end - start) >= sizeof digits ||
        !read_port(colon + 1, &port))
        return false;
    memcpy(digits, start, (size_t)(end - start));
    digits[end - start] = '\0';
    if (is_6) {
        call->peer.v6.sin6_family = AF_INET6;
        call->peer.v6.sin6_port = port;
        call->peer_len = sizeof call->peer.v6;
        return inet_pton(AF_INET6, digits, &call->peer.v6.sin6_addr) == 1;
    }
    call->peer.v4.sin_family = AF_INET;
    call->peer.v4.sin_port = port;
    call->peer_len = sizeof call->peer.v4;
    return inet_pton(AF_INET, digits, &call->peer.v4.sin_addr) == 1;
}

static bool read_unix(struct call *call, const char *path)
{
    size_t len = strlen(path);

    if (path[0] != '/' || len >= sizeof call->peer.local.sun_path)
        return false;
    call->peer.local.sun_family = AF_UNIX;
    memcpy(call->peer.local.sun_path, path, len + 1);
    call->peer_len = sizeof call->peer.local;
    return true;
}

static bool begin(struct call *call, const char *address, int deadline_ms)
{
    memset(call, 0, sizeof *call);
    call->fd = -1;
    call->address = address != NULL ? address : "";
    if (deadline_ms < 1)
        return fail(call, DANED_BAD_ARGUMENT, "the deadline must be 1 ms or more", "");
    call->deadline_ms = now_ms() + deadline_ms;
    if (strncmp(call->address, "inet:", 5) == 0 && read_inet(call, call->address + 5))
        return true;
    if (strncmp(call->address, "unix:", 5) == 0 && read_unix(call, call->address + 5))
        return true;
    return fail(call, DANED_BAD_ARGUMENT,
        "the address of daned must be inet:A.B.C.D:PORT, inet:[IPV6]:PORT or unix:/PATH", "");
}

/* Connects the socket. Returns 0, or the errno of the failure; DANED_LATE is in call->status. */
static int connect_socket(struct call *call)
{
    int error = 0;
    socklen_t len = sizeof error;

    while (connect(call->fd, &call->peer.any, call->peer_len) != 0) {
        /* Of a unix socket: its queue is full, and there is nothing that poll() could wait for. */
        if (errno == EAGAIN) {
            if (!wait_for(call, 0, RETRY_MS))
                return ETIMEDOUT;
            continue;
        }
        /* A connect() that a signal has interrupted goes on by itself. */
        if (errno != EINPROGRESS && errno != EINTR)
            return errno;
        if (!wait_for(call, POLLOUT, INT_MAX))
            return ETIMEDOUT;
        if (getsockopt(call->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
            return errno;
        return error;
    }
    return 0;
}

static bool open_connection(struct call *call)
{
    char what[DANED_ERROR_MAX - 64];

    snprintf(what, sizeof what, "cannot connect to daned at %s", call->address);
    call->fd = socket(call->peer.any.sa_family, SOCK_STREAM, 0);
    if (call->fd < 0)
        return fail_errno(call, DANED_NO_CONNECTION, what, errno);
    /* SOCK_CLOEXEC and SOCK_NONBLOCK are younger than the POSIX of most systems. */
    if (fcntl(call->fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(call->fd, F_SETFL, O_NONBLOCK) != 0)
        return fail_errno(call, DANED_NO_CONNECTION, what, errno);
    int error = connect_socket(call);
    return error == 0 ? true : fail_errno(call, DANED_NO_CONNECTION, what, error);
}

static bool send_chunk(struct call *call)
{
    size_t sent = 0;

    while (sent < call->chunk_len) {
        if (!wait_for(call, POLLOUT, INT_MAX))
            return false;
        ssize_t n = send(call->fd, call->chunk + sent, call->chunk_len - sent, MSG_NOSIGNAL);
        if (n >= 0)
            sent += (size_t)n;
        else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return fail_errno(call, DANED_BROKEN, "cannot send to daned", errno);
    }
    call->chunk_len = 0;
    return true;
}

static void put(struct call *call, const char *data, size_t len)
{
    while (len > 0 && call->status == DANED_OK) {
        size_t room = sizeof call->chunk - call->chunk_len;
        size_t part = len < room ? len : room;
        memcpy(call->chunk + call->chunk_len, data, part);
        call->chunk_len += part;
        data += part;
        len -= part;
        if (call->chunk_len == sizeof call->chunk)
            send_chunk(call);
    }
}

static void put_text(struct call *call, const char *text)
{
    put(call, text, strlen(text));
}

/* Puts KEY, which brings its blank and "=", and the value, if there is one. */
static void put_key(struct call *call, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    put_text(call, key);
    put_text(call, value);
}

/* RFC 4648 4. */
static void put_base64(struct call *call, const unsigned char *der, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char group[4];

    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i;
        unsigned long bits = (unsigned long)der[i] << 16;
        bits |= have > 1 ? (unsigned long)der[i + 1] << 8 : 0;
        bits |= have > 2 ? (unsigned long)der[i + 2] : 0;
        group[0] = digits[bits >> 18];
        group[1] = digits[bits >> 12 & 63];
        group[2] = have > 1 ? digits[bits >> 6 & 63] : '=';
        group[3] = have > 2 ? digits[bits & 63] : '=';
        put(call, group, sizeof group);
    }
}

/* Ends the request and reads until daned closes. */
static bool read_reply(struct call *call)
{
    if (call->status != DANED_OK || !send_chunk(call))
        return false;
    /* If this fails the connection is down; what is there to read says so, or is the reply. */
    (void)shutdown(call->fd, SHUT_WR);
    while (call->reply_len < sizeof call->reply) {
        if (!wait_for(call, POLLIN, INT_MAX))
            return false;
        ssize_t n =
            recv(call->fd, call->reply + call->reply_len, sizeof call->reply - call->reply_len, 0);
        if (n == 0)
            break;
        if (n > 0)
            call->reply_len += (size_t)n;
        else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return fail_errno(call, DANED_BROKEN, "cannot read the reply of daned", errno);
    }
    if (call->reply_len == 0)
        return fail(call, DANED_BAD_REPLY, "daned has closed without a reply", "");
    if (call->reply_len > DANED_REPLY_MAX)
        return fail(call, DANED_BAD_REPLY, "the reply is too long to be one of daned", "");
    /* Without its LF the reply may have been cut anywhere, also in the middle of another word. */
    char *end = memchr(call->reply, '\n', call->reply_len);
    if (end != call->reply + call->reply_len - 1)
        return fail(call, DANED_BAD_REPLY, "the reply of daned is not one whole line", "");
    *end = '\0';
    call->reply_len--;
    for (size_t i = 0; i < call->reply_len; i++) {
        if (call->reply[i] < 0x20 || call->reply[i] >= 0x7f)
            return fail(call, DANED_BAD_REPLY, "the reply of daned is not printable text", "");
    }
    return true;
}

static void end(struct call *call)
{
    if (call->fd >= 0)
        close(call->fd);
}

/*
 * A value is one word of the request line, and "=" is part of no name and no address: with one, a
 * destination of which the blank was lost would pass for a key.
 */
static bool check_value(struct call *call, const char *name, const char *value, bool needed)
{
    size_t len = value == NULL ? 0 : strlen(value);

    if (len == 0 && needed)
        return fail(call, DANED_BAD_ARGUMENT, name, "is missing");
    if (len >= DANED_POLICY_MAX)
        return fail(call, DANED_BAD_ARGUMENT, name, "is too long");
    for (size_t i = 0; i < len; i++) {
        unsigned char octet = (unsigned char)value[i];
        if (octet <= ' ' || octet == 0x7f || octet == '=')
            return fail(
                call, DANED_BAD_ARGUMENT, name, "has a blank, a control octet or \"=\" in it");
    }
    return true;
}

/* Takes text off the front of *rest. Returns false, and changes nothing, if it is not there. */
static bool take_text(const char **rest, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*rest, text, len) != 0)
        return false;
    *rest += len;
    return true;
}

/* Takes a token, and end behind it, off the front of *rest. */
static bool take_token(const char **rest, char end, char token_out[DANED_TOKEN_MAX + 1])
{
    size_t len = strspn(*rest, "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (len == 0 || len > DANED_TOKEN_MAX || (*rest)[len] != end)
        return false;
    memcpy(token_out, *rest, len);
    token_out[len] = '\0';
    *rest += end != '\0' ? len + 1 : len;
    return true;
}

/* Reads a number as daned writes it: digits only, no leading zero, at most 2^32 - 1. */
static bool read_seconds(const char *digits, uint32_t *seconds_out)
{
    uint64_t value = 0;
    size_t len = strlen(digits);

    if (len > 10 || (len > 1 && digits[0] == '0'))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(digits[i] - '0');
    }
    if (value > UINT32_MAX)
        return false;
    *seconds_out = (uint32_t)value;
    return true;
}

static const enum daned_level levels[] = {
    DANED_DEFER, DANED_DANE_REQUIRED, DANED_DANE, DANED_ENCRYPT, DANED_MAY};

/* Parses "level=LEVEL ttl=SECONDS reason=TOKEN", NUL-terminated. */
static bool parse_policy(const char *line, struct daned_policy_reply *reply_out)
{
    struct daned_policy_reply reply;
    char word[DANED_TOKEN_MAX + 1];
    char seconds[DANED_TOKEN_MAX + 1];

    memset(&reply, 0, sizeof reply);
    if (!take_text(&line, "level=") || !take_token(&line, ' ', word) || !take_text(&line, "ttl=") ||
        !take_token(&line, ' ', seconds) || !read_seconds(seconds, &reply.ttl_s) ||
        !take_text(&line, "reason=") || !take_token(&line, '\0', reply.reason))
        return false;
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(word, daned_level_word(levels[i])) == 0) {
            reply.level = levels[i];
            *reply_out = reply;
            return true;
        }
    }
    return false;
}

enum daned_status daned_policy(const char *address, const char *destination, const char *host,
    int deadline_ms, struct daned_policy_reply *reply_out)
{
    struct call call;

    memset(reply_out, 0, sizeof *reply_out);
    if (begin(&call, address, deadline_ms) &&
        check_value(&call, "the destination", destination, true) &&
        (host == NULL || check_value(&call, "the host", host, true))) {
        size_t len = strlen("POLICY \n") + strlen(destination) +
                     (host != NULL ? strlen(" host=") + strlen(host) : 0);
        if (len > DANED_POLICY_MAX)
            fail(&call, DANED_BAD_ARGUMENT, "destination and host are too long", "");
        else if (open_connection(&call)) {
            put_text(&call, "POLICY ");
            put_text(&call, destination);
            put_key(&call, " host=", host);
            put_text(&call, "\n");
            if (read_reply(&call) && !parse_policy(call.reply, reply_out))
                fail(&call, DANED_BAD_REPLY, "the reply is not one of daned to POLICY", "");
        }
    }
    end(&call);
    memcpy(reply_out->error, call.error, sizeof reply_out->error);
    return call.status;
}

/* Parses "OK text", "DENY text" or "TEMP text", NUL-terminated. */
static bool parse_verify(const char *line, struct daned_verify_reply *reply_out)
{
    static const enum daned_verdict verdicts[] = {DANED_ACCEPT, DANED_DENY, DANED_TEMP};

    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        const char *text = line;
        if (!take_text(&text, daned_verdict_word(verdicts[i])))
            continue;
        if (text[0] != '\0' && !take_text(&text, " "))
            return false;
        snprintf(reply_out->text, sizeof reply_out->text, "%s", text);
        reply_out->verdict = verdicts[i];
        return true;
    }
    return false;
}

static size_t key_len(const char *key, const char *value)
{
    return value == NULL || value[0] == '\0' ? 0 : strlen(key) + strlen(value);
}

/* Whether the request is good, and not longer than daned takes. */
static bool check_verify(
    struct call *call, const struct daned_verify_request *request, const char *port)
{
    if (!check_value(call, "the domain", request->domain, true) ||
        !check_value(call, "the host", request->host, true) ||
        !check_value(call, "the address of the host", request->addr, false) ||
        !check_value(call, "the SNI", request->sni, false))
        return false;
    if (request->port < 1 || request->port > 65535)
        return fail(call, DANED_BAD_ARGUMENT, "the port is not from 1 to 65535", "");
    if (request->certs == NULL || request->count == 0)
        return fail(call, DANED_BAD_ARGUMENT, "the chain has no certificate", "");
    size_t len = strlen("VERIFY\n") + key_len(" domain=", request->domain) +
                 key_len(" host=", request->host) + key_len(" port=", port) +
                 key_len(" addr=", request->addr) + key_len(" sni=", request->sni) +
                 strlen(" chain=") + request->count - 1; /* a blank between two certificates */
    if (request->count > DANED_VERIFY_MAX)
        return fail(call, DANED_BAD_ARGUMENT, "the chain is too long", "");
    for (size_t i = 0; i < request->count; i++) {
        if (request->certs[i].der == NULL || request->certs[i].len == 0)
            return fail(call, DANED_BAD_ARGUMENT, "a certificate of the chain is empty", "");
        if (request->certs[i].len > DANED_VERIFY_MAX || len > DANED_VERIFY_MAX)
            return fail(call, DANED_BAD_ARGUMENT, "the chain is too long", "");
        len += (request->certs[i].len + 2) / 3 * 4;
    }
    if (len > DANED_VERIFY_MAX)
        return fail(call, DANED_BAD_ARGUMENT, "the chain is too long", "");
    return true;
}

enum daned_status daned_verify(const char *address, const struct daned_verify_request *request,
    int deadline_ms, struct daned_verify_reply *reply_out)
{
    struct call call;
    char port[16];

    memset(reply_out, 0, sizeof *reply_out);
    snprintf(port, sizeof port, "%u", request->port);
    if (begin(&call, address, deadline_ms) && check_verify(&call, request, port) &&
        open_connection(&call)) {
        put_text(&call, "VERIFY");
        put_key(&call, " domain=", request->domain);
        put_key(&call, " host=", request->host);
        put_key(&call, " port=", port);
        put_key(&call, " addr=", request->addr);
        put_key(&call, " sni=", request->sni);
        put_text(&call, " chain=");
        for (size_t i = 0; i < request->count; i++) {
            put_text(&call, i > 0 ? " " : "");
            put_base64(&call, request->certs[i].der, request->certs[i].len);
        }
        put_text(&call, "\n");
        if (read_reply(&call) && !parse_verify(call.reply, reply_out))
            fail(&call, DANED_BAD_REPLY, "the reply is not one of daned to VERIFY", "");
    }
    end(&call);
    if (call.status != DANED_OK)
        snprintf(reply_out->text, sizeof reply_out->text, "%s", call.error);
    return call.status;
}

const char *daned_level_word(enum daned_level level)
{
    switch (level) {
    case DANED_DANE_REQUIRED:
        return "dane-required";
    case DANED_DANE:
        return "dane";
    case DANED_ENCRYPT:
        return "encrypt";
    case DANED_MAY:
        return "may";
    case DANED_DEFER:
        break;
    }
    return "defer";
}

const char *daned_verdict_word(enum daned_verdict verdict)
{
    switch (verdict) {
    case DANED_ACCEPT:
        return "OK";
    case DANED_DENY:
        return "DENY";
    case DANED_TEMP:
        break;
    }
    return "TEMP";
}
