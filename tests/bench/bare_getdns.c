/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bare_getdns.c - the floor of a cold lookup: getdns alone, asking what daned would ask.
 *
 *   bench_bare_getdns PORT MILLISECONDS IN-FLIGHT known|new FIRST
 *
 * For each destination, MX; with "new" also A and AAAA of its host, at once, and then TLSA. It
 * talks to getdns over the adapter and with the settings of daned, reads every record of each
 * reply, and decides and keeps nothing. IN-FLIGHT destinations are under way at any time. Prints
 * one line of JSON; a reply that is not secure, or has not the record that was asked for, ends it
 * with status 1.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <getdns/getdns.h>
#include <getdns/getdns_extra.h>
#include <uv.h>

#include "daemon/io/getdns_loop.h"
#include "tests/bench/fail.h"
#include "tests/bench/times.h"

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28, TYPE_TLSA = 52, NAME_MAX_OCTETS = 300 };

struct bench {
    getdns_context *context;
    getdns_dict *extensions;
    bool all_new;
    uint64_t next;
    uint64_t stop_ns;
    uint64_t destinations;
    uint64_t questions;
    size_t in_flight;
};

/* One destination under way. */
struct job {
    struct bench *bench;
    unsigned awaited;
    char host[NAME_MAX_OCTETS];
};

static void must(getdns_return_t done, const char *what)
{
    if (done != GETDNS_RETURN_GOOD)
        fail("getdns: %s: %s", what, getdns_get_errorstr_by_id((uint16_t)done));
}

static void on_reply(getdns_context *context, getdns_callback_type_t outcome, getdns_dict *response,
    void *arg, getdns_transaction_t transaction);

static void ask(struct job *job, const char *name, uint16_t type)
{
    struct bench *bench = job->bench;
    getdns_transaction_t transaction;

    job->awaited++;
    bench->questions++;
    must(getdns_general(bench->context, name, type, bench->extensions, job, &transaction, on_reply),
        "ask");
}

static void begin(struct job *job)
{
    struct bench *bench = job->bench;
    char name[NAME_MAX_OCTETS];

    snprintf(name, sizeof name, "%c%" PRIu64 ".bench.example.", bench->all_new ? 'u' : 'd',
        bench->next++);
    job->host[0] = '\0';
    bench->in_flight++;
    ask(job, name, TYPE_MX);
}

/* Writes a name of the wire as text, with the dot at the end. */
static void name_to_text(const getdns_bindata *wire, char out[NAME_MAX_OCTETS])
{
    size_t at = 0;

    for (size_t i = 0; i < wire->size && wire->data[i] != 0; i += wire->data[i] + 1u) {
        memcpy(out + at, wire->data + i + 1, wire->data[i]);
        at += wire->data[i];
        out[at++] = '.';
    }
    out[at] = '\0';
}

/* Reads one record; returns its type. */
static uint32_t read_record(const getdns_dict *record, struct job *job)
{
    uint32_t type;
    uint32_t ttl;
    getdns_bindata *owner;
    getdns_bindata *rdata;

    must(getdns_dict_get_int(record, "type", &type), "type");
    must(getdns_dict_get_int(record, "ttl", &ttl), "ttl");
    must(getdns_dict_get_bindata(record, "name", &owner), "name");
    must(getdns_dict_get_bindata(record, "/rdata/rdata_raw", &rdata), "rdata");
    if (type == TYPE_MX) {
        must(getdns_dict_get_bindata(record, "/rdata/exchange", &rdata), "exchange");
        name_to_text(rdata, job->host);
    }
    return type;
}

/* Reads a reply. Returns the type that was asked for. */
static uint32_t read_reply(const getdns_dict *response, struct job *job)
{
    getdns_list *answers;
    getdns_dict *record;
    uint32_t ad;
    uint32_t rcode;
    uint32_t asked;
    size_t count;
    bool found = false;

    must(getdns_dict_get_int(response, "/replies_tree/0/header/ad", &ad), "AD");
    must(getdns_dict_get_int(response, "/replies_tree/0/header/rcode", &rcode), "rcode");
    must(getdns_dict_get_int(response, "/replies_tree/0/question/qtype", &asked), "question");
    must(getdns_dict_get_list(response, "/replies_tree/0/answer", &answers), "answer");
    must(getdns_list_get_length(answers, &count), "answer");
    for (size_t i = 0; i < count; i++) {
        must(getdns_list_get_dict(answers, i, &record), "record");
        found = read_record(record, job) == asked || found;
    }
    if (ad != 1 || rcode != 0 || !found)
        fail("getdns: a reply is not the right one");
    return asked;
}

/* All that was asked at once is there: asks on, or goes on to the next destination. */
static void advance(struct job *job, uint32_t last_type)
{
    struct bench *bench = job->bench;

    if (bench->all_new && last_type == TYPE_MX) {
        ask(job, job->host, TYPE_A);
        ask(job, job->host, TYPE_AAAA);
    } else if (bench->all_new && last_type != TYPE_TLSA) {
        char name[NAME_MAX_OCTETS + 16];
        snprintf(name, sizeof name, "_25._tcp.%s", job->host);
        ask(job, name, TYPE_TLSA);
    } else {
        bench->destinations++;
        bench->in_flight--;
        if (times_wall() < bench->stop_ns)
            begin(job);
    }
}

static void on_reply(getdns_context *context, getdns_callback_type_t outcome, getdns_dict *response,
    void *arg, getdns_transaction_t transaction)
{
    struct job *job = arg;

    (void)context;
    (void)transaction;
    if (outcome != GETDNS_CALLBACK_COMPLETE)
        fail("getdns: a question has failed");
    uint32_t type = read_reply(response, job);
    getdns_dict_destroy(response);
    if (--job->awaited == 0)
        advance(job, type);
}

/* As daned's upstream.c does it. */
static getdns_context *new_context(uv_loop_t *loop, uint32_t port)
{
    enum { TIMEOUT_MS = 10000, IDLE_MS = 5000 };
    getdns_namespace_t namespaces[] = {GETDNS_NAMESPACE_DNS};
    getdns_transport_list_t transports[] = {GETDNS_TRANSPORT_TCP};
    getdns_context *context;
    getdns_list *servers = getdns_list_create();
    getdns_dict *server;
    char address[32];

    snprintf(address, sizeof address, "127.0.0.1@%u", (unsigned)port);
    must(getdns_str2dict(address, &server), address);
    must(getdns_list_set_dict(servers, 0, server), "server");
    must(getdns_context_create(&context, 0), "context");
    must(getdns_context_set_namespaces(context, 1, namespaces), "namespaces");
    must(getdns_context_set_append_name(context, GETDNS_APPEND_NAME_NEVER), "append name");
    must(getdns_context_set_resolution_type(context, GETDNS_RESOLUTION_STUB), "stub");
    must(getdns_context_set_dns_transport_list(context, 1, transports), "transport");
    must(getdns_context_set_upstream_recursive_servers(context, servers), "servers");
    must(getdns_context_set_idle_timeout(context, IDLE_MS), "idle time-out");
    must(getdns_context_set_timeout(context, TIMEOUT_MS), "time-out");
    getdns_dict_destroy(server);
    getdns_list_destroy(servers);
    if (!getdns_loop_attach(loop, context, NULL, NULL))
        fail("getdns does not take the loop");
    return context;
}

int main(int argc, char **argv)
{
    const uint64_t ns_per_ms = 1000000;
    uv_loop_t loop;
    struct bench bench = {.destinations = 0};

    if (argc != 6)
        fail("usage: %s PORT MILLISECONDS IN-FLIGHT known|new FIRST", argv[0]);
    uint64_t duration_ns = must_number(argv[2], "the time") * ns_per_ms;
    size_t job_count = (size_t)must_number(argv[3], "the number in flight");
    bench.all_new = strcmp(argv[4], "new") == 0;
    bench.next = must_number(argv[5], "the first number");
    uv_loop_init(&loop);
    bench.context = new_context(&loop, (uint32_t)must_number(argv[1], "the port"));
    bench.extensions = getdns_dict_create();
    must(getdns_dict_set_int(bench.extensions, "/add_opt_parameters/do_bit", 1), "DO");

    struct job *jobs = must_calloc(job_count, sizeof *jobs);
    uint64_t cpu_ns = times_own_cpu();
    uint64_t wall_ns = times_wall();
    bench.stop_ns = wall_ns + duration_ns;
    for (size_t i = 0; i < job_count; i++) {
        jobs[i].bench = &bench;
        begin(&jobs[i]);
    }
    while (bench.in_flight > 0)
        uv_run(&loop, UV_RUN_ONCE);
    wall_ns = times_wall() - wall_ns;
    cpu_ns = times_own_cpu() - cpu_ns;
    printf("{\"requests\": %" PRIu64 ", \"questions\": %" PRIu64 ", \"wall_ns\": %" PRIu64
           ", \"server_cpu_ns\": %" PRIu64 "}\n",
        bench.destinations, bench.questions, wall_ns, cpu_ns);
    getdns_dict_destroy(bench.extensions);
    getdns_context_destroy(bench.context);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    free(jobs);
    return 0;
}
