/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - the configuration of daned as plain data, and the way from daned.conf(5) to it.
 *
 * A struct config owns nothing but itself: no pointers, so that it is compared and copied as bytes.
 * Which options exist, with type, default and bounds, stands in one table (config_options.c); the
 * parser, the checks and the printing follow it, and a test compares the sample file and the manual
 * page with it. The syntax is libconfuse's; config_scan.h says which of its liberties are errors.
 *
 * Limits: a file of 1 MiB, 32 listeners, 8 resolvers, 16 self-test names, values of 1023 octets.
 */
#ifndef DANED_CONFIG_H
#define DANED_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "daemon/core/dname.h"
#include "daemon/io/log.h"

#define CONFIG_DEFAULT_FILE SYSCONFDIR "/daned/daned.conf"

#define CONFIG_FILE_MAX (1024 * 1024) /* octets of a configuration file */
#define CONFIG_VALUE_MAX 1023         /* octets of one value */
#define CONFIG_USER_MAX 32            /* octets of the name of a user or a group */
#define CONFIG_TITLE_MAX 63           /* octets of the name of a listener */
#define CONFIG_UNIX_PATH_MAX 107 /* octets of a socket's path: sockaddr_un has 108 with the NUL */
#define CONFIG_LISTENERS_MAX 32
#define CONFIG_RESOLVERS_MAX 8
#define CONFIG_DOMAINS_MAX 16

/* What a listener may be idle at least for socketmap: Postfix keeps a connection for 100 s. */
#define CONFIG_SOCKETMAP_IDLE_MIN_MS 101000

/* The words of the options; the order is that of the words in the table. */
enum config_on_self_test_failure { CONFIG_FAILURE_DEFER, CONFIG_FAILURE_MAY };
enum config_insecure_mx { CONFIG_INSECURE_MX_DANE, CONFIG_INSECURE_MX_MAY };
enum config_protocol {
    CONFIG_PROTOCOL_SOCKETMAP,
    CONFIG_PROTOCOL_EXIM,
    CONFIG_PROTOCOL_CONTROL,
    CONFIG_PROTOCOL_METRICS
};

/* An address of a socket, and how the file spells it. */
struct config_address {
    struct sockaddr_storage address; /* sockaddr_in, sockaddr_in6 or sockaddr_un, by ss_family */
    socklen_t address_len;
    char text[CONFIG_VALUE_MAX + 1];
};

struct config_addresses {
    size_t count;
    struct config_address items[CONFIG_RESOLVERS_MAX];
};

struct config_domain {
    struct dname name;
    char text[CONFIG_VALUE_MAX + 1];
};

struct config_domains {
    size_t count;
    struct config_domain items[CONFIG_DOMAINS_MAX];
};

struct config_resolver {
    struct config_addresses address; /* 1 to CONFIG_RESOLVERS_MAX, tried in order */
    bool allow_remote;
    uint64_t timeout_ms;
    struct config_domains self_test;
    struct config_domains self_test_bogus; /* may be none */
    uint64_t self_test_interval_ms;
    enum config_on_self_test_failure on_self_test_failure;
};

struct config_cache {
    uint64_t size; /* octets */
    uint64_t max_ttl_ms;
    uint64_t negative_max_ttl_ms;
    uint64_t error_ttl_ms;
    bool prefetch;
    char file[CONFIG_VALUE_MAX + 1]; /* absolute path, or "": nothing is kept over a restart */
    uint64_t save_interval_ms;
};

struct config_policy {
    enum config_insecure_mx insecure_mx;
    bool promote;
    char destinations[CONFIG_VALUE_MAX + 1]; /* absolute path, or "": no overrides */
};

struct config_listen {
    char name[CONFIG_TITLE_MAX + 1];
    bool is_default; /* from the built-in list: one that cannot be opened is skipped, not fatal */
    enum config_protocol protocol;
    struct config_address address;
    char owner[CONFIG_USER_MAX + 1]; /* unix: "" leaves the socket to the user that daned runs as */
    char group[CONFIG_USER_MAX + 1]; /* unix: "" likewise */
    unsigned mode;                   /* unix: permission bits of the socket */
    uint64_t idle_timeout_ms;
};

struct config_log {
    enum log_target target;
    enum log_level level;
    enum log_format format;
};

struct config {
    char user[CONFIG_USER_MAX + 1]; /* to run as, if started by root */
    struct config_resolver resolver;
    struct config_cache cache;
    struct config_policy policy;
    size_t listen_count;
    struct config_listen listen[CONFIG_LISTENERS_MAX];
    struct config_log log;
};

/* Why a configuration is refused: where, and what is wrong and what is allowed, printable. */
struct config_error {
    char file[256]; /* its end, if it is longer */
    int line;       /* from 1; 0 if the file could not be read at all */
    char text[512];
};

/*
 * Reads and checks the file at path. Gives CONFIG_OK and a configuration that the caller frees with
 * config_free(), or CONFIG_BAD and *error_out; *config_out is NULL then. A file that does not exist
 * means all defaults unless must_exist. Options that the file does not set have their defaults.
 * Not for two threads at once: libconfuse's parser has one static state.
 */
enum config_status { CONFIG_OK = 0, CONFIG_BAD };

enum config_status config_load(
    const char *path, bool must_exist, struct config **config_out, struct config_error *error_out);

/* As config_load(), from len octets of text; file is the name to report in errors. */
enum config_status config_parse(const char *file, const char *text, size_t len,
    struct config **config_out, struct config_error *error_out);

/* Frees what config_load() or config_parse() gave; NULL is allowed. */
void config_free(struct config *config);

/*
 * Writes the whole configuration in the syntax of the file. Loading that text gives the same struct
 * again, octet by octet: default listeners are therefore written as comments. The caller looks at
 * ferror(file).
 */
void config_print(const struct config *config, FILE *file);

/*
 * Writes "FILE:LINE: TEXT" of an error, or "FILE: TEXT" if its line is 0, into out, NUL-terminated
 * and cut at cap. Gives out.
 */
const char *config_error_text(const struct config_error *error, char *out, size_t cap);

/*
 * Whether another local user could pose as this resolver while it is down: it is on loopback and on
 * a port above 1023. That is allowed, and worth a warning at start.
 */
bool config_resolver_is_unprivileged(const struct config_address *address);

/* Whether an address is on loopback (127.0.0.0/8, ::1) or a unix socket: out of reach of the
 * network. */
bool config_address_is_local(const struct config_address *address);

/* Gives the listener of that name, of config; NULL: there is none. */
const struct config_listen *config_find_listen(const struct config *config, const char *name);

/* The word of the configuration for a protocol ("socketmap"); static storage. */
const char *config_protocol_text(enum config_protocol protocol);

#endif
