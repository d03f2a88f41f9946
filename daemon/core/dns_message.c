/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_message.c - DNS messages in wire format: writes a query, reads a reply.
 *
 * A cursor walks through the message once; its error is sticky. What is kept of a record is copied,
 * with the names in it uncompressed.
 */
#include "daemon/core/dns_message.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum {
    HEADER_LEN = 12,
    RR_MIN = 11, /* octets: the root, type, class, TTL, length */
    CLASS_IN = 1,
    TYPE_OPT = 41,
    OPTION_EDE = 15,      /* RFC 8914 2 */
    UDP_PAYLOAD = 1232,   /* of no meaning over TCP */
    RR_NAMES_MAX = 2,     /* domain names in one rdata */
    LABEL_POINTER = 0xc0, /* RFC 1035 4.1.4: the two highest bits */
};

/* What the rdata of a type consists of: octets, domain names, octets. */
struct layout {
    uint16_t type;
    uint8_t octets;
    uint8_t names;
    uint8_t more;    /* octets behind the names */
    bool and_others; /* and any number of others */
};

static const struct layout layouts[] = {
    {DNS_A, 4, 0, 0, false},
    {DNS_AAAA, 16, 0, 0, false},
    {DNS_NS, 0, 1, 0, false},
    {DNS_CNAME, 0, 1, 0, false},
    {DNS_DNAME, 0, 1, 0, false},
    {DNS_MX, 2, 1, 0, false},
    {DNS_SOA, 0, 2, 20, false},
    {DNS_TLSA, 3, 0, 0, true},
    {DNS_RRSIG, 18, 1, 0, true},
};

struct cursor {
    const uint8_t *wire;
    size_t len;
    size_t at;
    bool bad; /* sticky: everything that is taken afterwards is nothing */
};

struct reader {
    struct cursor cursor;
    struct dns_message *message;
    size_t rdata_len;
    size_t rdata_cap;
    bool has_opt;
};

/* ---- writing ---- */

static void put_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

size_t dns_query_write(uint16_t id, const struct dname *name, uint16_t type, bool recurse,
    uint8_t query_out[DNS_QUERY_MAX])
{
    static const uint8_t opt[] = {
        0, 0, TYPE_OPT, UDP_PAYLOAD >> 8, UDP_PAYLOAD & 0xff, 0, 0, 0x80 /* DO */, 0, 0, 0};
    uint8_t *at = query_out;

    memset(at, 0, HEADER_LEN);
    put_u16(at, id);
    at[2] = recurse ? 1 : 0;
    put_u16(at + 4, 1);
    put_u16(at + 10, 1);
    at += HEADER_LEN;
    memcpy(at, name->wire, name->len);
    at += name->len;
    put_u16(at, type);
    put_u16(at + 2, CLASS_IN);
    at += 4;
    memcpy(at, opt, sizeof opt);
    return (size_t)(at - query_out) + sizeof opt;
}

/* ---- reading ---- */

/* Gives the next len octets and moves behind them; NULL if there are not so many. */
static const uint8_t *take(struct cursor *cursor, size_t len)
{
    if (cursor->bad || cursor->len - cursor->at < len) {
        cursor->bad = true;
        return NULL;
    }
    cursor->at += len;
    return cursor->wire + cursor->at - len;
}

static uint16_t take_u16(struct cursor *cursor)
{
    const uint8_t *octets = take(cursor, 2);

    return octets ? (uint16_t)(octets[0] << 8 | octets[1]) : 0;
}

static uint32_t take_u32(struct cursor *cursor)
{
    uint32_t high = take_u16(cursor);

    return high << 16 | take_u16(cursor);
}

/*
 * Collects the labels of the name at the cursor into flat. Returns its octets, or 0. A pointer must
 * lead to before the place where the labels that it ends began: so there is an end.
 */
static size_t collect_labels(struct cursor *cursor, uint8_t flat[DNAME_MAX])
{
    const uint8_t *wire = cursor->wire;
    size_t at = cursor->at;
    size_t began = at;
    size_t used = 0;
    bool jumped = false;

    while (at < cursor->len) {
        size_t octet = wire[at];
        if (octet >= LABEL_POINTER) {
            if (cursor->len - at < 2)
                return 0;
            size_t target = (octet & ~(size_t)LABEL_POINTER) << 8 | wire[at + 1];
            if (!jumped)
                cursor->at = at + 2;
            jumped = true;
            if (target >= began)
                return 0;
            began = at = target;
            continue;
        }
        if (octet > DNAME_LABEL_MAX || DNAME_MAX - used < octet + 1 || cursor->len - at < octet + 1)
            return 0;
        memcpy(flat + used, wire + at, octet + 1);
        used += octet + 1;
        at += octet + 1;
        if (octet == 0) {
            if (!jumped)
                cursor->at = at;
            return used;
        }
    }
    return 0;
}

static void take_name(struct cursor *cursor, struct dname *name_out)
{
    uint8_t flat[DNAME_MAX];
    size_t len = cursor->bad ? 0 : collect_labels(cursor, flat);

    if (len == 0 || !dname_from_wire(flat, len, name_out))
        cursor->bad = true;
}

/* Keeps octets that were taken; NULL, of a taking that failed, is passed over. */
static void keep(struct reader *reader, const uint8_t *octets, size_t len)
{
    if (!octets || len == 0)
        return;
    if (reader->rdata_cap - reader->rdata_len < len) {
        reader->cursor.bad = true;
        return;
    }
    memcpy(reader->message->rdata + reader->rdata_len, octets, len);
    reader->rdata_len += len;
}

/* Takes rdata that ends at end, by its layout. */
static void take_rdata(
    struct reader *reader, const struct layout *layout, size_t end, struct dns_rr *rr)
{
    struct cursor *cursor = &reader->cursor;
    size_t before = reader->rdata_len;
    struct dname name;

    rr->rdata = reader->message->rdata + before;
    keep(reader, take(cursor, layout->octets), layout->octets);
    for (unsigned i = 0; i < layout->names; i++) {
        take_name(cursor, &name);
        if (!cursor->bad)
            keep(reader, name.wire, name.len);
    }
    keep(reader, take(cursor, layout->more), layout->more);
    if (layout->and_others && !cursor->bad && cursor->at < end) {
        size_t rest = end - cursor->at;
        keep(reader, take(cursor, rest), rest);
    }
    /* A name may have been read past the end of the rdata, or short of it. */
    if (cursor->at != end || reader->rdata_len - before > UINT16_MAX)
        cursor->bad = true;
    rr->rdata_len = (uint16_t)(reader->rdata_len - before);
}

/* The OPT record, up to its end: the upper bits of the response code, and the first EDE. */
static void take_opt(struct reader *reader, uint32_t ttl, size_t end)
{
    struct cursor *cursor = &reader->cursor;
    struct dns_reply *reply = &reader->message->reply;
    /* RFC 6891 6.1.3. BADVERS alone would pass for NOERROR without them. */
    uint32_t rcode = ttl >> 24 << 4 | reply->rcode;

    /* RFC 6891 6.1.1: "If a query message with more than one OPT RR is received, a FORMERR [...]
     * MUST be returned." */
    if (reader->has_opt)
        cursor->bad = true;
    reader->has_opt = true;
    reply->rcode = rcode > UINT8_MAX ? UINT8_MAX : (uint8_t)rcode;
    while (!cursor->bad && cursor->at < end) {
        uint16_t code = take_u16(cursor);
        uint16_t len = take_u16(cursor);
        const uint8_t *data = take(cursor, len);
        if (!data || code != OPTION_EDE || reply->ede != DNS_NO_EDE)
            continue;
        if (len < 2)
            cursor->bad = true;
        else
            reply->ede = (uint16_t)(data[0] << 8 | data[1]);
    }
    if (cursor->at != end)
        cursor->bad = true;
}

static const struct layout *find_layout(uint16_t type, uint16_t class)
{
    for (size_t i = 0; class == CLASS_IN && i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].type == type)
            return &layouts[i];
    return NULL;
}

/* Takes one record. Returns whether it is of a type that is kept; then *rr_out is filled in. */
static bool take_rr(struct reader *reader, bool may_be_opt, struct dns_rr *rr_out)
{
    struct cursor *cursor = &reader->cursor;

    take_name(cursor, &rr_out->owner);
    rr_out->type = take_u16(cursor);
    uint16_t class = take_u16(cursor);
    rr_out->ttl = take_u32(cursor);
    size_t len = take_u16(cursor);
    if (cursor->bad || cursor->len - cursor->at < len) {
        cursor->bad = true;
        return false;
    }
    size_t end = cursor->at + len;
    const struct layout *layout = find_layout(rr_out->type, class);
    if (layout)
        take_rdata(reader, layout, end, rr_out);
    else if (may_be_opt && rr_out->type == TYPE_OPT)
        take_opt(reader, rr_out->ttl, end);
    else
        cursor->at = end;
    return layout && !cursor->bad;
}

/* Takes the three sections; each has its own part of the array of records. */
static void take_sections(struct reader *reader, const uint16_t counts[3])
{
    struct dns_message *message = reader->message;
    struct dns_reply *reply = &message->reply;
    struct dns_rr *answer = message->rrs;
    struct dns_rr *soa = answer + counts[0];
    struct dns_rr *ns = soa + counts[1];
    struct dns_rr *additional = ns + counts[1];
    struct dns_rr rr;

    for (unsigned i = 0; i < counts[0] && !reader->cursor.bad; i++)
        if (take_rr(reader, false, &rr))
            answer[reply->answer_count++] = rr;
    for (unsigned i = 0; i < counts[1] && !reader->cursor.bad; i++) {
        if (!take_rr(reader, false, &rr))
            continue;
        if (rr.type == DNS_SOA)
            soa[reply->soa_count++] = rr;
        else if (rr.type == DNS_NS)
            ns[message->ns_count++] = rr;
    }
    for (unsigned i = 0; i < counts[2] && !reader->cursor.bad; i++)
        if (take_rr(reader, true, &rr) && (rr.type == DNS_A || rr.type == DNS_AAAA))
            additional[message->additional_count++] = rr;
    reply->answer = answer;
    reply->soa = soa;
    message->ns = ns;
    message->additional = additional;
}

/* Takes the question section: at most one (RFC 9619), of class IN. */
static void take_question(struct reader *reader, uint16_t count)
{
    struct dns_reply *reply = &reader->message->reply;

    if (count > 1)
        reader->cursor.bad = true;
    if (count == 0 || reader->cursor.bad)
        return;
    take_name(&reader->cursor, &reply->qname);
    reply->qtype = take_u16(&reader->cursor);
    if (take_u16(&reader->cursor) != CLASS_IN)
        reader->cursor.bad = true;
}

struct dns_message *dns_message_read(const uint8_t *wire, size_t len)
{
    enum { QR = 0x8000, OPCODE = 0x7800, AA = 0x0400, TC = 0x0200, AD = 0x0020, RCODE = 0x000f };
    struct reader reader = {.cursor = {.wire = wire, .len = len}};
    struct cursor *cursor = &reader.cursor;
    uint16_t counts[3];

    if (len < HEADER_LEN || len > DNS_MESSAGE_MAX)
        return NULL;
    uint16_t id = take_u16(cursor);
    uint16_t flags = take_u16(cursor);
    uint16_t questions = take_u16(cursor);
    size_t total = 0;
    for (size_t i = 0; i < 3; i++)
        total += counts[i] = take_u16(cursor);
    if ((flags & QR) == 0 || (flags & OPCODE) != 0 || total > DNS_MESSAGE_RRS_MAX ||
        total * RR_MIN > len)
        return NULL;

    struct dns_message *message = reader.message = alloc_zeroed(sizeof *message);
    reader.rdata_cap = len + total * RR_NAMES_MAX * DNAME_MAX;
    message->rdata = alloc_array(NULL, reader.rdata_cap, 1);
    message->rrs = alloc_array_zeroed(total + counts[1] + 1, sizeof *message->rrs);
    message->id = id;
    message->aa = (flags & AA) != 0;
    message->reply.qr = true;
    message->reply.tc = (flags & TC) != 0;
    message->reply.ad = (flags & AD) != 0;
    message->reply.rcode = flags & RCODE;
    message->reply.ede = DNS_NO_EDE;
    take_question(&reader, questions);
    take_sections(&reader, counts);
    if (cursor->bad || cursor->at != len) {
        dns_message_free(message);
        return NULL;
    }
    return message;
}

void dns_message_free(struct dns_message *message)
{
    if (!message)
        return;
    free(message->rrs);
    free(message->rdata);
    free(message);
}
