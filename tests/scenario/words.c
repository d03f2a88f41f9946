/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.c - one line of a scenario file, cut into words.
 */
#include "tests/scenario/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/dns.h"

void words_fail(struct words *words, const char *format, ...)
{
    va_list arguments;

    if (words->error[0])
        return;
    va_start(arguments, format);
    vsnprintf(words->error, sizeof words->error, format, arguments);
    va_end(arguments);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Unescapes a quoted word in place. Returns what follows it, or NULL without a closing quote. */
static char *read_quoted(char *start, size_t *len_out)
{
    char *in = start;
    char *out = start;

    while (*in && *in != '"') {
        if (in[0] == '\\' && in[1] == 'x' && digit_of(in[2]) >= 0 && digit_of(in[3]) >= 0) {
            *out++ = (char)(digit_of(in[2]) << 4 | digit_of(in[3]));
            in += 4;
        } else {
            *out++ = *in++;
        }
    }
    if (!*in)
        return NULL;
    *len_out = (size_t)(out - start);
    *out = '\0';
    return in + 1;
}

void words_read(struct words *words, const char *line)
{
    char *at = words->text;

    words->count = words->at = 0;
    words->error[0] = '\0';
    words->text[0] = '\0';
    if (strlen(line) >= sizeof words->text) {
        words_fail(words, "the line is too long");
        return;
    }
    memcpy(words->text, line, strlen(line) + 1);
    for (;;) {
        at += strspn(at, " \t\r\n");
        if (!*at || *at == '#')
            return;
        if (words->count == WORDS_MAX) {
            words_fail(words, "too many words");
            return;
        }
        bool quoted = *at == '"';
        char *start = quoted ? at + 1 : at;
        size_t len = strcspn(start, " \t\r\n");
        at = quoted ? read_quoted(start, &len) : start + len;
        if (!at) {
            words_fail(words, "a quote is missing");
            return;
        }
        words->word[words->count] = start;
        words->len[words->count++] = len;
        if (!*at)
            return;
        if (!quoted)
            *at++ = '\0';
    }
}

bool words_end(const struct words *words)
{
    return words->at >= words->count;
}

bool words_take(struct words *words, const char *word)
{
    if (words_end(words) || strcmp(words->word[words->at], word) != 0)
        return false;
    words->at++;
    return true;
}

const char *words_next(struct words *words, const char *what)
{
    if (words_end(words)) {
        words_fail(words, "%s is missing", what);
        return "";
    }
    return words->word[words->at++];
}

uint32_t words_number(struct words *words, const char *what, uint32_t max)
{
    const char *word = words_next(words, what);
    char *end;
    unsigned long long value = strtoull(word, &end, 10);

    if (end == word || *end || word[0] == '-' || value > max) {
        words_fail(words, "\"%s\" is no %s (0 to %u)", word, what, max);
        return 0;
    }
    return (uint32_t)value;
}

struct dname words_name(struct words *words)
{
    const char *word = words_next(words, "a name");
    struct dname name = {0};

    if (!dname_from_text(word, strlen(word), &name))
        words_fail(words, "\"%s\" is no name", word);
    return name;
}

uint16_t words_type(struct words *words)
{
    static const uint16_t types[] = {DNS_A, DNS_AAAA, DNS_MX, DNS_TLSA, DNS_CNAME};
    const char *word = words_next(words, "a type");

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dns_type_text(types[i]), word) == 0)
            return types[i];
    words_fail(words, "\"%s\" is no type (A, AAAA, MX, TLSA, CNAME)", word);
    return 0;
}

size_t words_octets(struct words *words, uint8_t *out, size_t max)
{
    const char *word = words_next(words, "octets");
    const char *at = word;
    size_t count = 0;

    if (strcmp(word, "-") == 0)
        return 0;
    while (*at) {
        size_t start = count;
        while (digit_of(at[0]) >= 0 && digit_of(at[1]) >= 0 && count < max) {
            out[count++] = (uint8_t)(digit_of(at[0]) << 4 | digit_of(at[1]));
            at += 2;
        }
        size_t part = count - start;
        if (*at == '*' && part > 0) {
            char *end;
            unsigned long times = strtoul(at + 1, &end, 10);
            for (; times > 1 && count + part <= max; times--, count += part)
                memcpy(out + count, out + start, part);
            at = times > 1 ? at : end;
        }
        if (*at == '+')
            at++;
        else if (*at)
            break;
    }
    if (*at)
        words_fail(words, "\"%s\" are no octets (as in 3008*2+aa*32), or too many", word);
    return count;
}
