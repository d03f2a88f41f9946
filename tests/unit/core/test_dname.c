/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_dname.c - names in wire format: their limits, their two forms, and how they are compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/dname.h"

static bool read_name(const char *text, struct dname *name)
{
    return dname_from_text(text, strlen(text), name);
}

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(read_name(text, &name));
    return name;
}

static void assert_wire(const char *text, const char *wire, size_t len)
{
    struct dname name = name_of(text);

    assert_int_equal(name.len, len);
    assert_memory_equal(name.wire, wire, len);
}

/* Fills text with labels of 'a' of the lengths given, which end with 0. Returns the length. */
static size_t make_labels(char *text, const size_t *lengths)
{
    size_t used = 0;

    for (size_t i = 0; lengths[i] > 0; i++) {
        if (i > 0)
            text[used++] = '.';
        memset(text + used, 'a', lengths[i]);
        used += lengths[i];
    }
    text[used] = '\0';
    return used;
}

static void text_becomes_lower_case_wire_format(void **state)
{
    (void)state;
    assert_wire("MX.Example.COM", "\2mx\7example\3com", 16);
    assert_wire("mx.example.com.", "\2mx\7example\3com", 16);
    assert_wire("com", "\3com", 5);
    assert_wire("c", "\1c", 3);
    assert_wire("_25._tcp.a", "\3_25\4_tcp\1a", 12);
}

static void a_single_dot_is_the_root(void **state)
{
    (void)state;
    assert_wire(".", "", 1);
    struct dname root = name_of(".");
    struct dname com = name_of("com");
    assert_true(dname_is_root(&root));
    assert_false(dname_is_root(&com));
    struct dname none = {.len = 0};
    assert_false(dname_is_root(&none));
}

static void malformed_text_is_refused_and_leaves_the_output_alone(void **state)
{
    static const char *const texts[] = {"", "..", ".a", "a..b", "a..", ".a.", "\\", "a\\", "a\\1",
        "a\\12", "a\\256", "a\\999", "a\\1a2", "a\\12a", "a.\\", "a\\25"};
    struct dname before = name_of("before.example");

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct dname name = before;
        if (read_name(texts[i], &name))
            fail_msg("\"%s\" was taken", texts[i]);
        assert_true(dname_equal(&name, &before));
    }
}

static void text_is_read_up_to_its_length_only(void **state)
{
    struct dname name;

    (void)state;
    assert_true(dname_from_text("a.bcd", 3, &name));
    assert_int_equal(name.len, 5);
    assert_true(dname_from_text("a.bcd", 2, &name));
    assert_int_equal(name.len, 3);
    /* An escape that the length cuts is broken, whatever stands behind. */
    assert_false(dname_from_text("a\\123", 4, &name));
    assert_false(dname_from_text("a\\.", 2, &name));
}

static void escapes_stand_for_single_octets(void **state)
{
    (void)state;
    assert_wire("a\\.b", "\3a.b", 5);
    assert_wire("a\\.", "\2a.", 4);
    assert_wire("\\..b", "\1.\1b", 5);
    assert_wire("\\000\\255", "\2\0\377", 4);
    assert_wire("\\065\\\\", "\2a\\", 4); /* an escaped upper-case letter is one nevertheless */
    assert_wire("\\046", "\1.", 3);
}

static void a_label_has_at_most_63_octets(void **state)
{
    char text[80];
    struct dname name;

    (void)state;
    for (size_t len = 62; len <= 65; len++) {
        memset(text, 'x', len);
        assert_int_equal(dname_from_text(text, len, &name), len <= 63);
        text[len] = '.';
        assert_int_equal(dname_from_text(text, len + 1, &name), len <= 63);
        text[len + 1] = 'y';
        assert_int_equal(dname_from_text(text, len + 2, &name), len <= 63);
    }
    /* Four characters of an escape are one octet. */
    char escaped[63 * 4 + 1];
    for (size_t i = 0; i < 63; i++)
        memcpy(escaped + i * 4, "\\007", 4);
    assert_true(dname_from_text(escaped, 63 * 4, &name));
    assert_int_equal(name.len, 65);
}

static void a_name_has_at_most_255_octets(void **state)
{
    char text[300];
    struct dname name;

    (void)state;
    for (size_t last = 58; last <= 63; last++) {
        const size_t lengths[] = {63, 63, 63, last, 0};
        size_t len = make_labels(text, lengths);
        bool fits = last <= 61;
        assert_int_equal(dname_from_text(text, len, &name), fits);
        if (fits)
            assert_int_equal(name.len, len + 2);
        text[len] = '.';
        assert_int_equal(dname_from_text(text, len + 1, &name), fits);
    }
    /* 127 labels of one octet are 255 octets; half a label more is too much. */
    size_t used = 0;
    for (size_t i = 0; i < 127; i++) {
        text[used++] = 'b';
        text[used++] = '.';
    }
    assert_true(dname_from_text(text, used, &name));
    assert_int_equal(name.len, 255);
    assert_true(dname_from_text(text, used - 1, &name));
    text[used++] = 'b';
    assert_false(dname_from_text(text, used, &name));
}

static void wire_format_is_checked_and_folded(void **state)
{
    struct dname name;
    struct dname expected = name_of("mx.example");

    (void)state;
    assert_true(dname_from_wire((const uint8_t *)"\2MX\7exAmple", 12, &name));
    assert_true(dname_equal(&name, &expected));
    assert_true(dname_from_wire((const uint8_t *)"", 1, &name));
    assert_true(dname_is_root(&name));
    uint8_t full[256];
    memset(full, 1, sizeof full);
    full[254] = 0;
    assert_true(dname_from_wire(full, 255, &name));
    full[254] = 1;
    full[255] = 0;
    assert_false(dname_from_wire(full, 256, &name));
}

static void malformed_wire_format_is_refused_without_reading_past_its_end(void **state)
{
    static const struct {
        const char *wire;
        size_t len;
    } cases[] = {{"", 0}, {"\1", 1}, {"\1a", 2}, {"\2a", 3}, {"\1a\0\0", 4}, {"\0\0", 2},
        {"\300\0", 2}, {"\100", 1}, {"\377", 1}, {"\1a\300\0", 4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* In memory of just its size, so that the sanitizers see one octet too many. */
        uint8_t *wire = malloc(cases[i].len > 0 ? cases[i].len : 1);
        struct dname name = {.len = 7};
        assert_non_null(wire);
        memcpy(wire, cases[i].wire, cases[i].len);
        if (dname_from_wire(wire, cases[i].len, &name))
            fail_msg("case %zu was taken", i);
        assert_int_equal(name.len, 7);
        free(wire);
    }
    /* A label of 64 octets in enough room. */
    uint8_t wire[66] = {64};
    memset(wire + 1, 'a', 64);
    struct dname name;
    assert_false(dname_from_wire(wire, sizeof wire, &name));
}

static void any_wire_name_survives_text_and_back(void **state)
{
    char text[DNAME_TEXT_MAX];
    uint32_t seed = 12345;

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        uint8_t wire[DNAME_MAX];
        size_t used = 0;
        for (;;) {
            seed = seed * 1664525 + 1013904223;
            size_t label_len = (seed >> 16) % 64;
            if (label_len == 0 || used + label_len + 2 > DNAME_MAX)
                break;
            wire[used++] = (uint8_t)label_len;
            for (size_t i = 0; i < label_len; i++) {
                seed = seed * 1664525 + 1013904223;
                wire[used++] = (uint8_t)(seed >> 24);
            }
        }
        wire[used++] = 0;
        struct dname name;
        struct dname again;
        assert_true(dname_from_wire(wire, used, &name));
        assert_ptr_equal(dname_to_text(&name, text), text);
        assert_true(strlen(text) < sizeof text);
        assert_true(read_name(text, &again));
        assert_true(dname_equal(&name, &again));
    }
}

static void the_longest_text_fits(void **state)
{
    uint8_t wire[DNAME_MAX];
    size_t used = 0;
    const size_t lengths[] = {63, 63, 63, 61};
    char text[DNAME_TEXT_MAX];
    struct dname name;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        wire[used++] = (uint8_t)lengths[i];
        memset(wire + used, 0xff, lengths[i]);
        used += lengths[i];
    }
    wire[used++] = 0;
    assert_true(dname_from_wire(wire, used, &name));
    dname_to_text(&name, text);
    assert_int_equal(strlen(text), 250 * 4 + 3);
}

static void text_shows_what_could_mislead_as_an_escape(void **state)
{
    char text[DNAME_TEXT_MAX];
    struct dname name;

    (void)state;
    assert_true(dname_from_wire((const uint8_t *)"\5a. \\\n\1b", 9, &name));
    assert_string_equal(dname_to_text(&name, text), "a\\046\\032\\092\\010.b");
    struct dname root = name_of(".");
    assert_string_equal(dname_to_text(&root, text), ".");
    struct dname none = {.len = 0};
    assert_string_equal(dname_to_text(&none, text), "");
}

static void a_name_is_below_its_ancestors_and_itself_only(void **state)
{
    struct dname host = name_of("mx.example.com");
    struct dname domain = name_of("example.com");
    struct dname root = name_of(".");
    struct dname other = name_of("ample.com");
    struct dname sibling = name_of("xexample.com");
    struct dname none = {.len = 0};

    (void)state;
    assert_true(dname_is_below(&host, &domain));
    assert_true(dname_is_below(&host, &host));
    assert_true(dname_is_below(&host, &root));
    assert_true(dname_is_below(&root, &root));
    assert_false(dname_is_below(&domain, &host));
    assert_false(dname_is_below(&root, &domain));
    assert_false(dname_is_below(&host, &other));
    assert_false(dname_is_below(&sibling, &domain));
    assert_false(dname_is_below(&host, &none));
    assert_false(dname_is_below(&none, &host));
}

static void octets_inside_a_label_are_no_ancestor(void **state)
{
    struct dname fake;
    struct dname com = name_of("com");

    (void)state;
    /* One label whose last octets read like "com" with its length octet. */
    assert_true(dname_from_wire((const uint8_t *)"\5a\3com", 7, &fake));
    assert_false(dname_is_below(&fake, &com));
}

static void labels_are_taken_off_from_the_left(void **state)
{
    struct dname name = name_of("a.bb.c");
    struct dname expected = name_of("bb.c");

    (void)state;
    assert_true(dname_strip_label(&name));
    assert_true(dname_equal(&name, &expected));
    assert_true(dname_strip_label(&name));
    assert_true(dname_strip_label(&name));
    assert_true(dname_is_root(&name));
    assert_false(dname_strip_label(&name));
    assert_true(dname_is_root(&name));
    struct dname none = {.len = 0};
    assert_false(dname_strip_label(&none));
    assert_int_equal(none.len, 0);
}

static void labels_are_put_in_front_and_folded(void **state)
{
    struct dname name = name_of(".");
    struct dname expected = name_of("_tcp.com");
    char label[66];

    (void)state;
    assert_true(dname_prepend_label(&name, "COM"));
    assert_true(dname_prepend_label(&name, "_TCP"));
    assert_true(dname_equal(&name, &expected));
    assert_false(dname_prepend_label(&name, ""));
    memset(label, 'a', 64);
    label[64] = '\0';
    assert_false(dname_prepend_label(&name, label));
    assert_true(dname_equal(&name, &expected));
    label[63] = '\0';
    assert_true(dname_prepend_label(&name, label));
    struct dname none = {.len = 0};
    assert_false(dname_prepend_label(&none, "a"));
}

static void the_tlsa_owner_has_port_and_protocol_in_front(void **state)
{
    struct dname base = name_of("mx.example.com");
    struct dname owner;
    struct dname expected = name_of("_25._tcp.mx.example.com");

    (void)state;
    assert_true(dname_tlsa_owner(&base, 25, &owner));
    assert_true(dname_equal(&owner, &expected));
    expected = name_of("_65535._tcp.mx.example.com");
    assert_true(dname_tlsa_owner(&base, 65535, &base)); /* in place too */
    assert_true(dname_equal(&base, &expected));
}

static void a_tlsa_owner_that_is_too_long_does_not_exist(void **state)
{
    char text[300];
    struct dname base;
    struct dname owner = name_of("before.example");
    struct dname before = owner;

    (void)state;
    for (size_t last = 48; last <= 56; last++) {
        const size_t lengths[] = {63, 63, 63, last, 0};
        assert_true(dname_from_text(text, make_labels(text, lengths), &base));
        /* "_25._tcp" takes 9 octets. */
        bool fits = base.len + 9 <= 255;
        owner = before;
        assert_int_equal(dname_tlsa_owner(&base, 25, &owner), fits);
        if (!fits)
            assert_true(dname_equal(&owner, &before));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_lower_case_wire_format),
        cmocka_unit_test(a_single_dot_is_the_root),
        cmocka_unit_test(malformed_text_is_refused_and_leaves_the_output_alone),
        cmocka_unit_test(text_is_read_up_to_its_length_only),
        cmocka_unit_test(escapes_stand_for_single_octets),
        cmocka_unit_test(a_label_has_at_most_63_octets),
        cmocka_unit_test(a_name_has_at_most_255_octets),
        cmocka_unit_test(wire_format_is_checked_and_folded),
        cmocka_unit_test(malformed_wire_format_is_refused_without_reading_past_its_end),
        cmocka_unit_test(any_wire_name_survives_text_and_back),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(text_shows_what_could_mislead_as_an_escape),
        cmocka_unit_test(a_name_is_below_its_ancestors_and_itself_only),
        cmocka_unit_test(octets_inside_a_label_are_no_ancestor),
        cmocka_unit_test(labels_are_taken_off_from_the_left),
        cmocka_unit_test(labels_are_put_in_front_and_folded),
        cmocka_unit_test(the_tlsa_owner_has_port_and_protocol_in_front),
        cmocka_unit_test(a_tlsa_owner_that_is_too_long_does_not_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
