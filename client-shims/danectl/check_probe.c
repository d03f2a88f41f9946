/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_probe.c - talks to every address, all of them side by side in one loop of poll(2).
 *
 * connect, greeting, EHLO, STARTTLS, handshake, QUIT; whatever goes wrong ends the one try, with
 * why. A host with TLSA records is then tried anew for each certificate that it may have, one
 * connection at a time, as servers count those of a client. What a server says is hostile: a reply
 * has at most CHECK_REPLY_MAX octets, and what of it is shown is printable and short. At the
 * deadline all that still run have failed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/check_smtp.h"
#include "client-shims/danectl/check_tls_wolfssl.h"
#include "client-shims/danectl/endpoint.h"
#include "daemon/core/alloc.h"
#include "daemon/core/cert_algorithm.h"
#include "proto/printable.h"

enum { SHOWN_REPLY_MAX = 160, EHLO_MAX = 300 };

enum phase { CONNECTING, GREETING, SAID_EHLO, SAID_STARTTLS, HANDSHAKE, ENDED };

/* What each try offers; as check_offer_text(). */
static const struct {
    struct check_tls_offer offer;
    const char *protocol; /* as struct check_try has it */
    const char *key;      /* as struct check_chain has it */
    const char *text;
} offers[CHECK_TRIES] = {
    {{CHECK_TLS_ANY_VERSION, CHECK_TLS_ANY_KEY}, "", "", ""},
    {{CHECK_TLS_1_3, CHECK_TLS_ECDSA}, "TLSv1.3", "ECDSA", "TLSv1.3 ECDSA"},
    {{CHECK_TLS_1_3, CHECK_TLS_RSA}, "TLSv1.3", "RSA", "TLSv1.3 RSA"},
    {{CHECK_TLS_1_2, CHECK_TLS_ECDSA}, "TLSv1.2", "ECDSA", "TLSv1.2 ECDSA"},
    {{CHECK_TLS_1_2, CHECK_TLS_RSA}, "TLSv1.2", "RSA", "TLSv1.2 RSA"},
};

/* One conversation after the other with one address. */
struct probe {
    struct check_address *address;
    size_t number; /* of the try */
    enum phase phase;
    int fd;
    short events; /* that it waits for */
    struct check_tls *tls;
    size_t len;
    char reply[CHECK_REPLY_MAX];
};

const char *check_offer_text(size_t i)
{
    return offers[i].text;
}

bool check_try_is_missing(const struct check_try *try)
{
    return try->made && try->reached != CHECK_TLS && !try->declined;
}

static void end(struct probe *probe, enum check_reached reached, const char *what, const char *why)
{
    struct check_try *try = &probe->address->tries[probe->number];

    try->reached = reached;
    snprintf(try->why, sizeof try->why, "%s%s%s", what, why[0] ? ": " : "", why);
    check_tls_free(probe->tls);
    probe->tls = NULL;
    if (probe->fd >= 0)
        close(probe->fd);
    probe->fd = -1;
    probe->phase = ENDED;
}

/* Ends it for a reply that is not the one we need, and shows the beginning of that. */
static void end_by_reply(struct probe *probe, enum check_reached reached, const char *what)
{
    char shown[SHOWN_REPLY_MAX];
    const char *line_end = memchr(probe->reply, '\n', probe->len);
    size_t len = line_end ? (size_t)(line_end - probe->reply) : probe->len;

    while (len > 0 && probe->reply[len - 1] == '\r')
        len--;
    printable_copy(shown, sizeof shown, probe->reply, len);
    end(probe, reached, what, shown);
}

/* Sends a line. It is short, and the first thing in the socket's buffer: it fits, or nothing does.
 */
static bool say(struct probe *probe, const char *line)
{
    size_t len = strlen(line);

    probe->len = 0;
    return send(probe->fd, line, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool say_ehlo(struct probe *probe)
{
    char name[256];
    char line[EHLO_MAX];

    if (gethostname(name, sizeof name - 1) != 0)
        name[0] = '\0';
    name[sizeof name - 1] = '\0';
    /* What a machine is called here may be no name at all. */
    if (!name[0] || strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-") != strlen(name))
        snprintf(name, sizeof name, "localhost");
    snprintf(line, sizeof line, "EHLO %s\r\n", name);
    return say(probe, line);
}

static void end_unconnected(struct probe *probe, int error)
{
    end(probe, endpoint_is_unroutable(error) ? CHECK_UNTRIED : CHECK_UNREACHED, "no connection",
        strerror(error));
}

static void start(struct probe *probe)
{
    const struct check_address *address = probe->address;

    probe->address->tries[probe->number].made = true;
    probe->len = 0;
    probe->phase = CONNECTING;
    probe->events = POLLOUT;
    probe->fd = endpoint_connect(&address->sockaddr, address->sockaddr_len);
    if (probe->fd < 0)
        end_unconnected(probe, errno);
}

static void on_connected(struct probe *probe)
{
    int error = endpoint_connected(probe->fd);

    if (error != 0) {
        end_unconnected(probe, error);
        return;
    }
    probe->phase = GREETING;
    probe->events = POLLIN;
}

static void begin_tls(struct probe *probe)
{
    probe->tls = check_tls_new(probe->fd, probe->address->host->sni, &offers[probe->number].offer);
    if (!probe->tls) {
        end(probe, CHECK_UNTRIED, "the TLS library cannot begin this handshake", "");
        return;
    }
    probe->phase = HANDSHAKE;
    probe->events = POLLOUT;
}

/* A whole reply is there. */
static void on_reply(struct probe *probe, int code)
{
    bool said = true;

    switch (probe->phase) {
    case GREETING:
        if (code != 220) {
            end_by_reply(probe, CHECK_NO_SMTP, "it greets us with");
            return;
        }
        probe->phase = SAID_EHLO;
        said = say_ehlo(probe);
        break;
    case SAID_EHLO:
        if (code != 250) {
            end_by_reply(probe, CHECK_NO_SMTP, "it replies to EHLO");
            return;
        }
        if (!check_smtp_offers_starttls((struct span){probe->reply, probe->len})) {
            say(probe, "QUIT\r\n");
            end(probe, CHECK_NO_STARTTLS, "it does not offer STARTTLS", "");
            return;
        }
        probe->phase = SAID_STARTTLS;
        said = say(probe, "STARTTLS\r\n");
        break;
    case SAID_STARTTLS:
        if (code != 220) {
            end_by_reply(probe, CHECK_NO_STARTTLS, "it replies to STARTTLS");
            return;
        }
        begin_tls(probe);
        break;
    case CONNECTING:
    case HANDSHAKE:
    case ENDED:
        break;
    }
    if (!said)
        end(probe, CHECK_NO_SMTP, "it does not take what we send", strerror(errno));
}

static void on_octets(struct probe *probe)
{
    ssize_t got = recv(probe->fd, probe->reply + probe->len, sizeof probe->reply - probe->len, 0);
    int code = 0;

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        end(probe, CHECK_NO_SMTP, "it closes the connection", got < 0 ? strerror(errno) : "");
        return;
    }
    probe->len += (size_t)got;
    switch (check_smtp_reply((struct span){probe->reply, probe->len}, &code)) {
    case CHECK_SMTP_OK:
        on_reply(probe, code);
        break;
    case CHECK_SMTP_MORE:
        if (probe->len == sizeof probe->reply)
            end(probe, CHECK_NO_SMTP, "its reply does not end", "");
        break;
    case CHECK_SMTP_MALFORMED:
        end_by_reply(probe, CHECK_NO_SMTP, "it does not speak SMTP");
        break;
    }
}

static const char *key_of(const struct check_chain *chain)
{
    struct certificate certificate;

    if (chain->cert_count == 0 ||
        !certificate_has_structure(certificate_parse(
            (struct der_span){chain->certs[0].der, chain->certs[0].len}, &certificate)))
        return "?";
    switch (cert_key_kind(&certificate.key)) {
    case CERT_KEY_RSA:
        return "RSA";
    case CERT_KEY_RSA_PSS:
        return "RSA-PSS";
    case CERT_KEY_EC:
        return "ECDSA";
    case CERT_KEY_ED25519:
        return "Ed25519";
    case CERT_KEY_ED448:
        return "Ed448";
    case CERT_KEY_UNKNOWN:
        break;
    }
    return "?";
}

static bool is_same_chain(const struct check_chain *a, const struct check_chain *b)
{
    if (a->cert_count != b->cert_count)
        return false;
    for (size_t i = 0; i < a->cert_count; i++)
        if (a->certs[i].len != b->certs[i].len ||
            memcmp(a->certs[i].der, b->certs[i].der, a->certs[i].len) != 0)
            return false;
    return true;
}

/* Keeps the chain of the session, if it is another than those before. Returns which one it is. */
static size_t keep_chain(struct check_address *address, struct check_tls *tls)
{
    struct check_chain *chain = &address->chains[address->chain_count];

    chain->data = check_tls_take_chain(tls, chain->certs, &chain->cert_count);
    chain->key = key_of(chain);
    for (size_t i = 0; i < address->chain_count; i++) {
        if (is_same_chain(&address->chains[i], chain)) {
            free(chain->data);
            *chain = (struct check_chain){.data = NULL};
            return i;
        }
    }
    return address->chain_count++;
}

static void on_handshake(struct probe *probe)
{
    struct check_try *try = &probe->address->tries[probe->number];
    char why[CHECK_TEXT_MAX / 2];

    switch (check_tls_handshake(probe->tls)) {
    case CHECK_TLS_WANTS_READ:
        probe->events = POLLIN;
        return;
    case CHECK_TLS_WANTS_WRITE:
        probe->events = POLLOUT;
        return;
    case CHECK_TLS_FAILED:
        try->declined = true;
        check_tls_error(probe->tls, why, sizeof why);
        end(probe, CHECK_NO_TLS, "the TLS handshake failed", why);
        return;
    case CHECK_TLS_UNABLE:
        check_tls_error(probe->tls, why, sizeof why);
        end(probe, CHECK_UNTRIED, "the TLS library cannot do this handshake", why);
        return;
    case CHECK_TLS_DONE:
        break;
    }
    try->chain = keep_chain(probe->address, probe->tls);
    snprintf(try->protocol, sizeof try->protocol, "%s", check_tls_protocol(probe->tls));
    snprintf(try->cipher, sizeof try->cipher, "%s", check_tls_cipher(probe->tls));
    check_tls_quit(probe->tls);
    end(probe, CHECK_TLS, "", "");
}

static void go_on(struct probe *probe)
{
    switch (probe->phase) {
    case CONNECTING:
        on_connected(probe);
        break;
    case GREETING:
    case SAID_EHLO:
    case SAID_STARTTLS:
        on_octets(probe);
        break;
    case HANDSHAKE:
        on_handshake(probe);
        break;
    case ENDED:
        break;
    }
}

static void end_late(struct probe *probe)
{
    switch (probe->phase) {
    case CONNECTING:
        end(probe, CHECK_UNREACHED, "no connection in time", "");
        break;
    case GREETING:
        end(probe, CHECK_NO_SMTP, "no greeting in time", "");
        break;
    case SAID_EHLO:
        end(probe, CHECK_NO_SMTP, "no reply to EHLO in time", "");
        break;
    case SAID_STARTTLS:
        end(probe, CHECK_NO_STARTTLS, "no reply to STARTTLS in time", "");
        break;
    case HANDSHAKE:
        end(probe, CHECK_NO_TLS, "the TLS handshake is not done in time", "");
        break;
    case ENDED:
        break;
    }
}

/* Whether the certificate that an offer is for has been seen. */
static bool is_seen(const struct check_address *address, size_t number)
{
    for (size_t i = 0; i < number; i++) {
        const struct check_try *try = &address->tries[i];
        if (try->made && try->reached == CHECK_TLS &&
            strcmp(try->protocol, offers[number].protocol) == 0 &&
            strcmp(address->chains[try->chain].key, offers[number].key) == 0)
            return true;
    }
    return false;
}

/* Goes on to the next try that there is something to learn from. Returns false if there is none. */
static bool find_next(struct probe *probe)
{
    const struct check_address *address = probe->address;

    if (address->host->state != CHECK_STATE_DANE || address->tries[0].reached != CHECK_TLS)
        return false;
    while (probe->number + 1 < CHECK_TRIES)
        if (!is_seen(address, ++probe->number))
            return true;
    return false;
}

/* Ends what is not done at the deadline, and says the same of what has not begun. */
static void give_up(struct probe *probe)
{
    if (probe->phase == ENDED)
        return;
    end_late(probe);
    while (find_next(probe)) {
        probe->address->tries[probe->number].made = true;
        end(probe, CHECK_UNTRIED, "there was no time for it", "");
    }
}

/* Collects what the running ones wait for. Returns how many run. */
static size_t watch(struct probe *probes, size_t count, struct pollfd *watched)
{
    size_t running = 0;

    for (size_t i = 0; i < count; i++) {
        bool runs = probes[i].phase != ENDED;
        /* poll(2) passes over a negative descriptor. */
        watched[i] = (struct pollfd){.fd = runs ? probes[i].fd : -1, .events = probes[i].events};
        running += runs ? 1 : 0;
    }
    return running;
}

static void show_progress(const struct check *check, size_t running)
{
    if (!check->json && isatty(STDERR_FILENO))
        fprintf(stderr, running > 0 ? "\r%zu of %zu addresses are checked\033[K" : "\r\033[K",
            check->address_count - running, check->address_count);
}

void check_probe_all(struct check *check)
{
    size_t count = check->address_count;
    struct probe *probes = alloc_array_zeroed(count + 1, sizeof *probes);
    struct pollfd *watched = alloc_array_zeroed(count + 1, sizeof *watched);
    size_t running;

    for (size_t i = 0; i < count; i++) {
        probes[i].address = &check->addresses[i];
        start(&probes[i]);
    }
    while ((running = watch(probes, count, watched)) > 0) {
        uint64_t now_ms = check_now_ms();
        show_progress(check, running);
        if (now_ms >= check->deadline_ms)
            break;
        poll(watched, count, (int)(check->deadline_ms - now_ms));
        for (size_t i = 0; i < count; i++) {
            if (watched[i].fd < 0 || !watched[i].revents)
                continue;
            go_on(&probes[i]);
            while (probes[i].phase == ENDED && find_next(&probes[i]))
                start(&probes[i]);
        }
    }
    for (size_t i = 0; i < count; i++)
        give_up(&probes[i]);
    show_progress(check, 0);
    free(probes);
    free(watched);
}
