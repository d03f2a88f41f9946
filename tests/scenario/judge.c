/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.c - daned against the oracle on one world, as it is and with every single fault.
 *
 * With a fault, three things must hold:
 *   - the answer is the one that the rules give for the world in which that question ends so;
 *   - it is never weaker than the truth allows. The truth is the world without the fault; but for
 *     AD stripped and for a well-formed denial, which a client cannot tell from the truth, it is
 *     the world in which that RRset is insecure, or absent. The order of strength is that of
 *     level_at_least();
 *   - a destination is deferred only if none of its hosts is good.
 */
#include "tests/scenario/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/alloc.h"

enum { MANY_QUESTIONS = 100, EVERY = 9 };

/* What daned said. */
struct said {
    enum level level;
    enum reason reason;
    uint32_t ttl;
    size_t host_count;
    struct oracle_host hosts[VERDICT_HOSTS_MAX];
};

struct case_of {
    struct judge *judge;
    const char *where;
    struct world *world;
    const struct destination *destination;
    const struct lookup_options *options;
    uint32_t seed;
    const struct question *question; /* that is hurt, or NULL */
    enum fault fault;
};

/*
 * Where an answer may be weaker than the truth, and why. One owner name has secure addresses of one
 * family and insecure ones of the other, and the lookup of the secure ones fails: what is left is
 * an insecure host, for which no TLSA record is looked for. DNSSEC signs zones and not types, so
 * that no honest resolver shows such a name; it takes one that changes its mind between two
 * questions. To defer here would defer every insecure host whose servers fail AAAA questions.
 */
static bool is_exception(const struct case_of *on)
{
    return fault_class_of(on->fault) == FAULT_ERROR &&
           (on->question->type == DNS_A || on->question->type == DNS_AAAA) &&
           oracle_families_differ(on->world, &on->question->name, on->options, engine_wall_s());
}

static void fail(const struct case_of *on, const char *what, const char *is, const char *should)
{
    char text[DNAME_TEXT_MAX];
    char key[DESTINATION_TEXT_MAX];

    on->judge->failures++;
    if (on->judge->failures > 20)
        return;
    destination_to_text(on->destination, key);
    printf("not ok %s: %s: ", on->where, key);
    if (on->question)
        printf("with %s of %s %s: ", fault_word(on->fault), dns_type_text(on->question->type),
            dname_to_text(&on->question->name, text));
    printf("%s is %s, should be %s\n", what, is, should);
    if (on->judge->failures == 1)
        world_print(on->world, stdout);
}

static void note(void *arg, const struct verdict *verdict)
{
    struct said *said = arg;
    struct answer answer = answer_of(verdict);

    said->level = verdict->level;
    said->reason = verdict->reason;
    said->ttl = answer_ttl(&answer, engine_now_ms());
    said->host_count = verdict->host_count;
    for (size_t i = 0; i < verdict->host_count; i++)
        said->hosts[i] = (struct oracle_host){.name = verdict->hosts[i].name,
            .state = verdict->hosts[i].state,
            .base = verdict->hosts[i].tlsa_base};
}

/* Lets daned decide. Gives the questions that it asked, to be freed, unless NULL. */
static void let_decide(const struct case_of *on, struct said *said, struct question **asked_out,
    size_t *asked_count_out)
{
    struct engine engine;

    memset(said, 0, offsetof(struct said, hosts));
    engine_init(&engine, on->world, on->options);
    if (!engine_decide(&engine, on->destination, on->seed, note, said))
        fail(on, "the lookup", "never ended", "ended");
    if (asked_out) {
        *asked_count_out = engine.fake.asked_count;
        *asked_out = alloc_zeroed((engine.fake.asked_count + 1) * sizeof **asked_out);
        if (engine.fake.asked_count > 0)
            memcpy(*asked_out, engine.fake.asked, engine.fake.asked_count * sizeof **asked_out);
    }
    engine_fini(&engine);
}

static void compare_hosts(
    const struct case_of *on, const struct said *said, const struct oracle_verdict *right)
{
    char host[DNAME_TEXT_MAX];
    char is[DNAME_TEXT_MAX];
    char should[DNAME_TEXT_MAX];

    /* Where the MX lookup alone decides, whether the hosts are listed is a matter of taste. */
    if (right->reason == REASON_INSECURE_MX_MAY)
        return;
    if (said->host_count != right->host_count) {
        fail(on, "the number of hosts", "another", "as the rules have it");
        return;
    }
    for (size_t i = 0; i < said->host_count; i++) {
        const struct oracle_host *a = &said->hosts[i];
        const struct oracle_host *b = &right->hosts[i];
        if (dname_equal(&a->name, &b->name) && a->state == b->state &&
            dname_equal(&a->base, &b->base))
            continue;
        dname_to_text(&b->name, host);
        if (!dname_equal(&a->name, &b->name))
            fail(on, "a host", dname_to_text(&a->name, is), host);
        if (a->state != b->state)
            fail(on, host, host_state_text(a->state), host_state_text(b->state));
        if (!dname_equal(&a->base, &b->base))
            fail(on, host, dname_to_text(&a->base, is), dname_to_text(&b->base, should));
    }
}

/* Whether daned says what the rules say. */
static void compare(
    const struct case_of *on, const struct said *said, const struct oracle_verdict *right)
{
    char is[16];
    char should[16];

    on->judge->checks++;
    if (said->level != right->level)
        fail(on, "the level", level_text(said->level), level_text(right->level));
    /* A deferral may name the state of the resolver instead of the lookup. */
    else if (said->reason != right->reason && said->level != LEVEL_DEFER)
        fail(on, "the reason", reason_token(said->reason), reason_token(right->reason));
    if (said->ttl != right->ttl) {
        snprintf(is, sizeof is, "%u", said->ttl);
        snprintf(should, sizeof should, "%u", right->ttl);
        fail(on, "the TTL", is, should);
    }
    compare_hosts(on, said, right);
}

static void check_no_bad_host_defers(const struct case_of *on, const struct said *said)
{
    on->judge->checks++;
    for (size_t i = 0; said->level == LEVEL_DEFER && i < said->host_count; i++)
        if (said->hosts[i].state != HOST_TEMPFAIL && said->hosts[i].state != HOST_NO_ADDRESS)
            fail(on, "a destination with a good host", "deferred", "not");
}

static void judge_fault(struct case_of *on, const struct oracle_verdict *unhurt)
{
    static struct said said;
    static struct oracle_verdict hurt;
    bool allowed = is_exception(on);

    /* To whoever asks for the CNAME record itself, one that leads back is a record. */
    if (on->fault == FAULT_IS_CNAME_LOOP && on->question->type == DNS_CNAME)
        return;
    on->judge->faults++;
    world_hurt(on->world, &on->question->name, on->question->type, on->fault);
    let_decide(on, &said, NULL, NULL);
    oracle_decide(on->world, on->destination, on->options, engine_wall_s(), &hurt);
    compare(on, &said, &hurt);
    check_no_bad_host_defers(on, &said);
    const struct oracle_verdict *truth = fault_class_of(on->fault) == FAULT_ERROR ? unhurt : &hurt;
    on->judge->checks++;
    /* Where the operator asked for "may" without validation, that is what he gets. */
    bool asked_for = said.reason == REASON_NOT_VALIDATING && on->options->policy.not_validating_may;
    if (!asked_for && !level_at_least(said.level, truth->level)) {
        if (allowed)
            on->judge->exceptions++;
        else
            fail(on, "the level", level_text(said.level), level_text(truth->level));
    }
    world_heal(on->world);
}

void judge_world(struct judge *judge, const char *where, struct world *world,
    const struct destination *destination, const struct lookup_options *options, uint32_t seed,
    bool with_faults)
{
    static struct said said;
    static struct oracle_verdict right;
    struct case_of on = {judge, where, world, destination, options, seed, NULL, FAULT_IS_TIMEOUT};
    struct question *asked;
    size_t asked_count;

    judge->worlds++;
    let_decide(&on, &said, &asked, &asked_count);
    oracle_decide(world, destination, options, engine_wall_s(), &right);
    compare(&on, &said, &right);
    check_no_bad_host_defers(&on, &said);
    size_t step = judge->all || asked_count <= MANY_QUESTIONS ? 1 : EVERY;
    for (size_t i = 0; with_faults && i < asked_count; i++) {
        if (i % step != 0) {
            judge->left_out++;
            continue;
        }
        on.question = &asked[i];
        for (on.fault = 0; on.fault < FAULT_COUNT; on.fault++)
            judge_fault(&on, &right);
    }
    free(asked);
}

int judge_end(const struct judge *judge)
{
    printf("%zu worlds, %zu faults (%zu questions left out, being alike), %zu checks, %zu named "
           "exceptions, %zu failed\n",
        judge->worlds, judge->faults, judge->left_out, judge->checks, judge->exceptions,
        judge->failures);
    return judge->worlds > 0 && judge->faults > 0 && judge->checks > 0 && judge->failures == 0
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
