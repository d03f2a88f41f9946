/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_client_reply.c - replies as the embeddable client reads them, held against proto's reading.
 *
 * The client is one file that stands alone, so that it has parsers of its own: they must agree with
 * those of proto/exim_client.h about every reply. They are static, hence the #include of the file.
 */
#include "client-shims/libdaned-client/daned_client.c"
#include "proto/exim_client.h"
#include "tests/fuzz/fuzz.h"

static bool is_level(struct span level)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        const char *word = daned_level_word(levels[i]);
        if (level.len == strlen(word) && memcmp(level.data, word, level.len) == 0)
            return true;
    }
    return false;
}

static void check_policy(const char *line, const char *wire, size_t len)
{
    struct daned_policy_reply ours;
    struct exim_policy_reply theirs;
    bool good = parse_policy(line, &ours);
    bool good_there = exim_parse_policy_reply(wire, len, &theirs);

    FUZZ_CHECK(good == (good_there && is_level(theirs.level)));
    if (!good)
        return;
    FUZZ_CHECK(ours.ttl_s == theirs.ttl_s && strlen(ours.reason) == theirs.reason.len);
    FUZZ_CHECK(memcmp(ours.reason, theirs.reason.data, theirs.reason.len) == 0);
    FUZZ_CHECK(memcmp(daned_level_word(ours.level), theirs.level.data, theirs.level.len) == 0);
}

static void check_verify_reply(const char *line, const char *wire, size_t len)
{
    struct daned_verify_reply ours;
    enum exim_verdict verdict;
    struct span text;
    bool good = parse_verify(line, &ours);

    FUZZ_CHECK(good == exim_parse_verify_reply(wire, len, &verdict, &text));
    if (!good)
        return;
    FUZZ_CHECK(strcmp(daned_verdict_word(ours.verdict), exim_verdict_word(verdict)) == 0);
    FUZZ_CHECK(strncmp(ours.text, text.data, strlen(ours.text)) == 0);
    FUZZ_CHECK((ours.verdict == DANED_ACCEPT) == (strncmp(wire, "OK", 2) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char wire[DANED_REPLY_MAX + 1];
    char line[DANED_REPLY_MAX + 1];

    /* Only lines that read_reply() lets through; here without their LF, there with it. */
    if (size >= DANED_REPLY_MAX)
        return 0;
    for (size_t i = 0; i < size; i++) {
        if (data[i] < 0x20 || data[i] >= 0x7f)
            return 0;
    }
    memcpy(wire, data, size);
    wire[size] = '\n';
    memcpy(line, data, size);
    line[size] = '\0';
    check_policy(line, wire, size + 1);
    check_verify_reply(line, wire, size + 1);
    return 0;
}
