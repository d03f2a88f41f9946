/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_smtp.h - reads one SMTP reply (RFC 5321 4.2): pure, over octets that have come so far.
 */
#ifndef DANED_DANECTL_CHECK_SMTP_H
#define DANED_DANECTL_CHECK_SMTP_H

#include <stdbool.h>

#include "proto/span.h"

enum check_smtp_status {
    CHECK_SMTP_OK,
    CHECK_SMTP_MORE,      /* the reply is not whole yet */
    CHECK_SMTP_MALFORMED, /* it is no reply, or something stands behind it */
};

/*
 * Reads data as one reply that must fill it: lines of a code, the same in each, "-" or, in the last
 * one, a blank or nothing, and text, each ended by LF or CRLF. Sets *code_out for CHECK_SMTP_OK.
 */
enum check_smtp_status check_smtp_reply(struct span data, int *code_out);

/* Whether a whole reply to EHLO offers STARTTLS: a line behind the first one, of that word alone.
 */
bool check_smtp_offers_starttls(struct span reply);

#endif
