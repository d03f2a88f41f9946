/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_overrides.c - destinations(5): which line counts for a destination, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/overrides.h"

#define TODAY 20000 /* 2024-10-04 */

static struct overrides *parse_octets(const char *text, size_t len)
{
    struct overrides *overrides = NULL;
    struct overrides_error error;
    char *exact = malloc(len > 0 ? len : 1);

    assert_non_null(exact);
    memcpy(exact, text, len);
    if (!overrides_parse(exact, len, &overrides, &error))
        fail_msg("line %u: %s", error.line, error.text);
    free(exact); /* nothing may point into it any more */
    return overrides;
}

static struct overrides *parse(const char *text)
{
    return parse_octets(text, strlen(text));
}

static struct destination destination_of(const char *key)
{
    struct destination destination;

    assert_int_equal(destination_parse(key, strlen(key), &destination), DESTINATION_OK);
    return destination;
}

/* Gives the line that counts for a key, or 0. */
static unsigned find_line_on(const struct overrides *overrides, const char *key, int64_t today)
{
    struct destination destination = destination_of(key);
    struct override_match match = {.index = 4711};

    if (!overrides_find(overrides, &destination, today, &match)) {
        assert_int_equal(match.index, 4711);
        return 0;
    }
    assert_ptr_equal(overrides_at(overrides, match.index), match.override);
    return match.override->line;
}

static unsigned find_line(const struct overrides *overrides, const char *key)
{
    return find_line_on(overrides, key, TODAY);
}

/* Asserts that a file is refused at a line, with a text that has each of two parts in it. */
static void assert_refused_octets(
    const char *text, size_t len, unsigned line, const char *part, const char *other)
{
    struct overrides *overrides = NULL;
    struct overrides_error error = {.line = 4711};

    if (overrides_parse(text, len, &overrides, &error))
        fail_msg("\"%s\" was taken", text);
    assert_null(overrides);
    assert_int_equal(error.line, line);
    if (!strstr(error.text, part) || !strstr(error.text, other))
        fail_msg("\"%s\": \"%s\" lacks \"%s\" or \"%s\"", text, error.text, part, other);
    for (const char *at = error.text; *at; at++)
        assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
}

static void assert_refused(const char *text, unsigned line, const char *part, const char *other)
{
    assert_refused_octets(text, strlen(text), line, part, other);
}

static void a_file_without_overrides_is_fine(void **state)
{
    static const char *const texts[] = {"", "\n", "\r\n", "# only why", "  \t\n\n#x\n",
        "\xef\xbb\xbf", "\xef\xbb\xbf# from an editor\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct overrides *overrides = parse(texts[i]);
        assert_int_equal(overrides_count(overrides), 0);
        assert_int_equal(find_line(overrides, "example.com"), 0);
        overrides_free(overrides);
    }
    overrides_free(NULL);
}

static void a_line_is_kept_whole(void **state)
{
    struct overrides *overrides = parse("# head\n"
                                        "Partner.Example. dane-required\n"
                                        "\n"
                                        "\t.b\xc3\xbc"
                                        "cher.example\tmay  expires=2024-10-04 ## "
                                        "until M\xc3\xbcller is back  \r\n"
                                        "[MX.example]:smtp skip #\n");
    const struct override *entry;

    (void)state;
    assert_int_equal(overrides_count(overrides), 3);
    entry = overrides_at(overrides, 0);
    assert_string_equal(entry->key, "partner.example");
    assert_int_equal(entry->level, OVERRIDE_DANE_REQUIRED);
    assert_string_equal(entry->why, "");
    assert_string_equal(entry->expires_text, "");
    assert_true(entry->expires == OVERRIDE_NEVER);
    assert_int_equal(entry->line, 2);
    entry = overrides_at(overrides, 1);
    assert_string_equal(entry->key, ".xn--bcher-kva.example");
    assert_int_equal(entry->level, OVERRIDE_MAY);
    assert_string_equal(entry->why, "until M\xc3\xbcller is back");
    assert_string_equal(entry->expires_text, "2024-10-04");
    assert_int_equal(entry->expires, TODAY);
    assert_int_equal(entry->line, 4);
    entry = overrides_at(overrides, 2);
    assert_string_equal(entry->key, "[mx.example]:25");
    assert_int_equal(entry->level, OVERRIDE_SKIP);
    assert_string_equal(entry->why, "");
    assert_int_equal(entry->line, 5);
    overrides_free(overrides);
}

static void every_level_has_its_word(void **state)
{
    static const char *const words[] = {"auto", "dane-required", "dane", "encrypt", "may", "skip"};
    static const enum override_level levels[] = {OVERRIDE_AUTO, OVERRIDE_DANE_REQUIRED,
        OVERRIDE_DANE, OVERRIDE_ENCRYPT, OVERRIDE_MAY, OVERRIDE_SKIP};
    char line[64];

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        snprintf(line, sizeof line, "example.com %s", words[i]);
        struct overrides *overrides = parse(line);
        assert_int_equal(overrides_at(overrides, 0)->level, levels[i]);
        assert_string_equal(override_level_text(levels[i]), words[i]);
        overrides_free(overrides);
    }
}

static void a_domain_covers_its_ports_and_a_suffix_the_names_below_it(void **state)
{
    struct overrides *overrides = parse("example.com may\n"
                                        ".example.com encrypt\n"
                                        ".mail.example.com dane\n"
                                        ".org dane\n"
                                        "mx.mail.example.com auto\n");
    (void)state;
    assert_int_equal(find_line(overrides, "example.com"), 1);
    assert_int_equal(find_line(overrides, "EXAMPLE.com.:2525"), 1);
    assert_int_equal(find_line(overrides, "a.example.com"), 2);
    assert_int_equal(find_line(overrides, "a.b.example.com:26"), 2);
    assert_int_equal(find_line(overrides, "mail.example.com"), 2);
    assert_int_equal(find_line(overrides, "a.mail.example.com"), 3);
    assert_int_equal(find_line(overrides, "mx.mail.example.com"), 5);
    assert_int_equal(find_line(overrides, "a.mx.mail.example.com"), 3);
    assert_int_equal(find_line(overrides, "example.org"), 4);
    assert_int_equal(find_line(overrides, "org"), 0);
    assert_int_equal(find_line(overrides, "xexample.com"), 0);
    assert_int_equal(find_line(overrides, "example.com.example"), 0);
    assert_int_equal(find_line(overrides, "com"), 0);
    /* A parent key is answered "not found", whatever the operator wrote. */
    assert_int_equal(find_line(overrides, ".example.com"), 0);
    assert_int_equal(find_line(overrides, ".a.example.com"), 0);
    overrides_free(overrides);
}

static void bracketed_destinations_are_fitted_by_bracketed_keys_only(void **state)
{
    struct overrides *overrides = parse("[mx.example.com] may\n"
                                        "[mx.example.com]:587 dane\n"
                                        "[mx.example.com]:25 encrypt\n"
                                        "[192.0.2.1] encrypt\n"
                                        "[IPv6:FD00::1]:2525 skip\n"
                                        "mx2.example.com dane\n"
                                        ".example.com dane\n"
                                        "[mx3.example.com]:smtp dane\n");
    (void)state;
    assert_int_equal(find_line(overrides, "[mx.example.com]"), 3);
    assert_int_equal(find_line(overrides, "[mx.example.com]:submission"), 2);
    assert_int_equal(find_line(overrides, "[mx.example.com]:2525"), 1);
    assert_int_equal(find_line(overrides, "[192.0.2.1]:2525"), 4);
    assert_int_equal(find_line(overrides, "[192.0.2.1]"), 4);
    assert_int_equal(find_line(overrides, "[192.0.2.11]"), 0);
    assert_int_equal(find_line(overrides, "[fd00:0::1]:2525"), 5);
    assert_int_equal(find_line(overrides, "[fd00::1]"), 0);
    assert_int_equal(find_line(overrides, "[mx2.example.com]"), 0);
    assert_int_equal(find_line(overrides, "mx.example.com"), 7);
    assert_int_equal(find_line(overrides, "[mx3.example.com]"), 8);
    assert_int_equal(find_line(overrides, "[mx3.example.com]:2525"), 0);
    overrides_free(overrides);
}

static void an_expired_line_leaves_its_place_to_the_next_less_specific(void **state)
{
    struct overrides *overrides = parse("a.example.com may expires=2024-10-04\n"
                                        ".example.com skip expires=2024-10-05\n"
                                        ".com dane\n"
                                        "[mx.example]:25 may expires=2024-10-04\n"
                                        "[mx.example] dane expires=2024-10-06\n");
    (void)state;
    assert_int_equal(find_line_on(overrides, "a.example.com", TODAY), 1);
    assert_int_equal(find_line_on(overrides, "a.example.com", TODAY + 1), 2);
    assert_int_equal(find_line_on(overrides, "a.example.com", TODAY + 2), 3);
    assert_int_equal(find_line_on(overrides, "[mx.example]", TODAY), 4);
    assert_int_equal(find_line_on(overrides, "[mx.example]", TODAY + 1), 5);
    assert_int_equal(find_line_on(overrides, "[mx.example]", TODAY + 3), 0);
    assert_false(override_is_expired(overrides_at(overrides, 0), TODAY));
    assert_true(override_is_expired(overrides_at(overrides, 0), TODAY + 1));
    assert_false(override_is_expired(overrides_at(overrides, 2), INT64_MAX));
    overrides_free(overrides);
}

static void the_next_to_expire_is_the_earliest_of_those_in_force(void **state)
{
    (void)state;
    struct overrides *overrides = parse("never.example may\n"
                                        "c.example may expires=2024-10-06\n" /* TODAY + 2 */
                                        "past.example may expires=2024-10-03\n"
                                        "a.example may expires=2024-10-04\n");
    assert_int_equal(overrides_next_expiry(overrides, TODAY), TODAY);
    assert_int_equal(overrides_next_expiry(overrides, TODAY + 1), TODAY + 2);
    assert_int_equal(overrides_next_expiry(overrides, TODAY + 2), TODAY + 2);
    assert_int_equal(overrides_next_expiry(overrides, TODAY + 3), OVERRIDE_NEVER);
    overrides_free(overrides);
    overrides = parse("");
    assert_int_equal(overrides_next_expiry(overrides, TODAY), OVERRIDE_NEVER);
    overrides_free(overrides);
}

static void dates_are_days_of_the_calendar(void **state)
{
    static const struct {
        const char *date;
        int64_t day;
    } good[] = {{"1970-01-01", 0}, {"1970-03-01", 59}, {"1969-12-31", -1}, {"2000-02-29", 11016},
        {"2000-03-01", 11017}, {"2024-02-29", 19782}, {"2024-12-31", 20088}, {"2025-01-01", 20089},
        {"2038-01-19", 24855}, {"9999-12-31", 2932896}, {"0001-01-01", -719162}};
    static const char *const bad[] = {"", "2025-02-29", "1900-02-29", "2100-02-29", "2025-13-01",
        "2025-00-01", "2025-01-00", "2025-01-32", "2025-04-31", "2025-1-1", "25-01-01",
        "2025/01/01", "2025-01-01T00", "20250101", "0000-01-01", "-025-01-01", "2025-01--1",
        "+025-01-01", "2025-01-0x", "tomorrow"};
    char line[100];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(line, sizeof line, "example.com may expires=%s", good[i].date);
        struct overrides *overrides = parse(line);
        assert_int_equal(overrides_at(overrides, 0)->expires, good[i].day);
        assert_string_equal(overrides_at(overrides, 0)->expires_text, good[i].date);
        overrides_free(overrides);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(line, sizeof line, "\nexample.com may expires=%s", bad[i]);
        assert_refused(line, 2, "expires=", "YYYY-MM-DD");
    }
}

static void a_mistake_is_named_with_its_line_and_what_is_allowed(void **state)
{
    (void)state;
    assert_refused("a.example may\nb.example\n", 2, "no level", "dane-required");
    assert_refused("b.example # may", 1, "no level", "skip");
    assert_refused("b.example dane-only", 1, "\"dane-only\"", "dane-required");
    assert_refused("b.example MAY", 1, "\"MAY\"", "may");
    assert_refused("b.example may#why", 1, "\"may#why\"", "may");
    assert_refused("b.example may until=2025-01-01", 1, "\"until=2025-01-01\"", "expires=");
    assert_refused("b.example may because", 1, "\"because\"", "#");
    assert_refused("b.example may expires=2025-01-01 expires=2025-01-01", 1, "second", "expires=");
    assert_refused("b..example may", 1, "\"b..example\"", "empty label");
    assert_refused("b.example#x may", 1, "character", "[host]:port");
    assert_refused("*.example may", 1, "\"*.example\"", ".example.com");
    assert_refused(". may", 1, "empty", ".example.com");
    assert_refused("[b.example may", 1, "brackets", "[host]");
    assert_refused("[b.example]:0 may", 1, "65535", "[host]:port");
    assert_refused(".b.example:25 may", 1, "port", ".example.com");
    assert_refused("b\xfc.example may", 1, "invalid UTF-8", "\"b?.example\"");
    assert_refused("\x1b[31m may", 1, "\"?[31m\"", "allowed");
    assert_refused("b.example\rmay", 1, "character", "allowed");
}

static void a_port_at_a_domain_is_refused_with_the_reason(void **state)
{
    (void)state;
    assert_refused("Example.com:2525 may", 1, "\"Example.com:2525\"", "example.com) covers each");
    assert_refused("example.com:25 may", 1, "[host]:port", "covers each of its ports");
}

static void a_key_given_twice_is_refused_with_both_lines(void **state)
{
    (void)state;
    assert_refused(
        "a.example may\nb.example may\n\nA.Example. dane\n", 4, "a.example", "lines 1 and 4");
    assert_refused("b.example may\na.example may\na.example may\nb.example may\n", 3, "a.example",
        "lines 2 and 3");
    assert_refused(
        "a.example may\na.example may\na.example may\n", 2, "a.example", "lines 1 and 2");
    assert_refused(
        "[a.example]:smtp may\n[a.example]:25 may", 2, "[a.example]:25", "lines 1 and 2");
    assert_refused("[fd00::1] may\n[IPv6:FD00:0::1] may", 2, "[fd00::1]", "lines 1 and 2");
    assert_refused("b\xc3\xbc"
                   "cher.example may\nxn--bcher-kva.example may",
        2, "xn--bcher-kva.example", "lines 1 and 2");
    overrides_free(parse("[a.example] may\n[a.example]:25 may\na.example may\n.a.example may\n"));
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    assert_refused_octets("a.example may\n\0", 15, 2, "NUL", "text");
    assert_refused_octets("a.example may # \0", 17, 1, "NUL", "text");
    assert_refused_octets("a.example\0 may", 14, 1, "NUL", "text");
}

static void lines_end_at_1000_octets(void **state)
{
    char text[1200];

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "a.example may # ", 16);
    overrides_free(parse_octets(text, 1000));
    memcpy(text + 1000, "\r\n", 2);
    overrides_free(parse_octets(text, 1002));
    memset(text + 1000, 'x', 2);
    text[1001] = '\n';
    assert_refused_octets(text, 1002, 1, "1000", "longer");
    text[0] = '#';
    assert_refused_octets(text, 1002, 1, "1000", "longer");
}

static void a_comment_is_cut_between_characters_and_made_printable(void **state)
{
    char text[600] = "a.example may # \x1b[31m\xe2\x80\xae\xff red \t";
    size_t used = strlen(text);

    (void)state;
    for (size_t i = 0; i < 150; i++) {
        text[used++] = '\xc3';
        text[used++] = '\xbc';
    }
    struct overrides *overrides = parse_octets(text, used);
    const char *why = overrides_at(overrides, 0)->why;
    assert_int_equal(strncmp(why, "?[31m?? red ?\xc3\xbc", 15), 0);
    assert_true(strlen(why) < OVERRIDE_WHY_MAX && strlen(why) >= OVERRIDE_WHY_MAX - 2);
    assert_string_equal(why + strlen(why) - 2, "\xc3\xbc");
    overrides_free(overrides);
}

static void the_longest_word_fits_into_an_error(void **state)
{
    char text[1000];

    (void)state;
    memset(text, 'w', sizeof text);
    memcpy(text, "a.example ", 10);
    assert_refused_octets(text, sizeof text, 1, "unknown level", "skip)");
    memcpy(text, "a.example may ", 14);
    assert_refused_octets(text, sizeof text, 1, "unknown word", "begins with #)");
    memcpy(text, "a.example may expires=", 22);
    assert_refused_octets(text, sizeof text, 1, "calendar", "UTC)");
    memset(text, 'w', sizeof text);
    assert_refused_octets(text, sizeof text, 1, "longer than", "[host]:port)");
    for (size_t i = 63; i < 253; i += 64)
        text[i] = '.';
    memcpy(text + 253, ":25 may", 7);
    assert_refused_octets(text, 260, 1, "has a port", "its ports");
}

static void a_hundred_thousand_lines_are_each_found(void **state)
{
    const unsigned count = 100000;
    const size_t room = count * 40;
    char *text = malloc(room);
    size_t used = 0;

    (void)state;
    assert_non_null(text);
    for (unsigned i = 1; i <= count; i++) {
        /* Not in the order of the alphabet. */
        used += (size_t)snprintf(text + used, room - used, "d%u.example%s may # %u\n",
            i * 7919 % 100003, i % 2 ? "" : ".net", i);
    }
    struct overrides *overrides = parse_octets(text, used);
    free(text);
    assert_int_equal(overrides_count(overrides), count);
    for (unsigned i = 1; i <= count; i++) {
        char key[64];
        snprintf(key, sizeof key, "d%u.example%s", i * 7919 % 100003, i % 2 ? "" : ".net");
        assert_int_equal(find_line(overrides, key), i);
    }
    assert_int_equal(find_line(overrides, "nowhere.example"), 0);
    overrides_free(overrides);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_without_overrides_is_fine),
        cmocka_unit_test(a_line_is_kept_whole),
        cmocka_unit_test(every_level_has_its_word),
        cmocka_unit_test(a_domain_covers_its_ports_and_a_suffix_the_names_below_it),
        cmocka_unit_test(bracketed_destinations_are_fitted_by_bracketed_keys_only),
        cmocka_unit_test(an_expired_line_leaves_its_place_to_the_next_less_specific),
        cmocka_unit_test(the_next_to_expire_is_the_earliest_of_those_in_force),
        cmocka_unit_test(dates_are_days_of_the_calendar),
        cmocka_unit_test(a_mistake_is_named_with_its_line_and_what_is_allowed),
        cmocka_unit_test(a_port_at_a_domain_is_refused_with_the_reason),
        cmocka_unit_test(a_key_given_twice_is_refused_with_both_lines),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(lines_end_at_1000_octets),
        cmocka_unit_test(a_comment_is_cut_between_characters_and_made_printable),
        cmocka_unit_test(the_longest_word_fits_into_an_error),
        cmocka_unit_test(a_hundred_thousand_lines_are_each_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
