/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pem.h - reads the certificates out of a text (RFC 7468), such as "openssl s_client -showcerts"
 * writes.
 *
 * Text around the blocks, and blocks with another label, are passed over. A block of a certificate
 * is read strictly: its lines hold base64 and nothing else but blanks at their ends, the padding is
 * where it must be, the bits under it are zero, and the block has an end. What is wrong is an
 * error, never a certificate left out.
 */
#ifndef DANED_CORE_PEM_H
#define DANED_CORE_PEM_H

#include <stddef.h>
#include <stdint.h>

#define PEM_LABEL_MAX 64 /* octets; RFC 7468 sets no limit, its longest label has 23 */

/* Read only through pem_next and pem_next_labelled. */
struct pem_reader {
    const char *text;
    size_t len;
    size_t pos;
};

enum pem_status {
    PEM_OK,
    PEM_END,       /* there is no further certificate */
    PEM_MALFORMED, /* a block of a certificate is not what it must be */
    PEM_NO_ROOM,   /* a certificate is longer than the room for it */
};

/* Sets *reader to the start of text[0..len), which is borrowed. */
void pem_reader_init(struct pem_reader *reader, const char *text, size_t len);

/*
 * Decodes the next certificate into out[0..cap), and gives its length (never 0). Unless this
 * returns PEM_OK, what is in out is not to be used; after an error, the reader is not to be either.
 */
enum pem_status pem_next(struct pem_reader *reader, uint8_t *out, size_t cap, size_t *len_out);

/*
 * Likewise for the next block with this label, such as "PUBLIC KEY"; what is said above of
 * certificates then goes for such blocks. The label has at most PEM_LABEL_MAX octets.
 */
enum pem_status pem_next_labelled(
    struct pem_reader *reader, const char *label, uint8_t *out, size_t cap, size_t *len_out);

#endif
