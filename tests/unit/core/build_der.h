/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_der.h - for tests: DER put together from hexadecimal text and nested elements.
 */
#ifndef DANED_TESTS_BUILD_DER_H
#define DANED_TESTS_BUILD_DER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/der.h"

#ifndef BUILD_MAX
#define BUILD_MAX 4096
#endif

/* Octets that grow; more than BUILD_MAX end the test. */
struct build {
    uint8_t octets[BUILD_MAX];
    size_t len;
};

static inline void build_put(struct build *out, const void *octets, size_t len)
{
    if (len > BUILD_MAX - out->len)
        abort();
    memcpy(out->octets + out->len, octets, len);
    out->len += len;
}

/* Appends the octets that hex says ("30 03 0201 05"; blanks do not matter). */
static inline void build_hex(struct build *out, const char *hex)
{
    char digits[3] = "";

    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        digits[0] = hex[0];
        digits[1] = hex[1];
        uint8_t octet = (uint8_t)strtoul(digits, NULL, 16);
        build_put(out, &octet, 1);
        hex += 2;
    }
}

/* Appends one element with the tag and content given. */
static inline void build_element(struct build *out, uint8_t tag, const struct build *content)
{
    uint8_t head[4] = {tag, (uint8_t)content->len};
    size_t head_len = 2;

    if (content->len > 0xff) {
        head[1] = 0x82;
        head[2] = (uint8_t)(content->len >> 8);
        head[3] = (uint8_t)content->len;
        head_len = 4;
    } else if (content->len > 0x7f) {
        head[1] = 0x81;
        head[2] = (uint8_t)content->len;
        head_len = 3;
    }
    build_put(out, head, head_len);
    build_put(out, content->octets, content->len);
}

/* Wraps all that is in *out into one element. */
static inline void build_wrap(struct build *out, uint8_t tag)
{
    struct build content = *out;

    out->len = 0;
    build_element(out, tag, &content);
}

static inline struct der_span build_span(const struct build *built)
{
    return (struct der_span){built->octets, built->len};
}

#endif
