/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_base64.c - base64: what is taken is what would be written, and nothing else.
 */
#include <string.h>

#include "proto/base64.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MAX = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = {(const char *)data, size};
    uint8_t octets[TEXT_MAX];
    char back[BASE64_LEN(TEXT_MAX)];
    size_t len;

    if (size > TEXT_MAX)
        return 0;
    bool good = base64_decode(text, octets, sizeof octets, &len);
    FUZZ_CHECK(good == base64_is_valid(text));
    if (good) {
        FUZZ_CHECK(base64_encode(octets, len, back, sizeof back) == size);
        FUZZ_CHECK(memcmp(back, data, size) == 0);
        /* Room for all of it is needed, and enough. */
        FUZZ_CHECK(base64_decode(text, octets, len, &len));
        FUZZ_CHECK(len == 0 || !base64_decode(text, octets, len - 1, &len));
    }
    /* And the other way round. */
    size_t written = base64_encode(data, size, back, sizeof back);
    FUZZ_CHECK((written > 0) == (size > 0));
    if (written > 0) {
        FUZZ_CHECK(base64_decode((struct span){back, written}, octets, sizeof octets, &len));
        FUZZ_CHECK(len == size && memcmp(octets, data, size) == 0);
    }
    return 0;
}
