/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_config_options.c - the table of options: what is printed by it, and the sample file and the
 * manual page against it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/config_options.h"
#include "tests/unit/daemon/config_text.h"

/* --- printing ------------------------------------------------------------------------------- */

static char *printed(const struct config *config)
{
    char *text;
    size_t len;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    config_print(config, file);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_prints_back(const char *source)
{
    struct config *config = good(source);
    char *text = printed(config);
    struct config *again = good(text);
    assert_same(config, again);
    config_free(config);
    config_free(again);
    free(text);
}

static void what_is_printed_loads_as_the_same_configuration(void **state)
{
    (void)state;
    assert_prints_back("");
    assert_prints_back(
        "user = 'x' resolver { address = {\"::1@5300\", 127.0.0.2} allow-remote = on\n"
        "timeout = 1500ms self-test = 'a\\\\.b.example' self-test-bogus = {}\n"
        "self-test-interval = 90s on-self-test-failure = may }\n"
        "cache { size = 1536K max-ttl = 36h negative-max-ttl = 1s error-ttl = 1m prefetch = off\n"
        "file = \"/a \\\"b\\\" \\\\ '\303\244' # x\" }\n"
        "policy { insecure-mx = may promote = false destinations = '' }\n"
        "listen a { protocol = socketmap address = 'unix:/a b' owner = o group = g mode = 0601 }\n"
        "listen b.c { protocol = metrics address = 'inet:[::]:99' idle-timeout = 1d }\n"
        "log { target = syslog level = debug format = json }");
}

/* --- the documents -------------------------------------------------------------------------- */

static char *read_document(const char *name)
{
    const char *top = getenv("srcdir");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    size_t len = fread(text, 1, 65535, file);
    assert_in_range(len, 1, 65534);
    fclose(file);
    return text;
}

static void the_sample_file_loads_as_the_defaults(void **state)
{
    (void)state;
    char *text = read_document("packaging/daned.conf");
    struct config *sample = good(text);
    struct config *defaults = good("");
    assert_same(sample, defaults);
    config_free(defaults);
    config_free(sample);
    free(text);
}

/* Uncomments: "#x" at the begin of a line becomes "x"; "# x" is prose. In place. */
static void uncomment(char *text)
{
    char *out = text;
    bool at_begin = true;
    for (const char *in = text; *in != '\0'; in++) {
        bool drop = at_begin && *in == '#' && in[1] != ' ' && in[1] != '\n';
        at_begin = *in == '\n' || (at_begin && *in == ' ');
        if (!drop)
            *out++ = *in;
    }
    *out = '\0';
}

static void the_sample_file_without_its_comment_marks_loads_as_the_defaults(void **state)
{
    (void)state;
    char *text = read_document("packaging/daned.conf");
    uncomment(text);
    struct config *sample = good(text);
    struct config *defaults = good("");
    for (size_t i = 0; i < sample->listen_count; i++) {
        assert_false(sample->listen[i].is_default);
        sample->listen[i].is_default = true;
    }
    assert_same(sample, defaults);
    config_free(defaults);
    config_free(sample);
    free(text);
}

/*
 * Marks the row of the table for "name = preset" in a section; fails if there is no such row, or
 * if its default is another one. Listeners have values of their own, so that only their names count
 * in the sample.
 */
static void mark(const char *section, char *line, bool *seen, bool check_preset)
{
    char *equal = strstr(line, " = ");
    assert_non_null(equal);
    *equal = '\0';
    const char *preset = equal + 3;
    const struct config_option *option = config_option_find(section, line);
    if (option == NULL) {
        fail_msg(
            "\"%s\" of section \"%s\" is in the document, and not in the table", line, section);
        return;
    }
    if (check_preset && (option->preset == NULL || strcmp(option->preset, preset) != 0))
        fail_msg("\"%s\" has the default %s, and %s in the document", line,
            option->preset != NULL ? option->preset : "(none)", preset);
    seen[option - config_options] = true;
}

static void assert_all_seen(const bool *seen, const char *document)
{
    for (size_t i = 0; i < config_option_count; i++)
        if (!seen[i])
            fail_msg("%s.%s is in the table, and not in %s", config_options[i].section,
                config_options[i].name, document);
}

static void the_sample_file_and_the_table_have_the_same_options(void **state)
{
    (void)state;
    bool seen[64] = {false};
    char section[32] = "";
    char *text = read_document("packaging/daned.conf");
    uncomment(text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        line += strspn(line, " ");
        size_t len = strlen(line);
        if (*line == '#' || len == 0)
            continue;
        if (line[len - 1] == '{' && strchr(line, '=') == NULL)
            snprintf(section, sizeof section, "%.*s", (int)strcspn(line, " "), line);
        else if (strcmp(line, "}") == 0)
            section[0] = '\0';
        else
            mark(section, line, seen, strcmp(section, "listen") != 0);
    }
    assert_all_seen(seen, "the sample file");
    free(text);
}

/* Puts what roff escapes stand for in their place, in place. */
static void unroff(char *text)
{
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (strncmp(in, "\\(dq", 4) == 0) {
            *out++ = '"';
            in += 3;
        } else if (*in != '\\') {
            *out++ = *in;
        }
    }
    *out = '\0';
}

static void the_manual_page_and_the_table_have_the_same_options(void **state)
{
    (void)state;
    bool seen[64] = {false};
    char section[32] = "";
    char *text = read_document("packaging/man/daned.conf.5.in");
    char *page = strstr(text, "\n.SH OPTIONS\n");
    assert_non_null(page);
    *strstr(page, "\n.SH EXAMPLES\n") = '\0';
    unroff(page);
    bool is_tag = false;
    for (char *line = strtok(page, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        bool was_tp = is_tag;
        is_tag = strcmp(line, ".TP") == 0;
        if (strncmp(line, ".SS ", 4) == 0)
            snprintf(section, sizeof section, "%.*s", (int)strcspn(line + 4, " "), line + 4);
        if (!was_tp)
            continue;
        assert_int_equal(strncmp(line, ".B ", 3), 0);
        line += 3;
        if (strstr(line, " = ") != NULL) {
            mark(section, line, seen, true);
            continue;
        }
        const struct config_option *option = config_option_find(section, line);
        if (option == NULL || option->preset != NULL) {
            fail_msg("\"%s\" without a default is not in the table", line);
            return;
        }
        seen[option - config_options] = true;
    }
    assert_all_seen(seen, "daned.conf(5)");
    free(text);
}

static void every_row_of_the_table_says_what_it_is_for(void **state)
{
    (void)state;
    assert_in_range(config_option_count, 1, 64);
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        assert_in_range(strlen(option->help), 10, 200);
        assert_int_equal(option->help[strlen(option->help) - 1], '.');
        assert_true(option->least <= option->most);
        assert_true((option->type == CONFIG_WORD) == (option->words != NULL));
        assert_ptr_equal(config_option_find(option->section, option->name), option);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_loads_as_the_same_configuration),
        cmocka_unit_test(the_sample_file_loads_as_the_defaults),
        cmocka_unit_test(the_sample_file_without_its_comment_marks_loads_as_the_defaults),
        cmocka_unit_test(the_sample_file_and_the_table_have_the_same_options),
        cmocka_unit_test(the_manual_page_and_the_table_have_the_same_options),
        cmocka_unit_test(every_row_of_the_table_says_what_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
