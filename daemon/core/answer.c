/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.c - the short form of a verdict.
 */
#include "daemon/core/answer.h"

#include <stdio.h>
#include <string.h>

struct answer answer_of(const struct verdict *verdict)
{
    return (struct answer){
        .level = verdict->level,
        .reason = verdict->reason,
        .failure = verdict->failure,
        .expires_ms = verdict->expires_ms,
    };
}

struct answer answer_plain(enum level level, enum reason reason)
{
    return (struct answer){.level = level, .reason = reason, .expires_ms = UINT64_MAX};
}

uint32_t answer_ttl(const struct answer *answer, uint64_t now_ms)
{
    if (answer->expires_ms == UINT64_MAX || answer->expires_ms <= now_ms)
        return 0;
    uint64_t seconds = (answer->expires_ms - now_ms) / 1000;
    return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

/* The packed form; a failure stands in it only if there is one. The first octet has two levels: the
 * answer's in its low half, the last decided in its high one. */
enum { AT_LEVEL, AT_REASON, AT_CAUSE, AT_TYPE, AT_NAME = 5 };

size_t answer_pack(const struct answer *answer, enum level decided, uint8_t out[ANSWER_PACKED_MAX])
{
    const struct failure *failure = &answer->failure;
    size_t name_len = failure->question.name.len;

    out[AT_LEVEL] = (uint8_t)(decided << 4 | answer->level);
    out[AT_REASON] = (uint8_t)answer->reason;
    if (failure->cause == CAUSE_NONE || name_len == 0)
        return AT_CAUSE;
    out[AT_CAUSE] = (uint8_t)failure->cause;
    out[AT_TYPE] = (uint8_t)(failure->question.type >> 8);
    out[AT_TYPE + 1] = (uint8_t)failure->question.type;
    memcpy(out + AT_NAME, failure->question.name.wire, name_len);
    return AT_NAME + name_len;
}

/* Each hit of the cache comes through here: the room for a name that is not there is left alone. */
void answer_unpack(
    const uint8_t *packed, size_t len, uint64_t expires_ms, struct answer *answer_out)
{
    struct failure *failure = &answer_out->failure;

    answer_out->level = (enum level)(packed[AT_LEVEL] & 15);
    answer_out->reason = (enum reason)packed[AT_REASON];
    answer_out->skip = false;
    answer_out->expires_ms = expires_ms;
    failure->cause = CAUSE_NONE;
    failure->question.type = 0;
    failure->question.name.len = 0;
    if (len > AT_NAME) {
        failure->cause = (enum dns_cause)packed[AT_CAUSE];
        failure->question.type = (uint16_t)(packed[AT_TYPE] << 8 | packed[AT_TYPE + 1]);
        failure->question.name.len = (uint8_t)(len - AT_NAME);
        memcpy(failure->question.name.wire, packed + AT_NAME, len - AT_NAME);
    }
}

enum level answer_unpack_decided(const uint8_t *packed)
{
    return (enum level)(packed[AT_LEVEL] >> 4);
}

size_t answer_why(const struct answer *answer, char out[ANSWER_WHY_MAX])
{
    char name[DNAME_TEXT_MAX];
    const struct failure *failure = &answer->failure;
    int len;

    if (failure->cause == CAUSE_NONE || failure->question.name.len == 0)
        len = snprintf(out, ANSWER_WHY_MAX, "%s: %s", reason_token(answer->reason),
            reason_text(answer->reason));
    else
        len = snprintf(out, ANSWER_WHY_MAX, "%s: %s of %s: %s", reason_token(answer->reason),
            dns_type_text(failure->question.type), dname_to_text(&failure->question.name, name),
            dns_cause_text(failure->cause));
    if (len >= ANSWER_WHY_MAX) {
        len = ANSWER_WHY_MAX - 1;
        memcpy(out + ANSWER_WHY_MAX - 4, "...", 3);
    }
    return (size_t)len;
}
