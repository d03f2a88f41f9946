/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pem.c - reads the certificates out of a text.
 */
#include "daemon/core/pem.h"

#include <stdio.h>
#include <string.h>

#include "proto/base64.h"

#define QUAD_LEN 4 /* characters that make up to 3 octets */

/* Where the octets of a block go. */
struct decoder {
    char quad[QUAD_LEN];
    size_t quad_len;
    bool has_padding; /* so that nothing may follow */
    uint8_t *out;
    size_t cap;
    size_t len;
};

void pem_reader_init(struct pem_reader *reader, const char *text, size_t len)
{
    *reader = (struct pem_reader){text, len, 0};
}

/* Gives the next line without its end and the blanks before that. Returns false at the end. */
static bool next_line(struct pem_reader *reader, struct span *line_out)
{
    if (reader->pos == reader->len)
        return false;
    const char *start = reader->text + reader->pos;
    size_t left = reader->len - reader->pos;
    const char *end = memchr(start, '\n', left);
    size_t len = end ? (size_t)(end - start) : left;

    reader->pos += end ? len + 1 : len;
    while (len > 0 && (start[len - 1] == '\r' || start[len - 1] == ' ' || start[len - 1] == '\t'))
        len--;
    *line_out = (struct span){start, len};
    return true;
}

static enum pem_status decode_line(struct decoder *decoder, struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (decoder->has_padding)
            return PEM_MALFORMED;
        decoder->quad[decoder->quad_len++] = line.data[i];
        if (decoder->quad_len < QUAD_LEN)
            continue;
        uint8_t octets[3];
        size_t len = 0;
        struct span quad = {decoder->quad, QUAD_LEN};
        if (!base64_decode(quad, octets, sizeof octets, &len))
            return PEM_MALFORMED;
        if (len > decoder->cap - decoder->len)
            return PEM_NO_ROOM;
        memcpy(decoder->out + decoder->len, octets, len);
        decoder->len += len;
        decoder->has_padding = len < sizeof octets;
        decoder->quad_len = 0;
    }
    return PEM_OK;
}

/* Whether the line is "-----WORD LABEL-----", WORD being BEGIN or END. */
static bool is_boundary(struct span line, const char *word, const char *label)
{
    char boundary[PEM_LABEL_MAX + sizeof "-----BEGIN -----"];

    snprintf(boundary, sizeof boundary, "-----%s %s-----", word, label);
    return span_is(line, boundary);
}

enum pem_status pem_next_labelled(
    struct pem_reader *reader, const char *label, uint8_t *out, size_t cap, size_t *len_out)
{
    struct decoder decoder = {.out = out, .cap = cap};
    struct span line;

    do {
        if (!next_line(reader, &line))
            return PEM_END;
    } while (!is_boundary(line, "BEGIN", label));
    while (next_line(reader, &line)) {
        if (is_boundary(line, "END", label)) {
            *len_out = decoder.len;
            return decoder.len > 0 && decoder.quad_len == 0 ? PEM_OK : PEM_MALFORMED;
        }
        enum pem_status status = decode_line(&decoder, line);
        if (status != PEM_OK)
            return status;
    }
    return PEM_MALFORMED;
}

enum pem_status pem_next(struct pem_reader *reader, uint8_t *out, size_t cap, size_t *len_out)
{
    return pem_next_labelled(reader, "CERTIFICATE", out, cap, len_out);
}
