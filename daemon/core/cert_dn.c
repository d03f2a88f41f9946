/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cert_dn.c - comparison of distinguished names, in one pass and without memory.
 */
#include "daemon/core/cert_dn.h"

#include <string.h>

/* The string types that are text. */
enum {
    UTF8_STRING = 0x0c,
    PRINTABLE_STRING = 0x13,
    TELETEX_STRING = 0x14, /* read as ISO 8859-1, as everybody does */
    IA5_STRING = 0x16,
    VISIBLE_STRING = 0x1a,
    UNIVERSAL_STRING = 0x1c,
    BMP_STRING = 0x1e,
};

#define END (-1)

/* A text in its canonical form, given octet by octet in UTF-8. */
struct text {
    struct der_span rest;
    size_t width;    /* octets of a character; 0: the text is UTF-8 already */
    uint8_t held[4]; /* of the character at hand: octets still to be given, the last one first */
    size_t held_len;
    bool has_started; /* something other than a blank was given */
    int after_blank;  /* what follows the blank that was given last; END: no blank was */
};

static bool text_init(struct text *text, const struct der_element *value)
{
    memset(text, 0, sizeof *text);
    text->rest = value->content;
    text->after_blank = END;
    switch (value->tag) {
    case UTF8_STRING:
        return true;
    case PRINTABLE_STRING:
    case TELETEX_STRING:
    case IA5_STRING:
    case VISIBLE_STRING:
        text->width = 1;
        return true;
    case BMP_STRING:
        text->width = 2;
        return true;
    case UNIVERSAL_STRING:
        text->width = 4;
        return true;
    default:
        return false;
    }
}

static void hold(struct text *text, uint32_t octet)
{
    text->held[text->held_len++] = (uint8_t)octet;
}

/* Holds a character as UTF-8. What is no character becomes an octet that UTF-8 does not have. */
static void hold_character(struct text *text, uint32_t c)
{
    if (c < 0x80) {
        hold(text, c);
    } else if (c < 0x800) {
        hold(text, 0x80 | (c & 0x3f));
        hold(text, 0xc0 | c >> 6);
    } else if (c < 0x10000) {
        hold(text, 0x80 | (c & 0x3f));
        hold(text, 0x80 | (c >> 6 & 0x3f));
        hold(text, 0xe0 | c >> 12);
    } else if (c < 0x110000) {
        hold(text, 0x80 | (c & 0x3f));
        hold(text, 0x80 | (c >> 6 & 0x3f));
        hold(text, 0x80 | (c >> 12 & 0x3f));
        hold(text, 0xf0 | c >> 18);
    } else {
        hold(text, 0xff);
    }
}

static int next_octet(struct text *text)
{
    if (text->held_len == 0) {
        size_t width = text->width == 0 ? 1 : text->width;
        uint32_t character = 0;
        if (text->rest.len == 0)
            return END;
        if (text->rest.len < width) { /* a part of a character: like no character that is whole */
            text->rest.len = 0;
            return 0xff;
        }
        for (size_t i = 0; i < width; i++)
            character = character << 8 | text->rest.data[i];
        text->rest.data += width;
        text->rest.len -= width;
        if (text->width == 0)
            return (int)character;
        hold_character(text, character);
    }
    return text->held[--text->held_len];
}

static bool is_blank(int octet)
{
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

/* Gives the next octet of the canonical form, or END. */
static int next_canonical(struct text *text)
{
    int octet = text->after_blank;

    text->after_blank = END;
    if (octet == END) {
        bool blank = false;
        do {
            octet = next_octet(text);
            blank = blank || is_blank(octet);
        } while (is_blank(octet));
        if (blank && text->has_started && octet != END) {
            text->after_blank = octet;
            return ' ';
        }
    }
    text->has_started = true;
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
}

static bool value_equal(const struct der_element *a, const struct der_element *b)
{
    struct text text_a;
    struct text text_b;
    int octet;

    if (der_span_equal(a->raw, b->raw))
        return true;
    if (!text_init(&text_a, a) || !text_init(&text_b, b))
        return false;
    do {
        octet = next_canonical(&text_a);
        if (octet != next_canonical(&text_b))
            return false;
    } while (octet != END);
    return true;
}

struct attribute {
    struct der_span type;
    struct der_element value;
};

static bool read_attribute(struct der_reader *rdn, struct attribute *out)
{
    struct der_reader pair;

    der_enter(rdn, DER_SEQUENCE, &pair);
    der_read_oid(&pair, &out->type);
    return der_read_element(&pair, &out->value);
}

/* Reads up to CERT_DN_ATTRIBUTES_MAX attributes; gives how many, or one more for too many. */
static size_t read_attributes(struct der_span content, struct attribute *out)
{
    struct der_reader rdn;
    size_t count = 0;

    der_reader_init(&rdn, content);
    while (!der_at_end(&rdn)) {
        if (count == CERT_DN_ATTRIBUTES_MAX)
            return count + 1;
        if (!read_attribute(&rdn, &out[count]))
            break;
        count++;
    }
    return count;
}

/*
 * RFC 5280 7.1: two RDNs match "if they have the same number of naming attributes and for each
 * naming attribute in the first relative distinguished name there is a matching naming attribute in
 * the second".
 */
static bool rdn_equal(struct der_span a, struct der_span b)
{
    struct attribute in_a[CERT_DN_ATTRIBUTES_MAX];
    struct attribute in_b[CERT_DN_ATTRIBUTES_MAX];
    bool used[CERT_DN_ATTRIBUTES_MAX] = {false};

    if (der_span_equal(a, b))
        return true;
    size_t count = read_attributes(a, in_a);
    if (count != read_attributes(b, in_b) || count > CERT_DN_ATTRIBUTES_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < count && (used[j] || !der_span_equal(in_a[i].type, in_b[j].type) ||
                                !value_equal(&in_a[i].value, &in_b[j].value)))
            j++;
        if (j == count)
            return false;
        used[j] = true;
    }
    return true;
}

static struct der_reader open_name(struct der_span name)
{
    struct der_reader outer;
    struct der_reader inside;

    der_reader_init(&outer, name);
    der_enter(&outer, DER_SEQUENCE, &inside);
    return inside;
}

bool cert_dn_is_below(struct der_span name, struct der_span base)
{
    struct der_reader in_name = open_name(name);
    struct der_reader in_base = open_name(base);

    while (!der_at_end(&in_base)) {
        struct der_span rdn_of_name;
        struct der_span rdn_of_base;
        if (!der_read(&in_name, DER_SET, &rdn_of_name) ||
            !der_read(&in_base, DER_SET, &rdn_of_base) || !rdn_equal(rdn_of_name, rdn_of_base))
            return false;
    }
    return true;
}

static size_t count_rdns(struct der_span name)
{
    struct der_reader inside = open_name(name);
    struct der_element rdn;
    size_t count = 0;

    while (!der_at_end(&inside) && der_read_element(&inside, &rdn))
        count++;
    return count;
}

bool cert_dn_equal(struct der_span a, struct der_span b)
{
    if (der_span_equal(a, b))
        return true;
    return count_rdns(a) == count_rdns(b) && cert_dn_is_below(a, b);
}

bool cert_dn_is_empty(struct der_span name)
{
    struct der_reader inside = open_name(name);
    return der_at_end(&inside);
}

void cert_dn_walk_init(struct cert_dn_walk *walk, struct der_span name)
{
    walk->name = open_name(name);
    der_reader_init(&walk->rdn, (struct der_span){NULL, 0});
}

bool cert_dn_walk_next(
    struct cert_dn_walk *walk, struct der_span *type_out, struct der_element *value_out)
{
    struct attribute attribute;

    while (der_at_end(&walk->rdn))
        if (der_at_end(&walk->name) || !der_enter(&walk->name, DER_SET, &walk->rdn))
            return false;
    if (!read_attribute(&walk->rdn, &attribute))
        return false;
    *type_out = attribute.type;
    *value_out = attribute.value;
    return true;
}
