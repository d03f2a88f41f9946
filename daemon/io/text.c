/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.c - a text that grows.
 */
#include "daemon/io/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

void text_add(struct text *text, const char *data, size_t len)
{
    if (len == 0)
        return;
    if (text->cap - text->len < len) {
        size_t cap = text->cap < 512 ? 512 : text->cap;
        while (cap - text->len < len)
            cap *= 2;
        text->data = alloc_array(text->data, cap, 1);
        text->cap = cap;
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
}

void text_addf(struct text *text, const char *format, ...)
{
    char line[8192];
    va_list arguments;

    va_start(arguments, format);
    int len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (len > 0)
        text_add(text, line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1);
}

void text_clear(struct text *text)
{
    text->len = 0;
}

void text_fini(struct text *text)
{
    free(text->data);
    *text = (struct text){NULL, 0, 0};
}
