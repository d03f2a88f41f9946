/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate.c - the structure of an X.509 certificate (RFC 5280 4.1), and its dates.
 *
 * The extensions' values are read in certificate_extensions.c.
 */
#include "daemon/core/certificate.h"

#include <string.h>

#include "daemon/core/certificate_extensions.h"

/* The parts of tbsCertificate that the structure only delimits. */
struct delimited {
    struct der_span inner_algorithm; /* content */
    struct der_element not_before;
    struct der_element not_after;
    struct der_span extensions; /* content of the SEQUENCE */
    uint8_t signature_unused;
};

/* The three parts of the outer SEQUENCE. */
struct frame {
    struct der_span tbs;       /* all octets */
    struct der_reader inside;  /* of tbs */
    struct der_span algorithm; /* content */
    struct der_reader tail;    /* at the BIT STRING */
};

static bool read_frame(struct der_span der, struct frame *frame)
{
    struct der_reader reader;
    struct der_reader outer;
    struct der_element tbs;

    der_reader_init(&reader, der);
    if (!der_enter(&reader, DER_SEQUENCE, &outer) || !der_finish(&reader))
        return false;
    if (!der_read_element(&outer, &tbs) || tbs.tag != DER_SEQUENCE)
        return false;
    frame->tbs = tbs.raw;
    der_reader_init(&frame->inside, tbs.content);
    der_read(&outer, DER_SEQUENCE, &frame->algorithm);
    frame->tail = outer;
    struct der_span signature;
    der_read(&outer, DER_BIT_STRING, &signature);
    return der_finish(&outer);
}

bool certificate_frame(struct der_span der)
{
    struct frame frame;
    return read_frame(der, &frame);
}

bool certificate_key_frame(struct der_span der)
{
    struct der_reader reader;
    struct der_reader spki;
    struct der_reader algorithm;
    struct der_span ignored;

    der_reader_init(&reader, der);
    der_enter(&reader, DER_SEQUENCE, &spki);
    der_enter(&spki, DER_SEQUENCE, &algorithm);
    der_read(&algorithm, DER_OID, &ignored);
    der_read(&spki, DER_BIT_STRING, &ignored);
    return !algorithm.failed && der_finish(&spki) && der_finish(&reader);
}

bool certificate_find_spki(struct der_span der, struct der_span *spki_out)
{
    static const uint8_t before[] = {
        DER_INTEGER,  /* serialNumber */
        DER_SEQUENCE, /* signature */
        DER_SEQUENCE, /* issuer */
        DER_SEQUENCE, /* validity */
        DER_SEQUENCE, /* subject */
    };
    struct frame frame;
    struct der_span ignored;

    *spki_out = (struct der_span){NULL, 0};
    if (!read_frame(der, &frame))
        return false;
    der_read_optional(&frame.inside, DER_CONTEXT_CONSTRUCTED(0), &ignored);
    for (size_t i = 0; i < sizeof before; i++)
        der_read(&frame.inside, before[i], &ignored);
    return der_read_raw(&frame.inside, DER_SEQUENCE, spki_out);
}

bool certificate_parse_algorithm(
    struct der_span content, struct certificate_algorithm *algorithm_out)
{
    struct der_reader reader;
    struct der_element parameters;

    memset(algorithm_out, 0, sizeof *algorithm_out);
    der_reader_init(&reader, content);
    der_read_oid(&reader, &algorithm_out->oid);
    if (!der_at_end(&reader)) {
        der_read_element(&reader, &parameters);
        algorithm_out->parameters = parameters.raw;
    }
    return der_finish(&reader);
}

bool certificate_parse_key(struct der_span der, struct certificate_key *key_out)
{
    struct der_reader reader;
    struct der_reader spki;
    struct der_span algorithm;
    uint8_t unused;

    memset(key_out, 0, sizeof *key_out);
    der_reader_init(&reader, der);
    der_enter(&reader, DER_SEQUENCE, &spki);
    der_read(&spki, DER_SEQUENCE, &algorithm);
    der_read_bit_string(&spki, &key_out->bits, &unused);
    if (!der_finish(&spki) || !der_finish(&reader) || unused != 0)
        return false;
    key_out->spki = der;
    return certificate_parse_algorithm(algorithm, &key_out->algorithm);
}

/*
 * Reads a Name (RFC 5280 4.1.2.4): a SEQUENCE of SETs of one or more pairs of type and value; the
 * whole may be empty. Whoever walks the name later need not think of failures.
 */
static bool read_name(struct der_reader *reader, struct der_span *raw_out)
{
    struct der_element name;

    *raw_out = (struct der_span){NULL, 0};
    if (!der_read_element(reader, &name) || name.tag != DER_SEQUENCE ||
        !certificate_is_name(name.raw))
        return false;
    *raw_out = name.raw;
    return true;
}

/* Reads version, which is absent for version 1. What numbers there are is a matter of content. */
static bool read_version(struct der_reader *tbs, uint32_t *version_out)
{
    struct der_reader explicit_tag;
    struct der_span number;

    *version_out = 0;
    if (der_peek_tag(tbs) != DER_CONTEXT_CONSTRUCTED(0))
        return !der_at_end(tbs);
    der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0), &explicit_tag);
    der_read_integer(&explicit_tag, &number);
    if (!der_finish(&explicit_tag))
        return false;
    if (!der_integer_to_uint32(number, version_out)) /* a negative one */
        *version_out = UINT32_MAX;
    return true;
}

static bool is_time(const struct der_element *element)
{
    return element->tag == DER_UTC_TIME || element->tag == DER_GENERALIZED_TIME;
}

static bool read_validity(struct der_reader *tbs, struct delimited *parts)
{
    struct der_reader validity;

    der_enter(tbs, DER_SEQUENCE, &validity);
    der_read_element(&validity, &parts->not_before);
    der_read_element(&validity, &parts->not_after);
    return der_finish(&validity) && is_time(&parts->not_before) && is_time(&parts->not_after);
}

/* Reads what may follow the key: issuerUniqueID, subjectUniqueID, extensions. */
static enum certificate_status read_tail(struct der_reader *tbs, struct delimited *parts)
{
    struct der_span ignored;
    struct der_reader explicit_tag;

    der_read_optional(tbs, DER_CONTEXT(1), &ignored);
    der_read_optional(tbs, DER_CONTEXT(2), &ignored);
    parts->extensions = (struct der_span){NULL, 0};
    if (der_peek_tag(tbs) == DER_CONTEXT_CONSTRUCTED(3)) {
        der_enter(tbs, DER_CONTEXT_CONSTRUCTED(3), &explicit_tag);
        der_read(&explicit_tag, DER_SEQUENCE, &parts->extensions);
        if (!der_finish(&explicit_tag) || !certificate_is_extension_list(parts->extensions))
            return CERTIFICATE_BAD_EXTENSIONS;
    }
    return der_finish(tbs) ? CERTIFICATE_OK : CERTIFICATE_BAD_TAIL;
}

static enum certificate_status read_structure(
    struct der_span der, struct certificate *certificate, struct delimited *parts)
{
    struct frame frame;
    struct certificate_algorithm inner;
    struct der_span spki;

    if (!read_frame(der, &frame))
        return CERTIFICATE_FRAME;
    certificate->der = der;
    certificate->tbs = frame.tbs;
    struct der_reader *tbs = &frame.inside;
    if (!read_version(tbs, &certificate->version))
        return CERTIFICATE_BAD_VERSION;
    if (!der_read_integer(tbs, &certificate->serial))
        return CERTIFICATE_BAD_SERIAL;
    der_read(tbs, DER_SEQUENCE, &parts->inner_algorithm);
    if (!certificate_parse_algorithm(parts->inner_algorithm, &inner) ||
        !certificate_parse_algorithm(frame.algorithm, &certificate->signature_algorithm))
        return CERTIFICATE_BAD_ALGORITHM;
    if (!read_name(tbs, &certificate->issuer))
        return CERTIFICATE_BAD_ISSUER;
    if (!read_validity(tbs, parts))
        return CERTIFICATE_BAD_VALIDITY;
    if (!read_name(tbs, &certificate->subject))
        return CERTIFICATE_BAD_SUBJECT;
    if (!der_read_raw(tbs, DER_SEQUENCE, &spki) || !certificate_parse_key(spki, &certificate->key))
        return CERTIFICATE_BAD_KEY;
    if (!der_read_bit_string(&frame.tail, &certificate->signature, &parts->signature_unused))
        return CERTIFICATE_BAD_SIGNATURE;
    enum certificate_status status = read_tail(tbs, parts);
    if (status != CERTIFICATE_OK)
        return status;
    /* RFC 5280 4.1.1.2: "This field MUST contain the same algorithm identifier as the signature
     * field in the sequence tbsCertificate". */
    if (!der_span_equal(parts->inner_algorithm, frame.algorithm))
        return CERTIFICATE_ALGORITHM_MISMATCH;
    return CERTIFICATE_OK;
}

enum certificate_status certificate_parse(struct der_span der, struct certificate *certificate_out)
{
    struct delimited parts;

    memset(certificate_out, 0, sizeof *certificate_out);
    enum certificate_status status = read_structure(der, certificate_out, &parts);
    if (status != CERTIFICATE_OK)
        return status;
    if (certificate_out->version > 2)
        return CERTIFICATE_VERSION;
    /* Extensions in a certificate of version 1 or 2 are against RFC 5280 4.1.2.9. They are honoured
     * all the same, as by OpenSSL: that can only make a chain stricter, or give a CA its due. */
    if (parts.signature_unused != 0)
        return CERTIFICATE_SIGNATURE_BITS;
    if (!der_time(parts.not_before.tag, parts.not_before.content, &certificate_out->not_before))
        return CERTIFICATE_NOT_BEFORE;
    if (!der_time(parts.not_after.tag, parts.not_after.content, &certificate_out->not_after))
        return CERTIFICATE_NOT_AFTER;
    return certificate_read_extensions(parts.extensions, &certificate_out->extensions);
}

bool certificate_has_structure(enum certificate_status status)
{
    enum { KIND_OK, KIND_STRUCTURE, KIND_CONTENT };
    static const uint8_t kinds[] = {
#define X(name, kind, text) KIND_##kind,
        CERTIFICATE_STATUSES(X)
#undef X
    };
    return kinds[status] != KIND_STRUCTURE;
}

const char *certificate_status_text(enum certificate_status status)
{
    static const char *const texts[] = {
#define X(name, kind, text) text,
        CERTIFICATE_STATUSES(X)
#undef X
    };
    return texts[status];
}
