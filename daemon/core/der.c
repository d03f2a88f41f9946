/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * der.c - a strict reader of DER.
 */
#include "daemon/core/der.h"

#include <string.h>

#define TAG_NUMBER_MASK 0x1f
#define LENGTH_OCTETS_MAX 4

void der_reader_init(struct der_reader *reader, struct der_span span)
{
    reader->data = span.data;
    reader->len = span.len;
    reader->pos = 0;
    reader->failed = false;
}

bool der_at_end(const struct der_reader *reader)
{
    return reader->failed || reader->pos == reader->len;
}

bool der_finish(const struct der_reader *reader)
{
    return !reader->failed && reader->pos == reader->len;
}

uint8_t der_peek_tag(const struct der_reader *reader)
{
    return der_at_end(reader) ? 0 : reader->data[reader->pos];
}

void der_fail(struct der_reader *reader)
{
    reader->failed = true;
}

/*
 * Reads the length octets at *pos, and moves *pos behind them. Returns false if they are cut, not
 * the fewest possible, indefinite, or promise more than there is.
 */
static bool read_length(const struct der_reader *reader, size_t *pos, size_t *length_out)
{
    if (*pos == reader->len)
        return false;
    size_t length = reader->data[(*pos)++];
    if (length >= 0x80) {
        size_t octets = length - 0x80;
        /* X.690 10.1: "The definite form of length encoding shall be used, encoded in the minimum
         * number of octets." 0x80 alone is the indefinite form. */
        if (octets == 0 || octets > LENGTH_OCTETS_MAX || octets > reader->len - *pos)
            return false;
        if (reader->data[*pos] == 0)
            return false;
        length = 0;
        for (size_t i = 0; i < octets; i++)
            length = length << 8 | reader->data[(*pos)++];
        if (length < 0x80)
            return false;
    }
    *length_out = length;
    return length <= reader->len - *pos;
}

bool der_read_element(struct der_reader *reader, struct der_element *element_out)
{
    memset(element_out, 0, sizeof *element_out);
    if (der_at_end(reader)) {
        reader->failed = true;
        return false;
    }
    size_t start = reader->pos;
    size_t pos = start;
    uint8_t tag = reader->data[pos++];
    size_t length;
    /* 0 is the end-of-contents mark of indefinite lengths; number 31 announces more tag octets. */
    if (tag == 0 || (tag & TAG_NUMBER_MASK) == TAG_NUMBER_MASK ||
        !read_length(reader, &pos, &length)) {
        reader->failed = true;
        return false;
    }
    element_out->tag = tag;
    element_out->content = (struct der_span){reader->data + pos, length};
    element_out->raw = (struct der_span){reader->data + start, pos - start + length};
    reader->pos = pos + length;
    return true;
}

/* Reads an element that must have this tag. */
static bool read_tagged(struct der_reader *reader, uint8_t tag, struct der_element *element_out)
{
    if (der_peek_tag(reader) != tag) {
        reader->failed = true;
        memset(element_out, 0, sizeof *element_out);
        return false;
    }
    return der_read_element(reader, element_out);
}

bool der_read(struct der_reader *reader, uint8_t tag, struct der_span *content_out)
{
    struct der_element element;
    bool ok = read_tagged(reader, tag, &element);
    *content_out = element.content;
    return ok;
}

bool der_read_raw(struct der_reader *reader, uint8_t tag, struct der_span *raw_out)
{
    struct der_element element;
    bool ok = read_tagged(reader, tag, &element);
    *raw_out = element.raw;
    return ok;
}

bool der_read_optional(struct der_reader *reader, uint8_t tag, struct der_span *content_out)
{
    if (der_peek_tag(reader) == tag)
        return der_read(reader, tag, content_out);
    *content_out = (struct der_span){NULL, 0};
    return !reader->failed;
}

bool der_enter(struct der_reader *reader, uint8_t tag, struct der_reader *inner_out)
{
    struct der_span content;
    bool ok = der_read(reader, tag, &content);
    der_reader_init(inner_out, content);
    inner_out->failed = !ok;
    return ok;
}

bool der_read_boolean(struct der_reader *reader, bool *value_out)
{
    struct der_span content;
    *value_out = false;
    if (!der_read(reader, DER_BOOLEAN, &content))
        return false;
    if (content.len != 1) {
        reader->failed = true;
        return false;
    }
    *value_out = content.data[0] != 0;
    return true;
}

bool der_is_integer(struct der_span content)
{
    if (content.len == 0)
        return false;
    /* X.690 8.3.2: the first nine bits shall neither all be ones nor all be zero. */
    if (content.len > 1 && ((content.data[0] == 0 && content.data[1] < 0x80) ||
                               (content.data[0] == 0xff && content.data[1] >= 0x80)))
        return false;
    return true;
}

bool der_read_integer(struct der_reader *reader, struct der_span *content_out)
{
    if (!der_read(reader, DER_INTEGER, content_out))
        return false;
    if (!der_is_integer(*content_out)) {
        *content_out = (struct der_span){NULL, 0};
        reader->failed = true;
        return false;
    }
    return true;
}

bool der_integer_to_uint32(struct der_span content, uint32_t *value_out)
{
    uint32_t value = 0;

    *value_out = 0;
    if (!der_is_integer(content) || content.data[0] >= 0x80)
        return false;
    /* Five octets hold every value up to UINT32_MAX: the first of them is then zero. */
    if (content.len > 5 || (content.len == 5 && content.data[0] != 0)) {
        *value_out = UINT32_MAX;
        return true;
    }
    for (size_t i = 0; i < content.len; i++)
        value = value << 8 | content.data[i];
    *value_out = value;
    return true;
}

bool der_is_oid(struct der_span content)
{
    bool arc_begins = true;

    if (content.len == 0)
        return false;
    for (size_t i = 0; i < content.len; i++) {
        /* X.690 8.19.2: the leading octet of an arc shall not have the value 0x80. */
        if (arc_begins && content.data[i] == 0x80)
            return false;
        arc_begins = content.data[i] < 0x80;
    }
    return arc_begins;
}

bool der_read_oid(struct der_reader *reader, struct der_span *content_out)
{
    if (!der_read(reader, DER_OID, content_out))
        return false;
    if (!der_is_oid(*content_out)) {
        *content_out = (struct der_span){NULL, 0};
        reader->failed = true;
        return false;
    }
    return true;
}

bool der_read_bit_string(
    struct der_reader *reader, struct der_span *octets_out, uint8_t *unused_out)
{
    struct der_span content;

    *octets_out = (struct der_span){NULL, 0};
    *unused_out = 0;
    if (!der_read(reader, DER_BIT_STRING, &content))
        return false;
    if (content.len == 0 || content.data[0] > 7 || (content.len == 1 && content.data[0] != 0)) {
        reader->failed = true;
        return false;
    }
    *unused_out = content.data[0];
    *octets_out = (struct der_span){content.data + 1, content.len - 1};
    return true;
}

/* The number of days from 1970-01-01 to a day of the Gregorian calendar, of any year from 0 on. */
static int64_t days_from_epoch(int year, int month, int day)
{
    /* A year that begins in March has its leap day at its end. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t march_month = (month + 9) % 12;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    /* 400 years are added and taken off again, so that divisions never see a negative number. */
    y += 400;
    return 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468 - 146097;
}

static int two_digits(const uint8_t *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool der_time(uint8_t tag, struct der_span content, int64_t *seconds_out)
{
    size_t year_len = tag == DER_UTC_TIME ? 2 : 4;

    *seconds_out = 0;
    if (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME)
        return false;
    /* RFC 5280 4.1.2.5.1: "values MUST be expressed in Greenwich Mean Time (Zulu) and MUST include
     * seconds"; 4.1.2.5.2 adds that GeneralizedTime "MUST NOT include fractional seconds". */
    if (content.len != year_len + 11 || content.data[content.len - 1] != 'Z')
        return false;
    for (size_t i = 0; i + 1 < content.len; i++)
        if (content.data[i] < '0' || content.data[i] > '9')
            return false;

    const uint8_t *rest = content.data + year_len;
    int year = two_digits(content.data);
    if (tag == DER_GENERALIZED_TIME)
        year = year * 100 + two_digits(content.data + 2);
    else /* RFC 5280 4.1.2.5.1: 50 and above is 19YY, below is 20YY. */
        year += year >= 50 ? 1900 : 2000;
    int month = two_digits(rest);
    int day = two_digits(rest + 2);
    int hour = two_digits(rest + 4);
    int minute = two_digits(rest + 6);
    int second = two_digits(rest + 8);
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59 || second > 59)
        return false;
    *seconds_out = days_from_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

bool der_span_equal(struct der_span a, struct der_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
