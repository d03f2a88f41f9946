/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.c - what the subcommands of danectl have in common when they say something.
 */
#include "client-shims/danectl/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/core/alloc.h"
#include "proto/printable.h"

enum { SHOWN_MAX = 4096 };

int output_fail(const char *command, int status, const char *what, const char *why)
{
    fprintf(stderr, "danectl %s: %s: %s\n", command, what, why);
    return status;
}

void output_line(const char *format, ...)
{
    char text[OUTPUT_LINE_MAX];
    char shown[OUTPUT_LINE_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printable_copy(shown, sizeof shown, text, strlen(text));
    for (char *c = shown; *c; c++)
        if (*c == '|')
            *c = '/';
    puts(shown);
}

json_t *output_json_text(const char *text)
{
    char shown[SHOWN_MAX];

    if (!text)
        return json_null();
    json_t *json = json_string(text);
    if (!json) {
        printable_copy(shown, sizeof shown, text, strlen(text));
        json = json_string(shown);
    }
    if (!json)
        alloc_failed();
    return json;
}

void output_json(json_t *object)
{
    if (!object)
        alloc_failed();
    json_dumpf(object, stdout, 0);
    putchar('\n');
    json_decref(object);
}

int output_end(const char *command, int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return output_fail(command, EX_IOERR, "standard output", strerror(errno));
    return status;
}
