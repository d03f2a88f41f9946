/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_fact.c - daemon/core/fact: packed and unpacked, and what is no packed fact.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/fact.h"

static const uint8_t mx_rdata[] = {0, 10, 2, 'm', 'x', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
static const uint8_t tlsa_rdata[] = {3, 1, 1, 0xab, 0xcd};

enum { OUTCOME, STATUS, CAUSE, OMITTED, LINK_COUNT = 5, FIXED };
enum { PATH_FACT_MAX = FIXED + (FACT_LINKS_MAX + 1) * DNAME_MAX };

/* The names of a chain that leads from one to the next; octets has the room for them. */
static struct fact_path path_of(const char *const *names, uint8_t count, uint8_t *octets)
{
    struct fact_path path = {octets, 0, count};
    struct dname name;

    for (size_t i = 0; i < count; i++) {
        assert_true(dname_from_text(names[i], strlen(names[i]), &name));
        memcpy(octets + path.len, name.wire, name.len);
        path.len = (uint16_t)(path.len + name.len);
    }
    return path;
}

static struct fact *fact_of(uint16_t type, const uint8_t *rdata, size_t len, const char *canonical)
{
    struct dns_rr rr = {.type = type, .rdata = rdata, .rdata_len = (uint16_t)len};
    const struct dns_rr *records[] = {&rr, &rr};
    uint8_t octets[DNAME_MAX];
    struct fact_path path = path_of(&canonical, canonical ? 1 : 0, octets);

    return fact_new(FACT_RECORDS, DNS_SECURE, 60, &path, records, rdata ? 2 : 0);
}

/* Packs and frees a fact. */
static uint8_t *packed_of(struct fact *fact, size_t *len_out)
{
    uint8_t *packed;

    *len_out = fact_packed_size(fact);
    packed = malloc(*len_out);
    assert_non_null(packed);
    fact_pack(fact, packed);
    free(fact);
    return packed;
}

static void expect_same(uint16_t type, struct fact *fact)
{
    size_t len = fact_packed_size(fact);
    uint8_t *packed = malloc(len);

    assert_non_null(packed);
    fact_pack(fact, packed);
    struct fact *again = fact_unpack(type, packed, len, 4711);
    assert_non_null(again);
    assert_int_equal(again->expires_ms, 4711);
    assert_int_equal(again->outcome, fact->outcome);
    assert_int_equal(again->status, fact->status);
    assert_int_equal(again->cause, fact->cause);
    assert_int_equal(again->omitted, fact->omitted);
    assert_int_equal(again->record_count, fact->record_count);
    assert_int_equal(again->link_count, fact->link_count);
    assert_int_equal(again->path_len, fact->path_len);
    assert_int_equal(again->data_len, fact->data_len);
    assert_memory_equal(again->data, fact->data, fact->data_len);
    free(again);
    free(packed);
    free(fact);
}

static void what_is_packed_is_unpacked(void **state)
{
    struct fact *many = fact_of(DNS_MX, mx_rdata, sizeof mx_rdata, "alias.example");

    (void)state;
    many->omitted = 300;
    expect_same(DNS_MX, many);
    expect_same(DNS_TLSA, fact_of(DNS_TLSA, tlsa_rdata, sizeof tlsa_rdata, NULL));
    expect_same(DNS_A, fact_of(DNS_A, NULL, 0, "a.example"));
    expect_same(DNS_CNAME, fact_of(DNS_CNAME, NULL, 0, NULL));
    expect_same(DNS_AAAA, fact_new(FACT_NXDOMAIN, DNS_INSECURE, 60, NULL, NULL, 0));
    expect_same(DNS_TLSA, fact_new(FACT_NODATA, DNS_SECURE, 60, NULL, NULL, 0));
    for (int cause = CAUSE_NONE + 1; cause < DNS_CAUSE_COUNT; cause++)
        expect_same(DNS_MX, fact_new_error((enum dns_cause)cause));
}

static void every_name_of_the_longest_path_is_kept(void **state)
{
    static const char *const names[FACT_LINKS_MAX + 1] = {
        "a", "b.example", ".", "d", "e", "f", "g", "h", "i", "last.example", "beyond"};
    uint8_t octets[(FACT_LINKS_MAX + 1) * DNAME_MAX];
    uint8_t packed[PATH_FACT_MAX];
    struct fact_path path = path_of(names, FACT_LINKS_MAX, octets);
    struct fact *fact = fact_new(FACT_NODATA, DNS_INSECURE, 60, &path, NULL, 0);
    struct dname name;
    char text[DNAME_TEXT_MAX];
    size_t cursor = 0;

    (void)state;
    /* One that is no alias takes no octet for it. */
    struct fact *plain = fact_new(FACT_NODATA, DNS_INSECURE, 60, NULL, NULL, 0);
    assert_int_equal(fact_packed_size(plain), FIXED);
    assert_false(fact_next_link(plain, &cursor, &name));
    assert_false(fact_canonical(plain, &name));
    free(plain);
    assert_int_equal(fact_packed_size(fact), FIXED + path.len);
    for (size_t i = 0; i < FACT_LINKS_MAX; i++) {
        assert_true(fact_next_link(fact, &cursor, &name));
        assert_string_equal(dname_to_text(&name, text), names[i]);
    }
    assert_false(fact_next_link(fact, &cursor, &name));
    assert_true(fact_canonical(fact, &name));
    assert_string_equal(dname_to_text(&name, text), "last.example");
    expect_same(DNS_A, fact);
    /* One more is more than a chain may have. */
    path = path_of(names, FACT_LINKS_MAX + 1, octets);
    fact = fact_new(FACT_NODATA, DNS_INSECURE, 60, &path, NULL, 0);
    fact_pack(fact, packed);
    assert_null(fact_unpack(DNS_A, packed, fact_packed_size(fact), 1));
    free(fact);
}

static void cut_anywhere_it_is_no_fact(void **state)
{
    size_t len;
    uint8_t *packed = packed_of(fact_of(DNS_MX, mx_rdata, sizeof mx_rdata, "a.example"), &len);
    size_t one_record = FIXED + 11 + 2 + sizeof mx_rdata;

    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        struct fact *fact = fact_unpack(DNS_MX, packed, cut, 1);
        /* Cut behind a whole record, it is a whole fact; a checksum is another's duty. */
        assert_true((fact != NULL) == (cut == one_record));
        free(fact);
    }
    free(packed);
}

static void refuse(uint16_t type, struct fact *fact, size_t at, uint8_t octet)
{
    size_t len;
    uint8_t *packed = packed_of(fact, &len);

    packed[at] = octet;
    assert_null(fact_unpack(type, packed, len, 1));
    free(packed);
}

static struct fact *mx(void)
{
    return fact_of(DNS_MX, mx_rdata, sizeof mx_rdata, NULL);
}

static void what_cannot_be_is_refused(void **state)
{
    struct fact *tlsa = fact_of(DNS_TLSA, tlsa_rdata, sizeof tlsa_rdata, NULL);

    (void)state;
    refuse(DNS_MX, mx(), OUTCOME, FACT_ERROR);
    refuse(DNS_MX, mx(), OUTCOME, FACT_NODATA);
    refuse(DNS_MX, mx(), OUTCOME, FACT_RECORDS + 1);
    refuse(DNS_MX, mx(), STATUS, DNS_ERROR);
    refuse(DNS_MX, mx(), STATUS, DNS_SECURE + 1);
    refuse(DNS_MX, mx(), CAUSE, CAUSE_TIMEOUT);
    refuse(DNS_MX, mx(), LINK_COUNT, 255);
    /* Its records are taken for names. */
    refuse(DNS_MX, mx(), LINK_COUNT, 1);
    refuse(DNS_A, fact_of(DNS_A, NULL, 0, "a.example"), LINK_COUNT, 0);
    refuse(DNS_A, fact_of(DNS_A, NULL, 0, "a.example"), LINK_COUNT, 2);
    refuse(DNS_A, fact_of(DNS_A, NULL, 0, "a.example"), FIXED + 1, 'A');
    refuse(DNS_A, fact_of(DNS_A, NULL, 0, "a.example"), FIXED, DNAME_LABEL_MAX + 1);
    refuse(DNS_MX, mx(), FIXED + 1, 2);
    /* A name that is not in lower case would never be found equal. */
    refuse(DNS_MX, mx(), FIXED + 2 + 3, 'M');
    refuse(DNS_A, mx(), STATUS, DNS_SECURE);
    tlsa->omitted = 1;
    refuse(DNS_TLSA, tlsa, STATUS, DNS_SECURE);
    refuse(DNS_MX, fact_new_error(CAUSE_BOGUS), CAUSE, CAUSE_NONE);
    refuse(DNS_MX, fact_new_error(CAUSE_BOGUS), CAUSE, DNS_CAUSE_COUNT);
    refuse(DNS_MX, fact_new_error(CAUSE_BOGUS), STATUS, DNS_SECURE);
    refuse(DNS_MX, fact_new(FACT_NODATA, DNS_SECURE, 1, NULL, NULL, 0), OUTCOME, FACT_RECORDS);
}

static void more_mx_hosts_than_a_fact_has_are_refused(void **state)
{
    enum { RECORD = 2 + sizeof mx_rdata };
    uint8_t packed[FIXED + (FACT_MX_MAX + 1) * RECORD] = {FACT_RECORDS, DNS_SECURE};

    (void)state;
    for (size_t i = 0; i <= FACT_MX_MAX; i++) {
        packed[FIXED + i * RECORD + 1] = sizeof mx_rdata;
        memcpy(packed + FIXED + i * RECORD + 2, mx_rdata, sizeof mx_rdata);
    }
    struct fact *fact = fact_unpack(DNS_MX, packed, sizeof packed - RECORD, 1);
    assert_non_null(fact);
    free(fact);
    assert_null(fact_unpack(DNS_MX, packed, sizeof packed, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(every_name_of_the_longest_path_is_kept),
        cmocka_unit_test(cut_anywhere_it_is_no_fact),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(more_mx_hosts_than_a_fact_has_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
