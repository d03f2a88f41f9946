/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * der.h - a strict reader of DER (X.690 10): a cursor over borrowed octets with a sticky error.
 *
 * A reader walks the elements of one level; der_enter gives a second reader for the inside of one.
 * There is no recursion. The first failure stays: every later read fails and gives empty spans, so
 * that a caller may read a whole SEQUENCE and ask der_finish once. Accepted are tag numbers up to
 * 30 and definite lengths in the fewest octets, at most 4 of them; everything else fails. Nothing
 * is copied or allocated: spans point into the octets of the caller and live as long as those.
 */
#ifndef DANED_CORE_DER_H
#define DANED_CORE_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The identifier octets that X.509 uses. */
enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0c,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(number) ((uint8_t)(0x80 + (number)))             /* primitive */
#define DER_CONTEXT_CONSTRUCTED(number) ((uint8_t)(0xa0 + (number))) /* constructed */

/* Borrowed octets. Absent is data NULL and len 0. */
struct der_span {
    const uint8_t *data;
    size_t len;
};

/* One element: its identifier octet, all of its octets, and its content alone. */
struct der_element {
    uint8_t tag;
    struct der_span raw;
    struct der_span content;
};

/* Read only through the functions below. */
struct der_reader {
    const uint8_t *data;
    size_t len;
    size_t pos;
    bool failed;
};

/* Sets *reader to the start of span. */
void der_reader_init(struct der_reader *reader, struct der_span span);

/* Whether there is nothing more to read: the end, or an earlier failure. Ends every loop. */
bool der_at_end(const struct der_reader *reader);

/* Whether everything was read and nothing failed: no trailing junk. */
bool der_finish(const struct der_reader *reader);

/* Gives the identifier octet of the next element, or 0 (which no element has) at the end. */
uint8_t der_peek_tag(const struct der_reader *reader);

/* Makes every later read fail; for what the caller finds wrong in something it has read. */
void der_fail(struct der_reader *reader);

/* Reads the next element, whatever its tag. Returns false on failure, with *element_out empty. */
bool der_read_element(struct der_reader *reader, struct der_element *element_out);

/* Reads an element of this tag; gives its content. Returns false on failure: empty content. */
bool der_read(struct der_reader *reader, uint8_t tag, struct der_span *content_out);

/* Like der_read, but gives all octets of the element. */
bool der_read_raw(struct der_reader *reader, uint8_t tag, struct der_span *raw_out);

/*
 * Like der_read if the next element has this tag. If not (or at the end) reads nothing, gives an
 * absent span, and returns true unless the reader had failed.
 */
bool der_read_optional(struct der_reader *reader, uint8_t tag, struct der_span *content_out);

/* Reads an element of this tag and sets *inner_out to its inside, failed if this returns false. */
bool der_enter(struct der_reader *reader, uint8_t tag, struct der_reader *inner_out);

/*
 * Reads a BOOLEAN. Any octet other than zero is true, although DER has only 0xff: certificates
 * with 0x01 exist, and OpenSSL takes them.
 */
bool der_read_boolean(struct der_reader *reader, bool *value_out);

/* Reads an INTEGER in its fewest octets, of any size and sign; gives its content. */
bool der_read_integer(struct der_reader *reader, struct der_span *content_out);

/*
 * Takes the content of an INTEGER as a number; what is greater than UINT32_MAX gives UINT32_MAX.
 * Returns false if it is negative, empty, or not in its fewest octets.
 */
bool der_integer_to_uint32(struct der_span content, uint32_t *value_out);

/* Reads an OBJECT IDENTIFIER, every arc in its fewest octets; gives its content. */
bool der_read_oid(struct der_reader *reader, struct der_span *content_out);

/*
 * Reads a BIT STRING: its octets without the first, and how many bits (0 to 7) of the last one are
 * not in use. Those bits may be anything. An empty one has none unused.
 */
bool der_read_bit_string(
    struct der_reader *reader, struct der_span *octets_out, uint8_t *unused_out);

/* Whether this is the content of an INTEGER in its fewest octets. */
bool der_is_integer(struct der_span content);

/* Whether this is the content of an OBJECT IDENTIFIER, every arc in its fewest octets. */
bool der_is_oid(struct der_span content);

/*
 * Takes a UTCTime or GeneralizedTime as seconds since 1970-01-01 UTC, leap seconds not counted.
 * Only the forms of RFC 5280 4.1.2.5 (YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ) are taken, as by OpenSSL's
 * X509_cmp_time. Like it, and unlike RFC 5280, this takes a GeneralizedTime before 2050.
 * Returns false for everything else, or if there is no such day or time.
 */
bool der_time(uint8_t tag, struct der_span content, int64_t *seconds_out);

/* Whether two spans hold the same octets. */
bool der_span_equal(struct der_span a, struct der_span b);

#endif
