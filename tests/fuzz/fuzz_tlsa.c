/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_tlsa.c - TLSA rdata on hostile octets: usability, agility and text agree with each other.
 */
#include <string.h>

#include "daemon/core/tlsa.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tlsa_record record;
    char text[TLSA_TEXT_MAX];

    if (!tlsa_from_rdata(data, size, &record)) {
        FUZZ_CHECK(size < 4 || size > UINT16_MAX);
        return 0;
    }
    enum tlsa_usability usability = tlsa_usability(&record);
    FUZZ_CHECK(tlsa_usability_text(usability)[0] != '\0');
    /* Alone in its set, a record counts exactly if it is usable. */
    FUZZ_CHECK(tlsa_counts(&record, 1, 0) == (usability == TLSA_USABLE));
    for (size_t cap = 1; cap <= sizeof text; cap++) {
        memset(text, 'x', sizeof text);
        size_t len = tlsa_to_text(&record, text, cap);
        FUZZ_CHECK(len < cap && strlen(text) == len);
    }
    return 0;
}
