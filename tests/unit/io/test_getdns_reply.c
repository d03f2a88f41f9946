/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_getdns_reply.c - reading getdns responses: whole ones, and each item missing or odd.
 *
 * The responses are made as getdns itself makes them: from a message in wire format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <getdns/getdns_extra.h>
#include <stdio.h>
#include <string.h>

#include "daemon/io/getdns_reply.h"

/* A reply to "MX.example A": header, question, 3 answers, SOA in authority, OPT with EDE 7. */
static const uint8_t header[] = {0, 1, 0x81, 0xa0, 0, 1, 0, 3, 0, 1, 0, 1};
static const uint8_t question[] = "\2MX\7example\0\0\1\0\1";
static const uint8_t cname[] = "\300\14\0\5\0\1\0\0\0\74\0\4\1A\300\17";
static const uint8_t address[] = "\1a\300\17\0\1\0\1\0\0\1\54\0\4\300\0\2\1";
static const uint8_t signature[] = "\1a\300\17\0\56\0\1\0\0\1\54\0\35\0\1\15\2\0\0\1\54\177\0\0\1\0"
                                   "\0\0\2\22\64\7Example\0\252\273";
static const uint8_t soa[] = "\300\17\0\6\0\1\0\0\2\130\0\33\2ns\300\17\300\17"
                             "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5";
static const uint8_t opt[] = "\0\0\51\4\320\0\0\200\0\0\10\0\17\0\4\0\7hi";

struct packet {
    uint8_t wire[4096];
    size_t len;
};

static void put(struct packet *packet, const void *octets, size_t len)
{
    assert_true(len <= sizeof packet->wire - packet->len);
    memcpy(packet->wire + packet->len, octets, len);
    packet->len += len;
}

/* A string literal without its NUL. */
#define PUT(packet, literal) put(packet, literal, sizeof(literal) - 1)

static void put_good_packet(struct packet *packet)
{
    packet->len = 0;
    put(packet, header, sizeof header);
    PUT(packet, question);
    PUT(packet, cname);
    PUT(packet, address);
    PUT(packet, signature);
    PUT(packet, soa);
    PUT(packet, opt);
}

/* A getdns response whose first reply is the message. */
static getdns_dict *new_response_of(const uint8_t *wire, size_t len)
{
    getdns_dict *response = getdns_dict_create();
    getdns_dict *message;
    uint8_t copy[65536];
    getdns_bindata full = {.size = len, .data = copy};

    assert_true(len <= sizeof copy);
    memcpy(copy, wire, len);
    assert_int_equal(getdns_wire2msg_dict(wire, len, &message), GETDNS_RETURN_GOOD);
    assert_int_equal(
        getdns_dict_set_dict(response, "/replies_tree/0", message), GETDNS_RETURN_GOOD);
    assert_int_equal(
        getdns_dict_set_bindata(response, "/replies_full/0", &full), GETDNS_RETURN_GOOD);
    getdns_dict_destroy(message);
    return response;
}

static getdns_dict *new_response(const struct packet *packet)
{
    return new_response_of(packet->wire, packet->len);
}

static getdns_dict *new_good_response(void)
{
    struct packet packet;

    put_good_packet(&packet);
    return new_response(&packet);
}

static struct dname name_of(const char *text)
{
    struct dname name;

    assert_true(dname_from_text(text, strlen(text), &name));
    return name;
}

static void assert_name(const struct dname *name, const char *text)
{
    struct dname wanted = name_of(text);

    assert_true(dname_equal(name, &wanted));
}

static void assert_rdata(const struct dns_rr *rr, const void *octets, size_t len)
{
    assert_int_equal(rr->rdata_len, len);
    assert_memory_equal(rr->rdata, octets, len);
}

/* Reads, and destroys the response. */
static enum dns_cause read_and_drop(getdns_dict *response, struct getdns_reply **reply_out)
{
    enum dns_cause cause = getdns_reply_read(response, reply_out);

    getdns_dict_destroy(response);
    return cause;
}

static void assert_malformed(getdns_dict *response)
{
    struct getdns_reply *reply;

    assert_int_equal(read_and_drop(response, &reply), CAUSE_MALFORMED);
    assert_null(reply);
}

static void a_whole_reply_is_read(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_int_equal(read_and_drop(new_good_response(), &reply), CAUSE_NONE);
    assert_true(reply->dns.qr);
    assert_false(reply->dns.tc);
    assert_true(reply->dns.ad);
    assert_int_equal(reply->dns.rcode, DNS_NOERROR);
    assert_int_equal(reply->dns.ede, 7);
    assert_int_equal(reply->dns.qtype, DNS_A);
    assert_name(&reply->dns.qname, "mx.example");
    assert_int_equal(reply->dns.answer_count, 3);
    assert_int_equal(reply->dns.soa_count, 1);
    getdns_reply_free(reply);
}

static void names_in_rdata_are_whole_and_in_lower_case(void **state)
{
    struct getdns_reply *reply;
    static const uint8_t signed_rdata[] =
        "\0\1\15\2\0\0\1\54\177\0\0\1\0\0\0\2\22\64\7example\0\252\273";

    (void)state;
    assert_int_equal(read_and_drop(new_good_response(), &reply), CAUSE_NONE);
    assert_int_equal(reply->dns.answer[0].type, DNS_CNAME);
    assert_int_equal(reply->dns.answer[0].ttl, 60);
    assert_name(&reply->dns.answer[0].owner, "mx.example");
    assert_rdata(&reply->dns.answer[0], "\1a\7example", 11);
    assert_int_equal(reply->dns.answer[1].type, DNS_A);
    assert_name(&reply->dns.answer[1].owner, "a.example");
    assert_rdata(&reply->dns.answer[1], "\300\0\2\1", 4);
    assert_int_equal(reply->dns.answer[2].type, DNS_RRSIG);
    assert_rdata(&reply->dns.answer[2], signed_rdata, sizeof signed_rdata - 1);
    assert_name(&reply->dns.soa[0].owner, "example");
    assert_rdata(&reply->dns.soa[0],
        "\2ns\7example\0\7example\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5", 41);
    getdns_reply_free(reply);
}

/* Reads a reply whose answer is one record. */
static enum dns_cause read_answer(const void *record, size_t len, struct getdns_reply **reply_out)
{
    struct packet packet = {.len = 0};

    PUT(&packet, "\0\1\201\200\0\1\0\1\0\0\0\0");
    PUT(&packet, question);
    put(&packet, record, len);
    return read_and_drop(new_response(&packet), reply_out);
}

#define READ_ANSWER(literal, reply_out) read_answer(literal, sizeof(literal) - 1, reply_out)

static void mx_aaaa_and_tlsa_are_rebuilt(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_int_equal(READ_ANSWER("\300\14\0\17\0\1\0\0\0\1\0\4\0\12\300\14", &reply), CAUSE_NONE);
    assert_rdata(&reply->dns.answer[0], "\0\12\2mx\7example", 14);
    getdns_reply_free(reply);
    assert_int_equal(
        READ_ANSWER("\300\14\0\34\0\1\0\0\0\1\0\20\1\2\3\4\5\6\7\10abcdefgh", &reply), CAUSE_NONE);
    assert_rdata(&reply->dns.answer[0], "\1\2\3\4\5\6\7\10abcdefgh", 16);
    getdns_reply_free(reply);
    assert_int_equal(READ_ANSWER("\300\14\0\64\0\1\0\0\0\1\0\6\3\1\1abc", &reply), CAUSE_NONE);
    assert_rdata(&reply->dns.answer[0], "\3\1\1abc", 6);
    getdns_reply_free(reply);
    /* A TLSA record without data is one all the same; the core finds it unusable. */
    assert_int_equal(READ_ANSWER("\300\14\0\64\0\1\0\0\0\1\0\3\3\1\1", &reply), CAUSE_NONE);
    assert_rdata(&reply->dns.answer[0], "\3\1\1", 3);
    getdns_reply_free(reply);
}

static void other_types_and_classes_are_left_out(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_int_equal(READ_ANSWER("\300\14\0\2\0\1\0\0\0\1\0\3\1x\0", &reply), CAUSE_NONE); /* NS */
    assert_int_equal(reply->dns.answer_count, 0);
    getdns_reply_free(reply);
    assert_int_equal(
        READ_ANSWER("\300\14\0\1\0\3\0\0\0\1\0\4\1\2\3\4", &reply), CAUSE_NONE); /* CH */
    assert_int_equal(reply->dns.answer_count, 0);
    getdns_reply_free(reply);
    assert_int_equal(
        READ_ANSWER("\300\14\377\0\0\1\0\0\0\1\0\4\1\2\3\4", &reply), CAUSE_NONE); /* TYPE65280 */
    assert_int_equal(reply->dns.answer_count, 0);
    getdns_reply_free(reply);
}

static void rdata_that_does_not_fit_its_type_is_malformed(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_int_equal(
        READ_ANSWER("\300\14\0\1\0\1\0\0\0\1\0\3\1\2\3", &reply), CAUSE_MALFORMED); /* A, 3 */
    assert_int_equal(READ_ANSWER("\300\14\0\1\0\1\0\0\0\1\0\5\1\2\3\4\5", &reply), CAUSE_MALFORMED);
    assert_int_equal(READ_ANSWER("\300\14\0\64\0\1\0\0\0\1\0\2\3\1", &reply), CAUSE_MALFORMED);
    assert_int_equal(READ_ANSWER("\300\14\0\17\0\1\0\0\0\1\0\2\0\1", &reply), CAUSE_MALFORMED);
    assert_int_equal(
        READ_ANSWER("\300\14\0\5\0\1\0\0\0\1\0\2\300\50", &reply), CAUSE_MALFORMED); /* loop */
}

static void a_message_cut_anywhere_is_malformed(void **state)
{
    struct packet whole, cut;

    (void)state;
    put_good_packet(&whole);
    for (cut.len = sizeof header; cut.len < whole.len; cut.len++) {
        getdns_dict *response;
        getdns_dict *message;

        memcpy(cut.wire, whole.wire, cut.len);
        if (getdns_wire2msg_dict(cut.wire, cut.len, &message) != GETDNS_RETURN_GOOD)
            continue; /* then getdns gives no response at all */
        getdns_dict_destroy(message);
        response = new_response(&cut);
        assert_malformed(response);
    }
}

static void a_record_cut_by_the_end_of_the_message_is_malformed(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    /* TLSA 3 1 1 abc, which announces 7 octets of rdata: no shorter record than was published. */
    assert_int_equal(READ_ANSWER("\300\14\0\64\0\1\0\0\0\1\0\7\3\1\1abc", &reply), CAUSE_MALFORMED);
    /* And nothing behind the last record. */
    assert_int_equal(READ_ANSWER("\300\14\0\64\0\1\0\0\0\1\0\5\3\1\1abc", &reply), CAUSE_MALFORMED);
}

/* getdns reads on behind the message, and the name has what lies there: zeros, here. */
static void a_name_that_runs_past_the_end_is_malformed(void **state)
{
    static const uint8_t two_answers[] = {0, 1, 0x81, 0xa0, 0, 1, 0, 2, 0, 0, 0, 0};
    struct packet packet = {.len = 0};

    (void)state;
    put(&packet, two_answers, sizeof two_answers);
    PUT(&packet, question);
    /* An address of which the first octet, at 40, is a label of 32 octets as well. */
    PUT(&packet, "\300\14\0\1\0\1\0\0\0\1\0\4\40\1\2\3");
    assert_int_equal(packet.wire[40], 32);
    PUT(&packet, "\300\50\0\1\0\1\0\0\0\1\0\4\1\2\3\4");
    assert_malformed(new_response(&packet));
    /* A pointer leads back, not on. */
    packet.len -= 16;
    PUT(&packet, "\300\70\0\1\0\1\0\0\0\1\0\4\1x\0\0");
    assert_malformed(new_response(&packet));
}

static void every_item_is_needed(void **state)
{
    static const char *const items[] = {"/replies_full/0", "/replies_tree/0",
        "/replies_tree/0/header/qr", "/replies_tree/0/header/tc", "/replies_tree/0/header/ad",
        "/replies_tree/0/header/rcode", "/replies_tree/0/header/qdcount",
        "/replies_tree/0/header/ancount", "/replies_tree/0/header/nscount",
        "/replies_tree/0/header/arcount", "/replies_tree/0/question/qname",
        "/replies_tree/0/question/qtype", "/replies_tree/0/question/qclass",
        "/replies_tree/0/answer/0/type", "/replies_tree/0/answer/0/class",
        "/replies_tree/0/answer/0/ttl", "/replies_tree/0/answer/0/name",
        "/replies_tree/0/answer/0/rdata/cname", "/replies_tree/0/answer/0/rdata/rdata_raw",
        "/replies_tree/0/answer/1/rdata/ipv4_address",
        "/replies_tree/0/answer/2/rdata/signature_expiration",
        "/replies_tree/0/answer/2/rdata/signers_name", "/replies_tree/0/answer/2/rdata/signature",
        "/replies_tree/0/authority/0/type", "/replies_tree/0/authority/0/rdata/minimum",
        "/replies_tree/0/additional/0/type", "/replies_tree/0/additional/0/extended_rcode",
        "/replies_tree/0/additional/0/rdata/options/0/option_code",
        "/replies_tree/0/additional/0/rdata/options/0/option_data"};

    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        getdns_dict *response = new_good_response();
        if (getdns_dict_remove_name(response, items[i]) != GETDNS_RETURN_GOOD)
            fail_msg("%s is not there", items[i]);
        assert_malformed(response);

        /* There, but of another type: a list is no number, no octets, no dictionary. */
        getdns_list *odd = getdns_list_create();
        response = new_good_response();
        assert_int_equal(getdns_dict_remove_name(response, items[i]), GETDNS_RETURN_GOOD);
        assert_int_equal(getdns_dict_set_list(response, items[i], odd), GETDNS_RETURN_GOOD);
        getdns_list_destroy(odd);
        assert_malformed(response);
    }
}

static void numbers_out_of_range_are_malformed(void **state)
{
    static const struct {
        const char *item;
        uint32_t value;
    } rows[] = {{"/replies_tree/0/header/qr", 2}, {"/replies_tree/0/header/ad", 2},
        {"/replies_tree/0/header/rcode", 16}, {"/replies_tree/0/header/qdcount", 2},
        {"/replies_tree/0/header/ancount", 4}, {"/replies_tree/0/header/ancount", 2},
        {"/replies_tree/0/header/nscount", 2}, {"/replies_tree/0/header/arcount", 0},
        {"/replies_tree/0/question/qclass", 3}, {"/replies_tree/0/question/qtype", 65536},
        {"/replies_tree/0/answer/1/type", 65537}, {"/replies_tree/0/answer/1/class", 65537},
        {"/replies_tree/0/answer/2/rdata/labels", 256},
        {"/replies_tree/0/answer/2/rdata/key_tag", 65536},
        {"/replies_tree/0/additional/0/extended_rcode", 256}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        getdns_dict *response = new_good_response();
        assert_int_equal(
            getdns_dict_set_int(response, rows[i].item, rows[i].value), GETDNS_RETURN_GOOD);
        assert_malformed(response);
    }
}

static void a_response_without_reply_is_malformed(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_malformed(getdns_dict_create());
    assert_int_equal(getdns_reply_read(NULL, &reply), CAUSE_MALFORMED);
}

static void a_reply_without_question_has_no_name(void **state)
{
    struct packet packet = {.len = 0};
    struct getdns_reply *reply;

    (void)state;
    PUT(&packet, "\0\1\1\200\0\0\0\0\0\0\0\0");
    assert_int_equal(read_and_drop(new_response(&packet), &reply), CAUSE_NONE);
    assert_false(reply->dns.qr);
    assert_false(reply->dns.ad);
    assert_int_equal(reply->dns.qname.len, 0);
    assert_int_equal(reply->dns.ede, DNS_NO_EDE);
    getdns_reply_free(reply);
}

static void an_extended_rcode_is_no_noerror(void **state)
{
    struct packet packet = {.len = 0};
    struct getdns_reply *reply;

    (void)state;
    PUT(&packet, "\0\1\201\200\0\1\0\0\0\0\0\1");
    PUT(&packet, question);
    PUT(&packet, "\0\0\51\4\320\1\0\0\0\0\0");
    assert_int_equal(read_and_drop(new_response(&packet), &reply), CAUSE_NONE);
    assert_int_equal(reply->dns.rcode, 16);
    getdns_reply_free(reply);
}

/* Reads a reply with count root A records of no meaning. */
static enum dns_cause read_many(size_t count, struct getdns_reply **reply_out)
{
    static uint8_t wire[12 + 15 * (GETDNS_REPLY_RRS_MAX + 1)];
    size_t len = 12;

    memcpy(wire, "\0\1\201\200\0\0\0\0\0\0\0\0", 12);
    wire[6] = (uint8_t)(count >> 8);
    wire[7] = (uint8_t)count;
    for (size_t i = 0; i < count; i++, len += 15)
        memcpy(wire + len, "\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4", 15);
    return read_and_drop(new_response_of(wire, len), reply_out);
}

static void the_number_of_records_is_bounded(void **state)
{
    struct getdns_reply *reply;

    (void)state;
    assert_int_equal(read_many(GETDNS_REPLY_RRS_MAX, &reply), CAUSE_NONE);
    assert_int_equal(reply->dns.answer_count, GETDNS_REPLY_RRS_MAX);
    assert_rdata(&reply->dns.answer[GETDNS_REPLY_RRS_MAX - 1], "\1\2\3\4", 4);
    getdns_reply_free(reply);
    assert_int_equal(read_many(GETDNS_REPLY_RRS_MAX + 1, &reply), CAUSE_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_reply_is_read),
        cmocka_unit_test(names_in_rdata_are_whole_and_in_lower_case),
        cmocka_unit_test(mx_aaaa_and_tlsa_are_rebuilt),
        cmocka_unit_test(other_types_and_classes_are_left_out),
        cmocka_unit_test(rdata_that_does_not_fit_its_type_is_malformed),
        cmocka_unit_test(a_message_cut_anywhere_is_malformed),
        cmocka_unit_test(a_record_cut_by_the_end_of_the_message_is_malformed),
        cmocka_unit_test(a_name_that_runs_past_the_end_is_malformed),
        cmocka_unit_test(every_item_is_needed),
        cmocka_unit_test(numbers_out_of_range_are_malformed),
        cmocka_unit_test(a_response_without_reply_is_malformed),
        cmocka_unit_test(a_reply_without_question_has_no_name),
        cmocka_unit_test(an_extended_rcode_is_no_noerror),
        cmocka_unit_test(the_number_of_records_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
