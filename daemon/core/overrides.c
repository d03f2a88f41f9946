/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overrides.c - reading destinations(5) and finding a destination's line.
 *
 * Every key becomes its canonical text, in which a bracketed key that was given a port always shows
 * it (so "[host]:25" and "[host]" differ), and the texts are sorted. Finding makes the texts of the
 * keys that could fit, the most specific first, and looks each up.
 */
#include "daemon/core/overrides.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"
#include "daemon/core/utf8.h"

#define SHOWN_MAX 64     /* octets of a word of the file that an error shows, with the NUL */
#define CHUNK_SIZE 16384 /* octets of strings allocated at once; one string is far shorter */

/* Strings live in chunks that never move, so that pointers into them stay good. */
struct chunk {
    struct chunk *next;
    size_t used;
    char octets[CHUNK_SIZE];
};

struct overrides {
    struct override *entries; /* in the order of the file */
    size_t count;
    size_t room;
    const struct override **sorted; /* by key */
    struct chunk *chunks;
};

/* A line being read, from which words are taken off. */
struct cursor {
    const char *at;
    const char *end;
    struct overrides_error *error;
};

__attribute__((format(printf, 2, 3))) static bool fail(
    struct overrides_error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

static const char *keep_string(struct overrides *overrides, const char *text)
{
    struct chunk *chunk = overrides->chunks;
    size_t size = strlen(text) + 1;

    if (!chunk || size > sizeof chunk->octets - chunk->used) {
        chunk = alloc_zeroed(sizeof *chunk);
        chunk->next = overrides->chunks;
        overrides->chunks = chunk;
    }
    char *kept = chunk->octets + chunk->used;
    memcpy(kept, text, size);
    chunk->used += size;
    return kept;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * Takes the next word off the line. Returns false at the end of the line or at a comment: '#'
 * begins one only where a word could begin.
 */
static bool next_word(struct cursor *cursor, const char **word_out, size_t *len_out)
{
    while (cursor->at < cursor->end && is_blank(*cursor->at))
        cursor->at++;
    if (cursor->at == cursor->end || *cursor->at == '#')
        return false;
    const char *word = cursor->at;
    while (cursor->at < cursor->end && !is_blank(*cursor->at))
        cursor->at++;
    *word_out = word;
    *len_out = (size_t)(cursor->at - word);
    return true;
}

static bool is_word(const char *word, size_t len, const char *text)
{
    return len == strlen(text) && memcmp(word, text, len) == 0;
}

const char *override_level_text(enum override_level level)
{
    static const char *const texts[] = {
#define X(name, text) text,
        OVERRIDE_LEVELS(X)
#undef X
    };
    return texts[level];
}

static bool read_level(struct cursor *cursor, struct override *entry)
{
    const char *word;
    size_t len;
    char shown[SHOWN_MAX];

    if (!next_word(cursor, &word, &len))
        return fail(cursor->error,
            "there is no level behind the key (allowed: auto, dane-required, dane, encrypt, may, "
            "skip)");
    for (int level = OVERRIDE_AUTO; level <= OVERRIDE_SKIP; level++) {
        if (is_word(word, len, override_level_text((enum override_level)level))) {
            entry->level = (enum override_level)level;
            return true;
        }
    }
    utf8_copy_printable(word, len, shown, sizeof shown);
    return fail(cursor->error,
        "unknown level \"%s\" (allowed: auto, dane-required, dane, encrypt, may, skip)", shown);
}

/* Reads digits[0..len) as a number. Returns -1 if one is no digit. */
static int read_number(const char *digits, size_t len)
{
    int value = 0;

    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        value = value * 10 + (digits[i] - '0');
    }
    return value;
}

/* Counts the days from 1970-01-01 to a date of the Gregorian calendar; year is at least 1. */
static int64_t count_days(int year, int month, int day)
{
    /* Years that begin in March have their leap day at the end. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    /* 719468 days lie between 0000-03-01 and 1970-01-01. */
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static bool read_date(const char *text, size_t len, int64_t *day_out)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (len != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = read_number(text, 4);
    int month = read_number(text + 5, 2);
    int day = read_number(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (month == 2 && leap ? 1 : 0))
        return false;
    *day_out = count_days(year, month, day);
    return true;
}

/* Reads the words between the level and the comment. */
static bool read_options(struct cursor *cursor, struct override *entry)
{
    static const char tag[] = "expires=";
    const size_t tag_len = sizeof tag - 1;
    const char *word;
    size_t len;
    char shown[SHOWN_MAX];

    entry->expires = OVERRIDE_NEVER;
    while (next_word(cursor, &word, &len)) {
        utf8_copy_printable(word, len, shown, sizeof shown);
        if (len < tag_len || memcmp(word, tag, tag_len) != 0)
            return fail(cursor->error,
                "unknown word \"%s\" behind the level (allowed: expires=YYYY-MM-DD, and a comment "
                "that begins with #)",
                shown);
        if (entry->expires != OVERRIDE_NEVER)
            return fail(cursor->error, "a second expires= (\"%s\"); one is allowed", shown);
        if (!read_date(word + tag_len, len - tag_len, &entry->expires))
            return fail(cursor->error,
                "\"%s\" is no date of the calendar (allowed: expires=YYYY-MM-DD, the last valid "
                "day, UTC)",
                shown);
        utf8_copy_printable(
            word + tag_len, len - tag_len, entry->expires_text, sizeof entry->expires_text);
    }
    return true;
}

static const char *read_why(struct overrides *overrides, const struct cursor *cursor)
{
    const char *at = cursor->at;
    const char *end = cursor->end;
    char why[OVERRIDE_WHY_MAX];

    while (at < end && (*at == '#' || is_blank(*at)))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    if (at == end)
        return "";
    utf8_copy_printable(at, (size_t)(end - at), why, sizeof why);
    return keep_string(overrides, why);
}

static bool is_bracketed(const struct destination *destination)
{
    return destination->kind == DESTINATION_HOST || destination->kind == DESTINATION_ADDRESS;
}

/* Writes "[host]", or with its port, whatever that is, "[host]:port". */
static void bracketed_text(const struct destination *destination, bool with_port, char *text_out)
{
    struct destination plain = *destination;

    plain.port = DESTINATION_SMTP_PORT;
    size_t len = destination_to_text(&plain, text_out);
    if (with_port)
        snprintf(text_out + len, sizeof ":65535", ":%u", (unsigned)destination->port);
}

/* Writes the canonical text of a key, word[0..len), into text_out, DESTINATION_TEXT_MAX octets. */
static bool read_key(struct cursor *cursor, const char *word, size_t len, char *text_out)
{
    struct destination destination;
    char shown[SHOWN_MAX];

    enum destination_error error = destination_parse(word, len, &destination);
    if (error != DESTINATION_OK) {
        utf8_copy_printable(word, len, shown, sizeof shown);
        return fail(cursor->error,
            "malformed key \"%s\": %s (allowed: example.com, .example.com, [host], [host]:port)",
            shown, destination_error_text(error));
    }
    if (is_bracketed(&destination)) {
        bracketed_text(&destination, word[len - 1] != ']', text_out);
        return true;
    }
    if (memchr(word, ':', len)) {
        destination.port = DESTINATION_SMTP_PORT;
        destination_to_text(&destination, text_out);
        utf8_copy_printable(word, len, shown, sizeof shown);
        return fail(cursor->error,
            "the key \"%s\" has a port, which only [host]:port can have; a domain's key (here "
            "%.*s) covers each of its ports",
            shown, SHOWN_MAX, text_out);
    }
    destination_to_text(&destination, text_out);
    return true;
}

/* Reads one line without its end. Blank lines and comments add nothing. */
static bool read_line(struct overrides *overrides, const char *line, size_t len, unsigned number,
    struct overrides_error *error)
{
    struct cursor cursor = {.at = line, .end = line + len, .error = error};
    struct override entry = {.line = number};
    char key[DESTINATION_TEXT_MAX];
    const char *word;
    size_t word_len;

    error->line = number;
    if (len > OVERRIDES_LINE_MAX)
        return fail(error, "the line is longer than %d octets", OVERRIDES_LINE_MAX);
    if (memchr(line, '\0', len))
        return fail(error, "there is a NUL octet in the line: this is no text file");
    if (!next_word(&cursor, &word, &word_len))
        return true;
    if (!read_key(&cursor, word, word_len, key) || !read_level(&cursor, &entry) ||
        !read_options(&cursor, &entry))
        return false;
    entry.key = keep_string(overrides, key);
    entry.why = read_why(overrides, &cursor);
    if (overrides->count == overrides->room) {
        overrides->room = overrides->room > 0 ? overrides->room * 2 : 16;
        overrides->entries =
            alloc_array(overrides->entries, overrides->room, sizeof *overrides->entries);
    }
    overrides->entries[overrides->count++] = entry;
    return true;
}

static bool read_lines(
    struct overrides *overrides, const char *text, size_t len, struct overrides_error *error)
{
    static const char mark[3] = {'\xef', '\xbb', '\xbf'}; /* some editors begin files with it */
    size_t at = len >= sizeof mark && memcmp(text, mark, sizeof mark) == 0 ? sizeof mark : 0;

    for (unsigned number = 1; at < len; number++) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t line_len = newline ? (size_t)(newline - text) - at : len - at;
        size_t next = at + line_len + (newline ? 1 : 0);
        if (line_len > 0 && text[at + line_len - 1] == '\r')
            line_len--;
        if (!read_line(overrides, text + at, line_len, number, error))
            return false;
        at = next;
    }
    return true;
}

static int compare_entries(const void *a, const void *b)
{
    const struct override *const *left = a;
    const struct override *const *right = b;
    int order = strcmp((*left)->key, (*right)->key);

    if (order != 0)
        return order;
    return (*left)->line < (*right)->line ? -1 : (*left)->line > (*right)->line;
}

/* Sorts what was read, and refuses keys given twice: the first repetition in the file is named. */
static bool sort_entries(struct overrides *overrides, struct overrides_error *error)
{
    const struct override *first = NULL;
    const struct override *again = NULL;

    if (overrides->count == 0)
        return true;
    overrides->sorted = alloc_array(NULL, overrides->count, sizeof *overrides->sorted);
    for (size_t i = 0; i < overrides->count; i++)
        overrides->sorted[i] = &overrides->entries[i];
    qsort(overrides->sorted, overrides->count, sizeof *overrides->sorted, compare_entries);
    for (size_t i = 1; i < overrides->count; i++) {
        const struct override *before = overrides->sorted[i - 1];
        const struct override *entry = overrides->sorted[i];
        if (strcmp(before->key, entry->key) == 0 && (!again || entry->line < again->line)) {
            first = before;
            again = entry;
        }
    }
    if (!again)
        return true;
    error->line = again->line;
    return fail(error, "the key %s is given twice, in lines %u and %u", again->key, first->line,
        again->line);
}

bool overrides_parse(const char *text, size_t len, struct overrides **overrides_out,
    struct overrides_error *error_out)
{
    struct overrides_error error = {.line = 0};

    if (len > OVERRIDES_FILE_MAX) {
        fail(&error, "the file is longer than %zu octets", OVERRIDES_FILE_MAX);
        *error_out = error;
        return false;
    }
    struct overrides *overrides = alloc_zeroed(sizeof *overrides);
    if (!read_lines(overrides, text, len, &error) || !sort_entries(overrides, &error)) {
        overrides_free(overrides);
        *error_out = error;
        return false;
    }
    *overrides_out = overrides;
    return true;
}

void overrides_free(struct overrides *overrides)
{
    if (!overrides)
        return;
    while (overrides->chunks) {
        struct chunk *chunk = overrides->chunks;
        overrides->chunks = chunk->next;
        free(chunk);
    }
    free(overrides->sorted);
    free(overrides->entries);
    free(overrides);
}

bool override_is_expired(const struct override *override, int64_t today)
{
    return today > override->expires;
}

/* Looks one canonical key up. Returns false if it is not there, or past its last day. */
static bool find_key(const struct overrides *overrides, const char *key, int64_t today,
    struct override_match *match_out)
{
    size_t low = 0;
    size_t high = overrides->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct override *entry = overrides->sorted[middle];
        int order = strcmp(key, entry->key);
        if (order == 0) {
            if (override_is_expired(entry, today))
                return false;
            match_out->override = entry;
            match_out->index = (size_t)(entry - overrides->entries);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool overrides_find(const struct overrides *overrides, const struct destination *destination,
    int64_t today, struct override_match *match_out)
{
    char text[DESTINATION_TEXT_MAX];

    if (overrides->count == 0 || destination->kind == DESTINATION_PARENT)
        return false;
    if (is_bracketed(destination)) {
        bracketed_text(destination, true, text);
        if (find_key(overrides, text, today, match_out))
            return true;
        bracketed_text(destination, false, text);
        return find_key(overrides, text, today, match_out);
    }
    dname_to_text(&destination->name, text);
    if (find_key(overrides, text, today, match_out))
        return true;
    /* The dots of a destination's name all stand between labels: it has no escapes. */
    for (const char *dot = strchr(text, '.'); dot; dot = strchr(dot + 1, '.')) {
        if (find_key(overrides, dot, today, match_out))
            return true;
    }
    return false;
}

size_t overrides_count(const struct overrides *overrides)
{
    return overrides->count;
}

const struct override *overrides_at(const struct overrides *overrides, size_t index)
{
    return &overrides->entries[index];
}

int64_t overrides_next_expiry(const struct overrides *overrides, int64_t today)
{
    int64_t next = OVERRIDE_NEVER;

    for (size_t i = 0; i < overrides->count; i++)
        if (overrides->entries[i].expires < next &&
            !override_is_expired(&overrides->entries[i], today))
            next = overrides->entries[i].expires;
    return next;
}
