/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover_state.h - what a run of "danectl rollover" tells the next: since when every name server
 * has been seen to publish the record.
 *
 * A small JSON file, of the operator's own. It is for one TLSA name and one certificate: with
 * others it begins anew. One that is not as it should be is an error and never a beginning.
 */
#ifndef DANED_DANECTL_ROLLOVER_STATE_H
#define DANED_DANECTL_ROLLOVER_STATE_H

#include <stdint.h>

#include <jansson.h>

#include "client-shims/danectl/rollover_decide.h"

struct rollover_state {
    char *owner;       /* the TLSA name; NULL: nothing is known */
    char *certificate; /* the SHA-256 of the new one, in hexadecimal */
    uint32_t ttl_s;    /* the greatest TTL that was seen */
    int64_t since_s;   /* since when every server publishes; -1: they do not, or nobody knows */
    json_t *servers;   /* the texts of those that were seen then */
};

/* What one run has seen; all borrowed. */
struct rollover_seen {
    const char *owner;
    const char *certificate;
    const json_t *servers; /* a text for each address of each server */
    enum rollover_published published;
    uint32_t ttl_s;
    int64_t now_s; /* the time at which all of it had been seen */
};

/* Nothing is known; to be released. */
void rollover_state_init(struct rollover_state *state);
void rollover_state_fini(struct rollover_state *state);

/*
 * Reads the file at path into *state, which was initialized; one that does not exist leaves it so.
 * Returns 0, or says on standard error what is wrong, and returns the status to exit with.
 */
int rollover_state_read(struct rollover_state *state, const char *path);

/*
 * Takes in what was seen. The time begins when every server publishes; it begins anew after one has
 * been seen not to, and with a server that was not there before. A server that cannot be asked
 * leaves it as it was.
 */
void rollover_state_note(struct rollover_state *state, const struct rollover_seen *seen);

/* Writes the file, whole or not at all. Returns as rollover_state_read. */
int rollover_state_write(const struct rollover_state *state, const char *path);

#endif
