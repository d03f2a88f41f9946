/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_key_file.c - what "danectl tlsa" takes for a certificate, a request or a public key.
 *
 * The readers are static, hence the #include of the file.
 */
#include "client-shims/danectl/key_file.c"
#include "tests/fuzz/fuzz.h"

static bool is_inside(struct der_span part, struct der_span whole)
{
    return part.data >= whole.data && part.len <= whole.len &&
           (size_t)(part.data - whole.data) <= whole.len - part.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool (*const takers[])(struct key_file *, struct der_span) = {
        take_certificate, take_request, take_public_key};
    struct der_span der = {data, size};
    unsigned taken = 0;

    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        struct key_file file = {0};
        if (!takers[i](&file, der))
            continue;
        taken++;
        FUZZ_CHECK(file.spki.len > 0 && is_inside(file.spki, der));
        FUZZ_CHECK(file.kind == (enum key_file_kind)i);
        /* A private key is never taken for a public one. */
        FUZZ_CHECK(i == KEY_FILE_CERTIFICATE || !is_private_key(der));
    }
    /* What a record is made of is one thing. */
    FUZZ_CHECK(taken <= 1);
    return 0;
}
