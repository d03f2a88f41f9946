/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_scan.c - one pass over the text: a tokenizer, and a small parser on top of it.
 */
#include "daemon/config_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum token {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUAL,
    TOKEN_COMMA
};

struct scanner {
    char *text;
    size_t len;
    size_t at;
    int line;
    struct config_scan *scan;
    struct config_error *error;
    /* The token read last. */
    enum token token;
    int token_line;
    size_t value_len;
    char value[CONFIG_VALUE_MAX + 1]; /* of a word or a quoted string */
};

static bool fail(struct scanner *scanner, int line, const char *text)
{
    scanner->error->line = line;
    snprintf(scanner->error->text, sizeof scanner->error->text, "%s", text);
    return false;
}

static bool fail_at_value(struct scanner *scanner, const char *before, const char *behind)
{
    scanner->error->line = scanner->token_line;
    snprintf(scanner->error->text, sizeof scanner->error->text, "%s \"%.64s\"%s", before,
        scanner->value, behind);
    return false;
}

static bool fail_at_octet(struct scanner *scanner, char octet)
{
    unsigned char value = (unsigned char)octet;
    scanner->error->line = scanner->line;
    if (value > 0x20 && value < 0x7f)
        snprintf(scanner->error->text, sizeof scanner->error->text,
            "'%c' may not stand here: put a value with special characters in quotes", octet);
    else
        snprintf(scanner->error->text, sizeof scanner->error->text,
            "the octet 0x%02x may not stand here", value);
    return false;
}

static char peek(const struct scanner *scanner, size_t ahead)
{
    size_t left = scanner->len - scanner->at;
    return ahead < left ? scanner->text[scanner->at + ahead] : '\0';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool is_word(char c)
{
    return is_name(c) || (c != '\0' && strchr("./:@%[]", c) != NULL);
}

/*
 * A control character is never meant; a NUL would end the text early for libconfuse, and an escape
 * character would reach a terminal with the next message.
 */
static bool is_control(char c)
{
    unsigned char value = (unsigned char)c;
    return (value < 0x20 && value != '\t' && value != '\n' && value != '\r') || value == 0x7f;
}

static bool skip_line_comment(struct scanner *scanner)
{
    while (scanner->at < scanner->len && scanner->text[scanner->at] != '\n') {
        if (is_control(scanner->text[scanner->at]))
            return fail_at_octet(scanner, scanner->text[scanner->at]);
        scanner->text[scanner->at++] = ' ';
    }
    return true;
}

static bool skip_block_comment(struct scanner *scanner)
{
    int begin = scanner->line;
    size_t opened = scanner->at;

    while (scanner->at < scanner->len) {
        char c = scanner->text[scanner->at];
        bool closes = c == '*' && peek(scanner, 1) == '/' && scanner->at >= opened + 2;
        if (is_control(c))
            return fail_at_octet(scanner, c);
        if (c == '\n')
            scanner->line++;
        else
            scanner->text[scanner->at] = ' ';
        scanner->at++;
        if (closes) {
            scanner->text[scanner->at++] = ' ';
            return true;
        }
    }
    return fail(scanner, begin, "the comment that begins here has no end: \"*/\" is missing");
}

/* Moves to the next token. Returns false on a mistake in a comment. */
static bool skip_blanks(struct scanner *scanner)
{
    while (scanner->at < scanner->len) {
        char c = peek(scanner, 0);
        char next = peek(scanner, 1);
        bool good = true;
        if (c == '\n') {
            scanner->line++;
            scanner->at++;
        } else if (c == ' ' || c == '\t') {
            scanner->at++;
        } else if (c == '\r' && next == '\n') {
            scanner->text[scanner->at++] = ' ';
        } else if (c == '#' || (c == '/' && next == '/')) {
            good = skip_line_comment(scanner);
        } else if (c == '/' && next == '*') {
            good = skip_block_comment(scanner);
        } else {
            return true;
        }
        if (!good)
            return false;
    }
    return true;
}

static bool add_octet(struct scanner *scanner, char c)
{
    if (scanner->value_len == CONFIG_VALUE_MAX)
        return fail(scanner, scanner->token_line, "a value is too long: at most 1023 octets");
    scanner->value[scanner->value_len++] = c;
    scanner->value[scanner->value_len] = '\0';
    return true;
}

static bool scan_quoted(struct scanner *scanner)
{
    char quote = scanner->text[scanner->at++];

    scanner->token = TOKEN_QUOTED;
    while (scanner->at < scanner->len) {
        char c = scanner->text[scanner->at++];
        if (c == quote)
            return true;
        if (c == '\n' || c == '\r')
            break;
        if (is_control(c))
            return fail_at_octet(scanner, c);
        if (c == '$' && peek(scanner, 0) == '{')
            return fail(scanner, scanner->token_line,
                "\"${\" is not allowed: daned does not put the environment into its configuration");
        if (c == '\\') {
            c = peek(scanner, 0);
            if (c != '\\' && c != quote)
                return fail(scanner, scanner->token_line,
                    "in a quoted value a backslash may stand only before a backslash or the quote");
            scanner->at++;
        }
        if (!add_octet(scanner, c))
            return false;
    }
    return fail(scanner, scanner->token_line,
        "the quoted value that begins here does not end on the same line: a quote is missing");
}

static bool scan_word(struct scanner *scanner)
{
    scanner->token = TOKEN_WORD;
    while (scanner->at < scanner->len && is_word(scanner->text[scanner->at])) {
        /* libconfuse takes the slashes of a comment behind a word for a part of the word. */
        if (peek(scanner, 0) == '/' && (peek(scanner, 1) == '/' || peek(scanner, 1) == '*'))
            return fail(scanner, scanner->line,
                "a comment needs a blank before it, and a value with \"//\" needs quotes");
        if (!add_octet(scanner, scanner->text[scanner->at++]))
            return false;
    }
    return true;
}

/* Reads one token into scanner->token. Returns false on a mistake. */
static bool next(struct scanner *scanner)
{
    if (!skip_blanks(scanner))
        return false;
    scanner->token_line = scanner->line;
    scanner->value_len = 0;
    scanner->value[0] = '\0';
    if (scanner->at == scanner->len) {
        scanner->token = TOKEN_END;
        return true;
    }

    char c = peek(scanner, 0);
    if (c == '"' || c == '\'')
        return scan_quoted(scanner);
    if (is_word(c))
        return scan_word(scanner);
    if (c == '$' && peek(scanner, 1) == '{')
        return fail(scanner, scanner->line,
            "\"${\" is not allowed: daned does not put the environment into its configuration");
    if (c == '+' && peek(scanner, 1) == '=')
        return fail(
            scanner, scanner->line, "\"+=\" is not allowed: write the whole list behind \"=\"");
    if (c == '(' || c == ')')
        return fail(scanner, scanner->line,
            "parentheses are not allowed: there are no functions, and no include");

    static const char marks[] = "{}=,";
    static const enum token tokens[] = {TOKEN_OPEN, TOKEN_CLOSE, TOKEN_EQUAL, TOKEN_COMMA};
    const char *mark = c != '\0' ? strchr(marks, c) : NULL;
    if (mark == NULL)
        return fail_at_octet(scanner, c);
    scanner->token = tokens[mark - marks];
    scanner->at++;
    return true;
}

/* Makes the token, which is a name, a new item. */
static bool add_item(struct scanner *scanner, size_t section, struct config_item **item_out)
{
    if (scanner->value_len > CONFIG_NAME_MAX)
        return fail_at_value(scanner, "there is no option or section", "...: the name is too long");
    for (size_t i = 0; i < scanner->value_len; i++)
        if (!is_name(scanner->value[i]))
            return fail_at_value(scanner, "the name of an option is missing before", "");
    if (scanner->scan->count == CONFIG_ITEMS_MAX)
        return fail(scanner, scanner->token_line, "there are too many options in this file");

    struct config_item *item = &scanner->scan->items[scanner->scan->count++];
    memset(item, 0, sizeof *item);
    memcpy(item->name, scanner->value, scanner->value_len + 1);
    item->section = section;
    item->line = scanner->token_line;
    *item_out = item;
    return true;
}

/* An option may be given once: libconfuse would silently take the last one. */
static bool refuse_twice(struct scanner *scanner, const struct config_item *item)
{
    const struct config_item *first = config_scan_find(scanner->scan, item->section, item->name);
    if (first == NULL || first == item)
        return true;
    scanner->error->line = item->line;
    snprintf(scanner->error->text, sizeof scanner->error->text,
        "option \"%s\" is given twice: the first time in line %d", item->name, first->line);
    return false;
}

/* Reads the value behind the "=" of item; the "=" is the current token. */
static bool scan_value(struct scanner *scanner, struct config_item *item)
{
    if (!next(scanner))
        return false;
    if (scanner->token == TOKEN_WORD || scanner->token == TOKEN_QUOTED)
        return true;
    if (scanner->token != TOKEN_OPEN)
        return fail(scanner, item->line, "a value is missing behind \"=\"");

    int opened = scanner->token_line;
    item->is_list = true;
    if (!next(scanner))
        return false;
    while (scanner->token == TOKEN_WORD || scanner->token == TOKEN_QUOTED) {
        if (!next(scanner))
            return false;
        if (scanner->token != TOKEN_COMMA)
            break;
        if (!next(scanner))
            return false;
    }
    if (scanner->token == TOKEN_CLOSE)
        return true;
    if (scanner->token == TOKEN_END)
        return fail(scanner, opened, "the list that begins here has no end: \"}\" is missing");
    return fail(scanner, scanner->token_line,
        "in a list, values are separated by \",\", and the last one is followed by \"}\"");
}

/* Reads the options of a section up to its "}"; its "{" is the current token. */
static bool scan_section(struct scanner *scanner, size_t section)
{
    const char *name = scanner->scan->items[section].name;
    struct config_item *item;

    for (;;) {
        if (!next(scanner))
            return false;
        if (scanner->token == TOKEN_CLOSE)
            return true;
        if (scanner->token == TOKEN_END) {
            scanner->error->line = scanner->scan->items[section].line;
            snprintf(scanner->error->text, sizeof scanner->error->text,
                "the section \"%s\" that begins here has no end: \"}\" is missing", name);
            return false;
        }
        if (scanner->token != TOKEN_WORD)
            return fail(
                scanner, scanner->token_line, "the name of an option, or \"}\", is missing here");
        if (!add_item(scanner, section, &item) || !refuse_twice(scanner, item) || !next(scanner))
            return false;
        if (scanner->token == TOKEN_OPEN || scanner->token == TOKEN_QUOTED) {
            scanner->error->line = item->line;
            snprintf(scanner->error->text, sizeof scanner->error->text,
                "\"%s\" may not stand inside the section \"%s\": is \"}\" missing above, or \"=\" "
                "behind it?",
                item->name, name);
            return false;
        }
        if (scanner->token != TOKEN_EQUAL)
            return fail(scanner, item->line, "an option is missing its \"=\"");
        if (!scan_value(scanner, item))
            return false;
    }
}

static bool scan_title(struct scanner *scanner, struct config_item *item)
{
    item->has_title = true;
    if (scanner->value_len == 0 || scanner->value_len > CONFIG_TITLE_MAX)
        return fail(scanner, scanner->token_line, "the name of a section has 1 to 63 characters");
    for (size_t i = 0; i < scanner->value_len; i++)
        if (!is_name(scanner->value[i]) && scanner->value[i] != '.')
            return fail_at_value(scanner, "the name of a section",
                " may have letters, digits, '.', '-' and '_' only");
    memcpy(item->title, scanner->value, scanner->value_len + 1);
    return next(scanner);
}

/* Reads one option or section at the top of the file; its name is the current token. */
static bool scan_top(struct scanner *scanner)
{
    struct config_item *item;
    size_t index = scanner->scan->count;

    if (!add_item(scanner, CONFIG_NO_SECTION, &item) || !next(scanner))
        return false;
    if (scanner->token == TOKEN_EQUAL)
        return refuse_twice(scanner, item) && scan_value(scanner, item);

    item->is_section = true;
    for (size_t i = 0; i < index; i++) {
        const struct config_item *other = &scanner->scan->items[i];
        if (other->is_section && strcmp(other->name, item->name) == 0)
            item->ordinal++;
    }
    if ((scanner->token == TOKEN_WORD || scanner->token == TOKEN_QUOTED) &&
        !scan_title(scanner, item))
        return false;
    if (scanner->token != TOKEN_OPEN)
        return fail(scanner, item->line, "behind a name, \"=\" and a value or \"{\" must follow");
    return scan_section(scanner, index);
}

bool config_scan_text(
    char *text, size_t len, struct config_scan *scan_out, struct config_error *error_out)
{
    struct scanner scanner = {
        .text = text, .len = len, .line = 1, .scan = scan_out, .error = error_out};

    scan_out->count = 0;
    for (;;) {
        if (!next(&scanner))
            return false;
        if (scanner.token == TOKEN_END)
            return true;
        if (scanner.token == TOKEN_CLOSE)
            return fail(&scanner, scanner.token_line, "\"}\" closes nothing here");
        if (scanner.token != TOKEN_WORD)
            return fail(&scanner, scanner.token_line, "the name of an option is missing here");
        if (!scan_top(&scanner))
            return false;
    }
}

const struct config_item *config_scan_find(
    const struct config_scan *scan, size_t section, const char *name)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct config_item *item = &scan->items[i];
        if (!item->is_section && item->section == section && strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}
