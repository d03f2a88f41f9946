/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_options.c - every option of daned.conf(5), one row each.
 */
#include "daemon/config_options.h"

#include <string.h>

#include "daemon/config.h"

#define SECONDS UINT64_C(1000) /* durations are in milliseconds */
#define MINUTES (60 * SECONDS)
#define HOURS (60 * MINUTES)
#define DAYS (24 * HOURS)
#define MEBI (UINT64_C(1) << 20)
#define TEBI (UINT64_C(1) << 40)

#define MAIN(field) offsetof(struct config, field)
#define LISTEN(field) offsetof(struct config_listen, field)

/* A row writes an enum through an int. */
_Static_assert(sizeof(enum config_protocol) == sizeof(int), "an enum is stored as an int");
_Static_assert(sizeof(enum log_level) == sizeof(int), "an enum is stored as an int");

/* clang-format off */
const struct config_option config_options[] = {
    {"", "user", CONFIG_ACCOUNT, "\"daned\"", 0, CONFIG_USER_MAX, NULL, MAIN(user),
        "The user that daned becomes once its sockets are open, if it is started by root; \"\" keeps root."},

    {"resolver", "address", CONFIG_RESOLVERS, "{\"127.0.0.1@53\"}", 1, CONFIG_RESOLVERS_MAX, NULL,
        MAIN(resolver.address),
        "Validating resolvers, tried in order, \"ADDRESS@PORT\"; the port is 53 unless given."},
    {"resolver", "allow-remote", CONFIG_SWITCH, "no", 0, 0, NULL, MAIN(resolver.allow_remote),
        "Whether to believe the AD bit of a resolver that is not on loopback."},
    {"resolver", "timeout", CONFIG_DURATION, "4s", 100, 10 * SECONDS, NULL,
        MAIN(resolver.timeout_ms),
        "How long one DNS question may take, its retry included."},
    {"resolver", "self-test", CONFIG_DOMAINS, "{\".\"}", 1, CONFIG_DOMAINS_MAX, NULL,
        MAIN(resolver.self_test),
        "Names whose SOA record must come back with the AD bit."},
    {"resolver", "self-test-bogus", CONFIG_DOMAINS, "{\"dnssec-failed.org\", \"rhybar.cz\"}", 0,
        CONFIG_DOMAINS_MAX, NULL, MAIN(resolver.self_test_bogus),
        "Names that should not come back with an answer; if one does, that is a warning only."},
    {"resolver", "self-test-interval", CONFIG_DURATION, "5m", 1 * SECONDS, 1 * DAYS, NULL,
        MAIN(resolver.self_test_interval_ms),
        "How often each resolver is tested while it passes."},
    {"resolver", "on-self-test-failure", CONFIG_WORD, "defer", 0, 0, "defer|may",
        MAIN(resolver.on_self_test_failure),
        "What to answer while no resolver passes its self-test."},

    {"cache", "size", CONFIG_SIZE, "64M", 1 * MEBI, 1 * TEBI, NULL, MAIN(cache.size),
        "How much memory the cache may use."},
    {"cache", "max-ttl", CONFIG_DURATION, "1d", 1 * SECONDS, 7 * DAYS, NULL, MAIN(cache.max_ttl_ms),
        "No answer is kept longer than this, whatever its TTL."},
    {"cache", "negative-max-ttl", CONFIG_DURATION, "1h", 1 * SECONDS, 7 * DAYS, NULL,
        MAIN(cache.negative_max_ttl_ms),
        "No denial of a record is kept longer than this, whatever its TTL."},
    /* RFC 2308 7.1: a server failure MUST NOT be cached for longer than five (5) minutes. */
    {"cache", "error-ttl", CONFIG_DURATION, "30s", 1 * SECONDS, 5 * MINUTES, NULL,
        MAIN(cache.error_ttl_ms),
        "How long a failed lookup is remembered before DNS is asked again."},
    {"cache", "prefetch", CONFIG_SWITCH, "yes", 0, 0, NULL, MAIN(cache.prefetch),
        "Whether answers in use are looked up again shortly before they expire."},
    {"cache", "file", CONFIG_PATH, "\"/var/lib/daned/cache\"", 0, CONFIG_VALUE_MAX, NULL,
        MAIN(cache.file),
        "Where the cache is kept over a restart; \"\" keeps nothing."},
    {"cache", "save-interval", CONFIG_DURATION, "5m", 1 * SECONDS, 1 * DAYS, NULL,
        MAIN(cache.save_interval_ms),
        "How often the cache is saved to its file while daned runs, if it has changed."},

    {"policy", "insecure-mx", CONFIG_WORD, "dane", 0, 0, "dane|may", MAIN(policy.insecure_mx),
        "The policy for a destination whose MX records are not signed: use TLSA records all the "
        "same, or not."},
    {"policy", "promote", CONFIG_SWITCH, "yes", 0, 0, NULL, MAIN(policy.promote),
        "Whether to answer dane-required when every MX host has usable TLSA records."},
    {"policy", "destinations", CONFIG_PATH, "\"/etc/daned/destinations\"", 0, CONFIG_VALUE_MAX,
        NULL, MAIN(policy.destinations),
        "The file of overrides for single destinations, destinations(5); \"\" has none."},

    {"listen", "protocol", CONFIG_WORD, NULL, 0, 0, "socketmap|exim|control|metrics",
        LISTEN(protocol),
        "What is spoken on this socket."},
    {"listen", "address", CONFIG_SOCKET, NULL, 0, 0, NULL, LISTEN(address),
        "Where to listen: \"unix:/path\", \"inet:127.0.0.1:PORT\" or \"inet:[::1]:PORT\"."},
    {"listen", "owner", CONFIG_ACCOUNT, "\"\"", 0, CONFIG_USER_MAX, NULL, LISTEN(owner),
        "The user that owns a unix socket; \"\" is the one that daned runs as."},
    {"listen", "group", CONFIG_ACCOUNT, "\"\"", 0, CONFIG_USER_MAX, NULL, LISTEN(group),
        "The group of a unix socket; \"\" is that of the user that daned runs as."},
    {"listen", "mode", CONFIG_MODE, "0660", 0, 0777, NULL, LISTEN(mode),
        "The permissions of a unix socket, octal."},
    {"listen", "idle-timeout", CONFIG_DURATION, "5m", 1 * SECONDS, 1 * DAYS, NULL,
        LISTEN(idle_timeout_ms),
        "How long a connection may be silent before it is closed; over 100s for socketmap."},

    {"log", "target", CONFIG_WORD, "stderr", 0, 0, "stderr|syslog", MAIN(log.target),
        "Where the log goes."},
    {"log", "level", CONFIG_WORD, "info", 0, 0, "error|warning|info|debug", MAIN(log.level),
        "The least important lines that are written."},
    {"log", "format", CONFIG_WORD, "text", 0, 0, "text|json", MAIN(log.format),
        "Lines to read, or one JSON object a line."},
};
/* clang-format on */

const size_t config_option_count = sizeof config_options / sizeof config_options[0];

const char *const config_sections[] = {"", "resolver", "cache", "policy", "listen", "log", NULL};

const char config_default_listeners[] =
    "listen \"postfix\" {\n"
    "    protocol = socketmap\n"
    "    address = \"unix:/var/spool/postfix/daned/postfix.sock\"\n"
    "    group = \"postfix\"\n"
    "    mode = 0660\n"
    "}\n"
    "listen \"exim\" {\n"
    "    protocol = exim\n"
    "    address = \"inet:127.0.0.1:846\"\n"
    "}\n"
    "listen \"control\" {\n"
    "    protocol = control\n"
    "    address = \"unix:/run/daned/control.sock\"\n"
    "    mode = 0600\n"
    "}\n"
    "listen \"metrics\" {\n"
    "    protocol = metrics\n"
    "    address = \"inet:127.0.0.1:9461\"\n"
    "}\n";

const struct config_option *config_option_find(const char *section, const char *name)
{
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        if (strcmp(option->section, section) == 0 && strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}
