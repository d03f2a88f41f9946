/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.c - danectl policy: asks a daemon for the level of a destination, as Exim does.
 *
 * A daemon that is not there, is late or replies nonsense is "defer": a script that looks at the
 * first word alone, or at the exit status alone, keeps its mail.
 */
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "client-shims/danectl/command.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "client-shims/libdaned-client/daned_client.h"

enum { DEADLINE_MS = 5000 }; /* daned replies within 4.5 s */

static const char usage[] =
    "usage: danectl policy [--host HOST] [--via ADDRESS] [--json] DESTINATION\n"
    "  --host  the level for this MX host of the destination alone\n"
    "  --via   where daned listens with protocol = exim, if not at " DANED_ADDRESS ";\n"
    "          inet:A.B.C.D:PORT, inet:[IPV6]:PORT or unix:/PATH\n"
    "  --json  give the answer as JSON\n"
    "Prints the level, the seconds for which it holds, and the reason; ends with 0, or with 75 if\n"
    "mail is to be deferred, because daned says so or cannot be asked.\n";

struct question {
    const char *destination;
    const char *host;
    const char *via;
    bool json;
};

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct question *question, int argc, char **argv)
{
    const struct option_row rows[] = {
        {.name = "host", .take = option_take_text, .target = &question->host},
        {.name = "via", .take = option_take_text, .target = &question->via},
        {.name = "json", .take = option_take_flag, .target = &question->json},
    };
    const struct option_table table = {
        "policy", usage, EX_USAGE, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    status = option_want_one(&table, argc, "DESTINATION");
    if (status >= 0)
        return status;
    question->destination = argv[optind];
    return -1;
}

static void print_json(const struct question *question, const struct daned_policy_reply *reply)
{
    output_json(json_pack("{s:o,s:o,s:s,s:I,s:o,s:o}", "destination",
        output_json_text(question->destination), "host", output_json_text(question->host), "level",
        daned_level_word(reply->level), "ttl", (json_int_t)reply->ttl_s, "reason",
        output_json_text(reply->reason[0] ? reply->reason : NULL), "error",
        output_json_text(reply->error[0] ? reply->error : NULL)));
}

int command_policy(int argc, char **argv)
{
    struct question question = {.via = DANED_ADDRESS};
    struct daned_policy_reply reply;
    int status = read_options(&question, argc, argv);

    if (status >= 0)
        return status;
    enum daned_status asked =
        daned_policy(question.via, question.destination, question.host, DEADLINE_MS, &reply);
    if (asked == DANED_BAD_ARGUMENT)
        return output_fail("policy", EX_USAGE, "nothing was asked", reply.error);
    if (asked != DANED_OK)
        output_fail("policy", 0, "no answer", reply.error);
    if (question.json)
        print_json(&question, &reply);
    else if (asked == DANED_OK)
        printf("%s ttl=%lu reason=%s\n", daned_level_word(reply.level), (unsigned long)reply.ttl_s,
            reply.reason);
    else
        printf("%s\n", daned_level_word(reply.level));
    return output_end("policy", reply.level == DANED_DEFER ? EX_TEMPFAIL : EX_OK);
}
