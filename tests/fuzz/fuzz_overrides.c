/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_overrides.c - override files: each line that is taken is found by its own key until it
 * expires, and never after; what is refused is refused with a line of the file and a printable
 * text.
 */
#include <string.h>

#include "daemon/core/overrides.h"
#include "daemon/core/utf8.h"
#include "tests/fuzz/fuzz.h"

static void check_entry(const struct overrides *overrides, size_t index)
{
    const struct override *entry = overrides_at(overrides, index);
    struct destination destination;
    struct override_match match;
    size_t why_len = strlen(entry->why);

    FUZZ_CHECK(utf8_is_valid(entry->why, why_len) && why_len < OVERRIDE_WHY_MAX);
    FUZZ_CHECK(index == 0 || overrides_at(overrides, index - 1)->line < entry->line);
    FUZZ_CHECK((entry->expires == OVERRIDE_NEVER) == (entry->expires_text[0] == '\0'));
    FUZZ_CHECK(destination_parse(entry->key, strlen(entry->key), &destination) == DESTINATION_OK);
    if (destination.kind == DESTINATION_PARENT) {
        FUZZ_CHECK(!overrides_find(overrides, &destination, 0, &match));
        /* Some name below it; the line fits, or a more specific one does. */
        destination.kind = DESTINATION_DOMAIN;
        if (!dname_prepend_label(&destination.name, "_fuzz"))
            return;
        FUZZ_CHECK(entry->expires < 0 || overrides_find(overrides, &destination, 0, &match));
        return;
    }
    if (entry->expires == OVERRIDE_NEVER) {
        FUZZ_CHECK(overrides_find(overrides, &destination, INT64_MAX, &match));
    } else {
        FUZZ_CHECK(!overrides_find(overrides, &destination, entry->expires + 1, &match) ||
                   match.index != index);
        FUZZ_CHECK(overrides_find(overrides, &destination, entry->expires, &match));
    }
    /* "[host]" is asked at port 25, which "[host]:25" may have of its own. */
    FUZZ_CHECK(
        match.index == index || strncmp(match.override->key, entry->key, strlen(entry->key)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct overrides *overrides = NULL;
    struct overrides_error error;

    if (!overrides_parse((const char *)data, size, &overrides, &error)) {
        FUZZ_CHECK(overrides == NULL && error.line >= 1 && error.line <= size + 1);
        FUZZ_CHECK(error.text[0] != '\0' && utf8_is_valid(error.text, strlen(error.text)));
        FUZZ_CHECK(strpbrk(error.text, "\r\n\x1b") == NULL);
        FUZZ_CHECK(strlen(error.text) < sizeof error.text - 1); /* nothing was cut */
        return 0;
    }
    for (size_t i = 0; i < overrides_count(overrides); i++)
        check_entry(overrides, i);
    overrides_free(overrides);
    return 0;
}
