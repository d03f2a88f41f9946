/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alias.c - the chains of CNAMEs that a verdict rests on.
 */
#include "daemon/core/alias.h"

uint16_t alias_address_type(const struct evidence *evidence, const struct dname *host)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA};
    uint16_t found = DNS_A;
    bool is_found = false;

    /* As for the host's state: the first that has addresses; for want of one, any. */
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct fact *fact = evidence_find(evidence, host, types[i]);
        if (!fact || fact->link_count == 0)
            continue;
        if (fact->outcome == FACT_RECORDS)
            return types[i];
        if (!is_found)
            found = types[i];
        is_found = true;
    }
    return found;
}

static bool need_links(struct evidence *evidence, const struct dname *name, uint16_t type)
{
    const struct fact *fact = evidence_find(evidence, name, type);
    struct dname owner = *name;
    size_t cursor = 0;
    bool known = true;

    /* What is secure as a whole is so in every link. */
    if (!fact || fact->status != DNS_INSECURE || fact->link_count == 0)
        return true;
    do {
        if (!evidence_need(evidence, &owner, DNS_CNAME, EVIDENCE_HOST(0)))
            known = false;
    } while (fact_next_link(fact, &cursor, &owner) && cursor < fact->path_len);
    return known;
}

bool alias_links_known(
    const struct destination *destination, const struct verdict *verdict, struct evidence *evidence)
{
    bool known = need_links(evidence, &destination->name, DNS_MX);

    for (size_t i = 0; i < verdict->host_count; i++) {
        const struct host_verdict *host = &verdict->hosts[i];
        uint16_t type = alias_address_type(evidence, &host->name);
        struct dname owner;

        known = need_links(evidence, &host->name, type) && known;
        if (host_tlsa_owner(host, destination->port, &owner))
            known = need_links(evidence, &owner, DNS_TLSA) && known;
    }
    return known;
}

/* The status of one CNAME record of a chain that is not secure as a whole. */
static enum dns_status link_status(const struct evidence *evidence, const struct dname *owner)
{
    const struct fact *link = evidence_find(evidence, owner, DNS_CNAME);

    return link && link->outcome == FACT_RECORDS ? (enum dns_status)link->status : DNS_ERROR;
}

size_t alias_links(const struct evidence *evidence, const struct dname *name, uint16_t type,
    struct alias_link links_out[FACT_LINKS_MAX])
{
    const struct fact *fact = evidence_find(evidence, name, type);
    const struct dname *owner = name;
    size_t cursor = 0;
    size_t count = 0;

    while (
        fact && count < FACT_LINKS_MAX && fact_next_link(fact, &cursor, &links_out[count].target)) {
        struct alias_link *link = &links_out[count++];
        link->owner = *owner;
        link->status = fact->status == DNS_SECURE ? DNS_SECURE : link_status(evidence, owner);
        owner = &link->target;
    }
    return count;
}
