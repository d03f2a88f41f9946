/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option.c - reads the values of options that more than one subcommand has.
 */
#include "client-shims/danectl/option.h"

#include <arpa/inet.h>
#include <string.h>
#include <sysexits.h>

#include "client-shims/danectl/output.h"
#include "daemon/core/destination.h"

bool option_read_number(
    const char *text, size_t len, int64_t least, int64_t most, int64_t *value_out)
{
    if (len == 0 || len > 12 || strspn(text, "0123456789") < len)
        return false;
    *value_out = 0;
    for (size_t i = 0; i < len; i++)
        *value_out = *value_out * 10 + (text[i] - '0');
    return *value_out >= least && *value_out <= most;
}

int option_read_host(const char *command, const char *text, struct dname *name_out)
{
    struct in_addr address;
    struct destination host;
    enum destination_error error = destination_parse(text, strlen(text), &host);

    if (error != DESTINATION_OK)
        return output_fail(command, EX_USAGE, "--host", destination_error_text(error));
    if (host.kind != DESTINATION_DOMAIN || strchr(text, ':') ||
        inet_pton(AF_INET, text, &address) == 1)
        return output_fail(command, EX_USAGE, text, "is no host name");
    *name_out = host.name;
    return 0;
}

int option_read_port(const char *command, const char *text, uint16_t *port_out)
{
    int64_t port;

    if (!option_read_number(text, strlen(text), 1, UINT16_MAX, &port))
        return output_fail(command, EX_USAGE, "no port from 1 to 65535", text);
    *port_out = (uint16_t)port;
    return 0;
}
