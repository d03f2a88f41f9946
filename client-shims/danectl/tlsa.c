/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tlsa.c - danectl tlsa: prints the TLSA record for a certificate, a request or a public key.
 *
 * Needs no daemon and no network. What is to be known about the record stands in comments of the
 * zone file, so that all of the output can go into one.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/command.h"
#include "client-shims/danectl/key_file.h"
#include "client-shims/danectl/option.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/destination.h"
#include "daemon/core/tlsa.h"
#include "daemon/io/verify_wolfssl.h"

static const char usage[] =
    "usage: danectl tlsa [--usage 2|3] [--selector 0|1] [--matching-type 0|1|2] --host HOST\n"
    "                    [--port PORT] [--json] FILE\n"
    "  --usage          3: the certificate of HOST itself (unless given); 2: that of its CA\n"
    "  --selector       1: the public key (unless given); 0: the whole certificate\n"
    "  --matching-type  1: SHA-256 (unless given); 2: SHA-512; 0: no hash\n"
    "  --host           the MX host, as the MX record names it\n"
    "  --port           the port of its server, if not 25\n"
    "  --json           print the record as JSON\n"
    "  FILE             a certificate, certificate request or public key, in PEM or DER; the "
    "first\n"
    "                   of several; - is standard input\n"
    "Prints the record as a line of a zone file.\n";

struct request {
    uint8_t usage;
    uint8_t selector;
    uint8_t matching_type;
    struct destination host;
    bool json;
};

static int fail(int status, const char *what, const char *why)
{
    return output_fail("tlsa", status, what, why);
}

static const char *take_usage(const struct option_row *row, const char *text)
{
    int64_t value;

    /* RFC 7672 3.1.3: "SMTP servers SHOULD NOT publish TLSA RRs with certificate usage PKIX-TA(0)
     * or PKIX-EE(1)." */
    if (option_read_number(text, strlen(text), 0, TLSA_PKIX_EE, &value))
        return "0 and 1 are not for SMTP: a client has no list of CAs that the server could rely "
               "on, and takes such a record as unusable (RFC 7672 3.1.3); use 3, or 2 for a CA";
    return option_take_number(row, text);
}

/* Reads the command line; returns -1 to go on, or the status to exit with. */
static int read_options(struct request *request, int argc, char **argv)
{
    int64_t usage_number = request->usage;
    int64_t selector = request->selector;
    int64_t matching_type = request->matching_type;
    const struct option_row rows[] = {
        {"usage", take_usage, &usage_number, TLSA_DANE_TA, TLSA_DANE_EE},
        {"selector", option_take_number, &selector, TLSA_CERT, TLSA_SPKI},
        {"matching-type", option_take_number, &matching_type, TLSA_FULL, TLSA_SHA2_512},
        {.name = "host", .take = option_take_host, .target = &request->host.name},
        {.name = "port", .take = option_take_port, .target = &request->host.port},
        {.name = "json", .take = option_take_flag, .target = &request->json},
    };
    const struct option_table table = {"tlsa", usage, EX_USAGE, rows, sizeof rows / sizeof rows[0]};
    int status = option_read(&table, argc, argv);

    if (status >= 0)
        return status;
    if (request->host.name.len == 0)
        return option_misused(&table, "--host");
    status = option_want_one(&table, argc, "FILE");
    if (status >= 0)
        return status;
    request->usage = (uint8_t)usage_number;
    request->selector = (uint8_t)selector;
    request->matching_type = (uint8_t)matching_type;
    return -1;
}

/*
 * Makes the record with this usage and selector; digest is its memory. Returns false if the data
 * does not fit into a record.
 */
static bool make_record(const struct request *request, const struct key_file *file,
    uint8_t certificate_usage, uint8_t digest[TLSA_SHA2_512_LEN], struct tlsa_record *record_out)
{
    struct der_span data = request->selector == TLSA_CERT ? file->certificate : file->spki;

    *record_out = (struct tlsa_record){
        certificate_usage, request->selector, request->matching_type, 0, digest};
    switch (request->matching_type) {
    case TLSA_SHA2_256:
        verify_wolfssl_crypto.sha256(data.data, data.len, digest);
        record_out->data_len = TLSA_SHA2_256_LEN;
        return true;
    case TLSA_SHA2_512:
        verify_wolfssl_crypto.sha512(data.data, data.len, digest);
        record_out->data_len = TLSA_SHA2_512_LEN;
        return true;
    default:                           /* TLSA_FULL: read_options lets nothing else pass */
        if (data.len > UINT16_MAX - 3) /* the three fields are part of the rdata */
            return false;
        record_out->data_len = (uint16_t)data.len;
        record_out->data = data.data;
        return true;
    }
}

/* Gives "3 1 1 0123...", to be freed by the caller. */
static char *record_text(const struct tlsa_record *record)
{
    size_t cap = 2 * (size_t)record->data_len + 16;
    char *text = alloc_zeroed(cap);

    tlsa_to_text(record, text, cap);
    return text;
}

/* What is to be said about the record; NULL: nothing. */
static const char *remark(const struct request *request, const struct key_file *file)
{
    if (request->usage == TLSA_DANE_TA && file->certificate.data && !file->is_ca)
        return "this is not the certificate of a CA: with usage 2 it matches nothing";
    if (request->usage == TLSA_DANE_TA && request->matching_type != TLSA_FULL)
        return "usage 2: the server must send the certificate of this CA in its chain";
    if (request->usage == TLSA_DANE_EE && file->is_ca)
        return "this is the certificate of a CA: for hosts whose certificates it issues, publish "
               "instead";
    return NULL;
}

static void print_json(const struct request *request, const struct key_file *file,
    const struct tlsa_record *record, const char *owner, const char *suggested)
{
    char host[DNAME_TEXT_MAX];
    char *text = record_text(record);

    output_json(json_pack("{s:s,s:s,s:i,s:s,s:i,s:i,s:i,s:s,s:s?,s:s?}", "owner", owner, "host",
        dname_to_text(&request->host.name, host), "port", (int)request->host.port, "source",
        key_file_kind_text(file->kind), "usage", record->usage, "selector", record->selector,
        "matching_type", record->matching_type, "data", strrchr(text, ' ') + 1, "remark",
        remark(request, file), "suggested", suggested));
    free(text);
}

static int print_record(const struct request *request, const struct key_file *file)
{
    bool suggests = request->usage == TLSA_DANE_EE && file->is_ca;
    struct tlsa_record record;
    struct tlsa_record other;
    uint8_t digest[TLSA_SHA2_512_LEN];
    uint8_t other_digest[TLSA_SHA2_512_LEN];
    struct dname owner_name;
    char owner[DNAME_TEXT_MAX];

    if (request->selector == TLSA_CERT && !file->certificate.data)
        return fail(EX_USAGE, "--selector 0",
            "is about a whole certificate, and there is only a public key: use --selector 1");
    if (!dname_tlsa_owner(&request->host.name, request->host.port, &owner_name))
        return fail(EX_USAGE, "--host", "is too long to have a TLSA record");
    if (!make_record(request, file, request->usage, digest, &record) ||
        !make_record(request, file, TLSA_DANE_TA, other_digest, &other))
        return fail(EX_DATAERR, "the record", "is longer than 65535 octets: use a hash");
    dname_to_text(&owner_name, owner);
    char *text = record_text(&record);
    char *other_text = suggests ? record_text(&other) : NULL;
    const char *said = remark(request, file);
    if (request->json) {
        print_json(request, file, &record, owner, other_text);
    } else {
        if (said)
            printf("; %s\n", said);
        if (other_text)
            printf("; %s. IN TLSA %s\n", owner, other_text);
        printf("%s. IN TLSA %s\n", owner, text);
    }
    free(text);
    free(other_text);
    return output_end("tlsa", EX_OK);
}

int command_tlsa(int argc, char **argv)
{
    struct request request = {TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA2_256,
        {.kind = DESTINATION_HOST, .port = DESTINATION_SMTP_PORT}, false};
    struct key_file file;
    int status = read_options(&request, argc, argv);

    if (status >= 0)
        return status;
    status = key_file_read(&file, "tlsa", argv[optind]);
    if (status == 0)
        status = print_record(&request, &file);
    key_file_fini(&file);
    return status;
}
