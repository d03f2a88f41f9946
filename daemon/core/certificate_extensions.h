/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate_extensions.h - the inside of certificate.c: Names, and the values of extensions
 * (RFC 5280 4.2). Others use certificate.h.
 */
#ifndef DANED_CORE_CERTIFICATE_EXTENSIONS_H
#define DANED_CORE_CERTIFICATE_EXTENSIONS_H

#include "daemon/core/certificate.h"

/* Whether raw is one Name, well-formed to its last attribute, and nothing more. */
bool certificate_is_name(struct der_span raw);

/* Whether list is the content of a SEQUENCE OF Extension. The values are not looked into. */
bool certificate_is_extension_list(struct der_span list);

/*
 * Reads the extensions in list, which is such a list, or absent. Returns CERTIFICATE_OK, or a
 * status of the kind CONTENT for the first one that is wrong.
 */
enum certificate_status certificate_read_extensions(
    struct der_span list, struct certificate_extensions *extensions_out);

#endif
