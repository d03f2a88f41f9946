/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dname.c - domain names in wire format: reading, writing, comparing.
 */
#include "daemon/core/dname.h"

#include <stdio.h>
#include <string.h>

static uint8_t fold(uint8_t octet)
{
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Reads one octet of a label at text[*pos], which may be escaped (RFC 1035 5.1), and moves *pos
 * behind it. Returns false on a broken escape.
 */
static bool read_octet(const char *text, size_t len, size_t *pos, uint8_t *octet_out)
{
    size_t at = *pos;
    if (text[at] != '\\') {
        *octet_out = (uint8_t)text[at];
        *pos = at + 1;
        return true;
    }
    if (len - at >= 4 && is_digit(text[at + 1])) {
        if (!is_digit(text[at + 2]) || !is_digit(text[at + 3]))
            return false;
        int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
        if (value > 255)
            return false;
        *octet_out = (uint8_t)value;
        *pos = at + 4;
        return true;
    }
    if (len - at < 2 || is_digit(text[at + 1]))
        return false;
    *octet_out = (uint8_t)text[at + 1];
    *pos = at + 2;
    return true;
}

bool dname_from_text(const char *text, size_t len, struct dname *name_out)
{
    struct dname name = {.len = 0};
    size_t label_at = 0; /* where the length octet of the current label stands */
    size_t used = 1;

    if (len == 0)
        return false;
    if (len == 1 && text[0] == '.') {
        name.len = 1;
        name.wire[0] = 0;
        *name_out = name;
        return true;
    }
    for (size_t pos = 0; pos < len;) {
        if (text[pos] == '.') {
            size_t label_len = used - label_at - 1;
            if (label_len == 0)
                return false;
            name.wire[label_at] = (uint8_t)label_len;
            pos++;
            if (pos == len) {
                label_at = used;
                break;
            }
            if (used >= DNAME_MAX)
                return false;
            label_at = used++;
            continue;
        }
        uint8_t octet;
        if (!read_octet(text, len, &pos, &octet))
            return false;
        if (used >= DNAME_MAX || used - label_at - 1 >= DNAME_LABEL_MAX)
            return false;
        name.wire[used++] = fold(octet);
    }
    if (label_at < used) { /* the text did not end in a dot */
        name.wire[label_at] = (uint8_t)(used - label_at - 1);
        if (name.wire[label_at] == 0)
            return false;
    }
    if (used >= DNAME_MAX)
        return false;
    name.wire[used++] = 0;
    name.len = (uint8_t)used;
    *name_out = name;
    return true;
}

size_t dname_wire_len(const uint8_t *wire, size_t len)
{
    size_t pos = 0;

    while (pos < len && wire[pos] != 0) {
        if (wire[pos] > DNAME_LABEL_MAX)
            return 0;
        pos += (size_t)wire[pos] + 1;
    }
    return pos < len && pos < DNAME_MAX ? pos + 1 : 0;
}

bool dname_from_wire(const uint8_t *wire, size_t len, struct dname *name_out)
{
    if (len == 0 || dname_wire_len(wire, len) != len)
        return false;
    /* The length of a label is less than any letter, so that it is not folded. */
    for (size_t i = 0; i < len; i++)
        name_out->wire[i] = fold(wire[i]);
    name_out->len = (uint8_t)len;
    return true;
}

static bool is_plain(uint8_t octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= '0' && octet <= '9') || octet == '-' || octet == '_';
}

const char *dname_to_text(const struct dname *name, char *text_out)
{
    char *out = text_out;
    size_t pos = 0;

    if (name->len == 1)
        *out++ = '.';
    while (pos + 1 < name->len) {
        size_t end = pos + 1 + name->wire[pos];
        if (pos != 0)
            *out++ = '.';
        for (pos++; pos < end; pos++) {
            uint8_t octet = name->wire[pos];
            if (is_plain(octet)) {
                *out++ = (char)octet;
            } else {
                *out++ = '\\';
                *out++ = (char)('0' + octet / 100);
                *out++ = (char)('0' + octet / 10 % 10);
                *out++ = (char)('0' + octet % 10);
            }
        }
    }
    *out = '\0';
    return text_out;
}

bool dname_equal(const struct dname *a, const struct dname *b)
{
    return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

bool dname_is_below(const struct dname *name, const struct dname *ancestor)
{
    size_t pos = 0;

    if (name->len < ancestor->len || ancestor->len == 0)
        return false;
    /* Only at a label's edge may the tail be compared: octets inside a label can look like one. */
    while (pos < (size_t)(name->len - ancestor->len))
        pos += (size_t)name->wire[pos] + 1;
    return pos == (size_t)(name->len - ancestor->len) &&
           memcmp(name->wire + pos, ancestor->wire, ancestor->len) == 0;
}

bool dname_is_root(const struct dname *name)
{
    return name->len == 1;
}

bool dname_strip_label(struct dname *name)
{
    if (name->len <= 1)
        return false;
    size_t skip = (size_t)name->wire[0] + 1;
    name->len = (uint8_t)(name->len - skip);
    memmove(name->wire, name->wire + skip, name->len);
    return true;
}

bool dname_prepend_label(struct dname *name, const char *label)
{
    size_t len = strlen(label);

    if (len == 0 || len > DNAME_LABEL_MAX || name->len == 0 || name->len + len + 1 > DNAME_MAX)
        return false;
    memmove(name->wire + len + 1, name->wire, name->len);
    name->wire[0] = (uint8_t)len;
    for (size_t i = 0; i < len; i++)
        name->wire[i + 1] = fold((uint8_t)label[i]);
    name->len = (uint8_t)(name->len + len + 1);
    return true;
}

bool dname_tlsa_owner(const struct dname *base, uint16_t port, struct dname *owner_out)
{
    struct dname owner = *base;
    char label[8];

    snprintf(label, sizeof label, "_%u", (unsigned)port);
    if (!dname_prepend_label(&owner, "_tcp") || !dname_prepend_label(&owner, label))
        return false;
    *owner_out = owner;
    return true;
}
