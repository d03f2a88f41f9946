/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_file.c - reads the chain that a subcommand is given: a file, or standard input.
 */
#include "client-shims/danectl/chain_file.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/input_file.h"
#include "client-shims/danectl/output.h"
#include "daemon/core/alloc.h"
#include "daemon/core/der.h"
#include "daemon/core/pem.h"

static bool add_cert(struct chain_file *file, const uint8_t *der, size_t len)
{
    if (file->cert_count == CHAIN_CERTS_MAX)
        return false;
    file->certs[file->cert_count++] = (struct chain_cert){der, len};
    return true;
}

/*
 * What stands behind the last element is given as one more certificate, as it is: it must not be
 * left out without a word, and of a leaf that cannot be read the octets may still match.
 */
static void split_der(struct chain_file *file, size_t len)
{
    struct der_reader reader;
    struct der_element element;
    size_t used = 0;

    der_reader_init(&reader, (struct der_span){file->input, len});
    while (used < len && der_read_element(&reader, &element) &&
           add_cert(file, element.raw.data, element.raw.len))
        used += element.raw.len;
    if (used < len)
        add_cert(file, file->input + used, len - used);
}

static int split_pem(struct chain_file *file, const char *command, const char *path, size_t len)
{
    struct pem_reader reader;
    enum pem_status status;
    size_t cert_len;
    size_t used = 0;

    file->der = alloc_zeroed(INPUT_FILE_MAX);
    pem_reader_init(&reader, (const char *)file->input, len);
    while ((status = pem_next(&reader, file->der + used, INPUT_FILE_MAX - used, &cert_len)) ==
               PEM_OK &&
           add_cert(file, file->der + used, cert_len))
        used += cert_len;
    if (status == PEM_MALFORMED || status == PEM_NO_ROOM)
        return output_fail(command, EX_DATAERR, path, "has a malformed PEM block");
    if (file->cert_count == 0)
        return output_fail(command, EX_DATAERR, path, "has no certificate");
    return 0;
}

int chain_file_read(struct chain_file *file, const char *command, const char *path)
{
    size_t len = 0;

    memset(file, 0, sizeof *file);
    int status = input_file_read(command, path, &file->input, &len);
    if (status != 0)
        return status;
    if (len > 0 && file->input[0] == DER_SEQUENCE) {
        split_der(file, len);
        return 0;
    }
    return split_pem(file, command, path, len);
}

void chain_file_fini(struct chain_file *file)
{
    free(file->input);
    free(file->der);
}
