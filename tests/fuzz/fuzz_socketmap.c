/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_socketmap.c - socketmap: writing undoes reading, and no reply can be read as a bare OK.
 */
#include "proto/netstring.h"
#include "proto/printable.h"
#include "proto/socketmap.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX 9000

static char out[SOCKETMAP_REPLY_WIRE_MAX];

/* Gives the payload of the netstring that fills out[0..len). */
static struct span unwrap(size_t len)
{
    struct span payload;
    size_t used;

    FUZZ_CHECK(netstring_parse(out, len, SOCKETMAP_REPLY_MAX, &payload, &used) == NETSTRING_OK);
    FUZZ_CHECK(used == len);
    return payload;
}

static void check_encode(enum socketmap_status status, struct span text)
{
    static char shown[INPUT_MAX];
    enum socketmap_status got;
    struct span got_text;

    size_t len = socketmap_encode(status, text.data, text.len, out, sizeof(out));
    FUZZ_CHECK(socketmap_parse_reply(unwrap(len), &got, &got_text));
    if (status == SOCKETMAP_OK && text.len == 0) {
        FUZZ_CHECK(got == SOCKETMAP_TEMP && got_text.len > 0);
        return;
    }
    FUZZ_CHECK(got == status);
    printable_fill(shown, text.data, text.len);
    if (status == SOCKETMAP_NOTFOUND)
        FUZZ_CHECK(got_text.len == 0);
    else
        FUZZ_CHECK(span_equal(got_text, (struct span){shown, text.len}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = {(const char *)data, size};
    struct socketmap_request request;
    enum socketmap_status status;
    const char *reason = NULL;
    struct span text;

    if (size > INPUT_MAX)
        return 0;
    if (socketmap_parse_request(input, &request, &reason)) {
        size_t len = socketmap_encode_request(request.map, request.key, out, sizeof(out));
        FUZZ_CHECK(span_equal(unwrap(len), input));
    } else {
        FUZZ_CHECK(reason != NULL);
    }
    if (socketmap_parse_reply(input, &status, &text) && status == SOCKETMAP_OK)
        FUZZ_CHECK(text.len > 0 && memcmp(input.data, "OK ", 3) == 0);
    check_encode(SOCKETMAP_OK, input);
    check_encode(SOCKETMAP_NOTFOUND, input);
    check_encode(SOCKETMAP_TEMP, input);
    check_encode(SOCKETMAP_PERM, input);
    return 0;
}
