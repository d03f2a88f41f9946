/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daned_client.h - asks daned, from any program, for a TLS policy or to verify a chain.
 *
 * To embed: copy daned_client.h and daned_client.c. They need nothing but libc (POSIX.1-2008), and
 * compile as C99 or later; the header is fit for C++ too. They keep no state, allocate nothing, and
 * any number of threads may call them at the same time. They never raise SIGPIPE.
 *
 * Each call makes one connection, blocks for as long as its deadline allows at the most, and fails
 * closed: whatever goes wrong, the level is DANED_DEFER and the verdict is DANED_TEMP, so that a
 * caller who looks at nothing else keeps the message and tries again later.
 *
 * An address is "inet:A.B.C.D:PORT", "inet:[IPV6]:PORT" or "unix:/PATH", of a listener of daned
 * with protocol = exim. Only digits: a name would have to be looked up by somebody first. daned
 * replies within 4.5 s; a deadline of 5000 ms leaves it that time.
 */
#ifndef DANED_CLIENT_H
#define DANED_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DANED_ADDRESS "inet:127.0.0.1:846" /* where daned listens unless it is told otherwise */

#define DANED_POLICY_MAX 4096         /* octets of a POLICY request with its end */
#define DANED_VERIFY_MAX (256 * 1024) /* octets of a VERIFY request with its end */
#define DANED_TOKEN_MAX 64            /* octets of a reason */
#define DANED_REPLY_MAX 4096          /* octets of a reply with its end */
#define DANED_ERROR_MAX 256           /* octets of an error text with its NUL */

enum daned_status {
    DANED_OK = 0,        /* daned has replied; what it says may still be to defer */
    DANED_BAD_ARGUMENT,  /* nothing was sent: an argument is missing, malformed or too long */
    DANED_NO_CONNECTION, /* no socket could be had, or nothing listens at the address */
    DANED_LATE,          /* the deadline passed before the whole reply was there */
    DANED_BROKEN,        /* the connection broke before the whole reply was there */
    DANED_BAD_REPLY      /* an empty reply, or one that is no reply to the request */
};

enum daned_level {
    DANED_DEFER = 0, /* keep the message, try again later */
    DANED_DANE_REQUIRED,
    DANED_DANE,
    DANED_ENCRYPT,
    DANED_MAY
};

struct daned_policy_reply {
    enum daned_level level;
    uint32_t ttl_s;                   /* seconds for which the level may be kept */
    char reason[DANED_TOKEN_MAX + 1]; /* of a-z, 0-9 and "-"; "" if there was no reply */
    char error[DANED_ERROR_MAX];      /* why there was no reply; "" if there was one */
};

/*
 * Asks which level destination needs: a domain, "[host]", "[host]:port" or "domain:port"; with
 * host, unless it is NULL, for that MX host of it alone. deadline_ms, from 1, is for all of
 * connecting, sending and reading. Fills *reply_out always. Returns DANED_OK if daned has replied,
 * which may be with DANED_DEFER; else why not, and the level is DANED_DEFER.
 *
 * A destination or host that is empty, or has a blank, a control octet or "=" in it, is
 * DANED_BAD_ARGUMENT: in the request line it would read as something else.
 */
enum daned_status daned_policy(const char *address, const char *destination, const char *host,
    int deadline_ms, struct daned_policy_reply *reply_out);

enum daned_verdict {
    DANED_TEMP = 0, /* nothing can be said now: keep the message, try again later */
    DANED_ACCEPT,   /* the peer is who DANE says it must be, or DANE asks for nothing here */
    DANED_DENY      /* it is not: try the next host, or later; not a reason to bounce */
};

/* A certificate in DER; borrowed. */
struct daned_cert {
    const unsigned char *der;
    size_t len;
};

/* Set it to zero first, so that what a later version adds is not given. */
struct daned_verify_request {
    const char *domain;             /* the destination; needed */
    const char *host;               /* the MX host's name; needed */
    unsigned port;                  /* that the connection goes to, 1 to 65535; needed */
    const char *addr;               /* the host's address; NULL or "": not given */
    const char *sni;                /* the name that was sent to it; NULL or "": none */
    const struct daned_cert *certs; /* as presented, leaf first; needed */
    size_t count;                   /* of them, from 1 */
};

struct daned_verify_reply {
    enum daned_verdict verdict;
    char text[DANED_REPLY_MAX]; /* printable ASCII: what matched, or why it is not accepted */
};

/*
 * Asks whether the peer that has presented the chain of *request may be sent mail. deadline_ms is
 * as for daned_policy. Fills *reply_out always. Returns DANED_OK if daned has replied; else why
 * not: then the verdict is DANED_TEMP, and the text says what went wrong.
 *
 * Texts with a blank, a control octet or "=" in them, and chains of more than about 190 kB, are
 * DANED_BAD_ARGUMENT.
 */
enum daned_status daned_verify(const char *address, const struct daned_verify_request *request,
    int deadline_ms, struct daned_verify_reply *reply_out);

/* Give the word of the protocol: "dane-required", "defer", ...; "OK", "DENY", "TEMP". */
const char *daned_level_word(enum daned_level level);
const char *daned_verdict_word(enum daned_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif
