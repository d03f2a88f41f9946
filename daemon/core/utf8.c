/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.c - reading UTF-8 strictly.
 */
#include "daemon/core/utf8.h"

#include <string.h>

size_t utf8_read(const char *text, size_t len, uint32_t *code_point_out)
{
    /* The least code point of a sequence of n octets: anything less is overlong (RFC 3629 3). */
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t need;
    uint32_t value;

    if (len == 0)
        return 0;
    uint8_t first = (uint8_t)text[0];
    if (first < 0x80) {
        *code_point_out = first;
        return 1;
    }
    if ((first & 0xe0) == 0xc0) {
        need = 2;
        value = first & 0x1f;
    } else if ((first & 0xf0) == 0xe0) {
        need = 3;
        value = first & 0x0f;
    } else if ((first & 0xf8) == 0xf0) {
        need = 4;
        value = first & 0x07;
    } else {
        return 0;
    }
    if (len < need)
        return 0;
    for (size_t i = 1; i < need; i++) {
        uint8_t next = (uint8_t)text[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        value = (value << 6) | (next & 0x3f);
    }
    if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code_point_out = value;
    return need;
}

bool utf8_is_valid(const char *text, size_t len)
{
    uint32_t ignored;

    for (size_t pos = 0; pos < len;) {
        size_t took = utf8_read(text + pos, len - pos, &ignored);
        if (took == 0)
            return false;
        pos += took;
    }
    return true;
}

static bool is_printable(uint32_t code_point)
{
    if (code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f))
        return false;
    /* Line and paragraph separators, marks and overrides of direction, the byte order mark. */
    if ((code_point >= 0x200e && code_point <= 0x200f) ||
        (code_point >= 0x2028 && code_point <= 0x202e) ||
        (code_point >= 0x2066 && code_point <= 0x2069))
        return false;
    return code_point != 0x061c && code_point != 0xfeff;
}

size_t utf8_copy_printable(const char *text, size_t len, char *out, size_t size)
{
    size_t used = 0;

    for (size_t pos = 0; pos < len;) {
        uint32_t code_point = 0;
        size_t took = utf8_read(text + pos, len - pos, &code_point);
        bool keep = took > 0 && is_printable(code_point);
        size_t write = keep ? took : 1;
        if (write >= size - used)
            break;
        if (keep)
            memcpy(out + used, text + pos, write);
        else
            out[used] = '?';
        used += write;
        pos += took > 0 ? took : 1;
    }
    out[used] = '\0';
    return used;
}
