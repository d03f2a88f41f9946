/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_dname.c - domain names, from wire format and from text, and what is done with them.
 */
#include <string.h>

#include "daemon/core/dname.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const struct dname *name)
{
    char text[DNAME_TEXT_MAX];
    struct dname back;

    dname_to_text(name, text);
    FUZZ_CHECK(strlen(text) < DNAME_TEXT_MAX);
    for (const char *at = text; *at; at++)
        FUZZ_CHECK(*at > 0x20 && *at < 0x7f);
    FUZZ_CHECK(dname_from_text(text, strlen(text), &back) && dname_equal(name, &back));
}

static void check_name(const struct dname *name)
{
    struct dname other;
    struct dname at = *name;
    unsigned labels = 0;

    FUZZ_CHECK(name->len > 0 && name->wire[name->len - 1] == 0);
    FUZZ_CHECK(dname_from_wire(name->wire, name->len, &other) && dname_equal(name, &other));
    check_text(name);
    while (dname_strip_label(&at)) {
        FUZZ_CHECK(dname_is_below(name, &at) && !dname_is_below(&at, name));
        FUZZ_CHECK(++labels <= 127);
    }
    FUZZ_CHECK(dname_is_root(&at));
    if (dname_tlsa_owner(name, 25, &other)) {
        FUZZ_CHECK(dname_is_below(&other, name));
        FUZZ_CHECK(
            dname_strip_label(&other) && dname_strip_label(&other) && dname_equal(&other, name));
    } else {
        FUZZ_CHECK(name->len + strlen("x_25x_tcp") > DNAME_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dname name;

    if (dname_from_wire(data, size, &name)) {
        FUZZ_CHECK(name.len == size);
        check_name(&name);
    }
    if (dname_from_text((const char *)data, size, &name))
        check_name(&name);
    return 0;
}
