/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_address.c - addresses in the configuration: of resolvers and of listening sockets.
 *
 * Only addresses in digits: a name would be looked up before there is anything that checks it.
 */
#include "daemon/config_value.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define PORT_RESOLVER 53
#define PORT_PRIVILEGED_MAX 1023

static bool refuse(struct config_why *why, const char *text)
{
    snprintf(why->text, sizeof why->text, "%s", text);
    return false;
}

/* Reads a port, 1 to 65535, in decimal digits only. */
static bool read_port(const char *text, uint16_t *port_out)
{
    unsigned port = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 5)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    if (port == 0 || port > 65535)
        return false;
    *port_out = (uint16_t)port;
    return true;
}

/* Sets the address from len octets of digits. */
static bool set_inet(
    struct config_address *address, const char *host, size_t len, bool want_6, uint16_t port)
{
    char digits[INET6_ADDRSTRLEN];
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (len >= sizeof digits)
        return false;
    memcpy(digits, host, len);
    digits[len] = '\0';
    if (want_6) {
        if (inet_pton(AF_INET6, digits, &v6.sin6_addr) != 1)
            return false;
        memcpy(&address->address, &v6, sizeof v6);
        address->address_len = sizeof v6;
    } else {
        if (inet_pton(AF_INET, digits, &v4.sin_addr) != 1)
            return false;
        memcpy(&address->address, &v4, sizeof v4);
        address->address_len = sizeof v4;
    }
    return true;
}

static bool begin(const char *text, struct config_address *address_out, struct config_why *why_out)
{
    size_t len = strlen(text);
    memset(address_out, 0, sizeof *address_out);
    if (len >= sizeof address_out->text)
        return refuse(why_out, "is too long for an address");
    memcpy(address_out->text, text, len + 1);
    return true;
}

bool config_address_read_resolver(
    const char *text, struct config_address *address_out, struct config_why *why_out)
{
    const char *at = strchr(text, '@');
    size_t len = at != NULL ? (size_t)(at - text) : strlen(text);
    uint16_t port = PORT_RESOLVER;

    if (!begin(text, address_out, why_out))
        return false;
    if (at != NULL && !read_port(at + 1, &port))
        return refuse(why_out, "must have a port from 1 to 65535 behind the \"@\"");
    if (!set_inet(address_out, text, len, memchr(text, ':', len) != NULL, port))
        return refuse(why_out,
            "must be \"ADDRESS@PORT\" with an IPv4 or IPv6 address in digits, such as "
            "\"127.0.0.1@53\" or \"::1@53\"");
    return true;
}

static bool read_unix(const char *path, struct config_address *address, struct config_why *why)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    size_t len = strlen(path);

    _Static_assert(sizeof local.sun_path == CONFIG_UNIX_PATH_MAX + 1, "the size of sun_path");
    if (path[0] != '/')
        return refuse(why, "must have a path that begins with \"/\" behind \"unix:\"");
    if (len > CONFIG_UNIX_PATH_MAX)
        return refuse(why, "is too long: the path of a unix socket has at most 107 octets");
    if (path[len - 1] == '/')
        return refuse(why, "must name a socket, not a directory");
    memcpy(local.sun_path, path, len);
    memcpy(&address->address, &local, sizeof local);
    address->address_len = sizeof local;
    return true;
}

static bool read_inet(const char *text, struct config_address *address, struct config_why *why)
{
    static const char form[] = "must be \"inet:A.B.C.D:PORT\" or \"inet:[IPV6]:PORT\", "
                               "with the address in digits and a port from 1 to 65535";
    bool want_6 = text[0] == '[';
    const char *host = want_6 ? text + 1 : text;
    const char *end = strchr(host, want_6 ? ']' : ':');
    uint16_t port;

    if (end == NULL)
        return refuse(why, form);
    const char *colon = want_6 ? end + 1 : end;
    if (*colon != ':' || !read_port(colon + 1, &port))
        return refuse(why, form);
    if (!set_inet(address, host, (size_t)(end - host), want_6, port))
        return refuse(why, form);
    return true;
}

bool config_address_read_socket(
    const char *text, struct config_address *address_out, struct config_why *why_out)
{
    if (!begin(text, address_out, why_out))
        return false;
    if (strncmp(text, "unix:", 5) == 0)
        return read_unix(text + 5, address_out, why_out);
    if (strncmp(text, "inet:", 5) == 0)
        return read_inet(text + 5, address_out, why_out);
    return refuse(why_out, "must begin with \"unix:\" or \"inet:\"");
}

bool config_address_equal(const struct config_address *a, const struct config_address *b)
{
    return a->address_len == b->address_len &&
           memcmp(&a->address, &b->address, a->address_len) == 0;
}

/* Gives the port of an inet address, 0 of a unix one. */
static unsigned port_of(const struct config_address *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->address.ss_family == AF_INET) {
        memcpy(&v4, &address->address, sizeof v4);
        return ntohs(v4.sin_port);
    }
    if (address->address.ss_family == AF_INET6) {
        memcpy(&v6, &address->address, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    return 0;
}

bool config_address_is_local(const struct config_address *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->address.ss_family == AF_INET) {
        memcpy(&v4, &address->address, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    if (address->address.ss_family == AF_INET6) {
        /* An IPv4-mapped ::ffff:127.0.0.1 is not taken for loopback: nobody needs it. */
        memcpy(&v6, &address->address, sizeof v6);
        return memcmp(&v6.sin6_addr, &in6addr_loopback, sizeof v6.sin6_addr) == 0;
    }
    return address->address.ss_family == AF_UNIX;
}

bool config_resolver_is_unprivileged(const struct config_address *address)
{
    return config_address_is_local(address) && port_of(address) > PORT_PRIVILEGED_MAX;
}
