/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.c - how an answer is worded in each socketmap map.
 */
#include "daemon/core/map.h"

#include <string.h>

bool map_find(struct span word, enum map *map_out)
{
    static const struct span words[] = {
#define X(name, text) [MAP_##name] = {text, sizeof text - 1},
        MAPS(X)
#undef X
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_equal(word, words[i])) {
            *map_out = (enum map)i;
            return true;
        }
    }
    return false;
}

static enum socketmap_status say(const char *text, char *text_out, size_t *text_len_out)
{
    *text_len_out = strlen(text);
    memcpy(text_out, text, *text_len_out);
    return SOCKETMAP_OK;
}

enum socketmap_status map_word(
    enum map map, const struct answer *answer, char *text_out, size_t *text_len_out)
{
    static const char who[] = "daned: ";

    *text_len_out = 0;
    if (answer->skip)
        return SOCKETMAP_NOTFOUND;
    switch (answer->level) {
    case LEVEL_DANE_REQUIRED:
        return say("dane-only", text_out, text_len_out);
    case LEVEL_DANE:
        return say("dane", text_out, text_len_out);
    case LEVEL_ENCRYPT:
        return say("encrypt", text_out, text_len_out);
    case LEVEL_MAY:
        /* Only "policy" says so: an "OK may" would override a stricter level of the MTA's own. */
        if (map == MAP_POLICY)
            return say("may", text_out, text_len_out);
        return SOCKETMAP_NOTFOUND;
    case LEVEL_DEFER:
        break;
    }
    memcpy(text_out, who, sizeof who - 1);
    *text_len_out = sizeof who - 1 + answer_why(answer, text_out + sizeof who - 1);
    return SOCKETMAP_TEMP;
}
