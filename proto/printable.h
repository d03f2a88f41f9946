/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * printable.h - makes text from the outside fit to be shown.
 *
 * Text from DNS, certificates and clients can hold line ends that forge a log line or a reply,
 * and terminal escapes. Whatever shows such text sends it through here first. What may be shown is
 * printable ASCII, 0x20 to 0x7e, and nothing else.
 */
#ifndef DANED_PROTO_PRINTABLE_H
#define DANED_PROTO_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether octet is printable ASCII, the blank included. */
static inline bool printable_octet(char octet)
{
    return octet >= 0x20 && octet < 0x7f;
}

/*
 * Copies data[0..len) into out[0..cap) as a NUL-terminated text: printable ASCII as it is, the
 * backslash and every other octet as \xHH (lower-case digits), so that the copy can be read back
 * without doubt. What does not fit is cut and "..." ends the text; an escape is never cut in its
 * middle. With a cap below 4, only as many dots as fit. Returns the octets written without the
 * NUL, always below cap; with cap 0, nothing is written and 0 is returned.
 */
size_t printable_copy(char *out, size_t cap, const char *data, size_t len);

/*
 * Copies data[0..len) to out, which has room for len octets, with a '?' for each octet that is not
 * printable. The last guard of the reply encoders, for text that should have gone through
 * printable_copy: it keeps the length, and writes no NUL.
 */
void printable_fill(char *out, const char *data, size_t len);

#endif
