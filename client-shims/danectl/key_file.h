/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key_file.h - reads what a TLSA record can be made of: a certificate, a certificate request
 * (RFC 2986), or a public key.
 *
 * PEM, whatever stands around the block; or DER. Of several blocks the first certificate is taken,
 * else the first request, else the first public key. A private key is never read: a file that has
 * nothing else is refused. Limits: those of input_file.h.
 */
#ifndef DANED_DANECTL_KEY_FILE_H
#define DANED_DANECTL_KEY_FILE_H

#include <stdbool.h>

#include "daemon/core/der.h"

enum key_file_kind { KEY_FILE_CERTIFICATE, KEY_FILE_REQUEST, KEY_FILE_PUBLIC_KEY };

struct key_file {
    enum key_file_kind kind;
    struct der_span certificate; /* all octets; absent if it is none */
    struct der_span spki;        /* SubjectPublicKeyInfo, all octets: never absent */
    bool is_ca;                  /* a certificate whose basicConstraints say so */
    uint8_t *input;
    uint8_t *der; /* what was decoded from PEM; the spans point into one of the two */
};

/*
 * Reads path, "-" for standard input, into *file, which it sets up; key_file_fini releases it in
 * every case. Returns 0, or says on standard error, in the name of the subcommand, what is wrong,
 * and returns the status to exit with.
 */
int key_file_read(struct key_file *file, const char *command, const char *path);
void key_file_fini(struct key_file *file);

/* Gives "certificate", "certificate request" or "public key"; static storage. */
const char *key_file_kind_text(enum key_file_kind kind);

#endif
