/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_pem.c - certificates out of hostile texts.
 *
 * What is decoded, encoded again and put into a block, must be decoded to the same.
 */
#include <stdbool.h>
#include <string.h>

#include "daemon/core/pem.h"
#include "proto/base64.h"
#include "tests/fuzz/fuzz.h"

#define ROOM 8192

static void check_again(const uint8_t *der, size_t len)
{
    static char text[BASE64_LEN(ROOM) + 64];
    static uint8_t out[ROOM];
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n";
    static const char end[] = "\n-----END CERTIFICATE-----";
    struct pem_reader reader;
    size_t out_len = 0;

    memcpy(text, begin, sizeof begin - 1);
    size_t at = sizeof begin - 1;
    at += base64_encode(der, len, text + at, sizeof text - at);
    memcpy(text + at, end, sizeof end - 1);
    at += sizeof end - 1;
    pem_reader_init(&reader, text, at);
    FUZZ_CHECK(pem_next(&reader, out, sizeof out, &out_len) == PEM_OK);
    FUZZ_CHECK(out_len == len && memcmp(out, der, len) == 0);
    FUZZ_CHECK(pem_next(&reader, out, sizeof out, &out_len) == PEM_END);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[ROOM];
    struct pem_reader reader;
    enum pem_status status;
    size_t total = 0;

    pem_reader_init(&reader, (const char *)data, size);
    do {
        size_t len = 0;
        status = pem_next(&reader, out, sizeof out, &len);
        if (status == PEM_OK) {
            FUZZ_CHECK(len > 0 && len <= sizeof out);
            check_again(out, len);
            total += len;
        }
    } while (status == PEM_OK);
    FUZZ_CHECK(total <= size); /* four characters make three octets */
    return 0;
}
