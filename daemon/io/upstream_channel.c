/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upstream_channel.c - one getdns context that asks one resolver over TCP.
 */
#include "daemon/io/upstream_channel.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <getdns/getdns_extra.h>

#include "daemon/core/alloc.h"

/* How long an idle connection is kept. Shorter than the 30 s after which unbound closes it. */
#define IDLE_MS 5000

/* How long getdns tries to connect is four fifths of it; questions have no time-out of getdns'. */
#define GETDNS_TIMEOUT_MS 12000

/* Gives the list of one address that getdns wants; the caller destroys it. NULL if it refuses. */
static getdns_list *new_address_list(const struct sockaddr_storage *address)
{
    getdns_dict *dict = getdns_dict_create();
    getdns_list *list = getdns_list_create();
    getdns_bindata octets;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    uint16_t port;
    bool good = dict != NULL && list != NULL;

    if (address->ss_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        octets.size = sizeof v6.sin6_addr;
        octets.data = (uint8_t *)&v6.sin6_addr;
        port = ntohs(v6.sin6_port);
    } else {
        memcpy(&v4, address, sizeof v4);
        octets.size = sizeof v4.sin_addr;
        octets.data = (uint8_t *)&v4.sin_addr;
        port = ntohs(v4.sin_port);
    }
    good = good &&
           getdns_dict_util_set_string(dict, "address_type",
               address->ss_family == AF_INET6 ? "IPv6" : "IPv4") == GETDNS_RETURN_GOOD &&
           getdns_dict_set_bindata(dict, "address_data", &octets) == GETDNS_RETURN_GOOD &&
           getdns_dict_set_int(dict, "port", port) == GETDNS_RETURN_GOOD &&
           getdns_list_set_dict(list, 0, dict) == GETDNS_RETURN_GOOD;
    getdns_dict_destroy(dict);
    if (!good) {
        getdns_list_destroy(list);
        return NULL;
    }
    return list;
}

/*
 * A TCP stub, nothing else: no /etc/hosts, no search list, no UDP, none of the system's servers. DO
 * is a setting here; the "dnssec_" extensions set CD, and the resolver would no longer refuse bogus
 * data.
 */
static bool set_up_context(getdns_context *context, const struct sockaddr_storage *address)
{
    getdns_namespace_t namespaces[] = {GETDNS_NAMESPACE_DNS};
    getdns_transport_list_t transports[] = {GETDNS_TRANSPORT_TCP};
    getdns_list *addresses = new_address_list(address);
    bool good =
        addresses != NULL &&
        getdns_context_set_namespaces(context, 1, namespaces) == GETDNS_RETURN_GOOD &&
        getdns_context_set_append_name(context, GETDNS_APPEND_NAME_NEVER) == GETDNS_RETURN_GOOD &&
        getdns_context_set_resolution_type(context, GETDNS_RESOLUTION_STUB) == GETDNS_RETURN_GOOD &&
        getdns_context_set_dns_transport_list(context, 1, transports) == GETDNS_RETURN_GOOD &&
        getdns_context_set_edns_do_bit(context, 1) == GETDNS_RETURN_GOOD &&
        getdns_context_set_upstream_recursive_servers(context, addresses) == GETDNS_RETURN_GOOD &&
        getdns_context_set_idle_timeout(context, IDLE_MS) == GETDNS_RETURN_GOOD &&
        getdns_context_set_timeout(context, GETDNS_TIMEOUT_MS) == GETDNS_RETURN_GOOD &&
        getdns_context_set_tls_backoff_time(context, 1) == GETDNS_RETURN_GOOD;

    getdns_list_destroy(addresses);
    return good;
}

struct channel *channel_new(uv_loop_t *loop, struct upstream *upstream,
    struct getdns_memory *memory, const struct sockaddr_storage *address, channel_cb *returned,
    channel_cb *closed)
{
    struct channel *channel;
    getdns_context *context;

    if (getdns_context_create_with_extended_memory_functions(&context, 0, memory,
            getdns_memory_take, getdns_memory_resize,
            getdns_memory_give_back) != GETDNS_RETURN_GOOD)
        return NULL;
    channel = alloc_zeroed(sizeof *channel);
    channel->adapter = set_up_context(context, address)
                           ? getdns_loop_attach(loop, context, closed, channel)
                           : NULL;
    if (channel->adapter == NULL) {
        getdns_context_destroy(context);
        free(channel);
        return NULL;
    }
    getdns_loop_on_return(channel->adapter, returned);
    channel->upstream = upstream;
    channel->context = context;
    return channel;
}

void channel_end(struct channel *channel)
{
    getdns_context_destroy(channel->context);
}
