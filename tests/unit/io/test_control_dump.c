/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_control_dump.c - the lines of a dump, for people and as JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/answer.h"
#include "daemon/core/fact_cache.h"
#include "daemon/io/control_dump.h"

enum { MEBI = 1 << 20, NOW_MS = 5000 };

static const struct siphash_key key = {{1, 2}};

static struct dname named(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void put_fact(
    struct cache *cache, uint16_t type, const char *text, struct fact *fact, uint64_t ttl_s)
{
    struct dname name = named(text);

    fact->expires_ms = NOW_MS + ttl_s * 1000;
    fact_cache_put(cache, type, &name, fact, NOW_MS);
    free(fact);
}

/* A fact of so many equal records. */
static struct fact *records_of(const uint8_t *rdata, size_t len, size_t count)
{
    const struct dns_rr rr = {.rdata = rdata, .rdata_len = (uint16_t)len};
    const struct dns_rr *records[32];

    for (size_t i = 0; i < count; i++)
        records[i] = &rr;
    return fact_new(FACT_RECORDS, DNS_SECURE, 60, NULL, records, count);
}

static void put_level(struct cache *cache, enum cache_kind kind, const char *text, uint16_t port)
{
    struct answer answer = answer_plain(LEVEL_DANE, REASON_INSECURE_MX);
    uint8_t packed[ANSWER_PACKED_MAX];
    struct dname name = named(text);
    size_t len = answer_pack(&answer, answer.level, packed);

    cache_put(cache, kind, port, &name, packed, len, NOW_MS + 77999, NOW_MS);
}

static struct cache *filled(void)
{
    static const uint8_t mx[] = {0, 10, 4, 'm', '"', '1', '\\', 0};
    static const uint8_t tlsa[] = {3, 1, 1, 0xab, 0xcd};
    struct cache *cache = cache_new(MEBI, &key);
    struct dname canonical = named("mx.hosting.example");
    struct fact_path path = {canonical.wire, canonical.len, 1};
    struct fact *many = records_of(tlsa, sizeof tlsa, 20);

    put_fact(cache, DNS_MX, "a.example", records_of(mx, sizeof mx, 2), 300);
    put_fact(cache, DNS_TLSA, "_25._tcp.mx.example", many, 7200);
    put_fact(
        cache, DNS_A, "mx.example", fact_new(FACT_RECORDS, DNS_INSECURE, 60, &path, NULL, 0), 60);
    put_fact(
        cache, DNS_AAAA, "mx.example", fact_new(FACT_NODATA, DNS_SECURE, 60, NULL, NULL, 0), 1);
    put_fact(cache, DNS_MX, "b.example", fact_new_error(CAUSE_TIMEOUT), 30);
    put_level(cache, CACHE_DOMAIN, "a.example", 25);
    put_level(cache, CACHE_HOST, "mx.example", 2525);
    return cache;
}

static void expect_dump(bool json, const char *expected)
{
    struct cache *cache = filled();
    struct control_dump dump = {.json = json};
    struct text text = {NULL, 0, 0};

    while (!dump.over)
        control_dump_step(&dump, cache, NOW_MS, &text);
    text_add(&text, "", 1);
    assert_string_equal(text.data, expected);
    assert_int_equal(dump.lines, 7);
    text_fini(&text);
    control_dump_end(&dump);
    cache_free(cache);
}

#define TWICE(text) text text
#define FIFTEEN(text) TWICE(TWICE(TWICE(text))) TWICE(TWICE(text)) TWICE(text) text

static void people_read_a_line_each(void **state)
{
    (void)state;
    expect_dump(false,
        "fact       300  secure   MX    a.example  records: 10 m\\0341\\092, 10 m\\0341\\092\n"
        "fact      7200  secure   TLSA  _25._tcp.mx.example  records: 3 1 1 abcd" FIFTEEN(
            ", 3 1 1 abcd") ", and 4 more\n"
                            "fact        60  insecure A     mx.example  records at "
                            "mx.hosting.example\n"
                            "fact         1  secure   AAAA  mx.example  nodata\n"
                            "fact        30  error    MX    b.example  error: no answer from the "
                            "resolver in time\n"
                            "level       77  dane          a.example  insecure-mx\n"
                            "level       77  dane          [mx.example]:2525  insecure-mx\n"
                            "# end of 7 lines\n");
}

static void programs_read_an_object_each(void **state)
{
    (void)state;
    expect_dump(true,
        "{\"kind\":\"fact\",\"type\":\"MX\",\"name\":\"a.example\",\"ttl\":300,\"outcome\":"
        "\"records\",\"status\":\"secure\",\"records\":[\"10 m\\\\0341\\\\092\",\"10 "
        "m\\\\0341\\\\092\"],\"omitted\":0,\"canonical\":null,\"why\":null}\n"
        "{\"kind\":\"fact\",\"type\":\"TLSA\",\"name\":\"_25._tcp.mx.example\",\"ttl\":7200,"
        "\"outcome\":\"records\",\"status\":\"secure\",\"records\":[\"3 1 1 abcd\"" FIFTEEN(
            ",\"3 1 1 abcd\"") "],\"omitted\":4,\"canonical\":null,\"why\":null}\n"
                               "{\"kind\":\"fact\",\"type\":\"A\",\"name\":\"mx.example\",\"ttl\":"
                               "60,\"outcome\":"
                               "\"records\",\"status\":\"insecure\",\"records\":[],\"omitted\":0,"
                               "\"canonical\":"
                               "\"mx.hosting.example\",\"why\":null}\n"
                               "{\"kind\":\"fact\",\"type\":\"AAAA\",\"name\":\"mx.example\","
                               "\"ttl\":1,\"outcome\":"
                               "\"nodata\",\"status\":\"secure\",\"records\":[],\"omitted\":0,"
                               "\"canonical\":null,\"why\":"
                               "null}\n"
                               "{\"kind\":\"fact\",\"type\":\"MX\",\"name\":\"b.example\",\"ttl\":"
                               "30,\"outcome\":\"error\","
                               "\"status\":\"error\",\"records\":[],\"omitted\":0,\"canonical\":"
                               "null,\"why\":\"no answer "
                               "from the resolver in time\"}\n"
                               "{\"kind\":\"level\",\"destination\":\"a.example\",\"ttl\":77,"
                               "\"level\":\"dane\",\"reason\":"
                               "\"insecure-mx\"}\n"
                               "{\"kind\":\"level\",\"destination\":\"[mx.example]:2525\",\"ttl\":"
                               "77,\"level\":\"dane\","
                               "\"reason\":\"insecure-mx\"}\n"
                               "{\"kind\":\"end\",\"lines\":7}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_read_a_line_each),
        cmocka_unit_test(programs_read_an_object_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
