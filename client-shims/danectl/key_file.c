/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key_file.c - reads what a TLSA record can be made of.
 */
#include "client-shims/danectl/key_file.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/input_file.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/certificate.h"
#include "daemon/core/pem.h"

static const char private_hint[] =
    "is a private key, of which nothing is read here; give its public half, such as \"openssl pkey "
    "-in FILE -pubout\" writes, or a certificate for it";

static bool take_certificate(struct key_file *file, struct der_span der)
{
    struct certificate certificate;

    /* What is served matches by its octets, whether or not we can read all of it. */
    if (!certificate_frame(der) || !certificate_find_spki(der, &file->spki))
        return false;
    file->kind = KEY_FILE_CERTIFICATE;
    file->certificate = der;
    file->is_ca = certificate_parse(der, &certificate) == CERTIFICATE_OK &&
                  certificate.extensions.has_basic_constraints && certificate.extensions.is_ca;
    return true;
}

/*
 * RFC 2986 4: CertificationRequest ::= SEQUENCE { CertificationRequestInfo, AlgorithmIdentifier,
 * BIT STRING }, and the first of these SEQUENCE { version INTEGER, subject Name,
 * SubjectPublicKeyInfo, attributes [0] }. The signature is not checked: nobody is to be convinced
 * by it here.
 */
static bool take_request(struct key_file *file, struct der_span der)
{
    struct der_reader outer;
    struct der_reader request;
    struct der_reader info;
    struct der_span span;
    struct certificate_key key;
    uint32_t version;
    uint8_t unused;

    der_reader_init(&outer, der);
    if (!der_enter(&outer, DER_SEQUENCE, &request) || !der_finish(&outer))
        return false;
    der_enter(&request, DER_SEQUENCE, &info);
    der_read(&request, DER_SEQUENCE, &span);
    der_read_bit_string(&request, &span, &unused);
    if (!der_finish(&request))
        return false;
    if (!der_read_integer(&info, &span) || !der_integer_to_uint32(span, &version) || version != 0)
        return false;
    der_read(&info, DER_SEQUENCE, &span);
    der_read_raw(&info, DER_SEQUENCE, &file->spki);
    /* Some writers leave out the attributes if there are none; OpenSSL takes that too. */
    der_read_optional(&info, DER_CONTEXT_CONSTRUCTED(0), &span);
    if (!der_finish(&info) || !certificate_parse_key(file->spki, &key))
        return false;
    file->kind = KEY_FILE_REQUEST;
    return true;
}

static bool take_public_key(struct key_file *file, struct der_span der)
{
    struct certificate_key key;

    if (!certificate_parse_key(der, &key))
        return false;
    file->kind = KEY_FILE_PUBLIC_KEY;
    file->spki = der;
    return true;
}

/* Every form of a private key (RFC 5958, 8017 A.1.2, 5915) begins with its version; of the others
 * none has an INTEGER there. One in a password has an algorithm, then an OCTET STRING. */
static bool is_private_key(struct der_span der)
{
    struct der_reader outer;
    struct der_reader inner;
    struct der_span span;

    der_reader_init(&outer, der);
    if (!der_enter(&outer, DER_SEQUENCE, &inner))
        return false;
    if (der_peek_tag(&inner) == DER_INTEGER)
        return true;
    return der_read(&inner, DER_SEQUENCE, &span) && der_read(&inner, DER_OCTET_STRING, &span) &&
           der_finish(&inner);
}

static int read_der(struct key_file *file, const char *command, const char *path, size_t len)
{
    struct der_span der = {file->input, len};

    if (take_certificate(file, der) || take_request(file, der) || take_public_key(file, der))
        return 0;
    return output_fail(command, EX_DATAERR, path,
        is_private_key(der) ? private_hint
                            : "is no certificate, certificate request or public key");
}

/* Whether the text has a private key: "-----BEGIN ... PRIVATE KEY-----", whatever its kind. */
static bool has_private_key(const uint8_t *text, size_t len)
{
    static const char end[] = "PRIVATE KEY-----";

    return memmem(text, len, end, sizeof end - 1) != NULL;
}

static int read_pem(struct key_file *file, const char *command, const char *path, size_t len)
{
    static const struct {
        const char *label;
        bool (*take)(struct key_file *file, struct der_span der);
    } blocks[] = {
        {"CERTIFICATE", take_certificate},
        {"CERTIFICATE REQUEST", take_request},
        {"NEW CERTIFICATE REQUEST", take_request},
        {"PUBLIC KEY", take_public_key},
    };
    struct pem_reader reader;
    size_t der_len = 0;

    file->der = alloc_zeroed(INPUT_FILE_MAX);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        pem_reader_init(&reader, (const char *)file->input, len);
        enum pem_status status =
            pem_next_labelled(&reader, blocks[i].label, file->der, INPUT_FILE_MAX, &der_len);
        if (status == PEM_END)
            continue;
        if (status == PEM_OK && blocks[i].take(file, (struct der_span){file->der, der_len}))
            return 0;
        return output_fail(command, EX_DATAERR, path, "has a malformed PEM block");
    }
    return output_fail(command, EX_DATAERR, path,
        has_private_key(file->input, len)
            ? private_hint
            : "has no certificate, certificate request or public key");
}

int key_file_read(struct key_file *file, const char *command, const char *path)
{
    size_t len = 0;

    memset(file, 0, sizeof *file);
    int status = input_file_read(command, path, &file->input, &len);
    if (status != 0)
        return status;
    if (len > 0 && file->input[0] == DER_SEQUENCE)
        return read_der(file, command, path, len);
    return read_pem(file, command, path, len);
}

void key_file_fini(struct key_file *file)
{
    free(file->input);
    free(file->der);
}

const char *key_file_kind_text(enum key_file_kind kind)
{
    switch (kind) {
    case KEY_FILE_CERTIFICATE:
        return "certificate";
    case KEY_FILE_REQUEST:
        return "certificate request";
    case KEY_FILE_PUBLIC_KEY:
        break;
    }
    return "public key";
}
