/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * destination.c - reading the keys that MTAs ask with.
 *
 * A key is cut into host and port first, then the host is made a name or an address. The name is
 * normalised in a buffer on the stack: lower-case A-labels, split at dots only after libidn2 has
 * spoken, since IDNA maps other characters (U+3002) to dots.
 */
#include "daemon/core/destination.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core/utf8.h"

/* Every octet of a key becomes at most one A-label octet, or passes libidn2, whose output for one
 * input is bounded here. */
#define NAME_ROOM 512

struct name_buffer {
    size_t len;
    char text[NAME_ROOM];
};

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)text[i] >= 0x80)
            return false;
    }
    return true;
}

/* Puts text[0..len) behind what is in the buffer, folding case. Returns false if it is full. */
static bool append(struct name_buffer *buffer, const char *text, size_t len)
{
    if (len > sizeof buffer->text - buffer->len)
        return false;
    for (size_t i = 0; i < len; i++)
        buffer->text[buffer->len + i] = fold(text[i]);
    buffer->len += len;
    return true;
}

/* Puts the A-label form of one U-label, text[0..len), behind what is in the buffer. */
static enum destination_error append_idn(struct name_buffer *buffer, const char *text, size_t len)
{
    uint8_t input[DESTINATION_KEY_MAX + 1];
    uint8_t *output = NULL;
    bool fits;

    memcpy(input, text, len);
    input[len] = '\0';
    switch (idn2_lookup_u8(input, &output, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)) {
    case IDN2_OK:
        fits = append(buffer, (const char *)output, strlen((const char *)output));
        idn2_free(output);
        return fits ? DESTINATION_OK : DESTINATION_LONG_NAME;
    case IDN2_PUNYCODE_BIG_OUTPUT:
    case IDN2_TOO_BIG_LABEL:
        return DESTINATION_LONG_LABEL;
    case IDN2_TOO_BIG_DOMAIN:
        return DESTINATION_LONG_NAME;
    default:
        return DESTINATION_BAD_IDN;
    }
}

/* Fills the buffer with host[0..len): case folded, U-labels made A-labels, one trailing dot
 * stripped. */
static enum destination_error normalise(const char *host, size_t len, struct name_buffer *buffer)
{
    buffer->len = 0;
    for (size_t at = 0; at < len;) {
        const char *dot = memchr(host + at, '.', len - at);
        size_t label_len = dot ? (size_t)(dot - host) - at : len - at;
        enum destination_error error = DESTINATION_OK;
        if (!is_ascii(host + at, label_len))
            error = append_idn(buffer, host + at, label_len);
        else if (!append(buffer, host + at, label_len))
            error = DESTINATION_LONG_NAME;
        if (error != DESTINATION_OK)
            return error;
        at += label_len;
        if (dot) {
            if (!append(buffer, ".", 1))
                return DESTINATION_LONG_NAME;
            at++;
        }
    }
    if (buffer->len > 0 && buffer->text[buffer->len - 1] == '.')
        buffer->len--;
    return buffer->len > 0 ? DESTINATION_OK : DESTINATION_EMPTY;
}

/* What may stand in a name, and its dot, each as its lower case; NUL for everything else. */
static const char name_characters[256] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                         "\0\0\0\0\0\0\0\0\0\0\0\0\0-.\0"
                                         "0123456789\0\0\0\0\0\0"
                                         "\0abcdefghijklmno"
                                         "pqrstuvwxyz\0\0\0\0_"
                                         "\0abcdefghijklmno"
                                         "pqrstuvwxyz\0\0\0\0\0";

/*
 * Makes a text without a trailing dot a name, folding case; it has at least one octet. *name_out is
 * left alone if that fails. Each octet of the text stands one further in the name, a dot as the
 * length of the label behind it.
 */
static enum destination_error make_name(const char *text, size_t len, struct dname *name_out)
{
    uint8_t wire[NAME_ROOM + 2];
    size_t at = 0;

    if (len > NAME_ROOM)
        return DESTINATION_LONG_NAME;
    for (;;) {
        size_t label_at = at;
        char c;
        while (at < len && ((c = name_characters[(uint8_t)text[at]]) > '.' || c == '-'))
            wire[++at] = (uint8_t)c;
        size_t label_len = at - label_at;
        wire[label_at] = (uint8_t)label_len;
        if (label_len > DNAME_LABEL_MAX)
            return DESTINATION_LONG_LABEL;
        if (at < len && text[at] != '.')
            return DESTINATION_BAD_CHARACTER;
        if (label_len == 0)
            return DESTINATION_EMPTY_LABEL;
        if (at == len)
            break;
        at++;
    }
    /* A length octet before the first label, and the root's behind the last. */
    if (len > DNAME_MAX - 2)
        return DESTINATION_LONG_NAME;
    wire[len + 1] = 0;
    name_out->len = (uint8_t)(len + 2);
    memcpy(name_out->wire, wire, len + 2);
    return DESTINATION_OK;
}

/* Reads a decimal port or the name of a service. */
static enum destination_error read_port(const char *text, size_t len, uint16_t *port_out)
{
    static const struct {
        const char *name;
        uint16_t port;
    } services[] = {{"smtp", 25}, {"smtps", 465}, {"submission", 587}, {"submissions", 465}};
    unsigned value = 0;
    size_t digits = 0;

    while (digits < len && is_digit(text[digits])) {
        value = value * 10 + (unsigned)(text[digits++] - '0');
        if (value > 65535)
            return DESTINATION_BAD_PORT;
    }
    if (digits == len) { /* of nothing too: Postfix's default depends on its configuration */
        if (value == 0)
            return DESTINATION_BAD_PORT;
        *port_out = (uint16_t)value;
        return DESTINATION_OK;
    }
    struct name_buffer service = {.len = 0};
    if (!append(&service, text, len))
        return DESTINATION_BAD_SERVICE;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        if (service.len == strlen(services[i].name) &&
            memcmp(service.text, services[i].name, service.len) == 0) {
            *port_out = services[i].port;
            return DESTINATION_OK;
        }
    }
    return DESTINATION_BAD_SERVICE;
}

/* Reads an address of a family in text[0..len). Returns false if it is none. */
static bool read_address(int family, const char *text, size_t len, char *address_out)
{
    char input[DESTINATION_ADDRESS_MAX];
    uint8_t octets[sizeof(struct in6_addr)];

    if (len >= sizeof input || memchr(text, '\0', len))
        return false;
    memcpy(input, text, len);
    input[len] = '\0';
    return inet_pton(family, input, octets) == 1 &&
           inet_ntop(family, octets, address_out, DESTINATION_ADDRESS_MAX);
}

/* Reads what stands between brackets. */
static enum destination_error read_bracketed(
    const char *host, size_t len, struct destination *destination)
{
    struct name_buffer buffer;

    if (memchr(host, ':', len)) {
        /* "[IPv6:fd00::1]" is how RFC 5321 4.1.3 writes it; Postfix takes any case, and
         * "[fd00::1]". */
        static const char tag[5] = {'i', 'p', 'v', '6', ':'};
        size_t matched = 0;
        while (matched < sizeof tag && matched < len && fold(host[matched]) == tag[matched])
            matched++;
        size_t skip = matched == sizeof tag ? sizeof tag : 0;
        destination->kind = DESTINATION_ADDRESS;
        return read_address(AF_INET6, host + skip, len - skip, destination->address)
                   ? DESTINATION_OK
                   : DESTINATION_BAD_ADDRESS;
    }
    enum destination_error error = normalise(host, len, &buffer);
    if (error != DESTINATION_OK)
        return error;
    /* Only the normalised text is looked at, so that "[192.0.2.1.]" is not taken for a host whose
     * canonical text is that of an address. */
    if (read_address(AF_INET, buffer.text, buffer.len, destination->address)) {
        destination->kind = DESTINATION_ADDRESS;
        return DESTINATION_OK;
    }
    destination->kind = DESTINATION_HOST;
    return make_name(buffer.text, buffer.len, &destination->name);
}

/* Reads a host without brackets: a domain, or a parent domain with its leading dot. */
static enum destination_error read_plain(
    const char *host, size_t len, struct destination *destination)
{
    struct name_buffer buffer;

    destination->kind = DESTINATION_DOMAIN;
    if (len > 0 && host[0] == '.') {
        destination->kind = DESTINATION_PARENT;
        host++;
        len--;
    }
    enum destination_error error = normalise(host, len, &buffer);
    return error == DESTINATION_OK ? make_name(buffer.text, buffer.len, &destination->name) : error;
}

/*
 * Finds the host inside key and the port behind it. *port_at_out is the index of the port's first
 * octet, or 0 if there is none: no port can be at the start of a key.
 */
static enum destination_error split(
    const char *key, size_t len, const char **host_out, size_t *host_len_out, size_t *port_at_out)
{
    const char *open = memchr(key, '[', len);
    const char *close = memchr(key, ']', len);
    size_t end; /* of the host and its brackets */

    if (open || close) {
        if (open != key || !close || memchr(key + 1, '[', len - 1))
            return DESTINATION_BAD_BRACKETS;
        end = (size_t)(close - key) + 1;
        if ((end < len && key[end] != ':') || memchr(key + end, ']', len - end))
            return DESTINATION_BAD_BRACKETS;
        *host_out = key + 1;
        *host_len_out = end - 2;
    } else {
        const char *colon = memchr(key, ':', len);
        end = colon ? (size_t)(colon - key) : len;
        if (colon && memchr(colon + 1, ':', len - end - 1))
            return DESTINATION_BAD_COLON;
        *host_out = key;
        *host_len_out = end;
    }
    *port_at_out = end < len ? end + 1 : 0;
    return DESTINATION_OK;
}

/* Field by field: a name is seldom as long as it may be. */
static void copy(const struct destination *from, struct destination *out)
{
    out->kind = from->kind;
    out->port = from->port;
    out->name.len = from->name.len;
    memcpy(out->name.wire, from->name.wire, from->name.len);
    memcpy(out->address, from->address, strlen(from->address) + 1);
}

enum destination_error destination_parse(
    const char *key, size_t len, struct destination *destination_out)
{
    struct destination destination;
    enum destination_error error;
    const char *host;
    size_t host_len;
    size_t port_at;

    if (len == 0)
        return DESTINATION_EMPTY;
    if (len > DESTINATION_KEY_MAX)
        return DESTINATION_LONG_KEY;
    /* Nearly every key is a plain domain, and is read once: what is a name as it stands has no
     * port, no brackets, and nothing for IDNA to do. */
    size_t name_len = key[len - 1] == '.' ? len - 1 : len;
    if (name_len > 0 && make_name(key, name_len, &destination_out->name) == DESTINATION_OK) {
        destination_out->kind = DESTINATION_DOMAIN;
        destination_out->port = DESTINATION_SMTP_PORT;
        destination_out->address[0] = '\0';
        return DESTINATION_OK;
    }
    /* libidn2 would read up to the first of these, and map or pass others. */
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)key[i] <= ' ' || key[i] == 0x7f)
            return DESTINATION_BAD_CHARACTER;
    }
    if (!utf8_is_valid(key, len))
        return DESTINATION_BAD_UTF8;
    error = split(key, len, &host, &host_len, &port_at);
    if (error != DESTINATION_OK)
        return error;
    if (host_len == 0)
        return DESTINATION_EMPTY;
    destination.kind = DESTINATION_DOMAIN;
    destination.port = DESTINATION_SMTP_PORT;
    destination.name.len = 0;
    destination.address[0] = '\0';
    error = key[0] == '[' ? read_bracketed(host, host_len, &destination)
                          : read_plain(host, host_len, &destination);
    if (error != DESTINATION_OK)
        return error;
    if (port_at > 0 && destination.kind == DESTINATION_PARENT)
        return DESTINATION_PARENT_PORT;
    if (port_at > 0)
        error = read_port(key + port_at, len - port_at, &destination.port);
    if (error != DESTINATION_OK)
        return error;
    copy(&destination, destination_out);
    return DESTINATION_OK;
}

const char *destination_error_text(enum destination_error error)
{
    static const char *const texts[] = {
#define X(name, text) text,
        DESTINATION_ERRORS(X)
#undef X
    };
    return texts[error];
}

size_t destination_to_text(const struct destination *destination, char *text_out)
{
    char name[DNAME_TEXT_MAX];
    char port[8] = "";
    const char *before = "";
    const char *after = "";
    const char *host = name;

    dname_to_text(&destination->name, name);
    if (destination->port != DESTINATION_SMTP_PORT)
        snprintf(port, sizeof port, ":%u", (unsigned)destination->port);
    switch (destination->kind) {
    case DESTINATION_DOMAIN:
        break;
    case DESTINATION_PARENT:
        before = ".";
        break;
    case DESTINATION_ADDRESS:
        host = destination->address;
        before = "[";
        after = "]";
        break;
    case DESTINATION_HOST:
        before = "[";
        after = "]";
        break;
    }
    snprintf(text_out, DESTINATION_TEXT_MAX, "%s%.*s%s%s", before, DNAME_TEXT_MAX - 1, host, after,
        port);
    return strlen(text_out);
}

bool destination_equal(const struct destination *a, const struct destination *b)
{
    return a->kind == b->kind && a->port == b->port && dname_equal(&a->name, &b->name) &&
           strcmp(a->address, b->address) == 0;
}
