/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults.c - every single fault in the world of every scenario.
 *
 * Reads the scenario files as scenario.c does, and at each line that asks for a domain or a host
 * has the world judged as it stands there (judge.h), with an empty cache. What the scenario expects
 * is not looked at: the oracle says what is right.
 *
 *   faults [--all] [FILE...]
 *
 * --all hurts every question also in the few worlds with hundreds of them, which takes a minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "tests/scenario/judge.h"
#include "tests/scenario/script.h"

static void judge_line(struct judge *judge, const char *path, unsigned number,
    struct script *script, struct words *words)
{
    struct destination destination;
    char where[4200];

    if (words->count == 0 || words->error[0] || script_read(script, words))
        return;
    if (words_take(words, "live")) {
        engine_pass_ms(script_take_ms(words));
        return;
    }
    if (!words_take(words, "ask") && !words_take(words, "decide")) {
        if (!words_take(words, "start") || words_end(words))
            return;
        words->at++;
    }
    if (words_end(words) || destination_parse(words->word[words->at], words->len[words->at],
                                &destination) != DESTINATION_OK)
        return;
    if (destination.kind != DESTINATION_DOMAIN && destination.kind != DESTINATION_HOST)
        return;
    snprintf(where, sizeof where, "%s:%u", path, number);
    judge_world(judge, where, &script->world, &destination, &script->options, 0, true);
}

static void judge_file(struct judge *judge, const char *path)
{
    struct script script;
    struct words *words = alloc_zeroed(sizeof *words);
    char *text = script_load(path);
    unsigned number = 0;

    script_init(&script);
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        words_read(words, line);
        judge_line(judge, path, ++number, &script, words);
        if (words->error[0]) {
            printf("not ok %s:%u: %s\n", path, number, words->error);
            judge->failures++;
        }
        line = end ? end + 1 : NULL;
    }
    script_fini(&script);
    free(words);
    free(text);
}

int main(int argc, char **argv)
{
    struct judge judge = {0};
    char **paths;

    judge.all = argc > 1 && strcmp(argv[1], "--all") == 0;
    size_t count = script_files(argc - judge.all, argv + judge.all, SCENARIO_DIR, &paths);

    for (size_t i = 0; i < count; i++)
        judge_file(&judge, paths[i]);
    return judge_end(&judge);
}
