/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns.c - texts for the words of DNS.
 */
#include "daemon/core/dns.h"

const char *dns_cause_text(enum dns_cause cause)
{
    static const char *const texts[] = {
#define X(name, text) [CAUSE_##name] = text,
        DNS_CAUSES(X)
#undef X
    };
    return texts[cause];
}

bool dns_type_is_asked(uint16_t type)
{
    return type == DNS_A || type == DNS_AAAA || type == DNS_CNAME || type == DNS_MX ||
           type == DNS_TLSA;
}

const char *dns_type_text(uint16_t type)
{
    switch (type) {
    case DNS_A:
        return "A";
    case DNS_NS:
        return "NS";
    case DNS_CNAME:
        return "CNAME";
    case DNS_SOA:
        return "SOA";
    case DNS_MX:
        return "MX";
    case DNS_AAAA:
        return "AAAA";
    case DNS_DNAME:
        return "DNAME";
    case DNS_RRSIG:
        return "RRSIG";
    case DNS_TLSA:
        return "TLSA";
    default:
        return "TYPE";
    }
}
