/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inherited.c - listening sockets that the service manager has opened for us, by their addresses.
 */
#include "daemon/inherited.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/config_value.h"

static bool refuse(
    char error_out[LISTENER_ERROR_MAX], const struct inherited_socket *socket, const char *why)
{
    snprintf(error_out, LISTENER_ERROR_MAX,
        "the service manager's socket \"%.60s\" (%.107s) %.400s", socket->given.name,
        socket->address.text[0] != '\0' ? socket->address.text : "no address", why);
    return false;
}

/* What a listener of the configuration is: a stream socket that listens. */
static bool is_listening(int fd)
{
    int type = 0;
    int listens = 0;
    socklen_t len = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type != SOCK_STREAM)
        return false;
    len = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens != 0;
}

/*
 * Writes the address of a socket in the form in which the configuration has it, octet by octet, so
 * that the two can be compared.
 */
static bool read_address(int fd, struct config_address *out)
{
    union {
        struct sockaddr_storage any;
        struct sockaddr_un local;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name = {.any = {.ss_family = AF_UNSPEC}};
    socklen_t len = sizeof name;
    struct config_why why;
    char text[CONFIG_VALUE_MAX + 1];
    char digits[INET6_ADDRSTRLEN];

    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        return false;
    switch (name.any.ss_family) {
    case AF_UNIX:
        /* One that is full has no NUL; one in the abstract name space begins with it. */
        snprintf(
            text, sizeof text, "unix:%.*s", (int)sizeof name.local.sun_path, name.local.sun_path);
        break;
    case AF_INET:
        inet_ntop(AF_INET, &name.v4.sin_addr, digits, sizeof digits);
        snprintf(text, sizeof text, "inet:%s:%u", digits, (unsigned)ntohs(name.v4.sin_port));
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &name.v6.sin6_addr, digits, sizeof digits);
        snprintf(text, sizeof text, "inet:[%s]:%u", digits, (unsigned)ntohs(name.v6.sin6_port));
        break;
    default:
        return false;
    }
    return config_address_read_socket(text, out, &why);
}

static const struct config_listen *find_by_address(
    const struct config *config, const struct config_address *address)
{
    for (size_t i = 0; i < config->listen_count; i++)
        if (config_address_equal(&config->listen[i].address, address))
            return &config->listen[i];
    return NULL;
}

static bool check(struct inherited_socket *socket, const struct config *config,
    char error_out[LISTENER_ERROR_MAX])
{
    char why[400];

    if (!is_listening(socket->given.fd))
        return refuse(error_out, socket, "is no stream socket that listens");
    if (!read_address(socket->given.fd, &socket->address))
        return refuse(error_out, socket, "is neither a unix socket with a path nor an inet socket");
    const struct config_listen *wanted = find_by_address(config, &socket->address);
    const struct config_listen *named = config_find_listen(config, socket->given.name);
    if (wanted && (!named || named == wanted))
        return true;
    if (wanted)
        snprintf(why, sizeof why,
            "bears the name of one listen section and the address of another, \"%s\"",
            wanted->name);
    else if (named)
        snprintf(why, sizeof why,
            "has another address than listen \"%s\" (%.100s): change the socket unit or the "
            "configuration",
            named->name, named->address.text);
    else
        snprintf(why, sizeof why,
            "has the address of no listen section: add one, or disable the socket unit");
    return refuse(error_out, socket, why);
}

/* Of two, clients would reach the one that nobody serves. */
static bool check_apart(const struct inherited *inherited, char error_out[LISTENER_ERROR_MAX])
{
    for (size_t i = 0; i < inherited->count; i++)
        for (size_t j = 0; j < i; j++)
            if (config_address_equal(
                    &inherited->sockets[i].address, &inherited->sockets[j].address))
                return refuse(error_out, &inherited->sockets[i],
                    "has the address of another socket that was handed over: disable one of the "
                    "socket units");
    return true;
}

bool inherited_take_all(
    struct inherited *inherited, const struct config *config, char error_out[LISTENER_ERROR_MAX])
{
    struct systemd_socket given[CONFIG_LISTENERS_MAX];
    int count = systemd_take_sockets(given, CONFIG_LISTENERS_MAX, error_out, LISTENER_ERROR_MAX);

    *inherited = (struct inherited){.count = count > 0 ? (size_t)count : 0};
    for (size_t i = 0; i < inherited->count; i++)
        inherited->sockets[i].given = given[i];
    bool good = count >= 0;
    for (size_t i = 0; good && i < inherited->count; i++)
        good = check(&inherited->sockets[i], config, error_out);
    good = good && check_apart(inherited, error_out);
    if (!good)
        inherited_close(inherited);
    return good;
}

int inherited_take(struct inherited *inherited, const struct config_listen *listen)
{
    for (size_t i = 0; i < inherited->count; i++) {
        struct inherited_socket *socket = &inherited->sockets[i];
        int fd = socket->given.fd;
        if (fd < 0 || !config_address_equal(&listen->address, &socket->address))
            continue;
        socket->given.fd = -1;
        return fd;
    }
    return -1;
}

void inherited_close(struct inherited *inherited)
{
    for (size_t i = 0; i < inherited->count; i++)
        if (inherited->sockets[i].given.fd >= 0)
            close(inherited->sockets[i].given.fd);
    inherited->count = 0;
}
