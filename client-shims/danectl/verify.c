/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.c - danectl verify: holds a chain of certificates against TLSA records.
 *
 * Needs no daemon and no network: the records are given. (verify_daemon.c is the form in which a
 * daemon looks them up.) Limits: those of chain_file.h, and TLSA_MAX records.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <jansson.h>

#include "client-shims/danectl/chain_file.h"
#include "client-shims/danectl/command.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/chain.h"
#include "daemon/io/verify_wolfssl.h"

#define TLSA_MAX 64
#define LINE_MAX_LEN 16384

enum { EXIT_OK = 0, EXIT_DENY = 1, EXIT_UNUSABLE = 3 };

/* What the command line says, and the memory behind it. */
struct request {
    struct chain_question question;
    struct tlsa_record records[TLSA_MAX];
    uint8_t *data[TLSA_MAX];
    struct dname names[CHAIN_NAMES_MAX];
    struct chain_file chain;
    bool json;
};

static const char usage[] =
    "usage: danectl verify --tlsa \"U S M HEX\"... --name HOST... [--at EPOCH] [--json] CHAIN\n"
    "  --tlsa  a record of the TLSA RRset: usage, selector, matching type, data in hexadecimal\n"
    "  --name  a reference name, for usage 2; up to 3\n"
    "  --at    hold dates against this time, in seconds since 1970, and not against now\n"
    "  --json  give the result as JSON\n"
    "  CHAIN   a file with the chain, leaf first, in PEM or DER; - is standard input\n"
    "Prints OK, DENY or UNUSABLE (no usable record), and why; ends with 0, 1 or 3.\n";

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads a number of 0 to 255, and the blank behind it. */
static bool read_field(const char **text, uint8_t *value_out)
{
    char *end;

    if (hex_digit(**text) < 0) /* strtoul takes signs and blanks */
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    if (end == *text || value > UINT8_MAX || (*end != ' ' && *end != '\t'))
        return false;
    *value_out = (uint8_t)value;
    *text = end + strspn(end, " \t");
    return true;
}

/* Reads "U S M HEX"; the digits may stand in groups, as in zone files. */
static bool add_record(struct request *request, const char *text)
{
    size_t index = request->question.record_count;
    if (index == TLSA_MAX)
        return false;
    struct tlsa_record *record = &request->records[index];
    const char *rest = text + strspn(text, " \t");

    if (!read_field(&rest, &record->usage) || !read_field(&rest, &record->selector) ||
        !read_field(&rest, &record->matching_type))
        return false;
    uint8_t *data = alloc_zeroed(strlen(rest) / 2 + 1);
    request->data[index] = data;
    size_t digits = 0;
    for (; *rest != '\0'; rest++) {
        if (*rest == ' ' || *rest == '\t')
            continue;
        int digit = hex_digit(*rest);
        if (digit < 0)
            return false;
        data[digits / 2] = (uint8_t)(data[digits / 2] << 4 | digit);
        digits++;
    }
    if (digits == 0 || digits % 2 != 0 || digits / 2 > UINT16_MAX)
        return false;
    record->data = data;
    record->data_len = (uint16_t)(digits / 2);
    request->question.record_count++;
    return true;
}

static const char *take_record(const struct option_row *row, const char *text)
{
    return add_record(row->target, text) ? NULL : "is no TLSA record, or one too many";
}

static const char *take_name(const struct option_row *row, const char *text)
{
    struct request *request = row->target;
    struct chain_question *question = &request->question;

    if (question->name_count == CHAIN_NAMES_MAX ||
        !dname_from_text(text, strlen(text), &request->names[question->name_count]))
        return "is no host name, or one too many";
    question->name_count++;
    return NULL;
}

static const char *take_time(const struct option_row *row, const char *text)
{
    char *end;

    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        return "is no time in seconds";
    *(int64_t *)row->target = value;
    return NULL;
}

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct request *request, int argc, char **argv)
{
    struct chain_question *question = &request->question;
    const struct option_row rows[] = {
        {.name = "tlsa", .take = take_record, .target = request},
        {.name = "name", .take = take_name, .target = request},
        {.name = "at", .take = take_time, .target = &question->at_s},
        {.name = "json", .take = option_take_flag, .target = &request->json},
    };
    const struct option_table table = {
        "verify", usage, EX_USAGE, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    if (question->record_count == 0 || question->name_count == 0)
        return option_misused(
            &table, question->record_count == 0 ? "--tlsa, or --destination," : "--name");
    return option_want_one(&table, argc, "CHAIN");
}

static json_t *record_to_json(const struct tlsa_record *record)
{
    size_t cap = 2 * (size_t)record->data_len + 16;
    char *text = alloc_zeroed(cap);

    tlsa_to_text(record, text, cap);
    json_t *json = json_pack("{s:i,s:i,s:i,s:s}", "usage", record->usage, "selector",
        record->selector, "matching_type", record->matching_type, "data", strrchr(text, ' ') + 1);
    free(text);
    return json;
}

static json_t *reasons_to_json(const struct request *request, const struct chain_report *report)
{
    json_t *reasons = json_array();
    char why[256];

    for (size_t i = 0; i < report->reason_count && report->outcome != CHAIN_MATCHED; i++) {
        json_t *reason = record_to_json(&request->records[i]);
        chain_reason_text(&request->question, report, i, why, sizeof why);
        json_object_set_new(reason, "why", json_string(why));
        json_array_append_new(reasons, reason);
    }
    return reasons;
}

static void print_json(
    const struct request *request, const struct chain_report *report, const char *result)
{
    json_t *json = json_object();
    json_t *names = json_array();
    char name[DNAME_TEXT_MAX];

    json_object_set_new(json, "result", json_string(result));
    if (report->outcome == CHAIN_MATCHED) {
        json_object_set_new(json, "record", record_to_json(&request->records[report->record]));
        json_object_set_new(json, "depth", json_integer(report->depth));
        json_object_set_new(json, "anchor_in_record", json_boolean(report->anchor_in_record));
    }
    json_object_set_new(json, "reasons", reasons_to_json(request, report));
    for (size_t i = 0; i < request->question.name_count; i++)
        json_array_append_new(names, json_string(dname_to_text(&request->names[i], name)));
    json_object_set_new(json, "names", names);
    json_object_set_new(json, "leaf_not_after",
        report->leaf_parsed ? json_integer(report->leaf_not_after_s) : json_null());
    json_object_set_new(json, "at", json_integer(request->question.at_s));
    output_json(json);
}

static int verify(const struct request *request)
{
    static const struct {
        const char *word;
        int status;
    } results[] = {
        [CHAIN_MATCHED] = {"OK", EXIT_OK},
        [CHAIN_REFUSED] = {"DENY", EXIT_DENY},
        [CHAIN_UNUSABLE] = {"UNUSABLE", EXIT_UNUSABLE},
    };
    struct chain_report report;
    char line[LINE_MAX_LEN];

    enum chain_outcome outcome = chain_verify(&request->question, &verify_wolfssl_crypto, &report);
    if (request->json) {
        print_json(request, &report, results[outcome].word);
    } else {
        chain_report_text(&request->question, &report, line, sizeof line);
        printf("%s %s\n", results[outcome].word, line);
    }
    return output_end("verify", results[outcome].status);
}

static int verify_file(struct request *request, const char *path)
{
    int status = chain_file_read(&request->chain, "verify", path);

    if (status != 0)
        return status;
    request->question.certs = request->chain.certs;
    request->question.cert_count = request->chain.cert_count;
    return verify(request);
}

int command_verify(int argc, char **argv)
{
    struct request request = {.question.at_s = time(NULL)};

    if (command_verify_wants_daemon(argc, argv))
        return command_verify_daemon(argc, argv);
    request.question.records = request.records;
    request.question.names = request.names;
    int status = read_options(&request, argc, argv);
    if (status == EX_OK)
        printf("Or, to have a daemon look up the records:\n%s", command_verify_daemon_usage);
    if (status < 0)
        status = verify_file(&request, argv[optind]);
    for (size_t i = 0; i < TLSA_MAX; i++)
        free(request.data[i]);
    chain_file_fini(&request.chain);
    return status;
}
