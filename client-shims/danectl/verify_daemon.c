/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify_daemon.c - danectl verify --destination: has a daemon verify a chain, as Exim does.
 *
 * A daemon that is not there, is late or replies nonsense is "TEMP": a script that looks at the
 * first word alone, or at the exit status alone, keeps its mail.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/chain_file.h"
#include "client-shims/danectl/command.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "client-shims/libdaned-client/daned_client.h"

enum { DEADLINE_MS = 5000, EXIT_DENY = 1 }; /* daned replies within 4.5 s */

const char command_verify_daemon_usage[] =
    "usage: danectl verify --destination DESTINATION --host HOST [--port PORT] [--addr ADDRESS]\n"
    "                      [--sni NAME] [--via ADDRESS] [--json] CHAIN\n"
    "  --destination  the domain, or [host]\n"
    "  --host         the MX host that has presented the chain\n"
    "  --port         the port of the connection, if not 25\n"
    "  --addr         the address of the host\n"
    "  --sni          the name that was sent to the host in the TLS handshake\n"
    "  --via          where daned listens with protocol = exim, if not at " DANED_ADDRESS ";\n"
    "                 inet:A.B.C.D:PORT, inet:[IPV6]:PORT or unix:/PATH\n"
    "  --json         give the result as JSON\n"
    "  CHAIN          a file with the chain, leaf first, in PEM or DER; - is standard input\n"
    "Prints OK, DENY or TEMP, and why; ends with 0, 1 or 75.\n";

struct question {
    struct daned_verify_request request;
    const char *via;
    const char *path;
    bool json;
};

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct question *question, int argc, char **argv)
{
    struct daned_verify_request *request = &question->request;
    uint16_t port = 25;
    const struct option_row rows[] = {
        {.name = "destination", .take = option_take_text, .target = &request->domain},
        {.name = "host", .take = option_take_text, .target = &request->host},
        {.name = "port", .take = option_take_port, .target = &port},
        {.name = "addr", .take = option_take_text, .target = &request->addr},
        {.name = "sni", .take = option_take_text, .target = &request->sni},
        {.name = "via", .take = option_take_text, .target = &question->via},
        {.name = "json", .take = option_take_flag, .target = &question->json},
    };
    const struct option_table table = {
        "verify", command_verify_daemon_usage, EX_USAGE, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    if (!request->domain || !request->host)
        return option_misused(&table, request->domain ? "--host" : "--destination");
    status = option_want_one(&table, argc, "CHAIN");
    if (status >= 0)
        return status;
    request->port = port;
    question->path = argv[optind];
    return -1;
}

static void print_json(const struct question *question, const struct daned_verify_reply *reply)
{
    output_json(json_pack("{s:s,s:s,s:o,s:o,s:i}", "result", daned_verdict_word(reply->verdict),
        "why", reply->text, "destination", output_json_text(question->request.domain), "host",
        output_json_text(question->request.host), "port", (int)question->request.port));
}

/* Asks, and says what came. Returns the status to exit with. */
static int ask(const struct question *question)
{
    struct daned_verify_reply reply;
    enum daned_status asked = daned_verify(question->via, &question->request, DEADLINE_MS, &reply);

    if (asked == DANED_BAD_ARGUMENT)
        return output_fail("verify", EX_USAGE, "nothing was asked", reply.text);
    if (question->json)
        print_json(question, &reply);
    else
        printf("%s %s\n", daned_verdict_word(reply.verdict), reply.text);
    switch (reply.verdict) {
    case DANED_ACCEPT:
        return output_end("verify", EX_OK);
    case DANED_DENY:
        return output_end("verify", EXIT_DENY);
    case DANED_TEMP:
        break;
    }
    return output_end("verify", EX_TEMPFAIL);
}

bool command_verify_wants_daemon(int argc, char **argv)
{
    /* getopt_long takes any beginning of a name; no other option of verify begins with a "d". */
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--d", 3) == 0)
            return true;
    }
    return false;
}

int command_verify_daemon(int argc, char **argv)
{
    struct question question = {.via = DANED_ADDRESS};
    struct daned_cert certs[CHAIN_CERTS_MAX];
    struct chain_file file;
    int status = read_options(&question, argc, argv);

    if (status >= 0)
        return status;
    status = chain_file_read(&file, "verify", question.path);
    if (status == 0) {
        for (size_t i = 0; i < file.cert_count; i++)
            certs[i] = (struct daned_cert){file.certs[i].der, file.certs[i].len};
        question.request.certs = certs;
        question.request.count = file.cert_count;
        status = ask(&question);
    }
    chain_file_fini(&file);
    return status;
}
