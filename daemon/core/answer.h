/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h - the short form of a verdict: what a client is told, and what the cache keeps of it.
 */
#ifndef DANED_CORE_ANSWER_H
#define DANED_CORE_ANSWER_H

#include "daemon/core/destination.h"
#include "daemon/core/verdict.h"

struct answer {
    enum level level;
    enum reason reason;
    bool skip;              /* the operator's override "skip": the MTA's table says "not found" */
    struct failure failure; /* of a level DEFER that DNS caused */
    uint64_t expires_ms; /* after it the answer is not served; UINT64_MAX: it depends on no fact */
};

/* The short form of a final verdict. */
struct answer answer_of(const struct verdict *verdict);

/* An answer that rests on no DNS fact, such as a refusal. It may live for no time at all. */
struct answer answer_plain(enum level level, enum reason reason);

/* Whole seconds that the answer may still be used at now_ms; 0 for one that may not be kept. */
uint32_t answer_ttl(const struct answer *answer, uint64_t now_ms);

#define ANSWER_PACKED_MAX (5 + DNAME_MAX)

/*
 * Writes the answer as the cache keeps it, with the level that was decided last: that of the answer
 * or, if it is DEFER, the one before, which may be DEFER as well. Returns the octets written to
 * out.
 */
size_t answer_pack(const struct answer *answer, enum level decided, uint8_t out[ANSWER_PACKED_MAX]);

/* Read what answer_pack() wrote: the answer, and the level that was decided last. */
void answer_unpack(
    const uint8_t *packed, size_t len, uint64_t expires_ms, struct answer *answer_out);
enum level answer_unpack_decided(const uint8_t *packed);

#define ANSWER_WHY_MAX 400 /* octets, with the NUL */

/*
 * Writes "TOKEN: sentence" for people: why the answer is what it is, with the lookup that failed if
 * one did. Printable ASCII, cut to ANSWER_WHY_MAX. Returns its octets without the NUL.
 */
size_t answer_why(const struct answer *answer, char out[ANSWER_WHY_MAX]);

#endif
