/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_printable.c - text to be shown: only printable ASCII comes out, no escape is cut, and what
 * was not cut can be read back. The first octet of the input is the room that there is.
 */
#include "proto/printable.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);

    FUZZ_CHECK(found != NULL);
    return (int)(found - digits);
}

/* Reads text[0..len) back and compares it with the front of data. Returns the octets of data. */
static size_t read_back(const char *text, size_t len, const uint8_t *data, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < len; count++) {
        uint8_t octet = (uint8_t)text[i];
        FUZZ_CHECK(count < size);
        if (text[i] != '\\') {
            i++;
        } else {
            FUZZ_CHECK(len - i >= 4 && text[i + 1] == 'x');
            octet = (uint8_t)(hex_value(text[i + 2]) << 4 | hex_value(text[i + 3]));
            i += 4;
        }
        FUZZ_CHECK(octet == data[count]);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || data[0] == 0)
        return 0;
    size_t cap = data[0];
    data++;
    size--;

    char *out = malloc(cap);
    FUZZ_CHECK(out != NULL);
    size_t len = printable_copy(out, cap, (const char *)data, size);
    FUZZ_CHECK(len < cap && strlen(out) == len);
    for (size_t i = 0; i < len; i++)
        FUZZ_CHECK(printable_octet(out[i]));

    /* What all of it would take tells whether it had to be cut. */
    size_t needed = 0;
    for (size_t i = 0; i < size; i++)
        needed += printable_octet((char)data[i]) && data[i] != '\\' ? 1 : 4;
    if (needed < cap) {
        FUZZ_CHECK(len == needed && read_back(out, len, data, size) == size);
    } else {
        size_t dots = cap - 1 < 3 ? cap - 1 : 3;
        FUZZ_CHECK(len >= dots && memcmp(out + len - dots, "...", dots) == 0);
        FUZZ_CHECK(read_back(out, len - dots, data, size) <= size);
        FUZZ_CHECK(len + 4 >= cap); /* no more was cut than the widest escape asks for */
    }
    free(out);
    return 0;
}
