/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_text.c - texts of configurations, that are accepted or refused.
 */
#include "tests/unit/daemon/config_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

struct config *good_n(const char *text, size_t len)
{
    struct config *config;
    struct config_error error;
    if (config_parse("test.conf", text, len, &config, &error) != CONFIG_OK)
        fail_msg("refused: %s:%d: %s", error.file, error.line, error.text);
    return config;
}

struct config *good(const char *text)
{
    return good_n(text, strlen(text));
}

void bad_n(const char *text, size_t len, int line, const char *part)
{
    struct config *config;
    struct config_error error;
    if (config_parse("test.conf", text, len, &config, &error) != CONFIG_BAD)
        fail_msg("accepted: %s", text);
    assert_null(config);
    assert_string_equal(error.file, "test.conf");
    if (error.line != line || strstr(error.text, part) == NULL)
        fail_msg("%s\n  expected %d: ... %s ...\n  but was  %d: %s", text, line, part, error.line,
            error.text);
}

void bad(const char *text, int line, const char *part)
{
    bad_n(text, strlen(text), line, part);
}

void accepted(const char *text)
{
    config_free(good(text));
}

void assert_same(const struct config *a, const struct config *b)
{
    assert_memory_equal(a, b, sizeof *a);
}
