/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h - how an answer is worded in each socketmap map (interface: Postfix).
 */
#ifndef DANED_CORE_MAP_H
#define DANED_CORE_MAP_H

#include "daemon/core/answer.h"
#include "proto/socketmap.h"

/* The maps: X(name, word). */
#define MAPS(X)         \
    X(POLICY, "policy") \
    X(DANE, "dane")     \
    X(PIN, "pin")       \
    X(DRY_RUN, "dry-run")

enum map {
#define X(name, word) MAP_##name,
    MAPS(X)
#undef X
};

/* Finds a map by its word. Returns false if there is none of that name. */
bool map_find(struct span word, enum map *map_out);

#define MAP_TEXT_MAX (ANSWER_WHY_MAX + 16)

/*
 * Words an answer for a map; text_out has room for MAP_TEXT_MAX octets, *text_len_out are used.
 * Never more than Postfix 3.4 understands. dry-run is worded as dane: the caller hides it.
 */
enum socketmap_status map_word(
    enum map map, const struct answer *answer, char *text_out, size_t *text_len_out);

#endif
