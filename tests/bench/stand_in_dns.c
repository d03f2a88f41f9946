/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stand_in_dns.c - the names that the stand-in for the resolver knows.
 *
 * A reply is the header, the question copied, and records whose names point into the question. The
 * zone's own name is the last 15 octets of every name that is known, so that the SOA points there.
 */
#include "tests/bench/stand_in_dns.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    HEADER_LEN = 12,
    TYPE_A = 1,
    TYPE_SOA = 6,
    TYPE_MX = 15,
    TYPE_AAAA = 28,
    TYPE_OPT = 41,
    TYPE_RRSIG = 46,
    TYPE_TLSA = 52,
    RCODE_SERVFAIL = 2,
    RCODE_NXDOMAIN = 3,
    SOA_MINIMUM_S = 300,
    SIGNATURE_LEN = 64,
    SIGNATURE_DAYS = 14,
};

static const uint8_t zone_name[] = "\5bench\7example"; /* with the root's octet */
static const uint8_t service_name[] = {3, '_', '2', '5', 4, '_', 't', 'c', 'p'};

struct question {
    const uint8_t *name;
    size_t name_len;
    uint16_t type;
    bool wants_signatures;
    bool has_opt;
};

/* A reply under way; STAND_IN_REPLY_MAX is more than the longest takes. */
struct reply {
    uint8_t *wire;
    size_t len;
    uint16_t answers;
    uint16_t authorities;
};

static void put_u16(struct reply *reply, uint16_t value)
{
    reply->wire[reply->len++] = (uint8_t)(value >> 8);
    reply->wire[reply->len++] = (uint8_t)value;
}

static void put_u32(struct reply *reply, uint32_t value)
{
    put_u16(reply, (uint16_t)(value >> 16));
    put_u16(reply, (uint16_t)value);
}

static void put_octets(struct reply *reply, const void *octets, size_t len)
{
    memcpy(reply->wire + reply->len, octets, len);
    reply->len += len;
}

static uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* Reads the one question and, if there is one, the OPT record behind it. */
static bool read_query(const uint8_t *query, size_t len, struct question *question_out)
{
    size_t at = HEADER_LEN;

    memset(question_out, 0, sizeof *question_out);
    if (len < STAND_IN_QUERY_MIN || get_u16(query + 4) != 1)
        return false;
    question_out->name = query + at;
    while (at < len && query[at] != 0) {
        if (query[at] > 63)
            return false;
        at += (size_t)query[at] + 1;
    }
    question_out->name_len = at + 1 - HEADER_LEN;
    if (at + 5 > len || question_out->name_len > 255)
        return false;
    question_out->type = get_u16(query + at + 1);
    at += 5;
    if (get_u16(query + 10) > 0 && len >= at + 11 && query[at] == 0 &&
        get_u16(query + at + 1) == TYPE_OPT) {
        question_out->has_opt = true;
        question_out->wants_signatures = (query[at + 7] & 0x80) != 0;
    }
    return true;
}

/* Begins a record owned by the name at that offset of the message; returns where its length is. */
static size_t begin_record(struct reply *reply, size_t owner, uint16_t type, uint32_t ttl_s)
{
    put_u16(reply, (uint16_t)(0xc000u | owner));
    put_u16(reply, type);
    put_u16(reply, 1);
    put_u32(reply, ttl_s);
    reply->len += 2;
    return reply->len - 2;
}

static void end_record(struct reply *reply, size_t length_at)
{
    size_t rdata_len = reply->len - length_at - 2;

    reply->wire[length_at] = (uint8_t)(rdata_len >> 8);
    reply->wire[length_at + 1] = (uint8_t)rdata_len;
}

static void put_signature(struct reply *reply, size_t owner, uint16_t type, uint32_t ttl_s,
    unsigned labels, uint32_t now_s)
{
    enum { ALGORITHM = 13, KEY_TAG = 4711, SECONDS_PER_DAY = 86400 };
    size_t length_at = begin_record(reply, owner, TYPE_RRSIG, ttl_s);

    put_u16(reply, type);
    reply->wire[reply->len++] = ALGORITHM;
    reply->wire[reply->len++] = (uint8_t)labels;
    put_u32(reply, ttl_s);
    put_u32(reply, now_s + SIGNATURE_DAYS * SECONDS_PER_DAY);
    put_u32(reply, now_s - SECONDS_PER_DAY);
    put_u16(reply, KEY_TAG);
    put_octets(reply, zone_name, sizeof zone_name);
    memset(reply->wire + reply->len, 0x5a, SIGNATURE_LEN);
    reply->len += SIGNATURE_LEN;
    end_record(reply, length_at);
}

static void put_soa(struct reply *reply, size_t owner, uint32_t ttl_s)
{
    size_t length_at = begin_record(reply, owner, TYPE_SOA, ttl_s);

    put_octets(reply, zone_name, sizeof zone_name);
    put_octets(reply, zone_name, sizeof zone_name);
    put_u32(reply, 1);
    put_u32(reply, 3600);
    put_u32(reply, 900);
    put_u32(reply, 604800);
    put_u32(reply, SOA_MINIMUM_S);
    end_record(reply, length_at);
}

/* The host's own number, for addresses and digests that differ: a hash of its label. */
static uint32_t host_number(const uint8_t *label)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 1; i <= label[0]; i++)
        hash = (hash ^ label[i]) * 16777619u;
    return hash;
}

static void put_host_record(
    struct reply *reply, uint16_t type, const uint8_t *label, uint32_t ttl_s)
{
    static const uint8_t prefix[12] = {0x20, 0x01, 0x0d, 0xb8};
    static const uint8_t tlsa[3] = {3, 1, 1};
    uint32_t number = host_number(label);
    size_t length_at = begin_record(reply, HEADER_LEN, type, ttl_s);

    if (type == TYPE_A) {
        put_u32(reply, (10u << 24) | (number & 0xffffffu));
    } else if (type == TYPE_AAAA) {
        put_octets(reply, prefix, sizeof prefix);
        put_u32(reply, number);
    } else {
        put_octets(reply, tlsa, sizeof tlsa);
        for (size_t i = 0; i < 8; i++)
            put_u32(reply, number * (uint32_t)(i + 1));
    }
    end_record(reply, length_at);
}

/* Reads the decimal number from *at to the end of the label, or to a hyphen behind it. */
static bool read_number(const uint8_t *label, size_t *at, uint64_t *number_out)
{
    size_t from = *at;

    *number_out = 0;
    for (; *at <= label[0] && label[*at] >= '0' && label[*at] <= '9'; ++*at)
        *number_out = *number_out * 10 + (uint64_t)(label[*at] - '0');
    return *at > from && *at - from <= 18;
}

/* Puts the MX record of "mx" and host, a host below the zone. */
static void put_mx(
    struct reply *reply, const char *host, size_t host_len, size_t zone_offset, uint32_t ttl_s)
{
    size_t length_at = begin_record(reply, HEADER_LEN, TYPE_MX, ttl_s);

    put_u16(reply, 10);
    reply->wire[reply->len++] = (uint8_t)(host_len + 2);
    put_octets(reply, "mx", 2);
    put_octets(reply, host, host_len);
    put_u16(reply, (uint16_t)(0xc000u | zone_offset));
    end_record(reply, length_at);
}

/* Answers for a destination, of which label is the first. Returns false if it is none. */
static bool answer_destination(const struct stand_in_options *options, const uint8_t *label,
    size_t zone_offset, uint32_t now_s, struct reply *reply, uint32_t *ttl_out)
{
    uint64_t number;
    uint64_t moment;
    size_t at = 2;
    char host[64];

    if (label[0] < 2 || !read_number(label, &at, &number))
        return false;
    *ttl_out = options->ttl_s;
    if (label[1] == 'u' && at == label[0] + 1u) {
        put_mx(reply, (const char *)label + 1, label[0], zone_offset, *ttl_out);
        return true;
    }
    if (label[1] == 'x' && label[at] == '-') {
        at++;
        if (!read_number(label, &at, &moment))
            return false;
        *ttl_out = moment > now_s ? (uint32_t)(moment - now_s) : 0;
    } else if (label[1] != 'd') {
        return false;
    }
    if (at != label[0] + 1u)
        return false;
    int len =
        snprintf(host, sizeof host, "%llu", (unsigned long long)(number % options->host_count));
    put_mx(reply, host, (size_t)len, zone_offset, *ttl_out);
    return true;
}

static bool is_host(const uint8_t *label)
{
    return label[0] > 2 && label[1] == 'm' && label[2] == 'x';
}

/*
 * Puts the answer, if there is one. Returns whether the name exists at all; reply->answers says
 * whether the type does. label is the first of the name, without the service of a TLSA name.
 */
static bool put_answer(const struct stand_in_options *options, const struct question *question,
    const uint8_t *label, uint32_t now_s, struct reply *reply)
{
    bool has_service = label != question->name;
    size_t zone_offset = HEADER_LEN + question->name_len - sizeof zone_name;
    uint32_t ttl_s = options->ttl_s;
    bool exists = true;

    if (question->name_len == sizeof zone_name) {
        if (question->type == TYPE_SOA) {
            put_soa(reply, HEADER_LEN, ttl_s);
            reply->answers++;
        }
    } else if (is_host(label)) {
        if (has_service ? question->type == TYPE_TLSA
                        : question->type == TYPE_A || question->type == TYPE_AAAA) {
            put_host_record(reply, question->type, label, ttl_s);
            reply->answers++;
        }
    } else if (!has_service && question->type == TYPE_MX) {
        exists = answer_destination(options, label, zone_offset, now_s, reply, &ttl_s);
        reply->answers += exists;
    } else {
        exists = false;
    }
    if (reply->answers > 0 && question->wants_signatures) {
        unsigned labels = 0;
        for (const uint8_t *at = question->name; *at != 0; at += *at + 1)
            labels++;
        put_signature(reply, HEADER_LEN, question->type, ttl_s, labels, now_s);
        reply->answers++;
    }
    return exists;
}

static bool is_below_zone(const struct question *question)
{
    return question->name_len >= sizeof zone_name &&
           memcmp(question->name + question->name_len - sizeof zone_name, zone_name,
               sizeof zone_name) == 0;
}

static bool is_label(const uint8_t *label, const char *text)
{
    return label[0] == strlen(text) && memcmp(label + 1, text, label[0]) == 0;
}

/* Writes the header over the place that was left for it, and the OPT record behind all. */
static void finish(
    const uint8_t *query, const struct question *question, unsigned rcode, struct reply *reply)
{
    static const uint8_t opt[] = {0, 0, TYPE_OPT, 0x10, 0, 0, 0, 0x80, 0, 0, 0};
    struct reply header = {.wire = reply->wire, .len = 2};

    memcpy(reply->wire, query, 2);
    /* QR, RD, RA, and AD unless it failed. */
    put_u16(&header, (uint16_t)(0x8180u | (rcode == RCODE_SERVFAIL ? 0 : 0x20u) | rcode));
    put_u16(&header, 1);
    put_u16(&header, reply->answers);
    put_u16(&header, reply->authorities);
    put_u16(&header, question->has_opt);
    if (question->has_opt)
        put_octets(reply, opt, sizeof opt);
}

size_t stand_in_answer(const struct stand_in_options *options, const uint8_t *query, size_t len,
    uint32_t now_s, uint8_t out[STAND_IN_REPLY_MAX])
{
    struct reply reply = {.wire = out, .len = HEADER_LEN};
    struct question question;
    unsigned rcode = 0;

    if (!read_query(query, len, &question))
        return 0;
    put_octets(&reply, question.name, question.name_len + 4);
    const uint8_t *label = question.name;
    if (question.name_len > sizeof service_name + sizeof zone_name &&
        memcmp(label, service_name, sizeof service_name) == 0)
        label += sizeof service_name;
    if (!is_below_zone(&question) || is_label(label, "bogus")) {
        rcode = RCODE_SERVFAIL;
    } else if (!put_answer(options, &question, label, now_s, &reply)) {
        rcode = RCODE_NXDOMAIN;
    }
    if (reply.answers == 0 && rcode != RCODE_SERVFAIL) {
        size_t zone_offset = HEADER_LEN + question.name_len - sizeof zone_name;
        put_soa(&reply, zone_offset, SOA_MINIMUM_S);
        reply.authorities++;
        if (question.wants_signatures) {
            put_signature(&reply, zone_offset, TYPE_SOA, SOA_MINIMUM_S, 2, now_s);
            reply.authorities++;
        }
    }
    finish(query, &question, rcode, &reply);
    return reply.len;
}
