/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chain_file.h - reads the chain that a subcommand is given: a file, or standard input.
 *
 * PEM, whatever stands around its blocks, such as the output of "openssl s_client -showcerts"; or
 * DER, one certificate after another. The leaf comes first. Limits: 1 MiB, of which the first
 * CHAIN_CERTS_MAX certificates are taken, as nothing looks at more of them.
 */
#ifndef DANED_DANECTL_CHAIN_FILE_H
#define DANED_DANECTL_CHAIN_FILE_H

#include "daemon/core/chain.h"

struct chain_file {
    struct chain_cert certs[CHAIN_CERTS_MAX]; /* point into input, or into der */
    size_t cert_count;
    uint8_t *input;
    uint8_t *der; /* what was decoded from PEM */
};

/*
 * Reads path, "-" for standard input, into *file, which it sets up; chain_file_fini releases it in
 * every case. Returns 0, with one certificate or more, or says on standard error, in the name of
 * the subcommand, what is wrong, and returns the status to exit with.
 */
int chain_file_read(struct chain_file *file, const char *command, const char *path);
void chain_file_fini(struct chain_file *file);

#endif
