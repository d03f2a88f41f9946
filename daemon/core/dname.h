/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dname.h - a domain name in wire format (RFC 1035 3.1), lower-cased, uncompressed.
 *
 * A name is a value: copied by assignment, at most 255 octets, no allocation. Lower-casing folds
 * ASCII only (RFC 4343), so that two names are equal exactly when their octets are. A dname of
 * length 0 is "no name"; the root is length 1.
 */
#ifndef DANED_CORE_DNAME_H
#define DANED_CORE_DNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNAME_MAX 255      /* octets, the root's zero octet included */
#define DNAME_LABEL_MAX 63 /* octets */
#define DNAME_TEXT_MAX \
    1009 /* octets of the longest text form with its NUL: 4 for each of 250, dots */

struct dname {
    uint8_t len;
    uint8_t wire[DNAME_MAX];
};

/*
 * Reads text ("mx.example.com", a trailing dot allowed, RFC 1035 5.1 escapes \. and \DDD) into
 * *name_out. Returns false, and leaves *name_out alone, on an empty text, an empty label, a label
 * over 63 or a name over 255 octets, or a broken escape. "." is the root.
 */
bool dname_from_text(const char *text, size_t len, struct dname *name_out);

/*
 * Reads an uncompressed wire name that must fill all of wire[0..len). Lower-cases it. Returns
 * false, and leaves *name_out alone, if it is malformed.
 */
bool dname_from_wire(const uint8_t *wire, size_t len, struct dname *name_out);

/* Octets of the uncompressed name at the front of wire[0..len); 0 if there is none. */
size_t dname_wire_len(const uint8_t *wire, size_t len);

/*
 * Writes the text form, without a trailing dot but for the root ("."), NUL-terminated, into
 * text_out, which has room for DNAME_TEXT_MAX octets. Octets other than letters, digits, '-' and
 * '_' are written \DDD. "No name" is the empty text. Returns text_out.
 */
const char *dname_to_text(const struct dname *name, char *text_out);

/* Whether a and b are the same name. */
bool dname_equal(const struct dname *a, const struct dname *b);

/* Whether name is ancestor itself or below it. Everything is below the root. */
bool dname_is_below(const struct dname *name, const struct dname *ancestor);

/* Whether name is the root. */
bool dname_is_root(const struct dname *name);

/* Removes the left-most label of *name. Returns false, and changes nothing, for the root or "no
 * name". */
bool dname_strip_label(struct dname *name);

/*
 * Puts one label, given as text without escapes and lower-cased here, in front of *name. Returns
 * false, and changes nothing, if the result would be over 255 octets or the label is empty or too
 * long.
 */
bool dname_prepend_label(struct dname *name, const char *label);

/*
 * Gives the owner of the TLSA records of a service (RFC 6698 3, RFC 7672 2.2): _port._tcp.base.
 * Returns false if that is over 255 octets.
 */
bool dname_tlsa_owner(const struct dname *base, uint16_t port, struct dname *owner_out);

#endif
