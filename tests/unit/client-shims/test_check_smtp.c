/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_check_smtp.c - SMTP replies, whole, in part and malformed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client-shims/danectl/check_smtp.h"

static int code;

static enum check_smtp_status read_reply(const char *text)
{
    return check_smtp_reply(span_of(text), &code);
}

static void a_whole_reply_has_its_code(void **state)
{
    (void)state;
    assert_int_equal(read_reply("220 mx\r\n"), CHECK_SMTP_OK);
    assert_int_equal(code, 220);
    assert_int_equal(read_reply("250-mx\r\n250-SIZE\n250 \r\n"), CHECK_SMTP_OK);
    assert_int_equal(code, 250);
    assert_int_equal(read_reply("354\r\n"), CHECK_SMTP_OK);
    assert_int_equal(code, 354);
}

static void a_part_of_a_reply_needs_more(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "", "2", "220 mx", "220 mx\r", "250-mx\r\n", "250-a\n250 b"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        assert_int_equal(read_reply(parts[i]), CHECK_SMTP_MORE);
}

static void what_is_no_reply_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {"\r\n", "22\r\n", "120 a\r\n", "620 a\r\n", "22x a\r\n",
        "220_a\r\n", "2200\r\n", " 220 a\r\n", "250-a\r\n251 b\r\n", "HTTP/1.0\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(read_reply(texts[i]), CHECK_SMTP_MALFORMED);
}

static void what_stands_behind_a_reply_is_malformed(void **state)
{
    (void)state;
    assert_int_equal(read_reply("220 go ahead\r\n2"), CHECK_SMTP_MALFORMED);
    assert_int_equal(read_reply("220 go ahead\r\n250 ok\r\n"), CHECK_SMTP_MALFORMED);
}

static void starttls_is_a_line_of_its_own_behind_the_first(void **state)
{
    (void)state;
    assert_true(check_smtp_offers_starttls(span_of("250-mx\r\n250 STARTTLS\r\n")));
    assert_true(check_smtp_offers_starttls(span_of("250-mx\n250-startTLS\n250 SIZE\n")));
    assert_false(check_smtp_offers_starttls(span_of("250 STARTTLS\r\n")));
    assert_false(check_smtp_offers_starttls(span_of("250-STARTTLS\r\n250 SIZE\r\n")));
    assert_false(check_smtp_offers_starttls(span_of("250-mx\r\n250 STARTTLSX\r\n")));
    assert_false(check_smtp_offers_starttls(span_of("250-mx\r\n250 XSTARTTLS\r\n")));
    assert_false(check_smtp_offers_starttls(span_of("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_reply_has_its_code),
        cmocka_unit_test(a_part_of_a_reply_needs_more),
        cmocka_unit_test(what_is_no_reply_is_malformed),
        cmocka_unit_test(what_stands_behind_a_reply_is_malformed),
        cmocka_unit_test(starttls_is_a_line_of_its_own_behind_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
