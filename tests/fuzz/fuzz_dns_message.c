/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_dns_message.c - replies of hostile name servers.
 *
 * What is read must hold what its types promise to those who look into it, and no more records than
 * were there; and the core must come to a fact, or to another name, whatever the reply says.
 */
#include <stdlib.h>

#include "daemon/core/chase.h"
#include "daemon/core/dns_message.h"
#include "tests/fuzz/fuzz.h"

static size_t check_rrs(const struct dns_rr *rrs, size_t count)
{
    struct dname name;

    for (size_t i = 0; i < count; i++) {
        const struct dns_rr *rr = &rrs[i];
        FUZZ_CHECK(dname_from_wire(rr->owner.wire, rr->owner.len, &name));
        FUZZ_CHECK(dname_equal(&name, &rr->owner));
        switch (rr->type) {
        case DNS_A:
            FUZZ_CHECK(rr->rdata_len == 4);
            break;
        case DNS_AAAA:
            FUZZ_CHECK(rr->rdata_len == 16);
            break;
        case DNS_NS:
        case DNS_CNAME:
        case DNS_DNAME:
            FUZZ_CHECK(dname_from_wire(rr->rdata, rr->rdata_len, &name));
            break;
        case DNS_MX:
            FUZZ_CHECK(rr->rdata_len > 2);
            FUZZ_CHECK(dname_from_wire(rr->rdata + 2, rr->rdata_len - 2u, &name));
            break;
        case DNS_SOA:
            FUZZ_CHECK(rr->rdata_len >= 22);
            break;
        case DNS_TLSA:
            FUZZ_CHECK(rr->rdata_len >= 3);
            break;
        case DNS_RRSIG:
            FUZZ_CHECK(rr->rdata_len >= 19);
            break;
        default: /* of no other type is anything kept */
            FUZZ_CHECK(false);
        }
        for (size_t j = 0; j < rr->rdata_len; j++) /* all of it can be read */
            *(volatile uint8_t *)&name.len = rr->rdata[j];
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message *message = dns_message_read(data, size);
    struct chase chase;

    if (!message)
        return 0;
    FUZZ_CHECK(size >= 12 && size <= DNS_MESSAGE_MAX);
    size_t count = check_rrs(message->reply.answer, message->reply.answer_count) +
                   check_rrs(message->reply.soa, message->reply.soa_count) +
                   check_rrs(message->ns, message->ns_count) +
                   check_rrs(message->additional, message->additional_count);
    FUZZ_CHECK(count <= DNS_MESSAGE_RRS_MAX && count * 11 <= size);
    if (message->reply.qname.len > 0) {
        chase_init(&chase, &message->reply.qname, message->reply.qtype);
        struct fact *fact = chase_step(&chase, &message->reply, 1700000000);
        FUZZ_CHECK(fact || chase.links > 0);
        free(fact);
        chase_fini(&chase);
    }
    dns_message_free(message);
    return 0;
}
