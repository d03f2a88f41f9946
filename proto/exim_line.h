/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exim_line.h - the daemon's side of the Exim protocol: one request line, one reply line.
 *
 *   POLICY DESTINATION [host=HOST]
 *   VERIFY key=value ... chain=B64 B64 ...      (CHAIN is another spelling of VERIFY)
 *
 * Exim's ${readsocket} sends the line, half-closes, and reads until the daemon closes. The parser
 * keeps no state; spans point into the caller's buffer. exim_client.h is the other side.
 *
 * Limits, the line's end included: 4096 octets for POLICY, 256 KiB for VERIFY. A first word that
 * cannot become a known one is refused at once.
 */
#ifndef DANED_PROTO_EXIM_LINE_H
#define DANED_PROTO_EXIM_LINE_H

#include <stdint.h>

#include "proto/span.h"

#define EXIM_POLICY_MAX 4096         /* octets of a POLICY line with its end */
#define EXIM_VERIFY_MAX (256 * 1024) /* octets of a VERIFY line with its end */
#define EXIM_TOKEN_MAX 64            /* octets of a level or a reason in a POLICY reply */

enum exim_line_status {
    EXIM_LINE_OK,   /* a whole request, and nothing else */
    EXIM_LINE_MORE, /* good so far, but not ended */
    EXIM_LINE_BAD   /* whatever follows, it is refused */
};

enum exim_verb {
    EXIM_UNKNOWN, /* only with EXIM_LINE_MORE or EXIM_LINE_BAD: the first word is not known */
    EXIM_POLICY,
    EXIM_VERIFY
};

/* The values of a request; data is NULL for what was not given. */
struct exim_request {
    enum exim_verb verb;
    struct span destination; /* POLICY: may be empty (Exim's multi_domain), the caller refuses it */
    struct span host;        /* VERIFY: needed; POLICY: if given; never empty if given */
    struct span domain;      /* VERIFY, needed, not empty */
    struct span port;        /* VERIFY, needed, not empty; the caller judges whether it is one */
    struct span addr;        /* VERIFY */
    struct span sni;         /* VERIFY; empty if Exim sent none */
    struct span pid;         /* VERIFY */
    struct span mid;         /* VERIFY */
    struct span chain;       /* VERIFY, needed: base64 words, leaf first, for exim_chain_init */
};

/*
 * Looks at buf[0..len), all that came so far on the connection; eof says that nothing more will
 * come. On EXIM_LINE_OK *request_out holds the request. On EXIM_LINE_BAD *reason_out is a static
 * text. In both cases, and on EXIM_LINE_MORE, request_out->verb is the verb as far as it is known,
 * so that the caller can refuse in the verb's own form; the spans are only set on EXIM_LINE_OK.
 *
 * Bad are: an unknown first word; a line too long; octets after its LF; control octets; a word that
 * is not key=value; a known key given twice; an empty host; a destination with "=" in it (an empty
 * one of which the blank was lost); for VERIFY, one of domain, host, port, chain missing or empty,
 * or a chain that has something else in it than strict base64, blanks between. Unknown keys are
 * ignored.
 */
enum exim_line_status exim_line_parse(const char *buf, size_t len, bool eof,
    struct exim_request *request_out, const char **reason_out);

enum exim_chain_status {
    EXIM_CHAIN_OK,  /* one certificate was decoded */
    EXIM_CHAIN_END, /* there are no more */
    EXIM_CHAIN_BAD  /* not strict base64, or too long for the caller's buffer; stays so */
};

/* Walks the certificates of a request; borrows the request's buffer. */
struct exim_chain {
    struct span rest;
    bool bad;
};

/* Sets *chain to the first certificate of words, the chain of a struct exim_request. */
void exim_chain_init(struct exim_chain *chain, struct span words);

/*
 * Decodes the next certificate, leaf first, into der_out[0..der_cap). On EXIM_CHAIN_OK *len_out is
 * its octets, at least 1. Otherwise *len_out is left alone and der_out is not to be used. What the
 * octets are, is not looked at.
 */
enum exim_chain_status exim_chain_next(
    struct exim_chain *chain, uint8_t *der_out, size_t der_cap, size_t *len_out);

/*
 * Writes the reply to POLICY, "level=LEVEL ttl=SECONDS reason=TOKEN\n", into out[0..out_cap).
 * Returns the octets written, or 0, with nothing to be sent, if it does not fit or if level or
 * reason is not a token: 1 to EXIM_TOKEN_MAX of a-z, 0-9 and "-".
 */
size_t exim_encode_policy_reply(
    const char *level, uint32_t ttl_s, const char *reason, char *out, size_t out_cap);

enum exim_verdict {
    EXIM_ACCEPT, /* "OK", what matched */
    EXIM_DENY,   /* "DENY", why */
    EXIM_TEMP    /* "TEMP", why nothing can be said now */
};

/*
 * Writes the reply to VERIFY, "OK text\n", "DENY text\n" or "TEMP text\n", into out[0..out_cap),
 * which must not overlap text. Always with a text: an EXIM_ACCEPT without one is a caller's mistake
 * and is sent as a TEMP that says so. Octets of text that are not printable ASCII go out as '?', so
 * that no text can end the line. Returns the octets written, or 0, with nothing written, if the
 * reply does not fit.
 */
size_t exim_encode_verify_reply(
    enum exim_verdict verdict, const char *text, size_t text_len, char *out, size_t out_cap);

/* Whether span is a token of a POLICY reply: 1 to EXIM_TOKEN_MAX of a-z, 0-9 and "-". */
bool exim_is_token(struct span span);

/* Gives the first word of a VERIFY reply: a static text. */
const char *exim_verdict_word(enum exim_verdict verdict);

#endif
