/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * names.c - which name each request asks for.
 */
#include "tests/bench/names.h"

#include <string.h>

#include "tests/bench/fail.h"

#define DIGITS_MAX 20u

void names_init(struct names *names, const char *pattern, uint64_t first, uint64_t count,
    bool random, uint64_t seed)
{
    const char *percent = strchr(pattern, '%');

    memset(names, 0, sizeof *names);
    if (strlen(pattern) + DIGITS_MAX > NAMES_TEXT_MAX || count == 0)
        fail("the names \"%s\" are too long, or none", pattern);
    names->prefix_len = percent != NULL ? (size_t)(percent - pattern) : strlen(pattern);
    memcpy(names->prefix, pattern, names->prefix_len);
    if (percent != NULL) {
        names->numbered = true;
        names->suffix_len = strlen(percent + 1);
        memcpy(names->suffix, percent + 1, names->suffix_len);
    }
    names->first = first;
    names->count = count;
    names->random = random;
    names->state = seed;
}

/* splitmix64: a few instructions, and good enough for what only has to vary. */
static uint64_t draw(struct names *names)
{
    names->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = names->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t next_number(struct names *names)
{
    /* No name of a set of thousands is noticeably likelier by this remainder than another. */
    if (names->random)
        return names->first + draw(names) % names->count;
    uint64_t number = names->first + names->next;
    names->next = names->next + 1 < names->count ? names->next + 1 : 0;
    return number;
}

size_t names_put_number(uint64_t number, char *out)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

size_t names_next(struct names *names, char out[NAMES_TEXT_MAX])
{
    size_t len = names->prefix_len;

    memcpy(out, names->prefix, len);
    if (!names->numbered)
        return len;
    len += names_put_number(next_number(names), out + len);
    memcpy(out + len, names->suffix, names->suffix_len);
    return len + names->suffix_len;
}
