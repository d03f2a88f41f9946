/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_exchange.h - asks name servers over TCP, all of them side by side in one loop of poll(2).
 *
 * Over TCP alone (RFC 7766): nobody off the path can put in a reply, and none is cut. What a server
 * says is hostile: it has at most the time until the deadline, and DNS_EXCHANGE_QUESTIONS_MAX
 * replies of DNS_MESSAGE_MAX octets.
 */
#ifndef DANED_DANECTL_DNS_EXCHANGE_H
#define DANED_DANECTL_DNS_EXCHANGE_H

#include "client-shims/danectl/endpoint.h"
#include "daemon/core/dns_message.h"

#define DNS_EXCHANGE_QUESTIONS_MAX 256
#define DNS_EXCHANGE_WHY_MAX 160 /* octets, with the NUL */

struct dns_exchange_question {
    struct dname name;
    uint16_t type;
    struct dns_message *reply; /* to this question, freed by the caller; NULL: there is none */
};

/* How it ended. */
enum dns_exchange_end {
    DNS_EXCHANGE_DONE,       /* every question has its reply */
    DNS_EXCHANGE_UNROUTABLE, /* there is no way to it from here */
    DNS_EXCHANGE_UNREACHED,  /* no connection */
    DNS_EXCHANGE_LATE,       /* not all the replies in time */
    DNS_EXCHANGE_BROKEN,     /* the connection ended, or what came is no DNS reply to us */
};

/* The questions to one server. */
struct dns_exchange {
    struct endpoint server;
    bool recurse; /* the RD bit */
    struct dns_exchange_question *questions;
    size_t question_count; /* 1 to DNS_EXCHANGE_QUESTIONS_MAX */
    enum dns_exchange_end end;
    char why[DNS_EXCHANGE_WHY_MAX]; /* it did not end well, printable */
};

/*
 * Asks all, until deadline_ms of the monotonic clock (check_now_ms). Sets end and why of each, and
 * reply of each question that was replied to, whatever the end.
 */
void dns_exchange_run(struct dns_exchange *exchanges, size_t count, uint64_t deadline_ms);

#endif
