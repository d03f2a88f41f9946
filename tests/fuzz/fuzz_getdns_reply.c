/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_getdns_reply.c - DNS messages of hostile octets, by way of getdns' own parser.
 *
 * What getdns makes of an input is what it hands to our callback; what we make of that must be
 * whole and well-formed, whatever stood on the wire.
 */
#include <string.h>

#include <getdns/getdns_extra.h>

#include "daemon/core/chase.h"
#include "daemon/io/getdns_reply.h"
#include "tests/fuzz/fuzz.h"

/* A label without letters, whose case would be folded, and the root. */
#define BEHIND "\6#~^|!*\0"

/* A name takes 255 octets at most; twice that many stand behind the message. */
static uint8_t padded[65536 + 2 * DNAME_MAX];

static void put_behind(size_t at)
{
    for (size_t i = 0; i < 2 * DNAME_MAX; i++)
        padded[at + i] = (uint8_t)BEHIND[i % (sizeof BEHIND - 1)];
}

/* Gives a response as getdns makes it of a message, or NULL if it cannot. */
static getdns_dict *new_response(const uint8_t *wire, size_t len)
{
    getdns_dict *response = getdns_dict_create();
    getdns_dict *message = NULL;
    getdns_bindata full = {.size = len, .data = (uint8_t *)(uintptr_t)wire};

    if (getdns_wire2msg_dict(wire, len, &message) != GETDNS_RETURN_GOOD ||
        getdns_dict_set_dict(response, "/replies_tree/0", message) != GETDNS_RETURN_GOOD ||
        getdns_dict_set_bindata(response, "/replies_full/0", &full) != GETDNS_RETURN_GOOD) {
        getdns_dict_destroy(response);
        response = NULL;
    }
    getdns_dict_destroy(message);
    return response;
}

static void check_name(const struct dname *name)
{
    struct dname copy;

    FUZZ_CHECK(dname_from_wire(name->wire, name->len, &copy) && dname_equal(name, &copy));
    FUZZ_CHECK(!memmem(name->wire, name->len, BEHIND, sizeof BEHIND - 2));
}

static void check_rrs(const struct dns_rr *rrs, size_t count, size_t wire_len)
{
    /* A record takes 11 octets of the wire or more: none is made up. */
    FUZZ_CHECK(count <= GETDNS_REPLY_RRS_MAX && count * 11 <= wire_len);
    for (size_t i = 0; i < count; i++) {
        check_name(&rrs[i].owner);
        FUZZ_CHECK(!memmem(rrs[i].rdata, rrs[i].rdata_len, BEHIND, sizeof BEHIND - 2));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct getdns_reply *reply = NULL;

    if (size > sizeof padded - 2 * DNAME_MAX || memmem(data, size, "~^", 2))
        return 0;
    memcpy(padded, data, size);
    put_behind(size);
    getdns_dict *response = new_response(padded, size);
    enum dns_cause cause = getdns_reply_read(response, &reply);

    FUZZ_CHECK((cause == CAUSE_NONE) == (reply != NULL));
    if (reply) {
        const struct dns_reply *dns = &reply->dns;
        struct chase chase;
        FUZZ_CHECK(size >= 12);
        FUZZ_CHECK(dns->qr == (data[2] >> 7 & 1) && dns->tc == (data[2] >> 1 & 1));
        FUZZ_CHECK(dns->ad == (data[3] >> 5 & 1) && (dns->rcode & 15) >= (data[3] & 15));
        if (dns->qname.len > 0)
            check_name(&dns->qname);
        check_rrs(dns->answer, dns->answer_count, size);
        check_rrs(dns->soa, dns->soa_count, size);
        if (dns->qname.len > 0) {
            chase_init(&chase, &dns->qname, dns->qtype);
            struct fact *fact = chase_step(&chase, dns, INT64_C(1800000000));
            FUZZ_CHECK(!fact || fact->status != DNS_SECURE || dns->ad);
            free(fact);
        }
    }
    getdns_reply_free(reply);
    getdns_dict_destroy(response);
    return 0;
}
