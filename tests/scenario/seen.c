/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.c - an answer as a scenario sees it.
 */
#include "tests/scenario/seen.h"

#include <string.h>

#include "daemon/core/tlsa.h"

static void count_records(const struct fact *tlsa, struct seen_host *host)
{
    struct tlsa_agility agility;
    struct tlsa_record record;
    const uint8_t *rdata;
    uint16_t len;

    tlsa_agility_init(&agility);
    for (size_t cursor = 0; tlsa && fact_next_record(tlsa, &cursor, &rdata, &len);) {
        host->records++;
        if (!tlsa_from_rdata(rdata, len, &record))
            continue;
        tlsa_agility_add(&agility, &record);
        host->usable += tlsa_usability(&record) == TLSA_USABLE;
    }
    for (size_t cursor = 0; tlsa && fact_next_record(tlsa, &cursor, &rdata, &len);)
        if (tlsa_from_rdata(rdata, len, &record))
            host->counting += tlsa_agility_counts(&agility, &record);
}

void seen_take_verdict(struct seen *seen, const struct verdict *verdict, uint64_t now_ms)
{
    seen->kind = SEEN_ANSWER;
    seen->answer = answer_of(verdict);
    seen->ttl = answer_ttl(&seen->answer, now_ms);
    seen->has_verdict = true;
    memcpy(&seen->verdict, verdict, offsetof(struct verdict, hosts));
    for (size_t i = 0; i < verdict->host_count; i++) {
        seen->verdict.hosts[i] = verdict->hosts[i];
        memset(&seen->hosts[i], 0, sizeof seen->hosts[i]);
        seen->hosts[i].name_count = verdict_reference_names(
            verdict, &verdict->hosts[i], &seen->original, seen->hosts[i].names);
        count_records(verdict->hosts[i].tlsa, &seen->hosts[i]);
        seen->verdict.hosts[i].tlsa = NULL; /* it ends with the verdict */
    }
}

static const char *level_of(const struct seen *seen)
{
    switch (seen->kind) {
    case SEEN_NOTHING:
        return "nothing";
    case SEEN_MALFORMED:
        return "malformed";
    case SEEN_NOT_FOUND:
        return "not-found";
    case SEEN_ANSWER:
        break;
    }
    return seen->answer.skip ? "skip" : level_text(seen->answer.level);
}

void seen_expect(const struct seen *seen, struct words *words)
{
    char why[ANSWER_WHY_MAX];
    const char *level = words_next(words, "a level");

    if (strcmp(level, level_of(seen)) != 0) {
        words_fail(words, "the answer is %s, expected was %s", level_of(seen), level);
        return;
    }
    if (seen->kind != SEEN_ANSWER)
        return;
    const char *reason = words_next(words, "a reason");
    if (strcmp(reason, reason_token(seen->answer.reason)) != 0)
        words_fail(
            words, "the reason is %s, expected was %s", reason_token(seen->answer.reason), reason);
    answer_why(&seen->answer, why);
    while (!words_end(words) && !words->error[0]) {
        if (words_take(words, "ttl")) {
            uint32_t ttl = words_number(words, "TTL", UINT32_MAX);
            if (seen->ttl != ttl)
                words_fail(words, "the TTL is %u, expected was %u", seen->ttl, ttl);
        } else if (words_take(words, "from-cache")) {
            if (!seen->from_cache)
                words_fail(words, "the answer is not from the cache");
        } else if (words_take(words, "from-dns")) {
            if (seen->from_cache)
                words_fail(words, "the answer is from the cache");
        } else if (words_take(words, "why")) {
            const char *text = words_next(words, "a text");
            if (!strstr(why, text))
                words_fail(words, "it says why: \"%s\"", why);
        } else {
            words_fail(words, "\"%s\" says nothing of an answer", words->word[words->at]);
        }
    }
}

static void expect_names(const struct seen_host *host, struct words *words)
{
    size_t count = 0;

    for (; !words_end(words); count++) {
        struct dname name = words_name(words);
        bool found = false;
        for (size_t i = 0; i < host->name_count; i++)
            found = found || dname_equal(&host->names[i], &name);
        if (!found)
            words_fail(words, "it has not the reference name %s", words->word[words->at - 1]);
    }
    if (count != host->name_count)
        words_fail(words, "it has %zu reference names", host->name_count);
}

static void expect_count(struct words *words, const char *what, size_t seen)
{
    uint32_t expected = words_number(words, what, UINT16_MAX);

    if (seen != expected)
        words_fail(words, "%s: %zu, expected was %u", what, seen, expected);
}

void seen_expect_host(const struct seen *seen, struct words *words)
{
    static const char *const statuses[] = {"error", "insecure", "secure"};
    char text[DNAME_TEXT_MAX];
    struct dname name = words_name(words);
    size_t i = 0;

    if (!seen->has_verdict) {
        words_fail(words, "there is no verdict with hosts (use \"decide\")");
        return;
    }
    while (i < seen->verdict.host_count && !dname_equal(&seen->verdict.hosts[i].name, &name))
        i++;
    if (i == seen->verdict.host_count) {
        words_fail(words, "it is none of the hosts");
        return;
    }
    const struct host_verdict *host = &seen->verdict.hosts[i];
    const char *state = words_next(words, "a state");
    if (strcmp(state, host_state_text(host->state)) != 0)
        words_fail(words, "it is %s (%s), expected was %s", host_state_text(host->state),
            host_reason_text(host->why), state);
    while (!words_end(words) && !words->error[0]) {
        if (words_take(words, "base")) {
            struct dname base = words_name(words);
            if (!dname_equal(&base, &host->tlsa_base))
                words_fail(
                    words, "its TLSA base domain is \"%s\"", dname_to_text(&host->tlsa_base, text));
        } else if (words_take(words, "names")) {
            expect_names(&seen->hosts[i], words);
        } else if (words_take(words, "preference")) {
            expect_count(words, "preference", host->preference);
        } else if (words_take(words, "records")) {
            expect_count(words, "records", seen->hosts[i].records);
        } else if (words_take(words, "usable")) {
            expect_count(words, "usable records", seen->hosts[i].usable);
        } else if (words_take(words, "counting")) {
            expect_count(words, "records that count", seen->hosts[i].counting);
        } else if (words_take(words, "address")) {
            if (strcmp(words_next(words, "a status"), statuses[host->address]) != 0)
                words_fail(words, "its address is %s", statuses[host->address]);
        } else {
            words_fail(words, "\"%s\" says nothing of a host", words->word[words->at]);
        }
    }
}

void seen_print(const struct seen *seen, FILE *out)
{
    char text[DNAME_TEXT_MAX];
    char why[ANSWER_WHY_MAX];

    fprintf(out, "#   answer %s", level_of(seen));
    if (seen->kind == SEEN_ANSWER) {
        answer_why(&seen->answer, why);
        fprintf(out, " %s ttl %u%s (%s)", reason_token(seen->answer.reason), seen->ttl,
            seen->from_cache ? " from-cache" : "", why);
    }
    fprintf(out, "\n");
    for (size_t i = 0; seen->has_verdict && i < seen->verdict.host_count; i++) {
        const struct host_verdict *host = &seen->verdict.hosts[i];
        fprintf(out, "#   host %s %s (%s)", dname_to_text(&host->name, text),
            host_state_text(host->state), host_reason_text(host->why));
        if (host->tlsa_base.len > 0)
            fprintf(out, " base %s", dname_to_text(&host->tlsa_base, text));
        fprintf(out, "\n");
    }
}
