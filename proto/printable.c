/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * printable.c - escapes or replaces what must not be shown as it is.
 */
#include "proto/printable.h"

#include <string.h>

#define ESCAPE_LEN 4 /* \xHH */
#define CUT_LEN 3    /* ... */

/* Writes the shown form of octet to item, which has room for ESCAPE_LEN. Returns its octets. */
static size_t show_octet(char octet, char *item)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char value = (unsigned char)octet;

    if (printable_octet(octet) && octet != '\\') {
        item[0] = octet;
        return 1;
    }
    item[0] = '\\';
    item[1] = 'x';
    item[2] = hex[value >> 4];
    item[3] = hex[value & 0x0f];
    return ESCAPE_LEN;
}

size_t printable_copy(char *out, size_t cap, const char *data, size_t len)
{
    size_t used = 0;
    size_t cut = 0; /* the last end of an item that leaves room for the dots */

    if (cap == 0)
        return 0;
    size_t room = cap - 1;
    for (size_t i = 0; i < len; i++) {
        char item[ESCAPE_LEN];
        size_t item_len = show_octet(data[i], item);
        if (item_len > room - used) {
            size_t dots = room < CUT_LEN ? room : CUT_LEN;
            memset(out + cut, '.', dots);
            out[cut + dots] = '\0';
            return cut + dots;
        }
        memcpy(out + used, item, item_len);
        used += item_len;
        if (room >= CUT_LEN && used <= room - CUT_LEN)
            cut = used;
    }
    out[used] = '\0';
    return used;
}

void printable_fill(char *out, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = printable_octet(data[i]) ? data[i] : '?';
}
