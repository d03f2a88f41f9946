/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_config.c - the configuration: defaults, values and their mistakes, files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/daemon/config_text.h"

/* --- defaults ------------------------------------------------------------------------------- */

static void an_empty_file_means_the_documented_defaults(void **state)
{
    (void)state;
    struct config *config = good("");
    assert_string_equal(config->user, "daned");
    assert_int_equal(config->resolver.address.count, 1);
    assert_string_equal(config->resolver.address.items[0].text, "127.0.0.1@53");
    struct sockaddr_in v4;
    memcpy(&v4, &config->resolver.address.items[0].address, sizeof v4);
    assert_int_equal(v4.sin_family, AF_INET);
    assert_int_equal(ntohs(v4.sin_port), 53);
    assert_int_equal(ntohl(v4.sin_addr.s_addr), 0x7f000001);
    assert_false(config->resolver.allow_remote);
    assert_int_equal(config->resolver.timeout_ms, 4000);
    assert_int_equal(config->resolver.self_test.count, 1);
    assert_true(dname_is_root(&config->resolver.self_test.items[0].name));
    assert_int_equal(config->resolver.self_test_bogus.count, 2);
    assert_string_equal(config->resolver.self_test_bogus.items[0].text, "dnssec-failed.org");
    assert_string_equal(config->resolver.self_test_bogus.items[1].text, "rhybar.cz");
    assert_int_equal(config->resolver.self_test_interval_ms, 300000);
    assert_int_equal(config->resolver.on_self_test_failure, CONFIG_FAILURE_DEFER);
    assert_int_equal(config->cache.size, 64 * 1024 * 1024);
    assert_int_equal(config->cache.max_ttl_ms, 86400000);
    assert_int_equal(config->cache.negative_max_ttl_ms, 3600000);
    assert_int_equal(config->cache.error_ttl_ms, 30000);
    assert_true(config->cache.prefetch);
    assert_string_equal(config->cache.file, "/var/lib/daned/cache");
    assert_int_equal(config->policy.insecure_mx, CONFIG_INSECURE_MX_DANE);
    assert_true(config->policy.promote);
    assert_string_equal(config->policy.destinations, "/etc/daned/destinations");
    assert_int_equal(config->log.target, LOG_TARGET_STDERR);
    assert_int_equal(config->log.level, LOG_LEVEL_INFO);
    assert_int_equal(config->log.format, LOG_FORMAT_TEXT);
    config_free(config);
}

static void an_empty_file_means_the_four_default_listeners(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum config_protocol protocol;
        const char *address;
        const char *group;
        unsigned mode;
    } expected[] = {
        {"postfix", CONFIG_PROTOCOL_SOCKETMAP, "unix:/var/spool/postfix/daned/postfix.sock",
            "postfix", 0660},
        {"exim", CONFIG_PROTOCOL_EXIM, "inet:127.0.0.1:846", "", 0660},
        {"control", CONFIG_PROTOCOL_CONTROL, "unix:/run/daned/control.sock", "", 0600},
        {"metrics", CONFIG_PROTOCOL_METRICS, "inet:127.0.0.1:9461", "", 0660},
    };
    struct config *config = good("");
    assert_int_equal(config->listen_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct config_listen *listen = &config->listen[i];
        assert_string_equal(listen->name, expected[i].name);
        assert_int_equal(listen->protocol, expected[i].protocol);
        assert_string_equal(listen->address.text, expected[i].address);
        assert_string_equal(listen->owner, "");
        assert_string_equal(listen->group, expected[i].group);
        assert_int_equal(listen->mode, expected[i].mode);
        assert_int_equal(listen->idle_timeout_ms, 300000);
        assert_true(listen->is_default);
    }
    config_free(config);
}

static void one_listen_section_replaces_all_default_ones(void **state)
{
    (void)state;
    struct config *config =
        good("listen a { protocol = exim address = \"inet:[::1]:846\" } # the only one");
    assert_int_equal(config->listen_count, 1);
    assert_string_equal(config->listen[0].name, "a");
    assert_false(config->listen[0].is_default);
    assert_int_equal(config->listen[0].address.address.ss_family, AF_INET6);
    config_free(config);
}

/* --- values --------------------------------------------------------------------------------- */

static void durations_have_units_and_bounds(void **state)
{
    (void)state;
    struct config *config = good("resolver { timeout = 100ms self-test-interval = 1h }\n"
                                 "cache { max-ttl = 7d error-ttl = 5m }");
    assert_int_equal(config->resolver.timeout_ms, 100);
    assert_int_equal(config->resolver.self_test_interval_ms, 3600000);
    assert_int_equal(config->cache.max_ttl_ms, 604800000);
    assert_int_equal(config->cache.error_ttl_ms, 300000);
    config_free(config);
    bad("resolver { timeout = 99ms }", 1, "from 100ms to 10s");
    bad("resolver { timeout = 10001ms }", 1, "from 100ms to 10s");
    bad("resolver { timeout = 4 }", 1, "unit");
    bad("resolver { timeout = -4s }", 1, "unit");
    bad("resolver { timeout = \"4 s\" }", 1, "unit");
    bad("resolver { timeout = s }", 1, "unit");
    bad("resolver { timeout = \"\" }", 1, "unit");
    bad("resolver { timeout = 4S }", 1, "unit");
    bad("resolver { timeout = 1.5s }", 1, "unit");
    bad("cache { error-ttl = 301s }", 1, "from 1s to 5m");
    bad("cache { error-ttl = 0s }", 1, "from 1s to 5m");
    bad("cache { max-ttl = 8d }", 1, "from 1s to 7d");
    bad("cache { max-ttl = 99999999999999999999s }", 1, "from 1s to 7d");
    bad("cache { max-ttl = 213503982336d }", 1, "from 1s to 7d"); /* 2^64 ms and a little */
    bad("resolver { self-test-interval = 999ms }", 1, "from 1s to 1d");
}

static void sizes_have_units_and_bounds(void **state)
{
    (void)state;
    struct config *config = good("cache { size = 1T }");
    assert_true(config->cache.size == UINT64_C(1) << 40);
    config_free(config);
    config = good("cache { size = 1025K }");
    assert_int_equal(config->cache.size, 1025 * 1024);
    config_free(config);
    config = good("cache { size = 1048577 }");
    assert_int_equal(config->cache.size, 1048577);
    config_free(config);
    bad("cache { size = 1023K }", 1, "from 1M to 1T");
    bad("cache { size = 2T }", 1, "from 1M to 1T");
    bad("cache { size = 16777216T }", 1, "from 1M to 1T"); /* 2^64 */
    bad("cache { size = -1M }", 1, "size");
    bad("cache { size = 64MB }", 1, "size");
}

static void other_values_are_checked(void **state)
{
    (void)state;
    bad("cache { prefetch = maybe }", 1, "yes or no");
    bad("log { level = loud }", 1, "error|warning|info|debug");
    bad("log { level = inf }", 1, "error|warning|info|debug");
    bad("resolver { on-self-test-failure = dane }", 1, "defer|may");
    config_free(good("user = \"\""));
    bad("user = \"-x\"", 1, "account");
    bad("user = \"a b\"", 1, "account");
    bad("user = a234567890123456789012345678901234", 1, "account");
    bad("cache { file = cache }", 1, "begins with");
    bad("policy { destinations = \"~/x\" }", 1, "begins with");
    struct config *config = good("cache { file = \"\" } policy { destinations = '' promote = no\n"
                                 "insecure-mx = may } log { target = syslog format = json }");
    assert_string_equal(config->cache.file, "");
    assert_string_equal(config->policy.destinations, "");
    assert_false(config->policy.promote);
    assert_int_equal(config->policy.insecure_mx, CONFIG_INSECURE_MX_MAY);
    assert_int_equal(config->log.target, LOG_TARGET_SYSLOG);
    assert_int_equal(config->log.format, LOG_FORMAT_JSON);
    config_free(config);
}

static void self_test_names_must_be_domain_names(void **state)
{
    (void)state;
    bad("resolver {\n self-test = {\"a..b\"}\n}", 2, "not a domain name");
    bad("resolver { self-test = {} }", 1, "1 to 16");
    bad("resolver { self-test = {\".\", \".\"} }", 1, "twice");
    bad("resolver { self-test-bogus = {\"Example.org\", \"example.ORG.\"} }", 1, "twice");
    bad("resolver { self-test = {a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q} }", 1, "1 to 16");
    struct config *config = good("resolver { self-test-bogus = {} self-test = example.org }");
    assert_int_equal(config->resolver.self_test_bogus.count, 0);
    assert_int_equal(config->resolver.self_test.count, 1);
    config_free(config);
}

static void a_remote_resolver_needs_allow_remote(void **state)
{
    (void)state;
    bad("resolver {\n\n address = {\"127.0.0.1\", \"192.0.2.1@53\"}\n}", 3, "allow-remote = yes");
    bad("resolver { address = \"2001:db8::1@53\" }", 1, "allow-remote = yes");
    bad("resolver { address = \"::ffff:127.0.0.1@53\" }", 1, "allow-remote = yes");
    bad("resolver { address = \"0.0.0.0@53\" }", 1, "allow-remote = yes");
    bad("resolver { address = \"192.0.2.1\" allow-remote = no }", 1, "allow-remote = yes");
    accepted("resolver { address = \"192.0.2.1\" allow-remote = yes }");
    accepted("resolver { address = {\"127.255.0.1@5300\", \"::1@53\", ::1@54} }");
}

static void resolver_addresses_are_checked(void **state)
{
    (void)state;
    bad("resolver { address = {} }", 1, "1 to 8");
    bad("resolver { address = localhost }", 1, "ADDRESS@PORT");
    bad("resolver { address = \"127.0.0.1:53\" }", 1, "ADDRESS@PORT");
    bad("resolver { address = \"127.0.0.1@0\" }", 1, "1 to 65535");
    bad("resolver { address = \"127.0.0.1@65536\" }", 1, "1 to 65535");
    bad("resolver { address = \"127.0.0.1@\" }", 1, "1 to 65535");
    bad("resolver { address = \"127.0.0.1@5 3\" }", 1, "1 to 65535");
    bad("resolver { address = \"@53\" }", 1, "ADDRESS@PORT");
    bad("resolver { address = {\"::1\", \"0:0::1@53\"} }", 1, "twice");
    bad("resolver { address = {\"127.0.0.1\",\"127.0.0.2\",\"127.0.0.3\",\"127.0.0.4\","
        "\"127.0.0.5\",\"127.0.0.6\",\"127.0.0.7\",\"127.0.0.8\",\"127.0.0.9\"} }",
        1, "1 to 8");
}

static void a_resolver_on_a_high_loopback_port_is_pointed_out(void **state)
{
    (void)state;
    struct config *config = good("resolver { allow-remote = yes\n"
                                 "address = {\"127.0.0.1@1024\", \"127.0.0.1@1023\", \"::1@5300\","
                                 "\"192.0.2.1@5300\"} }");
    assert_true(config_resolver_is_unprivileged(&config->resolver.address.items[0]));
    assert_false(config_resolver_is_unprivileged(&config->resolver.address.items[1]));
    assert_true(config_resolver_is_unprivileged(&config->resolver.address.items[2]));
    assert_false(config_resolver_is_unprivileged(&config->resolver.address.items[3]));
    config_free(config);
}

/* --- listeners ------------------------------------------------------------------------------ */

#define UNIX_107                                          \
    "/12345678901234567890123456789012345678901234567890" \
    "12345678901234567890123456789012345678901234567890123456"

static void listen_sections_are_checked(void **state)
{
    (void)state;
    bad("\nlisten a { protocol = exim }", 2, "\"address\" must be given");
    bad("\nlisten a { address = \"unix:/x\" }", 2, "\"protocol\" must be given");
    bad("listen { protocol = exim }", 1, "needs a name");
    bad("listen \"\" { protocol = exim }", 1, "name of a section");
    bad("listen \"a b\" { protocol = exim }", 1, "name of a section");
    bad("listen a { protocol = smtp }", 1, "socketmap|exim|control|metrics");
    bad("listen a { protocol = exim address = \"tcp:1\" }", 1, "unix:");
    bad("listen a { protocol = exim address = \"unix:x\" }", 1, "begins with");
    bad("listen a { protocol = exim address = \"unix:\" }", 1, "begins with");
    bad("listen a { protocol = exim address = \"unix:/x/\" }", 1, "directory");
    bad("listen a { protocol = exim address = \"unix:" UNIX_107 "8\" }", 1, "107");
    accepted("listen a { protocol = exim address = \"unix:" UNIX_107 "\" }");
    bad("listen a { protocol = exim address = \"inet:127.0.0.1\" }", 1, "PORT");
    bad("listen a { protocol = exim address = \"inet:localhost:1\" }", 1, "digits");
    bad("listen a { protocol = exim address = \"inet::1:1\" }", 1, "digits");
    bad("listen a { protocol = exim address = \"inet:[::1]1\" }", 1, "PORT");
    bad("listen a { protocol = exim address = \"inet:[::1\" }", 1, "PORT");
    bad("listen a { protocol = exim address = \"inet:[127.0.0.1]:1\" }", 1, "digits");
    bad("listen a { protocol = exim address = \"inet:127.0.0.1:0\" }", 1, "65535");
    bad("listen a { protocol = exim address = \"inet:127.0.0.1:70000\" }", 1, "65535");
    bad("listen a { protocol = exim address = \"unix:/x\" mode = 660 }", 1, "octal");
    bad("listen a { protocol = exim address = \"unix:/x\" mode = 0888 }", 1, "octal");
    bad("listen a { protocol = exim address = \"unix:/x\" mode = 1777 }", 1, "octal");
}

static void names_and_addresses_of_listeners_are_unique(void **state)
{
    (void)state;
    bad("listen a { protocol = exim address = \"unix:/x\" }\n"
        "listen \"a\" { protocol = exim address = \"unix:/y\" }",
        2, "twice");
    bad("listen a { protocol = exim address = \"unix:/x\" }\n"
        "listen b { protocol = socketmap\n address = 'unix:/x' }",
        3, "already that of listen \"a\"");
    bad("listen a { protocol = exim address = \"inet:[::1]:1\" }\n"
        "listen b { protocol = exim address = \"inet:[0::1]:1\" }",
        2, "already that of listen \"a\"");
    accepted("listen a { protocol = exim address = \"inet:127.0.0.1:1\" }\n"
             "listen b { protocol = exim address = \"inet:127.0.0.1:2\" }");
}

static void exim_and_control_stay_on_loopback(void **state)
{
    (void)state;
    bad("listen a {\nprotocol = control\naddress = \"inet:192.0.2.1:1\" }", 3, "loopback");
    bad("listen a { protocol = exim address = \"inet:0.0.0.0:1\" }", 1, "loopback");
    bad("listen a { protocol = exim address = \"inet:[::]:1\" }", 1, "loopback");
    accepted("listen a { protocol = socketmap address = \"inet:192.0.2.1:1\" }");
    accepted("listen a { protocol = metrics address = \"inet:[::]:1\" }");
    accepted("listen a { protocol = control address = \"inet:127.0.0.1:1\" }");
}

static void owner_group_and_mode_are_for_unix_sockets(void **state)
{
    (void)state;
    bad("listen a { protocol = exim address = \"inet:127.0.0.1:1\"\n mode = 0660 }", 2, "unix");
    bad("listen a { protocol = exim address = \"inet:127.0.0.1:1\"\n owner = \"\" }", 2, "unix");
    bad("listen a { protocol = exim address = \"inet:127.0.0.1:1\"\n group = x }", 2, "unix");
    struct config *config =
        good("listen a { protocol = exim address = \"unix:/x\" mode = 0007 owner = u group = g }");
    assert_int_equal(config->listen[0].mode, 7);
    assert_string_equal(config->listen[0].owner, "u");
    assert_string_equal(config->listen[0].group, "g");
    config_free(config);
}

static void a_socketmap_connection_may_be_idle_longer_than_postfix_keeps_it(void **state)
{
    (void)state;
    bad("listen a { protocol = socketmap address = \"unix:/x\"\n idle-timeout = 100s }", 2, "100s");
    accepted("listen a { protocol = socketmap address = \"unix:/x\" idle-timeout = 101s }");
    accepted("listen a { protocol = exim address = \"unix:/x\" idle-timeout = 10s }");
}

static void there_is_room_for_32_listeners_and_not_for_33(void **state)
{
    (void)state;
    char text[8192];
    size_t len = 0;
    for (int i = 1; i <= 33; i++) {
        int more = snprintf(text + len, sizeof text - len,
            "listen n%d { protocol = exim address = \"unix:/%d\" }\n", i, i);
        len += (size_t)more;
        if (i == 32) {
            struct config *config = good(text);
            assert_int_equal(config->listen_count, 32);
            assert_string_equal(config->listen[31].name, "n32");
            assert_string_equal(config->listen[31].address.text, "unix:/32");
            config_free(config);
        }
    }
    bad(text, 33, "at most 32");
}

/* --- files ---------------------------------------------------------------------------------- */

static void a_missing_file_is_an_error_only_if_it_was_asked_for(void **state)
{
    (void)state;
    struct config *config;
    struct config_error error;
    assert_int_equal(config_load("/nonexistent/daned.conf", false, &config, &error), CONFIG_OK);
    struct config *defaults = good("");
    assert_same(config, defaults);
    config_free(defaults);
    config_free(config);
    assert_int_equal(config_load("/nonexistent/daned.conf", true, &config, &error), CONFIG_BAD);
    assert_null(config);
    char text[600];
    assert_string_equal(config_error_text(&error, text, sizeof text),
        "/nonexistent/daned.conf: cannot be read: No such file or directory");
}

static void only_a_readable_regular_file_will_do(void **state)
{
    (void)state;
    struct config *config;
    struct config_error error;
    char directory[] = "/tmp/daned-test-config-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(directory));
    assert_int_equal(config_load(directory, false, &config, &error), CONFIG_BAD);
    assert_non_null(strstr(error.text, "regular file"));
    snprintf(path, sizeof path, "%s/x", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(config_load(path, false, &config, &error), CONFIG_BAD);
    assert_non_null(strstr(error.text, "regular file"));
    assert_int_equal(unlink(path), 0);

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("\nuser = \"-\"\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(config_load(path, true, &config, &error), CONFIG_BAD);
    assert_int_equal(error.line, 2);
    assert_string_equal(error.file, path);
    assert_int_equal(chmod(path, 0), 0);
    /* The superuser may read everything, so that this part needs another user. */
    if (geteuid() != 0) {
        assert_int_equal(config_load(path, false, &config, &error), CONFIG_BAD);
        assert_non_null(strstr(error.text, "Permission denied"));
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_means_the_documented_defaults),
        cmocka_unit_test(an_empty_file_means_the_four_default_listeners),
        cmocka_unit_test(one_listen_section_replaces_all_default_ones),
        cmocka_unit_test(durations_have_units_and_bounds),
        cmocka_unit_test(sizes_have_units_and_bounds),
        cmocka_unit_test(other_values_are_checked),
        cmocka_unit_test(self_test_names_must_be_domain_names),
        cmocka_unit_test(a_remote_resolver_needs_allow_remote),
        cmocka_unit_test(resolver_addresses_are_checked),
        cmocka_unit_test(a_resolver_on_a_high_loopback_port_is_pointed_out),
        cmocka_unit_test(listen_sections_are_checked),
        cmocka_unit_test(names_and_addresses_of_listeners_are_unique),
        cmocka_unit_test(exim_and_control_stay_on_loopback),
        cmocka_unit_test(owner_group_and_mode_are_for_unix_sockets),
        cmocka_unit_test(a_socketmap_connection_may_be_idle_longer_than_postfix_keeps_it),
        cmocka_unit_test(there_is_room_for_32_listeners_and_not_for_33),
        cmocka_unit_test(a_missing_file_is_an_error_only_if_it_was_asked_for),
        cmocka_unit_test(only_a_readable_regular_file_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
