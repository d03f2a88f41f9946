/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * destination.h - what an MTA asks about: a domain, a host, an address, a parent; with its port.
 *
 * A destination is a value: copied by assignment, without anything on the heap. Two keys that mean
 * the same ("Example.COM.", "example.com:smtp") become equal destinations. A malformed key is an
 * error of its own and never a destination: whoever asks with one must be refused, because an
 * answer about another name than the MTA means could be too weak.
 *
 * Names: case is folded, one trailing dot is stripped. A label with a non-ASCII octet goes through
 * libidn2 (IDNA 2008, NFC input, non-transitional); ASCII labels bypass it, because it refuses
 * names that exist (ab--c.example). What it gives is checked again by the rules for ASCII labels:
 * letters, digits, '-' and '_' in any order, 1 to 63 octets each, 253 octets in all.
 */
#ifndef DANED_CORE_DESTINATION_H
#define DANED_CORE_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/core/dname.h"

#define DESTINATION_KEY_MAX 1000                  /* octets of a key; a longer one is malformed */
#define DESTINATION_ADDRESS_MAX 46                /* octets of an address as text, with its NUL */
#define DESTINATION_TEXT_MAX (DNAME_TEXT_MAX + 8) /* '[', ']', ":65535" around a name */
#define DESTINATION_SMTP_PORT 25

enum destination_kind {
    DESTINATION_DOMAIN,  /* "domain", "domain:port": has an MX lookup */
    DESTINATION_HOST,    /* "[host]", "[host]:port": that host alone */
    DESTINATION_ADDRESS, /* "[192.0.2.1]", "[IPv6:...]", "[fd00::1]", with or without port: no DNS
                          */
    DESTINATION_PARENT,  /* ".parent": Postfix's parent-domain lookups: not found, no DNS */
};

struct destination {
    enum destination_kind kind;
    uint16_t port;                         /* 25 unless given */
    struct dname name;                     /* of DOMAIN, HOST, PARENT; "no name" for ADDRESS */
    char address[DESTINATION_ADDRESS_MAX]; /* of ADDRESS: as inet_ntop() writes it; else "" */
};

/* The ways to be malformed: X(name, text). The text completes "malformed destination: ...". */
#define DESTINATION_ERRORS(X)                                                            \
    X(OK, "no error")                                                                    \
    X(EMPTY, "it is empty")                                                              \
    X(LONG_KEY, "it is longer than 1000 octets")                                         \
    X(EMPTY_LABEL, "an empty label (two dots in a row, or a dot at the start)")          \
    X(LONG_LABEL, "a label longer than 63 octets")                                       \
    X(LONG_NAME, "a name longer than 253 octets")                                        \
    X(BAD_CHARACTER, "a character that cannot stand in a host name")                     \
    X(BAD_UTF8, "invalid UTF-8")                                                         \
    X(BAD_IDN, "IDNA (RFC 5891) does not allow this internationalized name")             \
    X(BAD_BRACKETS, "brackets must enclose the whole host, as in [host] or [host]:port") \
    X(BAD_ADDRESS, "a colon inside the brackets, but no IPv6 address")                   \
    X(BAD_COLON, "more than one colon (an IPv6 address needs brackets)")                 \
    X(BAD_PORT, "a port must be 1 to 65535")                                             \
    X(BAD_SERVICE, "an unknown service (known: smtp, smtps, submission, submissions)")   \
    X(PARENT_PORT, "a parent domain (.example.com) has no port")

enum destination_error {
#define X(name, text) DESTINATION_##name,
    DESTINATION_ERRORS(X)
#undef X
};

/*
 * Reads key[0..len), as Postfix and Exim write destinations; need not be NUL-terminated. Returns
 * DESTINATION_OK and sets *destination_out, or says why not and leaves it alone. Allocates nothing
 * that outlives the call, and nothing at all for an ASCII key.
 */
enum destination_error destination_parse(
    const char *key, size_t len, struct destination *destination_out);

/* Gives the sentence for an error; static storage. */
const char *destination_error_text(enum destination_error error);

/*
 * Writes the canonical text: "example.com", "example.com:2525" (a port only if it is not 25),
 * "[mx.example.com]:587", "[192.0.2.1]", "[fd00::1]", ".example.com". Reading it gives an equal
 * destination. text_out has room for DESTINATION_TEXT_MAX octets and is NUL-terminated. Returns the
 * length without the NUL.
 */
size_t destination_to_text(const struct destination *destination, char *text_out);

/* Whether a and b are the same kind, port and name or address. */
bool destination_equal(const struct destination *a, const struct destination *b);

#endif
