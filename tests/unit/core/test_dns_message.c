/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_dns_message.c - DNS queries as they must be, and replies, whole and malformed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/dns_message.h"

#define OCTETS(text) (const uint8_t *)(text), sizeof(text) - 1

/* A reply to the id 7: QR and AA; one question, then the counts of the three sections. */
#define HEADER(answers, authorities, more) "\0\7\x84\0\0\1\0" answers "\0" authorities "\0" more
#define QUESTION "\2mx\3Net\0\0\x34\0\1" /* mx.net TLSA IN, at 12 */
#define RR(type, rest) "\xc0\x0c\0" type "\0\1\0\0\x0e\x10" rest
#define TLSA_RR RR("\x34", "\0\5\3\1\1ab")

static struct dns_message *message;

/* Reads a message; gives whether it is one. */
static bool is_read(const uint8_t *wire, size_t len)
{
    dns_message_free(message);
    message = dns_message_read(wire, len);
    return message != NULL;
}

static int forget_message(void **state)
{
    (void)state;
    dns_message_free(message);
    message = NULL;
    return 0;
}

static struct dname name_of(const char *text)
{
    struct dname name;
    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void assert_name(const struct dname *name, const char *text)
{
    struct dname other = name_of(text);
    assert_true(dname_equal(name, &other));
}

static void a_query_asks_one_question_with_do_and_without_cd(void **state)
{
    (void)state;
    static const char wire[] = "\1\2\0\0\0\1\0\0\0\0\0\1"
                               "\2mx\3net\0\0\x34\0\1"
                               "\0\0\x29\x04\xd0\0\0\x80\0\0\0";
    uint8_t query[DNS_QUERY_MAX];
    struct dname name = name_of("MX.net");

    size_t len = dns_query_write(0x0102, &name, DNS_TLSA, false, query);
    assert_int_equal(len, sizeof wire - 1);
    assert_memory_equal(query, wire, len);
    dns_query_write(0x0102, &name, DNS_TLSA, true, query);
    assert_int_equal(query[2], 1);
}

static void the_longest_name_fits_into_a_query(void **state)
{
    (void)state;
    uint8_t query[DNS_QUERY_MAX];
    struct dname name = name_of(".");

    while (dname_prepend_label(&name, "a"))
        ;
    assert_int_equal(name.len, DNAME_MAX);
    assert_int_equal(dns_query_write(0, &name, DNS_TLSA, false, query), DNS_QUERY_MAX);
}

static void a_reply_has_its_records_with_names_in_lower_case(void **state)
{
    (void)state;
    assert_true(is_read(OCTETS(HEADER("\1", "\0", "\0") QUESTION TLSA_RR)));
    assert_int_equal(message->id, 7);
    assert_true(message->aa);
    assert_true(message->reply.qr);
    assert_false(message->reply.ad);
    assert_false(message->reply.tc);
    assert_int_equal(message->reply.rcode, DNS_NOERROR);
    assert_int_equal(message->reply.ede, DNS_NO_EDE);
    assert_name(&message->reply.qname, "mx.net");
    assert_int_equal(message->reply.qtype, DNS_TLSA);
    assert_int_equal(message->reply.answer_count, 1);
    const struct dns_rr *rr = &message->reply.answer[0];
    assert_name(&rr->owner, "mx.net");
    assert_int_equal(rr->type, DNS_TLSA);
    assert_int_equal(rr->ttl, 3600);
    assert_int_equal(rr->rdata_len, 5);
    assert_memory_equal(rr->rdata, "\3\1\1ab", 5);
}

static void names_in_rdata_are_uncompressed(void **state)
{
    (void)state;
    static const char wire[] = HEADER("\2", "\0", "\0") QUESTION /* "net" is at 15 */
        RR("\5", "\0\4\1A\xc0\x0f") RR("\6", "\0\x1c\1a\xc0\x0f\1b\xc0\x0f"
                                             "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5");
    assert_true(is_read(OCTETS(wire)));
    assert_int_equal(message->reply.answer_count, 2);
    assert_int_equal(message->reply.answer[0].rdata_len, 7);
    assert_memory_equal(message->reply.answer[0].rdata, "\1a\3net", 7);
    assert_int_equal(message->reply.answer[1].rdata_len, 34);
    assert_memory_equal(message->reply.answer[1].rdata, "\1a\3net\0\1b\3net\0\0\0\0\1", 18);
}

static void sections_are_kept_apart_and_only_what_is_wanted(void **state)
{
    (void)state;
    static const char wire[] = HEADER("\0", "\2", "\3") QUESTION
        /* the authority: NS, and a TXT that is left out */
        "\xc0\x0f\0\2\0\1\0\0\0\1\0\5\2ns\xc0\x0f"
        "\xc0\x0f\0\x10\0\1\0\0\0\1\0\2\1x"
        /* additional: A, one of another class, OPT with an EDE */
        RR("\1", "\0\4\1\2\3\4") "\xc0\x0c\0\1\0\3\0\0\0\0\0\1x"
                                 "\0\0\x29\x04\xd0\0\0\0\0\0\6\0\x0f\0\2\0\7";
    assert_true(is_read(OCTETS(wire)));
    assert_int_equal(message->reply.answer_count, 0);
    assert_int_equal(message->reply.soa_count, 0);
    assert_int_equal(message->ns_count, 1);
    assert_memory_equal(message->ns[0].rdata, "\2ns\3net", 8);
    assert_int_equal(message->additional_count, 1);
    assert_memory_equal(message->additional[0].rdata, "\1\2\3\4", 4);
    assert_int_equal(message->reply.ede, 7);
}

static void the_response_code_has_its_upper_bits_from_the_opt_record(void **state)
{
    (void)state;
    assert_true(is_read(OCTETS(HEADER("\0", "\0", "\1") QUESTION "\0\0\x29\x04\xd0\1\0\0\0\0\0")));
    assert_int_equal(message->reply.rcode, 16);
    assert_true(
        is_read(OCTETS(HEADER("\0", "\0", "\1") QUESTION "\0\0\x29\x04\xd0\xff\0\0\0\0\0")));
    assert_int_equal(message->reply.rcode, UINT8_MAX);
}

static void a_reply_without_a_question_has_no_name(void **state)
{
    (void)state;
    assert_true(is_read(OCTETS("\0\7\x84\5\0\0\0\0\0\0\0\0")));
    assert_int_equal(message->reply.qname.len, 0);
    assert_int_equal(message->reply.rcode, DNS_REFUSED);
}

static void what_is_cut_or_goes_on_is_malformed(void **state)
{
    (void)state;
    static const char wire[] = HEADER("\1", "\0", "\0") QUESTION TLSA_RR;
    uint8_t longer[sizeof wire] = {0};

    for (size_t len = 0; len < sizeof wire - 1; len++)
        assert_false(is_read((const uint8_t *)wire, len));
    memcpy(longer, wire, sizeof wire - 1);
    assert_true(is_read(longer, sizeof wire - 1));
    assert_false(is_read(longer, sizeof wire));
}

static void what_is_no_reply_is_malformed(void **state)
{
    (void)state;
    assert_false(is_read(OCTETS("\0\7\4\0\0\0\0\0\0\0\0\0")));   /* a query */
    assert_false(is_read(OCTETS("\0\7\xac\0\0\0\0\0\0\0\0\0"))); /* an update */
    assert_false(is_read(OCTETS("\0\7\x84\0\0\2\0\0\0\0\0\0" QUESTION QUESTION)));
    assert_false(is_read(OCTETS("\0\7\x84\0\0\1\0\0\0\0\0\0\0\0\x34\0\3"))); /* class CH */
    assert_false(is_read(OCTETS("\0\7\x84\0\0\0\xff\xff\xff\xff\xff\xff")));
}

static void names_that_are_none_are_malformed(void **state)
{
    (void)state;
    static const char *const names[] = {
        "\xc0\x0c",       /* to itself */
        "\xc0\x0e",       /* forwards */
        "\xc0\xff",       /* behind the end */
        "\1a\xc0\x0c",    /* to its own first label */
        "\x40",           /* a label of a kind that is none */
        "\x80\1", "\3ab", /* cut */
        "\xc0",           /* half a pointer */
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint8_t wire[64] = {0, 7, 0x84, 0, 0, 1};
        size_t len = strlen(names[i]);
        memcpy(wire + 12, names[i], len);
        assert_false(is_read(wire, 12 + len));
        memcpy(wire + 12 + len, "\0\x34\0\1", 4);
        assert_false(is_read(wire, 12 + len + 4));
    }
}

static void a_name_of_256_octets_is_malformed(void **state)
{
    (void)state;
    uint8_t wire[600] = {0, 7, 0x84, 0, 0, 1};

    for (unsigned labels = 126; labels <= 128; labels++) {
        size_t at = 12;
        for (unsigned i = 0; i < labels; i++) {
            wire[at++] = 1;
            wire[at++] = 'a';
        }
        memcpy(wire + at, "\0\0\x34\0\1", 5);
        assert_int_equal(is_read(wire, at + 5), labels <= 127);
    }
}

static void rdata_that_its_type_does_not_allow_is_malformed(void **state)
{
    (void)state;
#define BAD(rr) assert_false(is_read(OCTETS(HEADER("\1", "\0", "\0") QUESTION rr)))
    BAD(RR("\1", "\0\3\1\2\3"));
    BAD(RR("\1", "\0\5\1\2\3\4\5"));
    BAD(RR("\x1c", "\0\4\1\2\3\4"));
    BAD(RR("\5", "\0\0"));
    BAD(RR("\5", "\0\3\xc0\x0cx"));   /* something behind the name */
    BAD(RR("\5", "\0\1\xc0") "\x0c"); /* a name that ends behind the rdata */
    BAD(RR("\6", "\0\4\xc0\x0c\xc0\x0c"));
    BAD(RR("\x34", "\0\2\3\1"));
    BAD(RR("\x2e", "\0\2\0\1"));
#undef BAD
    assert_false(is_read(OCTETS(HEADER("\0", "\0", "\2") QUESTION
        "\0\0\x29\x04\xd0\0\0\0\0\0\0\0\0\x29\x04\xd0\0\0\0\0\0\0"))); /* two OPT */
    assert_false(is_read(OCTETS(HEADER("\0", "\0", "\1") QUESTION
        "\0\0\x29\x04\xd0\0\0\0\0\0\5\0\x0f\0\1x"))); /* an EDE without its code */
    assert_false(is_read(OCTETS(HEADER("\0", "\0", "\1") QUESTION
        "\0\0\x29\x04\xd0\0\0\0\0\0\4\0\x0a\0\1"))); /* an option that is cut */
}

/* A TLSA record without data is one all the same; the core finds it unusable. */
static void tlsa_rdata_is_whole_with_three_octets(void **state)
{
    (void)state;
    assert_true(is_read(OCTETS(HEADER("\1", "\0", "\0") QUESTION RR("\x34", "\0\3\3\1\1"))));
    assert_int_equal(message->reply.answer[0].rdata_len, 3);
    assert_memory_equal(message->reply.answer[0].rdata, "\3\1\1", 3);
}

static void the_number_of_records_is_bounded(void **state)
{
    enum { RR_LEN = 15 };
    static uint8_t wire[12 + RR_LEN * (DNS_MESSAGE_RRS_MAX + 1)];
    size_t count = DNS_MESSAGE_RRS_MAX;

    (void)state;
    memcpy(wire, "\0\7\x84\0\0\0\0\0\0\0\0\0", 12);
    for (size_t i = 0; i <= count; i++)
        memcpy(wire + 12 + i * RR_LEN, "\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4", RR_LEN);
    wire[6] = (uint8_t)(count >> 8);
    wire[7] = (uint8_t)count;
    assert_true(is_read(wire, 12 + count * RR_LEN));
    assert_int_equal(message->reply.answer_count, count);
    assert_memory_equal(message->reply.answer[count - 1].rdata, "\1\2\3\4", 4);
    count++;
    wire[6] = (uint8_t)(count >> 8);
    wire[7] = (uint8_t)count;
    assert_false(is_read(wire, 12 + count * RR_LEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_query_asks_one_question_with_do_and_without_cd),
        cmocka_unit_test(the_longest_name_fits_into_a_query),
        cmocka_unit_test_teardown(a_reply_has_its_records_with_names_in_lower_case, forget_message),
        cmocka_unit_test_teardown(names_in_rdata_are_uncompressed, forget_message),
        cmocka_unit_test_teardown(sections_are_kept_apart_and_only_what_is_wanted, forget_message),
        cmocka_unit_test_teardown(
            the_response_code_has_its_upper_bits_from_the_opt_record, forget_message),
        cmocka_unit_test_teardown(a_reply_without_a_question_has_no_name, forget_message),
        cmocka_unit_test_teardown(what_is_cut_or_goes_on_is_malformed, forget_message),
        cmocka_unit_test_teardown(what_is_no_reply_is_malformed, forget_message),
        cmocka_unit_test_teardown(names_that_are_none_are_malformed, forget_message),
        cmocka_unit_test_teardown(a_name_of_256_octets_is_malformed, forget_message),
        cmocka_unit_test_teardown(rdata_that_its_type_does_not_allow_is_malformed, forget_message),
        cmocka_unit_test_teardown(tlsa_rdata_is_whole_with_three_octets, forget_message),
        cmocka_unit_test_teardown(the_number_of_records_is_bounded, forget_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
