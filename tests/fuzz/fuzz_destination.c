/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_destination.c - keys: what is read is well-formed, and its canonical text means the same.
 */
#include <string.h>

#include "daemon/core/destination.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const struct destination *destination)
{
    struct destination again;
    char text[DESTINATION_TEXT_MAX];
    char same[DESTINATION_TEXT_MAX];

    size_t len = destination_to_text(destination, text);
    FUZZ_CHECK(len == strlen(text) && len <= 253 + 2 + 6);
    FUZZ_CHECK(strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]") == len);
    FUZZ_CHECK(destination_parse(text, len, &again) == DESTINATION_OK);
    FUZZ_CHECK(destination_equal(destination, &again));
    FUZZ_CHECK(destination_to_text(&again, same) == len && memcmp(text, same, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct destination destination;
    struct dname wire;

    enum destination_error error = destination_parse((const char *)data, size, &destination);
    FUZZ_CHECK(destination_error_text(error)[0] != '\0');
    if (error != DESTINATION_OK)
        return 0;
    FUZZ_CHECK(destination.port > 0);
    if (destination.kind == DESTINATION_ADDRESS) {
        FUZZ_CHECK(destination.name.len == 0 && destination.address[0] != '\0');
    } else {
        FUZZ_CHECK(destination.address[0] == '\0' && destination.name.len > 1);
        FUZZ_CHECK(dname_from_wire(destination.name.wire, destination.name.len, &wire));
        FUZZ_CHECK(dname_equal(&wire, &destination.name));
    }
    FUZZ_CHECK((size > 0 && data[0] == '[') ==
               (destination.kind == DESTINATION_HOST || destination.kind == DESTINATION_ADDRESS));
    check_text(&destination);
    return 0;
}
