/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * script.h - what the lines of a scenario set up: the world, the options, the overrides.
 */
#ifndef DANED_TESTS_SCENARIO_SCRIPT_H
#define DANED_TESTS_SCENARIO_SCRIPT_H

#include "tests/scenario/engine.h"

struct script {
    struct world world;
    struct lookup_options options;
    struct overrides *overrides; /* or NULL */
    char *overrides_text;
    bool options_changed; /* since the last time that the reader cleared it */
    bool prefetch;        /* for whoever looks after the cache */
};

void script_init(struct script *script);
void script_fini(struct script *script);

/*
 * Reads a line if it is one of:
 *   zone..., soa..., drop...      world.h
 *   repeat N LINE                 the line N times, every % in it replaced by 1 to N
 *   option promote on|off, insecure-mx may|dane, on-self-test-failure may|defer, max-ttl N,
 *          negative-max-ttl N, error-ttl N, prefetch on|off
 *   override TEXT                 a line of destinations(5), added to those before
 *   later N[s|ms]                 time passes
 * Returns false if it is none of them, with its first word not taken. A mistake is in
 * words->error.
 */
bool script_read(struct script *script, struct words *words);

/* Takes a time such as 30s or 500ms, and gives it in milliseconds; a wrong one is a mistake, and 0
 * is given. */
uint64_t script_take_ms(struct words *words);

/* Reads a whole file into memory that the caller frees; ends the program if it cannot. */
char *script_load(const char *path);

/* Gives the files to play: those named on the command line, or all .scn files of a directory.
 * The list lives until the program ends. */
size_t script_files(int argc, char **argv, const char *directory, char ***paths_out);

#endif
