/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exim_client.h - the client's side of the Exim protocol, for danectl, tests and other MTAs.
 *
 * The client sends one request, half-closes, and reads until the daemon closes; then it parses all
 * that came. A reply that is cut short, empty or odd in any way is an error, never an answer.
 */
#ifndef DANED_PROTO_EXIM_CLIENT_H
#define DANED_PROTO_EXIM_CLIENT_H

#include <stdint.h>

#include "proto/exim_line.h"
#include "proto/span.h"

/*
 * Writes "POLICY DESTINATION[ host=HOST]\n" into out[0..out_cap). A host of length 0 is left out.
 * Returns the octets written, or 0, with nothing to be sent, if it does not fit, is over
 * EXIM_POLICY_MAX, or a value could not be read back (a blank, a control octet, a destination with
 * "="). An empty destination is written as it is: the daemon refuses it.
 */
size_t exim_encode_policy_request(
    struct span destination, struct span host, char *out, size_t out_cap);

/*
 * Writes a VERIFY request into out[0..out_cap): domain, host and port of *request, those of addr,
 * sni, pid and mid that are not empty, and the cert_count certificates certs, DER, leaf first;
 * verb, destination and chain are not looked at. Returns the octets written, or 0, with nothing to
 * be sent, if it does not fit, is over EXIM_VERIFY_MAX, something needed is empty, or a value has a
 * blank or a control octet.
 */
size_t exim_encode_verify_request(const struct exim_request *request, const struct span *certs,
    size_t cert_count, char *out, size_t out_cap);

struct exim_policy_reply {
    struct span level; /* a token */
    uint32_t ttl_s;
    struct span reason; /* a token */
};

/*
 * Reads buf[0..len), the whole reply to POLICY. On true *reply_out points into buf. On false, for
 * anything but "level=TOKEN ttl=SECONDS reason=TOKEN\n", it is left alone.
 */
bool exim_parse_policy_reply(const char *buf, size_t len, struct exim_policy_reply *reply_out);

/*
 * Reads buf[0..len), the whole reply to VERIFY. On true *verdict_out is what its first word says,
 * and *text_out, perhaps empty, points into buf. On false, for another first word, octets that are
 * not printable ASCII, no LF at the end or something after it, the outputs are left alone.
 */
bool exim_parse_verify_reply(
    const char *buf, size_t len, enum exim_verdict *verdict_out, struct span *text_out);

#endif
