/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_config_scan.c - the syntax of the configuration: what libconfuse would let pass, lines,
 * limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/unit/daemon/config_text.h"

static void a_file_cut_inside_a_section_is_refused(void **state)
{
    (void)state;
    bad("\ncache {\n size = 1M\n", 2, "has no end");
    bad("cache {", 1, "has no end");
    bad("cache", 1, "must follow");
    bad("cache { size =", 1, "missing");
    bad("cache { size", 1, "\"=\"");
    bad("\nresolver {\n self-test = {\"a\",\n", 3, "has no end");
    bad("cache {\n size = 1M\nlog { level = info }", 3, "may not stand inside");
    bad("cache { }\n}", 2, "closes nothing");
}

static void a_text_or_comment_without_end_is_refused(void **state)
{
    (void)state;
    bad("\nuser = \"abc", 2, "quote is missing");
    bad("user = \"abc\nlog { level = info }\n", 1, "quote is missing");
    bad("user = 'abc", 1, "quote is missing");
    bad("user = \"abc\\", 1, "backslash");
    bad("user = a\n/* abc\nlog { }", 2, "has no end");
    bad("/*/", 1, "has no end");
}

static void what_is_given_twice_is_refused(void **state)
{
    (void)state;
    bad("user = a\nuser = b", 2, "twice: the first time in line 1");
    bad("cache { size = 1M\n\n size = 2M }", 3, "twice: the first time in line 1");
    bad("cache { size = 1M }\ncache { prefetch = no }", 2, "twice: the first time in line 1");
    bad("listen a { mode = 0660\n mode = 0600 }", 2, "twice");
}

static void the_environment_is_not_expanded(void **state)
{
    (void)state;
    bad("user = ${HOME}", 1, "${");
    bad("\nuser = \"a${HOME}\"", 2, "${");
    bad("user = '${HOME}'", 1, "${");
    bad("user = a${HOME}", 1, "${");
    bad("user = \"$\\{HOME}\"", 1, "backslash");
    accepted("# ${HOME} in a comment\n");
}

static void other_liberties_of_libconfuse_are_refused(void **state)
{
    (void)state;
    bad("resolver { self-test += {\"a\"} }", 1, "+=");
    bad("include(\"/etc/passwd\")", 1, "parentheses");
    bad("include = x", 1, "no include");
    bad("cache|size = 1M", 1, "'|'");
    bad("\"user\" = a", 1, "name of an option");
    bad("user = a*b", 1, "'*'");
    bad("user = a;", 1, "';'");
    bad("user = a//b", 1, "comment");
    bad("user = a/*b*/", 1, "comment");
    bad("user = \"a\\x00b\"", 1, "backslash");
    bad("user = \"a\\nb\"", 1, "backslash");
    bad("user = a b", 1, "must follow");
    bad("user = {a}", 1, "not a list");
    bad("cache { size = {1M, 2M} }", 1, "not a list");
    bad("resolver { self-test = {,a} }", 1, "list");
    bad("resolver { self-test = {a b} }", 1, "list");
    bad("resolver { self-test = {a,,b} }", 1, "list");
    bad("resolver { self-test = {{a}} }", 1, "list");
    bad("= a", 1, "name of an option");
    bad("cache = 1", 1, "is a section");
    bad("user { }", 1, "is an option");
    bad("cache \"x\" { }", 1, "no name of its own");
    accepted("resolver { self-test = {a, b,} }");
}

static void control_characters_are_refused_everywhere(void **state)
{
    (void)state;
    bad_n("user = a\n\0", 10, 2, "0x00");
    bad_n("user = \"a\0b\"", 12, 1, "0x00");
    bad_n("# a\n#\0\n", 7, 2, "0x00");
    bad("user = \"a\033[31m\"", 1, "0x1b");
    bad("\n# \033[31m", 2, "0x1b");
    bad("user = a\rlog { }", 1, "0x0d");
    bad("\357\273\277user = a", 1, "0xef");
    accepted("user = a\r\nlog {\r\n level = info # x\r\n}\r\n");
    /* What an error quotes is printable, whatever the file has. */
    struct config *config;
    struct config_error error;
    const char *text = "user = \"\302\233x\"";
    assert_int_equal(config_parse("\033", text, strlen(text), &config, &error), CONFIG_BAD);
    assert_string_equal(error.file, "?");
    for (const char *at = error.text; *at != '\0'; at++)
        assert_in_range(*at, 0x20, 0x7e);
}

static void unknown_names_are_refused_with_the_nearest_one(void **state)
{
    (void)state;
    bad("\nusr = a", 2, "did you mean \"user\"?");
    bad("resolvr { }", 1, "did you mean \"resolver\"?");
    bad("cache {\n sizes = 1M }", 2, "did you mean \"size\"?");
    bad("cache { max_ttl = 1d }", 1, "did you mean \"max-ttl\"?");
    bad("Cache { }", 1, "did you mean \"cache\"?");
    bad("cache { timeout = 1s }", 1, "belongs into the section \"resolver\"");
    bad("size = 1M", 1, "belongs into the section \"cache\"");
    bad("cache { user = a }", 1, "does not belong into a section");
    bad("x = 1", 1, "there is no option \"x\"");
    bad("xyzxyzxyz { }", 1, "there is no section \"xyzxyzxyz\"");
    bad("a2345678901234567890123456789012 = 1", 1, "too long");
}

static void lines_are_right_behind_comments_of_every_kind(void **state)
{
    (void)state;
    bad("/* a */ // b\n# c\n/* d\n e */ /**/ /***/\n//\n#\nuser = \"-\"", 7, "account");
    bad("resolver { # a\n timeout /* b */ = /* c\n */ 20s }", 2, "from 100ms");
    accepted("/**/user /**/=/**/\"a\"/**/");
}

static void long_lines_and_large_files_are_bounded(void **state)
{
    (void)state;
    char *text = malloc(CONFIG_FILE_MAX + 2);
    assert_non_null(text);
    memset(text, 'a', CONFIG_FILE_MAX + 2);
    text[0] = '#';
    config_free(good_n(text, CONFIG_FILE_MAX));
    bad_n(text, CONFIG_FILE_MAX + 1, 0, "1 MiB");
    memcpy(text, "user = ", 7);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    memcpy(text, "user = \"", 8);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    memset(text, 'a', CONFIG_FILE_MAX);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    for (size_t i = 0; i < CONFIG_FILE_MAX; i++)
        text[i] = "x=1\n"[i % 4];
    bad_n(text, CONFIG_FILE_MAX, 2, "twice");
    memset(text, '{', CONFIG_FILE_MAX);
    bad_n(text, CONFIG_FILE_MAX, 1, "name of an option");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_inside_a_section_is_refused),
        cmocka_unit_test(a_text_or_comment_without_end_is_refused),
        cmocka_unit_test(what_is_given_twice_is_refused),
        cmocka_unit_test(the_environment_is_not_expanded),
        cmocka_unit_test(other_liberties_of_libconfuse_are_refused),
        cmocka_unit_test(control_characters_are_refused_everywhere),
        cmocka_unit_test(unknown_names_are_refused_with_the_nearest_one),
        cmocka_unit_test(lines_are_right_behind_comments_of_every_kind),
        cmocka_unit_test(long_lines_and_large_files_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
