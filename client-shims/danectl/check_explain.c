/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_explain.c - asks daned about the destination, and makes the hosts to check out of it.
 *
 * The reply has the form of explain.schema.json. daned is trusted, but what is in another form is
 * an error and never a host less. Limit: EXPLAIN_MAX octets.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-shims/danectl/check.h"
#include "client-shims/danectl/control_client.h"
#include "daemon/core/alloc.h"
#include "proto/control_line.h"

#define EXPLAIN_MAX ((size_t)64 * 1024 * 1024) /* 64 hosts with 100 records of 64 KiB are less */

static const char malformed[] = "daned's explanation is not of the form that it should have";

/* Reads the whole reply, before the deadline. Returns NULL, or what went wrong. */
static const char *read_reply(const struct check *check, int fd, char **data_out, size_t *len_out)
{
    size_t cap = 65536;
    size_t len = 0;
    char *data = alloc_array(NULL, cap, 1);
    ssize_t got = 1;
    const char *why = NULL;

    while (!why && got > 0) {
        uint64_t now_ms = check_now_ms();
        if (len == cap) {
            cap *= 2;
            data = alloc_array(data, cap, 1);
        }
        errno = ETIMEDOUT;
        got = now_ms < check->deadline_ms ? control_client_receive(fd, data + len, cap - len,
                                                (int)(check->deadline_ms - now_ms))
                                          : -1;
        if (got < 0)
            why = strerror(errno);
        else
            len += (size_t)got;
        if (len > EXPLAIN_MAX)
            why = malformed;
    }
    *data_out = data;
    *len_out = len;
    return why;
}

static const char *ask(struct check *check)
{
    char line[CONTROL_LINE_MAX];
    char *data = NULL;
    size_t len = 0;
    const char *why;

    uint64_t now_ms = check_now_ms();
    int fd = control_client_connect(
        now_ms < check->deadline_ms ? (int)(check->deadline_ms - now_ms) : 0);
    if (fd < 0)
        return control_client_failure(errno);
    int line_len = snprintf(line, sizeof line, "explain %s json\n", check->destination);
    why = control_client_send(fd, line, (size_t)line_len) != 0 ? strerror(errno)
                                                               : read_reply(check, fd, &data, &len);
    close(fd);
    if (!why) {
        check->explained = json_loadb(data, len, JSON_REJECT_DUPLICATES, NULL);
        why = json_is_object(check->explained) ? NULL : malformed;
    }
    free(data);
    return why;
}

static const char *text_of(const json_t *tree, const char *key)
{
    return json_string_value(json_object_get(tree, key));
}

static int digit_of(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Reads hexadecimal digits into data. Returns the octets, or 0 if they are none, or not such. */
static size_t read_hex(const char *text, uint8_t *data)
{
    size_t len = strlen(text);

    if (len % 2 != 0 || len / 2 > UINT16_MAX || strspn(text, "0123456789abcdef") != len)
        return 0;
    for (size_t i = 0; i < len; i += 2)
        data[i / 2] = (uint8_t)(digit_of(text[i]) << 4 | digit_of(text[i + 1]));
    return len / 2;
}

static bool read_field(const json_t *tree, const char *key, uint8_t *field_out)
{
    const json_t *value = json_object_get(tree, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > UINT8_MAX)
        return false;
    *field_out = (uint8_t)json_integer_value(value);
    return true;
}

static bool read_records(struct check_host *host, const json_t *records)
{
    const json_t *tree;
    size_t index;
    size_t room = 0;

    if (json_array_size(records) > CHECK_RECORDS_MAX)
        return false;
    json_array_foreach(records, index, tree) room +=
        json_string_length(json_object_get(tree, "data")) / 2;
    uint8_t *data = host->data = alloc_zeroed(room + 1);
    json_array_foreach(records, index, tree)
    {
        struct tlsa_record *record = &host->records[index];
        const char *text = text_of(tree, "data");
        const json_t *counts = json_object_get(tree, "counts");
        host->usability[index] = text_of(tree, "why");
        if (!text || !host->usability[index] || !json_is_boolean(counts) ||
            !read_field(tree, "usage", &record->usage) ||
            !read_field(tree, "selector", &record->selector) ||
            !read_field(tree, "matching_type", &record->matching_type))
            return false;
        size_t len = read_hex(text, data);
        if (len == 0)
            return false;
        record->data = data;
        record->data_len = (uint16_t)len;
        host->counts[index] = json_is_true(counts);
        host->record_count++;
        data += len;
    }
    return true;
}

static bool read_names(struct check_host *host, const json_t *names)
{
    const json_t *name;
    size_t index;

    if (json_array_size(names) > CHAIN_NAMES_MAX)
        return false;
    json_array_foreach(names, index, name)
    {
        if (!json_is_string(name) || !dname_from_text(json_string_value(name),
                                         json_string_length(name), &host->names[index]))
            return false;
        host->name_count++;
    }
    return true;
}

static bool read_state(struct check_host *host)
{
    static const char *const words[] = {
        [CHECK_STATE_DANE] = "dane",
        [CHECK_STATE_ENCRYPT] = "encrypt",
        [CHECK_STATE_NONE] = "none",
        [CHECK_STATE_TEMPFAIL] = "tempfail",
        [CHECK_STATE_NO_ADDRESS] = "no-address",
    };

    for (size_t i = 0; host->state_text && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], host->state_text) == 0) {
            host->state = (enum check_state)i;
            return true;
        }
    }
    return false;
}

static bool read_host(struct check_host *host, const json_t *tree)
{
    json_int_t port = json_integer_value(json_object_get(tree, "port"));
    const json_t *records = json_object_get(tree, "records");
    const json_t *names = json_object_get(tree, "reference_names");

    host->name = text_of(tree, "host");
    host->sni = text_of(tree, "sni");
    host->why = text_of(tree, "why");
    host->state_text = text_of(tree, "state");
    host->records_omitted = json_integer_value(json_object_get(tree, "records_omitted")) > 0;
    if (!host->name || !host->why || !read_state(host) || port < 1 || port > UINT16_MAX ||
        !json_is_array(records) || !json_is_array(names))
        return false;
    host->port = (uint16_t)port;
    return read_records(host, records) && read_names(host, names) &&
           (host->state != CHECK_STATE_DANE || (host->sni && host->record_count > 0));
}

const char *check_explain(struct check *check)
{
    const char *why = ask(check);

    if (why)
        return why;
    if (text_of(check->explained, "error"))
        return text_of(check->explained, "error");
    const json_t *hosts = json_object_get(check->explained, "hosts");
    if (!text_of(check->explained, "level") || !text_of(check->explained, "why") ||
        !json_is_array(hosts))
        return malformed;
    size_t count = json_array_size(hosts);
    /* One entry may stand for all the hosts beyond the 64th. */
    if (count > CHECK_HOSTS_MAX + 1)
        return malformed;
    check->hosts = alloc_array_zeroed(count + 1, sizeof *check->hosts);
    for (size_t i = 0; i < count; i++) {
        if (!read_host(&check->hosts[i], json_array_get(hosts, i))) {
            for (size_t j = 0; j <= i; j++)
                free(check->hosts[j].data);
            return malformed;
        }
    }
    check->host_count = count;
    return NULL;
}
