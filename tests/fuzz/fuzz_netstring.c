/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_netstring.c - netstrings: what a prefix says the whole says, and writing undoes reading.
 */
#include "proto/netstring.h"
#include "tests/fuzz/fuzz.h"

#define PAYLOAD_MAX 300

/* The bytes in parts: asked again with each octet more, as a session does. */
static void check_parts(const char *text, size_t len)
{
    struct span payload = {NULL, 0};
    size_t used = 0;
    enum netstring_status whole = netstring_parse(text, len, PAYLOAD_MAX, &payload, &used);

    for (size_t part = 0; part <= len; part++) {
        struct span part_payload = {NULL, 0};
        size_t part_used = 0;
        enum netstring_status status =
            netstring_parse(text, part, PAYLOAD_MAX, &part_payload, &part_used);
        FUZZ_CHECK(part_used <= part);
        if (status == NETSTRING_MORE)
            continue;
        FUZZ_CHECK(status == whole);
        FUZZ_CHECK(part_used == used && part_payload.data == payload.data);
        FUZZ_CHECK(part_payload.len == payload.len);
        return;
    }
    FUZZ_CHECK(whole == NETSTRING_MORE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char out[4096 + NETSTRING_HEAD_MAX + 1];
    struct span payload;
    size_t used;

    if (size > 4096)
        return 0;
    check_parts(text, size);
    if (netstring_parse(text, size, PAYLOAD_MAX, &payload, &used) == NETSTRING_OK) {
        FUZZ_CHECK(payload.len <= PAYLOAD_MAX);
        FUZZ_CHECK(netstring_encode(payload.data, payload.len, out, sizeof(out)) == used);
        FUZZ_CHECK(memcmp(out, text, used) == 0);
    }
    size_t len = netstring_encode(text, size, out, sizeof(out));
    FUZZ_CHECK(len > size && netstring_encode(text, size, out, len - 1) == 0);
    FUZZ_CHECK(netstring_parse(out, len, size, &payload, &used) == NETSTRING_OK && used == len);
    FUZZ_CHECK(span_equal(payload, (struct span){text, size}));
    return 0;
}
