/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exim_verify.h - the VERIFY request of the Exim protocol.
 */
#ifndef DANED_IO_EXIM_VERIFY_H
#define DANED_IO_EXIM_VERIFY_H

#include "daemon/io/protocol.h"
#include "proto/exim_line.h"

/* Takes a parsed VERIFY request; as protocol.h's take(). */
enum protocol_step exim_verify_take(struct server *server, const struct exim_request *line,
    uint64_t now_ms, struct replies *replies, struct request **request_out);

/* Goes on with one; as protocol.h's answer(). */
enum protocol_step exim_verify_answer(struct server *server, struct request *request,
    enum protocol_wake wake, const struct verdict *verdict, uint64_t now_ms,
    struct replies *replies);

/* Writes a reply to VERIFY; text is escaped and cut. */
enum protocol_step exim_verify_reply(
    struct replies *replies, enum exim_verdict verdict, const char *text);

#endif
