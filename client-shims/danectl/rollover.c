/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rollover.c - danectl rollover: says whether a new certificate may be deployed now.
 *
 * Its record must be at every name server, for longer than the TTL, and what is served now must
 * still match. No daemon is needed: the validating resolver, the name servers and the mail server
 * are asked. Exit status: 0 READY, 75 WAIT, 1 NO, and those of sysexits.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "client-shims/danectl/command.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "client-shims/danectl/rollover.h"
#include "client-shims/danectl/rollover_state.h"
#include "daemon/core/alloc.h"
#include "daemon/core/certificate.h"
#include "daemon/io/verify_wolfssl.h"

enum { EXIT_READY = 0, EXIT_NO = 1, EXIT_WAIT = EX_TEMPFAIL };
enum { TIMEOUT_S = 60, TIMEOUT_MAX_S = 600, NS_PORT = 53, TTL_MAX_S = INT32_MAX };

static const char usage[] =
    "usage: danectl rollover --host HOST --new CERT [--port PORT] [--state FILE]\n"
    "                        [--published-since TIME] [--ttl SECONDS] [--resolver ADDRESS[@PORT]]\n"
    "                        [--allow-remote] [--timeout SECONDS] [--resolve HOST=ADDRESS]...\n"
    "                        [--connect-port PORT] [--ns-port PORT] [--json]\n"
    "  --host             the MX host, as the MX record names it\n"
    "  --new              the certificate to deploy and its chain, leaf first, in PEM or DER; - "
    "is\n"
    "                     standard input\n"
    "  --port             the port of the host's server, if not 25\n"
    "  --state            a file that keeps since when every name server publishes the record\n"
    "  --published-since  the time, by your own word: seconds since 1970, or as it is printed\n"
    "  --ttl              the TTL that the records had before, if it was greater\n"
    "  --resolver         the validating resolver; 127.0.0.1@53 unless given\n"
    "  --allow-remote     believe a resolver that is not on loopback\n"
    "  --timeout          for all of it; 60 unless given\n"
    "  --resolve          an address of the host, and not those that it has in DNS\n"
    "  --connect-port     connect to this port of the host, and not to --port\n"
    "  --ns-port          the port of all name servers, if not 53\n"
    "  --json             print an object\n"
    "Prints READY, WAIT or NO in the first line, and why; ends with 0, 75 or 1.\n";

static int fail(int status, const char *what, const char *why)
{
    return output_fail("rollover", status, what, why);
}

/* ---- the command line ---- */

/* Takes seconds since 1970, or "2025-11-25T20:51:00Z", not later than now. */
static const char *take_time(const struct option_row *row, const char *text)
{
    struct rollover *rollover = row->target;
    struct tm parts = {0};
    char again[ROLLOVER_TIME_MAX];
    int64_t at;

    if (!option_read_number(text, strlen(text), 0, INT64_MAX, &at)) {
        const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        at = end && !*end ? timegm(&parts) : -1;
        /* strptime lets blanks, short numbers and the 31st of February pass. */
        if (at < 0 || strcmp(rollover_time_text(at, again), text) != 0)
            return "is no time: seconds since 1970, or as in 2025-11-25T20:51:00Z";
    }
    if (at > rollover->now_s)
        return "is not past yet";
    rollover->given_since_s = at;
    return NULL;
}

static bool read_resolver(const char *text, struct endpoint *endpoint_out)
{
    const char *at = strchr(text, '@');
    size_t len = at ? (size_t)(at - text) : strlen(text);
    int64_t port = NS_PORT;

    return (!at || option_read_number(at + 1, strlen(at + 1), 1, UINT16_MAX, &port)) &&
           endpoint_from_text(text, len, (uint16_t)port, endpoint_out);
}

static const char *take_resolver(const struct option_row *row, const char *text)
{
    return read_resolver(text, row->target) ? NULL : "is no ADDRESS or ADDRESS@PORT";
}

static const char *take_resolve(const struct option_row *row, const char *text)
{
    return check_add_resolve(row->target, text) ? NULL : "is no HOST=ADDRESS, or one too many";
}

/* What of the command line does not stand in struct rollover. */
struct request {
    const char *new_path;
    bool allow_remote;
    int64_t timeout_s;
};

/* Whether the options go together. Returns -1, or the status to exit with. */
static int check_options(const struct rollover *rollover, const struct request *request)
{
    if (rollover->state_path && rollover->given_since_s >= 0)
        return fail(EX_USAGE, "--published-since", "cannot stand beside --state");
    /* Who is between could set the AD bit. */
    if (!endpoint_is_loopback(&rollover->resolver) && !request->allow_remote)
        return fail(EX_USAGE, "--resolver",
            "is not on loopback: what it says of DNSSEC is believed with --allow-remote only");
    return -1;
}

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct rollover *rollover, struct request *request, int argc, char **argv)
{
    int64_t ttl_s = rollover->given_ttl_s;
    const struct option_row rows[] = {
        {.name = "host", .take = option_take_host, .target = &rollover->host.name},
        {.name = "new", .take = option_take_text, .target = &request->new_path},
        {.name = "port", .take = option_take_port, .target = &rollover->host.port},
        {.name = "state", .take = option_take_text, .target = &rollover->state_path},
        {.name = "published-since", .take = take_time, .target = rollover},
        {"ttl", option_take_number, &ttl_s, 0, TTL_MAX_S},
        {.name = "resolver", .take = take_resolver, .target = &rollover->resolver},
        {.name = "allow-remote", .take = option_take_flag, .target = &request->allow_remote},
        {"timeout", option_take_number, &request->timeout_s, 1, TIMEOUT_MAX_S},
        {.name = "resolve", .take = take_resolve, .target = &rollover->served},
        {.name = "connect-port",
            .take = option_take_port,
            .target = &rollover->served.connect_port},
        {.name = "ns-port", .take = option_take_port, .target = &rollover->ns_port},
        {.name = "json", .take = option_take_flag, .target = &rollover->json},
    };
    const struct option_table table = {
        "rollover", usage, EX_USAGE, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    if (rollover->host.name.len == 0 || !request->new_path)
        return option_misused(&table, request->new_path ? "--host" : "--new");
    if (optind != argc)
        return option_misused(&table, NULL);
    rollover->given_ttl_s = (uint32_t)ttl_s;
    return check_options(rollover, request);
}

/* Reads the new certificate. Returns 0, or the status to exit with. */
static int read_certificate(struct rollover *rollover, const char *path)
{
    uint8_t digest[TLSA_SHA2_256_LEN];
    int status = chain_file_read(&rollover->chain, "rollover", path);

    if (status != 0)
        return status;
    const struct chain_cert *leaf = &rollover->chain.certs[0];
    if (rollover->chain.cert_count == 0 ||
        !certificate_frame((struct der_span){leaf->der, leaf->len}))
        return fail(EX_DATAERR, path, "has no certificate");
    verify_wolfssl_crypto.sha256(leaf->der, leaf->len, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(rollover->certificate + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

/* ---- all of it ---- */

/* Gives the texts of the servers, as the file of --state has them. */
static json_t *servers_json(const struct rollover *rollover)
{
    json_t *servers = json_array();

    for (size_t i = 0; i < rollover->facts.server_count; i++) {
        const struct rollover_server *server = rollover->fact_servers[i];
        char text[DNAME_TEXT_MAX];
        json_array_append_new(servers,
            json_sprintf("%s %s", dname_to_text(&server->name, text), server->endpoint.text));
    }
    return servers;
}

/*
 * Sets since when the record is at every server: by the operator's word, by what runs before this
 * one have seen, or as of now. Returns 0, or the status to exit with.
 */
static int set_time(struct rollover *rollover, struct rollover_state *state)
{
    struct rollover_facts *facts = &rollover->facts;
    char owner[DNAME_TEXT_MAX];

    facts->since_s = rollover->given_since_s >= 0 ? rollover->given_since_s : rollover->now_s;
    if (!rollover->state_path || rollover->link_count == 0)
        return 0;
    json_t *servers = servers_json(rollover);
    struct rollover_seen seen = {
        .owner = dname_to_text(&rollover->links[0].owner, owner),
        .certificate = rollover->certificate,
        .servers = servers,
        .published = rollover_published(facts),
        .ttl_s = facts->ttl_s,
        .now_s = rollover->now_s,
    };
    rollover_state_note(state, &seen);
    json_decref(servers);
    facts->ttl_s = state->ttl_s;
    if (state->since_s >= 0)
        facts->since_s = state->since_s;
    return rollover_state_write(state, rollover->state_path);
}

static int status_of(enum rollover_verdict verdict)
{
    switch (verdict) {
    case ROLLOVER_READY:
        return EXIT_READY;
    case ROLLOVER_WAIT:
        return EXIT_WAIT;
    case ROLLOVER_NO:
        break;
    }
    return EXIT_NO;
}

/* Looks, decides and prints. Returns the status to exit with. */
static int look(struct rollover *rollover, struct rollover_state *state)
{
    rollover_look_up(rollover);
    if (rollover->lookup != ROLLOVER_LOOKUP_INSECURE &&
        rollover->lookup != ROLLOVER_LOOKUP_NOT_VALIDATING) {
        rollover_survey_servers(rollover);
        rollover_see_served(rollover);
    }
    /* Only now has all of it been seen. */
    rollover->now_s = time(NULL);
    rollover_gather(rollover);
    int status = set_time(rollover, state);
    if (status != 0)
        return status;
    rollover_decide(&rollover->facts, &rollover->decision);
    rollover_print(rollover);
    return output_end("rollover", status_of(rollover->decision.verdict));
}

static void release(struct rollover *rollover)
{
    for (size_t i = 0; i < rollover->link_count; i++) {
        struct rollover_link *link = &rollover->links[i];
        for (size_t j = 0; j < link->server_count; j++) {
            dns_message_free(link->servers[j].reply);
            free(link->servers[j].set);
        }
        free(link->servers);
    }
    evidence_fini(&rollover->evidence);
    free(rollover->verdict);
    free(rollover->resolver_set);
    free(rollover->addresses);
    free(rollover->address_facts);
    free(rollover->server_facts);
    free(rollover->fact_servers);
    rollover_decision_fini(&rollover->decision);
    check_release(&rollover->served);
    chain_file_fini(&rollover->chain);
    free(rollover);
}

/* Reads the files, then looks. Returns the status to exit with. */
static int run(struct rollover *rollover, const struct request *request)
{
    struct rollover_state state;

    rollover_state_init(&state);
    int status = read_certificate(rollover, request->new_path);
    if (status == 0 && rollover->state_path)
        status = rollover_state_read(&state, rollover->state_path);
    if (status == 0) {
        rollover->deadline_ms = check_now_ms() + (uint64_t)request->timeout_s * 1000;
        status = look(rollover, &state);
    }
    rollover_state_fini(&state);
    return status;
}

int command_rollover(int argc, char **argv)
{
    struct rollover *rollover = alloc_zeroed(sizeof *rollover);
    struct request request = {.timeout_s = TIMEOUT_S};

    rollover->host = (struct destination){.kind = DESTINATION_HOST, .port = DESTINATION_SMTP_PORT};
    rollover->ns_port = NS_PORT;
    rollover->given_since_s = -1;
    rollover->now_s = time(NULL);
    endpoint_from_text("127.0.0.1", strlen("127.0.0.1"), NS_PORT, &rollover->resolver);
    rollover->verdict = alloc_zeroed(sizeof *rollover->verdict);
    evidence_init(&rollover->evidence);
    int status = read_options(rollover, &request, argc, argv);
    if (status < 0)
        status = run(rollover, &request);
    release(rollover);
    return status;
}
