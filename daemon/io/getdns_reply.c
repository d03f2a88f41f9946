/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getdns_reply.c - translates a getdns response into a struct dns_reply.
 *
 * getdns has parsed the message into nested dictionaries. Each reading function below returns false
 * if an item is not as it has to be, and that ends the whole translation. The rdata of the types
 * that daned looks at is put together again, field by field from one table, as uncompressed wire.
 *
 * getdns stops silently at the first record that it cannot parse, and hands on what there is of a
 * record that the end of the message cuts off. Therefore the message itself is walked through first
 * (is_whole()), and the lengths of the lists are compared with the counts of the header.
 */

#include "daemon/io/getdns_reply.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

#define CLASS_IN 1u
#define TYPE_OPT 41u
#define OPTION_EDE 15u /* RFC 8914 2 */

enum field_kind { FIELD_U8, FIELD_U16, FIELD_U32, FIELD_NAME, FIELD_OCTETS };

struct field {
    const char *key; /* as getdns calls it; NULL ends the list */
    enum field_kind kind;
    size_t octets; /* of FIELD_OCTETS: exactly so many; 0: any number */
};

struct layout {
    uint16_t type;
    struct field fields[10];
};

/* The fields of each type's rdata, in the order of the wire. Other types are left out. */
static const struct layout layouts[] = {
    {DNS_A, {{"ipv4_address", FIELD_OCTETS, 4}}},
    {DNS_AAAA, {{"ipv6_address", FIELD_OCTETS, 16}}},
    {DNS_CNAME, {{"cname", FIELD_NAME, 0}}},
    {DNS_DNAME, {{"target", FIELD_NAME, 0}}},
    {DNS_MX, {{"preference", FIELD_U16, 0}, {"exchange", FIELD_NAME, 0}}},
    {DNS_TLSA,
        {{"certificate_usage", FIELD_U8, 0}, {"selector", FIELD_U8, 0},
            {"matching_type", FIELD_U8, 0}, {"certificate_association_data", FIELD_OCTETS, 0}}},
    {DNS_SOA, {{"mname", FIELD_NAME, 0}, {"rname", FIELD_NAME, 0}, {"serial", FIELD_U32, 0},
                  {"refresh", FIELD_U32, 0}, {"retry", FIELD_U32, 0}, {"expire", FIELD_U32, 0},
                  {"minimum", FIELD_U32, 0}}},
    {DNS_RRSIG,
        {{"type_covered", FIELD_U16, 0}, {"algorithm", FIELD_U8, 0}, {"labels", FIELD_U8, 0},
            {"original_ttl", FIELD_U32, 0}, {"signature_expiration", FIELD_U32, 0},
            {"signature_inception", FIELD_U32, 0}, {"key_tag", FIELD_U16, 0},
            {"signers_name", FIELD_NAME, 0}, {"signature", FIELD_OCTETS, 0}}},
};

/* The rdata of all the records, growing; its place moves, so that records remember offsets. */
struct rdata_buffer {
    uint8_t *octets;
    size_t len;
    size_t room;
};

static bool rdata_put(struct rdata_buffer *rdata, const void *octets, size_t len)
{
    if (len > GETDNS_REPLY_RDATA_MAX - rdata->len)
        return false;
    if (len > rdata->room - rdata->len) {
        size_t room = rdata->room != 0 ? rdata->room : 1024;
        while (room - rdata->len < len)
            room *= 2;
        rdata->octets = alloc_array(rdata->octets, room, 1);
        rdata->room = room;
    }
    if (len > 0)
        memcpy(rdata->octets + rdata->len, octets, len);
    rdata->len += len;
    return true;
}

static bool read_u32(const getdns_dict *dict, const char *key, uint32_t max, uint32_t *value_out)
{
    return getdns_dict_get_int(dict, key, value_out) == GETDNS_RETURN_GOOD && *value_out <= max;
}

static bool read_bit(const getdns_dict *dict, const char *key, bool *bit_out)
{
    uint32_t value;

    if (!read_u32(dict, key, 1, &value))
        return false;
    *bit_out = value == 1;
    return true;
}

static bool read_name(const getdns_dict *dict, const char *key, struct dname *name_out)
{
    getdns_bindata *octets;

    return getdns_dict_get_bindata(dict, key, &octets) == GETDNS_RETURN_GOOD &&
           dname_from_wire(octets->data, octets->size, name_out);
}

static const struct layout *find_layout(uint32_t type)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].type == type)
            return &layouts[i];
    return NULL;
}

/* Appends one field to the buffer, in wire format. */
static bool put_number(
    const getdns_dict *dict, const struct field *field, struct rdata_buffer *rdata)
{
    uint32_t max = field->kind == FIELD_U8    ? UINT8_MAX
                   : field->kind == FIELD_U16 ? UINT16_MAX
                                              : UINT32_MAX;
    uint32_t value;

    if (!read_u32(dict, field->key, max, &value))
        return false;
    uint8_t wire[4] = {
        (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    size_t width = field->kind == FIELD_U8 ? 1 : field->kind == FIELD_U16 ? 2 : 4;
    return rdata_put(rdata, wire + sizeof wire - width, width);
}

static bool put_field(
    const getdns_dict *dict, const struct field *field, struct rdata_buffer *rdata)
{
    getdns_bindata *octets;
    struct dname name;

    switch (field->kind) {
    case FIELD_U8:
    case FIELD_U16:
    case FIELD_U32:
        return put_number(dict, field, rdata);
    case FIELD_NAME:
        return read_name(dict, field->key, &name) && rdata_put(rdata, name.wire, name.len);
    case FIELD_OCTETS:
        return getdns_dict_get_bindata(dict, field->key, &octets) == GETDNS_RETURN_GOOD &&
               (field->octets == 0 || octets->size == field->octets) &&
               rdata_put(rdata, octets->data, octets->size);
    }
    return false;
}

/*
 * Reads one record. *kept_out says whether it is one of those that are handed on; then *rr_out is
 * filled in, but for the place of its rdata: that begins at *offset_out of the buffer.
 */
static bool read_rr(const getdns_dict *dict, bool soa_only, struct rdata_buffer *rdata,
    struct dns_rr *rr_out, size_t *offset_out, bool *kept_out)
{
    uint32_t type, class, ttl;
    getdns_dict *fields;
    getdns_bindata *raw;
    const struct layout *layout;

    if (!read_u32(dict, "type", UINT16_MAX, &type))
        return false;
    *kept_out = false;
    layout = find_layout(type);
    if (layout == NULL || (soa_only && type != DNS_SOA))
        return true;
    if (!read_u32(dict, "class", UINT16_MAX, &class))
        return false;
    if (class != CLASS_IN)
        return true;
    if (!read_u32(dict, "ttl", UINT32_MAX, &ttl) || !read_name(dict, "name", &rr_out->owner) ||
        getdns_dict_get_dict(dict, "rdata", &fields) != GETDNS_RETURN_GOOD)
        return false;
    *offset_out = rdata->len;
    for (const struct field *field = layout->fields; field->key != NULL; field++)
        if (!put_field(fields, field, rdata))
            return false;
    /*
     * Uncompressed rdata is never shorter than what was on the wire, unless something stood there
     * behind the last field.
     */
    if (getdns_dict_get_bindata(fields, "rdata_raw", &raw) != GETDNS_RETURN_GOOD ||
        raw->size > rdata->len - *offset_out || rdata->len - *offset_out > UINT16_MAX)
        return false;
    rr_out->type = (uint16_t)type;
    rr_out->ttl = ttl;
    rr_out->rdata_len = (uint16_t)(rdata->len - *offset_out);
    *kept_out = true;
    return true;
}

/* Gives the list of a section if it holds as many records as the header says, and not too many. */
static bool read_section(const getdns_dict *message, const char *section, const char *count_key,
    getdns_list **list_out, size_t *count_out)
{
    uint32_t announced;

    return read_u32(message, count_key, UINT16_MAX, &announced) &&
           getdns_dict_get_list(message, section, list_out) == GETDNS_RETURN_GOOD &&
           getdns_list_get_length(*list_out, count_out) == GETDNS_RETURN_GOOD &&
           *count_out == announced && *count_out <= GETDNS_REPLY_RRS_MAX;
}

/* Reads the records of a list into a new array; offsets_out[i] is where the rdata of i begins. */
static bool read_rrs(const getdns_list *list, size_t count, bool soa_only,
    struct rdata_buffer *rdata, struct dns_rr *rrs, size_t *offsets, size_t *kept_out)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        getdns_dict *dict;
        bool keep;

        if (getdns_list_get_dict(list, i, &dict) != GETDNS_RETURN_GOOD ||
            !read_rr(dict, soa_only, rdata, &rrs[kept], &offsets[kept], &keep))
            return false;
        if (keep)
            kept++;
    }
    *kept_out = kept;
    return true;
}

/* Reads the answer, and the SOA records of the authority section. */
static bool read_sections(const getdns_dict *message, struct getdns_reply *reply)
{
    struct rdata_buffer rdata = {.len = 0};
    getdns_list *answer, *authority;
    size_t answer_count, authority_count;
    size_t *offsets;
    bool good;

    if (!read_section(message, "answer", "/header/ancount", &answer, &answer_count) ||
        !read_section(message, "authority", "/header/nscount", &authority, &authority_count))
        return false;
    reply->answer = alloc_array_zeroed(answer_count, sizeof *reply->answer);
    reply->soa = alloc_array_zeroed(authority_count, sizeof *reply->soa);
    offsets = alloc_array_zeroed(answer_count + authority_count, sizeof *offsets);
    good = read_rrs(answer, answer_count, false, &rdata, reply->answer, offsets,
               &reply->dns.answer_count) &&
           read_rrs(authority, authority_count, true, &rdata, reply->soa, offsets + answer_count,
               &reply->dns.soa_count);
    reply->rdata = rdata.octets;
    if (good) {
        for (size_t i = 0; i < reply->dns.answer_count; i++)
            reply->answer[i].rdata = rdata.octets + offsets[i];
        for (size_t i = 0; i < reply->dns.soa_count; i++)
            reply->soa[i].rdata = rdata.octets + offsets[answer_count + i];
        reply->dns.answer = reply->answer;
        reply->dns.soa = reply->soa;
    }
    free(offsets);
    return good;
}

/* Reads the question section: at most one question (RFC 9619), of class IN. */
static bool read_question(const getdns_dict *message, struct dns_reply *dns)
{
    uint32_t count, type, class;

    dns->qname.len = 0;
    dns->qtype = 0;
    if (!read_u32(message, "/header/qdcount", 1, &count))
        return false;
    if (count == 0)
        return true;
    if (!read_u32(message, "/question/qtype", UINT16_MAX, &type) ||
        !read_u32(message, "/question/qclass", UINT16_MAX, &class) || class != CLASS_IN ||
        !read_name(message, "/question/qname", &dns->qname))
        return false;
    dns->qtype = (uint16_t)type;
    return true;
}

static bool read_header(const getdns_dict *message, struct dns_reply *dns)
{
    uint32_t rcode;

    if (!read_bit(message, "/header/qr", &dns->qr) || !read_bit(message, "/header/tc", &dns->tc) ||
        !read_bit(message, "/header/ad", &dns->ad) ||
        !read_u32(message, "/header/rcode", 15, &rcode))
        return false;
    dns->rcode = (uint8_t)rcode;
    return true;
}

/* Takes the first INFO-CODE (RFC 8914 2) from the options of an OPT record. */
static bool read_options(const getdns_dict *opt, struct dns_reply *dns)
{
    getdns_list *options;
    size_t count;

    /* getdns leaves the list out if there is no option. */
    if (getdns_dict_get_list(opt, "/rdata/options", &options) != GETDNS_RETURN_GOOD)
        return true;
    if (getdns_list_get_length(options, &count) != GETDNS_RETURN_GOOD ||
        count > GETDNS_REPLY_RRS_MAX)
        return false;
    for (size_t i = 0; i < count && dns->ede == DNS_NO_EDE; i++) {
        getdns_dict *option;
        getdns_bindata *data;
        uint32_t code;

        if (getdns_list_get_dict(options, i, &option) != GETDNS_RETURN_GOOD ||
            !read_u32(option, "option_code", UINT16_MAX, &code))
            return false;
        if (code != OPTION_EDE)
            continue;
        if (getdns_dict_get_bindata(option, "option_data", &data) != GETDNS_RETURN_GOOD ||
            data->size < 2)
            return false;
        dns->ede = (uint16_t)(data->data[0] << 8 | data->data[1]);
    }
    return true;
}

/* Looks for the OPT record among the additional records; the others are of no interest. */
static bool read_opt(const getdns_dict *message, struct dns_reply *dns)
{
    getdns_list *additional;
    size_t count;

    if (!read_section(message, "additional", "/header/arcount", &additional, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        getdns_dict *rr;
        uint32_t type, extended;

        if (getdns_list_get_dict(additional, i, &rr) != GETDNS_RETURN_GOOD ||
            !read_u32(rr, "type", UINT16_MAX, &type))
            return false;
        if (type != TYPE_OPT)
            continue;
        if (!read_u32(rr, "extended_rcode", UINT8_MAX, &extended))
            return false;
        /* RFC 6891 6.1.3: the upper 8 bits. BADVERS alone would pass for NOERROR without them. */
        uint32_t rcode = extended << 4 | dns->rcode;
        dns->rcode = rcode > UINT8_MAX ? UINT8_MAX : (uint8_t)rcode;
        return read_options(rr, dns);
    }
    return true;
}

static uint16_t read_wire_u16(const uint8_t *wire)
{
    return (uint16_t)(wire[0] << 8 | wire[1]);
}

/*
 * Moves *at behind the name there. Returns false if the name, with all that its pointers lead to,
 * is not inside the message: getdns would read on behind it, and take for a name what lies there.
 * RFC 1035 4.1.4: a pointer leads to a prior occurrence, so that each goes further back.
 */
static bool skip_name(const uint8_t *wire, size_t len, size_t *at)
{
    size_t here = *at;
    size_t before = here; /* a pointer must lead to before this */
    size_t octets = 1;
    bool jumped = false;

    while (here < len && wire[here] != 0) {
        uint8_t octet = wire[here];
        if (octet >= 0xc0) {
            if (len - here < 2)
                return false;
            size_t target = (size_t)(octet & 0x3f) << 8 | wire[here + 1];
            if (target >= before)
                return false;
            if (!jumped)
                *at = here + 2;
            jumped = true;
            here = before = target;
        } else {
            octets += (size_t)octet + 1;
            here += (size_t)octet + 1;
            if (octet > DNAME_LABEL_MAX || octets > DNAME_MAX)
                return false;
        }
    }
    if (!jumped)
        *at = here + 1;
    return here < len;
}

/* Whether the names in rdata, which begins at `at` and ends at `end`, are inside of the message. */
static bool has_whole_names(const uint8_t *wire, size_t len, unsigned type, size_t at, size_t end)
{
    static const struct {
        uint16_t type;
        uint8_t offset; /* of the first name */
        uint8_t names;
    } forms[] = {
        {DNS_CNAME, 0, 1}, {DNS_DNAME, 0, 1}, {DNS_MX, 2, 1}, {DNS_SOA, 0, 2}, {DNS_RRSIG, 18, 1}};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].type != type)
            continue;
        at += forms[i].offset;
        for (unsigned name = 0; name < forms[i].names; name++)
            if (at >= end || !skip_name(wire, len, &at))
                return false;
        return at <= end;
    }
    return true;
}

/*
 * Whether the records of the message end exactly where it ends, with all their names. Each turn of
 * either loop moves at least one octet on, so that the counts of the header bound nothing but the
 * number of turns.
 */
static bool is_whole(const uint8_t *wire, size_t len)
{
    size_t at = 12;

    if (len < at)
        return false;
    unsigned questions = read_wire_u16(wire + 4);
    unsigned records =
        (unsigned)read_wire_u16(wire + 6) + read_wire_u16(wire + 8) + read_wire_u16(wire + 10);
    for (; questions > 0; questions--) {
        if (!skip_name(wire, len, &at) || len - at < 4)
            return false;
        at += 4;
    }
    for (; records > 0; records--) {
        if (!skip_name(wire, len, &at) || len - at < 10)
            return false;
        unsigned type = read_wire_u16(wire + at);
        size_t rdata_len = read_wire_u16(wire + at + 8);
        at += 10;
        if (len - at < rdata_len || !has_whole_names(wire, len, type, at, at + rdata_len))
            return false;
        at += rdata_len;
    }
    return at == len;
}

enum dns_cause getdns_reply_read(const getdns_dict *response, struct getdns_reply **reply_out)
{
    struct getdns_reply *reply;
    getdns_dict *message;
    getdns_bindata *wire;

    *reply_out = NULL;
    if (response == NULL ||
        getdns_dict_get_bindata(response, "/replies_full/0", &wire) != GETDNS_RETURN_GOOD ||
        !is_whole(wire->data, wire->size) ||
        getdns_dict_get_dict(response, "/replies_tree/0", &message) != GETDNS_RETURN_GOOD)
        return CAUSE_MALFORMED;
    reply = alloc_zeroed(sizeof *reply);
    reply->dns.ede = DNS_NO_EDE;
    if (!read_header(message, &reply->dns) || !read_question(message, &reply->dns) ||
        !read_sections(message, reply) || !read_opt(message, &reply->dns)) {
        getdns_reply_free(reply);
        return CAUSE_MALFORMED;
    }
    *reply_out = reply;
    return CAUSE_NONE;
}

void getdns_reply_free(struct getdns_reply *reply)
{
    if (reply == NULL)
        return;
    free(reply->answer);
    free(reply->soa);
    free(reply->rdata);
    free(reply);
}
