/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control_print.c - passes a reply of the control socket on.
 */
#include "client-shims/danectl/control_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/printable.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

/* The colour of a level, of a host's state, and of a resolver's. */
static const struct {
    const char *word;
    const char *colour;
} words[] = {
    {"dane-required", GREEN},
    {"dane", GREEN},
    {"encrypt", YELLOW},
    {"may", YELLOW},
    {"skip", YELLOW},
    {"none", YELLOW},
    {"no-address", YELLOW},
    {"tempfail", RED},
    {"defer", RED},
};

static bool wants_colour(void)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    /* no-color.org: present and not empty, whatever its value. */
    return isatty(STDOUT_FILENO) && !(no_colour && no_colour[0]) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

void control_print_init(struct control_print *print, const char *command, bool json)
{
    print->command = command;
    print->json = json;
    print->colour = !json && wants_colour();
    print->error = false;
    print->begun = false;
    print->whole = false;
    print->in_long_line = false;
    print->line_len = 0;
}

static bool begins(const struct control_print *print, const char *text)
{
    return print->line_len >= strlen(text) && memcmp(print->line, text, strlen(text)) == 0;
}

/* A title of "explain" has its level or state behind the colon: colours that word. */
static void print_title(const struct control_print *print)
{
    const char *line = print->line;
    const char *colon = memmem(line, print->line_len, ": ", 2);
    const char *colour = "";
    size_t head = colon ? (size_t)(colon - line) + 2 : print->line_len;
    size_t len = 0;

    while (head + len < print->line_len && !memchr(",\n", line[head + len], 2))
        len++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].word) == len && memcmp(words[i].word, line + head, len) == 0)
            colour = words[i].colour;
    fwrite(line, 1, head, stdout);
    printf("%s%.*s%s", colour, (int)len, line + head, colour[0] ? PLAIN : "");
    fwrite(line + head + len, 1, print->line_len - head - len, stdout);
}

static void print_whole_line(const struct control_print *print, const char *colour)
{
    printf("%s%.*s" PLAIN "\n", colour, (int)(print->line_len - 1), print->line);
}

static void print_coloured(const struct control_print *print)
{
    bool is_status = strcmp(print->command, "status") == 0;

    if (strcmp(print->command, "explain") == 0 && print->line[0] != ' ')
        print_title(print);
    else if (is_status && (begins(print, "validating no") ||
                              memmem(print->line, print->line_len, " failed: ", 9)))
        print_whole_line(print, RED);
    else if (is_status && (begins(print, "  expired") || begins(print, "  expiring")))
        print_whole_line(print, YELLOW);
    else
        fwrite(print->line, 1, print->line_len, stdout);
}

/* A line is there, or as much of one as is looked at. */
static void print_line(struct control_print *print)
{
    bool ended = print->line_len > 0 && print->line[print->line_len - 1] == '\n';

    if (!print->begun)
        print->error = print->json ? begins(print, "{\"error\":") : begins(print, "error: ");
    print->begun = true;
    if (print->colour && ended && !print->in_long_line && !print->error)
        print_coloured(print);
    else
        fwrite(print->line, 1, print->line_len, print->error && !print->json ? stderr : stdout);
    print->whole =
        ended && (strcmp(print->command, "dump") != 0 || print->error ||
                     (!print->in_long_line &&
                         begins(print, print->json ? "{\"kind\":\"end\"" : "# end of ")));
    print->in_long_line = !ended;
    print->line_len = 0;
}

void control_print_add(struct control_print *print, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool fit = data[i] == '\n' || printable_octet(data[i]);
        print->line[print->line_len++] = fit ? data[i] : '?';
        if (data[i] == '\n' || print->line_len == sizeof print->line)
            print_line(print);
    }
}

enum control_print_end control_print_end(struct control_print *print)
{
    if (print->line_len > 0)
        print_line(print);
    if (!print->whole)
        return CONTROL_PRINT_CUT;
    return print->error ? CONTROL_PRINT_ERROR : CONTROL_PRINT_OK;
}
