/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_names.c - whether a certificate names a host.
 */
#include "daemon/core/cert_names.h"

#include <string.h>

#define COMMON_NAME_OID "\x55\x04\x03" /* 2.5.4.3 */

/* The string types of a common name that are not single octets of ASCII. */
enum { UNIVERSAL_STRING = 0x1c, BMP_STRING = 0x1e };

/* A reference name as text: dots between the labels, none at the end. */
struct reference {
    size_t len;
    uint8_t text[DNAME_MAX];
};

static bool reference_of(const struct dname *name, struct reference *reference_out)
{
    reference_out->len = 0;
    for (size_t pos = 0; pos + 1 < name->len;) {
        size_t label_len = name->wire[pos++];
        /* Without escapes in the text, a dot inside a label would pose as the end of one. */
        if (memchr(name->wire + pos, '.', label_len))
            return false;
        if (reference_out->len != 0)
            reference_out->text[reference_out->len++] = '.';
        memcpy(reference_out->text + reference_out->len, name->wire + pos, label_len);
        reference_out->len += label_len;
        pos += label_len;
    }
    return reference_out->len != 0;
}

static uint8_t fold(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

/* Whether two texts are equal but for case; the second one is in lower case. */
static bool equals_folded(const uint8_t *text, const uint8_t *lower, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (fold(text[i]) != lower[i])
            return false;
    return true;
}

static bool is_alphanumeric(uint8_t octet)
{
    octet = fold(octet);
    return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9');
}

/* Whether this is a label of letters, digits, and hyphens inside. */
static bool is_host_label(const uint8_t *label, size_t len)
{
    if (len == 0 || label[0] == '-' || label[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alphanumeric(label[i]) && label[i] != '-')
            return false;
    return true;
}

/* Whether the wildcard of "*" + suffix counts as one; the suffix begins with its dot. */
static bool is_wildcard_suffix(const uint8_t *suffix, size_t len)
{
    size_t dots = 0;
    size_t start = 0;

    for (size_t pos = 0; pos < len; pos = start - 1) {
        start = pos + 1;
        dots++;
        const uint8_t *dot = memchr(suffix + start, '.', len - start);
        size_t label_len = dot ? (size_t)(dot - (suffix + start)) : len - start;
        if (!is_host_label(suffix + start, label_len))
            return false;
        if (!dot) /* the last label */
            return dots >= 2;
        start += label_len + 1;
    }
    return false;
}

static bool match_text(struct der_span presented, const struct reference *reference)
{
    if (presented.len == reference->len &&
        equals_folded(presented.data, reference->text, reference->len))
        return true;
    /* RFC 6125 6.4.3: "The client SHOULD NOT attempt to match a presented identifier in which the
     * wildcard character comprises a label other than the left-most label"; and if it is the
     * left-most one, "the client SHOULD NOT compare against anything but the left-most label of
     * the reference identifier". */
    if (presented.len < 2 || presented.data[0] != '*' || presented.data[1] != '.')
        return false;
    const uint8_t *suffix = presented.data + 1;
    size_t suffix_len = presented.len - 1;
    if (suffix_len >= reference->len || !is_wildcard_suffix(suffix, suffix_len))
        return false;
    size_t label_len = reference->len - suffix_len;
    if (!equals_folded(suffix, reference->text + label_len, suffix_len))
        return false;
    for (size_t i = 0; i < label_len; i++)
        if (!is_alphanumeric(reference->text[i]) && reference->text[i] != '-')
            return false;
    return true;
}

bool cert_names_match_one(struct der_span presented, const struct dname *reference)
{
    struct reference text;
    return reference_of(reference, &text) && match_text(presented, &text);
}

/* Whether a common name matches, of whichever string type. */
static bool match_common_name(const struct der_element *value, const struct reference *reference)
{
    uint8_t narrow[DNAME_MAX];
    size_t narrow_len = 0;
    size_t width = value->tag == BMP_STRING ? 2 : value->tag == UNIVERSAL_STRING ? 4 : 1;

    if (width == 1)
        return match_text(value->content, reference);
    if (value->content.len % width != 0 || value->content.len / width > sizeof narrow)
        return false;
    for (size_t i = 0; i < value->content.len; i += width) {
        for (size_t high = 0; high + 1 < width; high++)
            if (value->content.data[i + high] != 0)
                return false;
        narrow[narrow_len++] = value->content.data[i + width - 1];
    }
    return match_text((struct der_span){narrow, narrow_len}, reference);
}

/* Whether one of the subject's common names matches. The Name is known to be well-formed. */
static bool match_subject(struct der_span subject, const struct reference *reference)
{
    static const struct der_span common_name = {(const uint8_t *)COMMON_NAME_OID, 3};
    struct der_reader reader;
    struct der_reader name;

    der_reader_init(&reader, subject);
    der_enter(&reader, DER_SEQUENCE, &name);
    while (!der_at_end(&name)) {
        struct der_reader rdn;
        der_enter(&name, DER_SET, &rdn);
        while (!der_at_end(&rdn)) {
            struct der_reader pair;
            struct der_span type;
            struct der_element value;
            der_enter(&rdn, DER_SEQUENCE, &pair);
            der_read_oid(&pair, &type);
            der_read_element(&pair, &value);
            if (der_finish(&pair) && der_span_equal(type, common_name) &&
                match_common_name(&value, reference))
                return true;
        }
    }
    return false;
}

bool cert_names_match(const struct certificate *certificate, const struct dname *reference)
{
    struct reference text;
    struct der_reader names;
    struct general_name name;
    bool has_dns_name = false;

    if (!reference_of(reference, &text))
        return false;
    der_reader_init(&names, certificate->extensions.subject_alt_name);
    while (certificate_next_name(&names, &name)) {
        if (name.kind != GENERAL_NAME_DNS)
            continue;
        has_dns_name = true;
        if (match_text(name.value, &text))
            return true;
    }
    /* RFC 6125 6.4.4: the common name is looked at "if and only if the presented identifiers do
     * not include a DNS-ID". */
    return !has_dns_name && match_subject(certificate->subject, &text);
}
