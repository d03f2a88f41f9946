/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.c - plays scenario files: DNS facts, a question, time passes, the expected answer.
 *
 * A scenario is a text file named after the sentence of the rules that it holds daned to. Its lines
 * are those of script.h, which set up the world, and these:
 *
 *   ask KEY -> EXPECTED         as an MTA asks: overrides, the cache, then DNS to its end
 *   decide KEY -> EXPECTED      the same, but never from the level that the cache has
 *   asked TYPE NAME, ...        exactly these questions went to the resolver since the last ask,
 *                               hold or live, in any order; "asked nothing"
 *   host NAME STATE ...         of the last answer from DNS; EXPECTED and this as in seen.h
 *   hosts N                     it has so many hosts
 *   live N[s|ms]                time passes, and each second the cache is looked after, as daned's
 *                               timer does it; what it asks for is answered at once
 *   hold                        forgets which questions were asked; then, without an answer:
 *   start ID KEY                starts a lookup called ID, whose questions wait
 *   release TYPE NAME           answers this question; "release all" all, and those that follow
 *   waits ID                    the lookup has not ended
 *   ended ID -> EXPECTED        it has
 *   forget ID                   who waited for it has gone
 *
 * "ok NAME" or "not ok NAME" is printed for each file, with FILE:LINE, what is wrong, and the trace
 * of the last question. No network, no clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "tests/scenario/script.h"
#include "tests/scenario/seen.h"

enum { LOOKUPS_AT_ONCE = 8 };

struct started {
    struct lookup_waiter waiter; /* first */
    char id[32];
    struct seen seen;
};

struct play {
    struct script script;
    struct engine engine;
    struct seen seen;
    struct started *started[LOOKUPS_AT_ONCE];
    size_t started_count;
    size_t checks;
};

static void on_shown(void *arg, const struct verdict *verdict)
{
    seen_take_verdict(arg, verdict, engine_now_ms());
}

static void on_ended(struct lookup_waiter *waiter, const struct verdict *verdict)
{
    on_shown(&((struct started *)(void *)waiter)->seen, verdict);
}

/* Takes a key. Returns whether it is for a lookup; if not, *seen says what it is. */
static bool take_key(struct words *words, struct destination *destination, struct seen *seen)
{
    size_t len = words_end(words) ? 0 : words->len[words->at];
    const char *key = words_next(words, "a key");

    memset(seen, 0, sizeof *seen);
    if (destination_parse(key, len, destination) != DESTINATION_OK) {
        seen->kind = SEEN_MALFORMED;
        return false;
    }
    seen->original = destination->name;
    if (destination->kind == DESTINATION_PARENT) {
        seen->kind = SEEN_NOT_FOUND;
        return false;
    }
    return true;
}

static bool known(struct play *play, const struct destination *destination, struct seen *seen)
{
    if (!lookups_known(play->engine.lookups, destination, engine_now_ms(), &seen->answer))
        return false;
    seen->kind = SEEN_ANSWER;
    seen->from_cache = true;
    seen->ttl = answer_ttl(&seen->answer, engine_now_ms());
    return true;
}

static void play_ask(struct play *play, struct words *words, bool from_cache_too)
{
    struct destination destination;

    fake_resolver_forget_asked(&play->engine.fake);
    if (take_key(words, &destination, &play->seen) &&
        !(from_cache_too && known(play, &destination, &play->seen)) &&
        !engine_decide(&play->engine, &destination, 0, on_shown, &play->seen))
        words_fail(words, "the lookup does not end");
    if (words_take(words, "->"))
        seen_expect(&play->seen, words);
    else
        words_fail(words, "-> is missing");
}

static void play_start(struct play *play, struct words *words)
{
    const struct verdict *verdict;
    struct destination destination;

    if (play->started_count == LOOKUPS_AT_ONCE) {
        words_fail(words, "too many lookups at once");
        return;
    }
    struct started *started = alloc_zeroed(sizeof *started);
    play->started[play->started_count++] = started;
    snprintf(started->id, sizeof started->id, "%s", words_next(words, "an id"));
    started->waiter.callback = on_ended;
    if (!take_key(words, &destination, &started->seen) || known(play, &destination, &started->seen))
        return;
    if (lookups_decide(play->engine.lookups, &destination, engine_now_ms(), &started->waiter,
            &verdict) == LOOKUP_READY)
        on_ended(&started->waiter, verdict);
}

static struct started *find_started(struct play *play, struct words *words)
{
    const char *id = words_next(words, "an id");

    for (size_t i = 0; i < play->started_count; i++)
        if (strcmp(play->started[i]->id, id) == 0)
            return play->started[i];
    words_fail(words, "nothing was started as \"%s\"", id);
    return NULL;
}

static void play_ended(struct play *play, struct words *words)
{
    struct started *started = find_started(play, words);

    if (!started)
        return;
    play->seen = started->seen;
    if (words_take(words, "->"))
        seen_expect(&play->seen, words);
    else
        words_fail(words, "-> is missing");
}

static void play_release(struct play *play, struct words *words)
{
    struct fake_resolver *fake = &play->engine.fake;

    if (words_take(words, "all")) {
        while (fake->waiting_count > 0)
            fake_resolver_answer(fake, 0);
        return;
    }
    struct question question = {.type = words_type(words)};
    question.name = words_name(words);
    for (size_t i = 0; i < fake->waiting_count; i++) {
        if (question_equal(&fake->waiting[i].question, &question)) {
            fake_resolver_answer(fake, i);
            return;
        }
    }
    words_fail(words, "this question does not wait");
}

static void play_live(struct play *play, struct words *words)
{
    fake_resolver_forget_asked(&play->engine.fake);
    play->engine.upkeep.prefetch = play->script.prefetch;
    engine_live(&play->engine, script_take_ms(words));
}

static void play_asked(struct play *play, struct words *words)
{
    const struct fake_resolver *fake = &play->engine.fake;
    bool *met = alloc_zeroed(fake->asked_count + 1);
    char text[DNAME_TEXT_MAX];

    words_take(words, "nothing");
    while (!words_end(words) && !words->error[0]) {
        struct question question = {.type = words_type(words)};
        char name[DNAME_TEXT_MAX];
        snprintf(name, sizeof name, "%s", words_next(words, "a name"));
        name[strcspn(name, ",")] = '\0';
        if (!dname_from_text(name, strlen(name), &question.name))
            words_fail(words, "\"%s\" is no name", name);
        size_t i = 0;
        while (i < fake->asked_count && (met[i] || !question_equal(&fake->asked[i], &question)))
            i++;
        if (i == fake->asked_count)
            words_fail(words, "%s %s was not asked", dns_type_text(question.type), name);
        else
            met[i] = true;
    }
    for (size_t i = 0; i < fake->asked_count; i++)
        if (!met[i])
            words_fail(words, "%s %s was asked too", dns_type_text(fake->asked[i].type),
                dname_to_text(&fake->asked[i].name, text));
    free(met);
}

/* Plays a line that is not the script's. Returns whether it checks something. */
static bool play_line(struct play *play, struct words *words)
{
    struct started *started;

    if (words_take(words, "ask")) {
        play_ask(play, words, true);
    } else if (words_take(words, "decide")) {
        play_ask(play, words, false);
    } else if (words_take(words, "asked")) {
        play_asked(play, words);
    } else if (words_take(words, "host")) {
        seen_expect_host(&play->seen, words);
    } else if (words_take(words, "hosts")) {
        if (words_number(words, "count", VERDICT_HOSTS_MAX) != play->seen.verdict.host_count)
            words_fail(words, "there are %zu hosts", play->seen.verdict.host_count);
    } else if (words_take(words, "waits")) {
        started = find_started(play, words);
        if (started && started->seen.kind != SEEN_NOTHING)
            words_fail(words, "the lookup has ended");
    } else if (words_take(words, "ended")) {
        play_ended(play, words);
    } else {
        if (words_take(words, "hold")) {
            fake_resolver_forget_asked(&play->engine.fake);
        } else if (words_take(words, "live")) {
            play_live(play, words);
        } else if (words_take(words, "start")) {
            play_start(play, words);
        } else if (words_take(words, "release")) {
            play_release(play, words);
        } else if (words_take(words, "forget")) {
            started = find_started(play, words);
            if (started)
                lookups_forget(&started->waiter);
        } else {
            words_fail(words, "\"%s\" begins no line", words->word[words->at]);
        }
        return false;
    }
    return true;
}

static void play_words(struct play *play, struct words *words)
{
    if (words->count == 0 || words->error[0] || script_read(&play->script, words)) {
        if (play->script.options_changed)
            lookups_set_options(play->engine.lookups, &play->script.options);
        play->script.options_changed = false;
        return;
    }
    play->checks += play_line(play, words);
    if (!words_end(words))
        words_fail(words, "\"%s\" is one word too many", words->word[words->at]);
}

static void print_trace(const struct play *play)
{
    char text[DNAME_TEXT_MAX];

    for (size_t i = 0; i < play->engine.fake.asked_count; i++)
        printf("#   asked %s %s\n", dns_type_text(play->engine.fake.asked[i].type),
            dname_to_text(&play->engine.fake.asked[i].name, text));
    seen_print(&play->seen, stdout);
}

static void play_fini(struct play *play)
{
    engine_fini(&play->engine);
    for (size_t i = 0; i < play->started_count; i++)
        free(play->started[i]);
    script_fini(&play->script);
}

/* Plays a file. Returns whether all was as expected. */
static bool play_file(const char *path)
{
    struct play *play = alloc_zeroed(sizeof *play);
    struct words *words = alloc_zeroed(sizeof *words);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *text = script_load(path);
    unsigned number = 0;
    bool good = true;

    script_init(&play->script);
    engine_init(&play->engine, &play->script.world, &play->script.options);
    for (char *line = text; line && good;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        number++;
        words_read(words, line);
        play_words(play, words);
        if (words->error[0]) {
            printf("not ok %s: %s:%u: %s\n", name, path, number, words->error);
            print_trace(play);
            good = false;
        }
        line = end ? end + 1 : NULL;
    }
    if (good && play->checks == 0) {
        printf("not ok %s: %s:%u: it checks nothing\n", name, path, number);
        good = false;
    }
    if (good)
        printf("ok %s\n", name);
    play_fini(play);
    free(text);
    free(words);
    free(play);
    return good;
}

int main(int argc, char **argv)
{
    char **paths;
    size_t failed = 0;
    size_t count = script_files(argc, argv, SCENARIO_DIR, &paths);

    for (size_t i = 0; i < count; i++)
        failed += !play_file(paths[i]);
    printf("%zu scenarios, %zu failed\n", count, failed);
    return count > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
