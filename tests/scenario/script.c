/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * script.c - what the lines of a scenario set up.
 */
#include "tests/scenario/script.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum { FILE_MAX = 1 << 20 };

void script_init(struct script *script)
{
    *script = (struct script){.options = engine_default_options(), .prefetch = true};
    world_init(&script->world);
    engine_reset_time();
}

void script_fini(struct script *script)
{
    world_fini(&script->world);
    overrides_free(script->overrides);
    free(script->overrides_text);
}

static bool take_word(struct words *words, const char *yes, const char *no)
{
    if (words_take(words, yes))
        return true;
    if (!words_take(words, no))
        words_fail(words, "%s or %s is missing", yes, no);
    return false;
}

static void read_option(struct script *script, struct words *words)
{
    const char *name = words_next(words, "an option");
    struct lookup_options *options = &script->options;

    if (strcmp(name, "promote") == 0)
        options->policy.promote = take_word(words, "on", "off");
    else if (strcmp(name, "insecure-mx") == 0)
        options->policy.insecure_mx_may = take_word(words, "may", "dane");
    else if (strcmp(name, "on-self-test-failure") == 0)
        options->policy.not_validating_may = take_word(words, "may", "defer");
    else if (strcmp(name, "max-ttl") == 0)
        options->questions.max_ttl_s = words_number(words, "TTL", UINT32_MAX);
    else if (strcmp(name, "negative-max-ttl") == 0)
        options->questions.negative_max_ttl_s = words_number(words, "TTL", UINT32_MAX);
    else if (strcmp(name, "error-ttl") == 0)
        options->questions.error_ttl_s = words_number(words, "TTL", UINT32_MAX);
    else if (strcmp(name, "prefetch") == 0)
        script->prefetch = take_word(words, "on", "off");
    else
        words_fail(words, "there is no option \"%s\"", name);
    script->options_changed = true;
}

static void read_override(struct script *script, struct words *words)
{
    struct overrides_error error;
    struct overrides *overrides;
    const char *line = words_next(words, "a line of overrides");
    size_t old = script->overrides_text ? strlen(script->overrides_text) : 0;

    script->overrides_text = alloc_array(script->overrides_text, old + strlen(line) + 2, 1);
    snprintf(script->overrides_text + old, strlen(line) + 2, "%s\n", line);
    if (!overrides_parse(
            script->overrides_text, strlen(script->overrides_text), &overrides, &error)) {
        words_fail(words, "override: %s", error.text);
        return;
    }
    overrides_free(script->overrides);
    script->options.overrides = script->overrides = overrides;
    script->options_changed = true;
}

static void read_repeat(struct script *script, struct words *words)
{
    uint32_t times = words_number(words, "count", 10000);
    const char *line = words_next(words, "a line");

    for (uint32_t i = 1; i <= times && !words->error[0]; i++) {
        char copy[WORDS_LINE_MAX];
        size_t len = 0;
        struct words *inner = alloc_zeroed(sizeof *inner);
        for (const char *at = line; *at && len < sizeof copy - 12; at++) {
            if (*at == '%')
                len += (size_t)snprintf(copy + len, sizeof copy - len, "%u", i);
            else
                copy[len++] = *at;
        }
        copy[len] = '\0';
        words_read(inner, copy);
        if (!inner->error[0] && !script_read(script, inner))
            words_fail(inner, "cannot be repeated");
        if (inner->error[0])
            words_fail(words, "%s: %.300s", copy, inner->error);
        free(inner);
    }
}

uint64_t script_take_ms(struct words *words)
{
    const char *word = words_next(words, "a time");
    char *end;
    unsigned long long value = strtoull(word, &end, 10);

    if (end == word || (strcmp(end, "s") != 0 && strcmp(end, "ms") != 0)) {
        words_fail(words, "\"%s\" is no time (as in 30s or 500ms)", word);
        return 0;
    }
    return strcmp(end, "s") == 0 ? value * 1000 : value;
}

bool script_read(struct script *script, struct words *words)
{
    if (words_take(words, "zone"))
        world_read_zone(&script->world, words, engine_wall_s());
    else if (words_take(words, "soa"))
        world_read_soa(&script->world, words);
    else if (words_take(words, "drop"))
        world_read_drop(&script->world, words);
    else if (words_take(words, "repeat"))
        read_repeat(script, words);
    else if (words_take(words, "option"))
        read_option(script, words);
    else if (words_take(words, "override"))
        read_override(script, words);
    else if (words_take(words, "later"))
        engine_pass_ms(script_take_ms(words));
    else
        return false;
    if (!words_end(words))
        words_fail(words, "\"%s\" is one word too many", words->word[words->at]);
    return true;
}

char *script_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = alloc_zeroed(FILE_MAX + 1);

    if (!file || fread(text, 1, FILE_MAX, file) == 0 || ferror(file) || !feof(file)) {
        fprintf(stderr, "%s: cannot be read, is empty or too large\n", path);
        exit(2);
    }
    fclose(file);
    return text;
}

size_t script_files(int argc, char **argv, const char *directory, char ***paths_out)
{
    static glob_t found;
    char pattern[4096];

    if (argc > 1) {
        *paths_out = argv + 1;
        return (size_t)argc - 1;
    }
    snprintf(pattern, sizeof pattern, "%s/*.scn", directory);
    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    *paths_out = found.gl_pathv;
    return found.gl_pathc;
}
