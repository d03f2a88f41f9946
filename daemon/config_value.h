/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_value.h - one value of the configuration: from text into its field, and back.
 */
#ifndef DANED_CONFIG_VALUE_H
#define DANED_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/config.h"
#include "daemon/config_options.h"

/* Why a value is refused: completes "resolver.timeout: "20s" ...", with what is allowed. */
struct config_why {
    size_t index; /* of the value it is about; CONFIG_WHOLE: the option as a whole */
    char text[320];
};

#define CONFIG_WHOLE ((size_t)-1)

/*
 * Reads the count values of an option into its field; base is the struct config, or for section
 * "listen" the struct config_listen. Every octet of the field is written, so that equal values are
 * equal bytes. Returns false with *why_out set, the field then undefined, if it is not allowed.
 */
bool config_value_read(const struct config_option *option, const char *const *values, size_t count,
    void *base, struct config_why *why_out);

/* Writes the field in the syntax of the file, such as {"127.0.0.1@53"} or 4s. */
void config_value_print(const struct config_option *option, const void *base, FILE *file);

/* Writes text as a quoted string of the file. It holds no control characters. */
void config_quoted_print(const char *text, FILE *file);

/* Reads "ADDRESS@PORT" or "ADDRESS" (port 53), ADDRESS in digits, IPv4 or IPv6. */
bool config_address_read_resolver(
    const char *text, struct config_address *address_out, struct config_why *why_out);

/* Reads "unix:/path", "inet:A.B.C.D:PORT" or "inet:[IPV6]:PORT". */
bool config_address_read_socket(
    const char *text, struct config_address *address_out, struct config_why *why_out);

/* Whether two addresses are the same socket, however they are spelled. */
bool config_address_equal(const struct config_address *a, const struct config_address *b);

#endif
