/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base64.c - strict base64.
 */
#include "proto/base64.h"

/* The value of a digit of the alphabet, or -1. */
static int digit_value(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    if (digit == '+')
        return 62;
    return digit == '/' ? 63 : -1;
}

/* As base64_decode, but with out NULL nothing is written and out_cap is not looked at. */
static bool decode(struct span text, uint8_t *out, size_t out_cap, size_t *len_out)
{
    if (text.len == 0 || text.len % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && text.data[text.len - 1 - padding] == '=')
        padding++;
    size_t out_len = text.len / 4 * 3 - padding;
    if (out != NULL && out_len > out_cap)
        return false;

    uint32_t bits = 0;      /* digits of which octets are still to be made */
    unsigned bit_count = 0; /* how many of them: 0, 2, 4 or 6 between digits */
    size_t written = 0;
    for (size_t i = 0; i < text.len - padding; i++) {
        int value = digit_value(text.data[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            if (out != NULL)
                out[written] = (uint8_t)(bits >> bit_count);
            written++;
            bits &= (1U << bit_count) - 1;
        }
    }
    if (bits != 0)
        return false;
    *len_out = written;
    return true;
}

bool base64_is_valid(struct span text)
{
    size_t len;

    return decode(text, NULL, 0, &len);
}

bool base64_decode(struct span text, uint8_t *out, size_t out_cap, size_t *len_out)
{
    return out != NULL && decode(text, out, out_cap, len_out);
}

size_t base64_encode(const uint8_t *data, size_t len, char *out, size_t out_cap)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t used = 0;

    /* Divided, not multiplied, so that no length can wrap around. */
    if (len == 0 || out_cap / 4 < len / 3 + (len % 3 != 0))
        return 0;
    for (size_t i = 0; i < len; i += 3) {
        size_t octets = len - i;
        uint32_t bits = (uint32_t)data[i] << 16;
        if (octets > 1)
            bits |= (uint32_t)data[i + 1] << 8;
        if (octets > 2)
            bits |= (uint32_t)data[i + 2];
        out[used++] = alphabet[bits >> 18];
        out[used++] = alphabet[bits >> 12 & 63];
        out[used++] = octets > 1 ? alphabet[bits >> 6 & 63] : '=';
        out[used++] = octets > 2 ? alphabet[bits & 63] : '=';
    }
    return used;
}
