/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_config.c - the configuration: defaults, values, mistakes, and the documents against the
 * table.
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

#include "daemon/config.h"
#include "daemon/config_options.h"

static struct config *good_n(const char *text, size_t len)
{
    struct config *config;
    struct config_error error;
    if (config_parse("test.conf", text, len, &config, &error) != CONFIG_OK)
        fail_msg("refused: %s:%d: %s", error.file, error.line, error.text);
    return config;
}

static struct config *good(const char *text)
{
    return good_n(text, strlen(text));
}

/* Expects text to be refused at line, with a reason that contains part. */
static void bad_n(const char *text, size_t len, int line, const char *part)
{
    struct config *config;
    struct config_error error;
    if (config_parse("test.conf", text, len, &config, &error) != CONFIG_BAD)
        fail_msg("accepted: %s", text);
    assert_null(config);
    assert_string_equal(error.file, "test.conf");
    if (error.line != line || strstr(error.text, part) == NULL)
        fail_msg("%s\n  expected %d: ... %s ...\n  but was  %d: %s", text, line, part, error.line,
            error.text);
}

static void bad(const char *text, int line, const char *part)
{
    bad_n(text, strlen(text), line, part);
}

static void accepted(const char *text)
{
    config_free(good(text));
}

static void assert_same(const struct config *a, const struct config *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

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

/* --- what libconfuse would let pass --------------------------------------------------------- */

static void a_file_cut_inside_a_section_is_refused(void **state)
{
    (void)state;
    bad("\ncache {\n size = 1M\n", 2, "has no end");
    bad("cache {", 1, "has no end");
    bad("cache", 1, "must follow");
    bad("cache { size =", 1, "missing");
    bad("cache { size", 1, "\"=\"");
    bad("\nresolver {\n self-test = {\"a\",\n", 3, "has no end");
    bad("cache {\n size = 1M\nlog { level = info }", 3, "may not stand inside");
    bad("cache { }\n}", 2, "closes nothing");
}

static void a_text_or_comment_without_end_is_refused(void **state)
{
    (void)state;
    bad("\nuser = \"abc", 2, "quote is missing");
    bad("user = \"abc\nlog { level = info }\n", 1, "quote is missing");
    bad("user = 'abc", 1, "quote is missing");
    bad("user = \"abc\\", 1, "backslash");
    bad("user = a\n/* abc\nlog { }", 2, "has no end");
    bad("/*/", 1, "has no end");
}

static void what_is_given_twice_is_refused(void **state)
{
    (void)state;
    bad("user = a\nuser = b", 2, "twice: the first time in line 1");
    bad("cache { size = 1M\n\n size = 2M }", 3, "twice: the first time in line 1");
    bad("cache { size = 1M }\ncache { prefetch = no }", 2, "twice: the first time in line 1");
    bad("listen a { mode = 0660\n mode = 0600 }", 2, "twice");
}

static void the_environment_is_not_expanded(void **state)
{
    (void)state;
    bad("user = ${HOME}", 1, "${");
    bad("\nuser = \"a${HOME}\"", 2, "${");
    bad("user = '${HOME}'", 1, "${");
    bad("user = a${HOME}", 1, "${");
    bad("user = \"$\\{HOME}\"", 1, "backslash");
    accepted("# ${HOME} in a comment\n");
}

static void other_liberties_of_libconfuse_are_refused(void **state)
{
    (void)state;
    bad("resolver { self-test += {\"a\"} }", 1, "+=");
    bad("include(\"/etc/passwd\")", 1, "parentheses");
    bad("include = x", 1, "no include");
    bad("cache|size = 1M", 1, "'|'");
    bad("\"user\" = a", 1, "name of an option");
    bad("user = a*b", 1, "'*'");
    bad("user = a;", 1, "';'");
    bad("user = a//b", 1, "comment");
    bad("user = a/*b*/", 1, "comment");
    bad("user = \"a\\x00b\"", 1, "backslash");
    bad("user = \"a\\nb\"", 1, "backslash");
    bad("user = a b", 1, "must follow");
    bad("user = {a}", 1, "not a list");
    bad("cache { size = {1M, 2M} }", 1, "not a list");
    bad("resolver { self-test = {,a} }", 1, "list");
    bad("resolver { self-test = {a b} }", 1, "list");
    bad("resolver { self-test = {a,,b} }", 1, "list");
    bad("resolver { self-test = {{a}} }", 1, "list");
    bad("= a", 1, "name of an option");
    bad("cache = 1", 1, "is a section");
    bad("user { }", 1, "is an option");
    bad("cache \"x\" { }", 1, "no name of its own");
    accepted("resolver { self-test = {a, b,} }");
}

static void control_characters_are_refused_everywhere(void **state)
{
    (void)state;
    bad_n("user = a\n\0", 10, 2, "0x00");
    bad_n("user = \"a\0b\"", 12, 1, "0x00");
    bad_n("# a\n#\0\n", 7, 2, "0x00");
    bad("user = \"a\033[31m\"", 1, "0x1b");
    bad("\n# \033[31m", 2, "0x1b");
    bad("user = a\rlog { }", 1, "0x0d");
    bad("\357\273\277user = a", 1, "0xef");
    accepted("user = a\r\nlog {\r\n level = info # x\r\n}\r\n");
    /* What an error quotes is printable, whatever the file has. */
    struct config *config;
    struct config_error error;
    const char *text = "user = \"\302\233x\"";
    assert_int_equal(config_parse("\033", text, strlen(text), &config, &error), CONFIG_BAD);
    assert_string_equal(error.file, "?");
    for (const char *at = error.text; *at != '\0'; at++)
        assert_in_range(*at, 0x20, 0x7e);
}

static void unknown_names_are_refused_with_the_nearest_one(void **state)
{
    (void)state;
    bad("\nusr = a", 2, "did you mean \"user\"?");
    bad("resolvr { }", 1, "did you mean \"resolver\"?");
    bad("cache {\n sizes = 1M }", 2, "did you mean \"size\"?");
    bad("cache { max_ttl = 1d }", 1, "did you mean \"max-ttl\"?");
    bad("Cache { }", 1, "did you mean \"cache\"?");
    bad("cache { timeout = 1s }", 1, "belongs into the section \"resolver\"");
    bad("size = 1M", 1, "belongs into the section \"cache\"");
    bad("cache { user = a }", 1, "does not belong into a section");
    bad("x = 1", 1, "there is no option \"x\"");
    bad("xyzxyzxyz { }", 1, "there is no section \"xyzxyzxyz\"");
    bad("a2345678901234567890123456789012 = 1", 1, "too long");
}

static void lines_are_right_behind_comments_of_every_kind(void **state)
{
    (void)state;
    bad("/* a */ // b\n# c\n/* d\n e */ /**/ /***/\n//\n#\nuser = \"-\"", 7, "account");
    bad("resolver { # a\n timeout /* b */ = /* c\n */ 20s }", 2, "from 100ms");
    accepted("/**/user /**/=/**/\"a\"/**/");
}

static void long_lines_and_large_files_are_bounded(void **state)
{
    (void)state;
    char *text = malloc(CONFIG_FILE_MAX + 2);
    assert_non_null(text);
    memset(text, 'a', CONFIG_FILE_MAX + 2);
    text[0] = '#';
    config_free(good_n(text, CONFIG_FILE_MAX));
    bad_n(text, CONFIG_FILE_MAX + 1, 0, "1 MiB");
    memcpy(text, "user = ", 7);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    memcpy(text, "user = \"", 8);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    memset(text, 'a', CONFIG_FILE_MAX);
    bad_n(text, CONFIG_FILE_MAX, 1, "too long");
    for (size_t i = 0; i < CONFIG_FILE_MAX; i++)
        text[i] = "x=1\n"[i % 4];
    bad_n(text, CONFIG_FILE_MAX, 2, "twice");
    memset(text, '{', CONFIG_FILE_MAX);
    bad_n(text, CONFIG_FILE_MAX, 1, "name of an option");
    free(text);
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

/* --- printing ------------------------------------------------------------------------------- */

static char *printed(const struct config *config)
{
    char *text;
    size_t len;
    FILE *file = open_memstream(&text, &len);
    assert_non_null(file);
    config_print(config, file);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_prints_back(const char *source)
{
    struct config *config = good(source);
    char *text = printed(config);
    struct config *again = good(text);
    assert_same(config, again);
    config_free(config);
    config_free(again);
    free(text);
}

static void what_is_printed_loads_as_the_same_configuration(void **state)
{
    (void)state;
    assert_prints_back("");
    assert_prints_back(
        "user = 'x' resolver { address = {\"::1@5300\", 127.0.0.2} allow-remote = on\n"
        "timeout = 1500ms self-test = 'a\\\\.b.example' self-test-bogus = {}\n"
        "self-test-interval = 90s on-self-test-failure = may }\n"
        "cache { size = 1536K max-ttl = 36h negative-max-ttl = 1s error-ttl = 1m prefetch = off\n"
        "file = \"/a \\\"b\\\" \\\\ '\303\244' # x\" }\n"
        "policy { insecure-mx = may promote = false destinations = '' }\n"
        "listen a { protocol = socketmap address = 'unix:/a b' owner = o group = g mode = 0601 }\n"
        "listen b.c { protocol = metrics address = 'inet:[::]:99' idle-timeout = 1d }\n"
        "log { target = syslog level = debug format = json }");
}

/* --- the documents -------------------------------------------------------------------------- */

static char *read_document(const char *name)
{
    const char *top = getenv("srcdir");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    size_t len = fread(text, 1, 65535, file);
    assert_in_range(len, 1, 65534);
    fclose(file);
    return text;
}

static void the_sample_file_loads_as_the_defaults(void **state)
{
    (void)state;
    char *text = read_document("packaging/daned.conf");
    struct config *sample = good(text);
    struct config *defaults = good("");
    assert_same(sample, defaults);
    config_free(defaults);
    config_free(sample);
    free(text);
}

/* Uncomments: "#x" at the begin of a line becomes "x"; "# x" is prose. In place. */
static void uncomment(char *text)
{
    char *out = text;
    bool at_begin = true;
    for (const char *in = text; *in != '\0'; in++) {
        bool drop = at_begin && *in == '#' && in[1] != ' ' && in[1] != '\n';
        at_begin = *in == '\n' || (at_begin && *in == ' ');
        if (!drop)
            *out++ = *in;
    }
    *out = '\0';
}

static void the_sample_file_without_its_comment_marks_loads_as_the_defaults(void **state)
{
    (void)state;
    char *text = read_document("packaging/daned.conf");
    uncomment(text);
    struct config *sample = good(text);
    struct config *defaults = good("");
    for (size_t i = 0; i < sample->listen_count; i++) {
        assert_false(sample->listen[i].is_default);
        sample->listen[i].is_default = true;
    }
    assert_same(sample, defaults);
    config_free(defaults);
    config_free(sample);
    free(text);
}

/*
 * Marks the row of the table for "name = preset" in a section; fails if there is no such row, or
 * if its default is another one. Listeners have values of their own, so that only their names count
 * in the sample.
 */
static void mark(const char *section, char *line, bool *seen, bool check_preset)
{
    char *equal = strstr(line, " = ");
    assert_non_null(equal);
    *equal = '\0';
    const char *preset = equal + 3;
    const struct config_option *option = config_option_find(section, line);
    if (option == NULL) {
        fail_msg(
            "\"%s\" of section \"%s\" is in the document, and not in the table", line, section);
        return;
    }
    if (check_preset && (option->preset == NULL || strcmp(option->preset, preset) != 0))
        fail_msg("\"%s\" has the default %s, and %s in the document", line,
            option->preset != NULL ? option->preset : "(none)", preset);
    seen[option - config_options] = true;
}

static void assert_all_seen(const bool *seen, const char *document)
{
    for (size_t i = 0; i < config_option_count; i++)
        if (!seen[i])
            fail_msg("%s.%s is in the table, and not in %s", config_options[i].section,
                config_options[i].name, document);
}

static void the_sample_file_and_the_table_have_the_same_options(void **state)
{
    (void)state;
    bool seen[64] = {false};
    char section[32] = "";
    char *text = read_document("packaging/daned.conf");
    uncomment(text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        line += strspn(line, " ");
        size_t len = strlen(line);
        if (*line == '#' || len == 0)
            continue;
        if (line[len - 1] == '{' && strchr(line, '=') == NULL)
            snprintf(section, sizeof section, "%.*s", (int)strcspn(line, " "), line);
        else if (strcmp(line, "}") == 0)
            section[0] = '\0';
        else
            mark(section, line, seen, strcmp(section, "listen") != 0);
    }
    assert_all_seen(seen, "the sample file");
    free(text);
}

/* Puts what roff escapes stand for in their place, in place. */
static void unroff(char *text)
{
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (strncmp(in, "\\(dq", 4) == 0) {
            *out++ = '"';
            in += 3;
        } else if (*in != '\\') {
            *out++ = *in;
        }
    }
    *out = '\0';
}

static void the_manual_page_and_the_table_have_the_same_options(void **state)
{
    (void)state;
    bool seen[64] = {false};
    char section[32] = "";
    char *text = read_document("packaging/man/daned.conf.5.in");
    char *page = strstr(text, "\n.SH OPTIONS\n");
    assert_non_null(page);
    *strstr(page, "\n.SH EXAMPLES\n") = '\0';
    unroff(page);
    bool is_tag = false;
    for (char *line = strtok(page, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        bool was_tp = is_tag;
        is_tag = strcmp(line, ".TP") == 0;
        if (strncmp(line, ".SS ", 4) == 0)
            snprintf(section, sizeof section, "%.*s", (int)strcspn(line + 4, " "), line + 4);
        if (!was_tp)
            continue;
        assert_int_equal(strncmp(line, ".B ", 3), 0);
        line += 3;
        if (strstr(line, " = ") != NULL) {
            mark(section, line, seen, true);
            continue;
        }
        const struct config_option *option = config_option_find(section, line);
        if (option == NULL || option->preset != NULL) {
            fail_msg("\"%s\" without a default is not in the table", line);
            return;
        }
        seen[option - config_options] = true;
    }
    assert_all_seen(seen, "daned.conf(5)");
    free(text);
}

static void every_row_of_the_table_says_what_it_is_for(void **state)
{
    (void)state;
    assert_in_range(config_option_count, 1, 64);
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        assert_in_range(strlen(option->help), 10, 200);
        assert_int_equal(option->help[strlen(option->help) - 1], '.');
        assert_true(option->least <= option->most);
        assert_true((option->type == CONFIG_WORD) == (option->words != NULL));
        assert_ptr_equal(config_option_find(option->section, option->name), option);
    }
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
        cmocka_unit_test(a_file_cut_inside_a_section_is_refused),
        cmocka_unit_test(a_text_or_comment_without_end_is_refused),
        cmocka_unit_test(what_is_given_twice_is_refused),
        cmocka_unit_test(the_environment_is_not_expanded),
        cmocka_unit_test(other_liberties_of_libconfuse_are_refused),
        cmocka_unit_test(control_characters_are_refused_everywhere),
        cmocka_unit_test(unknown_names_are_refused_with_the_nearest_one),
        cmocka_unit_test(lines_are_right_behind_comments_of_every_kind),
        cmocka_unit_test(long_lines_and_large_files_are_bounded),
        cmocka_unit_test(a_missing_file_is_an_error_only_if_it_was_asked_for),
        cmocka_unit_test(only_a_readable_regular_file_will_do),
        cmocka_unit_test(what_is_printed_loads_as_the_same_configuration),
        cmocka_unit_test(the_sample_file_loads_as_the_defaults),
        cmocka_unit_test(the_sample_file_without_its_comment_marks_loads_as_the_defaults),
        cmocka_unit_test(the_sample_file_and_the_table_have_the_same_options),
        cmocka_unit_test(the_manual_page_and_the_table_have_the_same_options),
        cmocka_unit_test(every_row_of_the_table_says_what_it_is_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
